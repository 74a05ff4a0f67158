// SPDX-License-Identifier: MIT
#include "http/queue.h"

#include "base/clock.h"
#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static struct queue *make(size_t most, unsigned workers, uint64_t refuse_us, uint64_t drop_us)
{
    return queue_new(&(struct queue_limits){most, workers, refuse_us, drop_us});
}

TEST(first_in_first_out)
{
    struct queue *q = make(3, 1, 1000000, 1000000);
    struct queue_item items[4];
    bool stale = true;
    uint64_t now = clock_mono_us();
    for (int i = 0; i < 3; i++)
        CHECK(queue_put(q, &items[i], now, NULL, NULL));
    CHECK(!queue_put(q, &items[3], now, NULL, NULL)); // full
    CHECK_INT(queue_length(q), 3);
    for (int i = 0; i < 3; i++)
        CHECK(queue_take(q, &stale) == &items[i]);
    CHECK(!stale);
    CHECK_INT(queue_length(q), 0);
    CHECK(queue_put(q, &items[3], now, NULL, NULL));
    queue_close(q);
    CHECK(!queue_put(q, &items[0], now, NULL, NULL));
    CHECK(queue_take(q, &stale) == &items[3]); // what is left still comes out
    CHECK(queue_take(q, &stale) == NULL);
    queue_free(q);
}

TEST(refuses_when_the_oldest_has_waited_too_long)
{
    struct queue *q = make(100, 1, 50000, 80000);
    struct queue_item items[3];
    bool stale = false;
    uint64_t now = clock_mono_us();
    CHECK(queue_put(q, &items[0], now - 40000, NULL, NULL));
    CHECK_INT(queue_oldest_us(q, now), 40000);
    CHECK(queue_put(q, &items[1], now, NULL, NULL));
    CHECK(!queue_put(q, &items[2], now + 20000, NULL, NULL)); // the oldest is 60 ms old
    CHECK(queue_take(q, &stale) == &items[0]);
    CHECK(queue_put(q, &items[2], now + 20000, NULL, NULL)); // now it is 20 ms
    queue_free(q);
}

TEST(refuses_what_would_wait_too_long)
{
    struct queue *q = make(100, 2, 50000, 80000);
    struct queue_item items[20];
    uint64_t now = clock_mono_us();
    queue_served(q, 10000); // two workers at 10 ms each: ten waiting are 50 ms
    int taken = 0;
    while (taken < 20 && queue_put(q, &items[taken], now, NULL, NULL))
        taken++;
    CHECK_INT(taken, 11);
    for (int i = 0; i < 200; i++)
        queue_served(q, 100); // the workers are faster again
    CHECK(queue_put(q, &items[11], now, NULL, NULL));
    queue_free(q);
}

TEST(what_waited_too_long_comes_out_stale)
{
    struct queue *q = make(100, 1, 50000, 80000);
    struct queue_item item;
    bool stale = false;
    CHECK(queue_put(q, &item, clock_mono_us() - 90000, NULL, NULL));
    CHECK(queue_take(q, &stale) == &item);
    CHECK(stale);
    CHECK(queue_put(q, &item, clock_mono_us(), NULL, NULL));
    CHECK(queue_take(q, &stale) == &item);
    CHECK(!stale);
    queue_free(q);
}

static int marked;
static void mark(void *arg)
{
    marked += *(int *)arg;
}

TEST(before_runs_only_for_what_is_taken)
{
    struct queue *q = make(1, 1, 50000, 80000);
    struct queue_item items[2];
    int one = 1;
    CHECK(queue_put(q, &items[0], clock_mono_us(), mark, &one));
    CHECK(!queue_put(q, &items[1], clock_mono_us(), mark, &one));
    CHECK_INT(marked, 1);
    queue_free(q);
}

static void *take_all(void *arg)
{
    bool stale;
    long n = 0;
    while (queue_take(arg, &stale))
        n++;
    return (void *)n;
}

TEST(many_threads)
{
    enum { N = 20000 };
    struct queue *q = make(N, 4, 10000000, 10000000);
    struct queue_item *items = calloc(N, sizeof(*items));
    pthread_t takers[4];
    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_create(&takers[i], NULL, take_all, q), 0);
    for (int i = 0; i < N; i++)
        CHECK(queue_put(q, &items[i], clock_mono_us(), NULL, NULL));
    queue_close(q);
    long total = 0;
    for (int i = 0; i < 4; i++) {
        void *n = NULL;
        pthread_join(takers[i], &n);
        total += (long)n;
    }
    CHECK_INT(total, N);
    free(items);
    queue_free(q);
}

TESTS("http queue", T(first_in_first_out), T(refuses_when_the_oldest_has_waited_too_long),
      T(refuses_what_would_wait_too_long), T(what_waited_too_long_comes_out_stale),
      T(before_runs_only_for_what_is_taken), T(many_threads))
