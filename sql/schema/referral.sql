-- Referrals: the clocks, the events, and what a provider may see of them.

create or replace function app.referral_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  free constant boolean := access.trusted();
  was text := '';
begin
  if tg_op = 'INSERT' then
    select p.person_id, p.ref into new.person_id, new.ref
      from app.participant p where p.site_id = new.site_id and p.id = new.participant_id;
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
create or replace trigger a_before before insert or update on app.referral
  for each row execute function app.referral_before();

create or replace function app.referral_after() returns trigger
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
create or replace trigger a_after after insert or update on app.referral
  for each row execute function app.referral_after();

-- participant_id, provider_id and by_user of what belongs to a referral come from the referral.
create or replace function app.referral_child_before() returns trigger
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
create or replace trigger a_before before insert on app.referral_detail
  for each row execute function app.referral_child_before();
create or replace trigger a_before before insert on app.referral_note
  for each row execute function app.referral_child_before();
create or replace trigger a_before before insert on app.referral_session
  for each row execute function app.referral_child_before();
