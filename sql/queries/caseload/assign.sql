-- Who works with the person that access.begin() opened.

-- Navigators and team leads of the person's site; of the actor's own team when the actor leads one.
-- name: assign_workers
select u.id, u.display_name as name, t.name as team,
       (select count(*) from app.participant p
         where p.worker_id = u.id and p.site_id = (select access.person_site())
           and p.stage <> 'closed') as people
  from access."user" u
  left join access.team t on t.id = u.team_id
 where u.role in ('navigator', 'team_lead') and u.disabled_at is null
   and u.site_id = (select access.person_site())
   and ((select access.team_for('participant_assign')) is null
        or u.team_id = (select access.team_for('participant_assign')))
 order by u.display_name, u.id
 limit 500;

-- The team follows the worker. A worker who cannot be chosen is told as such and nothing is stored.
-- name: assign_set
-- params: worker version
with chosen as (
  select u.id, u.display_name, u.team_id
    from access."user" u
   where u.id = :worker::uuid and u.role in ('navigator', 'team_lead') and u.disabled_at is null
     and u.site_id = (select access.person_site())
     and ((select access.team_for('participant_assign')) is null
          or u.team_id = (select access.team_for('participant_assign')))
), given as (
  update app.participant p
     set worker_id = c.id, team_id = c.team_id, version = coalesce(:version::int, p.version) + 1
    from chosen c
   where p.site_id = (select access.person_site()) and p.id = (select access.person())
  returning p.version, p.team_id
)
select c.display_name as worker, t.name as team, g.version,
       access.must(g.version is not null, 'PX006', 'worker: Select a worker from the list') as given
  from (select 1) one
  left join chosen c on true
  left join given g on true
  left join access.team t on t.id = g.team_id;
