// SPDX-License-Identifier: MIT
// Contacts: every attempt to reach a participant, successful or not (lib/domain/README.md). Append-only: a
// correction is a new version that names the one it replaces, and the original stays.
// What a role may see is decided by row-level security (facts, details, summary and words are four
// tables); the field table only leaves the same keys out of answers. Records live in ctx->arena.
#pragma once

#include "access/access.h"
#include "base/field.h"
#include "record/reply.h"

// The members follow from contact.def, where each field is declared.

/** What a person sends to record a contact. */
struct contact_input {
#define SENT(name) const char *name;
#include "domain/contact/contact.def"
};

/** What a person sends to correct one: the whole contact as it should have been, and why. */
struct contact_correction {
    struct contact_input contact;
    const char *reason;
};

/** One version of a contact, as far as the actor may see it (the rest is NULL): `corrects` is the id
 *  of the version it replaces, `superseded_by` of the one that replaced it. */
struct contact {
#define ANSWERED(name) const char *name;
#include "domain/contact/contact.def"
};

extern const struct field_table contact_input_table, contact_correction_table;
extern const struct field_table contact_table;       // one contact, for answers
extern const struct field_table contact_saved_table; // what a POST answers: nothing that is sealed
extern const struct field_table contact_query_table; // filters and paging of the list

/** Filters of a list; each may be NULL. Dates are local days, both inclusive. */
struct contact_query {
    const char *from, *to, *mode, *outcome, *limit, *after;
};

struct contact_list {
    const struct contact *const *rows;
    size_t n;
    const char *next; // cursor of the next page, or NULL
};

/** What of a person the pages about contacts show besides: read in the same round trip. */
struct person_file; // domain/person/file.h

/**
 * Records a contact in one round trip (two when this process has not had the person before) and
 * gives it back without what is sealed. ERR_INVALID names each field; ERR_IDEMPOTENCY_REPLAY means
 * it was recorded before.
 */
enum err contact_record(struct ctx *ctx, const char *ref, const struct contact_input *in,
                        const struct create_reply *reply, struct contact *ret) MUST_CHECK;

/** Adds a version that replaces contact `id`. ERR_STALE when that version has been replaced
 *  already: somebody else corrected it meanwhile. */
enum err contact_correct(struct ctx *ctx, const char *ref, const char *id,
                         const struct contact_correction *in, const struct create_reply *reply,
                         struct contact *ret) MUST_CHECK;

/** The current versions, newest first. `ret_person` may be NULL. */
enum err contact_list_read(struct ctx *ctx, const char *ref, const struct contact_query *q,
                           struct person_file *ret_person, struct contact_list *ret) MUST_CHECK;

/** One contact and every version of it, newest version first: rows[0] is the current one. The id
 * may be that of any version. ERR_NOT_FOUND alike for absent, invisible and another person's. */
enum err contact_read(struct ctx *ctx, enum permission need, const char *ref, const char *id,
                      struct person_file *ret_person, struct contact_list *ret) MUST_CHECK;

/** Queues the newest `limit` contacts of the tx's person, and reads them after the run: for case.c.
 */
size_t contact_list_add(struct ctx *ctx, struct access_tx *tx, size_t limit);
enum err contact_list_get(struct ctx *ctx, struct access_tx *tx, size_t at, size_t limit,
                          const struct person *person, struct contact_list *ret) MUST_CHECK;
