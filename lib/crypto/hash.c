// SPDX-License-Identifier: MIT
#include "crypto/secret.h"

#include <sodium.h>
#include <string.h>

struct sha256 {
    crypto_hash_sha256_state state;
};

struct sha256 *sha256_new(struct arena *a)
{
    struct sha256 *s = ARENA_NEW(a, struct sha256);
    crypto_hash_sha256_init(&s->state);
    return s;
}

void sha256_add(struct sha256 *s, const void *p, size_t n)
{
    crypto_hash_sha256_update(&s->state, p, n);
}

const char *sha256_hex(struct arena *a, struct sha256 *s)
{
    uint8_t out[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&s->state, out);
    return sodium_bin2hex(arena_alloc(a, 2 * sizeof(out) + 1), 2 * sizeof(out) + 1, out,
                          sizeof(out));
}

void random_bytes(void *p, size_t n)
{
    randombytes_buf(p, n);
}

static void put_le(uint8_t out[8], uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (8 * i));
}

void seeded_bytes(uint64_t seed, uint64_t counter, void *p, size_t n)
{
    uint8_t key[crypto_stream_chacha20_KEYBYTES] = "phoenix made-up data";
    uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
    put_le(key + 24, seed);
    put_le(nonce, counter);
    crypto_stream_chacha20(p, n, nonce, key);
}
