-- Escalations: the clocks, the events, and the fact that engagement keeps of them.

create or replace function app.escalation_before() returns trigger
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
create or replace trigger a_before before insert or update on app.escalation
  for each row execute function app.escalation_before();

create or replace function app.escalation_after() returns trigger
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
create or replace trigger a_after after insert or update on app.escalation
  for each row execute function app.escalation_after();

create or replace function app.escalation_child_before() returns trigger
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
    if new.taken_on is not null then
      update app.escalation e set first_action_at = new.at
       where e.site_id = new.site_id and e.id = new.escalation_id and e.first_action_at is null;
    end if;
  end if;
  return new;
end $$;
create or replace trigger a_before before insert on app.escalation_note
  for each row execute function app.escalation_child_before();
create or replace trigger a_before before insert on app.escalation_action
  for each row execute function app.escalation_child_before();

create or replace function app.escalated_upto(site text, participant uuid) returns date
  language sql stable
  as $$
    select max(case x.state when 'closed' then app.local_day(x.raised_at) else date 'infinity' end)
      from app.escalation x where x.site_id = site and x.participant_id = participant
  $$;

-- The participant's row first, as whoever writes a contact.
create or replace function app.escalation_fact() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  perform from app.participant p where p.site_id = new.site_id and p.id = new.participant_id
    for no key update;
  update app.engagement e set escalated_upto = app.escalated_upto(new.site_id, new.participant_id)
   where e.site_id = new.site_id and e.participant_id = new.participant_id;
  return null;
end $$;
create or replace trigger b_fact_made after insert on app.escalation
  for each row execute function app.escalation_fact();
create or replace trigger b_fact after update on app.escalation
  for each row when ((old.state = 'closed') <> (new.state = 'closed') or old.raised_at <> new.raised_at)
  execute function app.escalation_fact();
