-- Referrals and escalations: the words and facts that go with their steps.

-- The codes of programme.conf; and whether the provider is worried.
alter table app.referral_session drop constraint referral_session_result_check;
update app.referral_session set result = case result when 'absent_acceptable' then 'acceptable_absence'
                                          when 'absent_unacceptable' then 'unacceptable_absence'
                                          else result end
 where result in ('absent_acceptable', 'absent_unacceptable');
alter table app.referral_session
  add constraint referral_session_result_check check (result in ('happened', 'acceptable_absence',
                                                                 'unacceptable_absence', 'logistics')),
  add column concern boolean not null default false;
grant select (concern) on app.referral_session to phoenix_worker;

-- Outcomes wanted are words about a person: sealed, one a line. 'step_note': said with a step that
-- needs no reason.
alter table app.referral_detail drop column outcomes_wanted;
alter table app.referral_note drop constraint referral_note_kind_check;
alter table app.referral_note add constraint referral_note_kind_check
  check (kind in ('reason', 'risk_summary', 'outcomes', 'decline_reason', 'withdraw_reason', 'end_report',
                  'step_note'));
create policy insert_referral_words on app.referral_note for insert to phoenix_app
  with check ((participant_id = (select access.person_for('referral_write'))
               or site_id = (select access.site_for('referral_write'))
               or participant_id = any ((select access.mine('referral_write'))::uuid[]))
              and kind in ('outcomes', 'step_note'));
create policy insert_referral_step_words on app.referral_note for insert to phoenix_app
  with check ((participant_id = (select access.person_for('referral_deliver'))
               or participant_id = any ((select access.mine('referral_deliver'))::uuid[]))
              and kind = 'step_note');

-- An action agreed at the decision, and not taken yet, has no date.
alter table app.escalation_action alter column taken_on drop not null;
create or replace function app.escalation_child_before() returns trigger
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  select x.participant_id into new.participant_id
    from app.escalation x where x.site_id = new.site_id and x.id = new.escalation_id;
  if not access.trusted() then
    new.at := now();
    new.by_user := access.actor();
  end if;
  if tg_table_name = 'escalation_action' then
    if new.taken_on > app.today() then
      raise exception 'taken_on: The date must not be in the future' using errcode = 'PX006';
    end if;
    if new.taken_on is not null then
      update app.escalation e set first_action_at = new.at
       where e.site_id = new.site_id and e.id = new.escalation_id and e.first_action_at is null;
    end if;
  end if;
  return new;
end $$;

-- A caseload's things: participant_id = any (the caseload).
create index referral_caseload on app.referral (participant_id);
create index escalation_caseload on app.escalation (participant_id);
