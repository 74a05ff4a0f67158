// SPDX-License-Identifier: MIT
// What the server counts, and how Prometheus reads it. Counters are atomic: any thread may add.
#pragma once

#include "base/buf.h"
#include "http/queue.h"
#include "http/route.h"

#include <stdatomic.h>

enum { LATENCY_STEPS = 10 };

struct counters {
    _Atomic unsigned long requests, refused_heads, shed, dropped, accepted, over_limit;
    _Atomic unsigned long status[6]; // by hundreds
    _Atomic unsigned long latency[LATENCY_STEPS + 1], latency_us;
    _Atomic long busy[POOL_COUNT], connected[POOL_COUNT];
};

/** Counts an answer and the time since its request's head. */
void counters_answer(struct counters *c, int status, uint64_t us);

struct metrics {
    const struct counters *counters;
    struct queue *queues[POOL_COUNT];
    size_t connections;
    long in_hand;
};
/** Prints all in Prometheus's text form. */
void metrics_print(const struct metrics *m, struct buf *out);
