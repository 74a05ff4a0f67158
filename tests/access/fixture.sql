-- One account of each role and seven people who stand in different relations to them.
-- Session tokens are sha256(username). Sealed columns hold bytes of the right shape.
insert into access.agency (id, name, kind) values
  ('00000000-0000-7000-8000-0000000000a1', 'Probation One', 'probation'),
  ('00000000-0000-7000-8000-0000000000a2', 'Youth Justice One', 'youth_justice'),
  ('00000000-0000-7000-8000-0000000000b1', 'Provider One', 'provider'),
  ('00000000-0000-7000-8000-0000000000b2', 'Provider Two', 'provider');
insert into access.team (id, site_id, name) values
  ('00000000-0000-7000-8000-000000000071', 'leicester', 'Team One'),
  ('00000000-0000-7000-8000-000000000072', 'leicester', 'Team Two'),
  ('00000000-0000-7000-8000-000000000073', 'rutland', 'Team Three');
insert into access."user" (id, username, display_name, role, site_id, team_id, agency_id, password_hash)
select ('00000000-0000-7000-8000-0000000001' || n)::uuid, name, initcap(name), role, site,
       ('00000000-0000-7000-8000-0000000000' || team)::uuid,
       ('00000000-0000-7000-8000-0000000000' || agency)::uuid, 'none'
from (values
  ('01', 'nav', 'navigator', 'leicester', '71', null),
  ('02', 'lead', 'team_lead', 'leicester', '71', null),
  ('03', 'manager', 'manager', 'leicester', null, null),
  ('04', 'police', 'police', 'leicester', null, null),
  ('05', 'probation', 'probation', 'leicester', null, 'a1'),
  ('06', 'yj', 'youth_justice', 'leicester', null, 'a2'),
  ('07', 'provider', 'provider', 'leicester', null, 'b1'),
  ('08', 'evaluator', 'evaluator', null, null, null),
  ('09', 'trial', 'trial_manager', null, null, null),
  ('10', 'admin', 'administrator', null, null, null),
  ('11', 'auditor', 'auditor', null, null, null),
  ('12', 'nav2', 'navigator', 'leicester', '71', null),
  ('13', 'nav3', 'navigator', 'leicester', '72', null),
  ('14', 'nav4', 'navigator', 'rutland', '73', null),
  ('15', 'manager2', 'manager', 'rutland', null, null),
  ('16', 'provider2', 'provider', 'leicester', null, 'b2')
) v (n, name, role, site, team, agency);
insert into access.session (token_hash, user_id, idle, expires_at)
select sha256(username::bytea), id, '30 min', now() + interval '12 h' from access."user";

create temp table people as
select ('00000000-0000-7000-8000-00000000020' || n)::uuid as id,
       ('00000000-0000-7000-8000-00000000021' || n)::uuid as person, 'PX00000' || n as ref, *
from (values
  ('1', 'leicester', '01', '71', 'a1', 'b1', 'sent'),
  ('2', 'leicester', '12', '71', null, 'b2', 'sent'),
  ('3', 'leicester', '13', '72', 'a1', 'b2', 'sent'),
  ('4', 'leicester', '13', '72', 'a2', 'b1', 'draft'),
  ('5', 'leicester', '13', '72', null, 'b2', 'sent'),
  ('6', 'rutland', '14', '73', 'a1', 'b1', 'sent'),
  ('7', 'rutland', '14', '73', null, 'b2', 'sent')
) v (n, site, worker, team, agency, provider, state);
create temp table blob as select decode(repeat('01', 72), 'hex') as b;

insert into app.participant (site_id, id, person_id, ref, stage, worker_id, team_id, agency_id, started_on, offered_at,
                             accepted_at)
select site, id, person, ref, 'active', ('00000000-0000-7000-8000-0000000001' || worker)::uuid,
       ('00000000-0000-7000-8000-0000000000' || team)::uuid,
       ('00000000-0000-7000-8000-0000000000' || agency)::uuid, '2026-01-05', '2026-01-06Z', '2026-01-07Z'
