-- Where a contact took place, in words: sealed, and read by whoever reads the note.
alter table app.contact_note drop constraint contact_note_kind_check,
  add constraint contact_note_kind_check check (kind in ('note', 'correction_reason', 'venue'));
