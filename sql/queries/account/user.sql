-- Accounts, agencies and teams. The functions decide who may, and write the audit rows
-- (sql/schema/accounts.sql).

-- name: user_list
-- params: 6 q role site state limit after
select u.id, u.username, u.display_name, u.role, u.site, u.team_id, u.team, u.agency_id, u.agency,
       u.disabled_at is not null as disabled, u.must_change_password, u.created_at, u.last_sign_in,
       u.version
  from access.users(null) u
 where ($1::text is null or strpos(lower(u.username || ' ' || u.display_name), lower($1)) > 0)
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
       u.version, access.must(u.id is not null, 'P0002') as found
  from (select 1) one
  left join access.users($1::uuid) u on true;

-- name: user_insert
-- params: 8 id username display_name role site team agency hash
select access.user_add($1::uuid, $2, $3, $4, $5, $6::uuid, $7::uuid, $8);

-- name: user_update
-- params: 7 id version display_name role site team agency
select access.user_change($1::uuid, $2::int, $3, $4, $5, $6::uuid, $7::uuid);

-- name: user_set_disabled
-- params: 1 id
select access.user_disable($1::uuid);

-- name: user_set_enabled
-- params: 1 id
select access.user_enable($1::uuid);

-- name: user_set_password
-- params: 2 id hash
select access.user_reset($1::uuid, $2);

-- name: agency_list
-- params: 4 kind limit after_name after_id
select a.id, a.name, a.kind, a.site_id as site, a.version
  from access.agency a
 where a.ended_at is null
   and ($1::text is null or a.kind = $1)
   and ($3::text is null or (a.name, a.id) > ($3, $4::uuid))
 order by a.name, a.id
 limit $2::int;

-- name: team_list
select t.id, t.name, t.site_id as site, a.name as agency, t.version
  from access.team t
  left join access.agency a on a.id = t.agency_id
 where t.ended_at is null
 order by t.name, t.id
 limit 500;

-- name: agency_insert
-- params: 4 id name kind site
insert into access.agency (id, name, kind, site_id) values ($1::uuid, $2, $3, $4);

-- name: team_insert
-- params: 4 id name site agency
insert into access.team (id, name, site_id, agency_id) values ($1::uuid, $2, $3, $4::uuid);
