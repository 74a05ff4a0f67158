// SPDX-License-Identifier: MIT
// What runs beside the requests: starts without a database, comes to life with it, survives its
// restart, stops quickly.
#include "app/app.h"
#include "base/clock.h"
#include "search/search.h"
#include "journey.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct arena *arena;

static bool wait_until(bool (*done)(const char *), const char *arg)
{
    for (int i = 0; i < 400; i++) { // 20 s: machines that run tests are busy
        if (done(arg))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return false;
}

static bool index_full(const char *count)
{
    return search_index_count(search_index_current()) == (size_t)atol(count);
}

static const char *people(void)
{
    return arena_strdup(arena, journey_sql("select count(*) from app.participant"));
}

static struct app *start(void)
{
    struct app *app = NULL;
    enum err e = app_start(journey_ctx(), journey_config(), journey_ctx()->keys, &app);
    CHECK_INT(e, ERR_OK);
    return app;
}

static void stop(struct app *app)
{
    uint64_t began = clock_mono_us();
    app_stop(app);
    CHECK(clock_mono_us() - began < 3000000);
}

TEST(starts_and_stops_without_a_database)
{
    arena = arena_new();
    (void)journey_ctx();
    journey_database_kill();
    stop(start());
    journey_database_up();
}

TEST(loads_when_the_database_comes)
{
    const char *count = people();
    search_index_set(search_index_current(), NULL, 0);
    journey_database_kill();
    struct app *app = start();
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    CHECK(!index_full(count));
    journey_database_up();
    CHECK(wait_until(index_full, count));
    stop(app);
}

static bool export_ready(const char *id)
{
    const struct answer *a = visit_api(journey_visitor("evaluator"), "GET",
                                       arena_printf(arena, "/api/v1/exports/%s", id), NULL);
    const char *state = answer_json(a, "state");
    return state && strcmp(state, "ready") == 0;
}

static const char *ask_for_export(void)
{
    const struct answer *a =
        visit_api(journey_visitor("evaluator"), "POST", "/api/v1/exports",
                  "{\"kind\":\"evaluation\",\"reason\":\"Test of the job worker\"}");
    CHECK_INT(a->status, 202);
    const char *id = answer_json(a, "id");
    CHECK_FATAL(id != NULL);
    return arena_strdup(arena, id);
}

TEST(makes_exports_and_survives_a_restart)
{
    struct app *app = start();
    CHECK(wait_until(export_ready, ask_for_export()));
    journey_database_kill();
    nanosleep(&(struct timespec){.tv_nsec = 700000000}, NULL);
    journey_database_up();
    visit_api(journey_visitor("evaluator"), "GET", "/api/v1/me",
              NULL); // the visitor's connection heals
    CHECK(wait_until(export_ready, ask_for_export()));
    stop(app);
    arena_free(arena);
}

TESTS("app", T(starts_and_stops_without_a_database), T(loads_when_the_database_comes),
      T(makes_exports_and_survives_a_restart))
