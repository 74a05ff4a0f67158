// SPDX-License-Identifier: MIT
// Finding and listing people. A list costs one round trip; a search two, since the name index is
// asked inside the actor's own scope, which the first one tells. The index and the keyed hashes of
// identifiers only suggest: row-level security decides who is shown, so a person whom the actor may
// not see changes no answer. Records live in ctx->arena.
#pragma once

#include "access/access.h"
#include "base/field.h"

/** Filters; each may be NULL. */
struct people_query {
    const char *q;      // name, alias, date of birth, reference or identifier, as typed
    const char *status; // code
    const char *worker; // user id, "me" or "none"
    const char *limit, *after;
};
extern const struct field_table people_query_table;

struct person_item {
    const char *participant_id;
    const char *ref, *name, *known_as; // names: identity_read
    const char *status, *since, *basis, *stage;
    const char *last_contact, *next_contact_due, *overdue, *worker;
    const char *flags; // kinds of the open safety flags, array text
};
extern const struct field_table person_item_table;

struct people {
    const struct person_item *rows;
    size_t n;
    const char *next; // cursor, or NULL
    bool more;        // of a search: there are others that fit less well or as well
};

/** The people who fit, audited. By reference; by likeness when `q` is given. */
enum err people_find(struct ctx *ctx, const struct people_query *q, struct people *ret) MUST_CHECK;

struct people_worker {
    const char *id, *name;
};
/** The same with the workers to choose from in the filter (empty for who has only a caseload). */
enum err people_find_page(struct ctx *ctx, const struct people_query *q, struct people *ret,
                          const struct people_worker **ret_workers, size_t *ret_n) MUST_CHECK;
