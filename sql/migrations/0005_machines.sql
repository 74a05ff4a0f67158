-- State machines. The table app.transition is the one place that says which steps exist, which need
-- a reason, and what permission they take; triggers refuse the rest (PX004 names what is possible,
-- PX006 says what is missing, PX005 somebody else was first), keep the dated events and the clocks.

create table app.transition (
  machine      text not null,
  from_state   text not null, -- '' for how a thing may begin
  to_state     text not null,
  needs_reason boolean not null default false,
  permission   text not null, -- of access.def
  position     int generated always as identity,
  primary key (machine, from_state, to_state)
);
insert into app.transition (machine, from_state, to_state, needs_reason, permission) values
  ('participant', '', 'awaiting_offer', false, 'participant_create'),
  ('participant', 'awaiting_offer', 'offered', false, 'participant_stage'),
  ('participant', 'offered', 'accepted', false, 'participant_stage'),
  ('participant', 'offered', 'declined', true, 'participant_stage'),
  ('participant', 'accepted', 'active', false, 'participant_stage'),
  ('participant', 'active', 'closed', true, 'participant_stage'),
  ('participant', 'declined', 'escalated', false, 'participant_stage'),
  ('participant', 'declined', 're_offered', false, 'participant_stage'),
  ('participant', 'escalated', 're_offered', false, 'participant_stage'),
  ('participant', 'escalated', 'closed', true, 'participant_stage'),
  ('participant', 're_offered', 'offered', false, 'participant_stage'),
  ('participant', 'closed', 're_opened', true, 'participant_stage'),
  ('participant', 're_opened', 'active', false, 'participant_stage'),
  ('participant', 're_opened', 'closed', true, 'participant_stage'),
  ('referral', '', 'draft', false, 'referral_write'),
  ('referral', '', 'sent', false, 'referral_write'),
  ('referral', 'draft', 'sent', false, 'referral_write'),
  ('referral', 'draft', 'withdrawn', true, 'referral_write'),
  ('referral', 'sent', 'accepted', false, 'referral_deliver'),
  ('referral', 'sent', 'declined', true, 'referral_deliver'),
  ('referral', 'sent', 'withdrawn', true, 'referral_write'),
  ('referral', 'accepted', 'started', false, 'referral_deliver'),
  ('referral', 'accepted', 'withdrawn', true, 'referral_write'),
  ('referral', 'started', 'ended', true, 'referral_deliver'),
  ('escalation', '', 'raised', true, 'escalation_raise'),
  ('escalation', 'raised', 'under_review', false, 'escalation_decide'),
  ('escalation', 'raised', 'suspended', true, 'escalation_decide'),
  ('escalation', 'under_review', 'approved', false, 'escalation_decide'),
  ('escalation', 'under_review', 'not_approved', true, 'escalation_decide'),
  ('escalation', 'under_review', 'deferred', true, 'escalation_decide'),
  ('escalation', 'under_review', 'suspended', true, 'escalation_decide'),
  ('escalation', 'deferred', 'under_review', false, 'escalation_decide'),
  ('escalation', 'deferred', 'suspended', true, 'escalation_decide'),
  ('escalation', 'approved', 'action_due', false, 'escalation_act'),
  ('escalation', 'approved', 'suspended', true, 'escalation_decide'),
  ('escalation', 'action_due', 'action_taken', false, 'escalation_act'),
  ('escalation', 'action_due', 'suspended', true, 'escalation_decide'),
  ('escalation', 'action_taken', 'reviewed', false, 'escalation_act'),
  ('escalation', 'action_taken', 'suspended', true, 'escalation_decide'),
  ('escalation', 'reviewed', 'closed', true, 'escalation_decide'),
  ('escalation', 'not_approved', 'closed', true, 'escalation_decide'),
  ('escalation', 'suspended', 'under_review', false, 'escalation_decide'),
  ('escalation', 'suspended', 'closed', true, 'escalation_decide'),
  ('export', '', 'requested', true, 'export_request'),
  ('export', 'requested', 'approved', false, 'export_request'),
  ('export', 'requested', 'running', false, 'system'),
  ('export', 'requested', 'failed', false, 'system'),
  ('export', 'approved', 'running', false, 'system'),
  ('export', 'running', 'ready', false, 'system'),
  ('export', 'running', 'failed', false, 'system'),
  ('export', 'ready', 'expired', false, 'system'),
  ('nomination', '', 'drafted', false, 'system'),
  ('nomination', 'drafted', 'submitted', false, 'system'),
  ('nomination', 'drafted', 'withdrawn', true, 'system'),
  ('nomination', 'submitted', 'duplicate_found', true, 'system'),
  ('nomination', 'submitted', 'at_panel', false, 'system'),
  ('nomination', 'submitted', 'withdrawn', true, 'system'),
  ('nomination', 'at_panel', 'eligible', false, 'system'),
  ('nomination', 'at_panel', 'not_eligible', true, 'system'),
  ('nomination', 'at_panel', 'deferred', true, 'system'),
  ('nomination', 'at_panel', 'withdrawn', true, 'system'),
  ('nomination', 'deferred', 'at_panel', false, 'system'),
  ('nomination', 'deferred', 'withdrawn', true, 'system'),
  ('nomination', 'eligible', 'pooled', false, 'system'),
  ('nomination', 'eligible', 'withdrawn', true, 'system'),
  ('nomination', 'pooled', 'allocated', false, 'system'),
  ('nomination', 'pooled', 'withdrawn', true, 'system');

