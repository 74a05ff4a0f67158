-- The person a page is about: what stands at its top, and the case page. One row always (the person
-- opened), with nulls where the actor's role sees nothing.

-- name: person_file
select p.version, p.stage, p.stage_at as stage_since, p.supervision, p.worker_id, p.team_id, p.agency_id,
       w.display_name as worker, t.name as team, g.name as supervising_agency,
       k.status, k.since, k.basis, k.last_contact_at as last_contact, k.next_contact_due,
       k.next_contact_due < app.today() as overdue,
       i.given_name, i.family_name, i.known_as, d.date_of_birth, d.interpreter
  from (select (select access.person()) as id, (select access.person_site()) as site,
               (select access.subject()) as subject offset 0) me
  left join app.participant p on p.site_id = me.site and p.id = me.id
  left join app.engagement_now k on k.site_id = me.site and k.participant_id = me.id
  left join app.identity i on i.person_id = me.subject
  left join app.identity_detail d on d.person_id = me.subject
  left join access."user" w on w.id = p.worker_id
  left join access.team t on t.id = p.team_id
  left join access.agency g on g.id = p.agency_id;

-- name: person_flags
select f.id, f.kind, f.detail, f.raised_at as added_at, u.display_name as added_by,
       f.review_on as review_due
  from app.safety_flag f
  left join access."user" u on u.id = f.raised_by
 where f.site_id = (select access.person_site()) and f.participant_id = (select access.person())
   and f.ended_at is null
 order by f.raised_at, f.id;

-- name: case_referrals
select r.id, r.service, a.name as provider, r.state, r.made_at,
       case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end as due
  from app.referral r
  left join access.agency a on a.id = r.provider_id
 where r.site_id = (select access.person_site()) and r.participant_id = (select access.person())
   and r.state in ('draft', 'sent', 'accepted', 'started')
 order by r.made_at desc, r.id desc
 limit 50;

-- name: case_escalations
select e.id, e.trigger, e.state, e.raised_at, e.decision_due as due
  from app.escalation e
 where e.site_id = (select access.person_site()) and e.participant_id = (select access.person())
   and e.state <> 'closed'
 order by e.raised_at desc, e.id desc
 limit 50;

-- name: case_stages
select v.kind, v.to_state as stage, v.at, u.display_name as by, v.reason_code as reason
  from app.participant_event v
  left join access."user" u on u.id = v.by_user
 where v.site_id = (select access.person_site()) and v.participant_id = (select access.person())
   and v.kind in ('stage', 'suspension')
 order by v.at desc, v.id desc
 limit 50;
