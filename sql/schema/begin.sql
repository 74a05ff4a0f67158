-- The first statement of every pipeline: the session, the permission, the person, and the context they leave.

-- Letters of the scopes under which somebody has this person; own: the actor is the worker, or for a
-- provider has a referral. An agency that works at several sites does not carry its people across them:
-- somebody bound to a site has the agency's people of that site.
create or replace function access.cover_letters(p app.participant, own boolean, actor_site text, actor_team uuid,
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
create or replace function access.cover(actor uuid, actor_role text, actor_site text, actor_team uuid,
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
create or replace function access.wrapped_key(person uuid) returns bytea
  language plpgsql stable parallel restricted
  as $$
begin
  return (select k.wrapped from app.data_key k where k.person_id = person order by k.epoch desc limit 1);
end $$;

-- Does a grant of this permission cover the person?
create or replace function access.opens(covered text, grants text, permission text) returns boolean
  language sql immutable parallel safe
  as $$
    select case when strpos(grants, ',' || permission || '=') > 0
      then strpos(covered, split_part(split_part(grants, ',' || permission || '=', 2), ',', 1)) > 0
      else false end
  $$;

-- The session, and who holds it; leaves the context. Common to both begins, and on the path of every
-- request: as few statements as can be. asked: a person is wanted; p is who was found, with the wrapped
-- data key, or nobody. p_agency: for a provider, the agency the thing was sent to ('' when the work is
-- not on one thing).
create or replace function access.open(token bytea, permission text, asked boolean, p app.participant,
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
         coalesce((select array_agg(x.id)
                     from app.conflict c
                    cross join lateral (select c.person_id as id
                                         union all
                                        select q.id from app.participant q where q.person_id = c.person_id) x
                    where c.user_id = u.id), '{}') as conflicts,
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
                 translate(left(remote, 64), '|', '?'), '|', encode(token, 'hex'), '|', p.person_id);
  perform set_config('phoenix.context', encode(sha256(s.outer_key || sha256(s.inner_key ||
                     int4send(pg_backend_pid()) || timestamptz_send(now()) ||
                     convert_to(body, 'UTF8'))), 'hex') || body, true);
  return row(s.id, s.username, s.display_name, s.role, nullif(s.site, ''), s.team_id, s.team_name,
             s.agency_id, s.agency_name, s.must_change_password, s.expires_at, p.person_id, p.ref, p.site_id,
             p.version, p_wrapped)::access.opened;
end $$;

-- The first statement of every pipeline: who asks, may they at all, and may they have this person?
-- 28000 no live session; 42501 the role lacks the permission; P0002 nobody such that this actor may
-- see under that permission's scope, which says the same as nobody such at all.
create or replace function access.begin(token_hash bytea, permission text, ref text, request_id text, remote text)
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
      wrapped := access.wrapped_key(who.person_id);
    end if;
  end if;
  return access.open(token_hash, permission, ref is not null, who, wrapped, '', request_id, remote);
end $$;

-- The same for a thing known by its id: kind is referral, escalation, contact or flag. A provider
-- has a referral only when it was sent to the provider's own agency.
create or replace function access.begin_for(token_hash bytea, permission text, kind text, object_id text,
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
    wrapped := access.wrapped_key(who.person_id);
  end if;
  return access.open(token_hash, permission, true, who, wrapped, agency, request_id, remote);
end $$;

grant execute on function access.begin(bytea, text, text, text, text),
  access.begin_for(bytea, text, text, text, text, text) to phoenix_app;
