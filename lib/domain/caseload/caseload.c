// SPDX-License-Identifier: MIT
#include "domain/caseload/caseload.h"

#include "base/uuid.h"
#include "record/cursor.h"
#include "record/rows.h"

#define ROW(member)                                                                                \
    {                                                                                              \
        .name = #member, .type = FIELD_TEXT, .offset = offsetof(struct caseload, member)           \
    }
static const struct field rows[] = {
    ROW(worker_id),       ROW(worker),    ROW(team),       ROW(people),
    ROW(engaged),         ROW(wavering),  ROW(disengaged), ROW(offer_declined),
    ROW(not_yet_offered), ROW(suspended), ROW(overdue),
};
static const struct field_table table = FIELD_TABLE("Caseload", struct caseload, rows);

enum { CASELOAD_PAGE = 100 };

enum err caseload_list(struct ctx *ctx, const char *after, struct caseload_page *ret)
{
    const char *key[2]; // name and id of the last worker shown
    enum err e = cursor_query(ctx, "after", after, key, 2);
    if (!e && key[0] && !uuid_ok(key[1])) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_caseload_read, NULL);
    size_t at = db_add(tx.pl, DB_CALL(caseload_list, .after_name = key[0], .after_id = key[1],
                                      .limit = CASELOAD_PAGE));
    size_t total = db_add(tx.pl, DB_CALL0(caseload_total));
    access_audit(ctx, &tx, AUDIT_report_viewed, NULL, NULL, "caseloads");
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    size_t n;
    const struct caseload *list = rows_read(tx.pl, at, &table, &n);
    size_t shown = n > CASELOAD_PAGE ? CASELOAD_PAGE : n;
    *ret = (struct caseload_page){
        .rows = list, .n = shown, .total = db_get(tx.pl, total, 0, "people")};
    if (n > shown)
        ret->next = cursor_make(
            ctx->arena, (const char *const[]){list[shown - 1].worker, list[shown - 1].worker_id},
            2);
    return ERR_OK;
}
