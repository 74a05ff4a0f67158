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

struct caseload_page {
    const struct caseload *rows;
    size_t n;
    const char *total; // open cases of everybody, not of this page alone
    const char *next;  // cursor of the next page, or NULL
};

/** A page of 100 workers by name, after the cursor (or NULL). People without a worker come first.
 * In one round trip, audited as a report. ERR_INVALID for what is not a cursor. */
enum err caseload_list(struct ctx *ctx, const char *after, struct caseload_page *ret) MUST_CHECK;
