// SPDX-License-Identifier: MIT
#include "db/private.h"

#include <stdlib.h>
#include <string.h>

enum err db_begin(struct ctx *ctx, bool repeatable_read_only)
{
    struct db *db = ctx->db;
    if (db->in_transaction)
        return ctx_fail(ctx, ERR_INTERNAL, "a transaction within a transaction");
    enum err e = db_ready(ctx, db);
    if (e)
        return e;
    const char *sql = db_sql(repeatable_read_only ? DB_SQL_BEGIN_SNAPSHOT : DB_SQL_BEGIN);
    e = db_internal_run(ctx, db, sql, NULL, 0, NULL);
    db->in_transaction = !e;
    return e;
}

enum err db_commit(struct ctx *ctx)
{
    struct db *db = ctx->db;
    if (!db->in_transaction)
        return ctx_fail(ctx, ERR_INTERNAL, "a commit without a transaction");
    bool lost = db->transaction_lost || !db_connected(db);
    PGresult *r = NULL;
    enum err e =
        lost ? ctx_fail(ctx, ERR_UNAVAILABLE, "the transaction was lost with its connection")
             : db_internal_run(ctx, db, db_sql(DB_SQL_COMMIT), NULL, 0, &r);
    db->in_transaction = db->transaction_lost = false;
    // A transaction in which a statement failed answers COMMIT with the word ROLLBACK and no error.
    if (!e && strcmp(PQcmdStatus(r), "COMMIT") != 0)
        e = ctx_fail(ctx, ERR_INTERNAL, "a commit after a failure");
    PQclear(r);
    return e;
}

void db_rollback(struct ctx *ctx)
{
    struct db *db = ctx->db;
    if (!db || !db->in_transaction)
        return;
    struct problem kept = ctx->problem; // why the caller rolls back is what counts
    if (db_connected(db) && db_internal_run(ctx, db, db_sql(DB_SQL_ROLLBACK), NULL, 0, NULL))
        db_drop(db);
    ctx->problem = kept;
    db->in_transaction = db->transaction_lost = false;
}

/** Gives one row to fn. */
static enum err give_row(const PGresult *r, db_row_fn fn, void *arg, const char **values,
                         int *lengths)
{
    int n = PQnfields(r);
    for (int c = 0; c < n; c++) {
        values[c] = PQgetisnull(r, 0, c) ? NULL : PQgetvalue(r, 0, c);
        lengths[c] = PQgetlength(r, 0, c);
    }
    return fn(arg, values, lengths, (size_t)n);
}

struct stream {
    struct ctx *ctx;
    struct db *db;
    const char *name;
    db_row_fn fn;
    void *arg;
    const char **values;
    int *lengths;
    enum err stopped; // by fn
    enum err failed;  // by the server
};

/** Takes one answer of a stream; false when the connection is of no more use. */
static bool stream_take(struct stream *s, const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_SINGLE_TUPLE) {
        if (!s->values) {
            s->values = ARENA_ARRAY(s->ctx->arena, const char *, (size_t)PQnfields(r) + 1);
            s->lengths = ARENA_ARRAY(s->ctx->arena, int, (size_t)PQnfields(r) + 1);
        }
        if (!s->stopped && !s->failed)
            s->stopped = give_row(r, s->fn, s->arg, s->values, s->lengths);
        return true;
    }
    if (status != PGRES_FATAL_ERROR)
        return true;
    if (!PQresultErrorField(r, PG_DIAG_SQLSTATE) || db_result_fatal(r))
        return false;
    if (!s->stopped && !s->failed)
        s->failed = db_fail_result(s->ctx, r, s->name);
    return true;
}

static void cancel(struct db *db)
{
    char words[256];
    PGcancel *c = PQgetCancel(db->conn);
    if (c)
        (void)PQcancel(c, words, sizeof(words)); // when this fails the rows are read to their end
    PQfreeCancel(c);
}

static bool stream_read(struct stream *s)
{
    bool ended = false, cancelled = false;
    for (;;) {
        if (!db_result_wait(s->db, db_deadline(s->db)))
            return false;
        PGresult *r = PQgetResult(s->db->conn);
        if (!r && ended)
            return false;
        ended = !r;
        if (!r)
            continue;
        bool synced = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
        bool usable = synced || stream_take(s, r);
        PQclear(r);
        if (synced || !usable)
            return usable;
        if (s->stopped && !cancelled) {
            cancel(s->db);
            cancelled = true;
        }
    }
}

static enum err stream_run(struct ctx *ctx, const struct db_pipeline *pl, db_row_fn fn, void *arg)
{
    struct db *db = ctx->db;
    if (pl->misuse)
        return ctx_fail(ctx, ERR_INTERNAL, "%s", pl->misuse);
    enum err e = db_ready(ctx, db);
    if (e)
        return e;
    const struct db_statement *statement = &pl->statements[0];
    enum query q = statement->query;
    struct stream s = {
        .ctx = ctx, .db = db, .name = db->catalogue->queries[q].name, .fn = fn, .arg = arg};
    if (db->prepared[q] != PREPARED_YES) {
        struct db_step prepare = {.kind = STEP_PREPARE, .query = q};
        struct db_ran ran = db_steps_run(ctx->arena, db, &prepare, 1);
        PQclear(prepare.result);
        e = ran.outcome == OUT_OK ? ERR_OK : db_fail_ran(ctx, &ran, s.name);
        PQclear(ran.error);
        if (e)
            return e;
    }
    struct db_step step = {
        .kind = STEP_EXECUTE, .query = q, .params = statement->params, .n = statement->n};
    if (!db_steps_send(ctx->arena, db, &step, 1) || !PQsetSingleRowMode(db->conn) ||
        !stream_read(&s)) {
        db_drop(db);
        return s.stopped ? s.stopped
                         : ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was lost in %s", s.name);
    }
    return s.stopped ? s.stopped : s.failed;
}

enum err db_stream(struct ctx *ctx, struct db_call call, db_row_fn fn, void *arg)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, call);
    return stream_run(ctx, pl, fn, arg);
}

enum err db_stream_params(struct ctx *ctx, enum query q, const struct db_param *params, size_t n,
                          db_row_fn fn, void *arg)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add_params(pl, q, params, n);
    return stream_run(ctx, pl, fn, arg);
}
