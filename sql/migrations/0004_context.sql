-- The verified context. access.begin() finds the session, refuses, and leaves in the transaction-local
-- setting phoenix.context who asks, what the role grants, and which person was opened; its MAC binds it
-- to this backend and this transaction, so that the application login can neither forge nor replay it.
-- Every row-level-security policy reads it through the functions below, as (select access.f()).
--
-- phoenix.context = MAC '|' and then:
--   2 user  3 role  4 site ('' all)  5 team  6 agency  7 permission  8 person  9 person's site
--   10 letters of the scopes that cover the person  11 conflicts of interest, array text
--   12 grants of the role  13 request id  14 remote  15 session (hex)

-- The functions without a search_path of their own run inside those that have one, as the owner.
create function access.context_mac(body text) returns text
  language plpgsql stable parallel restricted
  as $$
declare
  k access.secret;
begin
  select s.* into k from access.secret s;
  return encode(sha256(k.outer_key || sha256(k.inner_key || int4send(pg_backend_pid()) ||
                timestamptz_send(now()) || convert_to(body, 'UTF8'))), 'hex');
end $$;

-- The verified fields, or null when there is no context. After COMMIT an unset setting reads ''.
create function access.context() returns text[]
  language plpgsql stable parallel restricted
  as $$
declare
  raw text := current_setting('phoenix.context', true);
  k access.secret;
begin
  if raw is null or raw = '' then
    return null;
  end if;
  select s.* into k from access.secret s;
  if left(raw, 64) <> encode(sha256(k.outer_key || sha256(k.inner_key || int4send(pg_backend_pid()) ||
       timestamptz_send(now()) || convert_to(substr(raw, 65), 'UTF8'))), 'hex') then
    raise exception 'context refused' using errcode = '28000';
  end if;
  return string_to_array(raw, '|');
end $$;

-- The letter of the role's grant of a permission, '' for none.
create function access.letter(c text[], permission text) returns text
  language sql immutable parallel safe
  as $$ select split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) $$;

create function access.actor() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[2], '')::uuid; end $$;
create function access.actor_role() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return (access.context())[3]; end $$;
create function access.actor_site() returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[4], ''); end $$;
create function access.actor_team() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[5], '')::uuid; end $$;
create function access.actor_agency() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return nullif((access.context())[6], '')::uuid; end $$;
-- The person opened by begin(), whatever the permission: for the predicates of the program's own
-- statements. Not verified, so that they are inlined and cost nothing; no policy and no trigger leans
-- on them: a forged value only asks for rows that the policies then refuse.
create function access.person() returns uuid
  language sql stable parallel restricted
  as $$ select nullif(split_part(current_setting('phoenix.context', true), '|', 8), '')::uuid $$;
create function access.person_site() returns text
  language sql stable parallel restricted
  as $$ select nullif(split_part(current_setting('phoenix.context', true), '|', 9), '') $$;

-- Raises unless a condition of the program's holds: PX004 conflict, PX005 stale, P0002 absent.
create function access.must(ok boolean, code text) returns boolean
  language plpgsql volatile
  as $$
begin
  if ok then
    return true;
  end if;
  raise exception '%', case code when 'PX005' then 'Somebody else has changed this since you opened it'
                                 when 'PX004' then 'That step is not possible from the present state'
                                 else 'refused' end
    using errcode = code;
end $$;

-- The same in words of the statement's own: "field: words" under PX006.
create function access.must(ok boolean, code text, words text) returns boolean
  language plpgsql volatile
  as $$
begin
  if ok then
    return true;
  end if;
  raise exception '%', words using errcode = code;
end $$;

-- Sites whose staff the actor may know by name: one's own (or all), and '' for those of every site.
create function access.staff_sites() returns text[]
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
create function access.person_for(permission text) returns uuid
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

-- The actor's site, if the scope is SITE.
create function access.site_for(permission text) returns text
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'S'
              then nullif(c[4], '') end;
end $$;

-- True for scope ALL, and for scope SITE of somebody who works for every site.
create function access.all_for(permission text) returns boolean
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
  l text := split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1);
begin
  return c is not null and (l = 'A' or (l = 'S' and c[4] = ''));
end $$;

create function access.worker_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when c[3] <> 'provider'
               and split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'O'
              then c[2]::uuid end;
