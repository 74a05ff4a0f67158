// SPDX-License-Identifier: MIT
// Who works with a participant: the named worker, and with the worker the team.
#pragma once

#include "base/field.h"
#include "domain/person/file.h"

extern const struct field_table assign_input_table; // of routes

struct assign_input {
    const char *worker; // user id of a navigator or team lead at the person's site
    const char *version;
};

struct assign_worker {
    const char *id, *name, *team;
    const char *people; // how many open cases he or she has that the actor can see
};

struct assign_options {
    struct person_file file;
    const struct assign_worker *workers;
    size_t n_workers;
};

/** The person and who could take the case, for the form. */
enum err assign_options_read(struct ctx *ctx, const char *ref, struct assign_options *ret) MUST_CHECK;

struct assigned {
    const char *ref, *worker, *team, *version;
};
extern const struct field_table assigned_table;

/** Gives the case to the worker. A worker whom the actor may not choose is a field error. */
enum err assign_worker_set(struct ctx *ctx, const char *ref, const struct assign_input *in,
                           struct assigned *ret) MUST_CHECK;
