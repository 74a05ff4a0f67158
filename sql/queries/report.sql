-- Counts for team leads and managers, from the same facts and functions as the lists, so that totals agree.
-- The functions count what report_read covers: the team, the site, or everybody.

-- The sums by status and by worker are both made from these.
-- name: report_people
select k.worker_id, u.display_name as worker, k.status, k.people, k.overdue
  from app.people_counts() k
  left join access."user" u on u.id = k.worker_id
 order by u.display_name nulls first, k.worker_id, k.status;

-- name: report_funnel
-- params: 1 since
select f.sent, f.accepted, f.started, f.ended, f.declined, f.withdrawn
  from app.referral_counts($1::date) f;

-- name: report_weeks
-- params: 1 first_monday
select w.week, w.contacts, w.successful from app.contact_weeks($1::date) w;
