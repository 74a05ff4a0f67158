// SPDX-License-Identifier: MIT
// The bounded queue between the HTTP threads and a pool of workers. It refuses rather than lets
// people wait: a request that would not be answered in good time is told so at once, so that those
// accepted are answered in good time. All functions are thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

/** Embedded first in what is queued. */
struct queue_item {
    struct queue_item *next;
    uint64_t at_us; // when it was put, monotonic
};

struct queue_limits {
    size_t most;        // items waiting
    unsigned workers;
    uint64_t refuse_us; // refuse when the oldest has waited, or a new one would wait, this long
    uint64_t drop_us;   // an item that waited longer comes out stale
};

struct queue *queue_new(const struct queue_limits *limits);
void queue_free(struct queue *q);

/** Puts the item unless the queue is full, slow or closed. `before` (may be NULL) runs just before
 *  the item can be taken. */
bool queue_put(struct queue *q, struct queue_item *item, uint64_t now_us, void (*before)(void *),
               void *arg);
/** Waits for the oldest item; NULL when the queue is closed and empty. *ret_stale: it waited too long. */
struct queue_item *queue_take(struct queue *q, bool *ret_stale);
/** Tells how long one item took its worker. */
void queue_served(struct queue *q, uint64_t us);
/** No more items; takers get what is left, then NULL. */
void queue_close(struct queue *q);

size_t queue_length(struct queue *q);
uint64_t queue_oldest_us(struct queue *q, uint64_t now_us); // age of the oldest, 0 when empty
