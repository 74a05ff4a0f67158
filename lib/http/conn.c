// SPDX-License-Identifier: MIT
#include "http/conn.h"

#include "base/clock.h"

#include <string.h>

void conn_enter(struct conn *c, enum conn_stage stage, long seconds)
{
    // The limit first: the front must never see the new stage with the old one's limit run out.
    atomic_store(&c->deadline_us,
                 seconds ? clock_mono_us() + (uint64_t)seconds * 1000000 : 0);
    atomic_store(&c->stage, stage);
}

long conn_transfer_seconds(size_t bytes)
{
    return (long)(bytes / CONN_BYTES_A_SECOND);
}

void conn_target_keep(struct conn *c, const char *target)
{
    c->target_at = target;
    c->n_target = target ? strlen(target) : 0;
    size_t n = c->n_target <= GATE_TARGET_MAX ? c->n_target : 0;
    if (n)
        memcpy(c->target, target, n);
    c->target[n] = '\0';
}
