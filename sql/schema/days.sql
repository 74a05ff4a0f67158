-- Days: the local ones of the sites. All sites are in England and Wales; a day there is what people mean.

create or replace function app.local_day(at timestamptz) returns date
  language sql stable parallel safe
  as $$ select (at at time zone 'Europe/London')::date $$;
create or replace function app.today() returns date
  language sql stable parallel safe
  as $$ select (now() at time zone 'Europe/London')::date $$;
-- Its Monday.
create or replace function app.week_of(at timestamptz) returns date
  language sql stable parallel safe
  as $$ select date_trunc('week', at at time zone 'Europe/London')::date $$;
-- "2 November 2026"
create or replace function app.day_words(day date) returns text
  language sql stable parallel safe
  as $$ select to_char(day, 'FMDD FMMonth YYYY') $$;

-- n working days after a day. Saturdays and Sundays do not count; bank holidays are not known here
-- and count as working days.
create or replace function app.working_days_after(day date, n int) returns date
  language sql immutable parallel safe
  as $$
    select max(d)::date
    from (select d from generate_series(day + 1, day + 3 + n * 2, interval '1 day') d
          where extract(isodow from d) < 6 order by d limit n) w
  $$;

grant execute on function app.local_day(timestamptz), app.today(), app.day_words(date),
  app.working_days_after(date, int) to phoenix_app, phoenix_worker;
grant execute on function app.week_of(timestamptz) to phoenix_app;
