-- Evaluation exports: the requests, the jobs, and the rows that go into the files.

-- ---- requests ----

-- name: export_insert
-- params: 4 id kind as_of reason
insert into app.export (id, site_id, kind, as_of, reason, reason_code, requested_by, state)
values ($1::uuid, (select access.site_for('export_request')), $2, $3::timestamptz, $4,
        case when $4::text is null then 'not_given' else 'note' end, (select access.actor()),
        'requested');

-- name: export_list
-- params: 4 state limit after_time after_id
select x.id, x.kind, x.state, x.as_of, x.site_id as site, x.reason, u.display_name as requested_by,
       x.requested_at, x.ready_at, x.expires_at, x.progress, x.rows, x.bytes, x.sha256, x.error
  from app.export x
  left join access."user" u on u.id = x.requested_by
 where (x.site_id = (select access.site_for('export_log')) or (select access.all_for('export_log')))
   and ($1::text is null or x.state = $1)
   and ($3::timestamptz is null or (x.requested_at, x.id) < ($3::timestamptz, $4::uuid))
 order by x.requested_at desc, x.id desc
 limit $2::int;

-- name: export_get
-- params: 1 id
select x.id, x.kind, x.state, x.as_of, x.site_id as site, x.reason, u.display_name as requested_by,
       x.requested_at, x.ready_at, x.expires_at, x.progress, x.rows, x.bytes, x.sha256, x.error
  from app.export x
  left join access."user" u on u.id = x.requested_by
 where x.id = $1::uuid
   and (x.site_id = (select access.site_for('export_log')) or (select access.all_for('export_log')));

-- The disclosure is in the log before a byte is sent; what cannot be sent is not logged.
-- name: export_file
-- params: 1 id
with asked as materialized (
  select x.id, x.kind, x.state, x.path, x.as_of, x.sha256, x.expires_at > now() as live
    from app.export x
   where x.id = $1::uuid
     and (x.site_id = (select access.site_for('export_read')) or (select access.all_for('export_read')))
), logged as materialized (
  select access.audit('export_downloaded', a.id::text, '{}', 'sha256=' || a.sha256)
    from asked a where a.state = 'ready' and a.live
)
select a.id, a.kind, a.state, a.path, app.local_day(a.as_of) as as_of_day, a.live,
       (select count(*) from logged) as logged
  from asked a;

-- ---- jobs ----

-- The oldest job that waits, or whose worker has not been heard of for a minute.
-- name: export_claim
-- login: worker
update app.export x
   set state = 'running', heartbeat_at = now(), attempts = x.attempts + 1, progress = 0
 where x.id = (select y.id from app.export y
                where y.state = 'requested' and y.kind = 'evaluation'
                   or y.state = 'approved'
                   or y.state = 'running' and y.heartbeat_at < now() - interval '60 seconds'
                order by y.requested_at, y.id
                limit 1 for update skip locked)
returning x.id, x.kind, x.as_of, x.site_id as site, x.reason, x.attempts,
          (select u.username from access."user" u where u.id = x.requested_by) as who;

-- name: export_beat
-- login: worker
-- params: 4 id attempt progress rows
update app.export x set heartbeat_at = now(), progress = $3::int, rows = $4::bigint
 where x.id = $1::uuid and x.attempts = $2::int and x.state = 'running'
returning x.id;

-- name: export_release
-- login: worker
-- params: 2 id attempt
update app.export x set heartbeat_at = '-infinity', attempts = x.attempts - 1
 where x.id = $1::uuid and x.attempts = $2::int and x.state = 'running';

-- name: export_finish
-- login: worker
-- params: 8 id attempt path sha256 bytes rows keep_hours participants
with done as (
  update app.export x
     set state = 'ready', path = $3, sha256 = $4, bytes = $5::bigint, rows = $6::bigint,
         expires_at = now() + $7::int * interval '1 hour', error = null
   where x.id = $1::uuid and x.attempts = $2::int and x.state = 'running'
  returning x.id
)
select access.audit_system('export_made', d.id::text, '{}',
                           'participants=' || $8::text || ' rows=' || $6::text || ' sha256=' || $4)
  from done d;

-- name: export_fail
-- login: worker
-- params: 3 id attempt error
update app.export x set state = 'failed', error = $3
 where x.id = $1::uuid and x.attempts = $2::int and x.state = 'running';

