-- Counts for team leads and managers, from the same facts and functions as the lists, so that totals agree.
-- The functions count what report_read covers: the team, the site, or everybody.

-- name: report_people
select c.status, sum(c.people) as people from app.people_counts('report_read') c group by c.status;

-- The first so many workers by name, people without a worker before them.
-- name: report_workers
-- params: workers:int
select w.worker_id, w.worker, w.status, w.people, w.overdue
  from app.worker_counts('report_read', false, null, null, :workers::int) w
 where w.status is not null
 order by w.worker_id is not null, w.worker, w.worker_id, w.status;

-- name: report_funnel
-- params: since
select f.sent, f.accepted, f.started, f.ended, f.declined, f.withdrawn
  from app.referral_counts(:since::date) f;

-- name: report_weeks
-- params: first_monday
select w.week, w.contacts, w.successful from app.contact_weeks(:first_monday::date) w;
