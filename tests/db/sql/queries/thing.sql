-- Statements of the tests of lib/db.

-- name: item_insert
-- login: app,worker,owner
-- params: id name note:bytes seen good
insert into thing.item (id, name, note, seen, good)
values (:id, :name, :note, :seen, :good);

-- name: item_kind
-- params: id kind
update thing.item set kind = :kind where id = :id;

-- name: item_get
-- login: app,worker,owner
-- params: id
select id, name, note, seen, good, kind, tags, 'extra' as other
  from thing.item
 where id = :id /* a comment; with a semicolon */;

-- name: item_list
select id, name, seen, good from thing.item order by id;

-- name: arrays
-- params: 2 kinds words
select w.kinds, w.words from (select $1::text[] as kinds, $2::bytea[] as words) w;

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
-- params: id item
insert into thing.child (id, item) values (:id, :item);

-- name: raise
-- params: state message detail
select thing.raise(:state, :message, :detail);

-- name: flaky
-- params: times state
select thing.flaky(:times, :state) as attempt;

-- name: warn
select thing.warn();

-- name: sleep
-- login: app,worker
-- params: seconds
select pg_sleep(:seconds);

-- name: backend
-- login: app,worker
select pg_backend_pid() as pid;

-- name: echo
-- login: app,worker
-- params: text bytes:bytes length
select :text::text as text, :bytes::bytea as bytes, repeat('x', :length::int) as long;

-- name: wide
-- params: id
select * from thing.wide where id = :id;

-- name: series
-- login: app,worker,owner
-- params: n hole
select n, repeat('x', 50) as filler, nullif(n, 2) as hole, 100 / (:hole::int - n) as quotient
  from generate_series(1, :n::int) n;

-- name: notify
-- login: app
-- params: channel payload
select pg_notify(:channel, :payload);

-- name: settings
-- login: app,worker,owner
select current_user as role, current_setting('jit') as jit,
       current_setting('statement_timeout') as statement_timeout,
       current_setting('lock_timeout') as lock_timeout,
       current_setting('TimeZone') as zone, current_setting('application_name') as name;

-- name: auth_only
-- login: auth
select 1;
