// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 16 * 1024, BLOCK_MOST = 1024 * 1024, ALIGN = 16 };

// Blocks are always zero beyond `used`: calloc gives them so and wiping restores it, so that
// arena_alloc need not clear what it hands out.
struct block {
    struct block *older;
    size_t size, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct deferred {
    struct deferred *older;
    void (*fn)(void *);
    void *p;
};

struct arena {
    struct block *newest;
    struct deferred *deferred;
    size_t held;
    size_t next_size;
};

static void *must(void *p)
{
    if (!p) {
        static const char words[] = "phoenix: out of memory\n";
        fputs(words, stderr);
        abort();
    }
    return p;
}

static size_t round_up(size_t n)
{
    if (n > SIZE_MAX / 2)
        must(NULL);
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static struct block *block_add(struct arena *a, size_t least)
{
    size_t size = a->next_size;
    if (size < least)
        size = least;
    struct block *b = must(calloc(1, sizeof(*b) + size));
    b->size = size;
    b->older = a->newest;
    a->newest = b;
    a->held += size;
    if (a->next_size < BLOCK_MOST)
        a->next_size *= 2;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = must(calloc(1, sizeof(*a)));
    a->next_size = BLOCK_FIRST;
    return a;
}

static void run_deferred(struct arena *a)
{
    while (a->deferred) {
        struct deferred *d = a->deferred;
        a->deferred = d->older;
        d->fn(d->p);
    }
}

void arena_reset(struct arena *a)
{
    run_deferred(a);
    // The oldest block is the smallest: it serves most requests and is the one kept, so that one
    // large export does not leave a large idle arena behind.
    struct block *b = a->newest;
    while (b) {
        struct block *older = b->older;
        explicit_bzero(b->bytes, b->used);
        b->used = 0;
        if (!older && b->size == BLOCK_FIRST)
            break;
        a->held -= b->size;
        free(b);
        b = older;
    }
    a->newest = b;
    a->next_size = b ? 2 * (size_t)BLOCK_FIRST : BLOCK_FIRST;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    free(a->newest);
    free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
    n = round_up(n ? n : 1);
    struct block *b = a->newest;
    if (!b || b->size - b->used < n)
        b = block_add(a, n);
    void *p = b->bytes + b->used;
    b->used += n;
    return p;
}

void *arena_grow(struct arena *a, void *p, size_t old_n, size_t new_n)
{
    if (!p)
        return arena_alloc(a, new_n);
    struct block *b = a->newest;
    size_t had = round_up(old_n ? old_n : 1), want = round_up(new_n);
    if (want <= had)
        return p;
    if ((unsigned char *)p + had == b->bytes + b->used && b->size - b->used >= want - had) {
        b->used += want - had;
        return p;
    }
    void *q = arena_alloc(a, new_n);
    memcpy(q, p, old_n);
    explicit_bzero(p, old_n);
    return q;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    memcpy(p, s, n);
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    if (n < 0)
        abort();
    char *p = arena_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof(small))
        memcpy(p, small, (size_t)n);
    else
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    explicit_bzero(small, sizeof(small));
    return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *p = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return p;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
    struct deferred *d = arena_alloc(a, sizeof(*d));
    *d = (struct deferred){.older = a->deferred, .fn = fn, .p = p};
    a->deferred = d;
}

size_t arena_size(const struct arena *a)
{
    return a->held;
}
