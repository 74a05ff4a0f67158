-- The name index: everybody's sealed names, read by the worker's login and opened in memory only.

-- By person, so that a merge of the three reads each once. (It would begin each page at the first person if it were
-- not told where.)
-- name: search_people
-- login: worker
-- params: 3 after_person after_id limit
select p.id, p.person_id, p.ref, p.site_id, i.given_name, i.family_name, i.known_as, d.date_of_birth, d.aliases,
       k.wrapped
  from app.participant p
  left join app.identity i on i.person_id = p.person_id and i.person_id >= $1::uuid
  left join app.identity_detail d on d.person_id = p.person_id and d.person_id >= $1::uuid
  left join lateral (select x.wrapped from app.data_key x where x.person_id = p.person_id
                      order by x.epoch desc limit 1) k on true
 where (p.person_id, p.id) > ($1::uuid, $2::uuid)
 order by p.person_id, p.id
 limit $3::int;

-- name: search_person
-- login: worker
-- params: 1 id
select p.id, p.person_id, p.ref, p.site_id, i.given_name, i.family_name, i.known_as, d.date_of_birth, d.aliases,
       k.wrapped
  from app.participant p
  left join app.identity i on i.person_id = p.person_id
  left join app.identity_detail d on d.person_id = p.person_id
  left join lateral (select x.wrapped from app.data_key x where x.person_id = p.person_id
                      order by x.epoch desc limit 1) k on true
 where p.id = $1::uuid;

-- name: search_count
-- login: worker
select count(*) as people from app.participant;
