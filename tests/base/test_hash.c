// SPDX-License-Identifier: MIT
#include "base/hash.h"
#include "test.h"

#include <stdio.h>

static uint64_t folded(uint64_t h)
{
    return h ^ h >> 32;
}

TEST(published_values)
{
    // From the test vectors of draft-eastlake-fnv: a wrong offset or prime shows here.
    CHECK(hash_text("") == folded(UINT64_C(0xcbf29ce484222325)));
    CHECK(hash_text("a") == folded(UINT64_C(0xaf63dc4c8601ec8c)));
    CHECK(hash_text("foobar") == folded(UINT64_C(0x85944171f73967e8)));
    CHECK(hash_bytes("foobar", 6) == hash_text("foobar"));
    CHECK(hash_bytes("a\0b", 3) != hash_bytes("a\0c", 3));
}

TEST(low_bits_spread)
{
    // References differ in few characters; 4,096 of them must not crowd into a few of 1,024 places.
    int places[1024] = {0}, most = 0;
    for (int i = 0; i < 4096; i++) {
        char ref[16];
        snprintf(ref, sizeof(ref), "PX%05d", i);
        int n = ++places[hash_text(ref) & 1023];
        most = n > most ? n : most;
    }
    CHECK(most <= 16); // 4 on average
}

TESTS("hash", T(published_values), T(low_bits_spread))
