-- Contacts: append-only, stamped with the actor, folded into the facts of engagement and counted by week.
-- Lock order is always participant, then engagement: whoever writes a contact takes the participant's
-- row first (its foreign key would lock that row anyhow).

create or replace function app.contact_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  was record;
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
    if not access.importing() then
      new.author_id := access.actor();
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
create or replace trigger a_before before insert or update on app.contact
  for each row execute function app.contact_before();

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
create or replace trigger a_after after insert on app.contact
  for each row execute function app.contact_after();

-- Notes and other parts of a contact belong to the contact's person, whatever was sent.
create or replace function app.contact_child_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  select c.participant_id into new.participant_id
    from app.contact c where c.site_id = new.site_id and c.id = new.contact_id;
  return new;
end $$;
create or replace trigger a_before before insert on app.contact_detail
  for each row execute function app.contact_child_before();
create or replace trigger a_before before insert on app.contact_note
  for each row execute function app.contact_child_before();
create or replace trigger a_before before insert on app.contact_summary
  for each row execute function app.contact_child_before();

create or replace function app.contact_week_add(p_site text, p_week date, p_team uuid, n bigint, good bigint)
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

-- An import counts its contacts by week once a person at the end, as it works out engagement: counted
-- one by one in one transaction, each count would pass over all its earlier versions, and a large import
-- would take hours.
create or replace function app.contact_count() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  team uuid;
  was record;
begin
  if new.superseded_by is not null then
    return null; -- history brought in already corrected
  end if;
  if coalesce(current_setting('phoenix.fold_later', true), '') = 'on' -- (null would go on and ask the rest)
     and (access.trusted() or access.importing()) then
    return null; -- app.import_fold() at the end
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
create or replace trigger b_count after insert on app.contact
  for each row execute function app.contact_count();

-- A person who changes teams takes the contacts along.
create or replace function app.contact_count_move() returns trigger
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
create or replace trigger b_count after update of team_id on app.participant
  for each row when (new.team_id is distinct from old.team_id)
  execute function app.contact_count_move();

-- Counts everything again: after contacts were loaded with triggers off. Null: every site.
create or replace function app.contact_week_rebuild(site text) returns void
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
