-- A small schema for the tests of lib/db; the program's own is in sql/migrations.
create schema thing;
grant usage on schema thing to phoenix_app, phoenix_auth, phoenix_worker;

create table thing.item (
    id   integer primary key,
    name text    not null,
    note bytea,
    seen timestamptz,
    good boolean,
    kind text constraint item_kind_known check (kind in ('a', 'b')),
    tags text[]
);
create table thing.child (
    id   integer primary key,
    item integer not null references thing.item deferrable initially deferred
);
create table thing.wide (id integer primary key);
insert into thing.wide values (1);
create sequence thing.attempts;
grant select, insert, update, delete on all tables in schema thing to phoenix_app, phoenix_worker;
grant usage, select, update on all sequences in schema thing to phoenix_app;
