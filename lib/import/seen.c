// SPDX-License-Identifier: MIT
#include "import/seen.h"

#include <string.h>

enum { SLOTS_FIRST = 64, KEPT = sizeof(((struct seen_slot *)0)->key) };

// Keys are hashes already: their first bytes are as good as another hash of them.
static struct seen_slot *slot_of(const struct seen_part *p, const uint8_t *key)
{
    uint32_t h;
    memcpy(&h, key, sizeof(h));
    uint32_t at = h & (p->cap - 1);
    while (p->slots[at].count && memcmp(p->slots[at].key, key, KEPT) != 0)
        at = (at + 1) & (p->cap - 1);
    return &p->slots[at];
}

static void grow(struct seen_part *p)
{
    struct seen_part to = {
        .arena = arena_new(), .cap = p->cap ? p->cap * 2 : SLOTS_FIRST, .n = p->n};
    to.slots = ARENA_ARRAY(to.arena, struct seen_slot, to.cap);
    for (uint32_t i = 0; i < p->cap; i++)
        if (p->slots[i].count)
            *slot_of(&to, p->slots[i].key) = p->slots[i];
    arena_free(p->arena);
    *p = to;
}

static size_t part_of(const uint8_t key[16])
{
    return key[KEPT - 1] % SEEN_PARTS;
}

uint32_t seen_add(struct seen *s, const uint8_t key[16])
{
    struct seen_part *p = &s->parts[part_of(key)];
    if (p->n + p->n / 7 >= p->cap)
        grow(p);
    struct seen_slot *slot = slot_of(p, key);
    if (!slot->count) {
        memcpy(slot->key, key, KEPT);
        p->n++;
    }
    return slot->count++;
}

uint32_t seen_count(const struct seen *s, const uint8_t key[16])
{
    const struct seen_part *p = &s->parts[part_of(key)];
    return p->cap ? slot_of(p, key)->count : 0;
}

void seen_free(struct seen *s)
{
    for (size_t i = 0; i < SEEN_PARTS; i++)
        arena_free(s->parts[i].arena);
    memset(s, 0, sizeof(*s));
}
