-- Spreadsheets brought in on a page: authors, references in use, and the facts worked out once a person.

-- The author of imported records: an account that is missing is made, disabled and without a password, so
-- that records keep their author. Null when the name is an account of another site.
create or replace function access.import_author(p_id uuid, p_username text, p_name text, p_site text) returns uuid
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  if not access.trusted() and not (access.importing() and p_site = access.actor_site()) then
    raise exception 'no permission' using errcode = '42501';
  end if;
  insert into access."user" (id, username, display_name, role, site_id, team_id, password_hash, disabled_at)
  values (p_id, p_username, p_name, 'navigator', p_site, access.team_for('import_write'), '!', now())
  on conflict (username) do nothing;
  if found and access.actor() is null then
    perform access.audit_system('user_added', p_id::text, '{}', 'author of imported records');
  elsif found then
    perform access.audit('user_added', p_id::text, '{}', 'author of imported records');
  end if;
  return (select u.id from access."user" u
           where u.username = p_username and (u.site_id = p_site or u.site_id is null));
end $$;

-- References in use at the actor's site by people whom the actor may not see: a reference is one
-- person's, and whose it is stays untold.
create or replace function access.import_taken() returns setof bytea
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
begin
  if not access.importing() then
    raise exception 'no permission' using errcode = '42501';
  end if;
  return query
    select p.source_blind from app.participant p
     where p.site_id = access.actor_site() and p.source_blind is not null
       and (p.id = any (access.conflicts())
            or (access.may('import_write', 'team') and p.team_id is distinct from access.actor_team()));
end $$;

-- The facts of engagement and the counts by week, worked out once a person at the end of an import instead of
-- once a contact. Once for each person in a transaction: the contacts that are new are those that it has written.
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

grant execute on function access.import_author(uuid, text, text, text), access.import_taken(),
  app.import_fold(text, uuid[]) to phoenix_app;
