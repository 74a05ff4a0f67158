-- Row-level security, forced on every table, and the grants. One list says which permission reads and
-- which writes each case table; the policies are made from it. A policy compares a row's own columns
-- with (select access.f()), which runs once a query, and never looks into another table.

do $$
declare
  t record;
  r record;
begin
  for t in select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname in ('access', 'app', 'intel', 'trial', 'audit')
  loop
    execute format('alter table %I.%I enable row level security', t.nspname, t.relname);
    execute format('alter table %I.%I force row level security', t.nspname, t.relname);
    -- The owner is who SECURITY DEFINER functions run as.
    if t.nspname = 'audit' then
      execute format('create policy owner_reads on %I.%I for select to phoenix_owner using (true)',
                     t.nspname, t.relname);
      execute format('create policy owner_adds on %I.%I for insert to phoenix_owner with check (true)',
                     t.nspname, t.relname);
    else
      execute format('create policy owner on %I.%I to phoenix_owner using (true) with check (true)',
                     t.nspname, t.relname);
    end if;
  end loop;

  -- Tables whose rows carry the scope's own columns.
  for r in select * from (values
    ('app.participant', 'id', 'select', 'participant_find'),
    ('app.participant', 'id', 'insert', 'participant_create'),
    ('app.participant', 'id', 'update', 'participant_stage'),
    ('app.participant', 'id', 'update', 'participant_assign'),
    ('app.participant', 'id', 'update', 'identity_write'),
    ('app.identity', 'participant_id', 'select', 'identity_read'),
    ('app.identity', 'participant_id', 'insert', 'identity_write'),
    ('app.identity', 'participant_id', 'insert', 'participant_create'),
    ('app.identity', 'participant_id', 'update', 'identity_write'),
    ('app.engagement', 'participant_id', 'select', 'status_read')
  ) v (tab, key, op, perm) loop
    execute format(
      'create policy %1$s_%2$s on %3$s for %1$s to phoenix_app %5$s (%4$s = (select access.person_for(%2$L))'
      ' or site_id = any ((select access.sites_for(%2$L))::text[])'
      ' or (select access.key_for(%2$L)) = any (array[worker_id, team_id])'
      ' or %4$s = any ((select access.listed(%2$L))::uuid[]))',
      r.op, r.perm, r.tab, r.key, case when r.op = 'insert' then 'with check' else 'using' end);
  end loop;

  -- Tables whose rows belong to a person.
  for r in select * from (values
    ('app.participant_event', 'select', 'participant_find', null),
    ('app.identity_detail', 'select', 'identity_detail_read', null),
    ('app.identity_detail', 'insert', 'identity_write', null),
    ('app.identity_detail', 'insert', 'participant_create', null),
    ('app.identity_detail', 'update', 'identity_write', null),
    ('app.identifier', 'select', 'identity_detail_read', null),
    ('app.identifier', 'insert', 'identity_write', null),
    ('app.identifier', 'insert', 'participant_create', null),
    ('app.identifier', 'update', 'identity_write', null),
    ('app.data_key', 'insert', 'participant_create', null),
    ('app.contact', 'select', 'contact_read', null),
    ('app.contact', 'insert', 'contact_write', 'author_id = (select access.actor())'),
    ('app.contact_detail', 'select', 'contact_detail_read', null),
    ('app.contact_detail', 'insert', 'contact_write', null),
    ('app.contact_note', 'select', 'contact_note_read', null),
    ('app.contact_note', 'insert', 'contact_write', null),
    ('app.contact_summary', 'select', 'contact_summary_read', null),
    ('app.contact_summary', 'insert', 'contact_write', null),
    ('app.referral', 'select', 'referral_read', null),
    ('app.referral', 'insert', 'referral_write', null),
    ('app.referral', 'update', 'referral_write', null),
    ('app.referral', 'update', 'referral_deliver', null),
    ('app.referral_event', 'select', 'referral_read', null),
    ('app.referral_detail', 'select', 'referral_detail_read', null),
    ('app.referral_detail', 'insert', 'referral_write', null),
    ('app.referral_detail', 'update', 'referral_write', null),
    ('app.referral_note', 'select', 'referral_detail_read', null),
    ('app.referral_note', 'insert', 'referral_write', $q$kind in ('reason', 'risk_summary', 'withdraw_reason')$q$),
    ('app.referral_note', 'insert', 'referral_deliver', $q$kind in ('decline_reason', 'end_report')$q$),
    ('app.referral_session', 'select', 'referral_detail_read', null),
    ('app.referral_session', 'insert', 'referral_deliver', null),
    ('app.escalation', 'select', 'escalation_read', null),
    ('app.escalation', 'insert', 'escalation_raise', null),
    ('app.escalation', 'update', 'escalation_decide', null),
    ('app.escalation', 'update', 'escalation_act', null),
    ('app.escalation_event', 'select', 'escalation_read', null),
    ('app.escalation_note', 'select', 'escalation_detail_read', null),
    ('app.escalation_note', 'insert', 'escalation_raise', $q$kind = 'evidence'$q$),
    ('app.escalation_note', 'insert', 'escalation_decide', null),
    ('app.escalation_note', 'insert', 'escalation_act', null),
    ('app.escalation_action', 'select', 'escalation_detail_read', null),
    ('app.escalation_action', 'insert', 'escalation_act', null),
    ('app.offer', 'select', 'contact_detail_read', null),
    ('app.offer', 'insert', 'participant_stage', null),
    ('app.safety_flag', 'select', 'flag_read', null),
    ('app.safety_flag', 'insert', 'flag_write', null),
    ('app.safety_flag', 'update', 'flag_write', null),
    ('intel.membership', 'select', 'intel_read', null),
    ('intel.membership', 'insert', 'intel_write', null),
    ('intel.membership', 'update', 'intel_write', null),
    ('intel.entry', 'select', 'intel_read', null),
    ('intel.entry', 'insert', 'intel_write', null)
  ) v (tab, op, perm, extra) loop
    execute format(
      'create policy %1$s_%2$s on %3$s for %1$s to phoenix_app %5$s (('
      'participant_id = (select access.person_for(%2$L))'
      ' or site_id = any ((select access.sites_for(%2$L))::text[])'
      ' or participant_id = any ((select access.mine(%2$L))::uuid[]))%4$s)',
      r.op, r.perm, r.tab, coalesce(' and ' || r.extra, ''),
      case when r.op = 'insert' then 'with check' else 'using' end);
  end loop;

  -- A provider has what was sent to its own agency, whoever else works with the same person.
  for r in select unnest(array['app.referral_event', 'app.referral_detail', 'app.referral_note',
                               'app.referral_session']) as tab
  loop
    execute format('create policy provider on %s as restrictive to phoenix_app using ('
      '(select access.provider()) is null or provider_id = (select access.provider()))', r.tab);
  end loop;
  create policy provider on app.referral as restrictive to phoenix_app using (
    (select access.provider()) is null
    or (provider_id = (select access.provider()) and sent_at is not null));

  -- Conflict of interest beats every grant.
  for r in select format('%I.%I', n.nspname, c.relname) as tab,
                  case when c.relname = 'participant' then 'id' else 'participant_id' end as key
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
              and a.attname = case when c.relname = 'participant' then 'id' else 'participant_id' end
            where c.relkind = 'r' and n.nspname in ('app', 'intel')
  loop
    execute format('create policy conflict on %s as restrictive to phoenix_app'
                   ' using (%s <> all ((select access.conflicts())::uuid[]))', r.tab, r.key);
  end loop;
