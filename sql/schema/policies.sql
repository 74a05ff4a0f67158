-- Row-level security, forced on every table. One list says which permission reads and which writes each case
-- table; the policies are made from it. A policy compares a row's own columns with (select access.f()), which
-- runs once a query, and never looks into another table. Every policy there is stands here: those of before go
-- first.

do $$
declare
  t record;
  r record;
begin
  for t in select c.oid::regclass as tab, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
             join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('access', 'app', 'intel', 'trial', 'audit')
  loop
    execute format('drop policy %I on %s', t.polname, t.tab);
  end loop;

  for t in select n.nspname, c.oid::regclass as tab from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname in ('access', 'app', 'intel', 'trial', 'audit')
  loop
    execute format('alter table %s enable row level security, force row level security', t.tab);
    -- The owner is who SECURITY DEFINER functions run as.
    if t.nspname = 'audit' then
      execute format('create policy owner_reads on %s for select to phoenix_owner using (true)', t.tab);
      execute format('create policy owner_adds on %s for insert to phoenix_owner with check (true)', t.tab);
    else
      execute format('create policy owner on %s to phoenix_owner using (true) with check (true)', t.tab);
    end if;
  end loop;

  -- Tables whose rows carry the scope's own columns.
  for r in select * from (values
    ('app.participant', 'id', 'select', 'participant_find'),
    ('app.participant', 'id', 'insert', 'participant_create'),
    ('app.participant', 'id', 'update', 'participant_stage'),
    ('app.participant', 'id', 'update', 'participant_assign'),
    ('app.participant', 'id', 'update', 'identity_write'),
    ('app.engagement', 'participant_id', 'select', 'status_read')
  ) v (tab, key, op, perm) loop
    execute format(
      'create policy %1$s_%2$s on %3$s for %1$s to phoenix_app %5$s (%4$s = (select access.person_for(%2$L))'
      ' or site_id = any ((select access.sites_for(%2$L))::text[])'
      ' or (select access.key_for(%2$L)) = any (array[worker_id, team_id])'
      ' or %4$s = any ((select access.listed(%2$L))::uuid[]))',
      r.op, r.perm, r.tab, r.key, case when r.op = 'insert' then 'with check' else 'using' end);
  end loop;

  -- What is the person's own: seen by whoever may see a case of his or hers.
  for r in select * from (values
    ('app.identity', 'select', 'identity_read'),
    ('app.identity', 'insert', 'identity_write'),
    ('app.identity', 'insert', 'participant_create'),
    ('app.identity', 'update', 'identity_write')
  ) v (tab, op, perm) loop
    execute format(
      'create policy %1$s_%2$s on %3$s for %1$s to phoenix_app %4$s (person_id = (select access.subject_for(%2$L))'
      ' or sites && (select access.sites_for(%2$L))::text[]'
      ' or (select access.key_for(%2$L)) = any (keys)'
      ' or person_id = any ((select access.listed_people(%2$L))::uuid[]))',
      r.op, r.perm, r.tab, case when r.op = 'insert' then 'with check' else 'using' end);
  end loop;
  for r in select * from (values
    ('app.identity_detail', 'select', 'identity_detail_read'),
    ('app.identity_detail', 'insert', 'identity_write'),
    ('app.identity_detail', 'insert', 'participant_create'),
    ('app.identity_detail', 'update', 'identity_write'),
    ('app.identifier', 'select', 'identity_detail_read'),
    ('app.identifier', 'insert', 'identity_write'),
    ('app.identifier', 'insert', 'participant_create'),
    ('app.identifier', 'update', 'identity_write'),
    ('app.data_key', 'insert', 'participant_create'),
    -- Lists that show names open each with its person's own data key, still wrapped here: whoever may see the
    -- name may fetch it.
    ('app.data_key', 'select', 'identity_read')
  ) v (tab, op, perm) loop
    execute format(
      'create policy %1$s_%2$s on %3$s for %1$s to phoenix_app %4$s (person_id = (select access.subject_for(%2$L))'
      ' or sites && (select access.sites_for(%2$L))::text[]'
      ' or person_id = any ((select access.my_people(%2$L))::uuid[]))',
      r.op, r.perm, r.tab, case when r.op = 'insert' then 'with check' else 'using' end);
  end loop;

  -- Tables whose rows belong to a case.
  for r in select * from (values
    ('app.participant_event', 'select', 'participant_find', null),
    ('app.contact', 'select', 'contact_read', null),
    ('app.contact', 'insert', 'contact_write', 'author_id = (select access.actor())'),
    ('app.contact_detail', 'select', 'contact_detail_read', null),
    ('app.contact_detail', 'insert', 'contact_write', null),
    ('app.contact_note', 'select', 'contact_note_read', null),
    ('app.contact_note', 'insert', 'contact_write', null),
    ('app.contact_summary', 'select', 'contact_summary_read', null),
    ('app.contact_summary', 'insert', 'contact_write', null),
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

  -- Contacts of an import bear the name of whoever made them, not of who brings them in. (Of several policies that
  -- permit, the last by name is asked first: this one only when insert_contact_write does not.)
  for r in select unnest(array['app.contact', 'app.contact_detail', 'app.contact_note']) as tab
  loop
    execute format('create policy import_write on %s for insert to phoenix_app with check ('
      '(select access.importing()) and (site_id = any ((select access.sites_for(''import_write''))::text[])'
      ' or participant_id = any ((select access.mine(''import_write''))::uuid[])))', r.tab);
  end loop;

  -- An import is its bringer's own.
  for r in select unnest(array['app.import', 'app.import_verdict']) as tab
  loop
    execute format('create policy import_write on %s to phoenix_app'
      ' using (requested_by = (select access.actor()) and (select access.importing()))'
      ' with check (requested_by = (select access.actor()) and site_id = (select access.actor_site())'
      ' and (select access.importing()))', r.tab);
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
  -- (By the case where there is one, or else by the person; the conflicts hold the ids of both.)
  for r in select format('%I.%I', n.nspname, c.relname) as tab, k.key
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             cross join lateral (select a.attname as key from pg_attribute a
                                  where a.attrelid = c.oid and not a.attisdropped
                                    and (a.attname in ('participant_id', 'person_id')
                                         or a.attname = 'id' and c.relname in ('participant', 'person'))
                                  order by a.attname <> 'id', a.attname limit 1) k
            where c.relkind = 'r' and n.nspname in ('app', 'intel')
  loop
    execute format('create policy conflict on %s as restrictive to phoenix_app'
                   ' using (%s <> all ((select access.conflicts())::uuid[]))', r.tab, r.key);
  end loop;

  -- Jobs and the name index: facts and names, never notes, reports or intelligence.
  for r in select unnest(array['participant', 'participant_event', 'identity', 'identity_detail', 'identifier',
      'data_key', 'engagement', 'contact', 'contact_detail', 'person_past', 'referral', 'referral_event', 'referral_detail',
      'referral_session', 'escalation', 'escalation_event', 'escalation_action', 'offer', 'export', 'past']) as tab
  loop
    execute format('create policy worker on app.%I for select to phoenix_worker using (true)', r.tab);
  end loop;
  for r in select unnest(array['import', 'import_verdict']) as tab
  loop
    execute format('create policy worker on app.%I to phoenix_worker using (true)', r.tab);
  end loop;
end $$;

-- A provider's referrals are known by the agency at once: looking each of them up in the list of everybody who was
-- ever referred took seconds where that list is long.
create policy select_referral_read on app.referral for select to phoenix_app
  using ((provider_id = (select access.provider_for('referral_read')) and sent_at is not null)
         or participant_id = (select access.person_for('referral_read'))
         or site_id = any ((select access.sites_for('referral_read'))::text[])
         or participant_id = any ((select access.mine('referral_read'))::uuid[]));
-- What both sides may add in words, beside the reasons of the list above.
create policy insert_referral_words on app.referral_note for insert to phoenix_app
  with check ((participant_id = (select access.person_for('referral_write'))
               or site_id = (select access.site_for('referral_write'))
               or participant_id = any ((select access.mine('referral_write'))::uuid[]))
              and kind in ('outcomes', 'step_note'));
create policy insert_referral_step_words on app.referral_note for insert to phoenix_app
  with check ((participant_id = (select access.person_for('referral_deliver'))
               or participant_id = any ((select access.mine('referral_deliver'))::uuid[]))
              and kind = 'step_note');

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
create policy worker_updates on app.export for update to phoenix_worker using (true);
create policy trial on trial.nomination to phoenix_trial using (true) with check (true);
create policy trial on trial.allocation to phoenix_trial using (true) with check (true);
