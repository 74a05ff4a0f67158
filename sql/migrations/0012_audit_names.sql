-- The audit log holds participants by id alone. Who may read the log may read it by reference, and sees
-- references (no names) instead of ids; nobody else learns anything from these functions.

create function audit.person_of(p_ref text) returns uuid
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
create function audit.refs_of(p_subjects uuid[]) returns text
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

revoke execute on function audit.person_of(text), audit.refs_of(uuid[]) from public;
grant execute on function audit.person_of(text), audit.refs_of(uuid[]) to phoenix_app;