-- Raises unless the step exists, has its reason, and is the actor's to take.
create function app.step_check(p_machine text, p_from text, p_to text, p_reason text,
                               p_site text, p_participant uuid) returns void
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
declare
  t record;
  allowed text;
begin
  select * into t from app.transition x
   where x.machine = p_machine and x.from_state = p_from and x.to_state = p_to;
  if not found then
    if access.trusted() and p_from = '' then
      return; -- history brought in from elsewhere may begin anywhere
    end if;
    select string_agg(x.to_state, ', ' order by x.position) into allowed from app.transition x
     where x.machine = p_machine and x.from_state = p_from;
    raise exception '%', case
      when p_from = '' then format('Not possible as a first step. Possible: %s', allowed)
      when allowed is null then format('Not possible from "%s". Nothing can follow it', p_from)
      else format('Not possible from "%s". Possible next: %s', p_from, allowed) end
      using errcode = 'PX004';
  end if;
  if t.needs_reason and p_reason is null then
    raise exception 'reason: Enter a reason' using errcode = 'PX006';
  end if;
  if access.trusted() or (t.permission = 'system' and session_user = 'phoenix_worker') then
    return;
  end if;
  if p_participant is not null and not access.covers(t.permission, p_site, p_participant) then
    raise exception 'no permission' using errcode = '42501';
  end if;
end $$;

-- When the step happened: as given if it was given, else now. Never in the future.
create function app.step_time(given timestamptz, was timestamptz) returns timestamptz
  language plpgsql stable set search_path = pg_catalog
  as $$
begin
  if given is null or given is not distinct from was then
    return now();
  end if;
  if given > now() + interval '5 minutes' then
    raise exception 'at: The date must not be in the future' using errcode = 'PX006';
  end if;
  return given;
end $$;

-- An UPDATE that says `version = $expected + 1` is refused when somebody else was first; one that does
-- not name the column just counts. Triggers of other tables that date a row leave its version alone.
create function app.version_check() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  if new.version is distinct from old.version + 1 then
    raise exception 'Somebody else has changed this since you opened it' using errcode = 'PX005';
  end if;
  return new;
end $$;
create function app.version_count() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  new.version := old.version + 1;
  return new;
end $$;
do $$
declare
  t text;
begin
  foreach t in array array['app.participant', 'app.identity', 'app.referral', 'app.escalation',
    'app.safety_flag', 'app.export', 'access."user"', 'access.team', 'access.agency', 'intel."group"',
    'trial.nomination']
  loop
    execute format('create trigger a0_version before update of version on %s for each row'
                   ' execute function app.version_check()', t);
    execute format('create trigger a1_version before update on %s for each row'
                   ' when (pg_trigger_depth() = 0) execute function app.version_count()', t);
  end loop;
end $$;