from people;
insert into app.data_key (person_id, epoch, wrapped) select person, 1, b from people, blob;
insert into app.identity (person_id, given_name) select person, b from people, blob;
insert into app.identity_detail (person_id, date_of_birth) select person, b from people, blob;
insert into app.identifier (person_id, id, kind, value, blind)
select person, ('00000000-0000-7000-8000-00000000030' || n)::uuid, 'pnc', b, decode(repeat('02', 16), 'hex')
from people, blob;
-- c: with every part; d: bare, for the parts that tests add.
insert into app.contact (site_id, id, participant_id, happened_at, mode, outcome, author_id)
select site, ('00000000-0000-7000-8000-0000000004' || k || n)::uuid, id, now() - interval '2 days', 'phone',
       'spoke', ('00000000-0000-7000-8000-0000000001' || worker)::uuid
from people, (values ('c'), ('d')) v (k);
insert into app.contact_detail (site_id, contact_id, participant_id, minutes)
select site, ('00000000-0000-7000-8000-0000000004c' || n)::uuid, id, 10 from people;
insert into app.contact_note (site_id, contact_id, participant_id, kind, note)
select site, ('00000000-0000-7000-8000-0000000004c' || n)::uuid, id, 'note', b from people, blob;
insert into app.contact_summary (site_id, contact_id, participant_id, summary)
select site, ('00000000-0000-7000-8000-0000000004c' || n)::uuid, id, b from people, blob;
insert into app.referral (site_id, id, participant_id, service, provider_id, state)
select site, ('00000000-0000-7000-8000-00000000050' || n)::uuid, id, 'housing',
       ('00000000-0000-7000-8000-0000000000' || provider)::uuid, state from people;
insert into app.referral_detail (site_id, referral_id, participant_id)
select site, ('00000000-0000-7000-8000-00000000050' || n)::uuid, id from people;
insert into app.referral_note (site_id, id, referral_id, participant_id, kind, note)
select site, ('00000000-0000-7000-8000-00000000051' || n)::uuid,
       ('00000000-0000-7000-8000-00000000050' || n)::uuid, id, 'reason', b from people, blob;
insert into app.referral_session (site_id, id, referral_id, participant_id, held_on, result)
select site, ('00000000-0000-7000-8000-00000000052' || n)::uuid,
       ('00000000-0000-7000-8000-00000000050' || n)::uuid, id, '2026-02-02', 'happened' from people;
insert into app.escalation (site_id, id, participant_id, trigger, decision_due)
select site, ('00000000-0000-7000-8000-00000000060' || n)::uuid, id, 'disengaged', null from people;
insert into app.escalation_note (site_id, id, escalation_id, participant_id, kind, note)
select site, ('00000000-0000-7000-8000-00000000061' || n)::uuid,
       ('00000000-0000-7000-8000-00000000060' || n)::uuid, id, 'evidence', b from people, blob;
insert into app.escalation_action (site_id, id, escalation_id, participant_id, action, taken_on)
select site, ('00000000-0000-7000-8000-00000000062' || n)::uuid,
       ('00000000-0000-7000-8000-00000000060' || n)::uuid, id, 'joint_visit', '2026-02-02' from people;
insert into app.offer (site_id, id, participant_id, attempt, at, answer)
select site, ('00000000-0000-7000-8000-00000000070' || n)::uuid, id, 1, '2026-01-06Z', 'accepted' from people;
insert into app.safety_flag (site_id, id, participant_id, kind)
select site, ('00000000-0000-7000-8000-00000000080' || n)::uuid, id, 'visit_in_pairs' from people;
insert into intel."group" (site_id, id, name)
select s, case s when 'leicester' then '00000000-0000-7000-8000-000000000901'::uuid
                 else '00000000-0000-7000-8000-000000000902'::uuid end, b
from blob, (values ('leicester'), ('rutland')) v (s);
insert into intel.membership (site_id, id, group_id, participant_id)
select site, ('00000000-0000-7000-8000-00000000091' || n)::uuid,
       case site when 'leicester' then '00000000-0000-7000-8000-000000000901'::uuid
                 else '00000000-0000-7000-8000-000000000902'::uuid end, id from people;
insert into intel.entry (site_id, id, participant_id, entry, dated_on)
select site, ('00000000-0000-7000-8000-00000000092' || n)::uuid, id, b, '2026-02-02' from people, blob;
drop table people, blob;
