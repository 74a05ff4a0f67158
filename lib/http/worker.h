// SPDX-License-Identifier: MIT
// The threads that answer: each owns one PostgreSQL connection with the whole catalogue prepared, and
// takes jobs from the queue of its pool.
#pragma once

#include "http/job.h"
#include "http/metrics.h"

struct workers;

struct worker_setup {
    const struct config *config;
    const struct route_table *routes;
    struct counters *counters;
    /** Called by the worker when it has filled job->res: the job is no longer its own. */
    void (*answered)(struct job *job);
};

/** Starts every pool's threads. Stopped by workers_stop(), then freed by workers_free(). */
enum err workers_start(struct ctx *ctx, const struct worker_setup *setup, struct workers **ret) MUST_CHECK;
/** The queue of a pool (never POOL_INLINE); it lives until workers_free(). */
struct queue *workers_queue(struct workers *all, enum route_pool pool);
/** What still waits is answered 503: try again elsewhere. */
void workers_abandon(struct workers *all);
/** Closes the queues and waits for the workers to finish what is left in them. NULL is allowed. */
void workers_stop(struct workers *all);
/** After workers_stop(), when nothing can be put into a queue any more. NULL is allowed. */
void workers_free(struct workers *all);
