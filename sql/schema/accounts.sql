-- Signing in and out, the administration of accounts, and what a role may do.

-- What a role may do, as lines of the context. A provider's own people are those referred to it.
create or replace function access.roles_refresh() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  update access.role r
     set grants = g.grants, own_opens = g.own, team_opens = g.team, agency_opens = g.agency, site_opens = g.site,
         all_opens = g.every
    from (select x.code,
                 E'\nevery ' || coalesce((select string_agg(translate(s.code, '-', ' '), ',' order by s.code)
                                            from access.site s), '') ||
                 E'\n' || coalesce(string_agg('may ' || p.permission || ' ' ||
                            case when p.scope = 'own' and x.code = 'provider' then 'referred' else p.scope end ||
                            E'\n', '' order by p.permission), '') as grants,
                 coalesce(string_agg(l.line, '') filter (where p.scope = 'own'), '') as own,
                 coalesce(string_agg(l.line, '') filter (where p.scope = 'team'), '') as team,
                 coalesce(string_agg(l.line, '') filter (where p.scope = 'agency'), '') as agency,
                 coalesce(string_agg(l.line, '') filter (where p.scope = 'site'), '') as site,
                 coalesce(string_agg(l.line, '') filter (where p.scope = 'all'), '') as every
            from access.role x
            left join access.permission_grant p on p.role = x.code
            cross join lateral (select 'opens ' || p.permission || E'\n' as line) l
           group by x.code) g
   where g.code = r.code
     and (g.grants, g.own, g.team, g.agency, g.site, g.every)
         is distinct from (r.grants, r.own_opens, r.team_opens, r.agency_opens, r.site_opens, r.all_opens);
  return null;
end $$;
create or replace trigger roles_refresh after insert or update or delete on access.permission_grant
  for each statement execute function access.roles_refresh();
create or replace trigger roles_refresh after insert or delete or update of code on access.site
  for each statement execute function access.roles_refresh();

-- Growing delay: the sixth attempt waits 2 seconds, then 4, 8 ... up to 15 minutes. An hour of quiet
-- forgets. The attempt is counted before the password is looked at, so that many at once gain nothing.
create or replace function access.attempt(p_username text) returns int
  language plpgsql volatile set search_path = pg_catalog
  as $$
declare
  k bytea;
  f record;
begin
  select sha256(s.key || convert_to(lower(p_username), 'UTF8')) into k from access.secret s;
  insert into access.signin_failure as x (name_hash, failures, last_at, wait_until)
  values (k, 1, now(), now())
  on conflict (name_hash) do update
    set failures = case when x.last_at < now() - interval '1 hour' then 1
                        when x.wait_until > now() then x.failures else least(x.failures + 1, 1000) end,
        last_at = case when x.wait_until > now() then x.last_at else now() end,
        wait_until = case when x.wait_until > now() then x.wait_until
                          when x.last_at >= now() - interval '1 hour' and x.failures + 1 >= 5
                          then now() + least(2 ^ least(x.failures - 3, 20), 900) * interval '1 second'
                          else x.wait_until end
  returning * into f;
  return case when f.last_at < now() and f.wait_until > now()
              then ceil(extract(epoch from f.wait_until - now()))::int else 0 end;
end $$;

-- For somebody about to sign in: always one row of the same shape. wait_seconds > 0: refuse now.
create or replace function access.signin_lookup(p_username text)
  returns table (user_id uuid, password_hash text, disabled boolean, wait_seconds int)
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare
  seconds int := access.attempt(p_username);
begin
  return query select u.id, u.password_hash, coalesce(u.disabled_at is not null, false), seconds
    from (select 1) one left join access."user" u on u.username = lower(p_username);
end $$;

-- The failed attempt in the audit log. The name typed is not kept unless it is an account's.
create or replace function access.signin_failed(p_username text, p_request_id text, p_remote text, p_why text)
  returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  insert into audit.event (user_id, role, site_id, action, operation, object_id, request_id, remote, detail)
  select u.id, coalesce(u.role, 'nobody'), u.site_id, 'sign_in_failed', 'access', u.id, p_request_id,
         p_remote, p_why
  from (select 1) one left join access."user" u on u.username = lower(p_username);
end $$;

create or replace function access.session_open(p_user uuid, p_token_hash bytea, p_idle interval, p_absolute interval,
                                    p_request_id text, p_remote text)
  returns table (username text, display_name text, role text, site text,
                 must_change_password boolean, expires_at timestamptz)
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
#variable_conflict use_column
declare
  u record;
begin
  select x.* into u from access."user" x where x.id = p_user and x.disabled_at is null;
  if not found then
    raise exception 'no such account' using errcode = '28000';
  end if;
  delete from access.signin_failure f
   where f.name_hash = (select sha256(s.key || convert_to(u.username, 'UTF8')) from access.secret s);
  delete from access.session s where s.user_id = p_user and s.expires_at < now() - interval '30 days';
  insert into access.session (token_hash, user_id, idle, expires_at, remote)
  values (p_token_hash, p_user, p_idle, now() + p_absolute, left(p_remote, 64));
  insert into audit.event (user_id, role, site_id, action, operation, object_id, request_id, remote)
  values (p_user, u.role, u.site_id, 'sign_in', 'access', p_user, p_request_id, left(p_remote, 64));
  return query select u.username, u.display_name, u.role, u.site_id, u.must_change_password,
                      now() + p_absolute;
