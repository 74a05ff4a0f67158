// SPDX-License-Identifier: MIT
#include "domain/report/audit_log.h"

#include "base/clock.h"
#include "crypto/secret.h"
#include "record/cursor.h"

#include <stdlib.h>
#include <string.h>

#define Q(member) FIELD_AT(struct audit_query, member)
static const struct field query_rows[] = {
    {Q(from), .type = FIELD_DATE, .label = "From", .help = "First day, inclusive."},
    {Q(to), .type = FIELD_DATE, .label = "To", .help = "Last day, inclusive."},
    {Q(user), .type = FIELD_TEXT, .max = 120, .label = "User", .help = "Part of the name."},
    {Q(action), .type = FIELD_TEXT, .max = 40, .label = "Action", .help = "Code of the action."},
    {Q(operation), .type = FIELD_TEXT, .max = 20, .label = "Operation",
     .help = "Of section 62 of the Data Protection Act 2018, or access."},
    {Q(ref), .type = FIELD_TEXT, .max = 20, .label = "Reference", .help = "Of a participant."},
    {Q(limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",
     .help = "Rows a page, 50 unless said."},
    {Q(after), .type = FIELD_TEXT, .max = 400, .label = "Page marker",
     .help = "`next` of the page before."},
};
const struct field_table audit_query_table =
    FIELD_TABLE("AuditQuery", struct audit_query, query_rows);

#define E(member) FIELD_AT(struct audit_event, member)
static const struct field event_rows[] = {
    {E(id), .type = FIELD_INT, .label = "Number", .help = "Of the event."},
    {E(at), .type = FIELD_TIME, .label = "When", .help = "By the database's clock."},
    {E(user_name), .type = FIELD_TEXT, .label = "Who", .help = "Null for the system or nobody."},
    {E(role), .type = FIELD_TEXT, .label = "Role", .help = "At that time."},
    {E(site), .type = FIELD_TEXT, .label = "Site", .help = "Of the user."},
    {E(action), .type = FIELD_TEXT, .label = "Action", .help = "What was done."},
    {E(operation), .type = FIELD_TEXT, .label = "Operation",
     .help = "Of section 62 of the Data Protection Act 2018, or access."},
    {E(people), .type = FIELD_INT, .label = "People", .help = "How many it was about."},
    {E(refs), .type = FIELD_TEXT, .label = "References", .help = "Of the first five of them."},
    {E(remote), .type = FIELD_TEXT, .label = "Address", .help = "Where the request came from."},
    {E(request_id), .type = FIELD_TEXT, .label = "Request", .help = "As in the server's log."},
    {E(detail), .type = FIELD_TEXT, .label = "Detail", .help = "Codes and counts."},
};
const struct field_table audit_event_table =
    FIELD_TABLE("AuditEvent", struct audit_event, event_rows);

static enum err query_check(struct ctx *ctx, const struct audit_query *q, const char *key[2])
{
    int64_t us;
    enum err e = cursor_query(ctx, "after", q->after, key, 2);
    if (!e && key[0] &&
        (!time_parse(key[0], &us) || strspn(key[1], "0123456789") != strlen(key[1]) || !*key[1])) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (q->from && q->to && strcmp(q->from, q->to) > 0) {
        ctx_field_error(ctx, "to", "To must be the same as or after From");
        e = ERR_INVALID;
    }
    return e;
}

enum err audit_list_read(struct ctx *ctx, const struct audit_query *q, struct audit_list *ret)
{
    const char *key[2];
    enum err e = query_check(ctx, q, key);
    if (e)
        return e;
    long limit = q->limit ? strtol(q->limit, NULL, 10) : LIST_LIMIT;
    const char *ref = q->ref ? reference_canonical(ctx->arena, q->ref) : NULL;
    struct access_tx tx = access_begin(ctx, PERM_audit_read, NULL);
    size_t at =
        db_add(tx.pl, DB_CALL(audit_list, .from = q->from, .to = q->to, .user = q->user,
                              .action = q->action, .ref = ref ? ref : q->ref, .limit = limit + 1,
                              .before_at = key[0], .before_id = key[1], .operation = q->operation));
    access_audit(ctx, &tx, AUDIT_audit_viewed, NULL, NULL, NULL);
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    struct audit_list list = {0};
    db_records(tx.pl, at, &audit_event_table, &list.rows);
    if (list.rows.n > (size_t)limit) {
        list.rows.n = (size_t)limit;
        const struct audit_event *last = list.rows.rows[limit - 1];
        list.next = cursor_make(ctx->arena, (const char *const[]){last->at, last->id}, 2);
    }
    *ret = list;
    return ERR_OK;
}
