// SPDX-License-Identifier: MIT
// A participant's details: adding somebody, reading what the role may see, changing it. Names and
// everything else that says who a person is are sealed under the person's own data key.
// Records live in ctx->arena.
#pragma once

#include "base/field.h"
#include "domain/person/file.h"
#include "record/reply.h"

extern const struct field_table participant_input_table; // of routes

/** What may be sent. The identifiers are named by their kind (domain/person/identifier.h). */
struct participant_input {
    const char *given_name, *family_name, *known_as, *address, *postcode, *phone, *email;
    const char *date_of_birth, *aliases, *sex, *gender, *ethnicity, *officer_ethnicity, *language,
        *interpreter, *notes;
    const char *pnc, *cro, *crn, *nomis, *nhs, *upn, *nino, *uprn;
    const char *supervision, *agency, *started_on, *source_ref, *site, *worker;
    const char *version; // pages: what the change was decided on
};

/** What is answered: what was sent, and where the person stands. */
struct participant {
    struct participant_input in;
    const char *ref, *name, *stage, *status, *since, *basis, *last_contact, *next_contact_due;
    const char *worker, *team, *agency_name, *closure_reason;
    const char *warnings; // array text: check letters that do not fit
    const char *version;
};
extern const struct field_table participant_table; // answers: participant_case_table

struct participant_added {
    const char *ref, *stage, *started_on, *warnings;
};
extern const struct field_table participant_added_table;

/** Adds a participant (sites without a running trial) with a new reference. A navigator's own case, a
 *  team lead's own team's. Refused: under 14 at the start, identifiers of a wrong shape. */
enum err participant_add(struct ctx *ctx, const struct participant_input *in,
                         const struct create_reply *reply, struct participant_added *ret) MUST_CHECK;

/** What the role may see of a person, in one round trip, audited. `ret_file` may be NULL. */
enum err participant_read(struct ctx *ctx, enum permission need, const char *ref,
                          struct person_file *ret_file, struct participant *ret) MUST_CHECK;

/** Queues the reading of the details; returns the index of its first statement. */
size_t participant_add_reading(struct access_tx *tx);
/** After access_run(): reads what participant_add_reading() queued at `at`. */
enum err participant_get(struct ctx *ctx, const struct access_tx *tx, size_t at,
                         const struct person *person, struct participant *ret) MUST_CHECK;

/** Stores `in` as the whole of the person's details. `version` must be the present one: ERR_STALE. */
enum err participant_change(struct ctx *ctx, const char *ref, const struct participant_input *in,
                            const char *version) MUST_CHECK;
