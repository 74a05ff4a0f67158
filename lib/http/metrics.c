// SPDX-License-Identifier: MIT
#include "http/metrics.h"

#include "base/clock.h"

static const unsigned long latency_steps_us[LATENCY_STEPS] = {1000,  2000,   5000,   10000,  25000,
                                                              50000, 100000, 250000, 500000, 1000000};

void counters_answer(struct counters *c, int status, uint64_t us)
{
    int step = 0;
    while (step < LATENCY_STEPS && us > latency_steps_us[step])
        step++;
    // What is no status at all is a fault of ours, and counted as one.
    atomic_fetch_add(&c->status[status >= 100 && status < 600 ? status / 100 : 5], 1);
    atomic_fetch_add(&c->latency[step], 1);
    atomic_fetch_add(&c->latency_us, us);
}

static void metric(struct buf *out, const char *name, const char *type, const char *words,
                   unsigned long value)
{
    buf_printf(out, "# HELP phoenix_%s %s\n# TYPE phoenix_%s %s\nphoenix_%s %lu\n", name, words, name,
               type, name, value);
}

static double pool_value(const struct metrics *m, size_t row, int pool)
{
    switch (row) {
    case 0:
        return (double)queue_length(m->queues[pool]);
    case 1:
        return (double)queue_oldest_us(m->queues[pool], clock_mono_us()) / 1e6;
    case 2:
        return (double)atomic_load(&m->counters->busy[pool]);
    default:
        return (double)atomic_load(&m->counters->connected[pool]);
    }
}

static void metric_pools(const struct metrics *m, struct buf *out)
{
    static const char *const names[] = {"main", "slow", "long"};
    _Static_assert(sizeof(names) / sizeof(names[0]) == POOL_COUNT, "a name for each pool");
    static const struct {
        const char *name, *words;
    } rows[] = {
        {"queue_length", "Requests waiting for a worker."},
        {"queue_oldest_seconds", "Age of the request that has waited longest."},
        {"workers_busy", "Workers with a request."},
        {"workers_connected", "Workers whose database connection is open."},
    };
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        buf_printf(out, "# HELP phoenix_%s %s\n# TYPE phoenix_%s gauge\n", rows[row].name,
                   rows[row].words, rows[row].name);
        for (int pool = 0; pool < POOL_COUNT; pool++)
            buf_printf(out, "phoenix_%s{pool=\"%s\"} %g\n", rows[row].name, names[pool],
                       pool_value(m, row, pool));
    }
}

static void metric_latency(const struct counters *c, struct buf *out)
{
    // A bucket counts all answers up to its limit, so that each holds those before it.
    unsigned long total = 0;
    buf_puts(out, "# HELP phoenix_request_seconds Time from a request's head to its answer.\n"
                  "# TYPE phoenix_request_seconds histogram\n");
    for (int i = 0; i < LATENCY_STEPS; i++) {
        total += atomic_load(&c->latency[i]);
        buf_printf(out, "phoenix_request_seconds_bucket{le=\"%g\"} %lu\n",
                   (double)latency_steps_us[i] / 1e6, total);
    }
    total += atomic_load(&c->latency[LATENCY_STEPS]);
    buf_printf(out, "phoenix_request_seconds_bucket{le=\"+Inf\"} %lu\n", total);
    buf_printf(out, "phoenix_request_seconds_sum %g\n", (double)atomic_load(&c->latency_us) / 1e6);
    buf_printf(out, "phoenix_request_seconds_count %lu\n", total);
}

void metrics_print(const struct metrics *m, struct buf *out)
{
    const struct counters *c = m->counters;
    metric(out, "requests_total", "counter", "Requests whose head passed the gate.",
           atomic_load(&c->requests));
    metric(out, "refused_heads_total", "counter", "Request heads refused by the gate.",
           atomic_load(&c->refused_heads));
    metric(out, "shed_total", "counter", "Requests answered 503 because the queue was full or slow.",
           atomic_load(&c->shed));
    metric(out, "dropped_total", "counter", "Requests answered 503 after waiting too long.",
           atomic_load(&c->dropped));
    metric(out, "connections_accepted_total", "counter", "Connections accepted.",
           atomic_load(&c->accepted));
    metric(out, "connections_refused_total", "counter", "Connections beyond a limit.",
           atomic_load(&c->over_limit));
    metric(out, "connections", "gauge", "Connections open.", m->connections);
    metric(out, "requests_in_hand", "gauge", "Requests being read or answered.",
           (unsigned long)m->in_hand);
    buf_puts(out, "# HELP phoenix_answers_total Answers by status.\n"
                  "# TYPE phoenix_answers_total counter\n");
    for (int i = 2; i < 6; i++)
        buf_printf(out, "phoenix_answers_total{status=\"%dxx\"} %lu\n", i,
                   atomic_load(&c->status[i]));
    metric_pools(m, out);
    metric_latency(c, out);
}
