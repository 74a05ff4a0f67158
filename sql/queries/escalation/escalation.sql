-- Escalations. What is asked for beside the policies: the person that access.begin() opened, or the
-- actor's own scope. Of the branches of a list only the one that the actor's role has finds
-- anything: apart, each walks its own index, in the order of the list and no further than its page.

-- name: escalation_list
-- params: states trigger by_due limit:int after_key after_id
with wanted as (
  select coalesce(:states::text[], array(select distinct t.to_state from app.transition t
                                     where t.machine = 'escalation')) as states
), found as (
  (select e.*
     from unnest((select case when access.person() is null then access.sites_for('escalation_read') end)) k (site)
     cross join unnest((select states from wanted)) w (state)
     cross join lateral (
       select e.* from app.escalation e
        where e.site_id = k.site and e.state = w.state and :by_due::boolean
          and (:trigger::text is null or e.trigger = :trigger)
          and (e.decision_due, e.id) > (date '2000-01-01' + coalesce(:after_key::numeric, -9999)::int,
                                        coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
        order by e.decision_due, e.id
        limit :limit::int + 1) e)
  union all
  (select e.*
     from unnest((select case when access.person() is null then access.sites_for('escalation_read') end)) k (site)
     cross join unnest((select states from wanted)) w (state)
     cross join lateral (
       select e.* from app.escalation e
        where e.site_id = k.site and e.state = w.state and not :by_due::boolean
          and (:trigger::text is null or e.trigger = :trigger)
          and e.raised_at <= case when :after_key::numeric is null then 'infinity'
                                  else to_timestamp(- :after_key::numeric) + interval '1 millisecond' end
          and (:after_key::numeric is null or (- extract(epoch from e.raised_at), e.id) > (:after_key::numeric, :after_id::uuid))
        order by e.raised_at desc, e.id
        limit :limit::int + 1) e)
  union all
  (select e.* from app.escalation e
    where e.participant_id = any ((select case
             when access.person() is not null then array[access.person()]
             else access.mine('escalation_read') end)::uuid[])
      and (:states::text[] is null or e.state = any (:states::text[]))
      and (:trigger::text is null or e.trigger = :trigger))
), page as materialized (
  select q.*, row_number() over (order by q.key, q.id) as place
    from (select e.*,
                 case when :by_due::boolean then e.decision_due - date '2000-01-01'
                      else - extract(epoch from e.raised_at) end as key
            from found e) q
   where :after_key::numeric is null or (q.key, q.id) > (:after_key::numeric, :after_id::uuid)
   order by q.key, q.id
   limit :limit::int + 1
), logged as materialized (
  select access.audit('escalations_listed', null, array_agg(distinct p.participant_id), null)
    from page p where p.place <= :limit::int having count(*) > 0
)
select p.id, p.trigger, p.state, p.state_at, p.triggered_on, p.raised_at, b.display_name as raised_by,
       p.decision_due, p.state in ('raised', 'under_review', 'deferred') and p.decision_due < app.today()
         as overdue,
       p.decided_at, c.display_name as decided_by, p.first_action_at, p.re_offered_at, p.closed_at,
       app.local_day(coalesce(p.closed_at, now())) - p.triggered_on as days,
       app.local_day(p.decided_at) - p.triggered_on as days_to_decision,
       app.local_day(p.first_action_at) - p.triggered_on as days_to_action,
       case when k.last_success_at > p.raised_at then k.last_success_at end as re_engaged_at,
       p.key, p.participant_id, k.person_id, k.ref, i.given_name, i.family_name, dk.wrapped
  from page p
  cross join logged
  left join access."user" b on b.id = p.raised_by
  left join access."user" c on c.id = p.decided_by
  left join app.engagement k on k.site_id = p.site_id and k.participant_id = p.participant_id
  left join app.identity i on i.person_id = k.person_id
  left join lateral (select x.wrapped from app.data_key x
                      where x.person_id = k.person_id
                      order by x.epoch desc limit 1) dk on true
 order by p.key, p.id;

-- The same rows counted, whatever their state.
-- name: escalation_counts
-- params: trigger
select coalesce(sum(c.n) filter (where c.state in ('raised', 'under_review', 'deferred')), 0) as decide,
       coalesce(sum(c.n) filter (where c.state in ('approved', 'action_due')), 0) as act,
       coalesce(sum(c.n) filter (where c.state in ('action_taken', 'reviewed', 'not_approved',
                                                   'suspended')), 0) as open,
       coalesce(sum(c.n) filter (where c.state = 'closed'), 0) as closed
  from (select c.state, c.n
          from (select where access.person() is null) everybody
         cross join lateral app.escalation_states(:trigger) c
        union all
        select e.state, count(*) from app.escalation e
         where e.participant_id = any ((select case
                  when access.person() is not null then array[access.person()]
                  else access.mine('escalation_read') end)::uuid[])
           and (:trigger::text is null or e.trigger = :trigger)
         group by e.state) c;

-- name: escalation_show
-- params: id
select e.id, e.trigger, e.state, e.state_at, e.reason_code, e.triggered_on, e.raised_at,
       b.display_name as raised_by, e.decision_due,
       e.state in ('raised', 'under_review', 'deferred') and e.decision_due < app.today() as overdue,
       e.decided_at, c.display_name as decided_by, e.first_action_at, e.re_offered_at, e.closed_at,
       app.local_day(coalesce(e.closed_at, now())) - e.triggered_on as days,
       app.local_day(e.decided_at) - e.triggered_on as days_to_decision,
       app.local_day(e.first_action_at) - e.triggered_on as days_to_action,
       case when k.last_success_at > e.raised_at then k.last_success_at end as re_engaged_at,
       e.version,
       e.state in ('approved', 'action_due', 'action_taken', 'reviewed')
         and access.person_for('escalation_act') is not null as may_act,
       array(select t.to_state::text from app.transition t
              where t.machine = 'escalation' and t.from_state = e.state
                and access.person_for(t.permission) is not null order by t.position) as possible,
       array(select t.to_state::text from app.transition t
              where t.machine = 'escalation' and t.from_state = e.state and t.needs_reason
                and access.person_for(t.permission) is not null order by t.position) as with_reason
  from app.escalation e
  left join app.engagement k on k.site_id = e.site_id and k.participant_id = e.participant_id
  left join access."user" b on b.id = e.raised_by
  left join access."user" c on c.id = e.decided_by
 where e.site_id = (select access.person_site()) and e.participant_id = (select access.person())
   and e.id = :id::uuid;

-- name: escalation_events
-- params: id
select v.from_state, v.to_state, v.at, u.display_name as by, v.reason_code
  from app.escalation_event v
  left join access."user" u on u.id = v.by_user
  left join app.transition t on t.machine = 'escalation' and t.to_state = v.to_state
                            and t.from_state = coalesce(v.from_state, '')
 where v.site_id = (select access.person_site()) and v.participant_id = (select access.person())
   and v.escalation_id = :id::uuid
 order by v.at, t.position, v.id;

-- name: escalation_notes
-- params: id
select n.id, n.kind, n.to_state, n.note, n.at, u.display_name as by
  from app.escalation_note n
  left join access."user" u on u.id = n.by_user
 where n.site_id = (select access.person_site()) and n.participant_id = (select access.person())
   and n.escalation_id = :id::uuid
 order by n.at, n.id;

-- name: escalation_actions
-- params: id
select x.id, x.action, x.taken_on, x.note, x.at, u.display_name as by
  from app.escalation_action x
  left join access."user" u on u.id = x.by_user
 where x.site_id = (select access.person_site()) and x.participant_id = (select access.person())
   and x.escalation_id = :id::uuid
 order by x.taken_on nulls first, x.at, x.id;

-- name: escalation_insert
-- params: id trigger triggered_on evidence_id evidence:bytes
with made as (
  insert into app.escalation (site_id, id, participant_id, trigger, triggered_on)
  values ((select access.person_site()), :id::uuid, (select access.person()), :trigger,
          coalesce(:triggered_on::date, app.today()))
  returning site_id, id, participant_id
), words as (
  insert into app.escalation_note (site_id, id, escalation_id, participant_id, kind, note)
  select site_id, :evidence_id::uuid, id, participant_id, 'evidence', :evidence::bytea from made
)
select id from made;

-- A step, with its reason and actions. Nothing changed means that it is not the actor's to take (42501);
-- which steps exist and what they need the trigger says. `taken`: the actions were taken, today.
-- name: escalation_move
-- params: id version to reason_code note_id note:bytes re_offered action_ids actions taken
with moved as (
  update app.escalation e
     set state = :to, reason_code = :reason_code, version = coalesce(:version::int, e.version) + 1,
         re_offered_at = coalesce(:re_offered::timestamptz, e.re_offered_at)
   where e.site_id = (select access.person_site()) and e.participant_id = (select access.person())
     and e.id = :id::uuid and access.must(e.state <> :to, 'PX004')
  returning e.site_id, e.id, e.participant_id
), words as (
  insert into app.escalation_note (site_id, id, escalation_id, participant_id, kind, to_state, note)
  select m.site_id, :note_id::uuid, m.id, m.participant_id, 'reason', :to, :note::bytea
    from moved m where :note::bytea is not null
), acts as (
  insert into app.escalation_action (site_id, id, escalation_id, participant_id, action, taken_on)
  select m.site_id, a.id, m.id, m.participant_id, a.action,
         case when :taken::boolean then app.today() end
    from moved m cross join unnest(:action_ids::uuid[], :actions::text[]) a (id, action)
)
select access.must(exists (select from moved), '42501');

-- Where it stands and what can follow, whoever may take the step.
-- name: escalation_steps
-- params: id
select e.state, array(select t.to_state::text from app.transition t
                       where t.machine = 'escalation' and t.from_state = e.state
                       order by t.position) as possible
  from app.escalation e
 where e.site_id = (select access.person_site()) and e.participant_id = (select access.person())
   and e.id = :id::uuid;

-- The step that taking an action implies, if it is still ahead.
-- name: escalation_advance
-- params: id from to
update app.escalation e
   set state = :to, reason_code = null, version = e.version + 1
 where e.site_id = (select access.person_site()) and e.participant_id = (select access.person())
   and e.id = :id::uuid and e.state = :from;

-- name: escalation_action_insert
-- params: escalation id action taken_on note:bytes
with made as (
  insert into app.escalation_action (site_id, id, escalation_id, participant_id, action, taken_on, note)
  select e.site_id, :id::uuid, e.id, e.participant_id, :action, :taken_on::date, :note::bytea
    from app.escalation e
   where e.site_id = (select access.person_site()) and e.participant_id = (select access.person())
     and e.id = :escalation::uuid and access.must(e.state in ('action_taken', 'reviewed'), 'PX004')
  returning id
)
select access.must(exists (select from made), '42501');
