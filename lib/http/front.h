// SPDX-License-Identifier: MIT
// The front accepts connections, reads the first head of each without taking it from the socket
// (MSG_PEEK), and passes only sound ones on, with every byte still to be read. It owns every struct conn
// and keeps its time limits. One thread of its own; the functions below may be called from any.
#pragma once

#include "base/ctx.h"
#include "config/config.h"
#include "http/conn.h"
#include "http/metrics.h"

struct front;

struct front_setup {
    const struct config *config;
    struct counters *counters;
    /** Takes a checked new connection over; false if it cannot (and has closed the socket). */
    bool (*adopt)(void *arg, int fd, const struct sockaddr *addr, socklen_t addr_len);
    void *arg;
};

/** Binds and starts the thread. *ret is set before the first connection can be handed over. */
enum err front_start(struct ctx *ctx, const struct front_setup *setup, struct front **ret,
                     int *ret_port) MUST_CHECK;
/** Stops accepting; time limits go on. */
void front_stop_accepting(struct front *f);
/** Ends its thread: no connection is handed over and no time limit kept after this. NULL is allowed. */
void front_halt(struct front *f);
/** When those who took connections over have closed them: closes the rest and frees. */
void front_free(struct front *f);
/** The connection of a socket that was handed over; NULL if unknown. */
struct conn *front_conn(struct front *f, int fd);
/** The socket is about to be closed: forget and free the connection. */
void front_conn_closed(struct front *f, struct conn *c);
size_t front_conn_count(struct front *f);
