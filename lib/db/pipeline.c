// SPDX-License-Identifier: MIT
#include "db/private.h"

#include "base/clock.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REQUEST_US = 30 * 1000 * 1000, RETRIES = 3 };

uint64_t db_deadline(const struct db *db)
{
    bool patient = db->login == DB_WORKER || db->login == DB_OWNER;
    return patient ? UINT64_MAX : clock_mono_us() + REQUEST_US;
}

/** Milliseconds for poll(): never zero before the deadline, so that a wait does not spin. */
static int poll_ms(uint64_t deadline)
{
    if (deadline == UINT64_MAX)
        return -1;
    uint64_t now = clock_mono_us();
    return now >= deadline ? 0 : (int)((deadline - now + 999) / 1000);
}

bool db_result_wait(struct db *db, uint64_t deadline)
{
    for (;;) {
        // Reading while writing: a server whose answers nobody reads stops reading us.
        int unsent = PQflush(db->conn);
        if (!PQisBusy(db->conn))
            return true;
        int ms = poll_ms(deadline);
        struct pollfd p = {.fd = PQsocket(db->conn),
                           .events = (short)(POLLIN | (unsent > 0 ? POLLOUT : 0))};
        if (p.fd < 0 || (poll(&p, 1, ms) == 0 && poll_ms(deadline) == 0))
            return false;
        if ((p.revents & (POLLIN | POLLERR | POLLHUP)) && !PQconsumeInput(db->conn))
            return !PQisBusy(db->conn); // a last word may have come before the end
    }
}

static bool send_execute(struct arena *a, struct db *db, const struct db_step *s)
{
    const char **values = ARENA_ARRAY(a, const char *, s->n + 1);
    int *lengths = ARENA_ARRAY(a, int, s->n + 1);
    int *formats = ARENA_ARRAY(a, int, s->n + 1);
    for (size_t i = 0; i < s->n; i++) {
        values[i] = s->params[i].p;
        lengths[i] = s->params[i].n;
        formats[i] = s->params[i].binary;
    }
    if (s->kind == STEP_RAW)
        return PQsendQueryParams(db->conn, s->sql, (int)s->n, NULL, values, lengths, formats, 0);
    return PQsendQueryPrepared(db->conn, db->catalogue->queries[s->query].name, (int)s->n, values,
                               lengths, formats, 0);
}

bool db_steps_send(struct arena *a, struct db *db, struct db_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct db_query *q = &db->catalogue->queries[steps[i].query];
        bool sent = steps[i].kind == STEP_PREPARE
                        ? PQsendPrepare(db->conn, q->name, q->sql, 0, NULL)
                        : send_execute(a, db, &steps[i]);
        if (!sent)
            return false;
        if (steps[i].kind == STEP_PREPARE)
            db->prepared[steps[i].query] = PREPARED_PENDING;
    }
    db->flushes++;
    return PQpipelineSync(db->conn);
}

/** Takes one answer; false when the connection can no longer be used. */
static bool take_result(struct db_step *steps, size_t n, size_t at, PGresult *r, struct db_ran *ran)
{
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        if (at < n && !steps[at].result) {
            steps[at].result = r;
            return true;
        }
        break;
    case PGRES_PIPELINE_ABORTED:
        PQclear(r);
        return true;
    case PGRES_FATAL_ERROR:
        if (!ran->error) {
            ran->error = r;
            ran->failed = at;
            // No SQLSTATE: libpq speaks, not the server.
            return PQresultErrorField(r, PG_DIAG_SQLSTATE) && !db_result_fatal(r);
        }
        break;
    default:
        break;
    }
    PQclear(r);
    return false;
}

/** Reads until the Sync's own answer; false when it never comes. */
static bool read_results(struct db *db, struct db_step *steps, size_t n, struct db_ran *ran)
{
    uint64_t deadline = db_deadline(db);
    size_t at = 0;
    bool ended = true; // the last thing read was the end of a step
    for (;;) {
        if (!db_result_wait(db, deadline)) {
            ran->words = "the connection was lost or no answer came in time";
            return false;
        }
        PGresult *r = PQgetResult(db->conn);
        if (!r) {
            if (ended) {
                ran->words = "the answers ended early";
                return false;
            }
            ended = true;
            at++;
            continue;
        }
        if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
            PQclear(r);
            return true;
        }
        ended = false;
        if (!take_result(steps, n, at, r, ran)) {
            ran->words = "the server closed the connection";
            return false;
        }
    }
}

static void settle_prepared(struct db *db, const struct db_step *steps, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (steps[i].kind == STEP_PREPARE)
            db->prepared[steps[i].query] = steps[i].result ? PREPARED_YES : PREPARED_NO;
    }
}

