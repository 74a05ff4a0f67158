-- Safety flags of the person that access.begin() opened.

-- name: flag_insert
-- params: 4 id kind detail review_on
insert into app.safety_flag (site_id, id, participant_id, kind, detail, review_on)
values ((select access.person_site()), $1::uuid, (select access.person()), $2, $3::bytea, $4::date);

-- Refused (all of it, the audit row too) when the person has no such flag, or it has ended already.
-- name: flag_end
-- params: 1 id
with ended as (
  update app.safety_flag f
     set ended_at = now()
   where f.site_id = (select access.person_site()) and f.participant_id = (select access.person())
     and f.id = $1::uuid and f.ended_at is null
  returning f.id
)
select access.must((select count(*) from ended) = 1, 'P0002');
