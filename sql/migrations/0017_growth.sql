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

-- The status in parts, each written once. What stands whatever the day is, null while it moves with the days:
create function app.standing(stage text, suspended_on date, offered_on date, accepted_on date, last_success_on date)
  returns text
  language sql immutable parallel safe
  as $$
    select case when stage = 'closed' then 'closed'
                when suspended_on is not null then 'suspended'
                when stage in ('declined', 'escalated') then 'offer_declined'
                when offered_on is null and accepted_on is null and last_success_on is null
                     and stage = 'awaiting_offer' then 'not_yet_offered' end
  $$;
-- ... the day from which days without a success count:
create function app.base_on(registered_on date, offered_on date, accepted_on date, last_success_on date)
  returns date
  language sql immutable parallel safe
  as $$ select coalesce(last_success_on, accepted_on, offered_on, registered_on) $$;
-- ... the status on a day:
create function app.status_on(standing text, base_on date, missed_run int, engaged_days int, wavering_days int,
                              wavering_missed int, disengaged_missed int, today date) returns text
  language sql immutable parallel safe
  as $$
    select coalesce(standing,
      case when today - base_on > wavering_days or missed_run >= disengaged_missed then 'disengaged'
           when today - base_on > engaged_days or missed_run >= wavering_missed then 'wavering'
           else 'engaged' end)
  $$;
-- ... and the day on which so many days without a success, or so many missed in a row, first were too many.
create function app.fell_on(base_on date, days int, missed_run int, missed_days date[], missed int, today date)
  returns date
  language sql immutable parallel safe
  as $$
    select least(case when today - base_on > days then base_on + days + 1 end,
                 case when missed_run >= missed then missed_days[missed] end)
  $$;
create or replace function app.engagement_status(stage text, registered_on date, offered_on date, accepted_on date,
    declined_on date, closed_on date, closure_reason text, suspended_on date, suspension text,
    last_success_on date, streak_from date, missed_run int, missed_days date[],
    engaged_days int, wavering_days int, wavering_missed int, disengaged_missed int, today date)
  returns table (status text, since date, basis text)
  language sql stable parallel safe
  as $$
  select s.status,
    case s.status
      when 'closed' then closed_on
      when 'suspended' then suspended_on
      when 'offer_declined' then declined_on
      when 'not_yet_offered' then registered_on
      when 'engaged' then coalesce(streak_from, b.base_on)
      when 'wavering' then app.fell_on(b.base_on, engaged_days, missed_run, missed_days, wavering_missed, today)
      else app.fell_on(b.base_on, wavering_days, missed_run, missed_days, disengaged_missed, today)
    end,
    case s.status
      when 'closed' then
        'Closed on ' || app.day_words(closed_on) ||
        coalesce(' (' || replace(closure_reason, '_', ' ') || ')', '')
      when 'suspended' then 'In ' || suspension || ' since ' || app.day_words(suspended_on)
      when 'offer_declined' then 'Offer declined on ' || app.day_words(declined_on)
      when 'not_yet_offered' then 'No offer made yet'
      when 'engaged' then
        case when last_success_on is not null then
          'Last seen ' || case today - last_success_on when 0 then 'today' when 1 then 'yesterday'
                          else (today - last_success_on) || ' days ago' end ||
          ', on ' || app.day_words(last_success_on)
        else
          case when accepted_on is not null then 'Offer accepted' else 'Offer made' end || ' on ' ||
          app.day_words(b.base_on) || ', no successful contact yet'
        end
      else
        case when case when today - b.base_on > wavering_days or missed_run >= disengaged_missed
                       then missed_run >= disengaged_missed
                            and (today - b.base_on <= wavering_days
                                 or missed_days[disengaged_missed] < b.base_on + wavering_days + 1)
                       else missed_run >= wavering_missed
                            and (today - b.base_on <= engaged_days
                                 or missed_days[wavering_missed] < b.base_on + engaged_days + 1) end
        then missed_run || ' missed in a row since ' || app.day_words(missed_days[1])
        else
          'No successful contact for ' || (today - b.base_on) || ' days, since ' ||
          case when last_success_on is not null then ''
               when accepted_on is not null then 'the offer was accepted on '
               else 'the offer on ' end || app.day_words(b.base_on)
        end
    end
  from (select app.base_on(registered_on, offered_on, accepted_on, last_success_on) as base_on) b,
    lateral (select app.status_on(app.standing(stage, suspended_on, offered_on, accepted_on, last_success_on),
      b.base_on, missed_run, engaged_days, wavering_days, wavering_missed, disengaged_missed, today) as status) s
  $$;