end $$;

create function access.team_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'T'
              then nullif(c[5], '')::uuid end;
end $$;

create function access.agency_for(permission text) returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when split_part(split_part(c[12], ',' || permission || '=', 2), ',', 1) = 'G'
              then nullif(c[6], '')::uuid end;
end $$;

-- The sites that scope SITE or ALL opens: the actor's, or every one.
create function access.sites_for(permission text) returns text[]
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
create function access.key_for(permission text) returns uuid
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
create function access.listed(permission text) returns uuid[]
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
create function access.provider_for(permission text) returns uuid
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
create function access.provider() returns uuid
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$
declare
  c text[] := access.context();
begin
  return case when c[3] = 'provider'
              then coalesce(nullif(c[6], ''), '00000000-0000-0000-0000-000000000000')::uuid end;
end $$;

-- Participants with a referral sent to the provider's agency.
create function access.referred(permission text) returns uuid[]
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
create function access.mine(permission text) returns uuid[]
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

create function access.conflicts() returns uuid[]
  language plpgsql stable parallel restricted security definer set search_path = pg_catalog
  as $$ begin return coalesce((access.context())[11]::uuid[], '{}'); end $$;

-- Does the actor's scope for the permission cover this person? For triggers: looks the person up.
create function access.covers(permission text, site text, participant uuid) returns boolean
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

-- Letters of the scopes under which somebody has this person; own: the actor is the worker, or for a
-- provider has a referral. An agency that works at several sites does not carry its people across them:
-- somebody bound to a site has the agency's people of that site.
create function access.cover_letters(p app.participant, own boolean, actor_site text, actor_team uuid,
                                     actor_agency uuid) returns text
  language sql immutable parallel safe
  as $$
    select 'A' || case when actor_site = '' or p.site_id = actor_site then 'S' else '' end ||
           case when p.team_id = actor_team then 'T' else '' end ||
           case when p.agency_id = actor_agency and (actor_site = '' or p.site_id = actor_site)
                then 'G' else '' end ||
           case when own then 'O' else '' end
  $$;

-- The same for somebody not opened, looked up. '' when there is no such person.
create function access.cover(actor uuid, actor_role text, actor_site text, actor_team uuid,
                             actor_agency uuid, site text, participant uuid) returns text
  language plpgsql stable parallel restricted
  as $$
declare
  p app.participant;
begin
  select q.* into p from app.participant q where q.site_id = site and q.id = participant;
  if not found then
    return '';
  end if;
  return access.cover_letters(p, case when actor_role = 'provider' then
      exists (select from app.referral r
              where r.site_id = site and r.participant_id = participant
                and r.provider_id = actor_agency and r.sent_at is not null)
    else p.worker_id = actor end, actor_site, actor_team, actor_agency);
end $$;

-- The person's data key of the newest epoch, wrapped.
create function access.wrapped_key(site text, participant uuid) returns bytea
  language plpgsql stable parallel restricted
  as $$
begin
  return (select k.wrapped from app.data_key k
           where k.site_id = site and k.participant_id = participant order by k.epoch desc limit 1);
end $$;

-- Does a grant of this permission cover the person?
create function access.opens(covered text, grants text, permission text) returns boolean
  language sql immutable parallel safe
  as $$
    select case when strpos(grants, ',' || permission || '=') > 0
      then strpos(covered, split_part(split_part(grants, ',' || permission || '=', 2), ',', 1)) > 0
      else false end
  $$;

-- What begin() answers: one row.
create type access.opened as (
  user_id uuid, username text, display_name text, role text, site text, team_id uuid, team_name text,
  agency_id uuid, agency_name text, must_change_password boolean, expires_at timestamptz,
  person_id uuid, person_ref text, person_site text, person_version int, wrapped bytea
);

-- The session, and who holds it; leaves the context. Common to both begins, and on the path of every
-- request: as few statements as can be. asked: a person is wanted; p is who was found, with the wrapped
-- data key, or nobody. p_agency: for a provider, the agency the thing was sent to ('' when the work is
-- not on one thing).
create function access.open(token bytea, permission text, asked boolean, p app.participant,
                            p_wrapped bytea, p_agency text, request_id text, remote text)
  returns access.opened
  language plpgsql volatile
  as $$
