// SPDX-License-Identifier: MIT
// The only door to PostgreSQL. A connection runs catalogued queries and nothing else: every
// statement is a row of sql/queries/*.sql, known by its enum. Statements are queued in a
// pipeline and go out in one network flush with one Sync, which makes them one transaction
// (FACTS.md): an error skips and rolls back the rest.
// A struct db belongs to one thread at a time. Rows live in the arena given.
#pragma once

#include "base/ctx.h"
#include "crypto/keys.h"
#include "db/queries.gen.h" // enum query { Q_ACCESS_BEGIN, Q_CONTACT_INSERT, ... }

#include <stdbool.h>
#include <stddef.h>

/** The login role of a connection: which queries it has prepared (`-- login:` in the catalogue). */
enum db_login { DB_APP, DB_AUTH, DB_WORKER, DB_TRIAL, DB_SEAL, DB_OWNER };

/**
 * A connection object for that login; it does not connect yet. `conninfo` is the option
 * `database`; user=phoenix_app etc. is added. Free with db_free().
 */
struct db *db_new(const char *conninfo, enum db_login login);
void db_free(struct db *db);
/** Another connection object to the same database with the same login, for a second thread of a job. */
struct db *db_another(const struct db *db);

/** Connects and prepares the login's queries if that is not so now. ERR_UNAVAILABLE when it cannot;
 *  retries at most every 200 ms, so that a dead server costs callers nothing. */
enum err db_ready(struct ctx *ctx, struct db *db) MUST_CHECK;
bool db_connected(const struct db *db);
/** Network flushes (pipelines sent) since the connection object was made: tests count round trips. */
unsigned long db_flushes(const struct db *db);
/** How often the object has connected: a LISTENer that sees it change may have missed something. */
unsigned long db_generation(const struct db *db);
/** The socket, for poll() by a LISTENer; -1 when not connected. */
int db_fd(const struct db *db);
/** The PostgreSQL role of a login. */
const char *db_user(enum db_login login);

struct db_param {
    const void *p; // NULL: SQL null
    int n;         // bytes when binary
    bool binary;   // bytea given as bytes
};
#define DB_TEXT(s) ((struct db_param){.p = (s)})
#define DB_BYTES(ptr, len) ((struct db_param){.p = (ptr), .n = (int)(len), .binary = true})
#define DB_SEALED(b) ((struct db_param){.p = (b).p, .n = (int)(b).n, .binary = true})
#define DB_NULL ((struct db_param){0})

/** A query of the catalogue with its parameters: made by DB_CALL() and its like, given to db_add()
 * or db_stream(), which copy the parameters' addresses. */
struct db_call {
    enum query query;
    const void *params; // the query's own struct, made from its `-- params:`; NULL when it has none
};

/**
 * The query `name` with every parameter by name:
 *
 *     db_add(tx.pl, DB_CALL(person_flag_end, .id = id, .note = sealed));
 *
 * All must be given, NULL or a struct bytes without address where SQL null is meant: one left out,
 * misspelt or given twice does not compile. A comma outside parentheses counts as one more: write
 * BYTES(p, n), not a compound literal.
 */
#define DB_CALL(name, ...) DB_CALL_AS(Q_##name, q_##name, __VA_ARGS__)
/** A query that has no parameters. */
#define DB_CALL0(name) DB_CALL0_AS(Q_##name)
/** The parameters as the address of a struct that was filled in elsewhere; what it leaves out is
 * null. */
