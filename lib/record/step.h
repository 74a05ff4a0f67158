// SPDX-License-Identifier: MIT
// What referrals and escalations share: steps of a state machine, their dated events, the words
// that go with them, and lists of many people's things. The machines themselves are rows of
// app.transition. Records live in ctx->arena.
//
// Where sealed words are bound (struct seal_at, domain SEAL_NOTES, row = the id of the row itself):
// app.referral_note.note, app.referral_session.feedback, app.escalation_note.note,
// app.escalation_action.note.
#pragma once

#include "access/access.h"
#include "base/field.h"
#include "crypto/keys.h"

/** One step taken. */
struct step_event {
    const char *from_state, *to_state, *at, *by, *reason_code;
};

/** Words that somebody wrote with a step, opened. `to_state` is NULL where the kind says enough. */
struct step_note {
    const char *id, *kind, *to_state, *note, *at, *by;
};

/** How the answer that a retry of a creating POST gets is made, before anything is stored. */
struct create_reply {
    const char *(*body)(void *arg, const void *record); // NULL for pages: 303
    void *arg;
    const char *before, *after; // the location is BEFORE id AFTER
};

/** Claims the request's key with the answer that a retry gets. */
void create_claim(struct ctx *ctx, struct access_tx *tx, const struct create_reply *reply,
                  const char *id, const void *record);

/** The id if it can be one; otherwise one that nothing has, so that both are answered alike. */
const char *step_id(const char *id);

/** ERR_CONFLICT saying what is possible instead, in the codes of the machine. `possible` is array
 * text. */
enum err step_refuse(struct ctx *ctx, const char *state, const char *possible) MUST_CHECK;

/** Rows of statement i as records of the table, in one array. */
const void *step_records(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                         const struct field_table *t, size_t *ret_n);
/** The same as rows of an answer. */
const struct field_rows *step_rows(struct ctx *ctx, const struct field_table *t, const void *rows,
                                   size_t n);

extern const struct field_table step_event_table, step_note_table; // for answers

/** Statement i as events, and as notes of `table` opened with the person's key. */
const struct step_event *step_events(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                                     size_t *ret_n);
enum err step_notes(struct ctx *ctx, const struct db_pipeline *pl, size_t i, const char *person,
                    const char *table, const struct step_note **ret, size_t *ret_n) MUST_CHECK;

/** Opens column `from` of a row that is bound at `table`.`column` of row `id`; NULL when there is
 * none. */
enum err step_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                   const char *person, const char *table, const char *id, const char *column,
                   const char *from, const char **ret) MUST_CHECK;

/** A sealed text together with the id of the row it will be in. */
struct sealed_words {
    const char *id;
    struct bytes sealed; // {NULL, 0} when there are no words
};
enum err step_seal(struct ctx *ctx, const char *person, const char *table, const char *column,
                   const char *text, struct sealed_words *ret) MUST_CHECK;

/** The person's name in a list of many: opened with the data key that came with the row
 * ("wrapped"). NULL when the actor may not see it. */
enum err step_name(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                   const char **ret) MUST_CHECK;

/** Opens "Given Family" from the columns given_name and family_name of a row (app.identity), for
 * any list that shows names; NULL when the row has none. The data key must be in the cache. */
enum err person_name_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                          const char *person_id, const char **ret_name) MUST_CHECK;