-- What counting people needs, kept in the row so that an index alone answers: where each person stands, who was
-- to be met when, and up to which day he or she has been escalated (for good while an escalation is open). The
-- first index has so few different keys that it is a fortieth of the table; the second knows whom it counts. The
-- price: a contact writes the index entries of one person anew. Vacuumed often, or the indexes would have to look
-- into the table all the same.
alter table app.engagement
  add column escalated_upto date,
  add column standing text generated always as
    (app.standing(stage, suspended_on, offered_on, accepted_on, last_success_on)) stored,
  add column base_on date generated always as
    (app.base_on(registered_on, offered_on, accepted_on, last_success_on)) stored;
create index engagement_standing on app.engagement (site_id, standing, missed_run, base_on);
drop index app.engagement_worker;
create index engagement_worker on app.engagement (worker_id, site_id)
  include (standing, missed_run, base_on, next_contact_due);
create index engagement_fallen on app.engagement (site_id, standing, missed_run, base_on)
  include (participant_id, ref, declined_on, missed_days, escalated_upto);
create index engagement_due on app.engagement (site_id, next_contact_due, ref)
  include (participant_id) where standing is null;
alter table app.engagement set (autovacuum_vacuum_scale_factor = 0.02);
-- Not for those who may see a status and no escalation: only the functions read it.
revoke select on app.engagement from phoenix_app;
grant select (site_id, participant_id, ref, team_id, worker_id, agency_id, stage, registered_on, offered_on,
  accepted_on, declined_on, closed_on, closure_reason, suspended_on, suspension, contacts, last_contact_at,
  last_contact_id, last_contact_mode, last_contact_outcome, next_contact_due, last_success_at, last_success_on,
  streak_from, missed_run, missed_days, standing, base_on) on app.engagement to phoenix_app;

create function app.escalated_upto(site text, participant uuid) returns date
  language sql stable
  as $$
    select max(case x.state when 'closed' then app.local_day(x.raised_at) else date 'infinity' end)
      from app.escalation x where x.site_id = site and x.participant_id = participant
  $$;
-- The participant's row first, as whoever writes a contact.
create function app.escalation_fact() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  perform from app.participant p where p.site_id = new.site_id and p.id = new.participant_id
    for no key update;
  update app.engagement e set escalated_upto = app.escalated_upto(new.site_id, new.participant_id)
   where e.site_id = new.site_id and e.participant_id = new.participant_id;
  return null;
end $$;
create trigger b_fact_made after insert on app.escalation
  for each row execute function app.escalation_fact();
create trigger b_fact after update on app.escalation
  for each row when ((old.state = 'closed') <> (new.state = 'closed') or old.raised_at <> new.raised_at)
  execute function app.escalation_fact();
update app.engagement e set escalated_upto = app.escalated_upto(e.site_id, e.participant_id)
 where exists (select from app.escalation x where x.site_id = e.site_id and x.participant_id = e.participant_id);

-- People by engagement status. As a function because it reads everybody: the policies, met row by row, would
-- cost as much again as the counting. Equal facts are put together first, so that the status is worked out a few
-- hundred times; site by site, each with its own thresholds. The plan is made for the scope at hand, in which the
-- conditions fold to none or one.
drop function app.people_counts();
create function app.people_counts(permission text)
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

-- Of the team's or site's people (caseload_read), the ten most pressing of each section of "What needs me", and
-- how many there are in all.
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
create function app.escalations_needing()
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

revoke execute on function app.escalated_upto(text, uuid), app.escalation_fact(),
  app.standing(text, date, date, date, date), app.base_on(date, date, date, date),
  app.status_on(text, date, int, int, int, int, int, date), app.fell_on(date, int, int, date[], int, date),
  app.people_page(text, uuid, boolean, text, int), access.counted(text),
  app.people_counts(text), app.people_needing(), app.escalations_needing(),
  app.worker_counts(text, boolean, text, uuid, int), app.referral_states(text),
  app.escalation_states(text) from public;
grant execute on function app.people_page(text, uuid, boolean, text, int), app.people_counts(text),
  app.worker_counts(text, boolean, text, uuid, int),
  app.people_needing(), app.escalations_needing(), app.referral_states(text),
  app.escalation_states(text) to phoenix_app;
grant execute on function app.standing(text, date, date, date, date), app.base_on(date, date, date, date),
  app.status_on(text, date, int, int, int, int, int, date), app.fell_on(date, int, int, date[], int, date)
  to phoenix_app, phoenix_worker;
