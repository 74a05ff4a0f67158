-- The name index: everybody's sealed names, read by the worker's login and opened in memory only.

-- (A merge of the three would begin each page at the first person if it were not told where.)
-- name: search_people
-- login: worker
-- params: 2 after id, limit
select p.id, p.ref, p.site_id, i.given_name, i.family_name, i.known_as, d.date_of_birth, d.aliases,
       k.wrapped
  from app.participant p
  left join app.identity i on i.site_id = p.site_id and i.participant_id = p.id
                            and i.participant_id > $1::uuid
  left join app.identity_detail d on d.site_id = p.site_id and d.participant_id = p.id
                                   and d.participant_id > $1::uuid
  left join lateral (select x.wrapped from app.data_key x
                      where x.site_id = p.site_id and x.participant_id = p.id
                      order by x.epoch desc limit 1) k on true
 where p.id > $1::uuid
 order by p.id
 limit $2::int;

-- name: search_person
-- login: worker
-- params: 1 id
select p.id, p.ref, p.site_id, i.given_name, i.family_name, i.known_as, d.date_of_birth, d.aliases,
       k.wrapped
  from app.participant p
  left join app.identity i on i.site_id = p.site_id and i.participant_id = p.id
  left join app.identity_detail d on d.site_id = p.site_id and d.participant_id = p.id
  left join lateral (select x.wrapped from app.data_key x
                      where x.site_id = p.site_id and x.participant_id = p.id
                      order by x.epoch desc limit 1) k on true
 where p.id = $1::uuid;

-- name: search_count
-- login: worker
select count(*) as people from app.participant;
