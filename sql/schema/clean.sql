-- Takes away every view and function of ours before the other files bring them back, so that what stands
-- afterwards is what the text says and no more: a function whose name, arguments or answer changed leaves
-- nothing behind. Triggers and policies go with the functions they call; policies.sql drops the other policies.

do $$
declare
  x record;
begin
  -- A column, index or check that called a function of ours would be taken away with it.
  select p.oid::regprocedure::text as called, pg_describe_object(d.classid, d.objid, d.objsubid) as leans into x
    from pg_depend d
    join pg_proc p on p.oid = d.refobjid and d.refclassid = 'pg_proc'::regclass
    join pg_namespace n on n.oid = p.pronamespace
   where n.nspname in ('access', 'app', 'intel', 'trial', 'audit')
     and d.classid in ('pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass)
   limit 1;
  if found then
    raise exception 'tables may call no function of sql/schema: % calls %', x.leans, x.called;
  end if;
  -- (Sorted, so that all names are known before the first goes and takes others along.)
  for x in select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'v' and n.nspname in ('access', 'app', 'intel', 'trial', 'audit') order by 1
  loop
    execute format('drop view if exists %s cascade', x.name);
  end loop;
  for x in select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in ('access', 'app', 'intel', 'trial', 'audit') order by 1
  loop
    execute format('drop function if exists %s cascade', x.name);
  end loop;
end $$;
