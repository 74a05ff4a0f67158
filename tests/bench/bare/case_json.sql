-- A case page without walls: the rows that the server's statements give and write, by plain SQL.
-- Each statement names after "for" the server's statement whose rows these are; walls.py holds every value read
-- against the server's answer, and the rows written in each table against what the server writes.
-- derived: status since basis overdue (worked out by the programme's rule of the status from the facts that are read here)

-- for: access_begin (the session and whose it is)
select u.id as user_id, u.username, u.display_name, u.role, u.site_id as site, u.team_id, t.name as team_name,
       u.agency_id, g.name as agency_name, u.must_change_password, s.expires_at
  from access.session s
  join access."user" u on u.id = s.user_id
  left join access.team t on t.id = u.team_id
  left join access.agency g on g.id = u.agency_id
 where s.token_hash = :token;

-- for: access_begin (the person opened, with the wrapped key)
select p.person_id, p.id as participant_id, p.ref as person_ref, p.site_id as person_site, p.version as person_version, k.wrapped
  from app.participant p
  join app.data_key k on k.person_id = p.person_id
 where p.ref = :ref
 order by k.epoch desc
 limit 1;

-- for: participant_details person_file (the server reads some of it twice, this once)
select p.site_id as site, p.ref, p.stage, p.stage_at as stage_since, p.closure_reason, p.supervision, p.worker_id,
       p.team_id, p.agency_id, p.agency_id as agency, p.started_on, p.source_ref as sealed_source_ref, p.version,
       w.display_name as worker, t.name as team, g.name as agency_name, g.name as supervising_agency,
       e.last_contact_at as last_contact, e.next_contact_due, e.registered_on, e.offered_on, e.accepted_on,
       e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
       e.streak_from, e.missed_run, e.missed_days,
       i.given_name, i.family_name, i.known_as, i.address, i.postcode, i.phone, i.email,
       d.date_of_birth, d.aliases, d.sex, d.gender, d.ethnicity, d.officer_ethnicity, d.language,
       d.interpreter, d.notes
  from app.participant p
  join app.engagement e on e.site_id = p.site_id and e.participant_id = p.id
  join app.identity i on i.person_id = p.person_id
  join app.identity_detail d on d.person_id = p.person_id
  left join access."user" w on w.id = p.worker_id
  left join access.team t on t.id = p.team_id
  left join access.agency g on g.id = p.agency_id
 where p.site_id = :site and p.id = :person;

-- for: participant_identifiers
select f.id, f.kind, f.value, f.warning
  from app.identifier f
 where f.person_id = :subject and f.removed_at is null
 order by f.kind, f.created_at;

-- for: person_flags
select f.id, f.kind, f.detail as sealed_detail, f.raised_at as added_at, u.display_name as added_by,
       f.review_on as review_due
  from app.safety_flag f
  left join access."user" u on u.id = f.raised_by
 where f.site_id = :site and f.participant_id = :person and f.ended_at is null
 order by f.raised_at, f.id;

-- for: contact_list (20 to show, and one that says whether there are more)
select c.id, c.happened_at, c.mode, c.outcome, c.direction, c.next_contact_due, c.captured_at,
       c.received_at, c.corrects, c.superseded_by, u.display_name as author,
       d.minutes, d.purposes, d.concern, d.next_step,
       n.kinds, n.words, s.summary
  from app.contact c
  left join app.contact_detail d on d.site_id = c.site_id and d.contact_id = c.id
  left join lateral (select array_agg(w.kind) as kinds, array_agg(w.note) as words
                       from app.contact_note w
                      where w.site_id = c.site_id and w.contact_id = c.id) n on true
  left join app.contact_summary s on s.site_id = c.site_id and s.contact_id = c.id
  left join access."user" u on u.id = c.author_id
 where c.site_id = :site and c.participant_id = :person and c.superseded_by is null
 order by c.happened_at desc, c.id desc
 limit 21;

-- for: case_referrals
select r.id, r.service, a.name as provider, r.state, r.made_at,
       case r.state when 'sent' then r.reply_due when 'accepted' then r.start_due end as due
  from app.referral r
  left join access.agency a on a.id = r.provider_id
 where r.site_id = :site and r.participant_id = :person and r.state in ('draft', 'sent', 'accepted', 'started')
 order by r.made_at desc, r.id desc
 limit 50;

-- for: case_escalations
select e.id, e.trigger, e.state, e.raised_at, e.decision_due as due
  from app.escalation e
 where e.site_id = :site and e.participant_id = :person and e.state <> 'closed'
 order by e.raised_at desc, e.id desc
 limit 50;

-- for: case_stages
select v.kind, v.to_state as stage, v.at, u.display_name as by, v.reason_code as reason
  from app.participant_event v
  left join access."user" u on u.id = v.by_user
 where v.site_id = :site and v.participant_id = :person and v.kind in ('stage', 'suspension')
 order by v.at desc, v.id desc
 limit 50;

-- for: access_audit
insert into audit.event (user_id, role, site_id, action, operation, subjects, object_id, permission, request_id,
                         remote, detail)
values (:actor, :role, :actor_site, :action, :operation, array[:person], null, :permission, :request_id, :remote,
        :detail);
