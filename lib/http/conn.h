// SPDX-License-Identifier: MIT
// A connection from its acceptance to its close: shared by the front, which owns it and keeps its time
// limits, and by libmicrohttpd's threads, which answer its requests. Fields that both write are atomic.
#pragma once

#include "http/gate.h"

#include <stdatomic.h>
#include <sys/socket.h>

// Where a connection is. The front's time limits hang on it.
enum conn_stage {
    CONN_FIRST,  // accepted; its first head is being waited for by the front
    CONN_LINGER, // refused by the front; its remaining bytes are thrown away
    CONN_HEAD,   // with libmicrohttpd, between requests
    CONN_BODY,   // a body is coming in
    CONN_WORK,   // being answered
};

// Who answers a body that is too large: whichever of the two comes first.
enum conn_refusal {
    REFUSAL_NONE,
    REFUSAL_OPEN,   // the rest is being read and thrown away, so that the answer can be read
    REFUSAL_FRONT,  // nothing more came: the front has answered
    REFUSAL_SERVER, // all of it came
};

struct conn {
    int fd;
    _Atomic int stage;
    _Atomic uint64_t deadline_us; // when the stage must be over; 0: no limit
    _Atomic int refusal;          // enum conn_refusal
    size_t lingered;
    struct sockaddr_storage addr;
    socklen_t addr_len;
    struct job *job; // the request in hand (http/job.h), or NULL
    // The request target as it came, before libmicrohttpd decodes it in place, and where it stood.
    const char *target_at;
    size_t n_target;
    char target[GATE_TARGET_MAX + 1];
};

enum { CONN_BYTES_A_SECOND = 8192 }; // a transfer slower than this is not one but an attack

/** Enters a stage that may last so many seconds (0: no limit). */
void conn_enter(struct conn *c, enum conn_stage stage, long seconds);
/** Seconds that a transfer of so many bytes may take beyond its fair start. */
long conn_transfer_seconds(size_t bytes);
/** Keeps the request target as it came; one that is too long is kept by its length alone. */
void conn_target_keep(struct conn *c, const char *target);
