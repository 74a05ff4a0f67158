// SPDX-License-Identifier: MIT
// Asking for exports, seeing how far they are, and downloading them.
#include "export/export.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "record/cursor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// An id that cannot be one still asks the database, so that its answer is like an absent one's.
static const char nothing[] = "00000000-0000-0000-0000-000000000000";

#define IN(member) FIELD_AT(struct export_input, member)
static const struct field input_rows[] = {
    {IN(kind), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "export_kind", .label = "Kind",
     .help = "What the export holds."},
    {IN(as_of), .type = FIELD_TEXT, .max = 40, .label = "Cut-off",
     .help = "Only what was recorded by then counts, as it stood then: an RFC 3339 time, or a day, "
             "which means its end. Now unless given."},
    {IN(reason), .type = FIELD_TEXT, .max = 500, .label = "Why you need it",
     .help = "Kept in the audit log and in the manifest. Nothing about a person."},
};
const struct field_table export_input_table =
    FIELD_TABLE("ExportInput", struct export_input, input_rows);

#define OUT(member) FIELD_AT(struct export, member)
#define SAVED_ROWS                                                                                 \
    {OUT(id), .type = FIELD_UUID, .label = "Export", .help = "Id of the export."},                 \
        {OUT(kind), .type = FIELD_CODE, .vocab = "export_kind", .label = "Kind",                   \
         .help = "What it holds."},                                                                \
        {OUT(state), .type = FIELD_CODE, .vocab = "export_state", .label = "State",                \
         .help = "requested, running, then ready or failed; expired when the file is gone."},      \
        {OUT(as_of), .type = FIELD_TIME, .label = "Cut-off",                                       \
         .help = "Only what was recorded by then counts."},                                        \
    {                                                                                              \
        OUT(reason), .type = FIELD_TEXT, .label = "Why", .help = "Why it was asked for."           \
    }

static const struct field saved_rows[] = {SAVED_ROWS};
const struct field_table export_saved_table = FIELD_TABLE("ExportSaved", struct export, saved_rows);

