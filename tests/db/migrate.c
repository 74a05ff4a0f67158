// SPDX-License-Identifier: MIT
#include "support.h"

#include <pthread.h>
#include <stdio.h>

static const struct db_migration *real(void)
{
    return db_catalogue_test.migrations;
}

/** A connection for migrations to a new empty database of its own. */
static struct ctx owner_open(const char *dbname, const struct db_catalogue *catalogue)
{
    struct ctx ctx = {.arena = arena_new()};
    db_set_catalogue(catalogue);
    CHECK_INT(db_bootstrap(&ctx, cluster_superuser(cluster_shared(), dbname)), ERR_OK);
    ctx.db = db_new(cluster_conninfo(cluster_shared(), dbname), DB_OWNER);
    return ctx;
}

static void collect(const char *name, void *arg)
{
    strcat(strcat(arg, name), " ");
}

TEST(bootstrap_makes_walls_and_repeats)
{
    struct ctx ctx = owner_open("walls", &db_catalogue_test);
    CHECK_INT(db_bootstrap(&ctx, cluster_superuser(cluster_shared(), "walls")), ERR_OK);
    CHECK_STR(cluster_sql(cluster_shared(), "walls",
                          "select count(*), bool_or(rolsuper or rolcreatedb or rolcreaterole or "
                          "rolbypassrls), bool_and(rolcanlogin) from pg_roles where rolname like "
                          "'phoenix\\_%'"),
              "6|f|t");
    CHECK_STR(
        cluster_sql(cluster_shared(), "walls",
                    "select pg_get_userbyid(datdba) from pg_database where datname = 'walls'"),
        "phoenix_owner");
    CHECK_STR(cluster_sql(cluster_shared(), "walls",
                          "select has_database_privilege('phoenix_app', 'walls', 'connect'), "
                          "has_database_privilege('phoenix_app', 'walls', 'create'), "
                          "exists (select from aclexplode((select datacl from pg_database where "
                          "datname = 'walls')) where grantee = 0)"),
              "t|f|f");
    ctx_close(&ctx);
}

TEST(bootstrap_tells_why_it_cannot)
{
    struct ctx ctx = {.arena = arena_new()};
    CHECK_INT(db_bootstrap(&ctx, "host=/nonexistent dbname=x user=postgres"), ERR_UNAVAILABLE);
    CHECK(ctx.problem.log && strstr(ctx.problem.log, "/nonexistent"));
    ctx_close(&ctx);
}

TEST(migrations_apply_once)
{
    struct ctx ctx = owner_open("once", &db_catalogue_test);
    char names[200] = "";
    int version = -1;
    CHECK_INT(db_schema_version(&ctx, &version), ERR_OK);
    CHECK_INT(version, 0);
    CHECK_INT(db_migrate(&ctx, collect, names), ERR_OK);
    CHECK_STR(names, "0001_thing 0002_functions ");
    CHECK_INT(db_schema_version(&ctx, &version), ERR_OK);
    CHECK_INT(version, 2);
    CHECK_INT(db_schema_wanted(), 2);
    names[0] = '\0';
    CHECK_INT(db_migrate(&ctx, collect, names), ERR_OK);
    CHECK_STR(names, "");
    // Every login may read the version, none but the owner may add to the list.
    struct ctx app = {.arena = arena_new(),
                      .db = db_new(cluster_conninfo(cluster_shared(), "once"), DB_APP)};
    CHECK_INT(db_schema_version(&app, &version), ERR_OK);
    CHECK_INT(version, 2);
    CHECK_INT(db_migrate(&app, NULL, NULL), ERR_INTERNAL);
    CHECK_STR(
        cluster_sql(cluster_shared(), "once",
                    "select has_table_privilege('phoenix_app', 'meta.migration', "
                    "'insert, update, delete'), relforcerowsecurity from pg_class where oid = "
                    "'meta.migration'::regclass"),
        "f|t");
    ctx_close(&app);
    ctx_close(&ctx);
}

TEST(an_old_schema_is_told_by_its_queries)
{
    // The catalogue needs what no migration has made yet.
    struct ctx ctx = owner_open("old", &db_catalogue_test);
    ctx_close(&ctx);
    struct ctx app = {.arena = arena_new(),
                      .db = db_new(cluster_conninfo(cluster_shared(), "old"), DB_APP)};
    int version = -1;
    CHECK_INT(db_ready(&app, app.db), ERR_SCHEMA);
    CHECK(app.problem.log && strstr(app.problem.log, "query item_insert cannot be prepared"));
    CHECK_INT(db_schema_version(&app, &version),
              ERR_UNAVAILABLE); // 200 ms of quiet after a failure
    ctx_close(&app);
    app = (struct ctx){.arena = arena_new(),
                       .db = db_new(cluster_conninfo(cluster_shared(), "old"), DB_APP)};
    CHECK_INT(db_schema_version(&app, &version), ERR_OK);
    CHECK_INT(version, 0);
    ctx_close(&app);
}