-- A reason counts for one step: the one whose UPDATE names the column. The first trigger marks it, and
-- reason_for() takes the mark off again; a step that names none has none.
create function app.reason_mark() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  new.reason_code := '!' || new.reason_code;
  return new;
end $$;
create function app.reason_for(given text, was text, stepping boolean) returns text
  language sql immutable
  as $$ select case when given like '!%' then substr(given, 2) when not stepping then was end $$;
do $$
declare
  t text;
begin
  foreach t in array array['participant', 'referral', 'escalation', 'export']
  loop
    execute format('create trigger a2_reason before update of reason_code on app.%I for each row'
                   ' execute function app.reason_mark()', t);
  end loop;
end $$;

create function app.participant_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  free constant boolean := access.trusted();
begin
  if tg_op = 'INSERT' then
    if not free then
      new.version := 1;
      new.created_at := now();
      new.created_by := access.actor();
      new.offered_at := null; -- dates of steps come with the steps
      new.accepted_at := null;
      new.declined_at := null;
      new.closed_at := null;
      new.closure_reason := null;
      if exists (select from access.site s where s.code = new.site_id and s.trial_running) then
        raise exception 'This site has a trial running: people come from allocation'
          using errcode = 'PX004';
      end if;
    end if;
    perform app.step_check('participant', '', new.stage, new.reason_code, new.site_id, null);
    new.stage_at := app.step_time(new.stage_at, now());
    new.stage_by := case when free then new.stage_by else access.actor() end;
    return new;
  end if;
  if not free then
    if (new.worker_id, new.team_id) is distinct from (old.worker_id, old.team_id)
       and not access.covers('participant_assign', old.site_id, old.id) then
      raise exception 'no permission' using errcode = '42501';
    end if;
    if (new.suspension, new.suspended_at, new.started_on)
         is distinct from (old.suspension, old.suspended_at, old.started_on)
       and not access.covers('participant_stage', old.site_id, old.id) then
      raise exception 'no permission' using errcode = '42501';
    end if;
    if (new.source_ref, new.supervision, new.agency_id)
         is distinct from (old.source_ref, old.supervision, old.agency_id)
       and not access.covers('identity_write', old.site_id, old.id)
       and not access.covers('participant_assign', old.site_id, old.id) then
      raise exception 'no permission' using errcode = '42501';
    end if;
  end if;
  if new.suspended_at > now() + interval '5 minutes' then
    raise exception 'suspended_at: The date must not be in the future' using errcode = 'PX006';
  end if;
  new.reason_code := app.reason_for(new.reason_code, old.reason_code, new.stage <> old.stage);
  if new.stage = old.stage and not free then
    new.stage_at := old.stage_at;
    new.closure_reason := old.closure_reason;
  end if;
  if new.stage <> old.stage then
    if new.stage = 'closed' then
      new.closure_reason := coalesce(new.closure_reason, new.reason_code);
      new.reason_code := new.closure_reason;
    end if;
    perform app.step_check('participant', old.stage, new.stage, new.reason_code, old.site_id, old.id);
    new.stage_at := app.step_time(new.stage_at, old.stage_at);
    new.stage_by := case when free and new.stage_by is distinct from old.stage_by then new.stage_by
                         else access.actor() end;
    case new.stage
      when 'offered' then new.offered_at := new.stage_at;
      when 're_offered' then new.offered_at := new.stage_at;
      when 'accepted' then new.accepted_at := new.stage_at;
      when 'declined' then new.declined_at := new.stage_at;
      when 'closed' then
        new.closed_at := new.stage_at;
        new.suspended_at := null;
        new.suspension := null;
      when 're_opened' then
        new.closed_at := null;
        new.closure_reason := null;
      else null;
    end case;
  end if;
  return new;
end $$;
create trigger a_before before insert or update on app.participant
  for each row execute function app.participant_before();

