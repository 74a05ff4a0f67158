-- What is counted by index, beside the same counted plainly, person by person: for every manager, team lead and
-- police officer, each with conflicts of interest. Every difference is printed as a line "who|what|how many".
-- Everything is rolled back.
begin;
set local timezone = 'UTC';
set local client_min_messages = warning;
insert into access.session (token_hash, user_id, idle, expires_at)
select sha256(convert_to(u.username, 'UTF8')), u.id, '30 minutes', now() + interval '1 hour'
  from access."user" u where u.role in ('manager', 'team_lead', 'police');
insert into app.conflict (user_id, person_id)
select u.id, p.person_id
  from access."user" u
  join app.participant p on p.site_id = u.site_id and p.ref ~ '[3Q]'
 where u.role in ('manager', 'team_lead', 'police')
on conflict do nothing;
-- Some who were escalated, and fell away again since.
set session authorization phoenix_owner;
update app.escalation set state = 'closed', reason_code = 'resolved' where state in ('suspended', 'not_approved', 'reviewed');
reset session authorization;
-- (Counting as it is when there is no conflict is another plan.)
delete from app.conflict c using access."user" u
 where u.id = c.user_id and u.username in ('manager1.leicester', 'team_lead1.leicester', 'police1.leicester');

create temporary table wrong (who text, what text, n bigint);
create function pg_temp.compare(who text, what text, one text, other text) returns void
  language plpgsql
  as $$
declare
  n bigint;
begin
  execute format('select count(*) from ((%1$s except all %2$s) union all (%2$s except all %1$s)) d', one, other)
    into n;
  if n > 0 then
    insert into wrong values (who, what, n);
  end if;
end $$;

do $$
declare
  u record;
  day constant date := app.today();
begin
  for u in select x.* from access."user" x where x.role in ('manager', 'team_lead', 'police') loop
    perform access.begin(sha256(convert_to(u.username, 'UTF8')), 'participant_find', null, 'counts', 'test');
    drop table if exists mine, need, steps;
    create temporary table mine as
      select k.*, e.escalated_upto
        from app.engagement_now k
        join app.engagement e using (site_id, participant_id)
       where k.site_id = u.site_id and (u.role <> 'team_lead' or k.team_id = u.team_id)
         and not exists (select from app.conflict c where c.user_id = u.id and c.person_id = k.person_id);
    if u.role <> 'police' then
      perform pg_temp.compare(u.username, 'people by status',
        '(select status, sum(people) from app.people_counts(''caseload_read'') group by 1)',
        '(select status, count(*) from mine group by 1)');
      perform pg_temp.compare(u.username, 'people by worker',
        '(select worker_id, status, people, overdue
            from app.worker_counts(''caseload_read'', false, null, null, 1000))',
        '(select worker_id, status, count(*), count(*) filter (where next_contact_due < app.today()
                                       and status in (''engaged'', ''wavering'', ''disengaged''))
            from mine group by 1, 2)');
      create temporary table need as
        select 'overdue' as section, m.next_contact_due::text as due, m.ref, m.participant_id
          from mine m where m.status in ('engaged', 'wavering', 'disengaged') and m.next_contact_due < day
        union all
        select 'due', m.next_contact_due::text, m.ref, m.participant_id
          from mine m
         where m.status in ('engaged', 'wavering', 'disengaged') and m.next_contact_due between day and day + 7
        union all
        select 'escalate', m.since::text, m.ref, m.participant_id
          from mine m
         where m.status in ('disengaged', 'offer_declined')
           and not exists (select from app.escalation x
                            where x.participant_id = m.participant_id
                              and (x.state <> 'closed' or app.local_day(x.raised_at) >= m.since))
        union all
        select 'unassigned', m.since::text, m.ref, m.participant_id
          from mine m where m.worker_id is null and m.stage <> 'closed';
      perform pg_temp.compare(u.username, 'people in need',
        '(select section, total, participant_id from app.people_needing())',
        '(select section, total, participant_id
            from (select n.*, count(*) over (partition by section) as total,
                         row_number() over (partition by section order by due, ref) as place from need n) x
           where place <= 10)');
    end if;
    if u.role <> 'team_lead' then
      create temporary table steps as
        select 'decide' as section, x.decision_due::text as due, x.id
          from app.escalation x
         where u.role = 'manager' and x.state in ('raised', 'under_review', 'deferred')
           and x.participant_id in (select participant_id from mine)
        union all
        select 'act', x.raised_at::text, x.id
          from app.escalation x
         where x.state in ('approved', 'action_due') and x.participant_id in (select participant_id from mine)
        union all
        select 'recent', (now() - x.raised_at)::text, x.id
          from app.escalation x
         where u.role = 'police' and x.raised_at > now() - interval '30 days'
           and x.participant_id in (select participant_id from mine);
      perform pg_temp.compare(u.username, 'escalations in need',
        '(select section, total, count(*) from app.escalations_needing() group by 1, 2)',
        '(select section, count(*), least(count(*), 10) from steps group by 1)');
      perform pg_temp.compare(u.username, 'first escalations to decide',
        '(select id from app.escalations_needing() where section = ''decide'')',
        '(select id from steps where section = ''decide'' order by due, id limit 10)');
    end if;
    insert into wrong select u.username, 'nothing to compare', 1
      where (select count(*) from mine) < 10;
  end loop;
end $$;
-- The day kept is the day that the escalations say.
insert into wrong
select 'everybody', 'escalated up to', count(*)
  from app.engagement e
 where e.escalated_upto is distinct from
       (select max(case x.state when 'closed' then app.local_day(x.raised_at) else date 'infinity' end)
          from app.escalation x where x.participant_id = e.participant_id)
having count(*) > 0;
select * from wrong;
rollback;
