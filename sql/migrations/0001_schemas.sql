-- The walls, before anything stands behind them: schemas, what PUBLIC loses, and two small types.
-- Migrations run as phoenix_owner. The login roles exist already (phoenix migrate makes them):
-- phoenix_owner, phoenix_app, phoenix_auth, phoenix_worker, phoenix_trial, phoenix_seal.

create schema access; -- users, sessions, roles, the verified context
create schema app;    -- cases
create schema intel;  -- police intelligence
create schema trial;  -- nominations and allocation
create schema audit;  -- who did what

-- Nothing is anybody's unless a line below or in a later migration says so.
revoke all on schema public from public;
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;

do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to phoenix_app, phoenix_auth, phoenix_worker,'
                 ' phoenix_trial, phoenix_seal', current_database());
end $$;

grant usage on schema access to phoenix_app, phoenix_auth, phoenix_worker, phoenix_trial;
grant usage on schema app to phoenix_app, phoenix_worker;
grant usage on schema intel to phoenix_app;
grant usage on schema trial to phoenix_trial;
grant usage on schema audit to phoenix_app, phoenix_seal;

-- A sealed value is never shorter than its header (8), nonce (24) and tag (16): plain text that
-- reaches a sealed column by mistake is refused unless it is long, and then it is not text any more.
create domain app.sealed as bytea
  constraint sealed_shape check (octet_length(value) >= 48 and get_byte(value, 0) < 32);
-- A short code of a vocabulary or a machine: it cannot hold anybody's words.
create domain app.code as text
  constraint code_shape check (value ~ '^[a-z][a-z0-9_]{0,63}$');
grant usage on type app.sealed, app.code to phoenix_app, phoenix_worker, phoenix_trial;

-- The site's local day. All sites are in England and Wales; a day there is what people mean.
create function app.local_day(at timestamptz) returns date
  language sql stable parallel safe
  as $$ select (at at time zone 'Europe/London')::date $$;
create function app.today() returns date
  language sql stable parallel safe
  as $$ select (now() at time zone 'Europe/London')::date $$;
-- "2 November 2026"
create function app.day_words(day date) returns text
  language sql stable parallel safe
  as $$ select to_char(day, 'FMDD FMMonth YYYY') $$;

-- n working days after a day. Saturdays and Sundays do not count; bank holidays are not known here
-- and count as working days.
create function app.working_days_after(day date, n int) returns date
  language sql immutable parallel safe
  as $$
    select max(d)::date
    from (select d from generate_series(day + 1, day + 3 + n * 2, interval '1 day') d
          where extract(isodow from d) < 6 order by d limit n) w
  $$;
grant execute on function app.local_day(timestamptz), app.today(), app.day_words(date),
  app.working_days_after(date, int) to phoenix_app, phoenix_worker;
