// SPDX-License-Identifier: MIT
// A request in hand without a server: what its body may hold, whatever a library below promises.
#include "http/job.h"

#include "test.h"

#include <string.h>

static enum err nothing(struct request *r, struct response *res)
{
    (void)r;
    (void)res;
    return ERR_OK;
}

static const struct route routes[] = {
    {.method = "POST", .pattern = "/things", .flags = ROUTE_PUBLIC, .handler = nothing}};
static const struct route_table table = {.routes = routes, .n = 1};
static const struct config config = {.idle_timeout = 5};
static struct jobs jobs;
static struct conn conn;

static struct job *begin(const char *target)
{
    struct gate_head head = {.method = {"POST", 4}};
    head.target = (struct span){target, strlen(target)};
    conn = (struct conn){.fd = -1, .addr = {.ss_family = AF_INET}};
    conn_target_keep(&conn, target);
    return job_begin(&jobs, &conn, NULL, &head);
}

static void start(void)
{
    jobs = (struct jobs){.config = &config, .routes = &table};
    jobs_init(&jobs);
}

TEST(a_body_is_gathered)
{
    start();
    struct job *job = begin("/things?a=1");
    CHECK_STR(job->r.path, "/things");
    CHECK(job->r.route == &routes[0]);
    CHECK_INT(jobs.in_hand, 1);
    job_body_expect(job, 10);
    job_body_add(job, "01234", 5);
    job_body_add(job, "56789", 5);
    CHECK_INT(job->refusal, ERR_OK);
    CHECK_INT(job->n_body, 10);
    CHECK_STR(job->body, "0123456789");
    CHECK_INT(jobs.body_bytes, 11); // not more than announced, and the NUL
    job_free(job);
    CHECK_INT(jobs.in_hand, 0);
    CHECK_INT(jobs.body_bytes, 0);
    CHECK(conn.job == NULL);
    jobs_done(&jobs);
}

TEST(more_than_announced_is_refused)
{
    static const char much[70000] = {'x'};
    start();
    for (size_t first = 0; first <= 10; first += 5) {
        struct job *job = begin("/things");
        job_body_expect(job, 10);
        job_body_add(job, much, first);
        CHECK_INT(job->refusal, ERR_OK);
        job_body_add(job, much, 11 - first);
        CHECK_INT(job->refusal, ERR_MALFORMED);
        CHECK_INT(job->n_body, first);
        job_body_add(job, much, sizeof(much)); // and nothing more is kept
        CHECK_INT(job->n_body, first);
        CHECK(job->body_cap <= 11);
        job_free(job);
    }
    struct job *job = begin("/things"); // none was announced at all
    job_body_add(job, much, sizeof(much));
    CHECK_INT(job->refusal, ERR_MALFORMED);
    CHECK(job->body == NULL);
    job_free(job);
    jobs_done(&jobs);
}

TEST(bodies_share_bounded_memory)
{
    static const char chunk[1 << 20];
    start();
    struct job *job = begin("/things");
    job_body_expect(job, (size_t)1 << 30);
    for (int i = 0; i < 1024 && !job->refusal; i++)
        job_body_add(job, chunk, sizeof(chunk));
    CHECK_INT(job->refusal, ERR_OVERLOADED);
    CHECK(job->n_body < (size_t)100 << 20);
    job_free(job);
    CHECK_INT(jobs.body_bytes, 0);
    jobs_done(&jobs);
}

TEST(memory_is_reused_and_wiped)
{
    start();
    struct job *job = begin("/things?name=secret");
    struct arena *arena = job->arena;
    job_free(job);
    struct job *again = begin("/absent");
    CHECK(again == job && again->arena == arena);
    CHECK(again->r.query == NULL && again->r.route == NULL);
    CHECK_INT(again->pool, POOL_INLINE); // answered without a worker
    job_free(again);
    jobs_done(&jobs);
}

TESTS("http job", T(a_body_is_gathered), T(more_than_announced_is_refused),
      T(bodies_share_bounded_memory), T(memory_is_reused_and_wiped))
