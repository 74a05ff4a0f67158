// SPDX-License-Identifier: MIT
#include "http/worker.h"

#include "base/assert.h"
#include "base/clock.h"
#include "db/db.h"
#include "http/dispatch.h"
#include "http/health.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct worker {
    struct workers *all;
    enum route_pool pool;
    pthread_t thread;
    struct db *db;
    struct request_host host;
};

struct workers {
    struct worker_setup setup;
    struct queue *queues[POOL_COUNT];
    struct worker *list;
    size_t n;
    _Atomic bool abandoning;
};

static void job_run(struct worker *w, struct job *job, bool stale)
{
    const struct worker_setup *s = &w->all->setup;
    struct request *r = &job->r;
    r->ctx.db = w->db;
    r->host = &w->host;
    if (stale || atomic_load(&w->all->abandoning)) {
        // Whoever asked has given up or will: the time goes to those who still wait.
        atomic_fetch_add(&s->counters->dropped, 1);
        route_refuse(s->routes, r, ERR_OVERLOADED, &job->res);
    } else if (job->kind == JOB_READY) {
        health_ready(r, &job->res);
    } else {
        route_dispatch(s->routes, r, &job->res);
    }
    r->ctx.db = NULL; // it stays with this thread
}

static void *worker_main(void *arg)
{
    struct worker *w = arg;
    const struct worker_setup *setup = &w->all->setup;
    struct counters *counters = setup->counters;
    struct queue *queue = w->all->queues[w->pool];
    struct queue_item *item;
    bool stale = false, was_connected = false;
    while ((item = queue_take(queue, &stale))) {
        struct job *job = (struct job *)(void *)item;
        uint64_t began = clock_mono_us();
        atomic_fetch_add(&counters->busy[w->pool], 1);
        job_run(w, job, stale);
        atomic_fetch_sub(&counters->busy[w->pool], 1);
        if (!stale) // dropping one takes no time and would say that all are quick
            queue_served(queue, clock_mono_us() - began);
        bool connected = w->db && db_connected(w->db);
        atomic_fetch_add(&counters->connected[w->pool], (long)connected - (long)was_connected);
        was_connected = connected;
        setup->answered(job); // it may be gone from here on
    }
    return NULL;
}

static enum err worker_start(struct ctx *ctx, struct worker *w)
{
    const struct config *config = w->all->setup.config;
    w->host.config = config;
    if (config->database) {
        w->db = db_new(config->database, DB_APP);
        if (w->pool == POOL_SLOW) // where signing in runs, the one thing that reads password hashes
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
    db_free(w->db);
    db_free(w->host.auth_db);
}

static enum err pool_start(struct ctx *ctx, struct workers *all, enum route_pool pool,
                           const struct queue_limits *limits)
{
    all->queues[pool] = queue_new(limits);
    for (unsigned i = 0; i < limits->workers; i++) {
        struct worker *w = &all->list[all->n];
        w->all = all;
        w->pool = pool;
        enum err e = worker_start(ctx, w);
        if (e) {
            worker_done(w);
            return e;
        }
        all->n++;
    }
    return ERR_OK;
}

enum err workers_start(struct ctx *ctx, const struct worker_setup *setup, struct workers **ret)
{
    const struct config *config = setup->config;
    const struct queue_limits limits[POOL_COUNT] = {
        // At twice the capacity those accepted must still be answered within a quarter of a second.
        [POOL_MAIN] = {(size_t)config->queue, (unsigned)config->workers, 100 * 1000, 150 * 1000},
        // Signing in is slow on purpose: people may wait for it.
        [POOL_SLOW] = {(size_t)config->queue, (unsigned)config->slow_workers, 4000 * 1000,
                       6000 * 1000},
        [POOL_LONG] = {16, (unsigned)config->long_workers, 20000 * 1000, 25000 * 1000},
    };
    size_t most = 0;
    for (int pool = 0; pool < POOL_COUNT; pool++)
        most += limits[pool].workers;
    struct workers *all = calloc(1, sizeof(*all));
    if (!all || !(all->list = calloc(most, sizeof(*all->list))))
        abort();
    all->setup = *setup;
    enum err e = ERR_OK;
    for (int pool = 0; pool < POOL_COUNT && !e; pool++)
        e = pool_start(ctx, all, (enum route_pool)pool, &limits[pool]);
    if (e) {
        workers_stop(all);
        workers_free(all);
        return e;
    }
    *ret = all;
    return ERR_OK;
}

struct queue *workers_queue(struct workers *all, enum route_pool pool)
{
    ASSERT(pool < POOL_COUNT);
    return all->queues[pool];
}

void workers_abandon(struct workers *all)
{
    atomic_store(&all->abandoning, true);
}

void workers_stop(struct workers *all)
{
    if (!all)
        return;
    for (int i = 0; i < POOL_COUNT; i++)
        if (all->queues[i])
            queue_close(all->queues[i]);
    for (size_t i = 0; i < all->n; i++) {
        pthread_join(all->list[i].thread, NULL);
        worker_done(&all->list[i]);
    }
    all->n = 0; // it may be called twice
}

void workers_free(struct workers *all)
{
    if (!all)
        return;
    ASSERT(all->n == 0);
    for (int i = 0; i < POOL_COUNT; i++)
        queue_free(all->queues[i]);
    free(all->list);
    free(all);
}
