-- Engagement: the dated facts folded from the contacts that stand, and THE engagement status function.

-- The status in parts, each written once. What stands whatever the day is, null while it moves with the days:
create or replace function app.standing(stage text, suspended_on date, offered_on date, accepted_on date, last_success_on date)
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
create or replace function app.base_on(registered_on date, offered_on date, accepted_on date, last_success_on date)
  returns date
  language sql immutable parallel safe
  as $$ select coalesce(last_success_on, accepted_on, offered_on, registered_on) $$;

-- ... the status on a day:
create or replace function app.status_on(standing text, base_on date, missed_run int, engaged_days int, wavering_days int,
                              wavering_missed int, disengaged_missed int, today date) returns text
  language sql immutable parallel safe
  as $$
    select coalesce(standing,
      case when today - base_on > wavering_days or missed_run >= disengaged_missed then 'disengaged'
           when today - base_on > engaged_days or missed_run >= wavering_missed then 'wavering'
           else 'engaged' end)
  $$;

-- ... and the day on which so many days without a success, or so many missed in a row, first were too many.
create or replace function app.fell_on(base_on date, days int, missed_run int, missed_days date[], missed int, today date)
  returns date
  language sql immutable parallel safe
  as $$
    select least(case when today - base_on > days then base_on + days + 1 end,
                 case when missed_run >= missed then missed_days[missed] end)
  $$;

-- THE engagement status (lib/domain/README.md): a pure function of dated facts, thresholds and a day.
--   closed, suspended (custody, hospital), offer_declined (declined and not accepted since),
--   not_yet_offered (nothing offered and never met: attempts alone disengage nobody), else the more
--   serious of days since the last success (or since acceptance or offer, when there was none) and
--   contacts missed in a row.
-- since: engaged: first success of the present streak; wavering and disengaged: the day the status
-- first became true, by whichever condition came first, which also gives the basis its words.
-- A plain SQL select, so that it is inlined into the query that uses it.
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

-- Where everybody stands today.
create or replace view app.engagement_now with (security_invoker = true) as
  select e.site_id, e.participant_id, e.person_id, e.ref, e.team_id, e.worker_id, e.agency_id, e.stage,
         k.status, k.since, k.basis, e.contacts, e.last_contact_at, e.last_contact_id,
         e.last_contact_mode, e.last_contact_outcome, e.next_contact_due, e.last_success_at,
         e.last_success_on, e.missed_run, e.suspended_on, e.suspension, e.closed_on
  from app.engagement e
  join access.site s on s.code = e.site_id
  cross join (select app.today() as day offset 0) t
  cross join lateral app.engagement_status(e.stage, e.registered_on, e.offered_on, e.accepted_on,
    e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
    e.streak_from, e.missed_run, e.missed_days, s.engaged_days, s.wavering_days, s.wavering_missed,
    s.disengaged_missed, t.day) k;

-- One contact more, in order of time. Pure: the incremental trigger and the full recompute both fold
-- it, which is why they agree.
-- A success resets the missed run; it opens a new streak when the one before it is more than
-- engaged_days back, or when enough was missed in between to have made the person waver.
create or replace function app.engagement_step(e app.engagement, c app.contact, engaged_days int,
                                    wavering_missed int) returns app.engagement
  language plpgsql stable
  as $$
declare
  day constant date := app.local_day(c.happened_at);
begin
  e.contacts := e.contacts + 1;
  e.last_contact_at := c.happened_at;
  e.last_contact_id := c.id;
  e.last_contact_mode := c.mode;
  e.last_contact_outcome := c.outcome;
  e.next_contact_due := coalesce(c.next_contact_due,
                                 case when e.next_contact_due > day then e.next_contact_due end);
  if c.successful then
    if e.last_success_on is null or day - e.last_success_on > engaged_days
       or e.missed_run >= wavering_missed then
      e.streak_from := day;
    end if;
    e.last_success_at := c.happened_at;
    e.last_success_on := day;
    e.missed_run := 0;
    e.missed_days := '{}';
  elsif c.missed then
    e.missed_run := e.missed_run + 1;
    if e.missed_run <= 20 then
      e.missed_days := e.missed_days || day;
    end if;
  end if;
  return e;
end $$;

-- The facts from all contacts that stand, up to a moment.
create or replace function app.engagement_fold(e app.engagement, upto timestamptz) returns app.engagement
  language plpgsql stable set search_path = pg_catalog
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
              and x.superseded_by is null and x.happened_at <= upto
            order by x.happened_at, x.id
  loop
    e := app.engagement_step(e, c, s.engaged_days, s.wavering_missed);
  end loop;
  return e;
end $$;

-- plpgsql keeps its plan; a function in SQL would be planned at every call.
create or replace function app.engagement_store(e app.engagement) returns void
  language plpgsql volatile
  as $$
begin
    update app.engagement x
       set contacts = e.contacts, last_contact_at = e.last_contact_at,
           last_contact_id = e.last_contact_id, last_contact_mode = e.last_contact_mode,
           last_contact_outcome = e.last_contact_outcome, next_contact_due = e.next_contact_due,
           last_success_at = e.last_success_at, last_success_on = e.last_success_on,
           streak_from = e.streak_from, missed_run = e.missed_run, missed_days = e.missed_days,
           standing = app.standing(x.stage, x.suspended_on, x.offered_on, x.accepted_on, e.last_success_on),
           base_on = app.base_on(x.registered_on, x.offered_on, x.accepted_on, e.last_success_on)
     where x.site_id = e.site_id and x.participant_id = e.participant_id;
end $$;

-- Recomputes everybody of a site (after its thresholds change) or of all sites.
create or replace function app.engagement_rebuild(site text) returns bigint
  language plpgsql volatile set search_path = pg_catalog
  as $$
declare
  e app.engagement;
  n bigint := 0;
begin
  for e in select x.* from app.engagement x where site is null or x.site_id = site
            order by x.site_id, x.participant_id for no key update
  loop
    perform app.engagement_store(app.engagement_fold(e, 'infinity'));
    n := n + 1;
  end loop;
  return n;
end $$;

create or replace function app.site_after() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  perform app.engagement_rebuild(new.code);
  return null;
end $$;
create or replace trigger a_after after update on access.site
  for each row when (new.engaged_days <> old.engaged_days or new.wavering_missed <> old.wavering_missed)
  execute function app.site_after();

-- The dated facts of engagement as they were known at a moment: contacts received by then, in the
-- version that stood then.
create or replace function app.engagement_at(e app.engagement, moment timestamptz) returns app.engagement
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

grant execute on function app.engagement_status(text, date, date, date, date, date, text, date, text,
  date, date, int, date[], int, int, int, int, date) to phoenix_app, phoenix_worker;
grant execute on function app.standing(text, date, date, date, date), app.base_on(date, date, date, date),
  app.status_on(text, date, int, int, int, int, int, date), app.fell_on(date, int, int, date[], int, date)
  to phoenix_app, phoenix_worker;
grant execute on function app.engagement_at(app.engagement, timestamptz) to phoenix_worker;
