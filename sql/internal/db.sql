-- The statements of lib/db itself: transaction control, the list of migrations, the first roles.

-- name: begin
begin;

-- name: begin_snapshot
begin isolation level repeatable read read only;

-- name: commit
commit;

-- name: rollback
rollback;

-- name: listen
-- The channel name follows, checked and quoted.
listen

-- name: migration_lock
-- login: owner
-- Held by the session while it migrates, so that two programs take turns.
select pg_advisory_lock(735318442);

-- name: migration_unlock
-- login: owner
select pg_advisory_unlock(735318442);

-- name: migration_present
-- login: owner
select to_regclass('meta.migration') is not null;

-- name: migration_schema
-- login: owner
create schema meta;

-- name: migration_table
-- login: owner
-- Forced row security like every table; what it says is no secret, but only the owner adds to it.
create table meta.migration (
    number     integer     primary key,
    name       text        not null,
    sha256     text        not null,
    applied_at timestamptz not null default now()
);

-- name: migration_force
-- login: owner
alter table meta.migration enable row level security, force row level security;

-- name: migration_read_policy
-- login: owner
create policy everyone_reads on meta.migration for select using (true);

-- name: migration_owner_policy
-- login: owner
create policy owner_adds on meta.migration for insert to phoenix_owner with check (true);

-- name: migration_usage
-- login: owner
grant usage on schema meta to public;

-- name: migration_select
-- login: owner
grant select on meta.migration to public;

-- name: schema_table
-- login: owner
-- What sql/schema said when it was last applied. One row.
create table meta.schema (
    one        boolean     primary key default true check (one),
    sha256     text        not null,
    applied_at timestamptz not null default now()
);

-- name: schema_force
-- login: owner
alter table meta.schema enable row level security, force row level security;

-- name: schema_read_policy
-- login: owner
create policy everyone_reads on meta.schema for select using (true);

-- name: schema_owner_policy
-- login: owner
create policy owner on meta.schema to phoenix_owner using (true) with check (true);

-- name: schema_select
-- login: owner
grant select on meta.schema to public;

-- name: schema_digest
select sha256 from meta.schema;

-- name: schema_keep
-- login: owner
insert into meta.schema (sha256) values ($1)
on conflict (one) do update set sha256 = excluded.sha256, applied_at = now();

-- name: migration_list
-- login: owner
select number, sha256 from meta.migration order by number;

-- name: migration_timeout
-- login: owner
-- A migration, or the schema's text, waits this long for a table and no longer: people queue behind it.
set local lock_timeout = '10s';

-- name: migration_add
-- login: owner
-- params: number name sha256
insert into meta.migration (number, name, sha256) values (:number, :name, :sha256);

-- name: migration_latest
select coalesce(max(number), 0) from meta.migration;

-- name: role_present
-- login: owner
-- params: name
select 1 from pg_catalog.pg_roles where rolname = :name;

-- name: role_create
-- login: owner
-- The role's name follows, from a fixed list.
create role

-- name: role_attributes
-- login: owner
-- Follows the role's name.
login nosuperuser nocreatedb nocreaterole nobypassrls noreplication

-- name: parameter_grant
-- login: owner
-- The parameter that carries who asks (sql/README.md, "The context"): a superuser's, and now also the owner's.
grant set on parameter backtrace_functions to phoenix_owner

-- name: database_present
-- login: owner
-- params: name
select 1 from pg_catalog.pg_database where datname = :name;

-- name: database_create
-- login: owner
-- The quoted name follows.
create database

-- name: database_attributes
-- login: owner
owner phoenix_owner encoding 'UTF8' template template0

-- name: database_close
-- login: owner
-- The quoted name follows: only the service's own roles may connect.
revoke all on database

-- name: database_close_from
-- login: owner
from public

-- name: database_open
-- login: owner
grant connect on database

-- name: database_open_to
-- login: owner
to phoenix_app, phoenix_auth, phoenix_worker, phoenix_trial, phoenix_seal
