-- Spreadsheets brought in on a page: uploaded and judged, looked at, then accepted by the same person.
-- The file is kept sealed in between, for an hour at most, and gone once it is decided. What it brings in
-- is written by the application's login under the walls of whoever accepts it.

create table app.import (
  site_id      text not null references access.site,
  id           uuid not null,
  kind         text not null check (kind in ('participants', 'contacts')),
  mapping      text not null check (mapping ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
  state        text not null default 'checked' check (state in ('checked', 'stored', 'cancelled', 'expired')),
  requested_by uuid not null references access."user",
  requested_at timestamptz not null default now(),
  expires_at   timestamptz not null default now() + interval '1 hour', -- of what is not decided
  decided_at   timestamptz,
  rows         int not null,
  ok           int not null,
  warned       int not null,
  rejected     int not null,
  added        int,
  present      int,  -- were here already
  file         text, -- the draft as sealed by the program
  primary key (site_id, id),
  check (file is null or state = 'checked')
);
create index import_own on app.import (requested_by, requested_at desc, id desc);
create index import_open on app.import (expires_at) where state = 'checked';
create index import_age on app.import (requested_at);

-- Every row's verdict: its number, the mapping's heading and the program's words, nothing of the row itself.
-- requested_by is the import's, so that the policy looks into no other table.
create table app.import_verdict (
  site_id      text not null,
  import_id    uuid not null,
  row          int not null, -- the heading is row 1
  requested_by uuid not null,
  verdict      text not null check (verdict in ('ok', 'warn', 'reject')),
  heading      text not null default '',
  message      text not null default '',
  primary key (site_id, import_id, row),
  foreign key (site_id, import_id) references app.import
);

alter table app.import enable row level security;
alter table app.import force row level security;
alter table app.import_verdict enable row level security;
alter table app.import_verdict force row level security;

-- The context was begun for an import: the one purpose for which history may be written that the actor
-- did not make.
create function access.importing() returns boolean
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return coalesce((access.context())[7] = 'import_write', false); end $$;

do $$
declare
  t text;
begin
  foreach t in array array['import', 'import_verdict']
  loop
    execute format('create policy owner on app.%I to phoenix_owner using (true) with check (true)', t);
    execute format('create policy import_write on app.%I to phoenix_app'
      ' using (requested_by = (select access.actor()) and (select access.importing()))'
      ' with check (requested_by = (select access.actor()) and site_id = (select access.actor_site())'
      ' and (select access.importing()))', t);
    execute format('create policy worker on app.%I to phoenix_worker using (true)', t);
  end loop;
end $$;
grant select, insert on app.import to phoenix_app;
grant update (state, decided_at, rows, ok, warned, rejected, added, present, file) on app.import to phoenix_app;
grant select, insert, delete on app.import_verdict to phoenix_app;
grant select (site_id, id, state, requested_at, expires_at) on app.import to phoenix_worker;
grant update (state, file) on app.import to phoenix_worker;
grant select (site_id, import_id), delete on app.import_verdict to phoenix_worker;

-- Contacts of an import bear the name of whoever made them, not of who brings them in. (Of several policies that
-- permit, the last by name is asked first: this one only when insert_contact_write does not.)
do $$
declare
  t text;
begin
  foreach t in array array['contact', 'contact_detail', 'contact_note']
  loop
    execute format('create policy import_write on app.%I for insert to phoenix_app with check ('
      '(select access.importing()) and (site_id = any ((select access.sites_for(''import_write''))::text[])'
      ' or participant_id = any ((select access.mine(''import_write''))::uuid[])))', t);
  end loop;
end $$;

-- The author of imported records: an account that is missing is made, disabled and without a password, so
-- that records keep their author. Null when the name is an account of another site.
create function access.import_author(p_id uuid, p_username text, p_name text, p_site text) returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare
  c constant text[] := access.context();
begin
  if not access.trusted() and not (access.importing() and p_site = c[4]) then
    raise exception 'no permission' using errcode = '42501';
  end if;
  insert into access."user" (id, username, display_name, role, site_id, team_id, password_hash, disabled_at)
  values (p_id, p_username, p_name, 'navigator', p_site, access.team_for('import_write'), '!', now())
  on conflict (username) do nothing;
  if found and c is null then
    perform access.audit_system('user_added', p_id::text, '{}', 'author of imported records');
  elsif found then
    perform access.audit('user_added', p_id::text, '{}', 'author of imported records');
  end if;
  return (select u.id from access."user" u
           where u.username = p_username and (u.site_id = p_site or u.site_id is null));
end $$;

-- References in use at the actor's site by people whom the actor may not see: a reference is one
-- person's, and whose it is stays untold.
create function access.import_taken() returns setof text
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
declare
  c constant text[] := access.context();
begin
  if not access.importing() then
    raise exception 'no permission' using errcode = '42501';
  end if;
  return query
    select p.source_ref from app.participant p
     where p.site_id = c[4] and p.source_ref is not null
       and (p.id = any (c[11]::uuid[])
            or (access.letter(c, 'import_write') = 'T' and p.team_id is distinct from nullif(c[5], '')::uuid));
end $$;

-- The facts of engagement, worked out once a person at the end of an import instead of once a contact.
create function app.import_fold(p_site text, p_participants uuid[]) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  if not (access.trusted() or access.importing()) then
    raise exception 'no permission' using errcode = '42501';
  end if;
  perform app.engagement_store(app.engagement_fold(e, 'infinity'))
     from app.engagement e
    where e.site_id = p_site and e.participant_id = any (p_participants);
end $$;

grant execute on function access.importing(), access.import_author(uuid, text, text, text),
  access.import_taken(), app.import_fold(text, uuid[]) to phoenix_app;

-- ---- the triggers that an import passes differently ----

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

create or replace function app.contact_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  was record;
  asks text[];
begin
  if tg_op = 'UPDATE' then
    if row(new.*) is distinct from row(old.*)
       and (old.superseded_by is not null or new.superseded_by is null
            or (to_jsonb(new) - 'superseded_by') <> (to_jsonb(old) - 'superseded_by')) then
      raise exception 'app.contact is append-only' using errcode = '42501';
    end if;
    return new;
  end if;
  perform from app.participant p where p.site_id = new.site_id and p.id = new.participant_id
    for no key update;
  if not access.trusted() then
    asks := access.context();
    if asks[7] is distinct from 'import_write' then
      new.author_id := asks[2];
    elsif not exists (select from access."user" u
                       where u.id = new.author_id and coalesce(u.site_id, new.site_id) = new.site_id) then
      raise exception 'no permission' using errcode = '42501';
    end if;
    new.received_at := now();
    new.superseded_by := null;
  end if;
  if new.happened_at > now() + interval '5 minutes' then
    raise exception 'happened_at: The date and time must not be in the future'
      using errcode = 'PX006';
  end if;
  select v.successful, v.missed into new.successful, new.missed
    from access.vocabulary v where v.name = 'outcome' and v.code = new.outcome;
  if not found then
    raise exception 'outcome: Choose an outcome from the list' using errcode = 'PX006';
  end if;
  if new.corrects is not null then
    select c.participant_id, c.superseded_by into was from app.contact c
     where c.site_id = new.site_id and c.id = new.corrects for update;
    if was.participant_id is distinct from new.participant_id then
      raise exception 'nobody' using errcode = 'P0002';
    end if;
    if was.superseded_by is not null then
      raise exception 'Somebody else has corrected this since you opened it' using errcode = 'PX005';
    end if;
  end if;
  return new;
end $$;

create or replace function app.contact_after() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  e app.engagement;
  r record;
begin
  if new.corrects is not null then
    update app.contact c set superseded_by = new.id where c.site_id = new.site_id and c.id = new.corrects;
  end if;
  if coalesce(current_setting('phoenix.fold_later', true), '') = 'on' -- (null would go on and ask the rest)
     and (access.trusted() or access.importing()) then
    return null; -- app.import_fold() at the end
  end if;
  select x as e, s.engaged_days, s.wavering_missed into strict r
    from app.engagement x join access.site s on s.code = x.site_id
   where x.site_id = new.site_id and x.participant_id = new.participant_id for no key update of x;
  e := r.e;
  if new.superseded_by is not null then
    return null; -- history brought in already corrected
  elsif new.corrects is null
        and (e.last_contact_at is null
             or (new.happened_at, new.id) > (e.last_contact_at, e.last_contact_id)) then
    e := app.engagement_step(e, new, r.engaged_days, r.wavering_missed);
  else
    e := app.engagement_fold(e, 'infinity');
  end if;
  perform app.engagement_store(e);
  return null;
end $$;
