// SPDX-License-Identifier: MIT
// The case page: everything about one participant that the actor may see, in one round trip, with
// its audit row in the same transaction. Also the smaller `person_file` that every page about a
// person shows at its top (name, status, safety flags). Records live in ctx->arena.
#pragma once

#include "access/access.h"
#include "domain/contact.h"

struct safety_flag {
    const char *id, *kind, *detail, *added_at, *added_by, *review_due;
};

/** What stands at the top of every page about a person. NULL where the actor may not see it. */
struct person_file {
    struct person person;
    const char *name, *known_as, *date_of_birth; // identity_read
    const char *interpreter;                     // language needed, or NULL
    const char *stage, *stage_since;
    const char *worker, *worker_id, *team, *team_id;
    const char *supervision, *supervising_agency, *agency_id;
    const char *status, *since, *basis, *last_contact, *next_contact_due; // engagement status
    const char *overdue; // "true": the next contact was due before today
    const struct safety_flag *flags;
    size_t n_flags;
};

/** Opens "Given Family" from the columns given_name and family_name of a row (app.identity), for
 * any list that shows names; NULL when the row has none. The data key must be in the cache. */
struct db_pipeline;
enum err person_name_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                          const char *person_id, const char **ret_name) MUST_CHECK;

/** True if the actor's scope for the permission covers this person, as far as the file tells: for
 *  showing links. The wall itself is the database's. */
bool person_may(const struct ctx *ctx, enum permission p, const struct person_file *file);

/** Queues the reading of the person's header; returns the index of its first statement. */
size_t person_file_add(struct ctx *ctx, struct access_tx *tx);
/** After access_run(): reads what person_file_add() queued at `at`. Keeps the date of birth in the
 *  process's cache, so that "before the person was born" costs no round trip. */
enum err person_file_get(struct ctx *ctx, struct access_tx *tx, size_t at,
                         const struct person *person, struct person_file *ret) MUST_CHECK;

/** Runs a pipeline of the header alone (for the blank forms): one round trip, audited. */
enum err person_file_read(struct ctx *ctx, enum permission need, const char *ref,
                          enum audit_action action, struct person_file *ret) MUST_CHECK;

struct case_referral {
    const char *id, *service, *provider, *state, *made_at, *due;
};
struct case_escalation {
    const char *id, *trigger, *state, *raised_at, *due;
};
struct case_stage {
    const char *kind;                     // "stage" or "suspension"
    const char *stage, *at, *by, *reason; // stage NULL: a suspension ended
};

struct case_file {
    struct person_file header;
    struct contact_list contacts;          // the last 20, current versions, newest first
    const struct case_referral *referrals; // open ones
    size_t n_referrals;
    const struct case_escalation *escalations; // open ones
    size_t n_escalations;
    const struct case_stage *stages; // newest first
    size_t n_stages;
};

enum { CASE_CONTACTS = 20 };

extern const struct field_table case_referral_table, case_escalation_table; // for answers

/** Queues the reading of the whole case; returns the index of its first statement. */
size_t case_add(struct ctx *ctx, struct access_tx *tx);
/** After access_run(): reads what case_add() queued at `at`. */
enum err case_get(struct ctx *ctx, struct access_tx *tx, size_t at, const struct person *person,
                  struct case_file *ret) MUST_CHECK;

/** The case in ONE round trip. ERR_NOT_FOUND alike for absent and invisible. */
enum err case_read(struct ctx *ctx, const char *ref, struct case_file *ret) MUST_CHECK;
