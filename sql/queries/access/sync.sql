-- What phoenix migrate copies into the database from the program's tables and the programme file.

-- name: sync_grants
-- login: owner
-- params: roles permissions scopes
-- The matrix as it is now; what it no longer holds goes.
with want as (
    select * from unnest(:roles::text[], :permissions::text[], :scopes::text[]) as w (role, permission, scope)
), gone as (
    delete from access.permission_grant g
    where not exists (select from want w where w.role = g.role and w.permission = g.permission)
)
insert into access.permission_grant as g (role, permission, scope)
select role, permission, scope from want
on conflict (role, permission) do update set scope = excluded.scope where g.scope <> excluded.scope;

-- name: sync_audit_actions
-- login: owner
-- params: codes operations words
insert into access.audit_action as a (code, operation, words)
select * from unnest(:codes::text[], :operations::text[], :words::text[])
on conflict (code) do update set operation = excluded.operation, words = excluded.words
where (a.operation, a.words) is distinct from (excluded.operation, excluded.words);

-- name: sync_vocabulary
-- login: owner
-- params: version names codes labels successful missed positions
insert into access.vocabulary as v (version, name, code, label, successful, missed, position, retired)
select :version, w.name, w.code, w.label, w.successful, w.missed, w.position, false
from unnest(:names::text[], :codes::text[], :labels::text[], :successful::boolean[], :missed::boolean[], :positions::int[])
     as w (name, code, label, successful, missed, position)
on conflict (name, code) do update
set version = excluded.version, label = excluded.label, successful = excluded.successful,
    missed = excluded.missed, position = excluded.position, retired = false
where (v.version, v.label, v.successful, v.missed, v.position, v.retired)
      is distinct from (excluded.version, excluded.label, excluded.successful, excluded.missed,
                        excluded.position, false);

-- name: sync_vocabulary_retire
-- login: owner
-- params: names codes
-- A code that left the file keeps its label for the rows that hold it.
update access.vocabulary v set retired = true
where not v.retired
  and not exists (select from unnest(:names::text[], :codes::text[]) as w (name, code)
                  where w.name = v.name and w.code = v.code);

-- name: sync_sites
-- login: owner
-- params: codes names engaged_days wavering_days wavering_missed disengaged_missed
insert into access.site as s (code, name, engaged_days, wavering_days, wavering_missed, disengaged_missed)
select * from unnest(:codes::text[], :names::text[], :engaged_days::int[], :wavering_days::int[], :wavering_missed::int[], :disengaged_missed::int[])
on conflict (code) do update
set name = excluded.name, engaged_days = excluded.engaged_days, wavering_days = excluded.wavering_days,
    wavering_missed = excluded.wavering_missed, disengaged_missed = excluded.disengaged_missed
where (s.name, s.engaged_days, s.wavering_days, s.wavering_missed, s.disengaged_missed)
      is distinct from (excluded.name, excluded.engaged_days, excluded.wavering_days,
                        excluded.wavering_missed, excluded.disengaged_missed);

-- name: sync_keyring
-- login: owner
-- params: check_value:bytes
select access.keyring_keep(:check_value);