end $$;

-- Ends a session by its token. Quiet when there is none.
create or replace function access.sign_out(p_token_hash bytea, p_request_id text, p_remote text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare
  u record;
begin
  update access.session s set ended_at = now()
   where s.token_hash = p_token_hash and s.ended_at is null
  returning s.user_id into u;
  if found then
    insert into audit.event (user_id, role, site_id, action, operation, object_id, request_id, remote)
    select x.id, x.role, x.site_id, 'sign_out', 'access', x.id, p_request_id, left(p_remote, 64)
    from access."user" x where x.id = u.user_id;
  end if;
end $$;

-- Whose session this was, expired or not: a form kept across sign-in is bound to its user.
create or replace function access.session_user_of(p_token_hash bytea) returns uuid
  language sql stable security definer set search_path = pg_catalog
  as $$ select s.user_id from access.session s
         where s.token_hash = p_token_hash and s.created_at > now() - interval '7 days' $$;

-- One's own password hash, to check the present password before a change. Counts as an attempt.
create or replace function access.own_password() returns table (password_hash text, wait_seconds int)
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare
  u record;
begin
  select x.* into u from access."user" x where x.id = access.actor();
  if not found then
    raise exception 'no context' using errcode = '28000';
  end if;
  return query select u.password_hash, access.attempt(u.username);
end $$;

-- Sets one's own password; every other session of one's own ends.
create or replace function access.password_set(p_hash text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare
  actor constant uuid := access.actor();
begin
  if actor is null then
    raise exception 'no context' using errcode = '28000';
  end if;
  update access."user" u set password_hash = p_hash, must_change_password = false
   where u.id = actor;
  update access.session s set ended_at = now()
   where s.user_id = actor and s.ended_at is null and s.token_hash <> decode(access.said('session'), 'hex');
  delete from access.signin_failure f
   where f.name_hash = (select sha256(k.key || convert_to(u.username, 'UTF8'))
                        from access.secret k, access."user" u where u.id = actor);
  perform access.audit('password_changed', actor::text, '{}', null);
end $$;

-- May the actor give or change an account of this role at this site? A manager: own site's, and none
-- of the roles that see across sites. The owner's login (the command line): any.
create or replace function access.admin_check(p_role text, p_site text) returns void
  language plpgsql stable set search_path = pg_catalog
  as $$
begin
  if access.trusted() or access.all_for('user_write') then
    return;
  end if;
  if access.site_for('user_write') is null then
    raise exception 'no permission' using errcode = '42501';
  end if;
  if p_site is distinct from access.site_for('user_write') then
    raise exception 'nobody' using errcode = 'P0002';
  end if;
  if p_role in ('administrator', 'auditor', 'evaluator', 'trial_manager') then
    raise exception 'no permission' using errcode = '42501';
  end if;
end $$;

create or replace function access.admin_audit(p_action text, p_user uuid, p_detail text) returns void
  language plpgsql volatile set search_path = pg_catalog
  as $$
begin
  if access.trusted() and access.actor() is null then
    perform access.audit_system(p_action, p_user::text, '{}', p_detail);
  else
    perform access.audit(p_action, p_user::text, '{}', p_detail);
  end if;
end $$;

-- Finds the account to change under a lock, or answers as if there were none.
create or replace function access.admin_user(p_id uuid) returns access."user"
  language plpgsql volatile set search_path = pg_catalog
  as $$
declare
  u access."user";
begin
  select x.* into u from access."user" x where x.id = p_id for update;
  if not found then
    perform access.admin_check('navigator', coalesce(access.actor_site(), ''));
    raise exception 'nobody' using errcode = 'P0002';
  end if;
  perform access.admin_check(u.role, u.site_id);
  return u;
end $$;

-- Roles work somewhere: who sees all sites is said by name, the rest belong to a site; providers and
-- supervisors belong to an agency, or they would see nobody.
create or replace function access.user_shape() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  new.username := lower(new.username);
  if new.site_id is null and new.role in ('navigator', 'team_lead') then
    raise exception 'site: Choose a site' using errcode = 'PX006';
  end if;
  if new.agency_id is null and new.role in ('provider', 'probation', 'youth_justice') then
    raise exception 'agency: Choose an agency' using errcode = 'PX006';
  end if;
  if new.team_id is null and new.role = 'team_lead' then
    raise exception 'team: Choose a team' using errcode = 'PX006';
  end if;
  if new.team_id is not null and not exists (
       select from access.team t where t.id = new.team_id
        and (new.site_id is null or t.site_id = new.site_id)) then
    raise exception 'team: Choose a team of the same site' using errcode = 'PX006';
  end if;
  return new;
end $$;
create or replace trigger a_before before insert or update on access."user"
  for each row execute function access.user_shape();

create or replace function access.user_add(p_id uuid, p_username text, p_display_name text, p_role text,
                                p_site text, p_team uuid, p_agency uuid, p_hash text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  perform access.admin_check(p_role, p_site);
  if exists (select from access."user" u where u.username = lower(p_username)) then
    raise exception 'username: That username is taken' using errcode = 'PX006';
  end if;
  insert into access."user" (id, username, display_name, role, site_id, team_id, agency_id,
                             password_hash, must_change_password)
  values (p_id, lower(p_username), p_display_name, p_role, p_site, p_team, p_agency, p_hash, true);
  perform access.admin_audit('user_added', p_id, 'role ' || p_role);
end $$;

-- version: the one the change was made from, null for any. A change of role or scope ends sessions.
create or replace function access.user_change(p_id uuid, p_version int, p_display_name text, p_role text,
                                   p_site text, p_team uuid, p_agency uuid) returns int
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare
  u access."user" := access.admin_user(p_id);
  v int;
begin
  perform access.admin_check(p_role, p_site);
  if p_version is not null and p_version <> u.version then
    raise exception 'Somebody else has changed this since you opened it' using errcode = 'PX005';
  end if;
  update access."user" x set display_name = p_display_name, role = p_role, site_id = p_site,
         team_id = p_team, agency_id = p_agency where x.id = p_id returning x.version into v;
  if (u.role, u.site_id, u.team_id, u.agency_id) is distinct from (p_role, p_site, p_team, p_agency) then
    update access.session s set ended_at = now() where s.user_id = p_id and s.ended_at is null;
  end if;
  perform access.admin_audit('user_changed', p_id, case when u.role <> p_role
                             then 'role ' || u.role || ' to ' || p_role end);
  return v;
end $$;

create or replace function access.user_disable(p_id uuid) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  perform access.admin_user(p_id);
  if p_id = access.actor() then
    raise exception 'You cannot disable your own account' using errcode = 'PX004';
  end if;
  update access."user" u set disabled_at = coalesce(u.disabled_at, now()) where u.id = p_id;
  update access.session s set ended_at = now() where s.user_id = p_id and s.ended_at is null;
  perform access.admin_audit('user_disabled', p_id, null);
end $$;

create or replace function access.user_enable(p_id uuid) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  perform access.admin_user(p_id);
  update access."user" u set disabled_at = null where u.id = p_id;
  perform access.admin_audit('user_enabled', p_id, null);
end $$;

create or replace function access.user_reset(p_id uuid, p_hash text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
declare
  u access."user" := access.admin_user(p_id);
begin
  update access."user" x set password_hash = p_hash, must_change_password = true where x.id = p_id;
  update access.session s set ended_at = now() where s.user_id = p_id and s.ended_at is null;
  delete from access.signin_failure f
   where f.name_hash = (select sha256(k.key || convert_to(u.username, 'UTF8')) from access.secret k);
  perform access.admin_audit('user_reset', p_id, null);
end $$;

-- Accounts the actor may see under user_read (all of them for the owner's login), by username.
create or replace function access.users(p_id uuid default null)
  returns table (id uuid, username text, display_name text, role text, site text, team_id uuid,
                 team text, agency_id uuid, agency text, must_change_password boolean,
                 disabled_at timestamptz, created_at timestamptz, last_sign_in timestamptz, version int)
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
#variable_conflict use_column
declare
  every boolean := access.trusted() or access.all_for('user_read');
  own_site text := access.site_for('user_read');
begin
  return query
    select u.id, u.username, u.display_name, u.role, u.site_id, u.team_id, t.name, u.agency_id, g.name,
           u.must_change_password, u.disabled_at, u.created_at,
           (select max(s.created_at) from access.session s where s.user_id = u.id), u.version
    from access."user" u
    left join access.team t on t.id = u.team_id
    left join access.agency g on g.id = u.agency_id
    where (p_id is null or u.id = p_id) and (every or u.site_id = own_site)
    order by u.username;
end $$;

-- The keyring's check value: kept by migrate, compared at start by every login. Null: none kept yet.
create or replace function access.keyring_keep(p_check bytea) returns void
  language sql volatile security definer set search_path = pg_catalog
  as $$ insert into access.keyring (check_value) values (p_check) on conflict (one) do nothing $$;
create or replace function access.keyring_matches(p_check bytea) returns boolean
  language sql stable security definer set search_path = pg_catalog
  as $$ select (select k.check_value = p_check from access.keyring k) $$;

grant execute on function access.signin_lookup(text), access.signin_failed(text, text, text, text),
  access.session_open(uuid, bytea, interval, interval, text, text), access.keyring_matches(bytea)
  to phoenix_auth;
grant execute on function access.sign_out(bytea, text, text), access.session_user_of(bytea),
  access.own_password(), access.password_set(text),
  access.user_add(uuid, text, text, text, text, uuid, uuid, text),
  access.user_change(uuid, int, text, text, text, uuid, uuid), access.user_disable(uuid),
  access.user_enable(uuid), access.user_reset(uuid, text), access.users(uuid),
  access.keyring_matches(bytea) to phoenix_app;
grant execute on function access.keyring_matches(bytea) to phoenix_worker;
