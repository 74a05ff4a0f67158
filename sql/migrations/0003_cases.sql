-- Cases. site_id leads every key. Sensitivity classes are tables: what a role may not read lies in a
-- table it may not read. Sealed columns (app.sealed) are encrypted by the program.

create table app.participant (
  site_id        text not null references access.site,
  id             uuid not null,
  ref            text not null unique check (ref ~ '^PX[0-9A-Z]{6}$'),
  source_ref     text check (length(source_ref) <= 64), -- the spreadsheet's own
  stage          app.code not null default 'awaiting_offer',
  stage_at       timestamptz not null default now(),    -- when the latest step happened
  stage_by       uuid references access."user",
  reason_code    text check (reason_code ~ '^[a-z][a-z0-9_]{0,63}$'),                              -- of the latest step, 'note' when the words are sealed
  worker_id      uuid references access."user",
  team_id        uuid references access.team,
  agency_id      uuid references access.agency,         -- supervising: probation or youth justice
  supervision    text not null default 'none' check (supervision in ('none', 'youth_justice', 'probation')),
  started_on     date not null default app.today(),
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
  check ((suspended_at is null) = (suspension is null))
);
create index participant_id on app.participant (id);
create index participant_worker on app.participant (worker_id, site_id);
create index participant_team on app.participant (team_id, site_id);
create index participant_agency on app.participant (agency_id, site_id);
create unique index participant_source on app.participant (site_id, source_ref);

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

-- Names and how to reach somebody. team_id, worker_id, agency_id and ref are copies of the
-- participant's, kept by a trigger, so that its policy looks into no other table.
create table app.identity (
  site_id        text not null,
  participant_id uuid not null,
  ref            text not null,
  team_id        uuid,
  worker_id      uuid,
  agency_id      uuid,
  given_name     app.sealed,
  family_name    app.sealed,
  known_as       app.sealed,
  address        app.sealed,
  postcode       app.sealed,
  phone          app.sealed,
  email          app.sealed,
  version        int not null default 1,
  changed_at     timestamptz not null default now(),
  primary key (site_id, participant_id),
  foreign key (site_id, participant_id) references app.participant
);
create index identity_person on app.identity (participant_id);
create index identity_worker on app.identity (worker_id);
create index identity_team on app.identity (team_id);
create index identity_agency on app.identity (agency_id);

-- The rest of identity: not for providers (identity_detail_read).
create table app.identity_detail (
  site_id           text not null,
  participant_id    uuid not null,
  date_of_birth     app.sealed,
  aliases           app.sealed, -- one a line
  sex               app.sealed,
  gender            app.sealed,
  ethnicity         app.sealed, -- self-defined
  officer_ethnicity app.sealed,
  language          app.sealed,
  interpreter       app.sealed,
  notes             app.sealed,
  changed_at        timestamptz not null default now(),
  primary key (site_id, participant_id),
  foreign key (site_id, participant_id) references app.participant
);
create index identity_detail_person on app.identity_detail (participant_id);

create table app.identifier (
  site_id        text not null,
  id             uuid not null,
  participant_id uuid not null,
  kind           app.code not null, -- pnc, cro, crn, nomis, nhs, upn, nino, uprn, other
  value          app.sealed not null,
  blind          bytea not null check (octet_length(blind) = 16), -- keyed hash of kind and canonical form
  warning        text check (length(warning) <= 200),             -- a check letter that does not fit
  source_system  text check (length(source_system) <= 64),
  created_at     timestamptz not null default now(),
  removed_at     timestamptz,
  primary key (site_id, id),
  foreign key (site_id, participant_id) references app.participant
);
create index identifier_person on app.identifier (site_id, participant_id);
create index identifier_blind on app.identifier (blind);

create table app.data_key (
  site_id        text not null,
  participant_id uuid not null,
  epoch          int not null,
  wrapped        bytea not null check (octet_length(wrapped) >= 48),
  primary key (site_id, participant_id, epoch),
  foreign key (site_id, participant_id) references app.participant
);

-- Dated facts from which engagement status is read (app.engagement_status): never a status.
-- Days are the site's local days. Kept by triggers; nobody writes here.
create table app.engagement (
  site_id              text not null,
  participant_id       uuid not null,
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
  primary key (site_id, participant_id),
  foreign key (site_id, participant_id) references app.participant
) with (fillfactor = 80);
create index engagement_person on app.engagement (participant_id);
create index engagement_worker on app.engagement (worker_id, site_id);
create index engagement_team on app.engagement (team_id, site_id);
create index engagement_agency on app.engagement (agency_id, site_id);

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
create unique index contact_corrects on app.contact (site_id, corrects);

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
  participant_id uuid not null,
  note           app.sealed,
  correction_reason app.sealed, -- why this version replaced the one before it
  primary key (site_id, contact_id),
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

create table app.referral (
  site_id        text not null,
  id             uuid not null,
  participant_id uuid not null,
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
  outcomes_wanted text[] not null default '{}',
  primary key (site_id, referral_id),
  foreign key (site_id, referral_id) references app.referral
);

create table app.referral_note (
  site_id        text not null,
  id             uuid not null,
  referral_id    uuid not null,
  participant_id uuid not null,
  provider_id    uuid,
  kind           text not null check (kind in ('reason', 'risk_summary', 'decline_reason',
                                               'withdraw_reason', 'end_report')),
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
  result         text not null check (result in ('happened', 'absent_acceptable',
                                                 'absent_unacceptable', 'logistics')),
  late           boolean not null default false,
  minutes        int check (minutes between 0 and 1440),
  feedback       app.sealed,
  at             timestamptz not null default now(),
  by_user        uuid references access."user",
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
  triggered_on    date not null default app.today(),
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
  taken_on       date not null,
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

-- A user who must never see a person: beats every grant.
create table app.conflict (
  user_id        uuid not null references access."user",
  site_id        text not null,
  participant_id uuid not null,
  declared_at    timestamptz not null default now(),
  declared_by    uuid references access."user",
  primary key (user_id, participant_id),
  foreign key (site_id, participant_id) references app.participant
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
  version      int not null default 1
);
create index export_state on app.export (state, requested_at);
create index export_site on app.export (site_id, requested_at);

-- Police only.
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

-- The trial's own: the phoenix_trial login alone.
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
