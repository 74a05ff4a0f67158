// SPDX-License-Identifier: MIT
// Referrals to providers (lib/domain/README.md): draft > sent > (accepted | declined | withdrawn) > started >
// ended. Which steps exist, need a reason, and who may take them is app.transition's; clocks (reply
// due, start due) are kept by the database. A provider has only what was sent to its own agency;
// police, probation and youth justice have the state alone: row-level security sees to both.
// Records live in ctx->arena.
#pragma once

#include "domain/person/file.h"
#include "record/reply.h"

/** What a person sends to make one. `provider` is an agency's id or its exact name. */
struct referral_input {
    const char *service, *provider, *urgency, *needs, *reason, *risk_summary, *outcomes_wanted;
    const char *draft; // "true": kept, but not sent yet
};

/** A step. Declining takes a reason (a code, words, or both), withdrawing words, ending a report.
 */
struct referral_move {
    const char *to, *reason, *decline_reason, *end_report;
    const char *version; // of the referral as it was seen, or NULL
};

struct session_input {
    const char *held_on, *result, *late, *minutes, *feedback, *concern;
};

struct referral_session {
    const char *id, *held_on, *result, *late, *minutes, *concern, *feedback, *at, *by;
};

/** One referral, as far as the actor may see it (the rest is NULL). */
struct referral {
    const char *id, *ref, *name;
    const char *service, *provider, *provider_id, *state, *state_at;
    const char *made_at, *sent_at, *accepted_at, *declined_at, *withdrawn_at, *started_at,
        *ended_at;
    const char *reply_due, *start_due;
    const char *due;          // of the clock that runs now, or NULL
    const char *overdue;      // "true": that day has passed
    const char *waiting_days; // from sending to the answer, or until today
    const char *possible;     // steps that the actor may take now, array text
    const char *with_reason;  // those of them that need a reason
    const char *version;
    const char *urgency, *needs, *made_by, *reason_code; // referral_detail_read, from here on
    const char *reason, *risk_summary, *outcomes_wanted;
    const char *decline_reason, *withdraw_reason, *end_report; // the latest of each
    const struct field_rows *sessions, *events, *notes;
};

extern const struct field_table referral_input_table, referral_move_table, session_input_table;
extern const struct field_table referral_table;       // one, for answers
extern const struct field_table referral_row_table;   // one of a list
extern const struct field_table referral_saved_table; // what a POST answers: nothing that is sealed
extern const struct field_table referral_session_table, session_saved_table, referral_query_table;

/** Filters of a list; each may be NULL. */
struct referral_query {
    const char *state, *service, *limit, *after;
    const char *states; // several, array text; instead of `state`
    bool by_due;        // the most pressing first; otherwise the newest
};

/** How many there are, by where they stand; the same filters but for the state. */
struct referral_counts {
    const char *draft, *waiting, *open, *ended;
};

struct referral_list {
    const struct referral *const *rows;
    size_t n;
    const char *next; // cursor of the next page, or NULL
    struct referral_counts counts;
};

/** All that are the actor's to see (own, team's, agency's, site's by role), or with `ref` those of
 * one person: then `ret_person` (or NULL) gets the page's header. One round trip. */
enum err referral_list_read(struct ctx *ctx, const char *ref, const struct referral_query *q,
                            struct person_file *ret_person, struct referral_list *ret) MUST_CHECK;

/** One referral with its events, words and sessions. `ret_person` may be NULL. One round trip. */
enum err referral_read(struct ctx *ctx, const char *id, struct person_file *ret_person,
                       struct referral *ret) MUST_CHECK;

/** What the form offers: the person's header and the providers that work at the person's site. */
struct provider {
    const char *id, *name;
};
struct referral_form {
    struct person_file person;
    const struct provider *providers;
    size_t n_providers;
};
enum err referral_form_read(struct ctx *ctx, const char *ref, struct referral_form *ret) MUST_CHECK;

/** Makes one, sent at once unless it is a draft. One round trip (two when this process has not had
 * the person before). */
enum err referral_make(struct ctx *ctx, const char *ref, const struct referral_input *in,
                       const struct create_reply *reply, struct referral *ret) MUST_CHECK;

/** Takes a step. ERR_CONFLICT names what is possible instead; ERR_STALE when `version` is given and
 *  somebody else was first. */
enum err referral_move(struct ctx *ctx, const char *id, const struct referral_move *in,
                       struct referral *ret) MUST_CHECK;

/** Records a session of a referral that has started. */
enum err referral_session_record(struct ctx *ctx, const char *id, const struct session_input *in,
                                 const struct create_reply *reply,
                                 struct referral_session *ret) MUST_CHECK;
