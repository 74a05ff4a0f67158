// SPDX-License-Identifier: MIT
// Caseloads of a team or site, one row a worker; counts of open cases by engagement status.
#pragma once

#include "access/access.h"

struct caseload {
    const char *worker_id, *worker; // NULL for people without a worker
    const char *team;
    const char *people, *engaged, *wavering, *disengaged, *offer_declined, *not_yet_offered,
        *suspended, *overdue; // decimal
};

/** In one round trip, audited as a report. People without a worker come first. */
enum err caseload_list(struct ctx *ctx, const struct caseload **ret, size_t *ret_n) MUST_CHECK;
