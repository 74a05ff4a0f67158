// SPDX-License-Identifier: MIT
#include "domain/import_seen.h"

#include <string.h>

// Keys are hashes already: their first bytes are as good as another hash of them.
static size_t slot_of(const struct seen *s, const uint8_t key[16])
{
    uint64_t h;
    memcpy(&h, key, sizeof(h));
    size_t at = h & (s->cap - 1);
    while (s->counts[at] && memcmp(s->keys[at], key, 16) != 0)
        at = (at + 1) & (s->cap - 1);
    return at;
}

static void grow(struct seen *s)
{
    struct seen to = {.arena = arena_new(), .cap = s->cap ? s->cap * 2 : 1024, .n = s->n};
    to.keys = arena_alloc(to.arena, to.cap * 16);
    to.counts = ARENA_ARRAY(to.arena, uint32_t, to.cap);
    for (size_t i = 0; i < s->cap; i++) {
        if (!s->counts[i])
            continue;
        size_t at = slot_of(&to, s->keys[i]);
        memcpy(to.keys[at], s->keys[i], 16);
        to.counts[at] = s->counts[i];
    }
    arena_free(s->arena);
    *s = to;
}

uint32_t seen_add(struct seen *s, const uint8_t key[16])
{
    if (s->n + s->n / 3 >= s->cap)
        grow(s);
    size_t at = slot_of(s, key);
    if (!s->counts[at]) {
        memcpy(s->keys[at], key, 16);
        s->n++;
    }
    return s->counts[at]++;
}

uint32_t seen_count(const struct seen *s, const uint8_t key[16])
{
    return s->cap ? s->counts[slot_of(s, key)] : 0;
}

void seen_free(struct seen *s)
{
    arena_free(s->arena);
    memset(s, 0, sizeof(*s));
}
