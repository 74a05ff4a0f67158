-- Referrals. What is asked for beside the policies: the person that access.begin() opened, or the
-- actor's own scope. Of the branches of a list only the one that the actor's role has finds
-- anything: apart, each walks its own index, in the order of the list and no further than its page.

-- What is the actor's to see: or, when a person was opened, that person's. A caseload is sorted; a site's
-- and an agency's are read in order, each state by itself.
-- name: referral_list
-- params: states service by_due limit:int after_key after_id
with wanted as (
  select coalesce(:states::text[], array(select distinct t.to_state from app.transition t
                                     where t.machine = 'referral')) as states
), found as (
  (select r.*
     from unnest((select case when access.person() is null then access.sites_for('referral_read') end)) k (site)
     cross join unnest((select states from wanted)) w (state)
     cross join lateral (
         select r.* from app.referral r
          where r.site_id = k.site and r.state = w.state and :by_due::boolean
            and (:service::text is null or r.service = :service)
            and (coalesce(case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end,
                           date '9999-01-01'), r.id)
                > (date '2000-01-01' + coalesce(:after_key::numeric, -9999)::int,
                   coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
          order by coalesce(case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end,
                           date '9999-01-01'), r.id
          limit :limit::int + 1) r)
  union all
  (select r.*
     from unnest((select case when access.person() is null then access.sites_for('referral_read') end)) k (site)
     cross join unnest((select states from wanted)) w (state)
     cross join lateral (
         select r.* from app.referral r
          where r.site_id = k.site and r.state = w.state and not :by_due::boolean
            and (:service::text is null or r.service = :service)
            and r.made_at <= case when :after_key::numeric is null then 'infinity'
                                  else to_timestamp(- :after_key::numeric) + interval '1 millisecond' end
            and (:after_key::numeric is null or (- extract(epoch from r.made_at), r.id) > (:after_key::numeric, :after_id::uuid))
          order by r.made_at desc, r.id
          limit :limit::int + 1) r)
  union all
  (select r.*
     from (select access.provider_for('referral_read') as agency where access.person() is null) k
     cross join unnest((select states from wanted)) w (state)
     cross join lateral (
         select r.* from app.referral r
          where r.provider_id = k.agency and r.state = w.state and :by_due::boolean
            and (:service::text is null or r.service = :service)
            and (coalesce(case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end,
                           date '9999-01-01'), r.id)
                > (date '2000-01-01' + coalesce(:after_key::numeric, -9999)::int,
                   coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
          order by coalesce(case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end,
                           date '9999-01-01'), r.id
          limit :limit::int + 1) r)
  union all
  (select r.*
     from (select access.provider_for('referral_read') as agency where access.person() is null) k
     cross join unnest((select states from wanted)) w (state)
     cross join lateral (
         select r.* from app.referral r
          where r.provider_id = k.agency and r.state = w.state and not :by_due::boolean
            and (:service::text is null or r.service = :service)
            and r.made_at <= case when :after_key::numeric is null then 'infinity'
                                  else to_timestamp(- :after_key::numeric) + interval '1 millisecond' end
            and (:after_key::numeric is null or (- extract(epoch from r.made_at), r.id) > (:after_key::numeric, :after_id::uuid))
          order by r.made_at desc, r.id
          limit :limit::int + 1) r)
  union all
  (select r.* from app.referral r
    where r.participant_id = any ((select case
             when access.person() is not null then array[access.person()]
             when access.provider_for('referral_read') is not null then '{}'
             else access.mine('referral_read') end)::uuid[])
      and (:states::text[] is null or r.state = any (:states::text[]))
      and (:service::text is null or r.service = :service))
), page as materialized (
  select q.*, row_number() over (order by q.key, q.id) as place
    from (select r.*,
                 case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end as due,
                 case when :by_due::boolean then
                        coalesce(case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end,
                                  date '9999-01-01') - date '2000-01-01'
                      else - extract(epoch from r.made_at) end as key
            from found r) q
   where :after_key::numeric is null or (q.key, q.id) > (:after_key::numeric, :after_id::uuid)
   order by q.key, q.id
   limit :limit::int + 1
), logged as materialized (
  select access.audit('referrals_listed', null, array_agg(distinct p.participant_id), null)
    from page p where p.place <= :limit::int having count(*) > 0
)
select p.id, p.service, p.state, p.state_at, p.provider_id, a.name as provider, p.made_at, p.sent_at,
       p.accepted_at, p.declined_at, p.withdrawn_at, p.started_at, p.ended_at, p.reply_due, p.start_due,
       p.due, p.due < app.today() as overdue,
       app.local_day(coalesce(least(p.accepted_at, p.declined_at, p.withdrawn_at), now()))
         - app.local_day(p.sent_at) as waiting_days,
       d.urgency, p.key, p.participant_id, p.person_id, p.ref,
       i.given_name, i.family_name, dk.wrapped
  from page p
  cross join logged
  left join access.agency a on a.id = p.provider_id
  left join app.referral_detail d on d.site_id = p.site_id and d.referral_id = p.id
  left join app.identity i on i.person_id = p.person_id
  left join lateral (select x.wrapped from app.data_key x
                      where x.person_id = p.person_id
                      order by x.epoch desc limit 1) dk on true
 order by p.key, p.id;

-- The same rows counted, whatever their state.
-- name: referral_counts
-- params: service
select coalesce(sum(c.n) filter (where c.state = 'draft'), 0) as draft,
       coalesce(sum(c.n) filter (where c.state = 'sent'), 0) as waiting,
       coalesce(sum(c.n) filter (where c.state in ('accepted', 'started')), 0) as open,
       coalesce(sum(c.n) filter (where c.state in ('declined', 'withdrawn', 'ended')), 0) as ended
  from (select c.state, c.n
          from (select where access.person() is null) everybody
         cross join lateral app.referral_states(:service) c
        union all
        select r.state, count(*) from app.referral r
         where r.participant_id = any ((select case
                  when access.person() is not null then array[access.person()]
                  when access.provider_for('referral_read') is not null then '{}'
                  else access.mine('referral_read') end)::uuid[])
           and (:service::text is null or r.service = :service)
         group by r.state) c;

-- name: referral_show
-- params: id
select r.id, r.service, a.name as provider, r.provider_id, r.state, r.state_at, r.reason_code, r.made_at,
       m.display_name as made_by, r.sent_at, r.accepted_at, r.declined_at, r.withdrawn_at, r.started_at,
       r.ended_at, r.reply_due, r.start_due, r.version, c.due, c.due < app.today() as overdue,
       app.local_day(coalesce(least(r.accepted_at, r.declined_at, r.withdrawn_at), now()))
         - app.local_day(r.sent_at) as waiting_days,
       d.urgency, d.needs,
       array(select t.to_state::text from app.transition t
              where t.machine = 'referral' and t.from_state = r.state
                and access.person_for(t.permission) is not null order by t.position) as possible,
       array(select t.to_state::text from app.transition t
              where t.machine = 'referral' and t.from_state = r.state and t.needs_reason
                and access.person_for(t.permission) is not null order by t.position) as with_reason
  from app.referral r
  cross join lateral (select case r.state when 'sent' then r.reply_due
                                          when 'accepted' then r.start_due end as due) c
  left join app.referral_detail d on d.site_id = r.site_id and d.referral_id = r.id
  left join access.agency a on a.id = r.provider_id
  left join access."user" m on m.id = r.made_by
 where r.site_id = (select access.person_site()) and r.participant_id = (select access.person())
   and r.id = :id::uuid;

-- name: referral_events
-- params: id
select v.from_state, v.to_state, v.at, u.display_name as by, v.reason_code
  from app.referral_event v
  left join access."user" u on u.id = v.by_user
  left join app.transition t on t.machine = 'referral' and t.to_state = v.to_state
                            and t.from_state = coalesce(v.from_state, '')
 where v.site_id = (select access.person_site()) and v.participant_id = (select access.person())
   and v.referral_id = :id::uuid
 order by v.at, t.position, v.id;

-- name: referral_notes
-- params: id
select n.id, n.kind, n.note, n.at, u.display_name as by
  from app.referral_note n
  left join access."user" u on u.id = n.by_user
 where n.site_id = (select access.person_site()) and n.participant_id = (select access.person())
   and n.referral_id = :id::uuid
 order by n.at, n.id;

-- name: referral_sessions
-- params: id
select s.id, s.held_on, s.result, s.late, s.minutes, s.concern, s.feedback, s.at,
       u.display_name as by
  from app.referral_session s
  left join access."user" u on u.id = s.by_user
 where s.site_id = (select access.person_site()) and s.participant_id = (select access.person())
   and s.referral_id = :id::uuid
 order by s.held_on desc, s.id desc;

-- Providers that work at the site of the person opened.
-- name: referral_providers
select a.id, a.name
  from access.agency a
 where a.kind = 'provider' and a.ended_at is null
   and (a.site_id is null or a.site_id = (select access.person_site()))
 order by lower(a.name), a.id;

-- No such provider: provider_id is null, which the table refuses.
-- name: referral_insert
-- params: id service provider state urgency needs reason_id reason:bytes risk_id risk:bytes outcomes_id
-- params: outcomes:bytes
with made as (
  insert into app.referral (site_id, id, participant_id, service, provider_id, state)
  values ((select access.person_site()), :id::uuid, (select access.person()), :service,
          (select a.id from access.agency a
            where a.kind = 'provider' and a.ended_at is null
              and (a.site_id is null or a.site_id = (select access.person_site()))
              and (a.id::text = lower(:provider) or a.name = :provider)
            order by a.site_id is null limit 1),
          :state)
  returning site_id, id, participant_id
), detail as (
  insert into app.referral_detail (site_id, referral_id, participant_id, urgency, needs)
  select site_id, id, participant_id, :urgency, coalesce(:needs::text[], '{}') from made
), words as (
  insert into app.referral_note (site_id, id, referral_id, participant_id, kind, note)
  select m.site_id, w.id, m.id, m.participant_id, w.kind, w.note
    from made m
    cross join (values (:reason_id::uuid, 'reason', :reason::bytea), (:risk_id::uuid, 'risk_summary', :risk::bytea),
                       (:outcomes_id::uuid, 'outcomes', :outcomes::bytea)) w (id, kind, note)
   where w.note is not null
)
select id from made;

-- A step, with words or without. Nothing changed means that it is not the actor's to take (42501);
-- which steps exist and what they need the trigger says.
-- name: referral_move
-- params: id version to reason_code note_id kind note:bytes
with moved as (
  update app.referral r
     set state = :to, reason_code = :reason_code, version = coalesce(:version::int, r.version) + 1
   where r.site_id = (select access.person_site()) and r.participant_id = (select access.person())
     and r.id = :id::uuid and access.must(r.state <> :to, 'PX004')
  returning r.site_id, r.id, r.participant_id
), words as (
  insert into app.referral_note (site_id, id, referral_id, participant_id, kind, note)
  select m.site_id, :note_id::uuid, m.id, m.participant_id, :kind, :note::bytea
    from moved m where :note::bytea is not null
)
select access.must(exists (select from moved), '42501');

-- Where it stands and what can follow, whoever may take the step.
-- name: referral_steps
-- params: id
select r.state, array(select t.to_state::text from app.transition t
                       where t.machine = 'referral' and t.from_state = r.state
                       order by t.position) as possible
  from app.referral r
 where r.site_id = (select access.person_site()) and r.participant_id = (select access.person())
   and r.id = :id::uuid;

-- name: referral_session_insert
-- params: referral id held_on result late minutes feedback:bytes concern
with made as (
  insert into app.referral_session (site_id, id, referral_id, participant_id, held_on, result, late,
                                    minutes, feedback, concern)
  select r.site_id, :id::uuid, r.id, r.participant_id, :held_on::date, :result, coalesce(:late::boolean, false),
         :minutes::int, :feedback::bytea, coalesce(:concern::boolean, false)
    from app.referral r
   where r.site_id = (select access.person_site()) and r.participant_id = (select access.person())
     and r.id = :referral::uuid
  returning id
)
select access.must(exists (select from made), 'P0002');
