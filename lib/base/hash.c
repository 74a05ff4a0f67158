// SPDX-License-Identifier: MIT
#include "base/hash.h"

#include <string.h>

// The constants of the FNV specification (draft-eastlake-fnv) for 64 bits.
#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

uint64_t hash_bytes(const void *p, size_t n)
{
    const unsigned char *s = p;
    uint64_t h = FNV_OFFSET;
    for (size_t i = 0; i < n; i++)
        h = (h ^ s[i]) * FNV_PRIME;
    return h ^ h >> 32;
}

uint64_t hash_text(const char *s)
{
    return hash_bytes(s, strlen(s));
}
