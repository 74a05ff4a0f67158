-- What a large service needs: lists that walk an index, counts that read each person once.

-- Nearly every contact corrects nothing: the index holds only those that do.
drop index app.contact_corrects;
create unique index contact_corrects on app.contact (site_id, corrects) where corrects is not null;

-- Lists of referrals and escalations, a page at a time: the most pressing first, or the newest.
-- Each state by itself: a list of some states merges as many walks.
create index referral_site_due on app.referral
  (site_id, state, (coalesce(case state when 'sent' then reply_due when 'accepted' then start_due end,
                             date '9999-01-01')), id);
create index referral_provider_due on app.referral
  (provider_id, state, (coalesce(case state when 'sent' then reply_due when 'accepted' then start_due end,
                                 date '9999-01-01')), id);
create index referral_provider_made on app.referral (provider_id, state, made_at);
create index escalation_site_raised on app.escalation (site_id, state, raised_at);

-- The same rows as before. A provider's are told by the agency at once: looking each of them up in the list
-- of everybody who was ever referred took seconds where that list is long.
alter policy select_referral_read on app.referral
  using ((provider_id = (select access.provider_for('referral_read')) and sent_at is not null)
         or participant_id = (select access.person_for('referral_read'))
         or site_id = any ((select access.sites_for('referral_read'))::text[])
         or participant_id = any ((select access.mine('referral_read'))::uuid[]));

-- A page of the people whom the actor may find, by reference. The policies hold here as anywhere: it runs as
-- whoever asks. A function so that it is planned for the filters at hand: the plan that is kept for all of
-- them sorts the whole site for each page.
create function app.people_page(p_status text, p_worker uuid, p_unassigned boolean, p_after text, p_limit int)
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

-- Who is counted under a permission: the team's, the site's or everybody's people, without those of a
-- conflict of interest. One row.
create function access.counted(permission text)
  returns table (sites text[], team uuid, hidden uuid[])
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
begin
  team := access.team_for(permission);
  sites := case when team is not null then array[access.actor_site()]
                else access.sites_for(permission) end;
  hidden := access.conflicts();
  return next;
end $$;

-- People by engagement status. As a function because it reads everybody: the policies, met row by row, would
-- cost as much again as the counting. Site by site, so that thresholds are constants and the scan can be
-- shared between processors; the plan is made for the scope at hand, in which the conditions fold to none
-- or one.
drop function app.people_counts();
create function app.people_counts(permission text)
  returns table (status text, people bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog set plan_cache_mode = 'force_custom_plan'
  set parallel_tuple_cost = 0.01 -- seven sums come back, not the thousands that the planner expects
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
      select k.status, count(*)
        from app.engagement e
        cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
          e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
          e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
          s.wavering_missed, s.disengaged_missed, day) k
       where e.site_id = s.code and (own_team is null or e.team_id = own_team)
         and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
       group by k.status;
  end loop;
end $$;

-- The same people by worker, of a page of workers: by name after the one given, those without a worker before
-- anybody. With p_idle, workers of the team or site who have nobody are there too, with a null status.
create function app.worker_counts(permission text, p_idle boolean, p_after_name text, p_after_id uuid, p_most int)
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
             count(*) filter (where e.next_contact_due < day
                              and k.status in ('engaged', 'wavering', 'disengaged'))
        from app.engagement e
        join access.site s on s.code = e.site_id
        cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
          e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
          e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
          s.wavering_missed, s.disengaged_missed, day) k
       where e.worker_id is null and e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
         and e.participant_id <> all (hidden)
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
           count(*) filter (where x.next_contact_due < day
                            and x.status in ('engaged', 'wavering', 'disengaged'))
      from chosen c
      left join lateral (
        select k.status, e.next_contact_due
          from app.engagement e
          join access.site s on s.code = e.site_id
          cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
          e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
          e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
          s.wavering_missed, s.disengaged_missed, day) k
         where e.worker_id = c.id and e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
           and e.participant_id <> all (hidden)
        offset 0) x on true -- one walk of the index a worker, never all people
     group by c.id, c.display_name, c.team_id, x.status;
