// SPDX-License-Identifier: MIT
#include "db/private.h"

#include <stdlib.h>
#include <string.h>

int db_schema_wanted(void)
{
    const struct db_catalogue *c = db_catalogue_now();
    return c->n_migrations ? c->migrations[c->n_migrations - 1].number : 0;
}

static enum err internal(struct ctx *ctx, enum db_internal i)
{
    return db_internal_run(ctx, ctx->db, db_sql(i), NULL, 0, NULL);
}

static enum err table_present(struct ctx *ctx, bool *ret)
{
    PGresult *r = NULL;
    enum err e = db_internal_run(ctx, ctx->db, db_sql(DB_SQL_MIGRATION_PRESENT), NULL, 0, &r);
    if (!e)
        *ret = strcmp(PQgetvalue(r, 0, 0), "t") == 0;
    PQclear(r);
    return e;
}

enum err db_schema_version(struct ctx *ctx, int *ret)
{
    // Not db_ready(): a schema too old to prepare the catalogue must still tell its age.
    bool present = false;
    PGresult *r = NULL;
    enum err e =
        ctx->db->conn && ctx->db->all_prepared ? db_ready(ctx, ctx->db) : db_connect(ctx, ctx->db);
    if (!e)
        e = table_present(ctx, &present);
    if (e)
        return e;
    if (!present) {
        *ret = 0;
        return ERR_OK;
    }
    e = db_internal_run(ctx, ctx->db, db_sql(DB_SQL_MIGRATION_LATEST), NULL, 0, &r);
    if (!e)
        *ret = (int)strtol(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return e;
}

/** Null when nothing was applied yet. In ctx->arena. */
static enum err schema_digest(struct ctx *ctx, const char **ret)
{
    PGresult *r = NULL;
    enum err e = db_internal_run(ctx, ctx->db, db_sql(DB_SQL_SCHEMA_DIGEST), NULL, 0, &r);
    if (!e)
        *ret = PQntuples(r) ? arena_strdup(ctx->arena, PQgetvalue(r, 0, 0)) : NULL;
    PQclear(r);
    return e;
}

static bool schema_current(const struct db_catalogue *c, const char *digest)
{
    return c->n_schema == 0 || (digest && strcmp(digest, c->schema_sha256) == 0);
}

enum err db_schema_check(struct ctx *ctx)
{
    int have = 0, want = db_schema_wanted();
    const char *digest = NULL;
    enum err e = db_schema_version(ctx, &have);
    if (e)
        return e;
    if (have < want)
        return ctx_refuse(ctx, ERR_SCHEMA,
                          "the database schema is at version %d and this program needs %d: run "
                          "\"phoenix migrate\"",
                          have, want);
    if (have > want)
        return ctx_refuse(ctx, ERR_SCHEMA,
                          "the database schema is at version %d, newer than this program, which "
                          "knows %d: install the newer program",
                          have, want);
    if (want)
        e = schema_digest(ctx, &digest);
    if (!e && want && !schema_current(db_catalogue_now(), digest))
        e = ctx_refuse(ctx, ERR_SCHEMA,
                       "the database's functions and policies are not those of this program: run "
                       "\"phoenix migrate\" of the program that is to run");
    return e;
}

static enum err table_create(struct ctx *ctx)
{
    static const enum db_internal parts[] = {
        DB_SQL_MIGRATION_SCHEMA,      DB_SQL_MIGRATION_TABLE,        DB_SQL_MIGRATION_FORCE,
        DB_SQL_MIGRATION_READ_POLICY, DB_SQL_MIGRATION_OWNER_POLICY, DB_SQL_MIGRATION_USAGE,
        DB_SQL_MIGRATION_SELECT,      DB_SQL_SCHEMA_TABLE,           DB_SQL_SCHEMA_FORCE,
        DB_SQL_SCHEMA_READ_POLICY,    DB_SQL_SCHEMA_OWNER_POLICY,    DB_SQL_SCHEMA_SELECT,
    };
    bool present = false;
    enum err e = table_present(ctx, &present);
    if (e || present)
        return e;
    struct db_step steps[sizeof(parts) / sizeof(parts[0])];
    size_t n = sizeof(parts) / sizeof(parts[0]);
    for (size_t i = 0; i < n; i++)
        steps[i] = (struct db_step){.kind = STEP_RAW, .sql = db_sql(parts[i])};
    struct db_ran ran = db_steps_run(ctx->arena, ctx->db, steps, n);
    e = ran.outcome == OUT_OK ? ERR_OK : db_fail_ran(ctx, &ran, "meta.migration");
    PQclear(ran.error);
    for (size_t i = 0; i < n; i++)
        PQclear(steps[i].result);
    return e;
}

/** Compares what is applied with what is embedded; returns how many there are. */
static enum err check_applied(struct ctx *ctx, size_t *ret)
{
    const struct db_catalogue *c = ctx->db->catalogue;
    PGresult *r = NULL;
    enum err e = db_internal_run(ctx, ctx->db, db_sql(DB_SQL_MIGRATION_LIST), NULL, 0, &r);
    if (e)
        return e;
    size_t n = (size_t)PQntuples(r);
    if (n > c->n_migrations)
        e = ctx_refuse(ctx, ERR_SCHEMA,
                       "The database is at migration %zu, newer than this program (%zu)", n,
                       c->n_migrations);
    for (size_t i = 0; i < n && !e; i++) {
        const struct db_migration *m = &c->migrations[i];
        if (strtol(PQgetvalue(r, (int)i, 0), NULL, 10) != m->number)
            e = ctx_refuse(ctx, ERR_SCHEMA, "Migration %d is missing from the database", m->number);
        else if (strcmp(PQgetvalue(r, (int)i, 1), m->sha256) != 0)
            e = ctx_refuse(ctx, ERR_SCHEMA, "Migration %s was applied with another text", m->name);
    }
    PQclear(r);
    if (!e)
        *ret = n;
    return e;
}

/** A text holds many statements, so it goes the simple way, outside the pipeline mode. `name` is for what
 *  went wrong. */
static enum err apply_text(struct ctx *ctx, const char *name, const char *sql)
{
    PGconn *conn = ctx->db->conn;
    if (!PQexitPipelineMode(conn))
        return ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was busy");
    PGresult *r = PQexec(conn, sql);
    enum err e = ERR_OK;
    ExecStatusType status = PQresultStatus(r);
    if (!db_connected(ctx->db)) {
        e = ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was lost in %s", name);
    } else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        // These texts hold no case data, so the server's words may be told: they name the mistake.
        const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
        const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
        const char *at = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
        e = ctx_fail(ctx, state && strcmp(state, "55P03") == 0 ? ERR_OVERLOADED : ERR_SCHEMA,
                     "%s: %s: %s, at character %s", name, state ? state : "",
                     words ? words : "no words", at ? at : "unknown");
    }
    PQclear(r);
    if (!db_connected(ctx->db) || !PQenterPipelineMode(conn))
        db_drop(ctx->db);
    return e;
}

