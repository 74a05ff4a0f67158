// SPDX-License-Identifier: MIT
// What the tests of lib/access share: a database with the fixture, plain connections as each login
// (these tests look behind the door on purpose: the wall must hold for whatever SQL comes), and
// contexts for the C functions.
#pragma once

#include "cluster.h"
#include "test.h"

#include "access/access.h"

#include <libpq-fe.h>
#include <stdbool.h>

/** A new database with roles, migrations, copied tables and, if asked, the fixture. Its conninfo.
 */
const char *access_database(const char *name, bool fixture);

/** A connection as "phoenix_app" etc. Ends the program when it fails. */
PGconn *sql_connect(const char *conninfo, const char *login);
/** Runs SQL (printf style); returns its SQLSTATE, "" for success. */
const char *sql_state(PGconn *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** The first value, "" for SQL null or no row, "!SQLSTATE" for a failure. Valid for eight calls. */
const char *sql_value(PGconn *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Rows changed, or -1 for a failure. */
int sql_changed(PGconn *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** The words of the last failure. */
const char *sql_words(void);
/** BEGIN (after ROLLBACK of what went before) and access.begin() as that user, in one round trip;
 * the SQLSTATE of the latter. `ref` may be NULL. */
const char *sql_begin(PGconn *c, const char *username, const char *permission, const char *ref);

/** A context on a connection object of that login; token_hash is sha256(username) if not NULL. */
struct ctx access_ctx(const char *conninfo, enum db_login login, const char *username);
void access_ctx_done(struct ctx *ctx);
