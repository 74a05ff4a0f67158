-- Finding and listing people: one row a participant whom the actor may find.

-- What a search is narrowed to before names are compared: the caseload of OWN, TEAM or AGENCY.
-- name: people_scope
select access.mine('participant_find') as ids;

-- name: people_list
-- params: 5 status worker unassigned after limit
with found as materialized (
  select k.site_id, k.participant_id, k.person_id, k.ref, k.stage, k.status, k.since, k.basis, k.worker_id,
         k.last_contact_at, k.next_contact_due
    from app.people_page($1, $2::uuid, $3::boolean, $4, $5::int) k
), logged as materialized (
  select access.audit('people_listed', null, array_agg(f.participant_id), 'page=list')
    from found f having count(*) > 0
)
select f.participant_id, f.person_id, f.ref, f.stage, f.status, f.since, f.basis, f.last_contact_at as last_contact,
       f.next_contact_due,
       f.status in ('engaged', 'wavering', 'disengaged') and f.next_contact_due < app.today() as overdue,
       w.display_name as worker, i.given_name, i.family_name, i.known_as, dk.wrapped,
       array(select distinct x.kind from app.safety_flag x
              where x.site_id = f.site_id and x.participant_id = f.participant_id
                and x.ended_at is null order by x.kind) as flags
  from found f
  cross join logged
  left join app.identity i on i.person_id = f.person_id
  left join access."user" w on w.id = f.worker_id
  left join lateral (select d.wrapped from app.data_key d
                      where d.person_id = f.person_id
                      order by d.epoch desc limit 1) dk on true
 order by f.ref;

-- The ids that the name index gave, best first, and the people whose identifier has that keyed hash.
-- Both are only suggestions: the policies decide. Somebody whose name the actor may not see is not found
-- by that name either (it would tell whose the reference is), only by the reference itself.
-- name: people_found
-- params: 7 ids blinds status worker unassigned limit reference
with found as materialized (
  select a.place, k.site_id, k.participant_id, k.person_id, k.ref, k.stage, k.status, k.since, k.basis, k.worker_id,
         k.last_contact_at, k.next_contact_due
    from (select h.id, min(h.place) as place
            from (select u.id, u.place -- (how many is hidden, or the statement would be planned anew each time)
                    from unnest((select $1::uuid[])) with ordinality u (id, place)
                  union all
                  select p.id, 0 from app.identifier f
                    join app.participant p on p.person_id = f.person_id
                   where f.blind = any ($2::bytea[]) and f.removed_at is null) h
           group by h.id
           order by min(h.place), h.id offset 0) a -- in order, so that nobody after the page is looked up
    join app.engagement_now k on k.participant_id = a.id
   where (k.site_id = (select access.site_for('participant_find'))
          or k.participant_id = any ((select access.mine('participant_find'))::uuid[])
          or (select access.all_for('participant_find')))
     and ($3::text is null or k.status = $3)
     and ($4::uuid is null or k.worker_id = $4)
     and ($5::boolean is not true or k.worker_id is null)
     and (k.ref = $7 or exists (select from app.identity i where i.person_id = k.person_id))
   order by a.place, a.id
   limit $6::int
), logged as materialized (
  select access.audit('people_listed', null, array_agg(f.participant_id), 'page=search')
    from found f having count(*) > 0
)
select f.participant_id, f.person_id, f.ref, f.stage, f.status, f.since, f.basis, f.last_contact_at as last_contact,
       f.next_contact_due,
       f.status in ('engaged', 'wavering', 'disengaged') and f.next_contact_due < app.today() as overdue,
       w.display_name as worker, i.given_name, i.family_name, i.known_as, dk.wrapped,
       array(select distinct x.kind from app.safety_flag x
              where x.site_id = f.site_id and x.participant_id = f.participant_id
                and x.ended_at is null order by x.kind) as flags
  from found f
  cross join logged
  left join app.identity i on i.person_id = f.person_id
  left join access."user" w on w.id = f.worker_id
  left join lateral (select d.wrapped from app.data_key d
                      where d.person_id = f.person_id
                      order by d.epoch desc limit 1) dk on true
 order by f.place, f.ref;

-- Names for the worker filter: those whose caseload the actor may see.
-- name: people_workers
select u.id, u.display_name as name
  from access."user" u
 where u.role in ('navigator', 'team_lead') and u.disabled_at is null
   and (u.site_id = (select access.site_for('participant_find'))
        or u.team_id = (select access.team_for('participant_find'))
        or (select access.all_for('participant_find')))
 order by u.display_name, u.id
 limit 500;
