-- The command line's own: accounts and the keyring, as the owner.

-- name: cli_keyring_keep
-- login: owner
select access.keyring_keep($1);

-- name: cli_keyring_matches
-- login: owner
select access.keyring_matches($1) as matches;

-- name: cli_place
-- login: owner
-- Ids of a site's team and an agency by their names; null where there is none.
select (select s.code from access.site s where s.code = $1::text) as site,
       (select t.id from access.team t
         where t.name = $2::text and t.site_id = $1::text and t.ended_at is null) as team,
       (select g.id from access.agency g
         where g.name = $3::text and g.ended_at is null
           and (g.site_id is null or g.site_id is not distinct from $1::text)
         order by g.site_id nulls last limit 1) as agency;

-- name: cli_user_find
-- login: owner
select u.id from access.users() u where u.username = lower($1::text);

-- name: cli_user_add
-- login: owner
select access.user_add($1::uuid, $2, $3, $4, $5, $6::uuid, $7::uuid, $8);

-- name: cli_user_disable
-- login: owner
select access.user_disable($1::uuid);

-- name: cli_user_enable
-- login: owner
select access.user_enable($1::uuid);

-- name: cli_user_reset
-- login: owner
select access.user_reset($1::uuid, $2);

-- name: cli_user_list
-- login: owner
select username, display_name, role, site, team, agency,
       case when disabled_at is null then '' else 'disabled' end as state
from access.users();

-- name: cli_clock
-- login: owner
select extract(epoch from clock_timestamp())::bigint as epoch;
