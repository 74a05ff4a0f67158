-- The command line's own, as the owner; what it shares with the pages is in access.sql.

-- name: cli_place
-- login: owner
-- params: site team agency
-- Ids of a site's team and an agency by their names; null where there is none.
select (select s.code from access.site s where s.code = :site::text) as site,
       (select t.id from access.team t
         where t.name = :team::text and t.site_id = :site::text and t.ended_at is null) as team,
       (select g.id from access.agency g
         where g.name = :agency::text and g.ended_at is null
           and (g.site_id is null or g.site_id is not distinct from :site::text)
         order by g.site_id nulls last limit 1) as agency;

-- name: cli_user_find
-- login: owner
-- params: username
select u.id from access.users() u where u.username = lower(:username::text);

-- name: cli_clock
-- login: owner
select extract(epoch from clock_timestamp())::bigint as epoch;
