// SPDX-License-Identifier: MIT
// What the files of lib/db share, for them alone: the connection, and a run of steps.
// A step is one protocol exchange; a run is any number of steps, one Sync and one flush.
#pragma once

#include "db/catalogue.h"
#include "db/db.h"
#include "db/internal.gen.h"

#include <libpq-fe.h>

enum { DB_CHANNELS_MAX = 8, DB_CHANNEL_SIZE = 64 };

enum db_prepared { PREPARED_NO, PREPARED_PENDING, PREPARED_YES };

struct db {
    char *conninfo;
    enum db_login login;
    const struct db_catalogue *catalogue;
    PGconn *conn;            // NULL when not connected
    unsigned char *prepared; // enum db_prepared per catalogue row
    bool all_prepared;
    bool in_transaction;   // db_begin() without an end yet
    bool transaction_lost; // its connection went away: nothing may run until it is ended
    bool dying;            // the server said goodbye outside any answer
    bool commit_unknown;   // a wait for synchronous replication was cancelled
    unsigned long flushes;
    unsigned long generation;
    uint64_t failed_at; // monotonic, of the last connection attempt that failed; 0 for none
    char channels[DB_CHANNELS_MAX][DB_CHANNEL_SIZE];
    size_t n_channels;
};

enum db_step_kind { STEP_PREPARE, STEP_EXECUTE, STEP_RAW };

struct db_step {
    enum db_step_kind kind;
    enum query query; // of PREPARE and EXECUTE
    const char *sql;  // of RAW
    const struct db_param *params;
    size_t n;
    PGresult *result; // belongs to whoever made the step
};

enum db_outcome {
    OUT_OK,
    OUT_SQL,     // a statement failed and nothing was committed; the connection is fine
    OUT_UNSENT,  // the connection was dead before the server ran anything
    OUT_UNKNOWN, // the connection was lost, or the answer did not come: what happened is unknown
};

struct db_ran {
    enum db_outcome outcome;
    size_t failed;   // step of the error; the number of steps when the commit itself failed
    PGresult *error; // of OUT_SQL, and of the others when the server said something; caller clears
    const char *words; // of the others: what happened, for the log
};

struct db_pipeline {
    struct ctx *ctx;
    struct db_statement *statements;
    size_t n, cap;
    PGresult **results;
    bool read_only;
    const char *misuse; // why it cannot run: a mistake in the program
    size_t failed;
    const char *error_detail;
};

struct db_statement {
    enum query query;
    const struct db_param *params;
    size_t n;
};

/** `digits` hexadecimal digits as bytes in the arena. */
struct bytes db_hex(struct arena *a, const char *hex, size_t digits);

static inline const char *db_sql(enum db_internal i)
{
    return db_catalogue_internal.queries[i].sql;
}

/** Connects if need be, without preparing anything. */
enum err db_connect(struct ctx *ctx, struct db *db) MUST_CHECK;
/** Drops the connection: an open transaction counts as lost. */
void db_drop(struct db *db);
/** Sends the steps with one Sync and reads every answer. */
struct db_ran db_steps_run(struct arena *a, struct db *db, struct db_step *steps, size_t n);
/** Only sends; false when the connection would not take it. */
bool db_steps_send(struct arena *a, struct db *db, struct db_step *steps, size_t n);
/** Waits for the next result until `deadline` (monotonic); false when the connection is lost. */
bool db_result_wait(struct db *db, uint64_t deadline);
uint64_t db_deadline(const struct db *db);
bool db_result_fatal(const PGresult *r);
/** Runs one internal statement as a pipeline of its own and, if wanted, hands over its result. */
enum err db_internal_run(struct ctx *ctx, struct db *db, const char *sql,
                         const struct db_param *params, size_t n, PGresult **ret);
/** Maps what went wrong into ctx->problem. `query` names the statement in the log line. */
enum err db_fail_result(struct ctx *ctx, const PGresult *r, const char *query);
enum err db_fail_ran(struct ctx *ctx, const struct db_ran *ran, const char *query);
/** The row for a SQLSTATE. */
enum err db_sqlstate_err(const char *sqlstate);
/** True if the SQLSTATE says that the same transaction may well pass when sent again. */
bool db_sqlstate_retry(const char *sqlstate);
/** True if the error is a prepared plan that a schema change made useless. */
bool db_plan_stale(const PGresult *r);