end $$;

-- What has no person of its own.
create policy select_intel_read on intel."group" for select to phoenix_app
  using (site_id = (select access.site_for('intel_read')) or (select access.all_for('intel_read')));
create policy insert_intel_write on intel."group" for insert to phoenix_app
  with check (site_id = (select access.site_for('intel_write')) or (select access.all_for('intel_write')));
create policy update_intel_write on intel."group" for update to phoenix_app
  using (site_id = (select access.site_for('intel_write')) or (select access.all_for('intel_write')));

create policy select_export_read on app.export for select to phoenix_app
  using (site_id = (select access.site_for('export_read')) or (select access.all_for('export_read')));
create policy select_export_log on app.export for select to phoenix_app
  using (site_id = (select access.site_for('export_log')) or (select access.all_for('export_log')));
create policy insert_export_request on app.export for insert to phoenix_app
  with check (requested_by = (select access.actor()) and state = 'requested'
              and (site_id = (select access.site_for('export_request'))
                   or (select access.all_for('export_request'))));
create policy update_export_request on app.export for update to phoenix_app
  using (site_id = (select access.site_for('export_request')) or (select access.all_for('export_request')));

create policy select_audit_read on audit.event for select to phoenix_app
  using (site_id = (select access.site_for('audit_read'))
         or user_id = (select access.worker_for('audit_read'))
         or (select access.all_for('audit_read')));
