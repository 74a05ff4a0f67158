-- A participant's details.

-- name: participant_insert
-- params: 8 id ref site worker supervision agency started_on source_ref
insert into app.participant (site_id, id, ref, stage, worker_id, team_id, supervision, agency_id,
                             started_on, source_ref)
select coalesce((select access.actor_site()), $3), $1::uuid, $2, 'awaiting_offer',
       coalesce((select access.worker_for('participant_create')), w.id),
       coalesce((select access.team_for('participant_create')), w.team_id,
                case when (select access.worker_for('participant_create')) is not null
                     then (select access.actor_team()) end),
       coalesce($5, 'none'), $6::uuid, coalesce($7::date, app.today()), $8
  from (select 1) one
  left join access."user" w on w.id = $4::uuid
 where access.must(coalesce((select access.actor_site()), $3) is not null, 'PX006', 'site: Select a site')
   and access.must($4::uuid is null or w.id is not null, 'PX006', 'worker: Select a worker from the list');

-- name: participant_key_insert
-- params: 4 id site epoch wrapped
insert into app.data_key (site_id, participant_id, epoch, wrapped)
values (coalesce((select access.actor_site()), $2), $1::uuid, $3::int, $4::bytea);

-- name: identity_insert
-- params: 9 id site given_name family_name known_as address postcode phone email
insert into app.identity (site_id, participant_id, ref, given_name, family_name, known_as, address, postcode,
                          phone, email)
values (coalesce((select access.actor_site()), $2), $1::uuid, '', $3::bytea, $4::bytea, $5::bytea,
        $6::bytea, $7::bytea, $8::bytea, $9::bytea);

-- name: identity_detail_insert
-- params: 11 id site date_of_birth aliases sex gender ethnicity officer_ethnicity language interpreter notes
insert into app.identity_detail (site_id, participant_id, date_of_birth, aliases, sex, gender, ethnicity,
                                 officer_ethnicity, language, interpreter, notes)
values (coalesce((select access.actor_site()), $2), $1::uuid, $3::bytea, $4::bytea, $5::bytea, $6::bytea,
        $7::bytea, $8::bytea, $9::bytea, $10::bytea, $11::bytea);

-- name: identifier_insert
-- params: 7 id participant site kind value blind warning
insert into app.identifier (site_id, id, participant_id, kind, value, blind, warning)
values (coalesce((select access.person_site()), (select access.actor_site()), $3), $1::uuid, $2::uuid, $4,
        $5::bytea, $6::bytea, $7);

-- name: identifier_remove
-- params: 1 kind
update app.identifier f
   set removed_at = now()
 where f.site_id = (select access.person_site()) and f.participant_id = (select access.person())
   and f.kind = $1 and f.removed_at is null;

-- name: participant_details
select p.site_id as site, p.ref, p.stage, p.closure_reason, p.supervision, p.agency_id as agency, p.started_on,
       p.source_ref, p.version, k.status, k.since, k.basis, k.last_contact_at as last_contact,
       k.next_contact_due, w.display_name as worker, t.name as team, g.name as agency_name,
       i.given_name, i.family_name, i.known_as, i.address, i.postcode, i.phone, i.email,
       d.date_of_birth, d.aliases, d.sex, d.gender, d.ethnicity, d.officer_ethnicity, d.language,
       d.interpreter, d.notes
  from (select (select access.person()) as id, (select access.person_site()) as site offset 0) me
  left join app.participant p on p.site_id = me.site and p.id = me.id
  left join app.engagement_now k on k.site_id = me.site and k.participant_id = me.id
  left join app.identity i on i.site_id = me.site and i.participant_id = me.id
  left join app.identity_detail d on d.site_id = me.site and d.participant_id = me.id
  left join access."user" w on w.id = p.worker_id
  left join access.team t on t.id = p.team_id
  left join access.agency g on g.id = p.agency_id;

-- name: participant_identifiers
select f.id, f.kind, f.value, f.warning
  from app.identifier f
 where f.site_id = (select access.person_site()) and f.participant_id = (select access.person())
   and f.removed_at is null
 order by f.kind, f.created_at;

-- name: participant_update
-- params: 5 version supervision agency started_on source_ref
update app.participant p
   set supervision = coalesce($2, p.supervision), agency_id = $3::uuid,
       started_on = coalesce($4::date, p.started_on), source_ref = $5, version = $1::int + 1
 where p.site_id = (select access.person_site()) and p.id = (select access.person());

-- name: identity_update
-- params: 7 given_name family_name known_as address postcode phone email
update app.identity i
   set given_name = $1::bytea, family_name = $2::bytea, known_as = $3::bytea, address = $4::bytea,
       postcode = $5::bytea, phone = $6::bytea, email = $7::bytea, version = i.version + 1
 where i.site_id = (select access.person_site()) and i.participant_id = (select access.person());

-- name: identity_detail_update
-- params: 9 date_of_birth aliases sex gender ethnicity officer_ethnicity language interpreter notes
update app.identity_detail d
   set date_of_birth = $1::bytea, aliases = $2::bytea, sex = $3::bytea, gender = $4::bytea,
       ethnicity = $5::bytea, officer_ethnicity = $6::bytea, language = $7::bytea,
       interpreter = $8::bytea, notes = $9::bytea, changed_at = now()
 where d.site_id = (select access.person_site()) and d.participant_id = (select access.person());
