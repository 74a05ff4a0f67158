-- Caseloads of a team or site: one row a worker, and one for people without a worker, a page at a time.

-- name: caseload_list
-- params: after_name after_id limit:int
select w.worker_id, w.worker, t.name as team,
       coalesce(sum(w.people) filter (where w.status <> 'closed'), 0) as people,
       coalesce(sum(w.people) filter (where w.status = 'engaged'), 0) as engaged,
       coalesce(sum(w.people) filter (where w.status = 'wavering'), 0) as wavering,
       coalesce(sum(w.people) filter (where w.status = 'disengaged'), 0) as disengaged,
       coalesce(sum(w.people) filter (where w.status = 'offer_declined'), 0) as offer_declined,
       coalesce(sum(w.people) filter (where w.status = 'not_yet_offered'), 0) as not_yet_offered,
       coalesce(sum(w.people) filter (where w.status = 'suspended'), 0) as suspended,
       coalesce(sum(w.overdue), 0) as overdue
  from app.worker_counts('caseload_read', true, :after_name, :after_id::uuid, :limit::int + 1) w
  left join access.team t on t.id = w.team_id
 group by w.worker_id, w.worker, t.name
 order by (w.worker_id is not null), w.worker, w.worker_id;

-- name: caseload_total
select coalesce(sum(c.people), 0) as people
  from app.people_counts('caseload_read') c where c.status <> 'closed';
