// SPDX-License-Identifier: MIT
// What happens to a pipeline when the server goes away, stands still or changes under it.
#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

/** A second pair of hands: waits until a query of some kind is running, then does something. */
struct hands {
    pthread_t thread;
    const char *wait_for; // SQL giving t when it is time
    const char *then;     // SQL
};

static void *work(void *arg)
{
    struct hands *h = arg;
    for (int i = 0; i < 500; i++) {
        const char *ready = cluster_sql(cluster_shared(), "small", h->wait_for);
        if (ready[0] == 't')
            break;
        usleep(10000);
    }
    cluster_sql(cluster_shared(), "small", h->then);
    return NULL;
}

static struct hands *hands_start(struct ctx *ctx, const char *wait_for, const char *then)
{
    struct hands *h = ARENA_NEW(ctx->arena, struct hands);
    h->wait_for = wait_for;
    h->then = then;
    CHECK_FATAL(pthread_create(&h->thread, NULL, work, h) == 0);
    return h;
}

#define SLEEPING "select exists (select from pg_stat_activity where wait_event = 'PgSleep')"
#define SLEEPERS "from pg_stat_activity where wait_event = 'PgSleep'"

static enum err sleep_after(struct ctx *ctx, enum query first, bool read_only)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    if (first == TQ_item_insert)
        add_item(pl, "900", "written before the end");
    else if (first != TQ_sleep)
        db_add(pl, (struct db_call){.query = first});
    db_add(pl, TQ(sleep, .seconds = "2"));
    if (read_only)
        db_read_only(pl);
    return db_run(ctx, pl);
}

TEST(first_request_after_a_restart_succeeds)
{
    struct ctx ctx = ctx_open(DB_APP);
    items_clear(&ctx);
    unsigned long generation = db_generation(ctx.db);
    cluster_restart(cluster_shared());
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    add_item(pl, "1", "one");
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_INT(db_generation(ctx.db), generation + 1);
    cluster_crash(cluster_shared());
    cluster_up(cluster_shared());
    CHECK(item_count(&ctx) >= 0);
    ctx_close(&ctx);
}

TEST(a_dead_server_is_told_at_once)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK(item_count(&ctx) >= 0);
    cluster_kill(cluster_shared());
    uint64_t start = clock_mono_us();
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, TQ0(item_count));
    CHECK_INT(db_run(&ctx, pl), ERR_UNAVAILABLE);
    CHECK_INT(db_run(&ctx, pl), ERR_UNAVAILABLE);
    CHECK(clock_mono_us() - start < 500000);
    CHECK(!db_connected(ctx.db));
    CHECK_INT(db_fd(ctx.db), -1);
    cluster_up(cluster_shared());
    start = clock_mono_us();
    enum err e;
    while ((e = db_run(&ctx, pl)) == ERR_UNAVAILABLE && clock_mono_us() - start < 2000000)
        usleep(10000);
    CHECK_INT(e, ERR_OK);
    ctx_close(&ctx);
}

TEST(nothing_ran_means_sent_again)
{
    // The server says goodbye before the first statement is done: nothing can be committed.
    struct ctx ctx = ctx_open(DB_APP);
    CHECK(item_count(&ctx) >= 0);
    struct hands *h = hands_start(&ctx, SLEEPING, "select pg_terminate_backend(pid) " SLEEPERS);
    CHECK_INT(sleep_after(&ctx, TQ_sleep, false), ERR_OK);
    pthread_join(h->thread, NULL);
    CHECK_INT(db_generation(ctx.db), 2);
    ctx_close(&ctx);
}

TEST(a_write_is_not_sent_twice)
{
    struct ctx ctx = ctx_open(DB_APP);
    items_clear(&ctx);
    struct hands *h = hands_start(&ctx, SLEEPING, "select pg_terminate_backend(pid) " SLEEPERS);
    CHECK_INT(sleep_after(&ctx, TQ_item_insert, false), ERR_UNAVAILABLE);
    pthread_join(h->thread, NULL);
    CHECK(ctx.problem.log && strstr(ctx.problem.log, "57P01"));
    CHECK_INT(db_generation(ctx.db), 1);
    CHECK_INT(item_count(&ctx), 0);
    ctx_close(&ctx);
}

TEST(a_read_is_sent_again)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK(item_count(&ctx) >= 0);
    struct hands *h = hands_start(&ctx, SLEEPING, "select pg_terminate_backend(pid) " SLEEPERS);
    CHECK_INT(sleep_after(&ctx, TQ_item_count, true), ERR_OK);
    pthread_join(h->thread, NULL);
    CHECK_INT(db_generation(ctx.db), 2);
    ctx_close(&ctx);
}

TEST(a_transaction_does_not_outlive_its_connection)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    items_clear(&ctx);
    CHECK_INT(db_begin(&ctx, false), ERR_OK);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    add_item(pl, "1", "one");
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    cluster_restart(cluster_shared());
    // Not on a new connection, where it would commit by itself.
    pl = db_pipeline_new(&ctx);
    add_item(pl, "2", "two");
    CHECK_INT(db_run(&ctx, pl), ERR_UNAVAILABLE);
    CHECK_INT(db_run(&ctx, pl), ERR_UNAVAILABLE);
    CHECK_INT(db_commit(&ctx), ERR_UNAVAILABLE);
    CHECK_INT(item_count(&ctx), 0);
    CHECK_INT(db_begin(&ctx, false), ERR_OK);
    cluster_restart(cluster_shared());
    db_rollback(&ctx);
    CHECK_INT(item_count(&ctx), 0);
    ctx_close(&ctx);
}