struct db_ran db_steps_run(struct arena *a, struct db *db, struct db_step *steps, size_t n)
{
    struct db_ran ran = {.outcome = OUT_UNKNOWN, .failed = n, .words = "it could not be sent"};
    db->commit_unknown = false;
    bool whole = db_steps_send(a, db, steps, n) && read_results(db, steps, n, &ran);
    if (!whole) {
        // The server's goodbye before the first statement's own answer: it ran none to its end, so
        // it cannot have come to the commit.
        if (ran.error && db_result_fatal(ran.error) && n && !steps[0].result)
            ran.outcome = OUT_UNSENT;
        db_drop(db);
        return ran;
    }
    settle_prepared(db, steps, n);
    if (ran.error) {
        ran.outcome = OUT_SQL;
    } else if (db->commit_unknown) {
        ran.words = "the wait for a standby was cancelled";
    } else {
        ran.outcome = OUT_OK;
    }
    return ran;
}

enum err db_internal_run(struct ctx *ctx, struct db *db, const char *sql,
                         const struct db_param *params, size_t n, PGresult **ret)
{
    struct db_step step = {.kind = STEP_RAW, .sql = sql, .params = params, .n = n};
    struct db_ran ran = db_steps_run(ctx->arena, db, &step, 1);
    if (ran.outcome != OUT_OK) {
        enum err e = db_fail_ran(ctx, &ran, "lib/db");
        PQclear(ran.error);
        PQclear(step.result);
        return e;
    }
    if (ret)
        *ret = step.result;
    else
        PQclear(step.result);
    return ERR_OK;
}

struct db_pipeline *db_pipeline_new(struct ctx *ctx)
{
    struct db_pipeline *pl = ARENA_NEW(ctx->arena, struct db_pipeline);
    pl->ctx = ctx;
    return pl;
}

static const char *misuse(const struct db_pipeline *pl, enum query q, bool right_params)
{
    const struct db *db = pl->ctx->db;
    if (!db)
        return "no database connection";
    if ((size_t)q >= db->catalogue->n)
        return "a query that is not in the catalogue";
    const struct db_query *row = &db->catalogue->queries[q];
    const char *why = NULL;
    if (!right_params)
        why = "another number of parameters";
    else if (row->copy)
        why = "COPY in a pipeline";
    else if (!(row->logins & (1U << db->login)))
        why = "a query of another login";
    return why ? arena_printf(pl->ctx->arena, "%s: %s", row->name, why) : NULL;
}

/** Room for one more statement, with room for its parameters. */
static struct db_param *add_statement(struct db_pipeline *pl, enum query q, size_t n)
{
    struct arena *a = pl->ctx->arena;
    if (pl->n == pl->cap) {
        pl->cap = pl->cap ? pl->cap * 2 : 8;
        struct db_statement *more = ARENA_ARRAY(a, struct db_statement, pl->cap);
        if (pl->n)
            memcpy(more, pl->statements, pl->n * sizeof(*more));
        pl->statements = more;
    }
    struct db_param *params = ARENA_ARRAY(a, struct db_param, n + 1);
    pl->statements[pl->n++] = (struct db_statement){.query = q, .params = params, .n = n};
    return params;
}

static const struct db_query *row_of(const struct db_pipeline *pl, enum query q)
{
    const struct db *db = pl->ctx->db;
    return db && (size_t)q < db->catalogue->n ? &db->catalogue->queries[q] : NULL;
}

static void note_misuse(struct db_pipeline *pl, const char *why)
{
    if (why && !pl->misuse)
        pl->misuse = why;
}

size_t db_add_params(struct db_pipeline *pl, enum query q, const struct db_param *params, size_t n)
{
    const struct db_query *row = row_of(pl, q);
    note_misuse(pl, misuse(pl, q, row && n == (size_t)row->nparams));
    struct db_param *kept = add_statement(pl, q, n);
    if (n)
        memcpy(kept, params, n * sizeof(*kept));
    return pl->n - 1;
}

static struct db_param param_of(struct arena *a, const struct db_named *named, const void *params)
{
    const void *at = (const char *)params + named->offset;
    switch (named->kind) {
    case DB_KIND_BYTES: {
        const struct bytes *b = at;
        return DB_SEALED(*b);
    }
    case DB_KIND_INT:
        return DB_TEXT(arena_printf(a, "%ld", *(const long *)at));
    case DB_KIND_TEXT:
        break;
    }
    return DB_TEXT(*(const char *const *)at);
}

size_t db_add(struct db_pipeline *pl, struct db_call call)
{
    const struct db_query *row = row_of(pl, call.query);
    bool named = row && row->params && call.params;
    note_misuse(pl, misuse(pl, call.query, named || (row && !row->nparams && !call.params)));
    // The struct is often a compound literal of a block that ends before the run.
    size_t n = named ? (size_t)row->nparams : 0;
    struct db_param *kept = add_statement(pl, call.query, n);
    for (size_t i = 0; i < n; i++)
        kept[i] = param_of(pl->ctx->arena, &row->params[i], call.params);
    return pl->n - 1;
}