static const struct field export_rows[] = {
    SAVED_ROWS,
    {OUT(site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Whose data; null for every site."},
    {OUT(requested_by), .type = FIELD_TEXT, .label = "Asked for by", .help = "Name of the user."},
    {OUT(requested_at), .type = FIELD_TIME, .label = "Asked for", .help = "When it was asked for."},
    {OUT(ready_at), .type = FIELD_TIME, .label = "Ready", .help = "When it was ready."},
    {OUT(expires_at), .type = FIELD_TIME, .label = "Expires",
     .help = "Until when it can be downloaded."},
    {OUT(progress), .type = FIELD_INT, .min = 0, .max = 100, .label = "Progress",
     .help = "Per cent done."},
    {OUT(rows), .type = FIELD_INT, .label = "Rows", .help = "Rows of all tables so far."},
    {OUT(bytes), .type = FIELD_INT, .label = "Size", .help = "Bytes of the zip."},
    {OUT(sha256), .type = FIELD_TEXT, .label = "SHA-256", .help = "Of the zip, in hex."},
    {OUT(error), .type = FIELD_TEXT, .label = "What went wrong", .help = "When it failed."},
};
const struct field_table export_table = FIELD_TABLE("Export", struct export, export_rows);

#define QUERY(member) FIELD_AT(struct export_query, member)
static const struct field query_rows[] = {
    {QUERY(state), .type = FIELD_CODE, .vocab = "export_state", .label = "State",
     .help = "Only this state."},
    {QUERY(limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",
     .help = "Rows a page, 50 unless said."},
    {QUERY(after), .type = FIELD_TEXT, .max = 1024, .label = "Page marker",
     .help = "`next` of the page before."},
};
const struct field_table export_query_table =
    FIELD_TABLE("ExportQuery", struct export_query, query_rows);

// ---- asking ----

enum err export_cut_off(struct ctx *ctx, const char *typed, const char **ret)
{
    int64_t now = clock_now_us(), us = now, day;
    if (typed && !time_parse(typed, &us)) {
        if (!date_typed(typed, date_today(), &day)) {
            ctx_field_error(ctx, "as_of", "Cut-off must be a real date, like 17/5/2026");
            return ERR_INVALID;
        }
        if (day == date_today())
            us = now;
        else if (!time_from_local(date_iso(ctx->arena, day + 1), "00:00", &us))
            return ctx_fail(ctx, ERR_INTERNAL, "no midnight");
        else
            us--; // the last moment of that day
    }
    if (us > now + 1000000) {
        ctx_field_error(ctx, "as_of", "Cut-off must be today or in the past");
        return ERR_INVALID;
    }
    *ret = time_iso(ctx->arena, us < now ? us : now);
    return ERR_OK;
}

enum err export_request(struct ctx *ctx, const struct export_input *in,
                        const struct create_reply *reply, struct export *ret)
{
    struct export x = {
        .id = uuid_new(ctx->arena), .kind = in->kind, .state = "requested", .reason = in->reason};
    enum err e = export_cut_off(ctx, in->as_of, &x.as_of);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_export_request, NULL);
    create_claim(ctx, &tx, reply, x.id, &x);
    (void)DB_ADD(tx.pl, Q_EXPORT_INSERT, DB_TEXT(x.id), DB_TEXT(x.kind), DB_TEXT(x.as_of),
                 DB_TEXT(x.reason));
    access_audit(ctx, &tx, AUDIT_export_requested, x.id, NULL,
                 arena_printf(ctx->arena, "kind=%s as_of=%s reason=%s", x.kind, x.as_of,
                              x.reason ? x.reason : "not given"));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = x;
    return e;
}

// ---- reading ----

enum err export_list_read(struct ctx *ctx, const struct export_query *q, struct export_list *ret)
{
    const char *key[2];
    enum err e = cursor_query(ctx, "after", q->after, key, 2);
    int64_t us;
    if (!e && key[0] && (!time_parse(key[0], &us) || !uuid_ok(key[1]))) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    size_t limit = q->limit ? strtoul(q->limit, NULL, 10) : LIST_LIMIT;
    struct access_tx tx = access_begin(ctx, PERM_export_log, NULL);
    size_t at = DB_ADD(tx.pl, Q_EXPORT_LIST, DB_TEXT(q->state),
                       DB_TEXT(arena_printf(ctx->arena, "%zu", limit + 1)), DB_TEXT(key[0]),
                       DB_TEXT(key[1]));
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    *ret = (struct export_list){0};
    db_records(tx.pl, at, &export_table, &ret->rows);
    if (ret->rows.n > limit) {
        ret->rows.n = limit;
        const struct export *last = ret->rows.rows[limit - 1];
        ret->next = cursor_make(ctx->arena, (const char *const[]){last->requested_at, last->id}, 2);
    }
    return ERR_OK;
}

enum err export_read(struct ctx *ctx, const char *id, struct export *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_export_log, NULL);
    size_t at = DB_ADD(tx.pl, Q_EXPORT_GET, DB_TEXT(uuid_ok(id) ? id : nothing));
    enum err e = access_run(ctx, &tx, NULL);
    if (!e && db_nrows(tx.pl, at) == 0)
        e = ERR_NOT_FOUND;
    if (!e) {
        *ret = (struct export){0};
        db_row_record(tx.pl, at, 0, &export_table, ret);
    }
    return e;
}

enum err export_download(struct ctx *ctx, const char *data_dir, const char *id,
                         struct export_file *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_export_read, NULL);
    size_t at = DB_ADD(tx.pl, Q_EXPORT_FILE, DB_TEXT(uuid_ok(id) ? id : nothing));
    enum err e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    if (db_nrows(tx.pl, at) == 0)
        return ERR_NOT_FOUND;
    const char *state = db_get(tx.pl, at, 0, "state"), *live = db_get(tx.pl, at, 0, "live");
    bool ready = strcmp(state, "ready") == 0;
    if (strcmp(state, "failed") == 0)
        return ctx_refuse(ctx, ERR_GONE, "The export failed. Ask for it again");
    if (strcmp(state, "expired") == 0 || (ready && (!live || strcmp(live, "t") != 0)))
        return ctx_refuse(ctx, ERR_GONE,
                          "The export has expired. Ask for it again: the same cut-off "
                          "gives the same file");
    if (!ready)
        return ERR_NOT_READY;
    const char *path =
        arena_printf(ctx->arena, "%s/exports/%s", data_dir, db_get(tx.pl, at, 0, "path"));
    if (access(path, R_OK) != 0)
        return ctx_refuse(ctx, ERR_GONE, "The file is no longer on the server. Ask for it again");
    *ret = (struct export_file){
        .path = path,
        .name = arena_printf(ctx->arena, "phoenix-%s-%s.zip", db_get(tx.pl, at, 0, "kind"),
                             db_get(tx.pl, at, 0, "as_of_day")),
    };
    return ERR_OK;
}
