-- Counts for team leads and managers. The same facts, functions and policies as the lists, so that totals
-- agree.

-- People by worker and engagement status: the sums by status and by worker are both made from these.
-- name: report_people
select k.worker_id, u.display_name as worker, k.status, k.people, k.overdue
  from (select e.worker_id, e.status, count(*) as people,
               count(*) filter (where e.next_contact_due < app.today()
                                and e.status in ('engaged', 'wavering', 'disengaged')) as overdue
          from app.engagement_now e
         where e.site_id = (select access.site_for('report_read'))
            or e.team_id = (select access.team_for('report_read'))
            or (select access.all_for('report_read'))
         group by e.worker_id, e.status) k
  left join access."user" u on u.id = k.worker_id
 order by u.display_name nulls first, k.worker_id, k.status;

-- What became of the referrals sent since a day.
-- name: report_funnel
-- params: 1 since
select count(*) as sent, count(r.accepted_at) as accepted, count(r.started_at) as started,
       count(r.ended_at) as ended, count(r.declined_at) as declined,
       count(r.withdrawn_at) as withdrawn
  from app.referral r
 where r.site_id = any ((select access.staff_sites())::text[])
   and (r.participant_id = any ((select access.mine('report_read'))::uuid[])
        or r.site_id = (select access.site_for('report_read')) or (select access.all_for('report_read')))
   and r.sent_at >= ($1::date)::timestamp at time zone 'Europe/London';

-- name: report_weeks
-- params: 1 first_monday
select w.week, w.contacts, w.successful from app.contact_weeks($1::date) w;
