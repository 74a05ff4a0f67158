-- The status card without walls: the rows that the server's statements give and write, by plain SQL.
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

-- for: person_file
select p.version, p.stage, p.stage_at as stage_since, p.supervision, p.worker_id, p.team_id, p.agency_id,
       w.display_name as worker, t.name as team, g.name as supervising_agency,
       e.last_contact_at as last_contact, e.next_contact_due, e.registered_on, e.offered_on, e.accepted_on,
       e.declined_on, e.closed_on, e.closure_reason, e.suspended_on, e.suspension, e.last_success_on,
       e.streak_from, e.missed_run, e.missed_days,
       i.given_name, i.family_name, i.known_as, d.date_of_birth, d.interpreter
  from app.participant p
  join app.engagement e on e.site_id = p.site_id and e.participant_id = p.id
  join app.identity i on i.person_id = p.person_id
  join app.identity_detail d on d.person_id = p.person_id
  left join access."user" w on w.id = p.worker_id
  left join access.team t on t.id = p.team_id
  left join access.agency g on g.id = p.agency_id
 where p.site_id = :site and p.id = :person;

-- for: person_flags
select f.id, f.kind, f.detail as sealed_detail, f.raised_at as added_at, u.display_name as added_by,
       f.review_on as review_due
  from app.safety_flag f
  left join access."user" u on u.id = f.raised_by
 where f.site_id = :site and f.participant_id = :person and f.ended_at is null
 order by f.raised_at, f.id;

-- for: access_audit
insert into audit.event (user_id, role, site_id, action, operation, subjects, object_id, permission, request_id,
                         remote, detail)
values (:actor, :role, :actor_site, :action, :operation, array[:person], null, :permission, :request_id, :remote,
        :detail);
