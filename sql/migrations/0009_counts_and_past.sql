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

create function app.week_of(at timestamptz) returns date
  language sql stable parallel safe
  as $$ select date_trunc('week', at at time zone 'Europe/London')::date $$;

create function app.contact_week_add(p_site text, p_week date, p_team uuid, n bigint, good bigint)
  returns void
  language plpgsql volatile -- which keeps its plan: it runs for every contact
  as $$
begin
    insert into app.contact_week as w (site_id, week, team_id, part, contacts, successful)
    values (p_site, p_week, coalesce(p_team, '00000000-0000-0000-0000-000000000000'),
            pg_backend_pid() % 64, n, good)
    on conflict (site_id, week, team_id, part)
      do update set contacts = w.contacts + excluded.contacts,
                    successful = w.successful + excluded.successful;
end $$;

create function app.contact_count() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  team uuid;
  was record;
begin
  if new.superseded_by is not null then
    return null; -- history brought in already corrected
  end if;
  select e.team_id into team from app.engagement e
   where e.site_id = new.site_id and e.participant_id = new.participant_id;
  if new.corrects is not null then
    select c.happened_at, c.successful into was from app.contact c
     where c.site_id = new.site_id and c.id = new.corrects;
    perform app.contact_week_add(new.site_id, app.week_of(was.happened_at), team, -1,
                                 -(was.successful::int));
  end if;
  perform app.contact_week_add(new.site_id, app.week_of(new.happened_at), team, 1, new.successful::int);
  return null;
end $$;
create trigger b_count after insert on app.contact
  for each row execute function app.contact_count();

-- A person who changes teams takes the contacts along.
create function app.contact_count_move() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  perform app.contact_week_add(x.site_id, x.week, t.team, t.sign * x.n, t.sign * x.good)
     from (select c.site_id, app.week_of(c.happened_at) as week, count(*) as n,
                  count(*) filter (where c.successful) as good
             from app.contact c
            where c.site_id = new.site_id and c.participant_id = new.id and c.superseded_by is null
            group by 1, 2 order by 1, 2) x,
          (values (old.team_id, -1), (new.team_id, 1)) t (team, sign);
  return null;
end $$;
create trigger b_count after update of team_id on app.participant
  for each row when (new.team_id is distinct from old.team_id)
  execute function app.contact_count_move();

-- Counts everything again: after contacts were loaded with triggers off. Null: every site.
create function app.contact_week_rebuild(site text) returns void
  language sql volatile set search_path = pg_catalog
  as $$
    delete from app.contact_week w where site is null or w.site_id = site;
    insert into app.contact_week (site_id, week, team_id, part, contacts, successful)
    select c.site_id, app.week_of(c.happened_at),
           coalesce(e.team_id, '00000000-0000-0000-0000-000000000000'), 0, count(*),
           count(*) filter (where c.successful)
      from app.contact c
      join app.engagement e on e.site_id = c.site_id and e.participant_id = c.participant_id
     where c.superseded_by is null and (site is null or c.site_id = site)
     group by 1, 2, 3
  $$;

-- Contacts by week from a Monday on, of the people the actor may count (report_read): the site's, the
-- team's, or everybody's, without those of a conflict of interest.
create function app.contact_weeks(first date)
  returns table (week date, contacts bigint, successful bigint)
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
#variable_conflict use_column
declare
  every constant boolean := access.all_for('report_read');
  own_site constant text := access.site_for('report_read');
  own_team constant uuid := access.team_for('report_read');
  hidden constant uuid[] := access.conflicts();
begin
  return query
    select x.week, sum(x.n)::bigint, sum(x.good)::bigint
      from (select w.week, w.contacts as n, w.successful as good
              from app.contact_week w
             where w.week >= first and (every or w.site_id = own_site or w.team_id = own_team)
             union all
            select app.week_of(c.happened_at), -1, -(c.successful::int)
              from app.contact c
              join app.engagement e on e.site_id = c.site_id and e.participant_id = c.participant_id
             where e.participant_id = any (hidden) and c.participant_id = any (hidden)
               and c.superseded_by is null and app.week_of(c.happened_at) >= first
               and (every or e.site_id = own_site or e.team_id = own_team)) x
     group by x.week order by x.week;
