-- "What needs me": every list with its own total, so that a count and its list cannot disagree. All roles
-- run the same statements; what a role has no part in costs it nothing, since its scope reads as null.

-- People of the worker; of the team or the site, whom app.people_needing() reads once for all sections.
-- name: home_people
with mine as materialized (
  select k.site_id, k.participant_id, k.ref, k.status, k.since, k.next_contact_due
    from app.engagement_now k
   where k.worker_id = (select access.worker_for('contact_write'))
     and k.status <> 'closed'
), sections as (
  (select 1 as place, 'overdue' as section, count(*) over () as total, m.site_id, m.participant_id,
          m.next_contact_due as due
     from mine m
    where m.status in ('engaged', 'wavering', 'disengaged') and m.next_contact_due < app.today()
    order by m.next_contact_due, m.ref limit 10)
  union all
  (select 2, 'due', count(*) over (), m.site_id, m.participant_id, m.next_contact_due
     from mine m
    where m.status in ('engaged', 'wavering', 'disengaged')
      and m.next_contact_due between app.today() and app.today() + 7
    order by m.next_contact_due, m.ref limit 10)
  union all
  (select 3, 'escalate', count(*) over (), m.site_id, m.participant_id, app.working_days_after(m.since, 2)
     from mine m
    where m.status in ('disengaged', 'offer_declined')
      and not exists (select from app.escalation e
                       where e.site_id = m.site_id and e.participant_id = m.participant_id
                         and (e.state <> 'closed' or app.local_day(e.raised_at) >= m.since))
    order by m.since, m.ref limit 10)
  union all
  select n.place, n.section, n.total, n.site_id, n.participant_id, n.due from app.people_needing() n
), logged as materialized (
  select access.audit('people_listed', null, array_agg(distinct s.participant_id), 'page=home')
    from sections s having count(*) > 0
)
select s.section, s.total, s.participant_id, k.person_id, k.ref, k.status, k.since, k.basis, s.due,
       k.last_contact_at as last_contact, w.display_name as worker,
       i.given_name, i.family_name, dk.wrapped
  from sections s
  cross join logged
  join app.engagement_now k on k.site_id = s.site_id and k.participant_id = s.participant_id
  left join app.identity i on i.person_id = k.person_id
  left join access."user" w on w.id = k.worker_id
  left join lateral (select d.wrapped from app.data_key d
                      where d.person_id = k.person_id
                      order by d.epoch desc limit 1) dk on true
 order by s.place, s.due nulls last, k.since, k.ref;

-- name: home_referrals
with mine as materialized (
  select r.site_id, r.id, r.participant_id, r.person_id, r.ref, r.service, r.state, r.provider_id, r.state_at, r.sent_at,
         r.reply_due, r.start_due, r.provider_id = (select access.provider_for('referral_deliver')) as deliver
    from app.referral r
   where r.state in ('sent', 'accepted', 'declined', 'started')
     and (r.provider_id = (select access.provider_for('referral_deliver'))
          or r.participant_id = any ((select access.mine('referral_write'))::uuid[]))
), sections as (
  (select 1 as place, 'answer' as section, count(*) over () as total, m.*, m.reply_due as due
     from mine m where m.deliver and m.state = 'sent'
    order by m.reply_due, m.id limit 10)
  union all
  (select 2, 'start', count(*) over (), m.*, m.start_due
     from mine m where m.deliver and m.state = 'accepted'
    order by m.start_due, m.id limit 10)
  union all
  (select 3, 'running', count(*) over (), m.*, null
     from mine m where m.deliver and m.state = 'started'
    order by m.state_at desc, m.id limit 10)
  union all
  (select 4, 'answered', count(*) over (), m.*, m.start_due
     from mine m
    where m.deliver is not true and m.state in ('accepted', 'declined')
      and m.state_at > now() - interval '14 days'
    order by m.state_at desc, m.id limit 10)
  union all
  (select 5, 'waiting', count(*) over (), m.*, m.reply_due
     from mine m where m.deliver is not true and m.state = 'sent'
    order by m.reply_due, m.id limit 10)
), logged as materialized (
  select access.audit('referrals_listed', null, array_agg(distinct s.participant_id), 'page=home')
    from sections s having count(*) > 0
)
select s.section, s.total, s.participant_id, s.person_id, s.id, s.service as what, s.state as status, s.due,
       s.state_at as since, a.name as worker, s.ref, i.given_name, i.family_name, dk.wrapped
  from sections s
  cross join logged
  left join access.agency a on a.id = s.provider_id
  left join app.identity i on i.person_id = s.person_id
  left join lateral (select d.wrapped from app.data_key d
                      where d.person_id = s.person_id
                      order by d.epoch desc limit 1) dk on true
 order by s.place, s.due nulls last, s.state_at, s.id;

