-- Made-up people (phoenix sample), written by the owner into an empty database in one transaction.
-- COPY and forced row-level security exclude each other; all that is put away is back before the
-- transaction ends, and nobody else can see the tables until then.

-- name: sample_count
-- login: owner
select count(*) as people, (select count(*) from access.site) as sites from app.participant;

-- name: sample_agency
-- login: owner
-- params: 4 id name kind site
insert into access.agency (id, name, kind, site_id) values ($1::uuid, $2, $3, $4);

-- name: sample_team
-- login: owner
-- params: 3 id site name
insert into access.team (id, site_id, name) values ($1::uuid, $2, $3);

-- name: sample_user
-- login: owner
-- params: 8 id username display_name role site team agency hash
insert into access."user" (id, username, display_name, role, site_id, team_id, agency_id, password_hash)
values ($1::uuid, $2, $3, $4, $5, $6::uuid, $7::uuid, $8);

-- What makes a load slow is put away first and made again at the end: foreign keys (one join each instead
-- of a look-up a row), keys and indexes (one sort each, on both cores), triggers, whose work is done below
-- for everybody at once. The tables are empty; emptied here, in this transaction, they may be loaded FROZEN:
-- no page is ever written a second time just to say that its rows are there.
-- name: sample_open
-- login: owner
do $$
declare
  t text;
  c record;
begin
  lock table app.participant;
  if exists (select from app.participant) then
    raise exception 'There are participants in this database already' using errcode = 'PX005';
  end if;
  set local maintenance_work_mem = '192MB';
  create temporary table sample_table on commit drop as
    select x.name, ('app.' || x.name)::regclass as tab
      from unnest(array['person', 'participant', 'participant_event', 'data_key', 'identity', 'identity_detail',
             'identifier', 'offer', 'safety_flag', 'contact', 'contact_detail', 'contact_note',
             'contact_summary', 'referral', 'referral_event', 'referral_detail', 'referral_note',
             'referral_session', 'escalation', 'escalation_event', 'escalation_note',
             'escalation_action']) x (name);
  create temporary table sample_constraint on commit drop as
    select k.conname, k.conrelid::regclass::text as tab, k.contype = 'f' as is_foreign,
           pg_get_constraintdef(k.oid) as definition
      from pg_constraint k
     where k.contype = 'f' and (k.conrelid in (select s.tab from sample_table s)
                                or k.confrelid in (select s.tab from sample_table s))
        or k.contype in ('p', 'u') and k.conrelid in (select s.tab from sample_table s);
  create temporary table sample_index on commit drop as
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
      from pg_index i
     where i.indrelid in (select s.tab from sample_table s)
       and not exists (select from pg_constraint k where k.conindid = i.indexrelid);
  for c in select * from sample_constraint order by not is_foreign loop
    execute format('alter table %s drop constraint %I', c.tab, c.conname);
  end loop;
  for c in select * from sample_index loop
    execute 'drop index ' || c.name;
  end loop;
  for t in select s.name from sample_table s loop
    execute format('alter table app.%I no force row level security, disable trigger user', t);
    execute format('truncate app.%I', t);
  end loop;
end $$;

-- The statistics come before the foreign keys: the joins that check them need a plan.
-- name: sample_index
-- login: owner
do $$
declare
  t text;
  c record;
begin
  for c in select * from sample_constraint where not is_foreign loop
    execute format('alter table %s add constraint %I %s', c.tab, c.conname, c.definition);
  end loop;
  for c in select * from sample_index loop
    execute c.definition;
  end loop;
  for t in select s.name from sample_table s loop
    execute format('analyze app.%I', t);
  end loop;
end $$;

-- name: sample_close
-- login: owner
do $$
declare
  t text;
  c record;
begin
  for c in select * from sample_constraint where is_foreign loop
    execute format('alter table %s add constraint %I %s', c.tab, c.conname, c.definition);
  end loop;
  for t in select s.name from sample_table s loop
    execute format('alter table app.%I force row level security, enable trigger user', t);
  end loop;
  analyze app.engagement, app.contact_week, access."user", access.team, access.agency;
end $$;

-- What the participant's and the contacts' triggers would have kept, by the rule that they use. (A column
-- more in the table, and the cast refuses.)
-- name: sample_engagement
-- login: owner
insert into app.engagement (site_id, participant_id, person_id, ref, team_id, worker_id, agency_id, stage, registered_on,
                            offered_on, accepted_on, declined_on, closed_on, closure_reason, suspended_on,
                            suspension, contacts, last_contact_at, last_contact_id, last_contact_mode,
                            last_contact_outcome, next_contact_due, last_success_at, last_success_on,
                            streak_from, missed_run, missed_days, escalated_upto, standing, base_on)
select (f.e).site_id, (f.e).participant_id, (f.e).person_id, (f.e).ref, (f.e).team_id, (f.e).worker_id, (f.e).agency_id,
       (f.e).stage, (f.e).registered_on, (f.e).offered_on, (f.e).accepted_on, (f.e).declined_on, (f.e).closed_on,
       (f.e).closure_reason, (f.e).suspended_on, (f.e).suspension, (f.e).contacts, (f.e).last_contact_at,
       (f.e).last_contact_id, (f.e).last_contact_mode, (f.e).last_contact_outcome, (f.e).next_contact_due,
       (f.e).last_success_at, (f.e).last_success_on, (f.e).streak_from, (f.e).missed_run, (f.e).missed_days,
       (f.e).escalated_upto,
       app.standing((f.e).stage, (f.e).suspended_on, (f.e).offered_on, (f.e).accepted_on, (f.e).last_success_on),
       app.base_on((f.e).registered_on, (f.e).offered_on, (f.e).accepted_on, (f.e).last_success_on)
  from (select app.engagement_fold(row(p.site_id, p.id, p.person_id, p.ref, p.team_id, p.worker_id, p.agency_id,
                 p.stage, p.started_on, app.local_day(p.offered_at), app.local_day(p.accepted_at),
                 app.local_day(p.declined_at), app.local_day(p.closed_at), p.closure_reason,
                 app.local_day(p.suspended_at), p.suspension, 0, null, null, null, null, null, null,
                 null, null, 0, '{}', app.escalated_upto(p.site_id, p.id), null, null)::app.engagement, 'infinity') as e
          from app.participant p offset 0) f;

