-- Contacts. The person is the one access.begin() opened; every statement says so besides the policies.

-- The sealed date of birth of the person opened, and whose it is.
-- name: contact_birth
select d.date_of_birth
  from app.identity_detail d
 where d.person_id = (select access.subject());

-- A new contact, or a new version of contact `corrects` (the trigger refuses one that has been replaced
-- already, or that is not the person's, and writes whose it is). Stale when the date of birth is not the one the program
-- checked against. (No column is returned: that would ask the policies for reading as well.)
-- name: contact_insert
-- params: id corrects happened_at direction mode outcome next_contact_due captured_at client_ref
-- params: minutes purposes concern next_step kinds words:bytes summary:bytes birth_nonce:bytes
with fact as (
  insert into app.contact (site_id, id, participant_id, happened_at, direction, mode, outcome,
                           next_contact_due, captured_at, client_ref, corrects)
  select (select access.person_site()), :id::uuid, (select access.person()), :happened_at::timestamptz,
         :direction, :mode, :outcome, :next_contact_due::date, :captured_at::timestamptz,
         :client_ref::uuid, :corrects::uuid
   where access.must((select substring(d.date_of_birth from 9 for 24) from app.identity_detail d
                       where d.person_id = (select access.subject()))
                     is not distinct from :birth_nonce::bytea, 'PX005')
  returning 1 as made
), detail as (
  insert into app.contact_detail (site_id, contact_id, participant_id, minutes, purposes, concern,
                                  next_step)
  select (select access.person_site()), :id::uuid, (select access.person()), :minutes::int,
         coalesce(:purposes::text[], '{}'), coalesce(:concern::boolean, false), :next_step
    from fact
), words as (
  insert into app.contact_note (site_id, contact_id, participant_id, kind, note)
  select (select access.person_site()), :id::uuid, (select access.person()), w.kind, w.note
    from fact, unnest(:kinds::text[], :words::bytea[]) w (kind, note)
), shared as (
  insert into app.contact_summary (site_id, contact_id, participant_id, summary)
  select (select access.person_site()), :id::uuid, (select access.person()), :summary::bytea
    from fact where :summary::bytea is not null
)
select :id::uuid as id from fact;

-- Current versions, newest first, after the key (after_time, after_id) when that is given.
-- name: contact_list
-- params: from to mode outcome limit:int after_time after_id
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
   and (:from::date is null or c.happened_at >= (:from::date)::timestamp at time zone 'Europe/London')
   and (:to::date is null or c.happened_at < (:to::date + 1)::timestamp at time zone 'Europe/London')
   and (:mode::text is null or c.mode = :mode)
   and (:outcome::text is null or c.outcome = :outcome)
   and (:after_time::timestamptz is null
        or (c.happened_at, c.id) < (:after_time::timestamptz, :after_id::uuid))
 order by c.happened_at desc, c.id desc
 limit :limit::int;

-- Every version of the contact that `id` is a version of, the current one first.
-- name: contact_versions
-- params: id
with recursive chain as (
  select c.id, c.corrects, c.superseded_by
    from app.contact c
   where c.site_id = (select access.person_site()) and c.participant_id = (select access.person())
     and c.id = :id::uuid
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
