-- Made-up people (phoenix sample), written by the owner into an empty database in one transaction.
-- COPY and forced row-level security exclude each other, and the triggers would work everything out
-- row by row; both are back before the transaction ends.

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

-- name: sample_open
-- login: owner
do $$
declare
  t text;
  c record;
begin
  create temporary table sample_constraint on commit drop as
    select k.conname, k.conrelid::regclass::text as tab, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k
     where k.contype = 'f' and k.connamespace = 'app'::regnamespace;
  for c in select * from sample_constraint loop
    execute format('alter table %s drop constraint %I', c.tab, c.conname);
  end loop;
  foreach t in array array['participant', 'participant_event', 'data_key', 'identity',
    'identity_detail', 'identifier', 'offer', 'safety_flag', 'contact', 'contact_detail',
    'contact_note', 'contact_summary', 'referral', 'referral_event', 'referral_detail',
    'referral_note', 'referral_session', 'escalation', 'escalation_event', 'escalation_note',
    'escalation_action']
  loop
    execute format('alter table app.%I no force row level security, disable trigger user', t);
  end loop;
end $$;

-- Putting the foreign keys back checks them all at once: a join each instead of a look-up a row.
-- name: sample_close
-- login: owner
do $$
declare
  t text;
  c record;
begin
  for c in select * from sample_constraint loop
    execute format('alter table %s add constraint %I %s', c.tab, c.conname, c.definition);
  end loop;
  foreach t in array array['participant', 'participant_event', 'data_key', 'identity',
    'identity_detail', 'identifier', 'offer', 'safety_flag', 'contact', 'contact_detail',
    'contact_note', 'contact_summary', 'referral', 'referral_event', 'referral_detail',
    'referral_note', 'referral_session', 'escalation', 'escalation_event', 'escalation_note',
    'escalation_action']
  loop
    execute format('alter table app.%I force row level security, enable trigger user', t);
  end loop;
end $$;

-- What the participant's trigger would have kept.
-- name: sample_engagement
-- login: owner
insert into app.engagement (site_id, participant_id, ref, team_id, worker_id, agency_id, stage,
       registered_on, offered_on, accepted_on, declined_on, closed_on, closure_reason, suspended_on,
       suspension)
select p.site_id, p.id, p.ref, p.team_id, p.worker_id, p.agency_id, p.stage, p.started_on,
       app.local_day(p.offered_at), app.local_day(p.accepted_at), app.local_day(p.declined_at),
       app.local_day(p.closed_at), p.closure_reason, app.local_day(p.suspended_at), p.suspension
  from app.participant p;

-- name: sample_rebuild
-- login: owner
select app.engagement_rebuild(null) as people;

-- name: sample_weeks
-- login: owner
select app.contact_week_rebuild(null);

-- Conflicts of interest: one manager's neighbour at each site.
-- name: sample_conflict
-- login: owner
insert into app.conflict (user_id, site_id, participant_id)
select u.id, p.site_id, p.id
  from access."user" u
  join lateral (select q.site_id, q.id from app.participant q
                 where q.site_id = u.site_id order by q.ref desc limit 1) p on true
 where u.role = 'police' and u.username like 'police2.%';

-- A server that is running reads its name index anew.
-- name: sample_done
-- login: owner
select pg_notify('phoenix_people', '*'), access.audit_system('person_created', null, '{}', $1);

-- name: sample_analyze
-- login: owner
analyze;

-- name: sample_participant
-- login: owner
copy app.participant (site_id, id, ref, stage, stage_at, stage_by, reason_code, worker_id, team_id,
  agency_id, supervision, started_on, offered_at, accepted_at, declined_at, closed_at, closure_reason,
  suspended_at, suspension, created_at, created_by) from stdin;

-- name: sample_participant_event
-- login: owner
copy app.participant_event (site_id, id, participant_id, kind, from_state, to_state, at, by_user,
  reason_code, recorded_at) from stdin;

-- name: sample_data_key
-- login: owner
copy app.data_key (site_id, participant_id, epoch, wrapped) from stdin;

-- name: sample_identity
-- login: owner
copy app.identity (site_id, participant_id, ref, team_id, worker_id, agency_id, given_name,
  family_name, known_as, address, postcode, phone) from stdin;

-- name: sample_identity_detail
-- login: owner
copy app.identity_detail (site_id, participant_id, date_of_birth, aliases, sex, gender, ethnicity,
  officer_ethnicity, language, interpreter) from stdin;

-- name: sample_identifier
-- login: owner
copy app.identifier (site_id, id, participant_id, kind, value, blind, warning) from stdin;

-- name: sample_offer
-- login: owner
copy app.offer (site_id, id, participant_id, attempt, met_by, at, message_version, delivered,
  understood, interpreter, answer, recorded_at) from stdin;

-- name: sample_flag
-- login: owner
copy app.safety_flag (site_id, id, participant_id, kind, detail, raised_at, raised_by, review_on,
  ended_at, ended_by) from stdin;

-- name: sample_contact
-- login: owner
copy app.contact (site_id, id, participant_id, happened_at, direction, mode, outcome, successful,
  missed, next_contact_due, author_id, received_at, corrects, superseded_by) from stdin;

-- name: sample_contact_detail
-- login: owner
copy app.contact_detail (site_id, contact_id, participant_id, minutes, purposes, concern) from stdin;

-- name: sample_contact_note
-- login: owner
copy app.contact_note (site_id, contact_id, participant_id, note, correction_reason) from stdin;

-- name: sample_contact_summary
-- login: owner
copy app.contact_summary (site_id, contact_id, participant_id, summary) from stdin;

-- name: sample_referral
-- login: owner
copy app.referral (site_id, id, participant_id, service, provider_id, state, state_at, state_by,
  reason_code, made_by, made_at, sent_at, accepted_at, declined_at, withdrawn_at, started_at, ended_at,
  reply_due, start_due) from stdin;

-- name: sample_referral_event
-- login: owner
copy app.referral_event (site_id, id, referral_id, participant_id, provider_id, from_state, to_state,
  at, by_user, reason_code, recorded_at) from stdin;

-- name: sample_referral_detail
-- login: owner
copy app.referral_detail (site_id, referral_id, participant_id, provider_id, urgency, needs) from stdin;

-- name: sample_referral_note
-- login: owner
copy app.referral_note (site_id, id, referral_id, participant_id, provider_id, kind, note, at, by_user)
  from stdin;

-- name: sample_referral_session
-- login: owner
copy app.referral_session (site_id, id, referral_id, participant_id, provider_id, held_on, result,
  late, minutes, feedback, at, by_user) from stdin;

-- name: sample_escalation
-- login: owner
copy app.escalation (site_id, id, participant_id, trigger, state, state_at, state_by, reason_code,
  triggered_on, raised_at, raised_by, decision_due, decided_at, decided_by, first_action_at, closed_at)
  from stdin;

-- name: sample_escalation_event
-- login: owner
copy app.escalation_event (site_id, id, escalation_id, participant_id, from_state, to_state, at,
  by_user, reason_code, recorded_at) from stdin;

-- name: sample_escalation_note
-- login: owner
copy app.escalation_note (site_id, id, escalation_id, participant_id, kind, to_state, note, at, by_user)
  from stdin;

-- name: sample_escalation_action
-- login: owner
copy app.escalation_action (site_id, id, escalation_id, participant_id, action, taken_on, note, at,
  by_user) from stdin;