void db_read_only(struct db_pipeline *pl)
{
    pl->read_only = true;
}

static size_t make_steps(const struct db_pipeline *pl, struct db_step *steps)
{
    struct db *db = pl->ctx->db;
    size_t n = 0;
    for (size_t i = 0; i < pl->n; i++) {
        const struct db_statement *s = &pl->statements[i];
        if (db->prepared[s->query] == PREPARED_NO) {
            steps[n++] = (struct db_step){.kind = STEP_PREPARE, .query = s->query};
            db->prepared[s->query] = PREPARED_PENDING;
        }
        steps[n++] = (struct db_step){
            .kind = STEP_EXECUTE, .query = s->query, .params = s->params, .n = s->n};
    }
    return n;
}

static void clear_result(void *r)
{
    PQclear(r);
}

/** Keeps the answers in the arena, in order of the statements. */
static void keep_results(struct db_pipeline *pl, struct db_step *steps, size_t n, bool ok)
{
    pl->results = ARENA_ARRAY(pl->ctx->arena, PGresult *, pl->n + 1);
    for (size_t i = 0, at = 0; i < n; i++) {
        PGresult *r = steps[i].result;
        if (ok && steps[i].kind == STEP_EXECUTE) {
            pl->results[at++] = r;
            arena_defer(pl->ctx->arena, clear_result, r);
        } else {
            PQclear(r);
        }
    }
}

static void nap(int attempt)
{
    // Two that collided must not collide again in step.
    long us = 1000 + (long)(clock_mono_us() % 4000) * (attempt + 1);
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

/** Whether the same pipeline may be sent again: only what cannot have been committed, or reads. */
static bool again(const struct db_pipeline *pl, const struct db_ran *ran, int *attempts,
                  bool *reopened)
{
    struct db *db = pl->ctx->db;
    if (db->in_transaction)
        return false;
    if (ran->outcome == OUT_SQL) {
        if (db_sqlstate_retry(PQresultErrorField(ran->error, PG_DIAG_SQLSTATE)) &&
            *attempts < RETRIES) {
            nap((*attempts)++);
            return true;
        }
        if (!db_plan_stale(ran->error) || *reopened)
            return false;
        db_drop(db);
        *reopened = true;
        return true;
    }
    if (*reopened || (ran->outcome == OUT_UNKNOWN && !pl->read_only))
        return false;
    *reopened = true;
    return true;
}

static enum err pipeline_failed(struct db_pipeline *pl, const struct db_ran *ran,
                                const struct db_step *steps, size_t n)
{
    struct db *db = pl->ctx->db;
    const char *name = ran->failed < n ? db->catalogue->queries[steps[ran->failed].query].name
                       : pl->n         ? "commit"
                                       : "nothing";
    pl->failed = 0;
    for (size_t i = 0; i < ran->failed && i < n; i++)
        pl->failed += steps[i].kind == STEP_EXECUTE;
    const char *state = ran->error ? PQresultErrorField(ran->error, PG_DIAG_SQLSTATE) : NULL;
    const char *detail = ran->error ? PQresultErrorField(ran->error, PG_DIAG_MESSAGE_DETAIL) : NULL;
    if (state && detail && strncmp(state, "PX0", 3) == 0)
        pl->error_detail = arena_strdup(pl->ctx->arena, detail);
    return db_fail_ran(pl->ctx, ran, name);
}

enum err db_run(struct ctx *ctx, struct db_pipeline *pl)
{
    if (pl->misuse)
        return ctx_fail(ctx, ERR_INTERNAL, "%s", pl->misuse);
    if (!ctx->db)
        return ctx_fail(ctx, ERR_UNAVAILABLE, "no database connection");
    struct db_step *steps = ARENA_ARRAY(ctx->arena, struct db_step, 2 * pl->n + 1);
    int attempts = 0;
    bool reopened = false;
    pl->failed = pl->n;
    for (;;) {
        enum err e = db_ready(ctx, ctx->db);
        if (e)
            return e;
        memset(steps, 0, (2 * pl->n + 1) * sizeof(*steps));
        size_t n = make_steps(pl, steps);
        struct db_ran ran = db_steps_run(ctx->arena, ctx->db, steps, n);
        keep_results(pl, steps, n, ran.outcome == OUT_OK);
        if (ran.outcome == OUT_OK)
            return ERR_OK;
        bool retry = again(pl, &ran, &attempts, &reopened);
        if (!retry)
            e = pipeline_failed(pl, &ran, steps, n);
        PQclear(ran.error);
        if (!retry)
            return e;
    }
}

size_t db_failed(const struct db_pipeline *pl)
{
    return pl->failed;
}

const char *db_error_detail(const struct db_pipeline *pl)
{
    return pl->error_detail;
}
