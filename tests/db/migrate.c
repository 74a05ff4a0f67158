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

static void *migrate_thread(void *arg)
{
    struct ctx *ctx = arg;
    return (void *)(intptr_t)db_migrate(ctx, NULL, NULL);
}

TEST(two_at_once_take_turns)
{
    enum { N = 4 };
    struct ctx ctx[N];
    pthread_t threads[N];
    for (int i = 0; i < N; i++)
        ctx[i] = owner_open("turns", &db_catalogue_test);
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
}

TESTS("db migrate", T(bootstrap_makes_walls_and_repeats), T(bootstrap_tells_why_it_cannot),
      T(migrations_apply_once), T(an_old_schema_is_told_by_its_queries),
      T(a_changed_migration_is_refused), T(a_failing_migration_leaves_nothing),
      T(two_at_once_take_turns))