create policy seal on audit.event for select to phoenix_seal using (true);

-- Names that everybody signed in may know.
create policy everyone on access.site for select to phoenix_app, phoenix_worker using (true);
create policy everyone on access.vocabulary for select to phoenix_app, phoenix_worker using (true);
create policy everyone on app.transition for select to phoenix_app, phoenix_worker using (true);
create policy everyone on access.audit_action for select to phoenix_app using (true);
create policy everyone on access.agency for select to phoenix_app using (true);
create policy insert_agency_write on access.agency for insert to phoenix_app
  with check ((select access.all_for('agency_write')));
create policy update_agency_write on access.agency for update to phoenix_app
  using ((select access.all_for('agency_write')));
create policy everyone on access.team for select to phoenix_app using (true);
create policy insert_agency_write on access.team for insert to phoenix_app
  with check ((select access.all_for('agency_write')));
create policy update_agency_write on access.team for update to phoenix_app
  using ((select access.all_for('agency_write')));
-- Colleagues' names (the columns granted below): one's own site's, and those who work for all.
create policy staff on access."user" for select to phoenix_app
  using (coalesce(site_id, '') = any ((select access.staff_sites())::text[]));
create policy worker on access.agency for select to phoenix_worker using (true);
create policy worker on access.team for select to phoenix_worker using (true);
create policy worker on access."user" for select to phoenix_worker using (true);

-- Jobs and the name index: facts and names, never notes, reports or intelligence.
do $$
declare
  t text;
begin
  foreach t in array array['participant', 'participant_event', 'identity', 'identity_detail',
      'identifier', 'data_key', 'engagement', 'contact', 'contact_detail', 'referral',
      'referral_event', 'referral_detail', 'referral_session', 'escalation', 'escalation_event',
      'escalation_action', 'offer', 'export']
  loop
    execute format('create policy worker on app.%I for select to phoenix_worker using (true)', t);
  end loop;
end $$;
create policy worker_updates on app.export for update to phoenix_worker using (true);

grant select on app.participant, app.participant_event, app.identity, app.identity_detail,
  app.identifier, app.engagement, app.contact, app.contact_detail, app.contact_note,
  app.contact_summary, app.referral, app.referral_event, app.referral_detail, app.referral_note,
  app.referral_session, app.escalation, app.escalation_event, app.escalation_note,
  app.escalation_action, app.offer, app.safety_flag, app.export, app.transition, app.engagement_now,
  access.site, access.vocabulary, access.audit_action, access.agency, access.team to phoenix_app;
grant insert on app.participant, app.identity, app.identity_detail, app.identifier, app.data_key,
  app.contact, app.contact_detail, app.contact_note, app.contact_summary, app.referral,
  app.referral_detail, app.referral_note, app.referral_session, app.escalation, app.escalation_note,
  app.escalation_action, app.offer, app.safety_flag, app.export, access.agency, access.team to phoenix_app;
