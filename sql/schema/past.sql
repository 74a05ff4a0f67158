-- What columns that change in place held until a moment: an export with an earlier cut-off reports them as they
-- stood. Sealed values stay sealed.

-- Arguments: kind, the column with the row's id, and the columns kept.
create or replace function app.keep_past() returns trigger
  language plpgsql security definer set search_path = pg_catalog set bytea_output = 'hex'
  as $$
declare
  o constant jsonb := to_jsonb(old);
begin
  insert into app.past (site_id, kind, id, was)
  select new.site_id, tg_argv[0], (o ->> tg_argv[1])::uuid, jsonb_object_agg(k, o -> k)
    from unnest(tg_argv[2:]) k;
  return null;
end $$;

-- The same of what hangs on the person. A row that comes later than the person's case was not there before: all its
-- values were null. Arguments: the columns kept.
create or replace function app.keep_person_past() returns trigger
  language plpgsql security definer set search_path = pg_catalog set bytea_output = 'hex'
  as $$
declare
  o jsonb := '{}';
begin
  if tg_op = 'UPDATE' then
    o := to_jsonb(old);
  elsif not exists (select from app.participant p where p.person_id = new.person_id and p.created_at < now()) then
    return null;
  end if;
  insert into app.person_past (person_id, was)
  select new.person_id, jsonb_object_agg(k, o -> k) from unnest(tg_argv) k;
  return null;
end $$;

create or replace trigger z_past after update on app.participant for each row
  when ((old.stage, old.stage_at, old.worker_id, old.supervision, old.started_on, old.offered_at,
         old.accepted_at, old.declined_at, old.closed_at, old.closure_reason, old.suspended_at,
         old.suspension)
        is distinct from
        (new.stage, new.stage_at, new.worker_id, new.supervision, new.started_on, new.offered_at,
         new.accepted_at, new.declined_at, new.closed_at, new.closure_reason, new.suspended_at,
         new.suspension))
  execute function app.keep_past('participant', 'id', 'stage', 'stage_at', 'worker_id', 'supervision',
    'started_on', 'offered_at', 'accepted_at', 'declined_at', 'closed_at', 'closure_reason',
    'suspended_at', 'suspension');
create or replace trigger z_past after update on app.identity_detail for each row
  when ((old.date_of_birth, old.sex, old.gender, old.ethnicity)
        is distinct from (new.date_of_birth, new.sex, new.gender, new.ethnicity))
  execute function app.keep_person_past('date_of_birth', 'sex', 'gender', 'ethnicity');
create or replace trigger z_past_new after insert on app.identity_detail for each row
  execute function app.keep_person_past('date_of_birth', 'sex', 'gender', 'ethnicity');
create or replace trigger z_past after update on app.referral for each row
  when ((old.service, old.provider_id, old.state, old.reason_code, old.sent_at, old.accepted_at,
         old.declined_at, old.withdrawn_at, old.started_at, old.ended_at)
        is distinct from
        (new.service, new.provider_id, new.state, new.reason_code, new.sent_at, new.accepted_at,
         new.declined_at, new.withdrawn_at, new.started_at, new.ended_at))
  execute function app.keep_past('referral', 'id', 'service', 'provider_id', 'state', 'reason_code',
    'sent_at', 'accepted_at', 'declined_at', 'withdrawn_at', 'started_at', 'ended_at');
create or replace trigger z_past after update on app.referral_detail for each row
  when ((old.urgency, old.needs) is distinct from (new.urgency, new.needs))
  execute function app.keep_past('referral_detail', 'referral_id', 'urgency', 'needs');
-- When an offer was made again is typed with a step, and may lie before it.
create or replace trigger z_past after update on app.escalation for each row
  when (old.re_offered_at is distinct from new.re_offered_at)
  execute function app.keep_past('escalation', 'id', 're_offered_at');
