-- Lists that show names open each with its person's own data key, still wrapped here: whoever may see the
-- name may fetch it.
drop policy if exists select_identity_read on app.data_key;
create policy select_identity_read on app.data_key for select to phoenix_app
  using (participant_id = (select access.person_for('identity_read'))
         or site_id = (select access.site_for('identity_read'))
         or participant_id = any ((select access.mine('identity_read'))::uuid[])
         or (select access.all_for('identity_read')));
grant select on app.data_key to phoenix_app;
