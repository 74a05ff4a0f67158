-- The verified context. access.begin() (begin.sql) finds the session, refuses, and leaves in the transaction-local
-- setting phoenix.context who asks, what the role grants, and which person was opened; its MAC binds it
-- to this backend and this transaction, so that the application login can neither forge nor replay it.
-- Every row-level-security policy reads it through the functions below, as (select access.f()).
--
-- phoenix.context = MAC '|' and then:
--   2 user  3 role  4 site ('' all)  5 team  6 agency  7 permission  8 person  9 person's site
--   10 letters of the scopes that cover the person  11 conflicts of interest, array text
--   12 grants of the role  13 request id  14 remote  15 session (hex)  16 whom the case is about
-- "Person" below is the case opened, an app.participant; its subject is the app.person that it is about.
-- Conflicts of interest are with a person: 11 holds the ids of the person and of every case of his or hers.

-- The functions without a search_path of their own run inside those that have one, as the owner.
create or replace function access.context_mac(body text) returns text
  language plpgsql stable parallel restricted
  as $$
declare
  k access.secret;
begin
  select s.* into k from access.secret s;
  return encode(sha256(k.outer_key || sha256(k.inner_key || int4send(pg_backend_pid()) ||
                timestamptz_send(now()) || convert_to(body, 'UTF8'))), 'hex');
end $$;

-- The verified fields, or null when there is no context. After COMMIT an unset setting reads ''. What every
-- policy asks: the text is cut as bytes, which does not walk through its letters.
create or replace function access.context() returns text[]
  language plpgsql stable parallel restricted
  as $$
declare
  raw text := current_setting('phoenix.context', true);
  bytes bytea;
  k access.secret;
begin
  if raw is null or raw = '' then
    return null;
  end if;
  select s.* into k from access.secret s;
  bytes := convert_to(raw, 'UTF8');
  if substring(bytes for 64) <> convert_to(encode(sha256(k.outer_key || sha256(k.inner_key ||
       int4send(pg_backend_pid()) || timestamptz_send(now()) || substring(bytes from 65))), 'hex'), 'UTF8') then
    raise exception 'context refused' using errcode = '28000';
  end if;
  return string_to_array(raw, '|');
end $$;

-- The letter of the role's grant of a permission, '' for none.
create or replace function access.letter(c text[], permission text) returns text
  language sql immutable parallel safe
  as $$ select split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) $$;

-- True for the owner's own login (migrate, the command line, made-up people).
create or replace function access.trusted() returns boolean
  language sql stable parallel restricted
  as $$ select session_user = 'phoenix_owner' $$;

create or replace function access.actor() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[2], '')::uuid; end $$;
create or replace function access.actor_role() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return (access.context())[3]; end $$;
create or replace function access.actor_site() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[4], ''); end $$;
create or replace function access.actor_team() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[5], '')::uuid; end $$;
create or replace function access.actor_agency() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[6], '')::uuid; end $$;

-- The person opened by begin(), whatever the permission: for the predicates of the program's own
-- statements. Not verified, so that they are inlined and cost nothing; no policy and no trigger leans
-- on them: a forged value only asks for rows that the policies then refuse.
create or replace function access.person() returns uuid
  language sql stable parallel restricted
  as $$ select nullif(split_part(current_setting('phoenix.context', true), '|', 8), '')::uuid $$;
create or replace function access.person_site() returns text
  language sql stable parallel restricted
  as $$ select nullif(split_part(current_setting('phoenix.context', true), '|', 9), '') $$;

create or replace function access.subject() returns uuid
  language sql stable parallel restricted
  as $$ select nullif(split_part(current_setting('phoenix.context', true), '|', 16), '')::uuid $$;

-- The context was begun for an import: the one purpose for which history may be written that the actor
-- did not make.
create or replace function access.importing() returns boolean
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return coalesce((access.context())[7] = 'import_write', false); end $$;

