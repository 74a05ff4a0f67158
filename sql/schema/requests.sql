-- What a pipeline asks of the database besides its statements: that a condition holds, and that a repeated
-- request does its work once.

-- Raises unless a condition of the program's holds: PX004 conflict, PX005 stale, P0002 absent.
create or replace function access.must(ok boolean, code text) returns boolean
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
create or replace function access.must(ok boolean, code text, words text) returns boolean
  language plpgsql volatile
  as $$
begin
  if ok then
    return true;
  end if;
  raise exception '%', words using errcode = code;
end $$;

-- Idempotency: the first to come with a key does the work; PX001 done before (read it with
-- access.replay), PX002 the key was used for something else, PX003 the first is still at work.
create or replace function access.claim(key uuid, body_hash bytea, route text, status int, location text, body text)
  returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
declare
  actor constant uuid := access.actor();
  was record;
begin
  if actor is null then
    raise exception 'no context' using errcode = '28000';
  end if;
  if not pg_try_advisory_xact_lock(hashtextextended(actor::text || key::text, 7)) then
    raise exception 'The same request is still being worked on' using errcode = 'PX003';
  end if;
  select i.body_hash, i.route into was from access.idempotency i
   where i.user_id = actor and i.key = claim.key;
  if found then
    if was.body_hash = body_hash and was.route = route then
      raise exception 'Done already' using errcode = 'PX001';
    end if;
    raise exception 'This Idempotency-Key was used before with different content' using errcode = 'PX002';
  end if;
  insert into access.idempotency (user_id, key, body_hash, route, status, location, body)
  values (actor, key, body_hash, route, status, location, body);
end $$;

create or replace function access.replay(key uuid, out status int, out location text, out body text)
  returns setof record
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
#variable_conflict use_variable
begin
  return query select i.status, i.location, i.body from access.idempotency i
   where i.user_id = access.actor() and i.key = replay.key;
end $$;

grant execute on function access.must(boolean, text), access.must(boolean, text, text),
  access.claim(uuid, bytea, text, int, text, text), access.replay(uuid) to phoenix_app;
