-- When an offer was made again is typed with a step, and may lie before it: an export with an earlier
-- cut-off reports what had been recorded by then.
alter table app.past drop constraint past_kind_check;
alter table app.past add constraint past_kind_check
  check (kind in ('participant', 'identity_detail', 'referral', 'referral_detail', 'escalation'));

create trigger z_past after update on app.escalation for each row
  when (old.re_offered_at is distinct from new.re_offered_at)
  execute function app.keep_past('escalation', 'id', 're_offered_at');