create function app.participant_after() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  if tg_op = 'INSERT' then
    insert into app.participant_event (site_id, participant_id, kind, from_state, to_state, at, by_user,
                                       reason_code)
    values (new.site_id, new.id, 'stage', null, new.stage, new.stage_at, new.stage_by, new.reason_code);
    insert into app.engagement (site_id, participant_id, ref, stage, registered_on)
    values (new.site_id, new.id, new.ref, new.stage, new.started_on);
  else
    if new.stage <> old.stage then
      insert into app.participant_event (site_id, participant_id, kind, from_state, to_state, at,
                                         by_user, reason_code)
      values (new.site_id, new.id, 'stage', old.stage, new.stage, new.stage_at, new.stage_by,
              new.reason_code);
    end if;
    if new.suspension is distinct from old.suspension then
      insert into app.participant_event (site_id, participant_id, kind, from_state, to_state, at, by_user)
      values (new.site_id, new.id, 'suspension', old.suspension, new.suspension,
              coalesce(new.suspended_at, now()), access.actor());
    end if;
    if new.worker_id is distinct from old.worker_id then
      insert into app.participant_event (site_id, participant_id, kind, from_state, to_state, at, by_user)
      values (new.site_id, new.id, 'assignment', old.worker_id, new.worker_id, now(), access.actor());
    end if;
  end if;
  update app.engagement e
     set stage = new.stage, team_id = new.team_id, worker_id = new.worker_id, agency_id = new.agency_id,
         registered_on = new.started_on,
         offered_on = app.local_day(new.offered_at), accepted_on = app.local_day(new.accepted_at),
         declined_on = app.local_day(new.declined_at), closed_on = app.local_day(new.closed_at),
         closure_reason = new.closure_reason, suspended_on = app.local_day(new.suspended_at),
         suspension = new.suspension
   where e.site_id = new.site_id and e.participant_id = new.id;
  if tg_op = 'UPDATE' and (new.worker_id, new.team_id, new.agency_id)
       is distinct from (old.worker_id, old.team_id, old.agency_id) then
    update app.identity i
       set team_id = new.team_id, worker_id = new.worker_id, agency_id = new.agency_id
     where i.site_id = new.site_id and i.participant_id = new.id;
  end if;
  if tg_op = 'INSERT' then
    perform pg_notify('phoenix_people', new.site_id || '/' || new.id);
  end if;
  return null;
end $$;
create trigger a_after after insert or update on app.participant
  for each row execute function app.participant_after();

-- The scope copies come from the participant, whatever was sent.
create function app.identity_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  select p.ref, p.team_id, p.worker_id, p.agency_id
    into new.ref, new.team_id, new.worker_id, new.agency_id
    from app.participant p where p.site_id = new.site_id and p.id = new.participant_id;
  if tg_op = 'UPDATE' and pg_trigger_depth() = 1 then
    new.changed_at := now();
  end if;
  return new;
end $$;
create trigger a_before before insert or update on app.identity
  for each row execute function app.identity_before();

create function app.people_notify() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  perform pg_notify('phoenix_people', new.site_id || '/' || new.participant_id);
  return null;
end $$;
create trigger z_notify after insert or update on app.identity
  for each row execute function app.people_notify();
create trigger z_notify after insert or update on app.identity_detail
  for each row execute function app.people_notify();
create trigger z_notify after insert or update on app.identifier
  for each row execute function app.people_notify();

create function app.referral_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  free constant boolean := access.trusted();
  was text := '';
begin
  if tg_op = 'INSERT' then
    if not free then
      new.version := 1;
      new.made_at := now();
      new.made_by := access.actor();
      new.sent_at := null; -- dates of steps come with the steps
      new.accepted_at := null;
      new.declined_at := null;
      new.withdrawn_at := null;
      new.started_at := null;
      new.ended_at := null;
      new.reply_due := null;
      new.start_due := null;
    end if;
    new.state_at := app.step_time(new.state_at, now());
    new.state_by := case when free then coalesce(new.state_by, new.made_by) else access.actor() end;
  else
    was := old.state;
    new.reason_code := app.reason_for(new.reason_code, old.reason_code, new.state <> was);
    if was <> 'draft' and (new.service, new.provider_id) is distinct from (old.service, old.provider_id) then
      raise exception 'A referral that was sent keeps its service and provider' using errcode = 'PX004';
    end if;
    if new.state = was then
      new.state_at := case when free then new.state_at else old.state_at end;
      return new;
    end if;
    new.state_at := app.step_time(new.state_at, old.state_at);
    new.state_by := case when free and new.state_by is distinct from old.state_by then new.state_by
                         else access.actor() end;
  end if;
  perform app.step_check('referral', was, new.state, new.reason_code, new.site_id, new.participant_id);
  case new.state
    when 'sent' then
      new.sent_at := new.state_at;
      new.reply_due := app.working_days_after(app.local_day(new.state_at), 5);
    when 'accepted' then
      new.accepted_at := new.state_at;
      new.start_due := app.working_days_after(app.local_day(new.state_at), 10);
    when 'declined' then new.declined_at := new.state_at;
    when 'withdrawn' then new.withdrawn_at := new.state_at;
    when 'started' then new.started_at := new.state_at;
    when 'ended' then new.ended_at := new.state_at;
    else null;
  end case;
  return new;
