-- What every policy asks: the text is cut as bytes, which does not walk through its letters.
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