TEST(a_changed_migration_is_refused)
{
    struct ctx ctx = owner_open("changed", &db_catalogue_test);
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_OK);
    ctx_close(&ctx);
    struct db_migration edited[] = {real()[0], real()[1]};
    edited[1].sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    struct db_catalogue c = {
        .queries = db_catalogue_test.queries, .migrations = edited, .n_migrations = 2};
    ctx = owner_open("changed", &c);
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_SCHEMA);
    CHECK_STR(ctx.problem.detail, "Migration 0002_functions was applied with another text");
    ctx_close(&ctx);
    // A program older than the database says so too.
    c = (struct db_catalogue){
        .queries = db_catalogue_test.queries, .migrations = real(), .n_migrations = 1};
    ctx = owner_open("changed", &c);
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_SCHEMA);
    CHECK(ctx.problem.detail && strstr(ctx.problem.detail, "newer than this program"));
    ctx_close(&ctx);
}

TEST(a_failing_migration_leaves_nothing)
{
    struct db_migration broken[] = {
        real()[0], {2, "0002_broken", "aa", "create table thing.half (id int); select 1/0;"}};
    struct db_catalogue c = {
        .queries = db_catalogue_test.queries, .migrations = broken, .n_migrations = 2};
    struct ctx ctx = owner_open("broken", &c);
    int version = -1;
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_SCHEMA);
    CHECK(ctx.problem.log && strstr(ctx.problem.log, "0002_broken: 22012"));
    CHECK_INT(db_schema_version(&ctx, &version), ERR_OK);
    CHECK_INT(version, 1);
    CHECK_STR(cluster_sql(cluster_shared(), "broken", "select to_regclass('thing.half') is null"),
              "t");
    // The lock is free again and the mended one goes on from there.
    broken[1].sql = "create table thing.half (id int)";
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_OK);
    CHECK_STR(cluster_sql(cluster_shared(), "broken", "select to_regclass('thing.half') is null"),
              "f");
    CHECK_STR(cluster_sql(cluster_shared(), "broken",
                          "select count(*) from pg_locks where locktype = 'advisory'"),
              "0");
    ctx_close(&ctx);
}

/** The test's migrations, with functions that a change of text replaces. */
static struct db_catalogue with_schema(const struct db_schema_file *files, size_t n, const char *digest)
{
    return (struct db_catalogue){.queries = db_catalogue_test.queries,
                                 .migrations = real(),
                                 .n_migrations = db_catalogue_test.n_migrations,
                                 .schema = files,
                                 .n_schema = n,
                                 .schema_sha256 = digest};
}

#define COUNT_RUNS                                                                                 \
    "create table if not exists thing.run (id int); insert into thing.run values (1);"
#define WORD(w)                                                                                    \
    "create or replace function thing.word() returns text language sql as $$ select '" w "' $$;"

static const struct db_schema_file first_text[] = {
    {"word.sql", COUNT_RUNS WORD("first")},
    {"answer.sql", "create or replace function thing.answer() returns text language sql as $$ "
                   "select thing.word() || ' answer' $$"},
};

TEST(the_schema_is_applied_when_its_text_changes)
{
    struct db_catalogue c = with_schema(first_text, 2, "digest of the first");
    struct ctx ctx = owner_open("text", &c);
    char names[200] = "";
    CHECK_INT(db_schema_check(&ctx), ERR_SCHEMA);
    CHECK_INT(db_migrate(&ctx, collect, names), ERR_OK);
    CHECK_STR(names, "0001_thing 0002_functions schema ");
    CHECK_INT(db_schema_check(&ctx), ERR_OK);
    CHECK_STR(cluster_sql(cluster_shared(), "text", "select thing.answer()"), "first answer");
    // The same text is not applied again.
    names[0] = '\0';
    CHECK_INT(db_migrate(&ctx, collect, names), ERR_OK);
    CHECK_STR(names, "");
    CHECK_STR(cluster_sql(cluster_shared(), "text", "select count(*) from thing.run"), "1");
    ctx_close(&ctx);

    struct db_schema_file changed[] = {{"word.sql", COUNT_RUNS WORD("second")}, first_text[1]};
    c = with_schema(changed, 2, "digest of the second");
    ctx = owner_open("text", &c);
    // Until then the program refuses the database, whichever login asks.
    struct ctx app = {.arena = arena_new(),
                      .db = db_new(cluster_conninfo(cluster_shared(), "text"), DB_APP)};
    CHECK_INT(db_schema_check(&app), ERR_SCHEMA);
    CHECK(app.problem.detail && strstr(app.problem.detail, "functions and policies are not"));
    CHECK_INT(db_migrate(&ctx, collect, names), ERR_OK);
    CHECK_STR(names, "schema ");
    CHECK_INT(db_schema_check(&app), ERR_OK);
    CHECK_STR(cluster_sql(cluster_shared(), "text", "select thing.answer(), (select count(*) from "
                                                    "thing.run)"),
              "second answer|2");
    // The list of what was applied is the owner's to write and everybody's to read.
    CHECK_STR(cluster_sql(cluster_shared(), "text",
                          "select has_table_privilege('phoenix_app', 'meta.schema', 'insert, "
                          "update, delete'), has_table_privilege('phoenix_seal', 'meta.schema', "
                          "'select'), relforcerowsecurity from pg_class where oid = "
                          "'meta.schema'::regclass"),
              "f|t|t");
    ctx_close(&app);
    ctx_close(&ctx);
}

