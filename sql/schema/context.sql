-- The context of a transaction: who asks, what the role grants, and which person was opened. access.begin()
-- (begin.sql) finds the session, refuses, and leaves it; every row-level-security policy reads it through the
-- functions below, as (select access.f()). sql/README.md, "The context", says why nobody can forge it.
--
-- It is a text of lines, each a word and what it says:
--
--   person, person_site   the case opened (an app.participant) and its site; absent when none was
--   subject               whom that case is about (an app.person)
--   opens P               a line for each permission that covers the person opened
--   user, role, site, team, agency, permission, session, request, remote     who asks, and for what
--   conflicts             whom the actor must never see: ids of people, and of every case of theirs
--   every                 all sites
--   may P S               a line for each permission of the role, with its scope S: own (one's own people),
--                         referred (those sent to one's agency), team, agency, site or all
--
-- A line that would say nothing is absent or empty, and reads as null. Identifiers are without dashes; a dash in a
-- site's code is a space; request and remote are hexadecimal: no other characters can be carried.

-- Whoever may set this parameter is believed: phoenix_owner alone may (lib/db/bootstrap.c). The one place that
-- names it for reading; access.open() is the one that sets it.
create or replace function access.context() returns text
  language sql stable parallel restricted
  return current_setting('backtrace_functions');

-- What a line says. These are plain SQL so that they are inlined into the policies that ask; their names are
-- looked up now and not by the search_path of whoever asks.
create or replace function access.said(word text) returns text
  language sql stable parallel restricted
  return nullif(split_part(split_part(access.context(), E'\n' || word || ' ', 2), E'\n', 1), '');
create or replace function access.opens(permission text) returns boolean
  language sql stable parallel restricted
  return strpos(access.context(), E'\nopens ' || permission || E'\n') > 0;
create or replace function access.may(permission text, scope text) returns boolean
  language sql stable parallel restricted
  return strpos(access.context(), E'\nmay ' || permission || ' ' || scope || E'\n') > 0;

-- True for the owner's own login (migrate, the command line, made-up people).
create or replace function access.trusted() returns boolean
  language sql stable parallel restricted
  return session_user = 'phoenix_owner';

create or replace function access.actor() returns uuid
  language sql stable parallel restricted return access.said('user')::uuid;
create or replace function access.actor_role() returns text
  language sql stable parallel restricted return access.said('role');
create or replace function access.actor_site() returns text
  language sql stable parallel restricted return translate(access.said('site'), ' ', '-');
create or replace function access.actor_team() returns uuid
  language sql stable parallel restricted return access.said('team')::uuid;
create or replace function access.actor_agency() returns uuid
  language sql stable parallel restricted return access.said('agency')::uuid;

-- The person opened by begin(), whatever the permission: for the predicates of the program's own
-- statements. No policy leans on them.
create or replace function access.person() returns uuid
  language sql stable parallel restricted return access.said('person')::uuid;
create or replace function access.person_site() returns text
  language sql stable parallel restricted return translate(access.said('person_site'), ' ', '-');

create or replace function access.subject() returns uuid
  language sql stable parallel restricted return access.said('subject')::uuid;

-- The context was begun for an import: the one purpose for which history may be written that the actor
-- did not make.
create or replace function access.importing() returns boolean
  language sql stable parallel restricted
  return coalesce(access.said('permission') = 'import_write', false);

-- The actor's site, or every one for somebody who works for all of them; and every one.
create or replace function access.own_sites() returns text[]
  language sql stable parallel restricted
  return string_to_array(translate(coalesce(access.said('site'), access.said('every')), ' ', '-'), ',');
create or replace function access.every_site() returns text[]
  language sql stable parallel restricted
  return string_to_array(translate(access.said('every'), ' ', '-'), ',');

-- Sites whose staff the actor may know by name: one's own (or all), and '' for those of every site.
create or replace function access.staff_sites() returns text[]
  language sql stable parallel restricted
  return case when access.actor() is null then '{}' else ''::text || access.own_sites() end;

-- ---- what a permission reaches ----

-- The person opened, if the actor's scope for THAT permission covers him or her.
create or replace function access.person_for(permission text) returns uuid
  language sql stable parallel restricted
  return case when access.opens(permission) then access.person() end;

-- Whom that case is about, under the same condition.
create or replace function access.subject_for(permission text) returns uuid
  language sql stable parallel restricted
  return case when access.opens(permission) then access.subject() end;

-- The actor's site, if the scope is SITE.
create or replace function access.site_for(permission text) returns text
  language sql stable parallel restricted
  return case when access.may(permission, 'site') then access.actor_site() end;

-- True for scope ALL, and for scope SITE of somebody who works for every site.
create or replace function access.all_for(permission text) returns boolean
  language sql stable parallel restricted
  return access.may(permission, 'all') or (access.may(permission, 'site') and access.said('site') is null);

-- The sites that scope SITE or ALL opens: the actor's, or every one.
create or replace function access.sites_for(permission text) returns text[]
  language sql stable parallel restricted
  return coalesce(case when access.may(permission, 'site') then access.own_sites()
                       when access.may(permission, 'all') then access.every_site() end, '{}');

create or replace function access.worker_for(permission text) returns uuid
  language sql stable parallel restricted
  return case when access.may(permission, 'own') then access.actor() end;
create or replace function access.team_for(permission text) returns uuid
  language sql stable parallel restricted
  return case when access.may(permission, 'team') then access.actor_team() end;
create or replace function access.agency_for(permission text) returns uuid
  language sql stable parallel restricted
  return case when access.may(permission, 'agency') then access.actor_agency() end;
-- A provider's agency, if the permission is granted on its own referrals.
create or replace function access.provider_for(permission text) returns uuid
  language sql stable parallel restricted
  return case when access.may(permission, 'referred') then access.actor_agency() end;

-- What a row's worker or team must be under scope OWN or TEAM. (Ids of users and teams never meet.)
create or replace function access.key_for(permission text) returns uuid
  language sql stable parallel restricted
  return coalesce(access.worker_for(permission), access.team_for(permission));

-- For the restriction of providers to their own referrals: null for everybody else; for a provider
-- without an agency, an id that nothing has.
create or replace function access.provider() returns uuid
  language sql stable parallel restricted
  return case when access.said('role') = 'provider'
              then coalesce(access.actor_agency(), '00000000-0000-0000-0000-000000000000') end;

create or replace function access.conflicts() returns uuid[]
  language sql stable parallel restricted
  return coalesce(('{' || access.said('conflicts') || '}')::uuid[], '{}');

-- Participants with a referral sent to the provider's agency.
create or replace function access.referred(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  agency constant uuid := access.provider_for(permission);
begin
  if agency is null then
    return '{}';
  end if;
  return array(select distinct r.participant_id from app.referral r
               where r.provider_id = agency and r.sent_at is not null);
end $$;

-- The caseload that scope OWN, TEAM or AGENCY gives, or REFERRED a provider, as an array for
-- `= any((select ...)::uuid[])`.
create or replace function access.mine(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
begin
  if access.may(permission, 'own') then
    return array(select p.id from app.participant p where p.worker_id = access.actor());
  elsif access.may(permission, 'team') then
    return array(select p.id from app.participant p where p.team_id = access.actor_team());
  elsif access.may(permission, 'agency') then
    return array(select p.id from app.participant p where p.agency_id = access.actor_agency()
                 and (access.actor_site() is null or p.site_id = access.actor_site()));
  elsif access.may(permission, 'referred') then
    return access.referred(permission);
  end if;
  return '{}';
end $$;

-- Whom the actor's cases are about, as access.mine().
create or replace function access.my_people(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
begin
  if access.may(permission, 'own') then
    return array(select distinct p.person_id from app.participant p where p.worker_id = access.actor());
  elsif access.may(permission, 'team') then
    return array(select distinct p.person_id from app.participant p where p.team_id = access.actor_team());
  elsif access.may(permission, 'agency') then
    return array(select distinct p.person_id from app.participant p where p.agency_id = access.actor_agency()
                 and (access.actor_site() is null or p.site_id = access.actor_site()));
  elsif access.may(permission, 'referred') then
    return array(select distinct r.person_id from app.referral r
                 where r.provider_id = access.provider_for(permission) and r.sent_at is not null);
  end if;
  return '{}';
end $$;

-- The people of scope AGENCY, and those referred to a provider.
create or replace function access.listed(permission text) returns uuid[]
  language sql stable parallel restricted
  return case when access.may(permission, 'agency') or access.may(permission, 'referred')
              then access.mine(permission) else '{}' end;
-- The same of the people whom those cases are about.
create or replace function access.listed_people(permission text) returns uuid[]
  language sql stable parallel restricted
  return case when access.may(permission, 'agency') or access.may(permission, 'referred')
              then access.my_people(permission) else '{}' end;

-- Who is counted under a permission: the team's, the site's or everybody's people, without those of a
-- conflict of interest. One row.
create or replace function access.counted(permission text)
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

-- ---- who is covered ----

-- The permissions that cover a person, as lines of the context. own: the actor is the worker, or for a provider has
-- a referral. An agency that works at several sites does not carry its people across them: somebody bound to a site
-- has the agency's people of that site.
create or replace function access.covered(r access.role, p app.participant, own boolean, actor_site text,
                                          actor_team uuid, actor_agency uuid) returns text
  language sql immutable parallel safe
  return concat(r.all_opens,
                case when own then r.own_opens end,
                case when p.team_id = actor_team then r.team_opens end,
                case when actor_site is null or p.site_id = actor_site then r.site_opens end,
                case when p.agency_id = actor_agency and (actor_site is null or p.site_id = actor_site)
                     then r.agency_opens end);

-- Has the provider's agency been sent a referral of this person?
create or replace function access.was_sent(agency uuid, site text, participant uuid) returns boolean
  language plpgsql stable parallel restricted
  as $$
begin
  return exists (select from app.referral r
                  where r.site_id = site and r.participant_id = participant
                    and r.provider_id = agency and r.sent_at is not null);
end $$;

-- Does the actor's scope for the permission cover this person? For triggers: looks up a person who was not opened.
create or replace function access.covers(permission text, site text, participant uuid) returns boolean
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  r access.role;
  p app.participant;
begin
  if participant = any (access.conflicts()) then
    return false;
  elsif participant = access.person() then
    return access.opens(permission);
  end if;
  select x.* into r from access.role x where x.code = access.actor_role();
  select x.* into p from app.participant x where x.site_id = site and x.id = participant;
  return p.id is not null and strpos(access.covered(r, p,
           case when access.actor_role() = 'provider' then access.was_sent(access.actor_agency(), site, participant)
                else p.worker_id = access.actor() end,
           access.actor_site(), access.actor_team(), access.actor_agency()),
         E'opens ' || permission || E'\n') > 0;
end $$;

-- Everything but said(), context() and what looks people up may be called by the program as well as by policies;
-- said() and context() because they are inlined where these stand.
grant execute on function access.context(), access.said(text), access.opens(text), access.may(text, text),
  access.actor(), access.actor_role(), access.actor_site(), access.actor_team(), access.actor_agency(),
  access.person(), access.person_site(), access.importing(), access.own_sites(), access.every_site(),
  access.staff_sites(), access.person_for(text), access.site_for(text), access.all_for(text),
  access.sites_for(text), access.worker_for(text), access.team_for(text), access.agency_for(text),
  access.provider_for(text), access.key_for(text), access.provider(), access.conflicts(),
  access.referred(text), access.mine(text), access.listed(text), access.subject(), access.subject_for(text),
  access.my_people(text), access.listed_people(text) to phoenix_app;
