// SPDX-License-Identifier: MIT
#include "domain/caseload.h"

#include "domain/step.h"

#define ROW(member) {.name = #member, .type = FIELD_TEXT, .offset = offsetof(struct caseload, member)}
static const struct field rows[] = {
    ROW(worker_id),  ROW(worker),         ROW(team),            ROW(people),    ROW(engaged), ROW(wavering),
    ROW(disengaged), ROW(offer_declined), ROW(not_yet_offered), ROW(suspended), ROW(overdue),
};
static const struct field_table table = FIELD_TABLE("Caseload", struct caseload, rows);

enum err caseload_list(struct ctx *ctx, const struct caseload **ret, size_t *ret_n)
{
    struct access_tx tx = access_begin(ctx, PERM_caseload_read, NULL);
    size_t at = DB_ADD0(tx.pl, Q_CASELOAD_LIST);
    access_audit(ctx, &tx, AUDIT_report_viewed, NULL, NULL, "caseloads");
    enum err e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = step_records(ctx, tx.pl, at, &table, ret_n);
    return e;
}
