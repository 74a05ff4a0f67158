-- Spreadsheets brought in: by the operator (phoenix import) as the owner, or on a page as the application,
-- under the walls of whoever brings them in. Either way in one transaction.

-- Everybody at the site: who is known, and whose contacts can come.
-- name: import_people
-- login: owner,app
-- params: 1 site
select p.id, p.person_id, p.ref, p.source_blind, k.wrapped, i.family_name, i.given_name, d.date_of_birth
  from app.participant p
  join lateral (select x.wrapped from app.data_key x where x.person_id = p.person_id
                 order by x.epoch desc limit 1) k on true
  left join app.identity i on i.person_id = p.person_id
  left join app.identity_detail d on d.person_id = p.person_id
 where p.site_id = $1;

-- name: import_site
-- login: owner,app
-- params: 1 site
select s.trial_running from access.site s where s.code = $1;

-- The account of whoever the records name, made if it is missing: it opens nothing.
-- name: import_author
-- login: owner,app
-- params: 4 id username display_name site
select access.import_author($1::uuid, $2, $3, $4) as id;

-- References of people at the site whom the actor may not see.
-- name: import_taken
select r as source_blind from access.import_taken() r;

-- They are being worked with: offered and accepted on the day they started. In the team of the team lead
-- who brings them in, else in their worker's.
-- name: import_participant
-- login: owner,app
-- params: 9 site id ref source_ref worker supervision started_on person source_blind
insert into app.participant (site_id, id, person_id, ref, source_ref, source_blind, stage, stage_at, worker_id, team_id,
                             supervision, started_on, offered_at, accepted_at)
select $1, $2::uuid, $8::uuid, $3, $4::bytea, $9::bytea, 'active', t.at, u.id, coalesce((select access.team_for('import_write')), u.team_id),
       coalesce($6, 'none'), $7::date, t.at, t.at
  from (select least(now(), ($7::date + time '12:00') at time zone 'Europe/London') as at) t
  left join access."user" u on u.id = $5::uuid;

-- name: import_key
-- login: owner,app
-- params: 3 person epoch wrapped
insert into app.data_key (person_id, epoch, wrapped) values ($1::uuid, $2::int, $3::bytea);

-- name: import_identity
-- login: owner,app
-- params: 8 person given_name family_name known_as address postcode phone email
insert into app.identity (person_id, given_name, family_name, known_as, address, postcode, phone, email)
values ($1::uuid, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::bytea);

-- name: import_detail
-- login: owner,app
-- params: 9 person date_of_birth sex gender ethnicity officer_ethnicity language interpreter notes
insert into app.identity_detail (person_id, date_of_birth, sex, gender, ethnicity, officer_ethnicity, language,
                                 interpreter, notes)
values ($1::uuid, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::bytea, $9::bytea);

-- name: import_identifier
-- login: owner,app
-- params: 6 id person kind value blind warning
insert into app.identifier (person_id, id, kind, value, blind, warning)
values ($2::uuid, $1::uuid, $3, $4::bytea, $5::bytea, $6);

-- The same row of the same file again has the same client_ref and adds nothing.
-- name: import_contact
-- login: owner,app
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
  insert into app.contact_note (site_id, contact_id, participant_id, kind, note)
  select site_id, id, participant_id, 'note', $12::bytea from fact where $12::bytea is not null
)
select id from fact;

-- The facts of engagement are worked out once a person at the end instead of once a contact.
-- name: import_contacts_open
-- login: owner,app
select set_config('phoenix.fold_later', 'on', true);

-- name: import_contacts_fold
-- login: owner,app
-- params: 2 site participants
select app.import_fold($1, $2::uuid[]);

-- ---- what is kept between the preview and the decision ----

-- name: import_add
-- params: 9 id kind mapping rows ok warned rejected file site
insert into app.import (site_id, id, kind, mapping, requested_by, rows, ok, warned, rejected, file)
values ($9, $1::uuid, $2, $3, (select access.actor()), $4::int, $5::int, $6::int, $7::int, $8);

-- name: import_verdicts_add
-- params: 6 site id rows verdicts headings messages
insert into app.import_verdict (site_id, import_id, row, requested_by, verdict, heading, message)
select $1, $2::uuid, v.row, (select access.actor()), v.verdict, v.heading, v.message
  from unnest($3::int[], $4::text[], $5::text[], $6::text[]) v (row, verdict, heading, message);

-- name: import_verdicts_drop
-- params: 1 id
delete from app.import_verdict v
 where v.site_id = (select access.actor_site()) and v.import_id = $1::uuid;

-- name: import_list
-- params: 3 limit after_time after_id
select i.id, i.kind, i.mapping, i.state, i.requested_at, i.decided_at, i.rows, i.ok, i.warned, i.rejected,
       i.added, i.present
  from app.import i
 where i.requested_by = (select access.actor())
   and ($2::timestamptz is null or (i.requested_at, i.id) < ($2::timestamptz, $3::uuid))
 order by i.requested_at desc, i.id desc
 limit $1::int;

-- name: import_get
-- params: 1 id
select i.id, i.kind, i.mapping, i.state, i.requested_at, i.decided_at, i.rows, i.ok, i.warned, i.rejected,
       i.added, i.present, i.file, i.state = 'checked' and i.expires_at < now() as late
  from app.import i
 where i.site_id = (select access.actor_site()) and i.id = $1::uuid;

-- What is wrong how often, the rejected first.
-- name: import_problems
-- params: 1 id
select v.verdict, v.heading, v.message, count(*) as times,
       array_to_string((array_agg(v.row order by v.row))[:12], ', ') as rows
  from app.import_verdict v
 where v.site_id = (select access.actor_site()) and v.import_id = $1::uuid and v.verdict <> 'ok'
 group by v.verdict, v.heading, v.message
 order by v.verdict, count(*) desc, min(v.row)
 limit 50;

-- name: import_verdicts
-- params: 4 id verdict after limit
select v.row, v.verdict, v.heading, v.message
  from app.import_verdict v
 where v.site_id = (select access.actor_site()) and v.import_id = $1::uuid
   and ($2::text is null or v.verdict = $2) and v.row > coalesce($3::int, 0)
 order by v.row
 limit $4::int;

-- Whoever decides first decides: another press, or another hand, finds nothing to decide.
-- name: import_decide
-- params: 2 id state
update app.import i set state = $2, decided_at = now(), file = null
 where (i.site_id, i.id) = (select j.site_id, j.id from app.import j
                             where j.site_id = (select access.actor_site()) and j.id = $1::uuid
                               and j.state = 'checked' and j.expires_at > now() for update skip locked)
returning i.id;

-- name: import_count
-- params: 7 id rows ok warned rejected added present
update app.import i
   set rows = $2::int, ok = $3::int, warned = $4::int, rejected = $5::int, added = $6::int, present = $7::int
 where i.site_id = (select access.actor_site()) and i.id = $1::uuid;

-- name: import_expire
-- login: worker
update app.import i set state = 'expired', file = null
 where i.state = 'checked' and i.expires_at < now();

-- Verdicts are of use as long as somebody may want to put the file right.
-- name: import_forget
-- login: worker
delete from app.import_verdict v
 using app.import i
 where i.requested_at between now() - interval '90 days' and now() - interval '30 days'
   and v.site_id = i.site_id and v.import_id = i.id;