end $$;
create trigger a_before before insert or update on app.referral
  for each row execute function app.referral_before();

create function app.referral_after() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  if new.sent_at is not null and (tg_op = 'INSERT' or old.sent_at is null) then
    -- What was written while it was a draft becomes the provider's to see.
    update app.referral_detail d set provider_id = new.provider_id
     where d.site_id = new.site_id and d.referral_id = new.id;
    update app.referral_note d set provider_id = new.provider_id
     where d.site_id = new.site_id and d.referral_id = new.id;
    update app.referral_event d set provider_id = new.provider_id
     where d.site_id = new.site_id and d.referral_id = new.id;
  end if;
  if tg_op = 'INSERT' or new.state <> old.state then
    insert into app.referral_event (site_id, referral_id, participant_id, provider_id, from_state,
                                    to_state, at, by_user, reason_code)
    values (new.site_id, new.id, new.participant_id,
            case when new.sent_at is not null then new.provider_id end,
            case when tg_op = 'UPDATE' then old.state end, new.state, new.state_at, new.state_by,
            new.reason_code);
  end if;
  return null;
end $$;
create trigger a_after after insert or update on app.referral
  for each row execute function app.referral_after();

-- participant_id, provider_id and by_user of what belongs to a referral come from the referral.
create function app.referral_child_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  r record;
begin
  select x.participant_id, x.state, case when x.sent_at is not null then x.provider_id end as provider_id
    into r from app.referral x where x.site_id = new.site_id and x.id = new.referral_id;
  new.participant_id := r.participant_id;
  new.provider_id := r.provider_id;
  if tg_table_name in ('referral_note', 'referral_session') and tg_op = 'INSERT'
     and not access.trusted() then
    new.at := now();
    new.by_user := access.actor();
  end if;
  if tg_table_name = 'referral_session' then
    if r.state is distinct from 'started' and not access.trusted() then
      raise exception 'Sessions are recorded once the referral has started' using errcode = 'PX004';
    end if;
    if new.held_on > app.today() then
      raise exception 'held_on: The date must not be in the future' using errcode = 'PX006';
    end if;
  end if;
  return new;
end $$;
create trigger a_before before insert on app.referral_detail
  for each row execute function app.referral_child_before();
create trigger a_before before insert on app.referral_note
  for each row execute function app.referral_child_before();
create trigger a_before before insert on app.referral_session
  for each row execute function app.referral_child_before();

create function app.escalation_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  free constant boolean := access.trusted();
  was text := '';
