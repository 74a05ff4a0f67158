-- Spreadsheets brought in by the operator (phoenix import), as the owner in one transaction.

-- Everybody at the site: who is known, and whose contacts can come.
-- name: import_people
-- login: owner
-- params: 1 site
select p.id, p.ref, p.source_ref, k.wrapped, i.family_name, i.given_name, d.date_of_birth
  from app.participant p
  join lateral (select x.wrapped from app.data_key x
                 where x.site_id = p.site_id and x.participant_id = p.id
                 order by x.epoch desc limit 1) k on true
  left join app.identity i on i.site_id = p.site_id and i.participant_id = p.id
  left join app.identity_detail d on d.site_id = p.site_id and d.participant_id = p.id
 where p.site_id = $1;

-- name: import_site
-- login: owner
-- params: 1 site
select s.trial_running from access.site s where s.code = $1;

-- An account that only names an author: no password opens it and it is disabled.
-- name: import_author_add
-- login: owner
-- params: 4 id username display_name site
with made as (
  insert into access."user" (id, username, display_name, role, site_id, password_hash, disabled_at)
  values ($1::uuid, $2, $3, 'navigator', $4, '!', now())
  on conflict (username) do nothing
  returning id
)
select access.audit_system('user_added', id::text, '{}', 'author of imported records') from made;

-- name: import_author
-- login: owner
-- params: 2 username site
select u.id from access."user" u where u.username = $1 and (u.site_id = $2 or u.site_id is null);

-- They are being worked with: offered and accepted on the day they started.
-- name: import_participant
-- login: owner
-- params: 7 site id ref source_ref worker supervision started_on
insert into app.participant (site_id, id, ref, source_ref, stage, stage_at, worker_id, team_id,
                             supervision, started_on, offered_at, accepted_at)
select $1, $2::uuid, $3, $4, 'active', t.at, u.id, u.team_id, coalesce($6, 'none'), $7::date, t.at, t.at
  from (select least(now(), ($7::date + time '12:00') at time zone 'Europe/London') as at) t
  left join access."user" u on u.id = $5::uuid;

-- name: import_key
-- login: owner
-- params: 4 site id epoch wrapped
insert into app.data_key (site_id, participant_id, epoch, wrapped)
values ($1, $2::uuid, $3::int, $4::bytea);

-- name: import_identity
-- login: owner
-- params: 9 site id given_name family_name known_as address postcode phone email
insert into app.identity (site_id, participant_id, ref, given_name, family_name, known_as, address, postcode,
                          phone, email)
values ($1, $2::uuid, '', $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::bytea, $9::bytea);

-- name: import_detail
-- login: owner
-- params: 10 site id date_of_birth sex gender ethnicity officer_ethnicity language interpreter notes
insert into app.identity_detail (site_id, participant_id, date_of_birth, sex, gender, ethnicity,
                                 officer_ethnicity, language, interpreter, notes)
values ($1, $2::uuid, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::bytea, $9::bytea,
        $10::bytea);

-- name: import_identifier
-- login: owner
-- params: 7 site id participant kind value blind warning
insert into app.identifier (site_id, id, participant_id, kind, value, blind, warning)
values ($1, $2::uuid, $3::uuid, $4, $5::bytea, $6::bytea, $7);

-- The same row of the same file again has the same client_ref and adds nothing.
-- name: import_contact
-- login: owner
-- params: 12 site id participant happened_at direction mode outcome next_contact_due author client_ref minutes note
with fact as (
  insert into app.contact (site_id, id, participant_id, happened_at, direction, mode, outcome, successful,
                           missed, next_contact_due, author_id, client_ref)
  values ($1, $2::uuid, $3::uuid, $4::timestamptz, coalesce($5, 'outbound'), $6, $7, false, false,
          $8::date, $9::uuid, $10::uuid)
  on conflict (site_id, author_id, client_ref) do nothing
  returning site_id, id, participant_id
), detail as (
  insert into app.contact_detail (site_id, contact_id, participant_id, minutes)
  select site_id, id, participant_id, $11::int from fact
), words as (
  insert into app.contact_note (site_id, contact_id, participant_id, note)
  select site_id, id, participant_id, $12::bytea from fact where $12::bytea is not null
)
select id from fact;

-- Many contacts at once: the facts of engagement are worked out once a person at the end instead of once
-- a contact. Other writers of contacts wait until the transaction ends.
-- name: import_contacts_open
-- login: owner
do $$ begin alter table app.contact disable trigger a_after; end $$;

-- name: import_contacts_fold
-- login: owner
-- params: 2 site participants
select count(app.engagement_store(app.engagement_fold(e, 'infinity')))
  from app.engagement e
 where e.site_id = $1 and e.participant_id = any ($2::uuid[]);

-- name: import_contacts_close
-- login: owner
do $$ begin alter table app.contact enable trigger a_after; end $$;
