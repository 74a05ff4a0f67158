-- The participant and what hangs on the person: names, identifiers, safety flags.

create or replace function app.participant_before() returns trigger
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
      if not access.importing() then
        new.offered_at := null; -- dates of steps come with the steps
        new.accepted_at := null;
      end if;
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
create or replace trigger a_before before insert or update on app.participant
  for each row execute function app.participant_before();

create or replace function app.participant_after() returns trigger
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
         suspension = new.suspension,
         standing = app.standing(new.stage, app.local_day(new.suspended_at), app.local_day(new.offered_at),
                                 app.local_day(new.accepted_at), e.last_success_on),
         base_on = app.base_on(new.started_on, app.local_day(new.offered_at), app.local_day(new.accepted_at),
                               e.last_success_on)
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
create or replace trigger a_after after insert or update on app.participant
  for each row execute function app.participant_after();

-- The scope copies come from the participant, whatever was sent.
create or replace function app.identity_before() returns trigger
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
create or replace trigger a_before before insert or update on app.identity
  for each row execute function app.identity_before();

create or replace function app.people_notify() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  perform pg_notify('phoenix_people', new.site_id || '/' || new.participant_id);
  return null;
end $$;
create or replace trigger z_notify after insert or update on app.identity
  for each row execute function app.people_notify();
create or replace trigger z_notify after insert or update on app.identity_detail
  for each row execute function app.people_notify();
create or replace trigger z_notify after insert or update on app.identifier
  for each row execute function app.people_notify();

create or replace function app.safety_flag_before() returns trigger
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
create or replace trigger a_before before insert or update on app.safety_flag
  for each row execute function app.safety_flag_before();
