-- The audit log, newest first. The policy of audit.event decides what is in it for whom: everything, the
-- own site's, or one's own.

-- name: audit_list
-- params: from to user action ref limit:int before_at before_id operation
with asked as materialized (
  select case when :ref::text is not null then coalesce(audit.person_of(:ref), gen_random_uuid()) end as person
)
select e.id, e.at, u.display_name as user_name, e.role, e.site_id as site, e.action, e.operation,
       cardinality(e.subjects) as people, audit.refs_of(e.subjects) as refs, e.remote, e.request_id,
       e.detail
  from audit.event e
  left join access."user" u on u.id = e.user_id
 where (:from::date is null or e.at >= (:from::date)::timestamp at time zone 'Europe/London')
   and (:to::date is null or e.at < (:to::date + 1)::timestamp at time zone 'Europe/London')
   and (:user::text is null or e.user_id in (select s.id from access."user" s
                                           where strpos(lower(s.display_name), lower(:user)) > 0))
   and (:action::text is null or e.action = :action)
   and (:operation::text is null or e.operation = :operation)
   and ((select person from asked) is null or (select person from asked) = any (e.subjects))
   and (:before_at::timestamptz is null or (e.at, e.id) < (:before_at::timestamptz, :before_id::bigint))
 order by e.at desc, e.id desc
 limit :limit::int;
