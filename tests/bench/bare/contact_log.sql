-- Recording a contact without walls: the rows that the server's statements give and write, by plain SQL.
-- Each statement names after "for" the server's statement whose rows these are; walls.py holds every value read
-- against the server's answer, and the rows written in each table against what the server writes.

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

-- for: access_claim (the idempotency key with its answer)
insert into access.idempotency (user_id, key, body_hash, route, status, location, body)
values (:actor, :key, :body_hash, :route, 201, :location, :body);

-- for: contact_insert
insert into app.contact (site_id, id, participant_id, happened_at, direction, mode, outcome, successful, missed,
                         next_contact_due, author_id, received_at, client_ref)
values (:site, :id, :person, now(), 'outbound', 'phone', 'spoke', true, false, :due, :actor, now(), :key);

-- for: contact_insert
insert into app.contact_detail (site_id, contact_id, participant_id, minutes, purposes, concern)
values (:site, :id, :person, 20, '{support_session}', false);

-- for: contact_insert
insert into app.contact_note (site_id, contact_id, participant_id, kind, note)
values (:site, :id, :person, 'note', :note);

-- for: contact_insert (what the trigger folds into the person's dated facts)
update app.engagement
   set contacts = contacts + 1, last_contact_at = now(), last_contact_id = :id, last_contact_mode = 'phone',
       last_contact_outcome = 'spoke', next_contact_due = :due, last_success_at = now(),
       last_success_on = current_date, missed_run = 0, missed_days = '{}'
 where site_id = :site and participant_id = :person;

-- for: contact_insert (what the trigger counts by week and team)
insert into app.contact_week as w (site_id, week, team_id, part, contacts, successful)
values (:site, date_trunc('week', now())::date, :team, pg_backend_pid() % 64, 1, 1)
    on conflict (site_id, week, team_id, part)
    do update set contacts = w.contacts + 1, successful = w.successful + 1;

-- for: access_audit
insert into audit.event (user_id, role, site_id, action, operation, subjects, object_id, permission, request_id,
                         remote, detail)
values (:actor, :role, :actor_site, :action, :operation, array[:person], :id, :permission, :request_id, :remote,
        :detail);
