// SPDX-License-Identifier: MIT
#include "http/queue.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

struct queue {
    struct queue_limits limits;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct queue_item *first, *last;
    size_t n;
    uint64_t service_us; // moving average of what one item takes a worker
    bool closed;
};

struct queue *queue_new(const struct queue_limits *limits)
{
    struct queue *q = calloc(1, sizeof(*q));
    if (!q)
        abort();
    q->limits = *limits;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, NULL);
    return q;
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->filled);
    free(q);
}

static bool would_take(const struct queue *q, uint64_t now_us)
{
    if (q->closed || q->n >= q->limits.most)
        return false;
    if (q->first && now_us > q->first->at_us && now_us - q->first->at_us > q->limits.refuse_us)
        return false;
    return q->n * q->service_us / q->limits.workers <= q->limits.refuse_us;
}

bool queue_put(struct queue *q, struct queue_item *item, uint64_t now_us, void (*before)(void *),
               void *arg)
{
    pthread_mutex_lock(&q->lock);
    bool taken = would_take(q, now_us);
    if (taken) {
        if (before)
            before(arg);
        item->next = NULL;
        item->at_us = now_us;
        if (q->last)
            q->last->next = item;
        else
            q->first = item;
        q->last = item;
        q->n++;
    }
    pthread_mutex_unlock(&q->lock);
    if (taken)
        pthread_cond_signal(&q->filled);
    return taken;
}

struct queue_item *queue_take(struct queue *q, bool *ret_stale)
{
    pthread_mutex_lock(&q->lock);
    while (!q->first && !q->closed)
        pthread_cond_wait(&q->filled, &q->lock);
    struct queue_item *item = q->first;
    if (item) {
        q->first = item->next;
        if (!q->first)
            q->last = NULL;
        q->n--;
        uint64_t now = clock_mono_us();
        *ret_stale = now > item->at_us && now - item->at_us > q->limits.drop_us;
    }
    pthread_mutex_unlock(&q->lock);
    return item;
}

void queue_served(struct queue *q, uint64_t us)
{
    pthread_mutex_lock(&q->lock);
    q->service_us = q->service_us ? (q->service_us * 15 + us) / 16 : us;
    pthread_mutex_unlock(&q->lock);
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_mutex_unlock(&q->lock);
    pthread_cond_broadcast(&q->filled);
}

size_t queue_length(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t n = q->n;
    pthread_mutex_unlock(&q->lock);
    return n;
}

uint64_t queue_oldest_us(struct queue *q, uint64_t now_us)
{
    pthread_mutex_lock(&q->lock);
    uint64_t at = q->first ? q->first->at_us : now_us;
    pthread_mutex_unlock(&q->lock);
    return now_us > at ? now_us - at : 0;
}
