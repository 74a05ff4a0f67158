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

-- Once for each person in a transaction. The contacts that are new are those that it has written.
create or replace function app.import_fold(p_site text, p_participants uuid[]) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  if not (access.trusted() or access.importing()) then
    raise exception 'no permission' using errcode = '42501';
  end if;
  perform app.engagement_store(app.engagement_fold(e, 'infinity'))
     from app.engagement e
    where e.site_id = p_site and e.participant_id = any (p_participants);
  perform app.contact_week_add(p_site, x.week, x.team_id, x.n, x.good)
     from (select app.week_of(c.happened_at) as week, e.team_id, count(*) as n,
                  count(*) filter (where c.successful) as good
             from app.contact c
             join app.engagement e on e.site_id = c.site_id and e.participant_id = c.participant_id
            where c.site_id = p_site and c.participant_id = any (p_participants)
              and c.xmin = pg_current_xact_id()::xid and c.superseded_by is null
            group by 1, 2 order by 1, 2) x;
end $$;