grant update (source_ref, stage, stage_at, reason_code, closure_reason, worker_id, team_id, agency_id,
  supervision, started_on, suspended_at, suspension, version) on app.participant to phoenix_app;
grant update (given_name, family_name, known_as, address, postcode, phone, email, version)
  on app.identity to phoenix_app;
grant update (date_of_birth, aliases, sex, gender, ethnicity, officer_ethnicity, language, interpreter,
  notes, changed_at) on app.identity_detail to phoenix_app;
grant update (value, blind, warning, removed_at) on app.identifier to phoenix_app;
grant update (service, provider_id, state, state_at, reason_code, version) on app.referral to phoenix_app;
grant update (urgency, needs, outcomes_wanted) on app.referral_detail to phoenix_app;
grant update (state, state_at, reason_code, re_offered_at, version) on app.escalation to phoenix_app;
grant update (kind, detail, review_on, ended_at, version) on app.safety_flag to phoenix_app;
grant update (state, version) on app.export to phoenix_app;
grant update (name, kind, ended_at, version) on access.agency to phoenix_app;
grant update (name, agency_id, ended_at, version) on access.team to phoenix_app;
grant select (id, display_name, role, site_id, team_id, agency_id, disabled_at) on access."user"
  to phoenix_app, phoenix_worker;
grant select, insert on intel."group", intel.membership, intel.entry to phoenix_app;
grant update (name, ended_at, version) on intel."group" to phoenix_app;
grant update (role, from_on, to_on) on intel.membership to phoenix_app;
grant select on audit.event to phoenix_app, phoenix_seal;

grant select on app.participant, app.participant_event, app.identity, app.identity_detail,
  app.identifier, app.data_key, app.engagement, app.engagement_now, app.contact, app.contact_detail,
  app.referral, app.referral_event, app.referral_detail, app.escalation, app.escalation_event,
  app.offer, app.export, app.transition, access.site, access.vocabulary, access.agency, access.team
  to phoenix_worker;
grant select (site_id, id, referral_id, participant_id, provider_id, held_on, result, late, minutes, at)
  on app.referral_session to phoenix_worker;
grant select (site_id, id, escalation_id, participant_id, action, taken_on, at)
  on app.escalation_action to phoenix_worker;
grant update (state, heartbeat_at, progress, rows, sha256, bytes, path, expires_at, error)
  on app.export to phoenix_worker;

create policy trial on trial.nomination to phoenix_trial using (true) with check (true);
create policy trial on trial.allocation to phoenix_trial using (true) with check (true);
grant select, insert on trial.nomination, trial.allocation to phoenix_trial;
grant update (state, state_at, state_by, reason_code, criteria, criteria_set, evidence, decided_at,
  decided_by, version) on trial.nomination to phoenix_trial;

-- Functions. Whatever is not named here is the owner's alone.
grant execute on function access.begin(bytea, text, text, text, text),
  access.begin_for(bytea, text, text, text, text, text), access.audit(text, text, uuid[], text),
  access.claim(uuid, bytea, text, int, text, text), access.replay(uuid),
  access.actor(), access.actor_role(), access.actor_site(), access.actor_team(), access.actor_agency(),
  access.person(), access.person_site(), access.person_for(text), access.site_for(text),
  access.all_for(text), access.worker_for(text), access.team_for(text), access.agency_for(text),
  access.provider_for(text), access.provider(), access.referred(text), access.mine(text),
  access.sites_for(text), access.key_for(text), access.listed(text),
  access.conflicts(), access.must(boolean, text), access.must(boolean, text, text), access.staff_sites() to phoenix_app;
grant execute on function access.audit_system(text, text, uuid[], text) to phoenix_worker;
grant execute on function app.engagement_status(text, date, date, date, date, date, text, date, text,
  date, date, int, date[], int, int, int, int, date) to phoenix_app, phoenix_worker;
