// SPDX-License-Identifier: MIT
#include "db/private.h"

#include "base/clock.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { RECONNECT_US = 200 * 1000, FAILURES_MAX = 4 };

static const char *const login_users[] = {
    [DB_APP] = "phoenix_app",     [DB_AUTH] = "phoenix_auth", [DB_WORKER] = "phoenix_worker",
    [DB_TRIAL] = "phoenix_trial", [DB_SEAL] = "phoenix_seal", [DB_OWNER] = "phoenix_owner",
};

// Jobs, migrations and bulk loads may take long; a request may not. A backend whose client is gone
// notices within a second where no statement_timeout would stop it.
#define OPTIONS_ALL "-c jit=off -c DateStyle=ISO,YMD -c TimeZone=UTC -c bytea_output=hex "
#define OPTIONS_REQUEST                                                                            \
    OPTIONS_ALL "-c statement_timeout=15s -c lock_timeout=5s "                                     \
                "-c idle_in_transaction_session_timeout=30s"
#define OPTIONS_WORKER                                                                             \
    OPTIONS_ALL                                                                                    \
        "-c statement_timeout=0 -c lock_timeout=5s -c client_connection_check_interval=1s "        \
        "-c idle_in_transaction_session_timeout=10min"
#define OPTIONS_OWNER                                                                              \
    OPTIONS_ALL "-c statement_timeout=0 -c lock_timeout=0 "                                        \
                "-c idle_in_transaction_session_timeout=0"

static const struct db_catalogue *catalogue = &db_catalogue_builtin;

void db_set_catalogue(const struct db_catalogue *c)
{
    catalogue = c ? c : &db_catalogue_builtin;
}

const struct db_catalogue *db_catalogue_now(void)
{
    return catalogue;
}

struct db *db_new(const char *conninfo, enum db_login login)
{
    struct db *db = calloc(1, sizeof(*db));
    if (!db)
        abort();
    db->conninfo = strdup(conninfo ? conninfo : "");
    db->login = login;
    db->catalogue = catalogue;
    db->prepared = calloc(catalogue->n + 1, 1);
    if (!db->conninfo || !db->prepared)
        abort();
    return db;
}

struct db *db_another(const struct db *db)
{
    return db_new(db->conninfo, db->login);
}

void db_drop(struct db *db)
{
    PQfinish(db->conn);
    db->conn = NULL;
    db->all_prepared = db->dying = false;
    memset(db->prepared, PREPARED_NO, db->catalogue->n);
    if (db->in_transaction)
        db->transaction_lost = true;
}

void db_free(struct db *db)
{
    if (!db)
        return;
    PQfinish(db->conn);
    free(db->conninfo);
    free(db->prepared);
    free(db);
}

bool db_connected(const struct db *db)
{
    return db->conn && PQstatus(db->conn) == CONNECTION_OK;
}

unsigned long db_flushes(const struct db *db)
{
    return db->flushes;
}

unsigned long db_generation(const struct db *db)
{
    return db->generation;
}

int db_fd(const struct db *db)
{
    return db->conn ? PQsocket(db->conn) : -1;
}

const char *db_user(enum db_login login)
{
    return login_users[login];
}

/**
 * Success can hide a doubt: a cancelled wait for synchronous replication leaves the row committed
 * here and perhaps nowhere else, and says so in a warning only. Its function name is the one mark
 * that neither the server's language nor a RAISE WARNING of ours can imitate.
 */
static void notice(void *arg, const PGresult *r)
{
    struct db *db = arg;
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *function = PQresultErrorField(r, PG_DIAG_SOURCE_FUNCTION);
    if (function && strcmp(function, "SyncRepWaitForLSN") == 0)
        db->commit_unknown = true;
    if (severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0))
        db->dying = true;
}

static PGconn *open_connection(const struct db *db)
{
    const char *options = db->login == DB_OWNER    ? OPTIONS_OWNER
                          : db->login == DB_WORKER ? OPTIONS_WORKER
                                                   : OPTIONS_REQUEST;
    // What comes before dbname is a default that the connection string may change.
    const char *const names[] = {"connect_timeout",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 "dbname",
                                 "user",
                                 "application_name",
                                 "client_encoding",
                                 "options",
                                 NULL};
    const char *const values[] = {
        "2",       "10",   "5",     "3", "20000", db->conninfo, login_users[db->login],
        "phoenix", "UTF8", options, NULL};
    return PQconnectdbParams(names, values, 1);
}

/**
 * A cheap look before sending: an idle connection has nothing to read unless the server closed it
 * (or sent a notification). So the first request after a restart of PostgreSQL finds out here,
 * while nothing is at stake, and not after sending.
 */
