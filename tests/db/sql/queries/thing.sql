-- Statements of the tests of lib/db.

-- name: item_insert
-- login: app,worker,owner
-- params: 5 id name note seen good
insert into thing.item (id, name, note, seen, good)
values ($1, $2, $3, $4, $5);

-- name: item_kind
update thing.item set kind = $2 where id = $1;

-- name: item_get
-- login: app,worker,owner
select id, name, note, seen, good, kind, tags, 'extra' as other
  from thing.item
 where id = $1 /* a comment; with a semicolon */;

-- name: item_list
select id, name, seen, good from thing.item order by id;

-- name: item_clear
-- login: app,worker,owner
delete from thing.item;

-- name: item_count
-- login: app,worker,owner
select count(*) as n from thing.item;

-- name: item_copy
-- login: worker,owner
copy thing.item (id, name, note) from stdin;

-- name: child_insert
insert into thing.child (id, item) values ($1, $2);

-- name: raise
select thing.raise($1, $2, $3);

-- name: flaky
select thing.flaky($1, $2) as attempt;

-- name: warn
select thing.warn();

-- name: sleep
-- login: app,worker
select pg_sleep($1);

-- name: backend
-- login: app,worker
select pg_backend_pid() as pid;

-- name: echo
-- login: app,worker
select $1::text as text, $2::bytea as bytes, repeat('x', $3::int) as long;

-- name: wide
select * from thing.wide where id = $1;

-- name: series
-- login: app,worker,owner
select n, repeat('x', 50) as filler, nullif(n, 2) as hole, 100 / ($2::int - n) as quotient
  from generate_series(1, $1::int) n;

-- name: notify
-- login: app
select pg_notify($1, $2);

-- name: settings
-- login: app,worker,owner
select current_user as role, current_setting('jit') as jit,
       current_setting('statement_timeout') as statement_timeout,
       current_setting('lock_timeout') as lock_timeout,
       current_setting('TimeZone') as zone, current_setting('application_name') as name;

-- name: auth_only
-- login: auth
select 1;