#variable_conflict use_column
declare
  s record;
  letter text;
  own boolean;
  covered text := '';
  body text;
begin
  select u.id, u.username, u.display_name, u.role, coalesce(u.site_id, '') as site,
         u.team_id, t.name as team_name, u.agency_id, g.name as agency_name,
         u.must_change_password, ss.expires_at, ss.last_seen_at, ro.grants,
         coalesce((select array_agg(c.participant_id) from app.conflict c where c.user_id = u.id),
                  '{}') as conflicts,
         k.inner_key, k.outer_key
    into s
    from access.session ss
    join access."user" u on u.id = ss.user_id
    join access.role ro on ro.code = u.role
    cross join access.secret k
    left join access.team t on t.id = u.team_id
    left join access.agency g on g.id = u.agency_id
   where ss.token_hash = token and ss.ended_at is null and ss.expires_at > now()
     and ss.last_seen_at > now() - ss.idle and u.disabled_at is null;
  if not found then
    raise exception 'no session' using errcode = '28000';
  end if;
  letter := split_part(split_part(s.grants, ',' || permission || '=', 2), ',', 1);
  if letter = '' then
    raise exception 'no permission' using errcode = '42501';
  end if;
  if s.must_change_password and permission <> 'self' then
    raise exception 'Change your password before you go on' using errcode = 'PX009';
  end if;
  if s.last_seen_at < now() - interval '60 seconds' then
    -- Whoever finds the row locked leaves it: a neighbour is writing the same thing.
    update access.session set last_seen_at = now()
     where token_hash in (select x.token_hash from access.session x where x.token_hash = token
                          for update skip locked);
  end if;
  if asked then
    if p.id is not null
       and (s.role <> 'provider' or p_agency = '' or p_agency = s.agency_id::text) then
      own := p.worker_id = s.id;
      if s.role = 'provider' then
        own := exists (select from app.referral r
                       where r.site_id = p.site_id and r.participant_id = p.id
                         and r.provider_id = s.agency_id and r.sent_at is not null);
      end if;
      covered := access.cover_letters(p, own, s.site, s.team_id, s.agency_id);
    end if;
    if letter = 'A' and not access.opens(covered, s.grants, 'participant_find')
       and not access.opens(covered, s.grants, 'referral_read') then
      covered := ''; -- what is granted everywhere (one's own account, the log) is not about people
    end if;
    if strpos(covered, letter) = 0 or p.id = any (s.conflicts) then
      raise exception 'nobody' using errcode = 'P0002';
    end if;
  else
    p := null;
  end if;
  body := concat('|', s.id, '|', s.role, '|', s.site, '|', s.team_id, '|', s.agency_id, '|',
                 permission, '|', p.id, '|', p.site_id, '|', covered, '|', s.conflicts, '|',
                 s.grants, '|', translate(left(request_id, 64), '|', '?'), '|',
                 translate(left(remote, 64), '|', '?'), '|', encode(token, 'hex'));
  perform set_config('phoenix.context', encode(sha256(s.outer_key || sha256(s.inner_key ||
                     int4send(pg_backend_pid()) || timestamptz_send(now()) ||
                     convert_to(body, 'UTF8'))), 'hex') || body, true);
  return row(s.id, s.username, s.display_name, s.role, nullif(s.site, ''), s.team_id, s.team_name,
             s.agency_id, s.agency_name, s.must_change_password, s.expires_at, p.id, p.ref, p.site_id,
             p.version, p_wrapped)::access.opened;
end $$;

-- The first statement of every pipeline: who asks, may they at all, and may they have this person?
-- 28000 no live session; 42501 the role lacks the permission; P0002 nobody such that this actor may
-- see under that permission's scope, which says the same as nobody such at all.
create function access.begin(token_hash bytea, permission text, ref text, request_id text, remote text)
  returns access.opened
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
declare
  who app.participant;
  wrapped bytea;
begin
  if ref is not null then
    select p.* into who from app.participant p where p.ref = begin.ref;
    if found then
      wrapped := access.wrapped_key(who.site_id, who.id);
    end if;
  end if;
  return access.open(token_hash, permission, ref is not null, who, wrapped, '', request_id, remote);
end $$;

-- The same for a thing known by its id: kind is referral, escalation, contact or flag. A provider
-- has a referral only when it was sent to the provider's own agency.
create function access.begin_for(token_hash bytea, permission text, kind text, object_id text,
                                 request_id text, remote text)
  returns access.opened
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
declare
  p_site text;
  p_id uuid;
  agency text := '';
  object uuid;
  who app.participant;
  wrapped bytea;
begin
  if object_id ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then
    object := object_id::uuid;
  end if;
  case kind
    when 'referral' then
      select r.site_id, r.participant_id, case when r.sent_at is not null then r.provider_id::text
                                               else 'nobody' end
        into p_site, p_id, agency from app.referral r where r.id = object;
    when 'escalation' then
      select e.site_id, e.participant_id into p_site, p_id from app.escalation e where e.id = object;
    when 'contact' then
      select c.site_id, c.participant_id into p_site, p_id from app.contact c where c.id = object;
    when 'flag' then
      select f.site_id, f.participant_id into p_site, p_id from app.safety_flag f where f.id = object;
    else
      raise exception 'no such kind' using errcode = 'XX000';
  end case;
  if p_id is not null then
    select p.* into who from app.participant p where p.site_id = p_site and p.id = p_id;
    wrapped := access.wrapped_key(p_site, p_id);
  end if;
  return access.open(token_hash, permission, true, who, wrapped, agency, request_id, remote);
end $$;

-- An audit row by the actor of this transaction, about `subjects` or else the person opened.
create function access.audit(action text, object_id text, subjects uuid[], detail text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
declare
  c text[] := access.context();
  operation text;
begin
  if c is null then
    raise exception 'no context' using errcode = '28000';
  end if;
  select a.operation into operation from access.audit_action a where a.code = action;
  if not found then
    raise exception 'no audit action %', action using errcode = 'XX000';
  end if;
  insert into audit.event (user_id, role, site_id, action, operation, subjects, object_id, permission,
                           request_id, remote, detail)
  values (c[2]::uuid, c[3], nullif(c[4], ''), action, operation,
          coalesce(subjects, case when c[8] <> '' then array[c[8]::uuid] end, '{}'),
          object_id, c[7], nullif(c[13], ''), nullif(c[14], ''), detail);
end $$;

-- The same for work without a session: jobs and the command line.
create function access.audit_system(action text, object_id text, subjects uuid[], detail text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
declare
  operation text;
begin
  select a.operation into operation from access.audit_action a where a.code = action;
  if not found then
    raise exception 'no audit action %', action using errcode = 'XX000';
  end if;
  insert into audit.event (role, action, operation, subjects, object_id, detail)
  values ('system:' || session_user, action, operation, coalesce(subjects, '{}'), object_id, detail);
end $$;

-- Idempotency: the first to come with a key does the work; PX001 done before (read it with
-- access.replay), PX002 the key was used for something else, PX003 the first is still at work.
create function access.claim(key uuid, body_hash bytea, route text, status int, location text, body text)
  returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
declare
  c text[] := access.context();
  was record;
begin
  if c is null then
    raise exception 'no context' using errcode = '28000';
  end if;
  if not pg_try_advisory_xact_lock(hashtextextended(c[2] || key::text, 7)) then
    raise exception 'The same request is still being worked on' using errcode = 'PX003';
  end if;
  select i.body_hash, i.route into was from access.idempotency i
   where i.user_id = c[2]::uuid and i.key = claim.key;
  if found then
    if was.body_hash = body_hash and was.route = route then
      raise exception 'Done already' using errcode = 'PX001';
    end if;
    raise exception 'This Idempotency-Key was used before with different content' using errcode = 'PX002';
  end if;
  insert into access.idempotency (user_id, key, body_hash, route, status, location, body)
  values (c[2]::uuid, key, body_hash, route, status, location, body);
end $$;

create function access.replay(key uuid, out status int, out location text, out body text)
  returns setof record
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
begin
  return query select i.status, i.location, i.body from access.idempotency i
   where i.user_id = (access.context())[2]::uuid and i.key = replay.key;
end $$;

-- True for the owner's own login (migrate, the command line, made-up people).
create function access.trusted() returns boolean
  language sql stable parallel restricted
  as $$ select session_user = 'phoenix_owner' $$;
