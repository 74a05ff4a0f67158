-- Contacts. The person is the one access.begin() opened; every statement says so besides the policies.

-- The sealed date of birth of the person opened, and whose it is.
-- name: contact_birth
select d.date_of_birth
  from app.identity_detail d
 where d.person_id = (select access.subject());

-- A new contact, or a new version of contact $2 (the trigger refuses one that has been replaced already, or
-- that is not the person's, and writes whose it is). Stale when the date of birth is not the one the program
-- checked against. (No column is returned: that would ask the policies for reading as well.)
-- name: contact_insert
-- params: 17 id corrects happened_at direction mode outcome next_contact_due captured_at client_ref minutes purposes concern next_step kinds words summary birth_nonce
with fact as (
  insert into app.contact (site_id, id, participant_id, happened_at, direction, mode, outcome,
                           next_contact_due, captured_at, client_ref, corrects)
  select (select access.person_site()), $1::uuid, (select access.person()), $3::timestamptz, $4, $5, $6,
         $7::date, $8::timestamptz, $9::uuid, $2::uuid
   where access.must((select substring(d.date_of_birth from 9 for 24) from app.identity_detail d
                       where d.person_id = (select access.subject()))
                     is not distinct from $17::bytea, 'PX005')
  returning 1 as made
), detail as (
  insert into app.contact_detail (site_id, contact_id, participant_id, minutes, purposes, concern,
                                  next_step)
  select (select access.person_site()), $1::uuid, (select access.person()), $10::int,
         coalesce($11::text[], '{}'), coalesce($12::boolean, false), $13
    from fact
), words as (
  insert into app.contact_note (site_id, contact_id, participant_id, kind, note)
  select (select access.person_site()), $1::uuid, (select access.person()), w.kind, w.note
    from fact, unnest($14::text[], $15::bytea[]) w (kind, note)
), shared as (
  insert into app.contact_summary (site_id, contact_id, participant_id, summary)
  select (select access.person_site()), $1::uuid, (select access.person()), $16::bytea
    from fact where $16::bytea is not null
)
select $1::uuid as id from fact;

-- Current versions, newest first, after the key ($6, $7) when that is given.
-- name: contact_list
-- params: 7 from to mode outcome limit after_time after_id
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
 where c.site_id = (select access.person_site()) and c.participant_id = (select access.person())
   and c.superseded_by is null
   and ($1::date is null or c.happened_at >= ($1::date)::timestamp at time zone 'Europe/London')
   and ($2::date is null or c.happened_at < ($2::date + 1)::timestamp at time zone 'Europe/London')
   and ($3::text is null or c.mode = $3)
   and ($4::text is null or c.outcome = $4)
   and ($6::timestamptz is null or (c.happened_at, c.id) < ($6::timestamptz, $7::uuid))
 order by c.happened_at desc, c.id desc
 limit $5::int;

-- Every version of the contact that $1 is a version of, the current one first.
-- name: contact_versions
-- params: 1 id
with recursive chain as (
  select c.id, c.corrects, c.superseded_by
    from app.contact c
   where c.site_id = (select access.person_site()) and c.participant_id = (select access.person())
     and c.id = $1::uuid
  union
  select c.id, c.corrects, c.superseded_by
    from chain k
    join app.contact c on c.site_id = (select access.person_site())
                      and c.participant_id = (select access.person())
                      and c.id in (k.corrects, k.superseded_by)
)
select c.id, c.happened_at, c.mode, c.outcome, c.direction, c.next_contact_due, c.captured_at,
       c.received_at, c.corrects, c.superseded_by, u.display_name as author,
       d.minutes, d.purposes, d.concern, d.next_step,
       n.kinds, n.words, s.summary
  from chain k
  join app.contact c on c.site_id = (select access.person_site()) and c.id = k.id
  left join app.contact_detail d on d.site_id = c.site_id and d.contact_id = c.id
  left join lateral (select array_agg(w.kind) as kinds, array_agg(w.note) as words
                       from app.contact_note w
                      where w.site_id = c.site_id and w.contact_id = c.id) n on true
  left join app.contact_summary s on s.site_id = c.site_id and s.contact_id = c.id
  left join access."user" u on u.id = c.author_id
 order by (c.superseded_by is null) desc, c.received_at desc, c.id desc;