-- name: sample_weeks
-- login: owner
select app.contact_week_rebuild(null);

-- Conflicts of interest: one manager's neighbour at each site.
-- name: sample_conflict
-- login: owner
insert into app.conflict (user_id, person_id)
select u.id, p.person_id
  from access."user" u
  join lateral (select q.person_id from app.participant q
                 where q.site_id = u.site_id order by q.ref desc limit 1) p on true
 where u.role = 'police' and u.username like 'police2.%';

-- A server that is running reads its name index anew.
-- name: sample_done
-- login: owner
select pg_notify('phoenix_people', '*'), access.audit_system('person_created', null, '{}', $1);

-- name: sample_person
-- login: owner
copy app.person (id, created_at) from stdin (freeze);

-- name: sample_participant
-- login: owner
copy app.participant (site_id, id, person_id, ref, stage, stage_at, stage_by, reason_code, worker_id, team_id,
  agency_id, supervision, started_on, offered_at, accepted_at, declined_at, closed_at, closure_reason,
  suspended_at, suspension, created_at, created_by) from stdin (freeze);

-- name: sample_participant_event
-- login: owner
copy app.participant_event (site_id, id, participant_id, kind, from_state, to_state, at, by_user,
  reason_code, recorded_at) from stdin (freeze);

-- name: sample_data_key
-- login: owner
copy app.data_key (person_id, epoch, sites, wrapped) from stdin (freeze);

-- name: sample_identity
-- login: owner
copy app.identity (person_id, sites, keys, given_name, family_name, known_as, address, postcode, phone) from stdin (freeze);

-- name: sample_identity_detail
-- login: owner
copy app.identity_detail (person_id, sites, date_of_birth, aliases, sex, gender, ethnicity,
  officer_ethnicity, language, interpreter) from stdin (freeze);

-- name: sample_identifier
-- login: owner
copy app.identifier (person_id, id, sites, kind, value, blind, warning) from stdin (freeze);

-- name: sample_offer
-- login: owner
copy app.offer (site_id, id, participant_id, attempt, met_by, at, message_version, delivered,
  understood, interpreter, answer, recorded_at) from stdin (freeze);

-- name: sample_flag
-- login: owner
copy app.safety_flag (site_id, id, participant_id, kind, detail, raised_at, raised_by, review_on,
  ended_at, ended_by) from stdin (freeze);

-- name: sample_contact
-- login: owner
copy app.contact (site_id, id, participant_id, happened_at, direction, mode, outcome, successful,
  missed, next_contact_due, author_id, received_at, corrects, superseded_by) from stdin (freeze);

-- name: sample_contact_detail
-- login: owner
copy app.contact_detail (site_id, contact_id, participant_id, minutes, purposes, concern) from stdin (freeze);

-- name: sample_contact_note
-- login: owner
copy app.contact_note (site_id, contact_id, participant_id, kind, note) from stdin (freeze);

-- name: sample_contact_summary
-- login: owner
copy app.contact_summary (site_id, contact_id, participant_id, summary) from stdin (freeze);

-- name: sample_referral
-- login: owner
copy app.referral (site_id, id, participant_id, person_id, ref, service, provider_id, state, state_at, state_by,
  reason_code, made_by, made_at, sent_at, accepted_at, declined_at, withdrawn_at, started_at, ended_at,
  reply_due, start_due) from stdin (freeze);

-- name: sample_referral_event
-- login: owner
copy app.referral_event (site_id, id, referral_id, participant_id, provider_id, from_state, to_state,
  at, by_user, reason_code, recorded_at) from stdin (freeze);

-- name: sample_referral_detail
-- login: owner
copy app.referral_detail (site_id, referral_id, participant_id, provider_id, urgency, needs) from stdin (freeze);

-- name: sample_referral_note
-- login: owner
copy app.referral_note (site_id, id, referral_id, participant_id, provider_id, kind, note, at, by_user)
  from stdin (freeze);

-- name: sample_referral_session
-- login: owner
copy app.referral_session (site_id, id, referral_id, participant_id, provider_id, held_on, result,
  late, minutes, feedback, at, by_user) from stdin (freeze);

-- name: sample_escalation
-- login: owner
copy app.escalation (site_id, id, participant_id, trigger, state, state_at, state_by, reason_code,
  triggered_on, raised_at, raised_by, decision_due, decided_at, decided_by, first_action_at, closed_at)
  from stdin (freeze);

-- name: sample_escalation_event
-- login: owner
copy app.escalation_event (site_id, id, escalation_id, participant_id, from_state, to_state, at,
  by_user, reason_code, recorded_at) from stdin (freeze);

-- name: sample_escalation_note
-- login: owner
copy app.escalation_note (site_id, id, escalation_id, participant_id, kind, to_state, note, at, by_user)
  from stdin (freeze);

-- name: sample_escalation_action
-- login: owner
copy app.escalation_action (site_id, id, escalation_id, participant_id, action, taken_on, note, at,
  by_user) from stdin (freeze);
