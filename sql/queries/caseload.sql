-- Caseloads of a team or site: one row a worker, and one for people without a worker.

-- name: caseload_list
with mine as materialized (
  select k.worker_id, k.team_id, k.status, k.next_contact_due
    from app.engagement_now k
   where (k.team_id = (select access.team_for('caseload_read'))
          or k.site_id = (select access.site_for('caseload_read'))
          or (select access.all_for('caseload_read')))
     and k.status <> 'closed'
), staff as (
  select u.id, u.display_name, u.team_id
    from access."user" u
   where u.role in ('navigator', 'team_lead') and u.disabled_at is null
     and (u.team_id = (select access.team_for('caseload_read'))
          or u.site_id = (select access.site_for('caseload_read'))
          or (select access.all_for('caseload_read')))
), counted as (
  select m.worker_id, count(*) as people,
         count(*) filter (where m.status = 'engaged') as engaged,
         count(*) filter (where m.status = 'wavering') as wavering,
         count(*) filter (where m.status = 'disengaged') as disengaged,
         count(*) filter (where m.status = 'offer_declined') as offer_declined,
         count(*) filter (where m.status = 'not_yet_offered') as not_yet_offered,
         count(*) filter (where m.status = 'suspended') as suspended,
         count(*) filter (where m.status in ('engaged', 'wavering', 'disengaged')
                            and m.next_contact_due < app.today()) as overdue
    from mine m
   group by m.worker_id
)
select coalesce(s.id, c.worker_id) as worker_id, coalesce(s.display_name, w.display_name) as worker,
       t.name as team, coalesce(c.people, 0) as people, coalesce(c.engaged, 0) as engaged,
       coalesce(c.wavering, 0) as wavering, coalesce(c.disengaged, 0) as disengaged,
       coalesce(c.offer_declined, 0) as offer_declined,
       coalesce(c.not_yet_offered, 0) as not_yet_offered, coalesce(c.suspended, 0) as suspended,
       coalesce(c.overdue, 0) as overdue
  from staff s
  full join counted c on c.worker_id = s.id
  left join access."user" w on w.id = c.worker_id
  left join access.team t on t.id = coalesce(s.team_id, w.team_id)
 order by (coalesce(s.id, c.worker_id) is not null), worker, worker_id;
