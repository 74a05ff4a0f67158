-- State machines. The table app.transition says which steps exist, which need a reason, and what permission
-- they take; triggers refuse the rest (PX004 names what is possible, PX006 says what is missing, PX005 somebody
-- else was first), keep the dated events and the clocks.

-- Raises unless the step exists, has its reason, and is the actor's to take.
create or replace function app.step_check(p_machine text, p_from text, p_to text, p_reason text,
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
    -- History brought in from elsewhere may begin anywhere.
    if p_from = '' and (access.trusted() or (p_machine = 'participant' and access.importing())) then
      return;
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
create or replace function app.step_time(given timestamptz, was timestamptz) returns timestamptz
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
create or replace function app.version_check() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  if new.version is distinct from old.version + 1 then
    raise exception 'Somebody else has changed this since you opened it' using errcode = 'PX005';
  end if;
  return new;
end $$;
create or replace function app.version_count() returns trigger
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
    execute format('create or replace trigger a0_version before update of version on %s for each row'
                   ' execute function app.version_check()', t);
    execute format('create or replace trigger a1_version before update on %s for each row'
                   ' when (pg_trigger_depth() = 0) execute function app.version_count()', t);
  end loop;
end $$;

-- A reason counts for one step: the one whose UPDATE names the column. The first trigger marks it, and
-- reason_for() takes the mark off again; a step that names none has none.
create or replace function app.reason_mark() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  new.reason_code := '!' || new.reason_code;
  return new;
end $$;
create or replace function app.reason_for(given text, was text, stepping boolean) returns text
  language sql immutable
  as $$ select case when given like '!%' then substr(given, 2) when not stepping then was end $$;
do $$
declare
  t text;
begin
  foreach t in array array['participant', 'referral', 'escalation', 'export']
  loop
    execute format('create or replace trigger a2_reason before update of reason_code on app.%I for each row'
                   ' execute function app.reason_mark()', t);
  end loop;
end $$;