end $$;

-- People by worker and engagement status, of the same scope. As a function of its own because it reads
-- everybody: the policies, met row by row, would cost as much again as the counting. Site by site, so that
-- thresholds are constants and the scan can be shared between processors; the plan is made for the scope
-- at hand, in which the conditions fold to none or one.
create function app.people_counts()
  returns table (worker_id uuid, status text, people bigint, overdue bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
#variable_conflict use_column
declare
  every constant boolean := coalesce(access.all_for('report_read'), false);
  own_team constant uuid := access.team_for('report_read');
  own_site constant text := coalesce(access.site_for('report_read'),
                                     case when own_team is not null then access.actor_site() end);
  hidden constant uuid[] := access.conflicts();
  day constant date := app.today();
  s access.site;
begin
  for s in select x.* from access.site x where every or x.code = own_site loop
    return query
      select e.worker_id, k.status, count(*),
             count(*) filter (where e.next_contact_due < day
                              and k.status in ('engaged', 'wavering', 'disengaged'))
        from app.engagement e
        cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
          e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
          e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
          s.wavering_missed, s.disengaged_missed, day) k
       where e.site_id = s.code and (own_team is null or e.team_id = own_team)
         and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
       group by e.worker_id, k.status;
  end loop;
end $$;

-- What became of the referrals sent since a day, of the same scope.
create function app.referral_counts(since date)
  returns table (sent bigint, accepted bigint, started bigint, ended bigint, declined bigint,
                 withdrawn bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
#variable_conflict use_column
declare
  every constant boolean := coalesce(access.all_for('report_read'), false);
  own_site constant text := access.site_for('report_read');
  own_team constant uuid := access.team_for('report_read');
  hidden constant uuid[] := access.conflicts();
  sites constant text[] := case when every then array(select s.code from access.site s)
                                else array[coalesce(own_site, access.actor_site())] end;
begin
  return query
    select count(*), count(r.accepted_at), count(r.started_at), count(r.ended_at),
           count(r.declined_at), count(r.withdrawn_at)
      from app.referral r
     where r.site_id = any (sites)
       and r.sent_at >= since::timestamp at time zone 'Europe/London'
       and (every or own_site is not null
            or r.participant_id in (select e.participant_id from app.engagement e
                                     where e.team_id = own_team and e.site_id = any (sites)))
       and (cardinality(hidden) = 0 or r.participant_id <> all (hidden));
end $$;

-- What columns that change in place held until a moment: an export with an earlier cut-off reports
-- them as they stood. Sealed values stay sealed.
create table app.past (
  site_id text not null,
  kind    text not null check (kind in ('participant', 'identity_detail', 'referral', 'referral_detail')),
  id      uuid not null, -- of the row; of the participant for identity_detail
  until   timestamptz not null default now(),
  place   bigint generated always as identity, -- among changes of one transaction
  was     jsonb not null,
  primary key (site_id, kind, id, until, place)
);

-- Arguments: kind, the column with the row's id, and the columns kept. A row that comes later than its
-- participant was not there before: all its values were null.
create function app.keep_past() returns trigger
  language plpgsql security definer set search_path = pg_catalog set bytea_output = 'hex'
  as $$
declare
  o jsonb := '{}';
  n constant jsonb := to_jsonb(new);
begin
  if tg_op = 'UPDATE' then
    o := to_jsonb(old);
  elsif not exists (select from app.participant p
                     where p.site_id = new.site_id and p.id = (n ->> tg_argv[1])::uuid
                       and p.created_at < now()) then
    return null;
  end if;
  insert into app.past (site_id, kind, id, was)
  select new.site_id, tg_argv[0], (n ->> tg_argv[1])::uuid, jsonb_object_agg(k, o -> k)
    from unnest(tg_argv[2:]) k;
  return null;
end $$;

create trigger z_past after update on app.participant for each row
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
create trigger z_past after update on app.identity_detail for each row
  when ((old.date_of_birth, old.sex, old.gender, old.ethnicity)
        is distinct from (new.date_of_birth, new.sex, new.gender, new.ethnicity))
  execute function app.keep_past('identity_detail', 'participant_id', 'date_of_birth', 'sex', 'gender',
    'ethnicity');
create trigger z_past_new after insert on app.identity_detail for each row
  execute function app.keep_past('identity_detail', 'participant_id', 'date_of_birth', 'sex', 'gender',
    'ethnicity');
create trigger z_past after update on app.referral for each row
  when ((old.service, old.provider_id, old.state, old.reason_code, old.sent_at, old.accepted_at,
         old.declined_at, old.withdrawn_at, old.started_at, old.ended_at)
        is distinct from
        (new.service, new.provider_id, new.state, new.reason_code, new.sent_at, new.accepted_at,
         new.declined_at, new.withdrawn_at, new.started_at, new.ended_at))
  execute function app.keep_past('referral', 'id', 'service', 'provider_id', 'state', 'reason_code',
    'sent_at', 'accepted_at', 'declined_at', 'withdrawn_at', 'started_at', 'ended_at');
create trigger z_past after update on app.referral_detail for each row
  when ((old.urgency, old.needs) is distinct from (new.urgency, new.needs))
  execute function app.keep_past('referral_detail', 'referral_id', 'urgency', 'needs');

-- Which contacts came in after a cut-off is asked of the whole table; they come in that order.
create index contact_received on app.contact using brin (received_at);

-- The dated facts of engagement as they were known at a moment: contacts received by then, in the
-- version that stood then.
create function app.engagement_at(e app.engagement, moment timestamptz) returns app.engagement
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
declare
  s record;
  c app.contact;
begin
  select x.engaged_days, x.wavering_missed into s from access.site x where x.code = e.site_id;
  e.contacts := 0;
  e.last_contact_at := null;
  e.last_contact_id := null;
  e.last_contact_mode := null;
  e.last_contact_outcome := null;
  e.next_contact_due := null;
  e.last_success_at := null;
  e.last_success_on := null;
  e.streak_from := null;
  e.missed_run := 0;
  e.missed_days := '{}';
  for c in select x.* from app.contact x
            where x.site_id = e.site_id and x.participant_id = e.participant_id
              and x.received_at <= moment
              and not exists (select from app.contact k
                               where k.site_id = x.site_id and k.id = x.superseded_by
                                 and k.received_at <= moment)
            order by x.happened_at, x.id
  loop
    e := app.engagement_step(e, c, s.engaged_days, s.wavering_missed);
  end loop;
  return e;
end $$;

-- Export jobs: how often one was taken up (a job that kills its worker is given up), and a word to the
-- workers when there is a new one.
alter table app.export add column attempts int not null default 0;
create function app.export_notify() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$
begin
  perform pg_notify('phoenix_exports', new.id::text);
  return null;
end $$;
create trigger z_notify after insert on app.export
  for each row execute function app.export_notify();

-- Reports count referrals by when they were sent.
create index referral_sent on app.referral (site_id, sent_at);

do $$
declare
  t text;
begin
  foreach t in array array['contact_week', 'past'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner on app.%I to phoenix_owner using (true) with check (true)', t);
  end loop;
end $$;
create policy worker on app.past for select to phoenix_worker using (true);
grant select on app.past to phoenix_worker;
grant select (username) on access."user" to phoenix_worker;
grant update (attempts) on app.export to phoenix_worker;
grant execute on function app.contact_weeks(date), app.people_counts(), app.referral_counts(date),
  app.week_of(timestamptz) to phoenix_app;
grant execute on function app.engagement_at(app.engagement, timestamptz) to phoenix_worker;
