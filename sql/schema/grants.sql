-- What each login may touch. All is taken away first, so that these lines are the whole; the grants of functions
-- stand beside the functions.

do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to phoenix_app, phoenix_auth, phoenix_worker,'
                 ' phoenix_trial, phoenix_seal', current_database());
end $$;
revoke all on all tables in schema access, app, intel, trial, audit
  from public, phoenix_app, phoenix_auth, phoenix_worker, phoenix_trial, phoenix_seal;
revoke all on schema access, app, intel, trial, audit
  from public, phoenix_app, phoenix_auth, phoenix_worker, phoenix_trial, phoenix_seal;

grant usage on schema access to phoenix_app, phoenix_auth, phoenix_worker, phoenix_trial;
grant usage on schema app to phoenix_app, phoenix_worker;
grant usage on schema intel to phoenix_app;
grant usage on schema trial to phoenix_trial;
grant usage on schema audit to phoenix_app, phoenix_seal;
grant usage on type app.sealed, app.code to phoenix_app, phoenix_worker, phoenix_trial;

-- ---- the application: by policy ----

grant select on app.participant, app.participant_event, app.contact, app.contact_detail, app.contact_note,
  app.contact_summary, app.referral, app.referral_event, app.referral_detail, app.referral_note,
  app.referral_session, app.escalation, app.escalation_event, app.escalation_note,
  app.escalation_action, app.offer, app.safety_flag, app.export, app.transition, app.engagement_now,
  access.site, access.vocabulary, access.audit_action, access.agency, access.team to phoenix_app;
-- Not where else the person has cases, nor whose they are.
grant select (person_id, given_name, family_name, known_as, address, postcode, phone, email, version, changed_at)
  on app.identity to phoenix_app;
grant select (person_id, date_of_birth, aliases, sex, gender, ethnicity, officer_ethnicity, language, interpreter,
  notes, changed_at) on app.identity_detail to phoenix_app;
grant select (person_id, id, kind, value, blind, warning, source_system, created_at, removed_at)
  on app.identifier to phoenix_app;
grant select (person_id, epoch, wrapped) on app.data_key to phoenix_app;
-- Not escalated_upto, for those who may see a status and no escalation: only the functions read it.
grant select (site_id, participant_id, person_id, ref, team_id, worker_id, agency_id, stage, registered_on, offered_on,
  accepted_on, declined_on, closed_on, closure_reason, suspended_on, suspension, contacts, last_contact_at,
  last_contact_id, last_contact_mode, last_contact_outcome, next_contact_due, last_success_at, last_success_on,
  streak_from, missed_run, missed_days, standing, base_on) on app.engagement to phoenix_app;
grant insert on app.participant, app.identity, app.identity_detail, app.identifier, app.data_key,
  app.contact, app.contact_detail, app.contact_note, app.contact_summary, app.referral,
  app.referral_detail, app.referral_note, app.referral_session, app.escalation, app.escalation_note,
  app.escalation_action, app.offer, app.safety_flag, app.export, access.agency, access.team to phoenix_app;
grant update (source_ref, source_blind, stage, stage_at, reason_code, closure_reason, worker_id, team_id, agency_id,
  supervision, started_on, suspended_at, suspension, version) on app.participant to phoenix_app;
grant update (given_name, family_name, known_as, address, postcode, phone, email, version)
  on app.identity to phoenix_app;
grant update (date_of_birth, aliases, sex, gender, ethnicity, officer_ethnicity, language, interpreter,
  notes, changed_at) on app.identity_detail to phoenix_app;
grant update (value, blind, warning, removed_at) on app.identifier to phoenix_app;
grant update (service, provider_id, state, state_at, reason_code, version) on app.referral to phoenix_app;
grant update (urgency, needs) on app.referral_detail to phoenix_app;
grant update (state, state_at, reason_code, re_offered_at, version) on app.escalation to phoenix_app;
grant update (kind, detail, review_on, ended_at, version) on app.safety_flag to phoenix_app;
grant update (state, version) on app.export to phoenix_app;
grant update (name, kind, ended_at, version) on access.agency to phoenix_app;
grant update (name, agency_id, ended_at, version) on access.team to phoenix_app;
grant select (id, display_name, role, site_id, team_id, agency_id, disabled_at) on access."user"
  to phoenix_app, phoenix_worker;
grant select, insert on app.import to phoenix_app;
grant update (state, decided_at, rows, ok, warned, rejected, added, present, file) on app.import to phoenix_app;
grant select, insert, delete on app.import_verdict to phoenix_app;
grant select, insert on intel."group", intel.membership, intel.entry to phoenix_app;
grant update (name, ended_at, version) on intel."group" to phoenix_app;
grant update (role, from_on, to_on) on intel.membership to phoenix_app;
grant select on audit.event to phoenix_app, phoenix_seal;

-- ---- jobs and the name index: facts and names, never notes, reports or intelligence ----

grant select on app.participant, app.participant_event, app.identity, app.identity_detail,
  app.identifier, app.data_key, app.engagement, app.engagement_now, app.contact, app.contact_detail,
  app.referral, app.referral_event, app.referral_detail, app.escalation, app.escalation_event,
  app.offer, app.export, app.past, app.person_past, app.transition, access.site, access.vocabulary, access.agency, access.team
  to phoenix_worker;
grant select (site_id, id, referral_id, participant_id, provider_id, held_on, result, late, minutes, at, concern)
  on app.referral_session to phoenix_worker;
grant select (site_id, id, escalation_id, participant_id, action, taken_on, at)
  on app.escalation_action to phoenix_worker;
grant select (username) on access."user" to phoenix_worker;
grant update (state, heartbeat_at, progress, rows, sha256, bytes, path, expires_at, error, attempts)
  on app.export to phoenix_worker;
grant select (site_id, id, state, requested_at, expires_at) on app.import to phoenix_worker;
grant update (state, file) on app.import to phoenix_worker;
grant select (site_id, import_id), delete on app.import_verdict to phoenix_worker;

-- ---- the trial ----

grant select, insert on trial.nomination, trial.allocation to phoenix_trial;
grant update (state, state_at, state_by, reason_code, criteria, criteria_set, evidence, decided_at,
  decided_by, version) on trial.nomination to phoenix_trial;