static bool idle_alive(struct db *db)
{
    for (int i = 0; i < 8; i++) {
        struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
        if (p.fd < 0)
            return false;
        if (poll(&p, 1, 0) <= 0)
            break;
        if (!PQconsumeInput(db->conn))
            return false;
        (void)PQisBusy(db->conn); // parses what came, without taking notifications away
    }
    return db_connected(db) && !db->dying;
}

enum err db_connect(struct ctx *ctx, struct db *db)
{
    if (db->conn && idle_alive(db))
        return ERR_OK;
    db_drop(db);
    if (db->transaction_lost)
        return ctx_fail(ctx, ERR_UNAVAILABLE, "the transaction was lost with its connection");
    uint64_t now = clock_mono_us();
    if (db->failed_at && now - db->failed_at < RECONNECT_US)
        return ctx_fail(ctx, ERR_UNAVAILABLE, "the database did not answer a moment ago");
    db->conn = open_connection(db);
    if (!db_connected(db) || PQsetnonblocking(db->conn, 1) || !PQenterPipelineMode(db->conn)) {
        const char *words = arena_strdup(ctx->arena, db->conn ? PQerrorMessage(db->conn) : "");
        db_drop(db);
        db->failed_at = clock_mono_us();
        return ctx_fail(ctx, ERR_UNAVAILABLE, "connect: %.*s", (int)strcspn(words, "\n"), words);
    }
    PQsetNoticeReceiver(db->conn, notice, db);
    db->failed_at = 0;
    db->generation++;
    return ERR_OK;
}

/** Whether a catalogue row is prepared as soon as the login connects. */
static bool prepared_at_once(const struct db *db, size_t q)
{
    const struct db_query *row = &db->catalogue->queries[q];
    return db->login != DB_OWNER && (row->logins & 1U << db->login) && !row->copy;
}

static size_t connect_steps(struct ctx *ctx, struct db *db, struct db_step *steps)
{
    size_t n = 0;
    for (size_t q = 0; q < db->catalogue->n; q++) {
        if (prepared_at_once(db, q) && db->prepared[q] == PREPARED_NO)
            steps[n++] = (struct db_step){.kind = STEP_PREPARE, .query = (enum query)q};
    }
    for (size_t c = 0; c < db->n_channels; c++) {
        const char *sql =
            arena_printf(ctx->arena, "%s \"%s\"", db_sql(DB_SQL_LISTEN), db->channels[c]);
        steps[n++] = (struct db_step){.kind = STEP_RAW, .sql = sql};
    }
    return n;
}

/** One pipeline prepares all. If some cannot be, the others are tried too, so that the log line
 *  names the first few: a program newer than the schema then explains itself. */
static enum err run_connect_steps(struct ctx *ctx, struct db *db, struct db_step *steps, size_t n)
{
    size_t done = 0, failures = 0;
    const char *words = "";
    while (done < n) {
        struct db_ran ran = db_steps_run(ctx->arena, db, steps + done, n - done);
        if (ran.outcome == OUT_OK)
            break;
        if (ran.outcome != OUT_SQL || ran.failed >= n - done || failures == FAILURES_MAX) {
            enum err e = failures ? ERR_OK : db_fail_ran(ctx, &ran, "prepare");
            PQclear(ran.error);
            return failures ? ctx_fail(ctx, ERR_SCHEMA, "%s", words) : e;
        }
        const struct db_step *bad = &steps[done + ran.failed];
        const char *name =
            bad->kind == STEP_PREPARE ? db->catalogue->queries[bad->query].name : "listen";
        // No value is in a statement yet, so the server's own words are safe to keep.
        words = arena_printf(ctx->arena, "%s%squery %s cannot be prepared: %s", words,
                             *words ? "; " : "", name,
                             PQresultErrorField(ran.error, PG_DIAG_MESSAGE_PRIMARY));
        PQclear(ran.error);
        done += ran.failed + 1;
        failures++;
    }
    return failures ? ctx_fail(ctx, ERR_SCHEMA, "%s", words) : ERR_OK;
}

static enum err prepare_all(struct ctx *ctx, struct db *db)
{
    size_t most = db->catalogue->n + DB_CHANNELS_MAX;
    struct db_step *steps = ARENA_ARRAY(ctx->arena, struct db_step, most);
    enum err e = run_connect_steps(ctx, db, steps, connect_steps(ctx, db, steps));
    for (size_t i = 0; i < most; i++)
        PQclear(steps[i].result);
    return e;
}

enum err db_ready(struct ctx *ctx, struct db *db)
{
    enum err e = db_connect(ctx, db);
    if (e || db->all_prepared)
        return e;
    e = prepare_all(ctx, db);
    if (e) {
        db_drop(db);
        db->failed_at = clock_mono_us();
        return e;
    }
    db->all_prepared = true;
    return ERR_OK;
}
