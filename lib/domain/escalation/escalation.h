// SPDX-License-Identifier: MIT
// Escalations (lib/domain/README.md): raised > under_review > (approved | not_approved | deferred) >
// action_due > action_taken > reviewed > closed; suspended when the person re-engages. A person
// decides, never a score: beside the decision stand the engagement status in words, the last
// contacts, and any success since it was raised. Which steps exist, need a reason, and who may take
// them is app.transition's. Records live in ctx->arena.
#pragma once

#include "domain/contact/contact.h"
#include "domain/person/file.h"
#include "record/reply.h"

struct escalation_input {
    const char *trigger, *evidence, *triggered_on;
};

/** A step. `actions` with approved or action_due are those agreed; with action_taken or reviewed
 * those taken, today. */
struct escalation_move {
    const char *to, *reason, *actions;
    const char *re_offered_on; // the offer was made again on that day, or NULL
    const char *version;       // of the escalation as it was seen, or NULL
};

/** One enforcement action taken. */
struct action_input {
    const char *action, *taken_on, *note;
};

struct escalation_action {
    const char *id, *action, *taken_on, *note, *at, *by; // taken_on NULL: agreed, not taken yet
};

/** One escalation, as far as the actor may see it (the rest is NULL). */
struct escalation {
    const char *id, *ref, *name;
    const char *trigger, *state, *state_at;
    const char *triggered_on, *raised_at, *raised_by;
    const char *decision_due;
    const char *overdue; // "true": no decision yet, and the day has passed
    const char *decided_at, *decided_by, *first_action_at, *re_offered_at, *closed_at;
    const char *days;             // from the trigger until it was closed, or until today
    const char *days_to_decision; // from the trigger; NULL when not decided
    const char *days_to_action;   // from the trigger to the first action; NULL when there is none
    const char *re_engaged_at;    // a successful contact after it was raised: think again
    const char *possible;         // steps that the actor may take now, array text
    const char *with_reason;      // those of them that need a reason
    const char *may_act;          // "true": the actor may record actions now
    const char *version;
    const char *reason_code, *evidence; // escalation_detail_read, from here on
    const struct field_rows *actions, *events, *notes;
};

extern const struct field_table escalation_input_table, escalation_move_table, action_input_table;
extern const struct field_table escalation_table, escalation_row_table, escalation_saved_table;
extern const struct field_table escalation_action_table, escalation_query_table;

/** Filters of a list; each may be NULL. */
struct escalation_query {
    const char *state, *trigger, *limit, *after;
    const char *states; // several, array text; instead of `state`
    bool by_due;        // the decision due soonest first; otherwise the newest
};

/** How many there are, by where they stand; the same filters but for the state. */
struct escalation_counts {
    const char *decide, *act, *open, *closed;
};

struct escalation_list {
    const struct escalation *const *rows;
    size_t n;
    const char *next; // cursor of the next page, or NULL
    struct escalation_counts counts;
};

/** All that are the actor's to see, or with `ref` those of one person: then `ret_person` (or NULL)
 * gets the page's header. One round trip. */
enum err escalation_list_read(struct ctx *ctx, const char *ref, const struct escalation_query *q,
                              struct person_file *ret_person,
                              struct escalation_list *ret) MUST_CHECK;

enum { ESCALATION_CONTACTS = 5 };

/** One escalation with its events, words and actions. `ret_person` and `ret_contacts` (the last
 * few, as the actor may see them) may be NULL. One round trip. */
enum err escalation_read(struct ctx *ctx, const char *id, struct person_file *ret_person,
                         struct contact_list *ret_contacts, struct escalation *ret) MUST_CHECK;

/** What the form to raise one shows: the person's header, and escalations that are open already. */
enum err escalation_form_read(struct ctx *ctx, const char *ref, struct person_file *ret_person,
                              struct escalation_list *ret_open) MUST_CHECK;

/** Raises one. One round trip (two when this process has not had the person before). */
enum err escalation_raise(struct ctx *ctx, const char *ref, const struct escalation_input *in,
                          const struct create_reply *reply, struct escalation *ret) MUST_CHECK;

/** Takes a step. ERR_CONFLICT names what is possible instead; ERR_STALE when `version` is given and
 *  somebody else was first. */
enum err escalation_move(struct ctx *ctx, const char *id, const struct escalation_move *in,
                         struct escalation *ret) MUST_CHECK;

/** Records an action taken; the first one moves an approved escalation on to action_taken. */
enum err escalation_act(struct ctx *ctx, const char *id, const struct action_input *in,
                        const struct create_reply *reply) MUST_CHECK;