TEST(serialisation_failures_are_retried)
{
    struct ctx ctx = ctx_open(DB_APP);
    items_clear(&ctx);
    cluster_sql(cluster_shared(), "small", "alter sequence thing.attempts restart");
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    add_item(pl, "1", "once");
    db_add(pl, TQ(flaky, .times = "4", .state = "40001"));
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_STR(db_get(pl, 1, 0, "attempt"), "4");
    CHECK_INT(item_count(&ctx), 1);
    items_clear(&ctx);
    cluster_sql(cluster_shared(), "small", "alter sequence thing.attempts restart");
    pl = db_pipeline_new(&ctx);
    db_add(pl, TQ(flaky, .times = "5", .state = "40P01"));
    CHECK_INT(db_run(&ctx, pl), ERR_OVERLOADED);
    CHECK_STR(cluster_sql(cluster_shared(), "small", "select last_value from thing.attempts"), "4");
    // Other failures are not.
    cluster_sql(cluster_shared(), "small", "alter sequence thing.attempts restart");
    pl = db_pipeline_new(&ctx);
    db_add(pl, TQ(flaky, .times = "2", .state = "23505"));
    CHECK_INT(db_run(&ctx, pl), ERR_CONFLICT);
    ctx_close(&ctx);
}

TEST(a_changed_table_is_prepared_again)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK_STR(ask(&ctx, TQ(wide, .id = "1")), "1");
    cluster_sql(cluster_shared(), "small", "alter table thing.wide add more text default 'more'");
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, TQ(wide, .id = "1"));
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_STR(db_get(pl, 0, 0, "more"), "more");
    ctx_close(&ctx);
}

TEST(a_cancelled_statement_says_busy)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK(item_count(&ctx) >= 0);
    struct hands *h = hands_start(&ctx, SLEEPING, "select pg_cancel_backend(pid) " SLEEPERS);
    CHECK_INT(sleep_after(&ctx, TQ_item_count, false), ERR_OVERLOADED);
    pthread_join(h->thread, NULL);
    CHECK(db_connected(ctx.db));
    ctx_close(&ctx);
}

TEST(an_unconfirmed_commit_is_no_success)
{
    struct cluster *c = cluster_shared();
    struct ctx ctx = ctx_open(DB_APP);
    items_clear(&ctx);
    cluster_sql(c, "small", "alter role phoenix_app set synchronous_commit = on");
    cluster_sql(c, "small", "alter system set synchronous_standby_names = 'nobody'");
    cluster_sql(c, "small", "select pg_reload_conf()");
    usleep(200000);
    struct ctx waiting = ctx_open(DB_APP);
    struct db_pipeline *pl = db_pipeline_new(&waiting);
    add_item(pl, "1", "one");
    struct hands *h = hands_start(
        &ctx, "select exists (select from pg_stat_activity where wait_event = 'SyncRep')",
        "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
    CHECK_INT(db_run(&waiting, pl), ERR_UNAVAILABLE);
    CHECK(waiting.problem.log && strstr(waiting.problem.log, "standby"));
    pthread_join(h->thread, NULL);
    cluster_sql(c, "small", "alter system reset synchronous_standby_names");
    cluster_sql(c, "small", "select pg_reload_conf()");
    cluster_sql(c, "small", "alter role phoenix_app reset synchronous_commit");
    CHECK_INT(item_count(&ctx), 1); // it was there all the time: that is why it is called unknown
    ctx_close(&waiting);
    ctx_close(&ctx);
}

static void hear(const char *channel, const char *payload, void *arg)
{
    (void)channel;
    (void)payload;
    ++*(int *)arg;
}

TEST(listening_survives_a_restart)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    int heard = 0;
    CHECK_INT(db_listen(&ctx, "people_changed"), ERR_OK);
    unsigned long generation = db_generation(ctx.db);
    cluster_restart(cluster_shared());
    CHECK_INT(db_notifications(&ctx, 0, hear, &heard), ERR_OK);
    CHECK_INT(db_generation(ctx.db), generation + 1);
    cluster_sql(cluster_shared(), "small", "notify people_changed");
    CHECK_INT(db_notifications(&ctx, 2000, hear, &heard), ERR_OK);
    CHECK_INT(heard, 1);
    ctx_close(&ctx);
}

static enum err count_row(void *arg, const char *const *values, const int *lengths, size_t n)
{
    (void)values, (void)lengths, (void)n;
    ++*(int *)arg;
    return ERR_OK;
}

TEST(a_stream_cut_short_is_an_error)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    int rows = 0;
    CHECK_INT(db_begin(&ctx, true), ERR_OK);
    struct hands *h = hands_start(&ctx, "select true",
                                  "select pg_terminate_backend(pid) from pg_stat_activity "
                                  "where usename = 'phoenix_worker'");
    CHECK_INT(db_stream(&ctx, TQ(series, .n = "2000000", .hole = "-1"), count_row, &rows),
              ERR_UNAVAILABLE);
    CHECK(rows < 2000000);
    pthread_join(h->thread, NULL);
    db_rollback(&ctx);
    rows = 0;
    CHECK_INT(db_stream(&ctx, TQ(series, .n = "5", .hole = "-1"), count_row, &rows), ERR_OK);
    CHECK_INT(rows, 5);
    ctx_close(&ctx);
}

TESTS("db faults", T(first_request_after_a_restart_succeeds), T(a_dead_server_is_told_at_once),
      T(nothing_ran_means_sent_again), T(a_write_is_not_sent_twice), T(a_read_is_sent_again),
      T(a_transaction_does_not_outlive_its_connection), T(serialisation_failures_are_retried),
      T(a_changed_table_is_prepared_again), T(a_cancelled_statement_says_busy),
      T(an_unconfirmed_commit_is_no_success), T(listening_survives_a_restart),
      T(a_stream_cut_short_is_an_error))
