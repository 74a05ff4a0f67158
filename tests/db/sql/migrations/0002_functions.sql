create function thing.raise(state text, message text, detail text) returns integer
language plpgsql as $$
begin
    raise exception using errcode = state, message = message, detail = coalesce(detail, '');
end;
$$;

-- Fails as a serialisation failure until it was called that often: a sequence does not roll back.
create function thing.flaky(succeeds_at bigint, state text) returns bigint
language plpgsql as $$
declare
    attempt bigint := nextval('thing.attempts');
begin
    if attempt < succeeds_at then
        raise exception using errcode = state, message = 'try again';
    end if;
    return attempt;
end;
$$;

create function thing.warn() returns integer language plpgsql as $$
begin
    raise warning 'a warning of our own with code 01000';
    return 1;
end;
$$;
