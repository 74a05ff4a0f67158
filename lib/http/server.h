// SPDX-License-Identifier: MIT
// The HTTP server: libmicrohttpd epoll threads gather bounded requests behind a strict gate and
// queue them; workers answer. See lib/README.md "One request".
#pragma once

#include "base/ctx.h"
#include "config/config.h"
#include "http/route.h"

struct server;

struct server_setup {
    const struct config *config;
    struct keys *keys;
    const struct route_table *routes;
};

/** Binds, starts epoll threads and workers. The listening port (config port 0: any) from server_port(). */
enum err server_start(struct ctx *ctx, const struct server_setup *setup, struct server **ret) MUST_CHECK;
int server_port(const struct server *s);
int server_metrics_port(const struct server *s);
/** Stops accepting, lets requests in hand finish (drain_seconds), stops workers, frees. */
void server_stop(struct server *s);

/** Counters for /metrics, Prometheus text. */
void server_metrics(struct server *s, struct buf *out);
