// SPDX-License-Identifier: MIT
#include "http/private.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"

#include <stdio.h>
#include <string.h>

const unsigned long latency_steps_us[LATENCY_STEPS] = {1000,  2000,   5000,   10000,  25000,
                                                       50000, 100000, 250000, 500000, 1000000};

const struct pair *health_security_headers(bool tls)
{
    static const struct pair headers[] = {
        // The first applies over TLS alone.
        {"Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
         "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
         "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
        {NULL, NULL},
    };
    return tls ? headers : headers + 1;
}

size_t health_refusal(char out[REFUSAL_MAX], enum err e, int status)
{
    struct arena *a = arena_new();
    int n = snprintf(out, REFUSAL_MAX,
                     "{\"type\":\"urn:phoenix:problem:%s\",\"title\":\"%s\",\"status\":%d,"
                     "\"errors\":[],\"request_id\":\"%s\"}",
                     err_row(e)->type, err_row(e)->words, status, uuid_new(a));
    arena_free(a);
    return n > 0 && n < REFUSAL_MAX ? (size_t)n : 0;
}

static enum err check_schema(struct ctx *ctx)
{
    enum err e = db_schema_check(ctx);
    if (e == ERR_SCHEMA && ctx->problem.detail)
        return ctx_refuse(ctx, e, "schema: %s", ctx->problem.detail);
    return e;
}

void health_ready(struct server *s, struct request *r, struct response *res)
{
    struct ctx *ctx = &r->ctx;
    response_init(res, ctx->arena);
    res->type = "text/plain; charset=utf-8";
    // The schema first: statements for a newer one cannot even be prepared.
    enum err e = ctx->db ? check_schema(ctx) : ERR_UNAVAILABLE;
    if (!e)
        e = db_ready(ctx, ctx->db);
    if (!e && ctx->keys)
        e = access_keyring_check(ctx);
    if (!e && s->setup.ready)
        e = s->setup.ready(ctx, s->setup.arg);
    if (!e) {
        res->status = 200;
        buf_puts(&res->body, "ready\n");
        return;
    }
    res->status = 503;
    response_header(res, "Retry-After", "1");
    buf_printf(&res->body, "not ready: %s\n",
               ctx->problem.detail ? ctx->problem.detail : err_row(e)->words);
}

static void metric(struct buf *out, const char *name, const char *type, const char *words,
                   unsigned long value)
{
    buf_printf(out, "# HELP phoenix_%s %s\n# TYPE phoenix_%s %s\nphoenix_%s %lu\n", name, words, name,
               type, name, value);
}

static void metric_pools(struct server *s, struct buf *out)
{
    static const char *const names[] = {"main", "slow", "long"};
    static const struct {
        const char *name, *words;
    } rows[] = {
        {"queue_length", "Requests waiting for a worker."},
        {"queue_oldest_seconds", "Age of the request that has waited longest."},
        {"workers_busy", "Workers with a request."},
        {"workers_connected", "Workers whose database connection is open."},
    };
    uint64_t now = clock_mono_us();
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        buf_printf(out, "# HELP phoenix_%s %s\n# TYPE phoenix_%s gauge\n", rows[row].name,
                   rows[row].words, rows[row].name);
        for (int p = 0; p < POOL_COUNT; p++) {
            double v = row == 0   ? (double)queue_length(s->queues[p])
                       : row == 1 ? (double)queue_oldest_us(s->queues[p], now) / 1e6
                       : row == 2 ? (double)atomic_load(&s->counters.busy[p])
                                  : (double)atomic_load(&s->counters.connected[p]);
            buf_printf(out, "phoenix_%s{pool=\"%s\"} %g\n", rows[row].name, names[p], v);
        }
    }
}

static void metric_latency(const struct counters *c, struct buf *out)
{
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

void server_metrics(struct server *s, struct buf *out)
{
    const struct counters *c = &s->counters;
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
    metric(out, "connections", "gauge", "Connections open.", front_conn_count(s->front));
    metric(out, "requests_in_hand", "gauge", "Requests being read or answered.",
           (unsigned long)atomic_load(&s->in_hand));
    buf_puts(out, "# HELP phoenix_answers_total Answers by status.\n"
                  "# TYPE phoenix_answers_total counter\n");
    for (int i = 2; i < 6; i++)
        buf_printf(out, "phoenix_answers_total{status=\"%dxx\"} %lu\n", i,
                   atomic_load(&c->status[i]));
    metric_pools(s, out);
    metric_latency(c, out);
}
