-- Offers, the stage machine and suspension of the person that access.begin() opened. The triggers of
-- app.participant check the step, date it and keep the events.

-- name: stage_move
-- params: 4 to reason at version
update app.participant p
   set stage = $1, reason_code = $2, stage_at = coalesce($3::timestamptz, p.stage_at),
       version = coalesce($4::int, p.version) + 1
 where p.site_id = (select access.person_site()) and p.id = (select access.person())
   and access.must(p.stage <> $1, 'PX004')
returning p.stage, p.suspension, p.version;

-- name: stage_suspend
-- params: 3 suspension at version
update app.participant p
   set suspension = $1, suspended_at = coalesce($2::timestamptz, now()),
       version = coalesce($3::int, p.version) + 1
 where p.site_id = (select access.person_site()) and p.id = (select access.person())
   and access.must(p.stage <> 'closed', 'PX004')
returning p.stage, p.suspension, p.version;

-- name: stage_resume
-- params: 1 version
update app.participant p
   set suspension = null, suspended_at = null, version = coalesce($1::int, p.version) + 1
 where p.site_id = (select access.person_site()) and p.id = (select access.person())
   and access.must(p.suspension is not null, 'PX004')
returning p.stage, p.suspension, p.version;

-- The stages that may follow the present one.
-- name: stage_options
select p.suspension,
       (select coalesce(array_agg(t.to_state order by t.position), '{}')
          from app.transition t
         where t.machine = 'participant' and t.from_state = p.stage) as next
  from app.participant p
 where p.site_id = (select access.person_site()) and p.id = (select access.person());

-- name: offer_insert
-- params: 7 id at answer delivered understood interpreter message_version
insert into app.offer (site_id, id, participant_id, attempt, met_by, at, message_version, delivered,
                       understood, interpreter, answer)
select (select access.person_site()), $1::uuid, (select access.person()),
       least(99, 1 + (select count(*) from app.offer o
                       where o.site_id = (select access.person_site())
                         and o.participant_id = (select access.person()))),
       (select access.actor()), $2::timestamptz, $7, coalesce($4::boolean, false), $5::boolean,
       coalesce($6::boolean, false), $3;

-- Somebody who declined, or was escalated after that, is being offered the programme again.
-- name: offer_reopen
-- params: 1 at
update app.participant p
   set stage = 're_offered', reason_code = null, stage_at = $1::timestamptz - interval '2 seconds'
 where p.site_id = (select access.person_site()) and p.id = (select access.person())
   and p.stage in ('declined', 'escalated');

-- name: offer_made
-- params: 1 at
update app.participant p
   set stage = 'offered', reason_code = null, stage_at = $1::timestamptz - interval '1 second'
 where p.site_id = (select access.person_site()) and p.id = (select access.person())
   and p.stage in ('awaiting_offer', 're_offered');

-- name: offer_answer
-- params: 3 stage reason at
update app.participant p
   set stage = $1, reason_code = $2, stage_at = $3::timestamptz
 where p.site_id = (select access.person_site()) and p.id = (select access.person());
