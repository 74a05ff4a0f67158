-- The tables, types, indexes and first rows of the database. Functions, triggers, views, policies and grants
-- stand in sql/schema, are applied after the migrations, and again whenever their text changes; nothing here
-- may lean on them. Applied as phoenix_owner; the login roles exist already (`phoenix migrate --bootstrap`).

-- ---- schemas, and what PUBLIC loses ----

create schema access; -- users, sessions, roles, the verified context
create schema app;    -- cases
create schema intel;  -- police intelligence
create schema trial;  -- nominations and allocation
create schema audit;  -- who did what

-- Nothing is anybody's unless a grant of sql/schema says so: that holds for what is made later too.
revoke all on schema public from public;
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;

-- A sealed value is never shorter than its header (8), nonce (24) and tag (16): plain text that
-- reaches a sealed column by mistake is refused unless it is long, and then it is not text any more.
create domain app.sealed as bytea
  constraint sealed_shape check (octet_length(value) >= 48 and get_byte(value, 0) < 32);
-- A short code of a vocabulary or a machine: it cannot hold anybody's words.
create domain app.code as text
  constraint code_shape check (value ~ '^[a-z][a-z0-9_]{0,63}$');

-- ---- who people are to the system: sites, agencies, teams, users, sessions, what each role may do ----

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

-- One row per role. The rest are the role's rows of permission_grant as lines of the context (sql/schema/context.sql),
-- kept by a trigger, so that access.begin() reads one row: all of them, and by scope what they open.
create table access.role (
  code         text primary key,
  grants       text not null default '',
  own_opens    text not null default '',
  team_opens   text not null default '',
  agency_opens text not null default '',
  site_opens   text not null default '',
  all_opens    text not null default ''
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

-- The key under which names that failed to sign in are kept (people type passwords there). Nobody but the owner
-- reads it.
create table access.secret (
  one boolean primary key default true check (one),
  key bytea not null check (octet_length(key) = 32)
);
-- Four random UUIDs hold 488 random bits; gen_random_uuid() draws from the strong source.
insert into access.secret (key)
select sha256(string_agg(uuid_send(gen_random_uuid()), ''::bytea)) from generate_series(1, 4);

-- Which keyring the sealed columns belong to: a wrong key is told at start.
create table access.keyring (
  one         boolean primary key default true check (one),
  check_value bytea not null check (octet_length(check_value) = 16)
);

-- What begin() answers: one row.
create type access.opened as (
  user_id uuid, username text, display_name text, role text, site text, team_id uuid, team_name text,
  agency_id uuid, agency_name text, must_change_password boolean, expires_at timestamptz,
  person_id uuid, participant_id uuid, person_ref text, person_site text, person_version int, wrapped bytea
);

-- ---- the audit log ----

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

-- ---- cases ----
-- site_id leads every key, so that a national service can be spread by site. Sensitivity classes are tables:
-- what a role may not read lies in a table it may not read. Sealed columns (app.sealed) are encrypted by the
-- program. Days are the local days of the sites, all of which are in England and Wales.

-- Somebody, before and apart from any case: once in the country, known by no site. What is the person's own hangs
-- here (the data key, names, identifiers), and a case refers to it. No login of the program's reads or writes it:
-- a person is reached through a case.
create table app.person (
  id         uuid primary key,
  created_at timestamptz not null default now()
);

-- A case: the person with one site. Another site, or another time, is another case of the same person.
create table app.participant (
  site_id        text not null references access.site,
  id             uuid not null,
  person_id      uuid not null references app.person,
  ref            text not null unique check (ref ~ '^PX[0-9A-Z]{6}$'),
  source_ref     app.sealed,                            -- what the case is called in the records it came from
  source_blind   bytea check (octet_length(source_blind) = 16), -- keyed hash of it, however it is typed
  stage          app.code not null default 'awaiting_offer',
  stage_at       timestamptz not null default now(),    -- when the latest step happened
  stage_by       uuid references access."user",
  reason_code    text check (reason_code ~ '^[a-z][a-z0-9_]{0,63}$'), -- of the latest step, 'note' when the words are sealed
  worker_id      uuid references access."user",
  team_id        uuid references access.team,
  agency_id      uuid references access.agency,         -- supervising: probation or youth justice
  supervision    text not null default 'none' check (supervision in ('none', 'youth_justice', 'probation')),
  started_on     date not null default (now() at time zone 'Europe/London')::date,
  offered_at     timestamptz,
  accepted_at    timestamptz,
  declined_at    timestamptz,
  closed_at      timestamptz,
  closure_reason app.code,
  suspended_at   timestamptz,
  suspension     text check (suspension in ('custody', 'hospital')),
  version        int not null default 1,
  created_at     timestamptz not null default now(),
  created_by     uuid references access."user",
  primary key (site_id, id),
  check ((suspended_at is null) = (suspension is null)),
  check ((source_ref is null) = (source_blind is null))
);
create index participant_id on app.participant (id);
create index participant_person on app.participant (person_id, id);
create index participant_worker on app.participant (worker_id, site_id);
create index participant_team on app.participant (team_id, site_id);
create index participant_agency on app.participant (agency_id, site_id);
create unique index participant_source on app.participant (site_id, source_blind);

create table app.participant_event (
  site_id        text not null,
  id             uuid not null default gen_random_uuid(),
  participant_id uuid not null,
  kind           text not null check (kind in ('stage', 'suspension', 'assignment')),
  from_state     text, -- stage, suspension or worker id
  to_state       text,
  at             timestamptz not null, -- when it happened
  by_user        uuid references access."user",
  reason_code    app.code,
  recorded_at    timestamptz not null default now(),
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant
);
create index participant_event_person on app.participant_event (site_id, participant_id, at, id);

-- What is the person's own. `sites` says where the person has a case, `keys` whose cases they are (workers and
-- teams): copies, kept by triggers, so that a policy looks into no other table. The program may not read them: they
-- would say that there is a case elsewhere.

