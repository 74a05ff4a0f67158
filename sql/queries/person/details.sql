-- A participant's details.

-- name: participant_insert
-- params: 10 id ref site worker supervision agency started_on source_ref person source_blind
insert into app.participant (site_id, id, person_id, ref, stage, worker_id, team_id, supervision, agency_id,
                             started_on, source_ref, source_blind)
select coalesce((select access.actor_site()), $3), $1::uuid, $9::uuid, $2, 'awaiting_offer',
       coalesce((select access.worker_for('participant_create')), w.id),
       coalesce((select access.team_for('participant_create')), w.team_id,
                case when (select access.worker_for('participant_create')) is not null
                     then (select access.actor_team()) end),
       coalesce($5, 'none'), $6::uuid, coalesce($7::date, app.today()), $8::bytea, $10::bytea
  from (select 1) one
  left join access."user" w on w.id = $4::uuid
 where access.must(coalesce((select access.actor_site()), $3) is not null, 'PX006', 'site: Select a site')
   and access.must($4::uuid is null or w.id is not null, 'PX006', 'worker: Select a worker from the list');

-- name: person_key_insert
-- params: 3 person epoch wrapped
insert into app.data_key (person_id, epoch, wrapped) values ($1::uuid, $2::int, $3::bytea);

-- name: identity_insert
-- params: 8 person given_name family_name known_as address postcode phone email
insert into app.identity (person_id, given_name, family_name, known_as, address, postcode, phone, email)
values ($1::uuid, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::bytea);

-- name: identity_detail_insert
-- params: 10 person date_of_birth aliases sex gender ethnicity officer_ethnicity language interpreter notes
insert into app.identity_detail (person_id, date_of_birth, aliases, sex, gender, ethnicity, officer_ethnicity,
                                 language, interpreter, notes)
values ($1::uuid, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::bytea, $9::bytea,
        $10::bytea);

-- name: identifier_insert
-- params: 6 id person kind value blind warning
insert into app.identifier (person_id, id, kind, value, blind, warning)
values ($2::uuid, $1::uuid, $3, $4::bytea, $5::bytea, $6);

-- name: identifier_remove
-- params: 1 kind
update app.identifier f
   set removed_at = now()
 where f.person_id = (select access.subject()) and f.kind = $1 and f.removed_at is null;

-- name: participant_details
select p.site_id as site, p.ref, p.stage, p.closure_reason, p.supervision, p.agency_id as agency, p.started_on,
       p.source_ref as sealed_source_ref, p.version, k.status, k.since, k.basis, k.last_contact_at as last_contact,
       k.next_contact_due, w.display_name as worker, t.name as team, g.name as agency_name,
       i.given_name, i.family_name, i.known_as, i.address, i.postcode, i.phone, i.email,
       d.date_of_birth, d.aliases, d.sex, d.gender, d.ethnicity, d.officer_ethnicity, d.language,
       d.interpreter, d.notes
  from (select (select access.person()) as id, (select access.person_site()) as site,
               (select access.subject()) as subject offset 0) me
  left join app.participant p on p.site_id = me.site and p.id = me.id
  left join app.engagement_now k on k.site_id = me.site and k.participant_id = me.id
  left join app.identity i on i.person_id = me.subject
  left join app.identity_detail d on d.person_id = me.subject
  left join access."user" w on w.id = p.worker_id
  left join access.team t on t.id = p.team_id
  left join access.agency g on g.id = p.agency_id;

-- name: participant_identifiers
select f.id, f.kind, f.value, f.warning
  from app.identifier f
 where f.person_id = (select access.subject()) and f.removed_at is null
 order by f.kind, f.created_at;

-- name: participant_update
-- params: 6 version supervision agency started_on source_ref source_blind
update app.participant p
   set supervision = coalesce($2, p.supervision), agency_id = $3::uuid,
       started_on = coalesce($4::date, p.started_on), source_ref = $5::bytea, source_blind = $6::bytea,
       version = $1::int + 1
 where p.site_id = (select access.person_site()) and p.id = (select access.person());

-- name: identity_update
-- params: 7 given_name family_name known_as address postcode phone email
update app.identity i
   set given_name = $1::bytea, family_name = $2::bytea, known_as = $3::bytea, address = $4::bytea,
       postcode = $5::bytea, phone = $6::bytea, email = $7::bytea, version = i.version + 1
 where i.person_id = (select access.subject());

-- name: identity_detail_update
-- params: 9 date_of_birth aliases sex gender ethnicity officer_ethnicity language interpreter notes
update app.identity_detail d
   set date_of_birth = $1::bytea, aliases = $2::bytea, sex = $3::bytea, gender = $4::bytea,
       ethnicity = $5::bytea, officer_ethnicity = $6::bytea, language = $7::bytea,
       interpreter = $8::bytea, notes = $9::bytea, changed_at = now()
 where d.person_id = (select access.subject());
