-- The audit log, newest first. The policy of audit.event decides what is in it for whom: everything, the
-- own site's, or one's own.

-- name: audit_list
-- params: 9 from to user action ref limit before_at before_id operation
with asked as materialized (
  select case when $5::text is not null then coalesce(audit.person_of($5), gen_random_uuid()) end as person
)
select e.id, e.at, u.display_name as user_name, e.role, e.site_id as site, e.action, e.operation,
       cardinality(e.subjects) as people, audit.refs_of(e.subjects) as refs, e.remote, e.request_id,
       e.detail
  from audit.event e
  left join access."user" u on u.id = e.user_id
 where ($1::date is null or e.at >= ($1::date)::timestamp at time zone 'Europe/London')
   and ($2::date is null or e.at < ($2::date + 1)::timestamp at time zone 'Europe/London')
   and ($3::text is null or e.user_id in (select s.id from access."user" s
                                           where strpos(lower(s.display_name), lower($3)) > 0))
   and ($4::text is null or e.action = $4)
   and ($9::text is null or e.operation = $9)
   and ((select person from asked) is null or (select person from asked) = any (e.subjects))
   and ($7::timestamptz is null or (e.at, e.id) < ($7::timestamptz, $8::bigint))
 order by e.at desc, e.id desc
 limit $6::int;