static enum err apply_one(struct ctx *ctx, const struct db_migration *m)
{
    enum err e = db_begin(ctx, false);
    if (e)
        return e;
    e = internal(ctx, DB_SQL_MIGRATION_TIMEOUT);
    if (!e)
        e = apply_text(ctx, arena_printf(ctx->arena, "migration %s", m->name), m->sql);
    if (!e) {
        const char *number = arena_printf(ctx->arena, "%d", m->number);
        const struct db_param params[] = {DB_TEXT(number), DB_TEXT(m->name), DB_TEXT(m->sha256)};
        e = db_internal_run(ctx, ctx->db, db_sql(DB_SQL_MIGRATION_ADD), params, 3, NULL);
    }
    if (!e)
        return db_commit(ctx);
    db_rollback(ctx);
    return e;
}

/** All files in one transaction: a reader sees the functions and policies of before, or the new ones. */
static enum err apply_schema(struct ctx *ctx)
{
    const struct db_catalogue *c = ctx->db->catalogue;
    enum err e = db_begin(ctx, false);
    if (e)
        return e;
    e = internal(ctx, DB_SQL_MIGRATION_TIMEOUT);
    for (size_t i = 0; i < c->n_schema && !e; i++)
        e = apply_text(ctx, arena_printf(ctx->arena, "schema %s", c->schema[i].name),
                       c->schema[i].sql);
    if (!e) {
        const struct db_param params[] = {DB_TEXT(c->schema_sha256)};
        e = db_internal_run(ctx, ctx->db, db_sql(DB_SQL_SCHEMA_KEEP), params, 1, NULL);
    }
    if (!e)
        return db_commit(ctx);
    db_rollback(ctx);
    return e;
}

static enum err apply_missing(struct ctx *ctx, void (*progress)(const char *, void *), void *arg)
{
    const struct db_catalogue *c = ctx->db->catalogue;
    const char *digest = NULL;
    size_t applied = 0;
    enum err e = table_create(ctx);
    if (!e)
        e = check_applied(ctx, &applied);
    if (!e)
        e = schema_digest(ctx, &digest);
    // A new table gets its walls from the text even when the text is as it was.
    bool renew = applied < c->n_migrations ? c->n_schema > 0 : !schema_current(c, digest);
    for (size_t i = applied; i < c->n_migrations && !e; i++) {
        if (progress)
            progress(c->migrations[i].name, arg);
        e = apply_one(ctx, &c->migrations[i]);
    }
    if (!e && renew) {
        if (progress)
            progress("schema", arg);
        e = apply_schema(ctx);
    }
    return e;
}

enum err db_migrate(struct ctx *ctx, void (*progress)(const char *name, void *arg), void *arg)
{
    if (ctx->db->login != DB_OWNER)
        return ctx_fail(ctx, ERR_INTERNAL, "migrations are the owner's");
    enum err e = db_ready(ctx, ctx->db);
    if (!e)
        e = internal(ctx, DB_SQL_MIGRATION_LOCK);
    if (e)
        return e;
    e = apply_missing(ctx, progress, arg);
    struct problem kept = ctx->problem;
    // The lock is the session's: should unlocking fail, the session must go.
    if (!db_connected(ctx->db) || internal(ctx, DB_SQL_MIGRATION_UNLOCK))
        db_drop(ctx->db);
    ctx->problem = kept;
    return e;
}
