// SPDX-License-Identifier: MIT
// The case page: everything about one participant that the actor may see, in one round trip, with
// its audit row in the same transaction. Records live in ctx->arena.
#pragma once

#include "domain/contact/contact.h"
#include "domain/person/details.h"
#include "domain/person/file.h"

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

/** The participant's details with the case's lists, as the JSON interface answers them. */
struct participant_case {
    struct participant participant;
    const struct field_rows *flags, *contacts, *referrals, *escalations;
};
extern const struct field_table participant_case_table;

/** Details, safety flags, the last 20 contacts, open referrals and escalations in one round trip,
 *  audited. ERR_NOT_FOUND alike for absent and invisible. */
enum err participant_case_read(struct ctx *ctx, const char *ref,
                               struct participant_case *ret) MUST_CHECK;
