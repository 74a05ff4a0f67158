-- What a bulk load wrote with the triggers away, done again step by step with the triggers at work: every
-- difference is printed as a line "what|how many". Everything is rolled back.
begin;
set local timezone = 'UTC';
create temporary table p as table app.participant;
create temporary table r as table app.referral;
create temporary table x as table app.escalation;
create temporary table c as table app.contact;
create temporary table e as table app.engagement;
create temporary table w as
  select site_id, week, team_id, sum(contacts) as n, sum(successful) as good
    from app.contact_week group by 1, 2, 3;
create temporary table pe as table app.participant_event;
create temporary table re as table app.referral_event;
create temporary table xe as table app.escalation_event;
create temporary table i as table app.identity;
create temporary table child as
  select 'contact_detail' as t, to_jsonb(d) as j from app.contact_detail d
  union all select 'contact_note', to_jsonb(d) from app.contact_note d
  union all select 'contact_summary', to_jsonb(d) from app.contact_summary d
  union all select 'referral_detail', to_jsonb(d) from app.referral_detail d
  union all select 'referral_note', to_jsonb(d) from app.referral_note d
  union all select 'referral_session', to_jsonb(d) from app.referral_session d
  union all select 'escalation_note', to_jsonb(d) from app.escalation_note d
  union all select 'escalation_action', to_jsonb(d) from app.escalation_action d;
do $$
declare
  t text;
begin
  for t in select relname from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r' loop
    execute format('grant select on pg_temp.%I to phoenix_owner', t);
  end loop;
end $$;

set local session_replication_role = replica;
delete from app.participant_event;
delete from app.participant;
delete from app.referral_event;
delete from app.referral;
delete from app.escalation_event;
delete from app.escalation;
delete from app.identity;
delete from app.contact;
delete from app.engagement;
delete from app.contact_week;
do $$
declare
  t text;
begin
  for t in select distinct k.t from child k loop
    execute format('delete from app.%I', t);
  end loop;
end $$;
-- From here on as a program would, with every trigger and key: the owner, who may bring history in.
set local session_replication_role = origin;
set session authorization phoenix_owner;

-- A step that is given the time of the one before counts as given none: those of one instant are taken a
-- microsecond apart here, and times are compared by the second.

-- ---- people, step by step ----

insert into app.participant (site_id, id, person_id, ref, stage, stage_at, stage_by, worker_id, team_id, agency_id,
                             supervision, started_on, created_at, created_by)
select p.site_id, p.id, p.person_id, p.ref, 'awaiting_offer', s.at, s.by_user, p.worker_id, p.team_id, p.agency_id,
       p.supervision, p.started_on, p.created_at, p.created_by
  from p join pe s on s.participant_id = p.id and s.from_state is null and s.kind = 'stage';
do $$
declare
  s record;
begin
  for s in select v.*, v.at + t.position * interval '1 microsecond' as moment from pe v
             join app.transition t on t.machine = 'participant' and t.from_state = v.from_state
                                  and t.to_state = v.to_state
            where v.kind = 'stage' and v.from_state is not null order by v.at, t.position, v.id loop
    update app.participant q
       set stage = s.to_state, stage_at = s.moment, stage_by = s.by_user, reason_code = s.reason_code
     where q.site_id = s.site_id and q.id = s.participant_id and q.stage = s.from_state;
    if not found then
      raise exception 'no step of % from % to %', s.participant_id, s.from_state, s.to_state;
    end if;
  end loop;
  for s in select * from pe where kind = 'suspension' loop
    update app.participant q set suspension = s.to_state, suspended_at = s.at
     where q.site_id = s.site_id and q.id = s.participant_id;
  end loop;
end $$;
insert into app.identity (person_id, given_name, family_name, known_as, address, postcode, phone, email, version,
                          changed_at)
select i.person_id, i.given_name, i.family_name, i.known_as, i.address, i.postcode, i.phone, i.email, i.version,
       i.changed_at
  from i;

-- ---- contacts, in the order in which they came in ----

insert into app.contact
select k.* from c cross join lateral jsonb_populate_record(null::app.contact,
         to_jsonb(c) || '{"superseded_by": null, "successful": null, "missed": null}') k
 order by c.received_at, c.corrects nulls first;

-- ---- referrals and escalations, step by step ----

insert into app.referral (site_id, id, participant_id, service, provider_id, state, state_at, made_by, made_at)
select site_id, id, participant_id, service, provider_id, 'draft', made_at, made_by, made_at from r;
insert into app.escalation (site_id, id, participant_id, trigger, state, triggered_on, raised_at, raised_by)
select site_id, id, participant_id, trigger, 'raised', triggered_on, raised_at, raised_by from x;
do $$
declare
  s record;
