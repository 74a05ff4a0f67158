-- Accounts, agencies and teams. The functions decide who may, and write the audit rows
-- (sql/schema/accounts.sql).

-- name: user_list
-- params: q role site state limit:int after
select u.id, u.username, u.display_name, u.role, u.site, u.team_id, u.team, u.agency_id, u.agency,
       u.disabled_at is not null as disabled, u.must_change_password, u.created_at, u.last_sign_in,
       u.version
  from access.users(null) u
 where (:q::text is null or strpos(lower(u.username || ' ' || u.display_name), lower(:q)) > 0)
   and (:role::text is null or u.role = :role)
   and (:site::text is null or u.site = :site)
   and (:state::text is null or (u.disabled_at is not null) = (:state = 'disabled'))
   and (:after::text is null or u.username > :after)
 order by u.username
 limit :limit::int;

-- name: user_get
-- params: id
select u.id, u.username, u.display_name, u.role, u.site, u.team_id, u.team, u.agency_id, u.agency,
       u.disabled_at is not null as disabled, u.must_change_password, u.created_at, u.last_sign_in,
       u.version, access.must(u.id is not null, 'P0002') as found
  from (select 1) one
  left join access.users(:id::uuid) u on true;

-- name: user_insert
-- params: id username display_name role site team agency hash
select access.user_add(:id::uuid, :username, :display_name, :role, :site, :team::uuid, :agency::uuid, :hash);

-- name: user_update
-- params: id version display_name role site team agency
select access.user_change(:id::uuid, :version::int, :display_name, :role, :site, :team::uuid, :agency::uuid);

-- name: user_set_disabled
-- params: id
select access.user_disable(:id::uuid);

-- name: user_set_enabled
-- params: id
select access.user_enable(:id::uuid);

-- name: user_set_password
-- params: id hash
select access.user_reset(:id::uuid, :hash);

-- name: agency_list
-- params: kind limit:int after_name after_id
select a.id, a.name, a.kind, a.site_id as site, a.version
  from access.agency a
 where a.ended_at is null
   and (:kind::text is null or a.kind = :kind)
   and (:after_name::text is null or (a.name, a.id) > (:after_name, :after_id::uuid))
 order by a.name, a.id
 limit :limit::int;

-- name: team_list
select t.id, t.name, t.site_id as site, a.name as agency, t.version
  from access.team t
  left join access.agency a on a.id = t.agency_id
 where t.ended_at is null
 order by t.name, t.id
 limit 500;

-- name: agency_insert
-- params: id name kind site
insert into access.agency (id, name, kind, site_id) values (:id::uuid, :name, :kind, :site);

-- name: team_insert
-- params: id name site agency
insert into access.team (id, name, site_id, agency_id) values (:id::uuid, :name, :site, :agency::uuid);
