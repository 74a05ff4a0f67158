// SPDX-License-Identifier: MIT
// A growing byte buffer in an arena. `p` is always NUL-terminated after any add
// (the NUL is not counted in `n`). Copying the struct does not copy the bytes.
#pragma once

#include "base/arena.h"

#include <stdint.h>

struct buf {
    char *p;
    size_t n;
    size_t cap;
    struct arena *arena;
};

void buf_init(struct buf *b, struct arena *a);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Forgets the content, keeps the memory. */
void buf_clear(struct buf *b);
