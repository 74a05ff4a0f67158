-- Counts and lists of everybody, within the actor's scope: of reports, of the home page, of lists.

-- Contacts by week from a Monday on, of the people the actor may count (report_read): the site's, the
-- team's, or everybody's, without those of a conflict of interest.
create or replace function app.contact_weeks(first date)
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

-- People by engagement status. As a function because it reads everybody: the policies, met row by row, would
-- cost as much again as the counting. Equal facts are put together first, so that the status is worked out a few
-- hundred times; site by site, each with its own thresholds. The plan is made for the scope at hand, in which the
-- conditions fold to none or one.
create or replace function app.people_counts(permission text)
  returns table (status text, people bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  set parallel_tuple_cost = 0.01 -- a few hundred rows come back, not the thousands that the planner expects
  as $$
#variable_conflict use_column
declare
  own_team uuid;
  own_sites text[];
  hidden uuid[];
  day constant date := app.today();
  s access.site;
begin
  select c.sites, c.team, c.hidden into own_sites, own_team, hidden from access.counted(permission) c;
  for s in select x.* from access.site x where x.code = any (own_sites) loop
    return query
      select app.status_on(g.standing, g.base_on, g.missed_run, s.engaged_days, s.wavering_days,
                           s.wavering_missed, s.disengaged_missed, day), sum(g.n)::bigint
        from (select e.standing, e.missed_run, e.base_on, count(*) as n
                from app.engagement e
               where e.site_id = s.code and (own_team is null or e.team_id = own_team)
               group by e.standing, e.missed_run, e.base_on
              union all
              select e.standing, e.missed_run, e.base_on, -1
                from app.engagement e
               where e.site_id = s.code and (own_team is null or e.team_id = own_team)
                 and e.participant_id = any (hidden)) g
       group by 1
      having sum(g.n) > 0;
  end loop;
end $$;

-- The same people by worker, of a page of workers: by name after the one given, those without a worker before
-- anybody. With p_idle, workers of the team or site who have nobody are there too, with a null status.
create or replace function app.worker_counts(permission text, p_idle boolean, p_after_name text, p_after_id uuid, p_most int)
  returns table (worker_id uuid, worker text, team_id uuid, status text, people bigint, overdue bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
#variable_conflict use_column
declare
  own_team uuid;
  own_sites text[];
  hidden uuid[];
  day constant date := app.today();
  team_workers uuid[];
begin
  select c.sites, c.team, c.hidden into own_sites, own_team, hidden from access.counted(permission) c;
  if own_team is not null then
    team_workers := array(select distinct e.worker_id from app.engagement e where e.team_id = own_team);
  end if;
  if p_after_id is null then
    return query
      select null::uuid, null::text, null::uuid, k.status, count(*),
             count(*) filter (where e.next_contact_due < day and e.standing is null)
        from app.engagement e
        join access.site s on s.code = e.site_id
        cross join lateral (
          select app.status_on(e.standing, e.base_on, e.missed_run, s.engaged_days, s.wavering_days,
                               s.wavering_missed, s.disengaged_missed, day) as status) k
       where e.worker_id is null and e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
         and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
       group by k.status;
  end if;
  return query
    with chosen as materialized ( -- sorted first, so that only a page of them is looked into
      select u.id, u.display_name, u.team_id
        from (select x.* from access."user" x
               where (p_after_id is null or (x.display_name, x.id) > (p_after_name, p_after_id))
                 and (own_team is null or x.team_id = own_team or x.id = any (team_workers))
               order by x.display_name, x.id offset 0) u
        left join lateral (select true as has from app.engagement e
                            where e.worker_id = u.id and e.site_id = any (own_sites)
                              and (own_team is null or e.team_id = own_team) limit 1) h on true
       where h.has or (p_idle and u.role in ('navigator', 'team_lead') and u.disabled_at is null
                       and case when own_team is null then u.site_id = any (own_sites)
                                else u.team_id = own_team end)
       order by u.display_name, u.id
       limit p_most)
    select c.id, c.display_name, c.team_id, x.status, count(x.status),
           count(*) filter (where x.next_contact_due < day and x.standing is null)
      from chosen c
      left join lateral (
        select k.status, e.standing, e.next_contact_due
          from app.engagement e
          join access.site s on s.code = e.site_id
          cross join lateral (
            select app.status_on(e.standing, e.base_on, e.missed_run, s.engaged_days, s.wavering_days,
                                 s.wavering_missed, s.disengaged_missed, day) as status) k
         where e.worker_id = c.id and e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
           and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
        offset 0) x on true -- one walk of the index a worker, never all people
     group by c.id, c.display_name, c.team_id, x.status;
end $$;

-- What became of the referrals sent since a day, of the same scope: counted from the index alone.
create or replace function app.referral_counts(since date)
  returns table (sent bigint, accepted bigint, started bigint, ended bigint, declined bigint,
                 withdrawn bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
#variable_conflict use_column
declare
  first constant timestamptz := since::timestamp at time zone 'Europe/London';
  own_team uuid;
  own_sites text[];
  hidden uuid[];
begin
  select c.sites, c.team, c.hidden into own_sites, own_team, hidden from access.counted('report_read') c;
  if own_team is not null then
    return query
      select count(*), count(r.accepted_at), count(r.started_at), count(r.ended_at),
             count(r.declined_at), count(r.withdrawn_at)
        from app.engagement e
        join app.referral r on r.site_id = e.site_id and r.participant_id = e.participant_id
       where e.team_id = own_team and e.site_id = any (own_sites) and r.sent_at >= first
         and e.participant_id <> all (hidden);
  else
    return query
      select count(*), count(r.accepted_at), count(r.started_at), count(r.ended_at),
             count(r.declined_at), count(r.withdrawn_at)
        from app.referral r
       where r.site_id = any (own_sites) and r.sent_at >= first
         and (cardinality(hidden) = 0 or r.participant_id <> all (hidden));
  end if;
end $$;

-- A page of the people whom the actor may find, by reference. The policies hold here as anywhere: it runs as
-- whoever asks. A function so that it is planned for the filters at hand: the plan that is kept for all of
-- them sorts the whole site for each page.
create or replace function app.people_page(p_status text, p_worker uuid, p_unassigned boolean, p_after text, p_limit int)
  returns setof app.engagement_now
  language plpgsql stable rows 50 set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
declare
  own_site constant text := access.site_for('participant_find');
  own_people uuid[];
begin
  if own_site is not null then
    return query
      select k.* from app.engagement_now k
       where k.site_id = own_site
         and (p_status is null or k.status = p_status)
         and (p_worker is null or k.worker_id = p_worker)
         and (p_unassigned is not true or k.worker_id is null)
         and (p_after is null or k.ref > p_after)
       order by k.ref limit p_limit;
  elsif access.all_for('participant_find') then
    return query
      select k.* from app.engagement_now k
       where (p_status is null or k.status = p_status)
         and (p_worker is null or k.worker_id = p_worker)
         and (p_unassigned is not true or k.worker_id is null)
         and (p_after is null or k.ref > p_after)
       order by k.ref limit p_limit;
  else
    own_people := access.mine('participant_find');
    return query
      select k.* from app.engagement_now k
       where k.participant_id = any (own_people)
         and (p_status is null or k.status = p_status)
         and (p_worker is null or k.worker_id = p_worker)
         and (p_unassigned is not true or k.worker_id is null)
         and (p_after is null or k.ref > p_after)
       order by k.ref limit p_limit;
  end if;
end $$;

-- Of the team's or site's people (caseload_read), the ten most pressing of each section of "What needs me", and
-- how many there are in all.
create or replace function app.people_needing()
  returns table (place int, section text, total bigint, site_id text, participant_id uuid, due date)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan' set parallel_tuple_cost = 0.01
  set work_mem = '32MB'
  as $$
#variable_conflict use_column
declare
  own_team uuid;
  own_sites text[];
  hidden uuid[];
  day constant date := app.today();
  overdue bigint;
  soon bigint;
begin
  select c.sites, c.team, c.hidden into own_sites, own_team, hidden
    from access.counted('caseload_read') c;
  if own_sites = '{}' then
    return;
  end if;
  select count(*) filter (where e.next_contact_due < day), count(*) filter (where e.next_contact_due >= day)
    into overdue, soon
    from app.engagement e
   where e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
     and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
     and e.standing is null and e.next_contact_due <= day + 7;
  return query
    select w.place, w.section, w.total, n.site_id, n.participant_id, n.due
      from (values (1, 'overdue', overdue, date '-infinity', day - 1), (2, 'due', soon, day, day + 7))
             w (place, section, total, first, last)
      cross join lateral (
        select x.*
          from unnest(own_sites) c (site)
          cross join lateral (
            select e.site_id, e.participant_id, e.next_contact_due as due, e.ref
              from app.engagement e
             where e.site_id = c.site and (own_team is null or e.team_id = own_team)
               and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
               and e.standing is null and e.next_contact_due between w.first and w.last
             order by e.next_contact_due, e.ref limit 10) x
         order by x.due, x.ref limit 10) n;
  return query
    with counted as not materialized (
      select e.*
        from app.engagement e
       where e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
         and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
    ), fallen as ( -- declined or disengaged, in the ranges that the index has together
      select c.site_id, c.participant_id, c.ref, c.escalated_upto, c.declined_on as since
        from counted c
       where c.standing = 'offer_declined'
      union all
      select c.site_id, c.participant_id, c.ref, c.escalated_upto,
             app.fell_on(c.base_on, s.wavering_days, c.missed_run, c.missed_days, s.disengaged_missed, day)
        from access.site s
        join counted c on c.site_id = s.code and c.standing is null and c.missed_run >= s.disengaged_missed
      union all
      select c.site_id, c.participant_id, c.ref, c.escalated_upto,
             app.fell_on(c.base_on, s.wavering_days, c.missed_run, c.missed_days, s.disengaged_missed, day)
        from access.site s
        cross join generate_series(0, s.disengaged_missed - 1) n (missed)
        cross join lateral (select m.*
                              from counted m
                             where m.site_id = s.code and m.standing is null and m.missed_run = n.missed
                               and m.base_on < day - s.wavering_days offset 0) c
    )
    select 3, 'escalate', count(*) over (), m.site_id, m.participant_id, app.working_days_after(m.since, 2)
      from fallen m
     where m.escalated_upto is null or m.escalated_upto < m.since
     order by m.since, m.ref limit 10;
  return query
    select 4, 'unassigned', count(*) over (), e.site_id, e.participant_id, null::date
      from app.engagement e
      join access.site s on s.code = e.site_id
      cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
        e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
        e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
        s.wavering_missed, s.disengaged_missed, day) k
     where e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
       and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
       and e.worker_id is null and e.stage <> 'closed'
     order by k.since, e.ref limit 10;
end $$;

-- The same of escalations, for those whose scope is the site: to decide, to act on, and for the agencies of justice
-- those of the last thirty days.
create or replace function app.escalations_needing()
  returns table (place int, section text, total bigint, site_id text, id uuid, participant_id uuid, trigger text,
                 state text, raised_at timestamptz, due date)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
#variable_conflict use_column
declare
  decide constant text := access.site_for('escalation_decide');
  act constant text := access.site_for('escalation_act');
  recent constant text := case when access.actor_role() in ('police', 'probation', 'youth_justice')
                               then access.site_for('escalation_read') end;
  undecided constant text[] := array['raised', 'under_review', 'deferred'];
  agreed constant text[] := array['approved', 'action_due'];
  since constant timestamptz := now() - interval '30 days';
  hidden constant uuid[] := access.conflicts();
begin
  if decide is not null then
    return query
      select 1, 'decide', (select count(*) from app.escalation e
                            where e.site_id = decide and e.state = any (undecided)
                              and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))),
             n.site_id, n.id, n.participant_id, n.trigger::text, n.state::text, n.raised_at, n.decision_due
        from unnest(undecided) s (state)
        cross join lateral (
          select e.* from app.escalation e
           where e.site_id = decide and e.state = s.state
             and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
           order by e.decision_due, e.id limit 10) n
       order by n.decision_due, n.id limit 10;
  end if;
  if act is not null then
    return query
      select 2, 'act', (select count(*) from app.escalation e
                         where e.site_id = act and e.state = any (agreed)
                           and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))),
             n.site_id, n.id, n.participant_id, n.trigger::text, n.state::text, n.raised_at, null::date
        from unnest(agreed) s (state)
        cross join lateral (
          select e.* from app.escalation e
           where e.site_id = act and e.state = s.state
             and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
           order by e.raised_at, e.id limit 10) n
       order by n.raised_at, n.id limit 10;
  end if;
  if recent is not null then
    return query
      select 4, 'recent', count(*) over (), e.site_id, e.id, e.participant_id, e.trigger::text, e.state::text,
             e.raised_at, e.decision_due
        from app.escalation e
       where e.site_id = recent and e.raised_at > since
         and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
       order by e.raised_at desc, e.id limit 10;
  end if;