TEST(a_migration_renews_the_schema)
{
    // A new table gets its walls from a text that did not change.
    struct db_catalogue c = with_schema(first_text, 2, "digest of the first");
    c.n_migrations = 1;
    struct ctx ctx = owner_open("renew", &c);
    char names[200] = "";
    CHECK_INT(db_migrate(&ctx, collect, names), ERR_OK);
    ctx_close(&ctx);
    c.n_migrations = 2;
    ctx = owner_open("renew", &c);
    names[0] = '\0';
    CHECK_INT(db_migrate(&ctx, collect, names), ERR_OK);
    CHECK_STR(names, "0002_functions schema ");
    CHECK_STR(cluster_sql(cluster_shared(), "renew", "select count(*) from thing.run"), "2");
    ctx_close(&ctx);
}

TEST(a_failing_schema_leaves_what_was)
{
    struct db_catalogue c = with_schema(first_text, 2, "digest of the first");
    struct ctx ctx = owner_open("torn", &c);
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_OK);
    ctx_close(&ctx);
    // The first file would do; the second does not.
    struct db_schema_file torn[] = {{"word.sql", COUNT_RUNS WORD("torn")},
                                    {"answer.sql", "create view thing.half as select 1; select 1/0"}};
    c = with_schema(torn, 2, "digest of the torn");
    ctx = owner_open("torn", &c);
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_SCHEMA);
    CHECK(ctx.problem.log && strstr(ctx.problem.log, "schema answer.sql: 22012"));
    CHECK_STR(cluster_sql(cluster_shared(), "torn",
                          "select thing.answer(), (select count(*) from thing.run), "
                          "to_regclass('thing.half') is null, (select sha256 from meta.schema), "
                          "(select count(*) from pg_locks where locktype = 'advisory')"),
              "first answer|1|t|digest of the first|0");
    CHECK_INT(db_schema_check(&ctx), ERR_SCHEMA);
    // Mended, it goes on from there.
    torn[1].sql = first_text[1].sql;
    CHECK_INT(db_migrate(&ctx, NULL, NULL), ERR_OK);
    CHECK_STR(cluster_sql(cluster_shared(), "torn", "select thing.answer()"), "torn answer");
    ctx_close(&ctx);
}

static void *migrate_thread(void *arg)
{
    struct ctx *ctx = arg;
    return (void *)(intptr_t)db_migrate(ctx, NULL, NULL);
}

TEST(two_at_once_take_turns)
{
    enum { N = 4 };
    struct ctx ctx[N];
    struct db_catalogue c = with_schema(first_text, 2, "digest of the first");
    pthread_t threads[N];
    for (int i = 0; i < N; i++)
        ctx[i] = owner_open("turns", &c);
    for (int i = 0; i < N; i++)
        CHECK_FATAL(pthread_create(&threads[i], NULL, migrate_thread, &ctx[i]) == 0);
    for (int i = 0; i < N; i++) {
        void *e = NULL;
        pthread_join(threads[i], &e);
        if (e)
            fprintf(stderr, "%s\n", ctx[i].problem.log);
        CHECK(e == NULL);
        ctx_close(&ctx[i]);
    }
    CHECK_STR(cluster_sql(cluster_shared(), "turns", "select count(*) from meta.migration"), "2");
    CHECK_STR(cluster_sql(cluster_shared(), "turns", "select count(*) from thing.run"), "1");
}

TESTS("db migrate", T(bootstrap_makes_walls_and_repeats), T(bootstrap_tells_why_it_cannot),
      T(migrations_apply_once), T(an_old_schema_is_told_by_its_queries),
      T(a_changed_migration_is_refused), T(a_failing_migration_leaves_nothing),
      T(the_schema_is_applied_when_its_text_changes), T(a_migration_renews_the_schema),
      T(a_failing_schema_leaves_what_was),
      T(two_at_once_take_turns))
