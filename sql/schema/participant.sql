-- The case, the person it is about, and what hangs on either: names, identifiers, safety flags.

-- Whose case it is. A new person comes with the first case, made here: the program cannot name somebody who exists,
-- or it could bring anybody's names into its own site by adding a case. A further case of a person is the owner's to
-- add.
create or replace function app.participant_person(p_person uuid) returns uuid
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  person uuid := coalesce(p_person, gen_random_uuid());
begin
  insert into app.person (id) values (person) on conflict (id) do nothing;
  if not found and not access.trusted() then
    raise exception 'no permission' using errcode = '42501';
  end if;
  return person;
end $$;

-- Where a person has cases, and the workers and teams of those.
create or replace function app.person_cases(p_person uuid, out sites text[], out keys uuid[])
  language sql stable security definer set search_path = pg_catalog
  as $$
    select coalesce(array_agg(distinct p.site_id), '{}'),
           array_remove(array_agg(p.worker_id order by p.id) || array_agg(p.team_id order by p.id), null)
      from app.participant p where p.person_id = p_person
  $$;

-- Keeps the copies of them. The person's row is locked first, so that of two cases that change at once the second
-- sees what the first has written.
create or replace function app.person_copy(p_person uuid) returns void
  language plpgsql security definer set search_path = pg_catalog
  as $$
#variable_conflict use_column
declare
  s record;
begin
  perform from app.person p where p.id = p_person for no key update;
  select c.sites, c.keys into s from app.person_cases(p_person) c;
  update app.identity i set sites = s.sites, keys = s.keys
   where i.person_id = p_person and (i.sites, i.keys) is distinct from (s.sites, s.keys);
  update app.identity_detail d set sites = s.sites where d.person_id = p_person and d.sites <> s.sites;
  update app.identifier f set sites = s.sites where f.person_id = p_person and f.sites <> s.sites;
  update app.data_key k set sites = s.sites where k.person_id = p_person and k.sites <> s.sites;
end $$;

create or replace function app.participant_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  free constant boolean := access.trusted();
begin
  if tg_op = 'INSERT' then
    new.person_id := app.participant_person(new.person_id);
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
    if (new.source_ref, new.source_blind, new.supervision, new.agency_id)
         is distinct from (old.source_ref, old.source_blind, old.supervision, old.agency_id)
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
    insert into app.engagement (site_id, participant_id, person_id, ref, stage, registered_on)
    values (new.site_id, new.id, new.person_id, new.ref, new.stage, new.started_on);
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
  if tg_op = 'UPDATE' and (new.worker_id, new.team_id) is distinct from (old.worker_id, old.team_id)
     or tg_op = 'INSERT' and exists (select from app.participant p
                                      where p.person_id = new.person_id and p.id <> new.id) then
    perform app.person_copy(new.person_id);
  end if;
  if tg_op = 'INSERT' then
    perform pg_notify('phoenix_people', new.site_id || '/' || new.id);
  end if;
  return null;
end $$;
create or replace trigger a_after after insert or update on app.participant
  for each row execute function app.participant_after();

-- The copies come from the cases, whatever was sent.
create or replace function app.identity_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  select c.sites, c.keys into new.sites, new.keys from app.person_cases(new.person_id) c;
  if tg_op = 'UPDATE' and pg_trigger_depth() = 1 then
    new.changed_at := now();
  end if;
  return new;
end $$;
create or replace trigger a_before before insert or update on app.identity
  for each row execute function app.identity_before();

create or replace function app.person_part_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  select c.sites into new.sites from app.person_cases(new.person_id) c;
  return new;
end $$;
create or replace trigger a_before before insert on app.identity_detail
  for each row execute function app.person_part_before();
create or replace trigger a_before before insert on app.identifier
  for each row execute function app.person_part_before();
create or replace trigger a_before before insert on app.data_key
  for each row execute function app.person_part_before();

-- The index of names holds a case under the name of its person: each case is read again.
create or replace function app.people_notify() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  perform pg_notify('phoenix_people', p.site_id || '/' || p.id)
     from app.participant p where p.person_id = new.person_id;
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