-- name: export_expire
-- login: worker
with gone as (
  select y.id, y.path from app.export y
   where y.state = 'ready' and y.expires_at < now()
   order by y.expires_at limit 20 for update skip locked
)
update app.export x set state = 'expired', path = null
  from gone g where x.id = g.id
returning x.id, g.path;

-- ---- the cut-off ----

-- Transactions under way once the clock has passed the cut-off: one that began before it may still
-- write rows that bear an earlier time.
-- name: export_writers
-- login: worker
-- params: 1 as_of
select clock_timestamp() > $1::timestamptz as passed,
       (select coalesce(array_agg(l.virtualxid), '{}')::text
          from pg_locks l join pg_stat_activity a on a.pid = l.pid
         where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and l.granted
           and l.pid <> pg_backend_pid() and a.usename is not null) as transactions;

-- How many of them are still to be waited for. $2 = 0: all; 1: those of requests, and writers;
-- 2: writers. A transaction that has written holds a lock on its own number.
-- name: export_writers_left
-- login: worker
-- params: 2 transactions stage
select count(*) as left
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and l.granted
   and l.virtualxid = any ($1::text[])
   and ($2::int = 0
        or $2::int = 1 and a.usename = 'phoenix_app'
        or exists (select from pg_locks t
                    where t.locktype = 'transactionid' and t.mode = 'ExclusiveLock' and t.granted
                      and t.virtualtransaction = l.virtualtransaction));

-- ---- rows ----
-- All but contacts take the cut-off and a batch of people (sites, ids) in the order wanted, and give
-- first the place of the person in the batch. LATERAL keeps that order, and reads each person by index
-- whatever the statistics say; the program checks the order.

-- For the transaction of an export: plans made for the values at hand, and memory to join by.
-- name: export_setup
-- login: worker
select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '64MB', true);

-- name: export_people
-- login: worker
-- params: 2 as_of site
select p.site_id, p.id, p.person_id, c.participant_id is not null as changed,
       (select e.contacts from app.engagement e
         where e.site_id = p.site_id and e.participant_id = p.id) as contacts
  from app.participant p
  left join (select distinct x.site_id, x.participant_id from app.contact x
              where x.received_at > $1::timestamptz) c
    on c.site_id = p.site_id and c.participant_id = p.id
 where p.created_at <= $1::timestamptz and ($2::text is null or p.site_id = $2);

-- name: export_thresholds
-- login: worker
select s.code, s.engaged_days, s.wavering_days, s.wavering_missed, s.disengaged_missed
  from access.site s where $1::text is null or s.code = $1 order by s.code;

