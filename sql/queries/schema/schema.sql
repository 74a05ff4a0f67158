-- What `phoenix schema` draws: the tables, and who refers to whom.

-- name: schema_columns
-- login: owner
-- One row a column, in order: table, column, type, whether it is in the primary key.
select n.nspname as schema, c.relname as "table", a.attname as "column",
       replace(pg_catalog.format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz') as type,
       exists (select from pg_catalog.pg_constraint k
                where k.conrelid = c.oid and k.contype = 'p' and a.attnum = any (k.conkey)) as key
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relkind = 'r' and n.nspname in ('access', 'app', 'intel', 'trial', 'audit')
 order by array_position(array['access', 'app', 'intel', 'trial', 'audit'], n.nspname::text), c.relname, a.attnum;

-- name: schema_links
-- login: owner
-- One row a foreign key: the table and the last of its columns (the first is mostly the site), and the table it
-- refers to.
select n.nspname as schema, c.relname as "table",
       (select a.attname from pg_catalog.pg_attribute a
         where a.attrelid = c.oid and a.attnum = k.conkey[cardinality(k.conkey)]) as "column",
       fn.nspname as to_schema, f.relname as to_table
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_class f on f.oid = k.confrelid
  join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
 where k.contype = 'f' and n.nspname in ('access', 'app', 'intel', 'trial', 'audit')
 order by 1, 2, 3;
