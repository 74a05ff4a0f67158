// SPDX-License-Identifier: MIT
// The program's own catalogue against its own migrations: every row must prepare for its login.
#include "cluster.h"
#include "test.h"

#include "db/catalogue.h"
#include "db/private.h"

#include <stdio.h>

static const enum db_login logins[] = {DB_APP, DB_AUTH, DB_WORKER, DB_TRIAL, DB_SEAL, DB_OWNER};

static const char *database(void)
{
    static const char *conninfo;
    if (!conninfo)
        conninfo = cluster_database(cluster_migrated(), "real");
    return conninfo;
}

/** As that login, one by one: all that fail are named, not only the first. */
static size_t count_unprepared(enum db_login login, size_t *ret_tried)
{
    struct ctx ctx = {.arena = arena_new(), .db = db_new(database(), login)};
    size_t bad = 0;
    *ret_tried = 0;
    for (size_t q = 0; q < db_catalogue_builtin.n; q++) {
        const struct db_query *row = &db_catalogue_builtin.queries[q];
        if (row->copy || !(row->logins & 1U << login))
            continue;
        struct db_step step = {.kind = STEP_PREPARE, .query = (enum query)q};
        CHECK_INT(db_connect(&ctx, ctx.db), ERR_OK);
        struct db_ran ran = db_steps_run(ctx.arena, ctx.db, &step, 1);
        if (ran.outcome != OUT_OK) {
            fprintf(stderr, "%s as %s: %s\n", row->name, db_user(login),
                    PQresultErrorMessage(ran.error));
            bad++;
        }
        ++*ret_tried;
        PQclear(ran.error);
        PQclear(step.result);
    }
    db_free(ctx.db);
    arena_free(ctx.arena);
    return bad;
}

TEST(every_row_prepares_for_its_login)
{
    size_t all = 0;
    for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
        size_t tried = 0;
        CHECK_INT(count_unprepared(logins[i], &tried), 0);
        all += tried;
    }
    size_t copies = 0;
    for (size_t q = 0; q < db_catalogue_builtin.n; q++)
        copies += db_catalogue_builtin.queries[q].copy;
    CHECK(all + copies >= db_catalogue_builtin.n);
}

TEST(every_login_connects_ready)
{
    for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
        struct ctx ctx = {.arena = arena_new(), .db = db_new(database(), logins[i])};
        enum err e = db_ready(&ctx, ctx.db);
        if (e)
            fprintf(stderr, "%s: %s\n", db_user(logins[i]), ctx.problem.log);
        CHECK_INT(e, ERR_OK);
        db_free(ctx.db);
        arena_free(ctx.arena);
    }
}

TEST(copies_name_real_columns)
{
    // COPY cannot be prepared; an empty one checks its table and columns. One that freezes its rows
    // wants a table emptied in the same transaction.
    for (size_t q = 0; q < db_catalogue_builtin.n; q++) {
        const struct db_query *row = &db_catalogue_builtin.queries[q];
        if (!row->copy)
            continue;
        const char *table = row->sql + strlen("copy ");
        char sql[2048];
        snprintf(sql, sizeof(sql), "begin; truncate %.*s cascade; %s; rollback",
                 (int)strcspn(table, " ("), table, row->sql);
        const char *out = (database(), cluster_sql_try(cluster_shared(), "real", sql));
        CHECK_STR(out, "");
    }
    CHECK_INT(db_catalogue_builtin.queries[db_catalogue_builtin.n].name == NULL, 1);
}

TEST(migrations_are_repeatable)
{
    struct ctx ctx = {.arena = arena_new(), .db = db_new(database(), DB_OWNER)};
    int version = -1;
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_OK);
    CHECK_INT(db_schema_version(&ctx, &version), ERR_OK);
    CHECK_INT(version, db_schema_wanted());
    CHECK(version > 0);
    CHECK_INT(db_schema_check(&ctx), ERR_OK);
    db_free(ctx.db);
    arena_free(ctx.arena);
}

TEST(nothing_outlives_the_text_that_made_it)
{
    // What an earlier text of sql/schema left behind, or somebody added by hand, goes when it is applied.
    struct cluster *c = cluster_shared();
    struct ctx ctx = {.arena = arena_new(), .db = db_new(database(), DB_OWNER)};
    cluster_sql(c, "real",
                "create function app.stray() returns uuid language sql as $$ select null::uuid $$;"
                "create policy stray on app.contact to phoenix_app using (participant_id = app.stray());"
                "create policy stray on app.contact_note to phoenix_app using (true);"
                "create view app.stray_view as select id from app.contact;"
                "grant select on access.secret to phoenix_app;"
                "update meta.schema set sha256 = 'of an earlier text'");
    CHECK_INT(db_schema_check(&ctx), ERR_SCHEMA);
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_OK);
    CHECK_INT(db_schema_check(&ctx), ERR_OK);
    CHECK_STR(cluster_sql(c, "real",
                          "select (select count(*) from pg_proc where proname = 'stray'), "
                          "(select count(*) from pg_policy where polname = 'stray'), "
                          "(select count(*) from pg_class where relname = 'stray_view'), "
                          "has_table_privilege('phoenix_app', 'access.secret', 'select')"),
              "0|0|0|f");
    // A table that leans on a function would lose the column with it: refused, and nothing is lost.
    cluster_sql(c, "real",
                "alter table app.contact add column stray date default app.today();"
                "update meta.schema set sha256 = 'of an earlier text'");
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_SCHEMA);
    CHECK(ctx.problem.log && strstr(ctx.problem.log, "tables may call no function of sql/schema"));
    cluster_sql(c, "real", "alter table app.contact drop column stray");
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_OK);
    db_free(ctx.db);
    arena_free(ctx.arena);
}

TESTS("db catalogue", T(every_row_prepares_for_its_login), T(every_login_connects_ready),
      T(copies_name_real_columns), T(migrations_are_repeatable),
      T(nothing_outlives_the_text_that_made_it))