-- name: export_participants
-- login: worker
-- params: 4 as_of sites ids changed
select o.n, x.*
  from unnest($2::text[], $3::uuid[], $4::boolean[]) with ordinality o (site, id, changed, n)
  cross join lateral (
    select o.site, q.started_on, v.date_of_birth as age_at_start, v.sex, v.gender, v.ethnicity,
           q.supervision, q.worker_id, w.stage, w.stage_on, w.offered_on, w.accepted_on,
           w.declined_on, w.closed_on, case when w.closed_on is not null then q.closure_reason end,
           w.suspended_on, case when w.suspended_on is not null then q.suspension end,
           k.status, k.since, e.contacts, e.last_contact_at, e.last_success_at,
           (select d.wrapped from app.data_key d
             where d.person_id = (p0.p).person_id order by d.epoch desc limit 1)
      from (select p, h.was
              from app.participant p
              left join lateral (select y.was from app.past y
                                  where y.site_id = o.site and y.kind = 'participant' and y.id = o.id
                                    and y.until > $1::timestamptz
                                  order by y.until, y.place limit 1) h on true
             where p.site_id = o.site and p.id = o.id) p0
      cross join lateral (
        select y.* from jsonb_populate_record(p0.p, p0.was) y where p0.was is not null
         union all
        select (p0.p).* where p0.was is null) q
      cross join lateral (
        select case when q.stage_at <= $1::timestamptz then q.stage
                    else coalesce((select t.to_state from app.participant_event t
                                    where t.site_id = o.site and t.participant_id = o.id
                                      and t.kind = 'stage' and t.at <= $1::timestamptz
                                      and t.recorded_at <= $1::timestamptz
                                    order by t.at desc, t.recorded_at desc, t.id limit 1),
                                  'awaiting_offer') end as stage,
               case when q.stage_at <= $1::timestamptz then app.local_day(q.stage_at) end as stage_on,
               case when q.offered_at <= $1::timestamptz then app.local_day(q.offered_at) end as offered_on,
               case when q.accepted_at <= $1::timestamptz then app.local_day(q.accepted_at) end as accepted_on,
               case when q.declined_at <= $1::timestamptz then app.local_day(q.declined_at) end as declined_on,
               case when q.closed_at <= $1::timestamptz then app.local_day(q.closed_at) end as closed_on,
               case when q.suspended_at <= $1::timestamptz then app.local_day(q.suspended_at) end as suspended_on) w
      cross join lateral (
        select g.* from app.engagement g0
         cross join lateral (
           select z.* from app.engagement_at(g0, $1::timestamptz) z where o.changed
            union all
           select (g0).* where not o.changed) g
         where g0.site_id = o.site and g0.participant_id = o.id) e
      join access.site s on s.code = o.site
      cross join lateral app.engagement_status(w.stage, q.started_on, w.offered_on, w.accepted_on,
        w.declined_on, w.closed_on, q.closure_reason, w.suspended_on, q.suspension, e.last_success_on,
        e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
        s.wavering_missed, s.disengaged_missed, app.local_day($1::timestamptz)) k
      left join lateral (
        select d.date_of_birth, d.sex, d.gender, d.ethnicity
          from (select i, h.was
                  from app.identity_detail i
                  left join lateral (select y.was from app.person_past y
                                      where y.person_id = i.person_id and y.until > $1::timestamptz
                                      order by y.until, y.place limit 1) h on true
                 where i.person_id = (p0.p).person_id) i0
          cross join lateral (
            select y.* from jsonb_populate_record(i0.i, i0.was) y where i0.was is not null
             union all
            select (i0.i).* where i0.was is null) d) v on true) x;

-- The only large table: read as a whole, in no order; the program sorts it.
-- name: export_contacts
-- login: worker
-- params: 2 as_of site
select c.participant_id, c.id, c.happened_at, c.direction, c.mode, c.outcome, c.successful, d.minutes,
       d.purposes, d.concern, d.next_step, c.next_contact_due, c.author_id,
       app.local_day(c.received_at) as recorded_on, c.corrects is not null as corrected
  from app.contact c
  left join app.contact_detail d on d.site_id = c.site_id and d.contact_id = c.id
 where c.received_at <= $1::timestamptz and ($2::text is null or c.site_id = $2)
   and (c.superseded_by is null
        or c.superseded_by in (select k.id from app.contact k where k.received_at > $1::timestamptz));

-- A draft is nobody else's: a referral counts from when it was sent.
-- name: export_referrals
-- login: worker
-- params: 3 as_of sites ids
select o.n, x.*
  from unnest($2::text[], $3::uuid[]) with ordinality o (site, id, n)
  cross join lateral (
    select q.service, q.provider_id, w.urgency, w.needs, q.sent_at, t.accepted_at, t.declined_at,
           t.withdrawn_at, t.started_at, t.ended_at,
           case when t.ended_at is not null then 'ended' when t.started_at is not null then 'started'
                when t.withdrawn_at is not null then 'withdrawn'
                when t.declined_at is not null then 'declined'
                when t.accepted_at is not null then 'accepted' else 'sent' end as state,
           case when t.declined_at is not null then q.reason_code end as reason,
           n.held, n.missed, n.minutes
      from (select r, h.was
              from app.referral r
              left join lateral (select y.was from app.past y
                                  where y.site_id = o.site and y.kind = 'referral' and y.id = r.id
                                    and y.until > $1::timestamptz
                                  order by y.until, y.place limit 1) h on true
             where r.site_id = o.site and r.participant_id = o.id
               and r.made_at <= $1::timestamptz) r0
      cross join lateral (
        select y.* from jsonb_populate_record(r0.r, r0.was) y where r0.was is not null
         union all
        select (r0.r).* where r0.was is null) q
      cross join lateral (
        select case when q.accepted_at <= $1::timestamptz then q.accepted_at end as accepted_at,
               case when q.declined_at <= $1::timestamptz then q.declined_at end as declined_at,
               case when q.withdrawn_at <= $1::timestamptz then q.withdrawn_at end as withdrawn_at,
               case when q.started_at <= $1::timestamptz then q.started_at end as started_at,
               case when q.ended_at <= $1::timestamptz then q.ended_at end as ended_at) t
      left join lateral (
        select d.urgency, d.needs
          from (select f, h.was
                  from app.referral_detail f
                  left join lateral (select y.was from app.past y
                                      where y.site_id = o.site and y.kind = 'referral_detail'
                                        and y.id = q.id and y.until > $1::timestamptz
                                      order by y.until, y.place limit 1) h on true
                 where f.site_id = o.site and f.referral_id = q.id) f0
          cross join lateral (
            select y.* from jsonb_populate_record(f0.f, f0.was) y where f0.was is not null
             union all
            select (f0.f).* where f0.was is null) d) w on true
      cross join lateral (
        select count(*) filter (where h.result = 'happened') as held,
               count(*) filter (where h.result <> 'happened') as missed,
               sum(h.minutes) filter (where h.result = 'happened') as minutes
          from app.referral_session h
         where h.site_id = o.site and h.referral_id = q.id and h.at <= $1::timestamptz) n
     where q.sent_at <= $1::timestamptz
     order by q.sent_at, q.id) x;

