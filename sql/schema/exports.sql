-- Export jobs: who asks, who approves, who runs them.

create or replace function app.export_before() returns trigger
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
create or replace trigger a_before before insert or update on app.export
  for each row execute function app.export_before();

-- A word to the workers when there is a new one.
create or replace function app.export_notify() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  perform pg_notify('phoenix_exports', new.id::text);
  return null;
end $$;
create or replace trigger z_notify after insert on app.export
  for each row execute function app.export_notify();
