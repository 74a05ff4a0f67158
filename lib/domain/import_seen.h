// SPDX-License-Identifier: MIT
// How often a 16-byte key was met: 20 bytes a key, so that a million rows stay small. One thread.
#pragma once

#include "base/arena.h"

#include <stdint.h>

struct seen {
    struct arena *arena; // of its own; NULL before the first use
    uint8_t (*keys)[16];
    uint32_t *counts;
    size_t n, cap;
};

/** Counts the key and gives how often it was met before. */
uint32_t seen_add(struct seen *s, const uint8_t key[16]);
uint32_t seen_count(const struct seen *s, const uint8_t key[16]);
void seen_free(struct seen *s);