-- Those of a caseload or an agency; of the site they come from app.escalations_needing(), which counts by index.
-- name: home_escalations
with mine as materialized (
  select e.site_id, e.id, e.participant_id, e.trigger, e.state, e.raised_at, e.decision_due,
         -- in (select unnest ...) is hashed once; any (array) would be searched through for every row
         e.participant_id in (select unnest(access.mine('escalation_decide')))
         or e.participant_id in (select unnest(access.mine('caseload_read'))) as decide,
         e.participant_id in (select unnest(access.mine('escalation_act'))) as act
    from app.escalation e
   where e.state <> 'closed'
     and (e.participant_id = any ((select access.mine('escalation_read'))::uuid[])
          or e.participant_id = any ((select access.mine('escalation_decide'))::uuid[])
          or e.participant_id = any ((select access.mine('escalation_act'))::uuid[]))
), sections as (
  (select 1 as place, 'decide' as section, count(*) over () as total, m.site_id, m.id, m.participant_id,
          m.trigger, m.state, m.raised_at, m.decision_due as due
     from mine m where m.decide and m.state in ('raised', 'under_review', 'deferred')
    order by m.decision_due, m.id limit 10)
  union all
  (select 2, 'act', count(*) over (), m.site_id, m.id, m.participant_id, m.trigger, m.state, m.raised_at, null
     from mine m where m.act and m.state in ('approved', 'action_due')
    order by m.raised_at, m.id limit 10)
  union all
  (select 3, 'open', count(*) over (), m.site_id, m.id, m.participant_id, m.trigger, m.state, m.raised_at,
          m.decision_due
     from mine m
    where (select access.worker_for('contact_write')) is not null
    order by m.decision_due, m.id limit 10)
  union all
  select n.place, n.section, n.total, n.site_id, n.id, n.participant_id, n.trigger, n.state, n.raised_at, n.due
    from app.escalations_needing() n
), logged as materialized (
  select access.audit('escalations_listed', null, array_agg(distinct s.participant_id), 'page=home')
    from sections s having count(*) > 0
)
select s.section, s.total, s.participant_id, e.person_id, s.id, s.trigger as what, s.state as status, s.due,
       s.raised_at as since, e.ref, i.given_name, i.family_name, dk.wrapped
  from sections s
  cross join logged
  left join app.engagement e on e.site_id = s.site_id and e.participant_id = s.participant_id
  left join app.identity i on i.person_id = e.person_id
  left join lateral (select d.wrapped from app.data_key d
                      where d.person_id = e.person_id
                      order by d.epoch desc limit 1) dk on true
 order by s.place, s.due nulls last, s.raised_at, s.id;

-- What those have who see no cases: exports, accounts, the log.
-- name: home_other
(select 'exports' as section, count(*) over () as total, x.id::text as id, x.kind as what,
        x.state as status, x.requested_at as since
   from app.export x
  where (select access.all_for('export_log')) and (select access.all_for('export_request'))
  order by x.requested_at desc, x.id limit 10)
union all
(select 'accounts', count(*), null, u.role, null, null
   from access."user" u
  where (select access.all_for('user_write')) and u.disabled_at is null
  group by u.role order by u.role)
union all
(select 'log', count(*), null, v.operation, null, max(v.at)
   from audit.event v
  where (select access.all_for('audit_read')) and v.at > now() - interval '1 day'
  group by v.operation order by v.operation);
