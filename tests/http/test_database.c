// SPDX-License-Identifier: MIT
// The server and its database: readiness, and coming back by itself.
#include "cluster.h"
#include "test.h"
#include "toy.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define WORK "GET /work HTTP/1.1\r\nHost: a\r\n\r\n"
#define READY "GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n"
#define HELLO "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

static struct toy toy;

static void start(const char *database)
{
    toy_init(&toy);
    toy.config.database = database;
    toy_start(&toy);
}

static long ms_until(const char *ask, int status)
{
    uint64_t began = clock_mono_us();
    while (clock_mono_us() - began < 10000000) {
        if (toy_status(toy_ask(&toy, ask)) == status)
            break;
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    return (long)((clock_mono_us() - began) / 1000);
}

static void check_down(void)
{
    uint64_t began = clock_mono_us();
    for (int i = 0; i < 20; i++) {
        const char *got = toy_ask(&toy, WORK);
        CHECK_INT(toy_status(got), 503);
        CHECK(strstr(got, "\r\nRetry-After: ") != NULL);
    }
    CHECK(clock_mono_us() - began < 5000000); // a dead server costs next to nothing
    CHECK_INT(toy_status(toy_ask(&toy, READY)), 503);
    CHECK_INT(toy_status(toy_ask(&toy, HELLO)), 200);
}

TEST(it_recovers_by_itself)
{
    struct cluster *c = cluster_shared();
    start(cluster_database(c, "http_recovers"));
    const char *ready = toy_ask(&toy, READY);
    CHECK_INT(toy_status(ready), 200);
    CHECK_STR(toy_body(ready), "ready\n");
    CHECK_INT(toy_status(toy_ask(&toy, WORK)), 200);
    cluster_kill(c);
    ms_until(WORK, 503); // a worker sees it at its next statement
    check_down();
    cluster_up(c);
    CHECK(ms_until(WORK, 200) < 2000);
    CHECK(ms_until(READY, 200) < 2000);
    for (int i = 0; i < 20; i++)
        CHECK_INT(toy_status(toy_ask(&toy, WORK)), 200);
    toy_stop(&toy);
}

TEST(it_starts_without_a_database)
{
    struct cluster *c = cluster_shared();
    const char *database = cluster_database(c, "http_starts");
    cluster_shutdown(c);
    start(database);
    check_down();
    cluster_up(c);
    CHECK(ms_until(WORK, 200) < 2000);
    toy_stop(&toy);
}

TEST(readiness_names_the_schema)
{
    struct cluster *c = cluster_shared();
    cluster_sql(c, "postgres", "create database http_bare");
    start(cluster_conninfo(c, "http_bare"));
    const char *got = toy_ask(&toy, READY);
    CHECK_INT(toy_status(got), 503);
    CHECK(strstr(toy_body(got), "not ready: schema: ") != NULL);
    toy_stop(&toy);
}

TESTS("http database", T(it_recovers_by_itself), T(it_starts_without_a_database),
      T(readiness_names_the_schema))