#define DB_CALL_WITH(name, address)                                                                \
    ((struct db_call){Q_##name, (const struct q_##name *){(address)}})

// The same for a catalogue whose names have another prefix.
#define DB_CALL_AS(q, tag, ...)                                                                    \
    (DB_ASSERT(DB_COUNT(__VA_ARGS__) == q##_params, "give every parameter of " #q " once"),        \
     (struct db_call){q, &(const struct tag){__VA_ARGS__}})
#define DB_CALL0_AS(q)                                                                             \
    (DB_ASSERT(q##_params == 0, #q " has parameters: use DB_CALL()"), (struct db_call){.query = q})
#define DB_ASSERT(is, words)                                                                       \
    ((void)sizeof(struct {                                                                         \
        _Static_assert(is, words);                                                                 \
        char unused;                                                                               \
    }))
#define DB_COUNT(...)                                                                              \
    DB_COUNT_AT(__VA_ARGS__, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,   \
                15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define DB_COUNT_AT(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17,    \
                    a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, n,  \
                    ...)                                                                           \
    n

/** A pipeline being built on ctx->db. */
struct db_pipeline *db_pipeline_new(struct ctx *ctx);
/** Queues a query; returns its index. The memory that the parameters point to must live until the
 * run. A query of another login, or a COPY, makes the run fail before anything is sent. */
size_t db_add(struct db_pipeline *pl, struct db_call call);
/** The same by position, for lib/db and what is not converted yet. */
size_t db_add_params(struct db_pipeline *pl, enum query q, const struct db_param *params, size_t n);
#define DB_ADD(pl, q, ...)                                                                         \
    db_add_params((pl), (q), (const struct db_param[]){__VA_ARGS__},                               \
                  sizeof((const struct db_param[]){__VA_ARGS__}) / sizeof(struct db_param))
#define DB_ADD0(pl, q) db_add_params((pl), (q), NULL, 0)

/**
 * Sends all in one flush, reads all results. SQLSTATE maps to enum err by one table (db/sqlstate.def):
 * 28000 UNAUTHENTICATED, 42501 FORBIDDEN, P0002 NOT_FOUND, 40001/40P01 retried by the caller's
 * redo, 23505/23P01/23514 CONFLICT or INVALID, 08xxx/57P0x UNAVAILABLE, PX0nn our own (see file).
 * A message raised by our own functions under PX0nn is public words and goes to problem.detail.
 * A connection found dead BEFORE anything was sent is reopened and the pipeline sent again once;
 * after sending, the outcome of a write is unknown: ERR_UNAVAILABLE (the client retries with its key).
 */
enum err db_run(struct ctx *ctx, struct db_pipeline *pl) MUST_CHECK;
/** Promises that sending the pipeline twice does no harm: it is then sent again once even when the
 *  connection was lost after sending. */
void db_read_only(struct db_pipeline *pl);
/** After a failed run: the index of the statement that failed (the number of statements when it was
 *  the commit, or no statement at all). */
size_t db_failed(const struct db_pipeline *pl);
/** After a failure under PX0nn: the DETAIL that our own function raised, or NULL. */
const char *db_error_detail(const struct db_pipeline *pl);

/** Results of statement `i` after a successful run. Values are text; NULL for SQL null. */
size_t db_nrows(const struct db_pipeline *pl, size_t i);
const char *db_value(const struct db_pipeline *pl, size_t i, size_t row, size_t col);
/** By column name; aborts in debug builds if there is no such column. */
const char *db_get(const struct db_pipeline *pl, size_t i, size_t row, const char *column);
/** Rows a statement without a result set changed. */
long db_affected(const struct db_pipeline *pl, size_t i);
/** A bytea value decoded into the arena. */
struct bytes db_bytes(const struct db_pipeline *pl, size_t i, size_t row, const char *column);
/** The same for a value in hand (of db_stream(), say); {NULL, 0} for NULL. */
struct bytes db_bytes_decode(struct arena *a, const char *text);
/** A bytea[] without nulls, decoded into the arena: how many. */
size_t db_bytes_list(const struct db_pipeline *pl, size_t i, size_t row, const char *column,
                     const struct bytes **ret);
/** The other way: a bytea[] in the binary form that a parameter takes (DB_SEALED). */
struct bytes db_bytes_array(struct arena *a, const struct bytes *items, size_t n);
/** Fills every field of `table` whose name is a column of the result (others stay as they are);
 *  times become canonical RFC 3339, bools "true"/"false". A FIELD_SEALED field stays as it is when
 *  its column is bytea: the domain opens it from db_bytes(). `record` is zeroed struct memory. */
struct field_table;
void db_row_record(const struct db_pipeline *pl, size_t i, size_t row, const struct field_table *t,
                   void *record);
/** All rows of statement i as records, one after another in the arena: rows[0] is the first of an
 *  array, also when there is none. */
struct field_rows;
void db_records(const struct db_pipeline *pl, size_t i, const struct field_table *t,
                struct field_rows *ret);

/** Runs one query in single-row mode, giving each row to `fn` (for exports: memory stays flat).
 *  The enclosing transaction is the caller's: see db_begin(). A non-OK from fn stops. */
typedef enum err (*db_row_fn)(void *arg, const char *const *values, const int *lengths, size_t n);
enum err db_stream(struct ctx *ctx, struct db_call call, db_row_fn fn, void *arg) MUST_CHECK;
enum err db_stream_params(struct ctx *ctx, enum query q, const struct db_param *params, size_t n,
                          db_row_fn fn, void *arg) MUST_CHECK;
/** An explicit transaction, for jobs and imports only (never for a request). Queries of catalogue. */
enum err db_begin(struct ctx *ctx, bool repeatable_read_only) MUST_CHECK;
enum err db_commit(struct ctx *ctx) MUST_CHECK;
void db_rollback(struct ctx *ctx);

/**
 * Bulk loading for jobs and the owner: `q` is a catalogued COPY table (columns) FROM STDIN. `next`
 * fills a row of `columns` parameters (NULL pointers are SQL nulls) or says *ret_more = false; what
 * the row points to must live until its next call. A failure of next() stops and loads nothing.
 */
typedef enum err (*db_copy_fn)(void *arg, struct db_param *row, bool *ret_more);
enum err db_copy_in(struct ctx *ctx, enum query q, size_t columns, db_copy_fn next, void *arg,
                    long *ret_rows) MUST_CHECK;

/** LISTEN on a channel and collect notifications: calls fn(channel, payload, arg) for each waiting one;
 *  waits up to timeout_ms for the first. */
enum err db_listen(struct ctx *ctx, const char *channel) MUST_CHECK;
enum err db_notifications(struct ctx *ctx, int timeout_ms,
                          void (*fn)(const char *channel, const char *payload, void *arg),
                          void *arg) MUST_CHECK;

/** Migrations (embedded): applies what is missing under an advisory lock as phoenix_owner, then, in one
 *  transaction, the functions, policies and grants of sql/schema if their text has changed or a migration
 *  was applied. Safe to repeat and to run from two places at once. `progress` gets the name of each
 *  migration, and "schema"; it may be NULL. */
enum err db_migrate(struct ctx *ctx, void (*progress)(const char *name, void *arg), void *arg) MUST_CHECK;
/** The version the program needs and the one the database has (0: none). */
int db_schema_wanted(void);
enum err db_schema_version(struct ctx *ctx, int *ret) MUST_CHECK;
/** ERR_SCHEMA, with public words that say what to do, unless the database is at this program's version and
 *  its functions, policies and grants are those of this program's text. Any login may ask. */
enum err db_schema_check(struct ctx *ctx) MUST_CHECK;
/** Once per cluster, with a superuser's connection: creates the login roles, and the database that
 *  the connection string names (owned by phoenix_owner), where missing. Safe to repeat. */
enum err db_bootstrap(struct ctx *ctx, const char *conninfo_superuser) MUST_CHECK;
