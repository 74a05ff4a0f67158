-- Who did what: appends only, for the owner too.

create or replace function audit.refuse_change() returns trigger
  language plpgsql set search_path = pg_catalog
  as $$ begin raise exception 'audit.event is append-only' using errcode = '42501'; end $$;
create or replace trigger append_only before update or delete or truncate on audit.event
  for each statement execute function audit.refuse_change();

-- An audit row by the actor of this transaction, about `subjects` or else the person opened.
create or replace function access.audit(action text, object_id text, subjects uuid[], detail text) returns void
  language plpgsql volatile security definer set search_path = pg_catalog
  as $$
begin
  if access.actor() is null then
    raise exception 'no context' using errcode = '28000';
  end if;
  insert into audit.event (user_id, role, site_id, action, operation, subjects, object_id, permission,
                           request_id, remote, detail)
  select access.actor(), access.actor_role(), access.actor_site(), a.code, a.operation,
         coalesce($3, case when access.person() is not null then array[access.person()] else '{}' end), $2,
         access.said('permission'), convert_from(decode(access.said('request'), 'hex'), 'UTF8'),
         convert_from(decode(access.said('remote'), 'hex'), 'UTF8'), $4
    from access.audit_action a where a.code = $1;
  if not found then
    raise exception 'no audit action %', $1 using errcode = 'XX000';
  end if;
end $$;

-- The same for work without a session: jobs and the command line.
create or replace function access.audit_system(action text, object_id text, subjects uuid[], detail text) returns void
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

-- The audit log holds participants by id alone. Who may read the log may read it by reference, and sees
-- references (no names) instead of ids; nobody else learns anything from these functions.
create or replace function audit.person_of(p_ref text) returns uuid
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
begin
  if not (access.all_for('audit_read') or access.site_for('audit_read') is not null) then
    return null;
  end if;
  return (select p.id from app.participant p
           where p.ref = p_ref
             and (access.all_for('audit_read') or p.site_id = access.site_for('audit_read')));
end $$;

-- The first few references of an event, and how many people it was about.
create or replace function audit.refs_of(p_subjects uuid[]) returns text
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
declare
  every constant boolean := access.all_for('audit_read');
  own constant text := access.site_for('audit_read');
begin
  if not every and own is null then
    return null;
  end if;
  return (select string_agg(p.ref, ', ' order by p.ref)
            from app.participant p
           where p.id = any (p_subjects[1:5]) and (every or p.site_id = own));
end $$;

grant execute on function access.audit(text, text, uuid[], text), audit.person_of(text), audit.refs_of(uuid[])
  to phoenix_app;
grant execute on function access.audit_system(text, text, uuid[], text) to phoenix_worker;
