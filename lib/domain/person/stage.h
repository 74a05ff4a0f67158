// SPDX-License-Identifier: MIT
// A participant's way through the programme: offers and their answers, the stage machine
// (app.transition is the one place that says which steps exist), and suspension while somebody is
// in custody or hospital. Records live in ctx->arena.
#pragma once

#include "base/field.h"
#include "domain/person/file.h"
#include "record/reply.h"

extern const struct field_table offer_input_table, stage_input_table; // of routes

/** One step. `to` is a stage, or "suspended" (with `suspension`), or "resumed". */
struct stage_input {
    const char *to, *reason, *suspension, *on, *version;
};

/** What followed from a step: for the answer. */
struct stage_now {
    const char *ref, *stage, *suspension, *version;
};
extern const struct field_table stage_now_table;

/** Takes the step. ERR_CONFLICT names the steps that are possible instead; ERR_STALE when `version`
 *  was given and is not the present one. */
enum err stage_move(struct ctx *ctx, const char *ref, const struct stage_input *in,
                    struct stage_now *ret) MUST_CHECK;

/** The person and the stages that may follow now (codes), for the form. */
struct stage_options {
    struct person_file file;
    const char *const *next;
    size_t n_next;
    const char *suspension; // present one, or NULL
};
enum err stage_options_read(struct ctx *ctx, const char *ref, struct stage_options *ret) MUST_CHECK;

/** One attempt to make the offer face to face (lib/domain/README.md). */
struct offer_input {
    const char *made_at, *answer, *delivered, *understood, *interpreter, *message_version, *reason;
};
struct offer_saved {
    const char *id, *ref, *made_at, *answer;
};
extern const struct field_table offer_saved_table;

/** Records the attempt and moves the stage with it: met and undecided is offered, else accepted or
 *  declined; nobody met changes nothing. */
enum err offer_record(struct ctx *ctx, const char *ref, const struct offer_input *in,
                      const struct create_reply *reply, struct offer_saved *ret) MUST_CHECK;
