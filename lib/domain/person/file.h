// SPDX-License-Identifier: MIT
// What stands at the top of every page about a person, as far as the actor may see it: name, status,
// safety flags. Read together with whatever the page is about, in one round trip. Records live in
// ctx->arena.
#pragma once

#include "access/access.h"
#include "base/field.h"

struct safety_flag {
    const char *id, *kind, *detail, *added_at, *added_by, *review_due;
};
extern const struct field_table flag_table; // struct safety_flag, for answers

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