begin
  for s in select v.*, v.at + t.position * interval '1 microsecond' as moment from re v
             join app.transition t on t.machine = 'referral' and t.from_state = v.from_state
                                  and t.to_state = v.to_state
            where v.from_state is not null order by v.at, t.position, v.id loop
    update app.referral q
       set state = s.to_state, state_at = s.moment, state_by = s.by_user, reason_code = s.reason_code
     where q.site_id = s.site_id and q.id = s.referral_id and q.state = s.from_state;
    if not found then
      raise exception 'no step of % from % to %', s.referral_id, s.from_state, s.to_state;
    end if;
  end loop;
  for s in select v.*, v.at + t.position * interval '1 microsecond' as moment from xe v
             join app.transition t on t.machine = 'escalation' and t.from_state = v.from_state
                                  and t.to_state = v.to_state
            where v.from_state is not null order by v.at, t.position, v.id loop
    update app.escalation q
       set state = s.to_state, state_at = s.moment, state_by = s.by_user, reason_code = s.reason_code
     where q.site_id = s.site_id and q.id = s.escalation_id and q.state = s.from_state;
    if not found then
      raise exception 'no step of % from % to %', s.escalation_id, s.from_state, s.to_state;
    end if;
  end loop;
end $$;

-- ---- what belongs to them ----

do $$
declare
  t text;
begin
  for t in select distinct k.t from child k loop
    execute format('insert into app.%1$I select (jsonb_populate_record(null::app.%1$I,'
                   ' k.j - ''participant_id'' - ''provider_id'')).* from child k where k.t = %1$L', t);
  end loop;
end $$;
reset session authorization;

-- ---- the differences ----

-- (The owner acts for nobody: who took a step is compared with the row's own events below.)
create function pg_temp.apart(j jsonb, kind text) returns text
  language sql immutable
  as $$ select regexp_replace((case kind
                 when 'row' then j - 'version' - 'stage_by' - 'state_by' - 'decided_by'
                 when 'event' then j - 'id' - 'by_user' - 'recorded_at'
                 else j end)::text, '(:\d\d)\.\d+\+00:00"', '\1+00:00"', 'g') $$;
create function pg_temp.differences(what text, kind text, one text, other text) returns text
  language plpgsql
  as $$
declare
  n bigint;
begin
  execute format('with a as (select pg_temp.apart(to_jsonb(q), %1$L) as j from %2$s q),
                       b as (select pg_temp.apart(to_jsonb(q), %1$L) as j from %3$s q)
                  select count(*) from ((select j from a except all select j from b)
                                        union all (select j from b except all select j from a)) d',
                 kind, one, other) into n;
  return n;
end $$;
select *
  from (values
    ('participants', pg_temp.differences('', 'row', 'p', 'app.participant')),
    ('participant events', pg_temp.differences('', 'event', 'pe', 'app.participant_event')),
    ('engagement', pg_temp.differences('', '', 'e', 'app.engagement')),
    ('identities', pg_temp.differences('', '', 'i', 'app.identity')),
    ('contacts', pg_temp.differences('', '', 'c', 'app.contact')),
    ('weeks', pg_temp.differences('', '', 'w', '(select site_id, week, team_id, sum(contacts) as n,'
       ' sum(successful) as good from app.contact_week group by 1, 2, 3)')),
    ('referrals', pg_temp.differences('', 'row', 'r', 'app.referral')),
    ('referral events', pg_temp.differences('', 'event', 're', 'app.referral_event')),
    ('escalations', pg_temp.differences('', 'row', 'x', 'app.escalation')),
    ('escalation events', pg_temp.differences('', 'event', 'xe', 'app.escalation_event')),
    ('parts', pg_temp.differences('', '', 'child', '(
       select ''contact_detail'' as t, to_jsonb(d) as j from app.contact_detail d
       union all select ''contact_note'', to_jsonb(d) from app.contact_note d
       union all select ''contact_summary'', to_jsonb(d) from app.contact_summary d
       union all select ''referral_detail'', to_jsonb(d) from app.referral_detail d
       union all select ''referral_note'', to_jsonb(d) from app.referral_note d
       union all select ''referral_session'', to_jsonb(d) from app.referral_session d
       union all select ''escalation_note'', to_jsonb(d) from app.escalation_note d
       union all select ''escalation_action'', to_jsonb(d) from app.escalation_action d)'))) v (what, n)
 where n <> '0';
rollback;
