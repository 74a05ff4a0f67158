-- User accounts, agencies and teams. access.users() and access.user_*() decide who may have which
-- account, and write the audit rows.

-- name: user_list
-- params: 6 words role site state limit after
select u.id, u.username, u.display_name, u.role, u.site, u.team_id, u.team, u.agency_id, u.agency,
       u.disabled_at is not null as disabled, u.must_change_password, u.created_at, u.last_sign_in,
       u.version
  from access.users() u
 where ($1::text is null or strpos(lower(u.username), lower($1)) > 0
        or strpos(lower(u.display_name), lower($1)) > 0)
   and ($2::text is null or u.role = $2)
   and ($3::text is null or u.site = $3)
   and ($4::text is null or (u.disabled_at is not null) = ($4 = 'disabled'))
   and ($6::text is null or u.username > $6)
 order by u.username
 limit $5::int;

-- name: user_get
-- params: 1 id
select u.id, u.username, u.display_name, u.role, u.site, u.team_id, u.team, u.agency_id, u.agency,
       u.disabled_at is not null as disabled, u.must_change_password, u.created_at, u.last_sign_in,
       u.version
  from access.users($1::uuid) u;

-- name: user_add
-- params: 8 id username display_name role site team agency hash
select access.user_add($1::uuid, $2, $3, $4, $5, $6::uuid, $7::uuid, $8);

-- name: user_change
-- params: 7 id version display_name role site team agency
select access.user_change($1::uuid, $2::int, $3, $4, $5, $6::uuid, $7::uuid);

-- name: user_disable
-- params: 1 id
select access.user_disable($1::uuid);

-- name: user_enable
-- params: 1 id
select access.user_enable($1::uuid);

-- name: user_reset
-- params: 2 id hash
select access.user_reset($1::uuid, $2);

-- name: place_agencies
select g.id, g.name, g.kind, g.site_id as site, g.version
  from access.agency g
 where g.ended_at is null and coalesce(g.site_id, '') = any ((select access.staff_sites())::text[])
 order by g.name, g.id;

-- name: place_teams
select t.id, t.name, t.site_id as site, g.name as agency, t.version
  from access.team t
  left join access.agency g on g.id = t.agency_id
 where t.ended_at is null and t.site_id = any ((select access.staff_sites())::text[])
 order by t.name, t.id;

-- name: agency_list
-- params: 4 kind limit after_name after_id
select g.id, g.name, g.kind, g.site_id as site, g.version
  from access.agency g
 where g.ended_at is null and coalesce(g.site_id, '') = any ((select access.staff_sites())::text[])
   and ($1::text is null or g.kind = $1)
   and ($3::text is null or (g.name, g.id) > ($3, $4::uuid))
 order by g.name, g.id
 limit $2::int;

-- name: agency_add
-- params: 4 id name kind site
insert into access.agency (id, name, kind, site_id) values ($1::uuid, $2, $3, $4);

-- name: team_add
-- params: 4 id site name agency
insert into access.team (id, site_id, name, agency_id) values ($1::uuid, $2, $3, $4::uuid);