end $$;

-- How many referrals there are in each state, and escalations: of the site, of all sites, or of the
-- provider's own agency; nothing for those whose scope is a caseload, which is counted as it is listed.
create or replace function app.referral_states(p_service text)
  returns table (state text, n bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
#variable_conflict use_column
declare
  agency constant uuid := access.provider_for('referral_read');
  hidden constant uuid[] := access.conflicts();
  own_sites constant text[] := access.sites_for('referral_read');
begin
  if agency is not null then
    return query
      select r.state::text, count(*) from app.referral r
       where r.provider_id = agency and r.sent_at is not null
         and (p_service is null or r.service = p_service)
         and (cardinality(hidden) = 0 or r.participant_id <> all (hidden))
       group by r.state;
  elsif cardinality(own_sites) > 0 then
    return query
      select r.state::text, count(*) from app.referral r
       where r.site_id = any (own_sites)
         and (p_service is null or r.service = p_service)
         and (cardinality(hidden) = 0 or r.participant_id <> all (hidden))
       group by r.state;
  end if;
end $$;

create or replace function app.escalation_states(p_trigger text)
  returns table (state text, n bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  as $$
#variable_conflict use_column
declare
  hidden constant uuid[] := access.conflicts();
  own_sites constant text[] := access.sites_for('escalation_read');
begin
  return query
    select e.state::text, count(*) from app.escalation e
     where e.site_id = any (own_sites)
       and (p_trigger is null or e.trigger = p_trigger)
       and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
     group by e.state;
end $$;

grant execute on function app.contact_weeks(date), app.people_counts(text),
  app.worker_counts(text, boolean, text, uuid, int), app.referral_counts(date),
  app.people_page(text, uuid, boolean, text, int), app.people_needing(), app.escalations_needing(),
  app.referral_states(text), app.escalation_states(text) to phoenix_app;
