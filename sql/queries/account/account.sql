-- The command line's own, as the owner; what it shares with the pages is in access.sql.

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

-- name: cli_clock
-- login: owner
select extract(epoch from clock_timestamp())::bigint as epoch;