begin
  if tg_op = 'INSERT' then
    if not free then
      new.version := 1;
      new.raised_at := now();
      new.raised_by := access.actor();
      new.decision_due := null;
      new.decided_at := null;
      new.decided_by := null;
      new.first_action_at := null;
      new.re_offered_at := null;
      new.closed_at := null;
    end if;
    if new.triggered_on > app.today() then
      raise exception 'triggered_on: The date must not be in the future' using errcode = 'PX006';
    end if;
    new.decision_due := coalesce(new.decision_due, app.working_days_after(app.local_day(new.raised_at), 2));
    new.reason_code := coalesce(new.reason_code, new.trigger);
    new.state_at := case when free then new.raised_at else now() end;
    new.state_by := new.raised_by;
  else
    was := old.state;
    new.reason_code := app.reason_for(new.reason_code, old.reason_code, new.state <> was);
    if new.state = was then
      new.state_at := case when free then new.state_at else old.state_at end;
      return new;
    end if;
    new.state_at := app.step_time(new.state_at, old.state_at);
    new.state_by := case when free and new.state_by is distinct from old.state_by then new.state_by
                         else access.actor() end;
  end if;
  perform app.step_check('escalation', was, new.state, new.reason_code, new.site_id, new.participant_id);
  if new.state in ('approved', 'not_approved', 'deferred') then
    new.decided_at := new.state_at;
    new.decided_by := new.state_by;
  elsif new.state = 'action_taken' then
    new.first_action_at := coalesce(new.first_action_at, new.state_at);
  elsif new.state = 'closed' then
    new.closed_at := new.state_at;
  end if;
  return new;
end $$;
create trigger a_before before insert or update on app.escalation
  for each row execute function app.escalation_before();

create function app.escalation_after() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  if tg_op = 'INSERT' or new.state <> old.state then
    insert into app.escalation_event (site_id, escalation_id, participant_id, from_state, to_state, at,
                                      by_user, reason_code)
    values (new.site_id, new.id, new.participant_id, case when tg_op = 'UPDATE' then old.state end,
            new.state, new.state_at, new.state_by, new.reason_code);
  end if;
  return null;
end $$;
create trigger a_after after insert or update on app.escalation
  for each row execute function app.escalation_after();

create function app.escalation_child_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  select x.participant_id into new.participant_id
    from app.escalation x where x.site_id = new.site_id and x.id = new.escalation_id;
  if not access.trusted() then
    new.at := now();
    new.by_user := access.actor();
  end if;
  if tg_table_name = 'escalation_action' then
    if new.taken_on > app.today() then
      raise exception 'taken_on: The date must not be in the future' using errcode = 'PX006';
    end if;
    update app.escalation e set first_action_at = new.at
     where e.site_id = new.site_id and e.id = new.escalation_id and e.first_action_at is null;
  end if;
  return new;
end $$;
create trigger a_before before insert on app.escalation_note
  for each row execute function app.escalation_child_before();
create trigger a_before before insert on app.escalation_action
  for each row execute function app.escalation_child_before();

create function app.safety_flag_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  if tg_op = 'INSERT' then
    if not access.trusted() then
      new.raised_at := now();
      new.raised_by := access.actor();
      new.ended_at := null;
      new.ended_by := null;
    end if;
  else
    if new.ended_at is not null and old.ended_at is null and not access.trusted() then
      new.ended_at := now();
      new.ended_by := access.actor();
    end if;
  end if;
  return new;
end $$;
create trigger a_before before insert or update on app.safety_flag
  for each row execute function app.safety_flag_before();

create function app.export_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  was text := '';
begin
  if tg_op = 'INSERT' then
    if not access.trusted() then
      new.requested_by := access.actor();
      new.requested_at := now();
      new.approved_at := null;
      new.approved_by := null;
      new.sha256 := null;
      new.path := null;
      new.expires_at := null;
      new.version := 1;
    end if;
    new.reason_code := coalesce(new.reason_code, case when new.reason <> '' then 'note' end);
    new.as_of := least(new.as_of, now());
  else
    was := old.state;
    new.reason_code := app.reason_for(new.reason_code, old.reason_code, new.state <> was);
    if new.state = was then
      return new;
    end if;
  end if;
  perform app.step_check('export', was, new.state, new.reason_code, null, null);
  new.state_at := now();
  new.state_by := access.actor();
  case new.state
    when 'approved' then
      if new.state_by = new.requested_by or (new.state_by is null and not access.trusted()) then
        raise exception 'Somebody else must approve this' using errcode = 'PX004';
      end if;
      new.approved_at := now();
      new.approved_by := new.state_by;
    when 'running' then
      new.started_at := now();
      new.heartbeat_at := now();
    when 'ready' then
      new.ready_at := now();
      new.progress := 100;
    else null;
  end case;
  return new;
end $$;
create trigger a_before before insert or update on app.export
  for each row execute function app.export_before();
