// SPDX-License-Identifier: MIT
// What only a superuser can do, once: the login roles and the empty database.
#include "db/private.h"

#include <string.h>

static const char *connection_dbname(struct ctx *ctx, const char *conninfo)
{
    const char *name = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    for (PQconninfoOption *o = options; o && o->keyword; o++) {
        if (o->val && strcmp(o->keyword, "dbname") == 0)
            name = arena_strdup(ctx->arena, o->val);
    }
    PQconninfoFree(options);
    return name && *name ? name : "phoenix";
}

static PGconn *superuser_open(const char *conninfo)
{
    const char *const names[] = {"connect_timeout",  "dbname",  "dbname",
                                 "application_name", "options", NULL};
    const char *const values[] = {
        "5", conninfo, "postgres", "phoenix", "-c client_min_messages=error", NULL};
    return PQconnectdbParams(names, values, 1);
}

/** `done_state` is the SQLSTATE that says another process was quicker. */
static enum err exec(struct ctx *ctx, PGconn *conn, const char *sql, const char *done_state)
{
    PGresult *r = PQexec(conn, sql);
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    bool done = PQresultStatus(r) == PGRES_COMMAND_OK ||
                (state && (strcmp(state, done_state) == 0 || strcmp(state, "23505") == 0));
    enum err e = done ? ERR_OK : db_fail_result(ctx, r, "bootstrap");
    PQclear(r);
    return e;
}

static bool present(PGconn *conn, enum db_internal i, const char *name)
{
    PGresult *r =
        PQexecParams(conn, db_sql(i), 1, NULL, (const char *const[]){name}, NULL, NULL, 0);
    bool found = PQntuples(r) == 1;
    PQclear(r);
    return found;
}

static enum err create_roles(struct ctx *ctx, PGconn *conn)
{
    static const enum db_login logins[] = {DB_OWNER, DB_APP, DB_AUTH, DB_WORKER, DB_TRIAL, DB_SEAL};
    enum err e = ERR_OK;
    for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]) && !e; i++) {
        const char *user = db_user(logins[i]);
        if (!present(conn, DB_SQL_ROLE_PRESENT, user))
            e = exec(ctx, conn,
                     arena_printf(ctx->arena, "%s %s %s", db_sql(DB_SQL_ROLE_CREATE), user,
                                  db_sql(DB_SQL_ROLE_ATTRIBUTES)),
                     "42710");
    }
    return e;
}

static enum err create_database(struct ctx *ctx, PGconn *conn, const char *name)
{
    char *quoted = PQescapeIdentifier(conn, name, strlen(name));
    if (!quoted)
        return ctx_refuse(ctx, ERR_CONFIG, "The database's name cannot be used");
    enum err e = ERR_OK;
    if (!present(conn, DB_SQL_DATABASE_PRESENT, name))
        e = exec(ctx, conn,
                 arena_printf(ctx->arena, "%s %s %s", db_sql(DB_SQL_DATABASE_CREATE), quoted,
                              db_sql(DB_SQL_DATABASE_ATTRIBUTES)),
                 "42P04");
    if (!e)
        e = exec(ctx, conn,
                 arena_printf(ctx->arena, "%s %s %s", db_sql(DB_SQL_DATABASE_CLOSE), quoted,
                              db_sql(DB_SQL_DATABASE_CLOSE_FROM)),
                 "");
    if (!e)
        e = exec(ctx, conn,
                 arena_printf(ctx->arena, "%s %s %s", db_sql(DB_SQL_DATABASE_OPEN), quoted,
                              db_sql(DB_SQL_DATABASE_OPEN_TO)),
                 "");
    PQfreemem(quoted);
    return e;
}

enum err db_bootstrap(struct ctx *ctx, const char *conninfo_superuser)
{
    const char *name = connection_dbname(ctx, conninfo_superuser);
    PGconn *conn = superuser_open(conninfo_superuser);
    enum err e = ERR_OK;
    if (PQstatus(conn) != CONNECTION_OK) {
        const char *words = PQerrorMessage(conn);
        e = ctx_fail(ctx, ERR_UNAVAILABLE, "connect: %.*s", (int)strcspn(words, "\n"), words);
    }
    if (!e)
        e = create_roles(ctx, conn);
    if (!e) // two at once may meet in the same row of the catalogue
        e = exec(ctx, conn, db_sql(DB_SQL_PARAMETER_GRANT), "XX000");
    if (!e)
        e = create_database(ctx, conn, name);
    PQfinish(conn);
    return e;
}
