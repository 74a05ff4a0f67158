// SPDX-License-Identifier: MIT
// Counts for team leads (their team) and managers (their site): people by engagement status and by
// worker, what became of referrals, contacts by week. Made from the same facts and functions as the
// lists, so that totals agree; one round trip. Records live in ctx->arena.
#pragma once

#include "access/access.h"
#include "base/field.h"

enum { REPORT_WEEKS = 26, REPORT_WORKERS = 100 };

/** All numbers are decimal text. */
struct report_status {
    const char *status, *people;
};
struct report_step {
    const char *step, *referrals; // sent, accepted, started, ended, declined, withdrawn
};
struct report_week {
    const char *week, *contacts, *successful; // its Monday
};
struct report_worker {
    const char *worker_id, *worker; // NULL: nobody
    const char *people, *engaged, *wavering, *disengaged, *other, *closed, *overdue;
};

struct report {
    const char *site, *team; // what is counted: NULL team is the site, NULL site all
    const char *people, *since;
    const struct field_rows *statuses, *funnel, *weeks, *caseloads; // the first REPORT_WORKERS
};

extern const struct field_table report_table, report_status_table, report_step_table,
    report_week_table, report_worker_table;

enum err report_read(struct ctx *ctx, struct report *ret) MUST_CHECK;
