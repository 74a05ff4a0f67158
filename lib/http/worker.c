// SPDX-License-Identifier: MIT
#include "http/private.h"

#include "base/clock.h"
#include "db/db.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void job_run(struct worker *w, struct job *job, bool stale)
{
    struct server *s = w->server;
    struct request *r = &job->r;
    r->ctx.db = w->db;
    r->host = &w->host;
    if (stale || atomic_load(&s->abandoning)) {
        atomic_fetch_add(&s->counters.dropped, 1);
        route_refuse(s->setup.routes, r, ERR_OVERLOADED, &job->res);
    } else if (job->kind == JOB_READY) {
        health_ready(s, r, &job->res);
    } else {
        route_dispatch(s->setup.routes, r, &job->res);
    }
    r->ctx.db = NULL; // it stays with this thread
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    struct counters *counters = &w->server->counters;
    struct queue *queue = w->server->queues[w->pool];
    struct queue_item *item;
    bool stale = false, was_connected = false;
    while ((item = queue_take(queue, &stale))) {
        struct job *job = (struct job *)(void *)item;
        uint64_t began = clock_mono_us();
        atomic_fetch_add(&counters->busy[w->pool], 1);
        job_run(w, job, stale);
        atomic_fetch_sub(&counters->busy[w->pool], 1);
        if (!stale)
            queue_served(queue, clock_mono_us() - began);
        bool connected = w->db && db_connected(w->db);
        atomic_fetch_add(&counters->connected[w->pool], (long)connected - (long)was_connected);
        was_connected = connected;
        server_job_answered(job);
    }
    return NULL;
}

static enum err worker_start(struct ctx *ctx, struct worker *w)
{
    const struct config *config = w->server->config;
    w->host.config = config;
    if (config->database) {
        w->db = db_new(config->database, DB_APP);
        if (w->pool == POOL_SLOW)
            w->host.auth_db = db_new(config->database, DB_AUTH);
    }
    // Signals are the main thread's.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&w->thread, NULL, worker_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? ctx_fail(ctx, ERR_INTERNAL, "thread: %s", strerror(failed)) : ERR_OK;
}

static void worker_done(struct worker *w)
{
    if (w->db)
        db_free(w->db);
    if (w->host.auth_db)
        db_free(w->host.auth_db);
}

static enum err pool_start(struct ctx *ctx, struct server *s, enum route_pool pool,
                           const struct queue_limits *limits)
{
    s->queues[pool] = queue_new(limits);
    for (unsigned i = 0; i < limits->workers; i++) {
        struct worker *w = &s->workers[s->n_workers];
        w->server = s;
        w->pool = pool;
        enum err e = worker_start(ctx, w);
        if (e) {
            worker_done(w);
            return e;
        }
        s->n_workers++;
    }
    return ERR_OK;
}

enum err workers_start(struct ctx *ctx, struct server *s)
{
    const struct queue_limits limits[POOL_COUNT] = {
        // At twice the capacity those accepted must still be answered within a quarter of a second.
        [POOL_MAIN] = {(size_t)s->config->queue, (unsigned)s->config->workers, 100 * 1000,
                       150 * 1000},
        // Signing in is slow on purpose: people may wait for it.
        [POOL_SLOW] = {(size_t)s->config->queue, (unsigned)s->config->slow_workers, 4000 * 1000,
                       6000 * 1000},
        [POOL_LONG] = {16, (unsigned)s->config->long_workers, 20000 * 1000, 25000 * 1000},
    };
    size_t most = 0;
    for (int pool = 0; pool < POOL_COUNT; pool++)
        most += limits[pool].workers;
    s->workers = calloc(most, sizeof(*s->workers));
    if (!s->workers)
        abort();
    enum err e = ERR_OK;
    for (int pool = 0; pool < POOL_COUNT && !e; pool++)
        e = pool_start(ctx, s, (enum route_pool)pool, &limits[pool]);
    return e;
}

void workers_stop(struct server *s)
{
    for (int i = 0; i < POOL_COUNT; i++)
        if (s->queues[i])
            queue_close(s->queues[i]);
    for (size_t i = 0; i < s->n_workers; i++) {
        pthread_join(s->workers[i].thread, NULL);
        worker_done(&s->workers[i]);
    }
    free(s->workers);
    s->workers = NULL;
    s->n_workers = 0;
}
