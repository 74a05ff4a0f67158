// SPDX-License-Identifier: MIT
// Arrays of bytea: text as PostgreSQL gives them, binary as parameters take them.
#include "db/private.h"

#include <string.h>

enum { OID_BYTEA = 17, HEAD = 12, DIMENSION = 8 };

// An element is written "\\x0a1b" with two backslashes and in quotes, and holds no other x.
size_t db_bytes_list(const struct db_pipeline *pl, size_t i, size_t row, const char *column,
                     const struct bytes **ret)
{
    const char *text = db_get(pl, i, row, column);
    struct arena *a = pl->ctx->arena;
    size_t most = 0, n = 0;
    for (const char *p = text; p && *p; p++)
        most += *p == 'x';
    struct bytes *items = ARENA_ARRAY(a, struct bytes, most + 1);
    for (const char *p = text; p && (p = strchr(p, 'x')) && n < most;) {
        size_t hex = strcspn(++p, "\"");
        items[n++] = db_hex(a, p, hex);
        p += hex;
    }
    *ret = items;
    return n;
}

static uint8_t *put_int(uint8_t *p, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (uint8_t)(v >> shift);
    return p;
}

struct bytes db_bytes_array(struct arena *a, const struct bytes *items, size_t n)
{
    size_t size = HEAD + (n ? DIMENSION : 0);
    for (size_t i = 0; i < n; i++)
        size += 4 + items[i].n;
    uint8_t *array = arena_alloc(a, size), *p = array;
    p = put_int(p, n > 0); // dimensions
    p = put_int(p, 0);     // no nulls
    p = put_int(p, OID_BYTEA);
    if (n) {
        p = put_int(p, (uint32_t)n);
        p = put_int(p, 1); // its first index
    }
    for (size_t i = 0; i < n; i++) {
        p = put_int(p, (uint32_t)items[i].n);
        memcpy(p, items[i].p, items[i].n);
        p += items[i].n;
    }
    return (struct bytes){array, size};
}
