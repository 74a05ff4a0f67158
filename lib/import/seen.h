// SPDX-License-Identifier: MIT
// How often a keyed hash was met: 16 bytes each, in parts that grow one by one, so that a million
// rows stay small. 12 bytes of a hash are kept: that two of a million rows are taken for one
// another is as likely as 1 in 10^17. One thread.
#pragma once

#include "base/arena.h"

#include <stdint.h>

enum { SEEN_PARTS = 64 };

struct seen_slot {
    uint8_t key[12];
    uint32_t count; // 0: free
};
struct seen {
    struct seen_part {
        struct arena *arena; // of its own; NULL before the first use
        struct seen_slot *slots;
        uint32_t n, cap;
    } parts[SEEN_PARTS];
};

/** Counts the key and gives how often it was met before. */
uint32_t seen_add(struct seen *s, const uint8_t key[16]);
uint32_t seen_count(const struct seen *s, const uint8_t key[16]);
void seen_free(struct seen *s);
