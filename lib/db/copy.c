// SPDX-License-Identifier: MIT
#include "db/private.h"

#include "base/buf.h"

#include <string.h>

static void put_bytes(struct buf *b, const uint8_t *p, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    buf_puts(b, "\\\\x");
    for (size_t i = 0; i < n; i++) {
        buf_putc(b, hex[p[i] >> 4]);
        buf_putc(b, hex[p[i] & 15]);
    }
}

/** COPY text format: backslash and what would end a column or a row are escaped. */
static void put_text(struct buf *b, const char *s)
{
    while (*s) {
        size_t n = strcspn(s, "\\\t\n\r");
        buf_add(b, s, n);
        s += n;
        if (*s) {
            buf_putc(b, '\\');
            buf_putc(b, *s == '\t' ? 't' : *s == '\n' ? 'n' : *s == '\r' ? 'r' : '\\');
            s++;
        }
    }
}

static void put_row(struct buf *b, const struct db_param *row, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_putc(b, '\t');
        if (!row[i].p)
            buf_puts(b, "\\N");
        else if (row[i].binary)
            put_bytes(b, row[i].p, (size_t)row[i].n);
        else
            put_text(b, row[i].p);
    }
    buf_putc(b, '\n');
}

/** Sends rows until the source ends. ERR_UNAVAILABLE means that the connection broke. */
static enum err send_rows(struct ctx *ctx, size_t columns, db_copy_fn next, void *arg, long *rows)
{
    enum { CHUNK = 32 * 1024 };
    struct db_param *row = ARENA_ARRAY(ctx->arena, struct db_param, columns);
    struct buf b;
    buf_init(&b, ctx->arena);
    for (bool more = true; more;) {
        memset(row, 0, columns * sizeof(*row));
        enum err e = next(arg, row, &more);
        if (e)
            return e;
        if (more) {
            put_row(&b, row, columns);
            ++*rows;
        }
        if (b.n >= CHUNK || (!more && b.n)) {
            if (PQputCopyData(ctx->db->conn, b.p, (int)b.n) != 1)
                return ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was lost in a copy");
            buf_clear(&b);
        }
    }
    return ERR_OK;
}

/** Reads to the end of the command and maps the first failure. */
static enum err end_copy(struct ctx *ctx, const char *name)
{
    enum err e = ERR_OK;
    PGresult *r;
    while ((r = PQgetResult(ctx->db->conn))) {
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_FATAL_ERROR && !e)
            e = db_connected(ctx->db)
                    ? db_fail_result(ctx, r, name)
                    : ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was lost in %s", name);
        PQclear(r);
        if (status == PGRES_COPY_IN) // only after a failure to end: do not wait for ever
            break;
    }
    return e;
}

static enum err copy_rows(struct ctx *ctx, const struct db_query *q, size_t columns,
                          db_copy_fn next, void *arg, long *rows)
{
    PGconn *conn = ctx->db->conn;
    PGresult *r = PQexec(conn, q->sql);
    bool started = PQresultStatus(r) == PGRES_COPY_IN;
    bool fits = started && (size_t)PQnfields(r) == columns;
    enum err e = started ? ERR_OK : db_fail_result(ctx, r, q->name);
    PQclear(r);
    if (!started)
        return e;
    e = fits ? send_rows(ctx, columns, next, arg, rows)
             : ctx_fail(ctx, ERR_INTERNAL, "%s: another number of columns", q->name);
    struct problem kept = ctx->problem;
    if (PQputCopyEnd(conn, e ? "stopped by the sender" : NULL) != 1)
        return e ? e : ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was lost in %s", q->name);
    enum err ended = end_copy(ctx, q->name);
    if (e && e != ERR_UNAVAILABLE) {
        ctx->problem = kept; // the server only repeats that it was stopped
        return e;
    }
    return e ? e : ended;
}

enum err db_copy_in(struct ctx *ctx, enum query q, size_t columns, db_copy_fn next, void *arg,
                    long *ret_rows)
{
    struct db *db = ctx->db;
    const struct db_query *row = (size_t)q < db->catalogue->n ? &db->catalogue->queries[q] : NULL;
    if (!row || !row->copy || !(row->logins & 1U << db->login))
        return ctx_fail(ctx, ERR_INTERNAL, "%s: not a COPY of this login",
                        row ? row->name : "a copy");
    enum err e = db_ready(ctx, db);
    if (e)
        return e;
    long rows = 0;
    // COPY has no place in a pipeline.
    bool ours = PQexitPipelineMode(db->conn) && PQsetnonblocking(db->conn, 0) == 0;
    e = ours ? copy_rows(ctx, row, columns, next, arg, &rows)
             : ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was busy");
    if (!db_connected(db) || PQsetnonblocking(db->conn, 1) || !PQenterPipelineMode(db->conn)) {
        db_drop(db);
        return e ? e : ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was lost in %s", row->name);
    }
    if (!e && ret_rows)
        *ret_rows = rows;
    return e;
}