-- name: export_escalations
-- login: worker
-- params: 3 as_of sites ids
select o.n, x.*
  from unnest($2::text[], $3::uuid[]) with ordinality o (site, id, n)
  cross join lateral (
    select e.trigger, e.triggered_on, e.raised_at, coalesce(t.state, 'raised') as state, t.decision,
           t.decided_at, least(t.acted_at, a.first_at) as first_action_at,
           case when r.at <= $1::timestamptz then r.at end as re_offered_at, t.closed_at
      from app.escalation e
      left join lateral (select y.was from app.past y
                          where y.site_id = o.site and y.kind = 'escalation' and y.id = e.id
                            and y.until > $1::timestamptz
                          order by y.until, y.place limit 1) h on true
      cross join lateral (
        select case when h.was is null then e.re_offered_at
                    else (h.was ->> 're_offered_at')::timestamptz end as at) r
      cross join lateral (
        select (array_agg(v.to_state order by v.at desc, v.recorded_at desc, v.id desc))[1] as state,
               (array_agg(v.to_state order by v.at desc, v.recorded_at desc, v.id desc)
                 filter (where v.to_state in ('approved', 'not_approved', 'deferred')))[1] as decision,
               max(v.at) filter (where v.to_state in ('approved', 'not_approved', 'deferred')) as decided_at,
               min(v.at) filter (where v.to_state = 'action_taken') as acted_at,
               max(v.at) filter (where v.to_state = 'closed') as closed_at
          from app.escalation_event v
         where v.site_id = o.site and v.escalation_id = e.id
           and v.at <= $1::timestamptz and v.recorded_at <= $1::timestamptz) t
      cross join lateral (
        select min(y.at) as first_at from app.escalation_action y
         where y.site_id = o.site and y.escalation_id = e.id and y.at <= $1::timestamptz
           and y.taken_on is not null) a
     where e.site_id = o.site and e.participant_id = o.id and e.raised_at <= $1::timestamptz
     order by e.raised_at, e.id) x;

-- name: export_actions
-- login: worker
-- params: 3 as_of sites ids
select o.n, x.*
  from unnest($2::text[], $3::uuid[]) with ordinality o (site, id, n)
  cross join lateral (
    select e.place, y.action, y.taken_on, app.local_day(y.at) as recorded_on
      from (select z.id, row_number() over (order by z.raised_at, z.id) as place
              from app.escalation z
             where z.site_id = o.site and z.participant_id = o.id
               and z.raised_at <= $1::timestamptz) e
      join app.escalation_action y
        on y.site_id = o.site and y.escalation_id = e.id and y.at <= $1::timestamptz
     order by e.place, y.taken_on nulls first, y.at, y.id) x;

-- name: export_history
-- login: worker
-- params: 3 as_of sites ids
select o.n, x.*
  from unnest($2::text[], $3::uuid[]) with ordinality o (site, id, n)
  cross join lateral (
    select t.kind, t.from_state, t.to_state, t.at, t.reason_code,
           app.local_day(t.recorded_at) as recorded_on
      from app.participant_event t
     where t.site_id = o.site and t.participant_id = o.id and t.kind in ('stage', 'suspension')
       and t.at <= $1::timestamptz and t.recorded_at <= $1::timestamptz
     order by t.at, t.recorded_at, t.id) x;