-- Names and how to reach somebody.
create table app.identity (
  person_id   uuid primary key references app.person,
  sites       text[] not null,
  keys        uuid[] not null,
  given_name  app.sealed,
  family_name app.sealed,
  known_as    app.sealed,
  address     app.sealed,
  postcode    app.sealed,
  phone       app.sealed,
  email       app.sealed,
  version     int not null default 1,
  changed_at  timestamptz not null default now()
);

-- The rest of identity: not for providers (identity_detail_read).
create table app.identity_detail (
  person_id         uuid primary key references app.person,
  sites             text[] not null,
  date_of_birth     app.sealed,
  aliases           app.sealed, -- one a line
  sex               app.sealed,
  gender            app.sealed,
  ethnicity         app.sealed, -- self-defined
  officer_ethnicity app.sealed,
  language          app.sealed,
  interpreter       app.sealed,
  notes             app.sealed,
  changed_at        timestamptz not null default now()
);

create table app.identifier (
  person_id     uuid not null references app.person,
  id            uuid not null,
  sites         text[] not null,
  kind          app.code not null, -- pnc, cro, crn, nomis, nhs, upn, nino, uprn, other
  value         app.sealed not null,
  blind         bytea not null check (octet_length(blind) = 16), -- keyed hash of kind and canonical form
  warning       text check (length(warning) <= 200),             -- a check letter that does not fit
  source_system text check (length(source_system) <= 64),
  created_at    timestamptz not null default now(),
  removed_at    timestamptz,
  primary key (person_id, id)
);
create index identifier_blind on app.identifier (blind);

create table app.data_key (
  person_id uuid not null references app.person,
  epoch     int not null,
  sites     text[] not null,
  wrapped   bytea not null check (octet_length(wrapped) >= 48),
  primary key (person_id, epoch)
);

