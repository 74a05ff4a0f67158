-- The first statement of every pipeline: the session, the permission, the person, and the context they leave.

-- The session, and who holds it; leaves the context. Common to both begins, and on the path of every
-- request: as few statements as can be. asked: a person is wanted; p is who was found, with the wrapped
-- data key, or nobody. p_agency: for a provider, the agency the thing was sent to (null when the work is
-- not on one thing).
create or replace function access.open(token bytea, permission text, asked boolean, p app.participant,
                                       p_wrapped bytea, p_agency text, request_id text, remote text)
  returns access.opened
  language plpgsql volatile
  as $$
#variable_conflict use_column
declare
  s record;
  opened text := '';
begin
  select u.id, u.username, u.display_name, u.role, u.site_id as site, u.team_id, t.name as team_name,
         u.agency_id, g.name as agency_name, u.must_change_password, ss.expires_at, ss.last_seen_at, ro as what,
         (select array_agg(x.id)
             from app.conflict c
            cross join lateral (select c.person_id as id
                                 union all
                                select q.id from app.participant q where q.person_id = c.person_id) x
            where c.user_id = u.id) as conflicts
    into s
    from access.session ss
    join access."user" u on u.id = ss.user_id
    join access.role ro on ro.code = u.role
    left join access.team t on t.id = u.team_id
    left join access.agency g on g.id = u.agency_id
   where ss.token_hash = token and ss.ended_at is null and ss.expires_at > now()
     and ss.last_seen_at > now() - ss.idle and u.disabled_at is null;
  if not found then
    raise exception 'no session' using errcode = '28000';
  end if;
  -- (A permission is a word: one with a line's end in it could match several lines.)
  if strpos(permission, E'\n') > 0 or strpos((s.what).grants, E'\nmay ' || permission || ' ') = 0 then
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
       and (s.role <> 'provider' or p_agency is null or p_agency = s.agency_id::text) then
      opened := E'\n' || access.covered(s.what, p,
        case when s.role = 'provider' then access.was_sent(s.agency_id, p.site_id, p.id) else p.worker_id = s.id end,
        s.site, s.team_id, s.agency_id);
    end if;
    if strpos(opened, E'\nopens ' || permission || E'\n') = 0 or p.id = any (s.conflicts)
       -- what is granted everywhere (one's own account, the log) is not about people
       or (strpos((s.what).grants, E'\nmay ' || permission || E' all\n') > 0
           and strpos(opened, E'\nopens participant_find\n') = 0
           and strpos(opened, E'\nopens referral_read\n') = 0) then
      raise exception 'nobody' using errcode = 'P0002';
    end if;
  else
    p := null;
  end if;
  perform set_config('backtrace_functions', concat(
    replace(concat(E'\nperson ', p.id, E'\nsubject ', p.person_id,
                   E'\nuser ', s.id, E'\nrole ', s.role, E'\nteam ', s.team_id, E'\nagency ', s.agency_id,
                   E'\npermission ', permission, E'\nconflicts ', array_to_string(s.conflicts, ',')), '-', ''),
    E'\nperson_site ', translate(p.site_id, '-', ' '), E'\nsite ', translate(s.site, '-', ' '),
    E'\nsession ', encode(token, 'hex'),
    E'\nrequest ', encode(convert_to(left(request_id, 64), 'UTF8'), 'hex'),
    E'\nremote ', encode(convert_to(left(remote, 64), 'UTF8'), 'hex'),
    opened, (s.what).grants), true);
  return row(s.id, s.username, s.display_name, s.role, s.site, s.team_id, s.team_name,
             s.agency_id, s.agency_name, s.must_change_password, s.expires_at, p.person_id, p.id, p.ref,
             p.site_id, p.version, p_wrapped)::access.opened;
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
  sought record;
begin
  if ref is null then
    return access.open(token_hash, permission, false, null, null, null, request_id, remote);
  end if;
  select p as who, (select k.wrapped from app.data_key k
                     where k.person_id = p.person_id
                     order by k.epoch desc limit 1) as wrapped
    into sought
    from app.participant p where p.ref = begin.ref;
  return access.open(token_hash, permission, true, sought.who, sought.wrapped, null, request_id, remote);
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
  agency text;
  object uuid;
  sought record;
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
  select p as who, (select k.wrapped from app.data_key k
                     where k.person_id = p.person_id
                     order by k.epoch desc limit 1) as wrapped
    into sought
    from app.participant p where p.site_id = p_site and p.id = p_id;
  return access.open(token_hash, permission, true, sought.who, sought.wrapped, agency, request_id, remote);
end $$;

grant execute on function access.begin(bytea, text, text, text, text),
  access.begin_for(bytea, text, text, text, text, text) to phoenix_app;
