-- Who people are to the system: sites, agencies, teams, users, sessions, what each role may do.

create table access.site (
  code               text primary key check (code ~ '^[a-z][a-z0-9_-]{1,31}$'),
  name               text not null,
  engaged_days       int not null default 14 check (engaged_days > 0),
  wavering_days      int not null default 28,
  wavering_missed    int not null default 2 check (wavering_missed > 0),
  disengaged_missed  int not null default 3,
  trial_running      boolean not null default false,
  check (wavering_days > engaged_days and disengaged_missed > wavering_missed)
);

create table access.agency (
  id       uuid primary key,
  name     text not null check (length(name) between 1 and 120),
  kind     app.code not null, -- of the vocabulary agency_kind
  site_id  text references access.site, -- null: works at every site
  ended_at timestamptz,
  version  int not null default 1,
  unique nulls not distinct (name, site_id)
);

create table access.team (
  id        uuid primary key,
  site_id   text not null references access.site,
  name      text not null check (length(name) between 1 and 120),
  agency_id uuid references access.agency,
  ended_at  timestamptz,
  version   int not null default 1,
  unique (site_id, name)
);

-- One row per role; `grants` is the role's rows of permission_grant as one text, kept by a trigger,
-- so that access.begin() reads one row.
create table access.role (
  code   text primary key,
  grants text not null default ','
);
insert into access.role (code) values
  ('navigator'), ('team_lead'), ('manager'), ('police'), ('probation'), ('youth_justice'),
  ('provider'), ('evaluator'), ('trial_manager'), ('administrator'), ('auditor');

create table access.permission_grant (
  role       text not null references access.role,
  permission text not null,
  scope      text not null check (scope in ('own', 'team', 'agency', 'site', 'all')),
  primary key (role, permission)
);

create table access.audit_action (
  code      text primary key,
  operation text not null,
  words     text not null
);

create table access.vocabulary (
  version    text not null, -- of the programme file that last held it
  name       text not null,
  code       text not null,
  label      text not null,
  successful boolean not null default false,
  missed     boolean not null default false,
  position   int not null,
  retired    boolean not null default false, -- no longer in the file; old rows still show its label
  primary key (name, code),
  check (not (successful and missed))
);

create table access."user" (
  id                   uuid primary key,
  username             text not null unique check (username ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
  display_name         text not null check (length(display_name) between 1 and 120),
  role                 text not null references access.role,
  site_id              text references access.site, -- null: all sites
  team_id              uuid references access.team,
  agency_id            uuid references access.agency,
  password_hash        text not null,
  must_change_password boolean not null default false,
  disabled_at          timestamptz,
  created_at           timestamptz not null default now(),
  version              int not null default 1
);
create index user_site on access."user" (site_id, role);
create index user_team on access."user" (team_id);

create table access.session (
  token_hash   bytea primary key check (octet_length(token_hash) = 32),
  user_id      uuid not null references access."user",
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  idle         interval not null,
  expires_at   timestamptz not null,
  ended_at     timestamptz,
  remote       text
);
create index session_of_user on access.session (user_id, created_at);

-- Attempts to sign in, by a keyed hash of the name typed (people type passwords there).
create table access.signin_failure (
  name_hash  bytea primary key,
  failures   int not null,
  last_at    timestamptz not null,
  wait_until timestamptz not null
);

create table access.idempotency (
  user_id    uuid not null references access."user",
  key        uuid not null,
  body_hash  bytea not null,
  route      text not null,
  status     int not null,
  location   text,
  body       text,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);

-- The key of the context's MAC, as HMAC's two padded halves. Nobody but the owner reads it.
create table access.secret (
  one       boolean primary key default true check (one),
  inner_key bytea not null check (octet_length(inner_key) = 64),
  outer_key bytea not null check (octet_length(outer_key) = 64)
);
-- Four random UUIDs hold 488 random bits; gen_random_uuid() draws from the strong source.
insert into access.secret (inner_key, outer_key)
select p.inner_key, p.outer_key
from (select sha256(string_agg(uuid_send(gen_random_uuid()), ''::bytea)) as key
      from generate_series(1, 4)) k,
     lateral (select string_agg(set_byte('\x00'::bytea, 0, b # 54), ''::bytea order by i) as inner_key,
                     string_agg(set_byte('\x00'::bytea, 0, b # 92), ''::bytea order by i) as outer_key
              from (select i, case when i < 32 then get_byte(k.key, i) else 0 end as b
                    from generate_series(0, 63) i) bytes) p;

-- Which keyring the sealed columns belong to: a wrong key is told at start.
create table access.keyring (
  one         boolean primary key default true check (one),
  check_value bytea not null check (octet_length(check_value) = 16)
);

-- role.grants: ',code=L,code=L,' with L one of O own, T team, G agency, S site, A all.
create function access.grants_refresh() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  update access.role r set grants = g.grants
  from (select r2.code,
               ',' || coalesce(string_agg(p.permission || '=' ||
                 case p.scope when 'own' then 'O' when 'team' then 'T' when 'agency' then 'G'
                              when 'site' then 'S' else 'A' end || ',', '' order by p.permission), '')
               as grants
        from access.role r2 left join access.permission_grant p on p.role = r2.code
        group by r2.code) g
  where g.code = r.code and g.grants <> r.grants;
  return null;
end $$;
create trigger grants_refresh after insert or update or delete on access.permission_grant
  for each statement execute function access.grants_refresh();

-- Appends only. `xid` lets the sealer batch by snapshot; `subject` finds "who looked at this person".
create table audit.event (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default clock_timestamp(),
  xid        xid8 not null default pg_current_xact_id(),
  user_id    uuid,        -- null: the system, or somebody who did not get in
  role       text not null,
  site_id    text,        -- the actor's
  action     text not null,
  operation  text not null,
  subjects   uuid[] not null default '{}', -- participants
  subject    uuid generated always as (case when cardinality(subjects) = 1 then subjects[1] end) stored,
  object_id  text check (length(object_id) <= 64),
  permission text,
  request_id text,
  remote     text,
  detail     text check (length(detail) <= 2000)
);
create index event_at on audit.event (at, id);
create index event_user on audit.event (user_id, at, id);
create index event_subject on audit.event (subject, at, id) where subject is not null;
create index event_xid on audit.event (xid);

create function audit.refuse_change() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$ begin raise exception 'audit.event is append-only' using errcode = '42501'; end $$;
create trigger append_only before update or delete or truncate on audit.event
  for each statement execute function audit.refuse_change();