end $$;

-- Of the team's or site's people (caseload_read), the ten most pressing of each section of "What needs me", and
-- how many there are in all. Next contacts are counted by day first: then the days that hold the first ten
-- are known, and nobody else needs to be sorted.
create function app.people_needing()
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
  last_overdue date;
  last_soon date;
begin
  select c.sites, c.team, c.hidden into own_sites, own_team, hidden
    from access.counted('caseload_read') c;
  if own_sites = '{}' then
    return;
  end if;
  select coalesce(sum(d.n) filter (where d.due < day), 0), coalesce(sum(d.n) filter (where d.due >= day), 0),
         coalesce(min(d.due) filter (where d.due < day and d.so_far >= 10), day - 1),
         coalesce(min(d.due) filter (where d.due >= day and d.so_far >= 10), day + 7)
    into overdue, soon, last_overdue, last_soon
    from (select c.due, c.n, sum(c.n) over (partition by c.due < day order by c.due) as so_far
            from (select e.next_contact_due as due, count(*) as n
                    from app.engagement e
                    join access.site s on s.code = e.site_id
                    cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
                      e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
                      e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
                      s.wavering_missed, s.disengaged_missed, day) k
                   where e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
                     and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
                     and k.status in ('engaged', 'wavering', 'disengaged') and e.next_contact_due <= day + 7
                   group by 1) c) d;
  return query
    select case when n.due < day then 1 else 2 end, case when n.due < day then 'overdue' else 'due' end,
           case when n.due < day then overdue else soon end, n.site_id, n.participant_id, n.due
      from (select e.site_id, e.participant_id, e.next_contact_due as due,
                   row_number() over (partition by e.next_contact_due < day
                                      order by e.next_contact_due, e.ref) as nth
              from app.engagement e
              join access.site s on s.code = e.site_id
              cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
                e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
                e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
                s.wavering_missed, s.disengaged_missed, day) k
             where e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
               and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
               and (e.next_contact_due <= last_overdue or e.next_contact_due between day and last_soon)
               and k.status in ('engaged', 'wavering', 'disengaged')) n
     where n.nth <= 10;
  return query
    select 3, 'escalate', count(*) over (), m.site_id, m.participant_id, app.working_days_after(m.since, 2)
      from (select e.site_id, e.participant_id, e.ref, k.since
              from app.engagement e
              join access.site s on s.code = e.site_id
              cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
                e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
                e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days,
                s.wavering_missed, s.disengaged_missed, day) k
             where e.site_id = any (own_sites) and (own_team is null or e.team_id = own_team)
               and (cardinality(hidden) = 0 or e.participant_id <> all (hidden))
               and k.status in ('disengaged', 'offer_declined')) m
     where not exists (select from app.escalation x
                        where x.site_id = m.site_id and x.participant_id = m.participant_id
                          and (x.state <> 'closed' or app.local_day(x.raised_at) >= m.since))
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

-- How many referrals there are in each state, and escalations: of the site, of all sites, or of the
-- provider's own agency; nothing for those whose scope is a caseload, which is counted as it is listed.
create function app.referral_states(p_service text)
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
create function app.escalation_states(p_trigger text)
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

-- What became of the referrals sent since a day: counted from the index alone.
drop index app.referral_sent;
create index referral_sent on app.referral (site_id, sent_at)
  include (participant_id, accepted_at, started_at, ended_at, declined_at, withdrawn_at);
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

revoke execute on function app.people_page(text, uuid, boolean, text, int), access.counted(text),
  app.people_counts(text), app.people_needing(),
  app.worker_counts(text, boolean, text, uuid, int), app.referral_states(text),
  app.escalation_states(text) from public;
grant execute on function app.people_page(text, uuid, boolean, text, int), app.people_counts(text),
  app.worker_counts(text, boolean, text, uuid, int),
  app.people_needing(), app.referral_states(text), app.escalation_states(text) to phoenix_app;
