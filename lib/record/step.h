// SPDX-License-Identifier: MIT
// What referrals and escalations share: steps of a state machine, their dated events and the words
// that go with them. The machines themselves are rows of app.transition. Records live in ctx->arena.
//
// Where sealed words are bound (struct seal_at, domain SEAL_NOTES, row = the id of the row itself):
// app.referral_note.note, app.referral_session.feedback, app.escalation_note.note,
// app.escalation_action.note.
#pragma once

#include "base/field.h"
#include "db/db.h"

/** One step taken. */
struct step_event {
    const char *from_state, *to_state, *at, *by, *reason_code;
};

/** Words that somebody wrote with a step, opened. `to_state` is NULL where the kind says enough. */
struct step_note {
    const char *id, *kind, *to_state, *note, *at, *by;
};

/** ERR_CONFLICT saying what is possible instead, in the codes of the machine. `possible` is array
 * text. */
enum err step_refuse(struct ctx *ctx, const char *state, const char *possible) MUST_CHECK;

extern const struct field_table step_event_table, step_note_table; // for answers

/** Statement i as events, and as notes of `table` opened with the person's key. */
const struct step_event *step_events(const struct db_pipeline *pl, size_t i, size_t *ret_n);
enum err step_notes(struct ctx *ctx, const struct db_pipeline *pl, size_t i, const char *person,
                    const char *table, const struct step_note **ret, size_t *ret_n) MUST_CHECK;

/** A sealed text together with the id of the row it will be in. */
struct sealed_words {
    const char *id;
    struct bytes sealed; // {NULL, 0} when there are no words
};
enum err step_seal(struct ctx *ctx, const char *person, const char *table, const char *column,
                   const char *text, struct sealed_words *ret) MUST_CHECK;