-- Dated facts from which engagement status is read (app.engagement_status): never a status. Kept by triggers;
-- nobody writes here. The last three columns are what counting people needs, kept in the row so that an index
-- alone answers. The price: a contact writes the index entries of one person anew. Vacuumed often, or the indexes
-- would have to look into the table all the same.
create table app.engagement (
  site_id              text not null,
  participant_id       uuid not null,
  person_id            uuid not null,
  ref                  text not null,
  team_id              uuid,
  worker_id            uuid,
  agency_id            uuid,
  stage                text not null,
  registered_on        date not null,
  offered_on           date,
  accepted_on          date,
  declined_on          date,
  closed_on            date,
  closure_reason       text,
  suspended_on         date,
  suspension           text,
  contacts             int not null default 0,
  last_contact_at      timestamptz,
  last_contact_id      uuid,
  last_contact_mode    text,
  last_contact_outcome text,
  next_contact_due     date,
  last_success_at      timestamptz,
  last_success_on      date,
  streak_from          date,  -- first success of the present unbroken run
  missed_run           int not null default 0,
  missed_days          date[] not null default '{}', -- of the run, the first twenty
  escalated_upto       date, -- the day up to which he or she has been escalated, for good while one is open
  standing             text, -- app.standing() and app.base_on() of the facts above, by whoever writes them
  base_on              date,
  primary key (site_id, participant_id),
  foreign key (site_id, participant_id) references app.participant
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index engagement_person on app.engagement (participant_id);
create index engagement_team on app.engagement (team_id, site_id);
create index engagement_agency on app.engagement (agency_id, site_id);
-- Lists of a site's people go by reference, a page at a time.
create index engagement_ref on app.engagement (site_id, ref);
-- So few different keys that it is a fortieth of the table.
create index engagement_standing on app.engagement (site_id, standing, missed_run, base_on);
-- Knows whom it counts.
create index engagement_fallen on app.engagement (site_id, standing, missed_run, base_on)
  include (participant_id, ref, declined_on, missed_days, escalated_upto);
create index engagement_due on app.engagement (site_id, next_contact_due, ref)
  include (participant_id) where standing is null;
create index engagement_worker on app.engagement (worker_id, site_id)
  include (standing, missed_run, base_on, next_contact_due);

-- Append-only: a correction is a new row that names the one it corrects.
create table app.contact (
  site_id           text not null,
  id                uuid not null,
  participant_id    uuid not null,
  happened_at       timestamptz not null,
  direction         text not null default 'outbound' check (direction in ('outbound', 'inbound')),
  mode              app.code not null,
  outcome           app.code not null,
  successful        boolean not null, -- what the outcome meant when it was recorded (trigger)
  missed            boolean not null,
  next_contact_due  date,
  author_id         uuid not null references access."user",
  captured_at       timestamptz,      -- the device's own time, as claimed
  received_at       timestamptz not null default now(),
  client_ref        uuid,
  corrects          uuid,
  superseded_by     uuid,
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant,
  foreign key (site_id, corrects) references app.contact (site_id, id),
  check (corrects is distinct from id)
);
create index contact_person on app.contact (site_id, participant_id, happened_at desc, id desc);
create index contact_id on app.contact (id);
create index contact_site_time on app.contact (site_id, happened_at);
create unique index contact_client_ref on app.contact (site_id, author_id, client_ref);
-- Nearly every contact corrects nothing: the index holds only those that do.
create unique index contact_corrects on app.contact (site_id, corrects) where corrects is not null;
-- Which contacts came in after a cut-off is asked of the whole table; they come in that order.
create index contact_received on app.contact using brin (received_at);

create table app.contact_detail (
  site_id        text not null,
  contact_id     uuid not null,
  participant_id uuid not null,
  minutes        int check (minutes between 0 and 1440),
  purposes       text[] not null default '{}',
  concern        boolean not null default false,
  next_step      app.code,
  primary key (site_id, contact_id),
  foreign key (site_id, contact_id) references app.contact
);
create index contact_detail_person on app.contact_detail (site_id, participant_id);

create table app.contact_note (
  site_id        text not null,
  contact_id     uuid not null,
  kind           text not null check (kind in ('note', 'correction_reason')), -- the latter: why it replaced another
  participant_id uuid not null,
  note           app.sealed not null,
  primary key (site_id, contact_id, kind),
  foreign key (site_id, contact_id) references app.contact
);
create index contact_note_person on app.contact_note (site_id, participant_id);

create table app.contact_summary (
  site_id        text not null,
  contact_id     uuid not null,
  participant_id uuid not null,
  summary        app.sealed not null,
  primary key (site_id, contact_id),
  foreign key (site_id, contact_id) references app.contact
);
create index contact_summary_person on app.contact_summary (site_id, participant_id);

-- What reports and exports lean on: contacts counted by week, how things stood before a change, and
-- the leases of export jobs.

-- Contacts that stand (no superseded version), by local week, and by the team that has the person now:
-- so the sums always agree with the lists. Kept by triggers. `part` spreads the writers, who would
-- otherwise wait for one another on this week's row until each commits; the sum over parts counts.
create table app.contact_week (
  site_id    text not null references access.site,
  week       date not null, -- its Monday
  team_id    uuid not null, -- all zeros: no team
  part       int not null,
  contacts   bigint not null,
  successful bigint not null,
  primary key (site_id, week, team_id, part)
) with (fillfactor = 50);

-- Carries the case's reference and person (trigger): a provider sees the referral and no case.
create table app.referral (
  site_id        text not null,
  id             uuid not null,
  participant_id uuid not null,
  person_id      uuid not null,
  ref            text not null,
  service        app.code not null,
  provider_id    uuid not null references access.agency,
  state          app.code not null default 'draft',
  state_at       timestamptz not null default now(),
  state_by       uuid references access."user",
  reason_code    text check (reason_code ~ '^[a-z][a-z0-9_]{0,63}$'), -- of the latest step, 'note' when the words are in referral_note
  made_by        uuid references access."user",
  made_at        timestamptz not null default now(),
  sent_at        timestamptz,
  accepted_at    timestamptz,
  declined_at    timestamptz,
  withdrawn_at   timestamptz,
  started_at     timestamptz,
  ended_at       timestamptz,
  reply_due      date, -- 5 working days after sending
  start_due      date, -- 10 working days after acceptance
  version        int not null default 1,
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant
);
create index referral_id on app.referral (id);
create index referral_person on app.referral (site_id, participant_id, made_at);
create index referral_provider on app.referral (provider_id, state, sent_at);
create index referral_site on app.referral (site_id, state, made_at);
-- A caseload's things: participant_id = any (the caseload).
create index referral_caseload on app.referral (participant_id);
-- Reports count referrals by when they were sent, from the index alone.
create index referral_sent on app.referral (site_id, sent_at)
  include (participant_id, accepted_at, started_at, ended_at, declined_at, withdrawn_at);
-- Lists of referrals and escalations, a page at a time: the most pressing first, or the newest.
-- Each state by itself: a list of some states merges as many walks.
create index referral_site_due on app.referral
  (site_id, state, (coalesce(case state when 'sent' then reply_due when 'accepted' then start_due end,
                             date '9999-01-01')), id);
create index referral_provider_due on app.referral
  (provider_id, state, (coalesce(case state when 'sent' then reply_due when 'accepted' then start_due end,
                                 date '9999-01-01')), id);
create index referral_provider_made on app.referral (provider_id, state, made_at);

-- provider_id below is null until the referral is sent (trigger): a draft is nobody else's.
create table app.referral_event (
  site_id        text not null,
  id             uuid not null default gen_random_uuid(),
  referral_id    uuid not null,
  participant_id uuid not null,
  provider_id    uuid,
  from_state     text,
  to_state       text not null,
  at             timestamptz not null,
  by_user        uuid references access."user",
  reason_code    app.code,
  recorded_at    timestamptz not null default now(),
  primary key (site_id, id),
  foreign key (site_id, referral_id) references app.referral
);
create index referral_event_of on app.referral_event (site_id, referral_id, at, id);

create table app.referral_detail (
  site_id         text not null,
  referral_id     uuid not null,
  participant_id  uuid not null,
  provider_id     uuid,
  urgency         app.code not null default 'routine',
  needs           text[] not null default '{}',
  primary key (site_id, referral_id),
  foreign key (site_id, referral_id) references app.referral
);

-- Words that go with a referral and its steps. 'outcomes' are those wanted, one a line; 'step_note' was said with a
-- step that needs no reason.
create table app.referral_note (
  site_id        text not null,
  id             uuid not null,
  referral_id    uuid not null,
  participant_id uuid not null,
  provider_id    uuid,
  kind           text not null check (kind in ('reason', 'risk_summary', 'outcomes', 'decline_reason',
                                               'withdraw_reason', 'end_report', 'step_note')),
  note           app.sealed not null,
  at             timestamptz not null default now(),
  by_user        uuid references access."user",
  primary key (site_id, id),
  foreign key (site_id, referral_id) references app.referral
);
create index referral_note_of on app.referral_note (site_id, referral_id, at, id);

create table app.referral_session (
  site_id        text not null,
  id             uuid not null,
  referral_id    uuid not null,
  participant_id uuid not null,
  provider_id    uuid,
  held_on        date not null,
  result         text not null check (result in ('happened', 'acceptable_absence',
                                                 'unacceptable_absence', 'logistics')),
  late           boolean not null default false,
  minutes        int check (minutes between 0 and 1440),
  feedback       app.sealed,
  at             timestamptz not null default now(),
  by_user        uuid references access."user",
  concern        boolean not null default false, -- the provider is worried
  primary key (site_id, id),
  foreign key (site_id, referral_id) references app.referral
);
create index referral_session_of on app.referral_session (site_id, referral_id, held_on, id);

create table app.escalation (
  site_id         text not null,
  id              uuid not null,
  participant_id  uuid not null,
  trigger         app.code not null,
  state           app.code not null default 'raised',
  state_at        timestamptz not null default now(),
  state_by        uuid references access."user",
  reason_code     text check (reason_code ~ '^[a-z][a-z0-9_]{0,63}$'),
  triggered_on    date not null default (now() at time zone 'Europe/London')::date,
  raised_at       timestamptz not null default now(),
  raised_by       uuid references access."user",
  decision_due    date not null, -- 2 working days after raising
  decided_at      timestamptz,   -- latest of approved, not approved, deferred
  decided_by      uuid references access."user",
  first_action_at timestamptz,
  re_offered_at   timestamptz,
  closed_at       timestamptz,
  version         int not null default 1,
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant
);
create index escalation_id on app.escalation (id);
create index escalation_person on app.escalation (site_id, participant_id, raised_at);
create index escalation_site on app.escalation (site_id, state, decision_due);
create index escalation_caseload on app.escalation (participant_id);
create index escalation_site_raised on app.escalation (site_id, state, raised_at);

create table app.escalation_event (
  site_id        text not null,
  id             uuid not null default gen_random_uuid(),
  escalation_id  uuid not null,
  participant_id uuid not null,
  from_state     text,
  to_state       text not null,
  at             timestamptz not null,
  by_user        uuid references access."user",
  reason_code    app.code,
  recorded_at    timestamptz not null default now(),
  primary key (site_id, id),
  foreign key (site_id, escalation_id) references app.escalation
);
create index escalation_event_of on app.escalation_event (site_id, escalation_id, at, id);

-- Evidence and the reasons of each step, in words.
create table app.escalation_note (
  site_id        text not null,
  id             uuid not null,
  escalation_id  uuid not null,
  participant_id uuid not null,
  kind           text not null check (kind in ('evidence', 'reason', 'outcome')),
  to_state       app.code, -- the step a reason belongs to
  note           app.sealed not null,
  at             timestamptz not null default now(),
  by_user        uuid references access."user",
  primary key (site_id, id),
  foreign key (site_id, escalation_id) references app.escalation
);
create index escalation_note_of on app.escalation_note (site_id, escalation_id, at, id);

create table app.escalation_action (
  site_id        text not null,
  id             uuid not null,
  escalation_id  uuid not null,
  participant_id uuid not null,
  action         app.code not null,
  taken_on       date, -- null: agreed at the decision, and not taken yet
  note           app.sealed,
  at             timestamptz not null default now(),
  by_user        uuid references access."user",
  primary key (site_id, id),
  foreign key (site_id, escalation_id) references app.escalation
);
create index escalation_action_of on app.escalation_action (site_id, escalation_id, taken_on, id);

create table app.offer (
  site_id         text not null,
  id              uuid not null,
  participant_id  uuid not null,
  attempt         int not null check (attempt between 1 and 99),
  met_by          uuid references access."user",
  at              timestamptz not null,
  place           app.code,
  message_version text check (length(message_version) <= 32), -- wording of the deterrence message
  delivered       boolean not null default false,
  understood      boolean,
  interpreter     boolean not null default false,
  answer          text not null default 'undecided' check (answer in ('accepted', 'declined', 'undecided', 'not_met')),
  recorded_at     timestamptz not null default now(),
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant
);
create index offer_person on app.offer (site_id, participant_id, at);

create table app.safety_flag (
  site_id        text not null,
  id             uuid not null,
  participant_id uuid not null,
  kind           app.code not null,
  detail         app.sealed,
  raised_at      timestamptz not null default now(),
  raised_by      uuid references access."user",
  review_on      date,
  ended_at       timestamptz,
  ended_by       uuid references access."user",
  version        int not null default 1,
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant
);
create index safety_flag_id on app.safety_flag (id);
create index safety_flag_person on app.safety_flag (site_id, participant_id);

-- A user who must never see a person, in whatever case: beats every grant.
create table app.conflict (
  user_id     uuid not null references access."user",
  person_id   uuid not null references app.person,
  declared_at timestamptz not null default now(),
  declared_by uuid references access."user",
  primary key (user_id, person_id)
);

-- Jobs that make files. A row is claimed with FOR UPDATE SKIP LOCKED by any server.
create table app.export (
  id           uuid primary key,
  site_id      text references access.site, -- null: every site
  kind         app.code not null default 'evaluation',
  as_of        timestamptz not null default now(),
  state        app.code not null default 'requested',
  state_at     timestamptz not null default now(),
  state_by     uuid references access."user",
  reason_code  text check (reason_code ~ '^[a-z][a-z0-9_]{0,63}$'),
  reason       text check (length(reason) <= 500), -- why it is wanted; no personal data
  requested_by uuid references access."user",
  requested_at timestamptz not null default now(),
  approved_at  timestamptz,
  approved_by  uuid references access."user",
  started_at   timestamptz,
  heartbeat_at timestamptz, -- a running job whose server died is taken up again
  ready_at     timestamptz,
  progress     int not null default 0 check (progress between 0 and 100),
  rows         bigint,
  sha256       text check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes        bigint,
  path         text, -- file name inside the export folder
  expires_at   timestamptz,
  error        text check (length(error) <= 500),
  version      int not null default 1,
  attempts     int not null default 0 -- how often it was taken up: a job that kills its worker is given up
);
create index export_state on app.export (state, requested_at);
create index export_site on app.export (site_id, requested_at);

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

-- What columns that change in place held until a moment: an export with an earlier cut-off reports
-- them as they stood. Sealed values stay sealed.
create table app.past (
  site_id text not null,
  kind    text not null check (kind in ('participant', 'referral', 'referral_detail', 'escalation')),
  id      uuid not null, -- of the row
  until   timestamptz not null default now(),
  place   bigint generated always as identity, -- among changes of one transaction
  was     jsonb not null,
  primary key (site_id, kind, id, until, place)
);
-- The same of app.identity_detail.
create table app.person_past (
  person_id uuid not null references app.person,
  until     timestamptz not null default now(),
  place     bigint generated always as identity,
  was       jsonb not null,
  primary key (person_id, until, place)
);

-- Which steps exist, which need a reason, and what permission they take. The one place that says so.
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

-- ---- police intelligence: police only ----

create table intel."group" (
  site_id    text not null references access.site,
  id         uuid not null,
  name       app.sealed not null,
  created_at timestamptz not null default now(),
  created_by uuid references access."user",
  ended_at   timestamptz,
  version    int not null default 1,
  primary key (site_id, id)
);

create table intel.membership (
  site_id        text not null,
  id             uuid not null,
  group_id       uuid not null,
  participant_id uuid not null,
  role           app.code not null default 'member',
  from_on        date,
  to_on          date,
  recorded_at    timestamptz not null default now(),
  recorded_by    uuid references access."user",
  primary key (site_id, id),
  foreign key (site_id, group_id) references intel."group",
  foreign key (site_id, participant_id) references app.participant
);
create index membership_person on intel.membership (site_id, participant_id);

create table intel.entry (
  site_id        text not null,
  id             uuid not null,
  participant_id uuid not null,
  grading        text check (length(grading) <= 16),
  entry          app.sealed not null,
  dated_on       date not null,
  recorded_at    timestamptz not null default now(),
  recorded_by    uuid references access."user",
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant
);
create index entry_person on intel.entry (site_id, participant_id, dated_on);

-- ---- the trial's own: the phoenix_trial login alone ----

create table trial.nomination (
  site_id      text not null references access.site,
  id           uuid not null,
  source       uuid references access.agency,
  state        app.code not null default 'drafted',
  state_at     timestamptz not null default now(),
  state_by     uuid references access."user",
  reason_code  text check (reason_code ~ '^[a-z][a-z0-9_]{0,63}$'),
  criteria     text[] not null default '{}',
  criteria_set text,
  person       app.sealed,
  evidence     app.sealed,
  decided_at   timestamptz,
  decided_by   uuid references access."user",
  created_at   timestamptz not null default now(),
  version      int not null default 1,
  primary key (site_id, id)
);

create table trial.allocation (
  site_id       text not null,
  id            uuid not null,
  nomination_id uuid not null,
  arm           text not null check (arm in ('delivery', 'control')),
  stratum       text not null,
  slot          int not null,
  allocated_at  timestamptz not null default now(),
  allocated_by  uuid references access."user",
  primary key (site_id, id),
  unique (site_id, nomination_id),
  unique (site_id, stratum, slot),
  foreign key (site_id, nomination_id) references trial.nomination
);