-- Sites whose staff the actor may know by name: one's own (or all), and '' for those of every site.
create or replace function access.staff_sites() returns text[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  if c is null then
    return '{}';
  end if;
  if c[4] <> '' then
    return array['', c[4]];
  end if;
  return array(select s.code from access.site s) || ''::text;
end $$;

-- The person opened, if the actor's scope for THAT permission covers him or her.
create or replace function access.person_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  if l <> '' and strpos(c[10], l) > 0 then
    return nullif(c[8], '')::uuid;
  end if;
  return null;
end $$;

-- Whom that case is about, under the same condition.
create or replace function access.subject_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  if l <> '' and strpos(c[10], l) > 0 then
    return nullif(c[16], '')::uuid;
  end if;
  return null;
end $$;

-- The actor's site, if the scope is SITE.
create or replace function access.site_for(permission text) returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'S'
              then nullif(c[4], '') end;
end $$;

-- True for scope ALL, and for scope SITE of somebody who works for every site.
create or replace function access.all_for(permission text) returns boolean
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  return c is not null and (l = 'A' or (l = 'S' and c[4] = ''));
end $$;

create or replace function access.worker_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when c[3] <> 'provider'
               and split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'O'
              then c[2]::uuid end;
end $$;

create or replace function access.team_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'T'
              then nullif(c[5], '')::uuid end;
end $$;

create or replace function access.agency_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'G'
              then nullif(c[6], '')::uuid end;
end $$;

-- The sites that scope SITE or ALL opens: the actor's, or every one.
create or replace function access.sites_for(permission text) returns text[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  if l = 'S' and c[4] <> '' then
    return array[c[4]];
  end if;
  if l = 'A' or l = 'S' then
    return array(select s.code from access.site s);
  end if;
  return '{}';
end $$;

-- What a row's worker or team must be under scope OWN or TEAM. (Ids of users and teams never meet.)
create or replace function access.key_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1)
           when 'O' then case when c[3] <> 'provider' then c[2]::uuid end
           when 'T' then nullif(c[5], '')::uuid end;
end $$;

-- The people of scope AGENCY, and those referred to a provider.
create or replace function access.listed(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  if l = 'G' or (l = 'O' and c[3] = 'provider') then
    return access.mine(permission);
  end if;
  return '{}';
end $$;

-- A provider's agency, if the permission is granted on its own referrals.
create or replace function access.provider_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when c[3] = 'provider'
               and split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'O'
              then nullif(c[6], '')::uuid end;
end $$;

-- For the restriction of providers to their own referrals: null for everybody else; for a provider
-- without an agency, an id that nothing has.
create or replace function access.provider() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when c[3] = 'provider'
              then coalesce(nullif(c[6], ''), '00000000-0000-0000-0000-000000000000')::uuid end;
end $$;

-- Participants with a referral sent to the provider's agency.
create or replace function access.referred(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  agency uuid := access.provider_for(permission);
begin
  if agency is null then
    return '{}';
  end if;
  return array(select distinct r.participant_id from app.referral r
               where r.provider_id = agency and r.sent_at is not null);
end $$;

-- The caseload that scope OWN, TEAM or AGENCY gives, as an array for `= any((select ...)::uuid[])`.
create or replace function access.mine(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  case split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1)
    when 'O' then
      if c[3] = 'provider' then
        return access.referred(permission);
      end if;
      return array(select p.id from app.participant p where p.worker_id = c[2]::uuid);
    when 'T' then
      return array(select p.id from app.participant p where p.team_id = nullif(c[5], '')::uuid);
    when 'G' then
      return array(select p.id from app.participant p where p.agency_id = nullif(c[6], '')::uuid
                   and (c[4] = '' or p.site_id = c[4]));
    else
      return '{}';
  end case;
end $$;

-- Whom that caseload is about.
create or replace function access.my_people(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  case split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1)
    when 'O' then
      if c[3] = 'provider' then
        return array(select distinct r.person_id from app.referral r
                     where r.provider_id = access.provider_for(permission) and r.sent_at is not null);
      end if;
      return array(select distinct p.person_id from app.participant p where p.worker_id = c[2]::uuid);
    when 'T' then
      return array(select distinct p.person_id from app.participant p where p.team_id = nullif(c[5], '')::uuid);
    when 'G' then
      return array(select distinct p.person_id from app.participant p where p.agency_id = nullif(c[6], '')::uuid
                   and (c[4] = '' or p.site_id = c[4]));
    else
      return '{}';
  end case;
end $$;
-- The people of access.listed().
create or replace function access.listed_people(permission text) returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  if l = 'G' or (l = 'O' and c[3] = 'provider') then
    return access.my_people(permission);
  end if;
  return '{}';
end $$;

create or replace function access.conflicts() returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return coalesce((access.context())[11]::uuid[], '{}'); end $$;

-- Does the actor's scope for the permission cover this person? For triggers: looks the person up.
create or replace function access.covers(permission text, site text, participant uuid) returns boolean
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  if coalesce(l, '') = '' or participant = any (c[11]::uuid[]) then
    return false;
  end if;
  if c[8] = participant::text then
    return strpos(c[10], l) > 0;
  end if;
  return strpos(access.cover(c[2]::uuid, c[3], c[4], nullif(c[5], '')::uuid,
                             nullif(c[6], '')::uuid, site, participant), l) > 0;
end $$;

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

grant execute on function access.actor(), access.actor_role(), access.actor_site(), access.actor_team(),
  access.actor_agency(), access.person(), access.person_site(), access.person_for(text), access.site_for(text),
  access.subject(), access.subject_for(text), access.my_people(text), access.listed_people(text),
  access.all_for(text), access.worker_for(text), access.team_for(text), access.agency_for(text),
  access.provider_for(text), access.provider(), access.referred(text), access.mine(text),
  access.sites_for(text), access.key_for(text), access.listed(text), access.conflicts(),
  access.staff_sites(), access.importing() to phoenix_app;
