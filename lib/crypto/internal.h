// SPDX-License-Identifier: MIT
// What the files of lib/crypto share. Nobody else includes this.
#pragma once

#include "crypto/keys.h"

#include <stdbool.h>

enum { KEY_BYTES = 32, KCV_BYTES = 8, PERSON_BYTES = 16, EPOCHS_MOST = 64 };

/** The keyring as read: lives in sodium_malloc pages and nowhere else. */
struct ring {
    uint8_t id[16];
    int n_epochs;
    struct ring_epoch {
        int number;
        uint8_t kek[KEY_BYTES];
    } epochs[EPOCHS_MOST];    // ascending: the last is the current one
    uint8_t index[KEY_BYTES]; // blind indexes
    uint8_t study[KEY_BYTES]; // study ids
    uint8_t body[KEY_BYTES];  // request hashes
    uint8_t draft[KEY_BYTES]; // forms kept across sign-in
};

struct cache;

struct keys {
    struct ring *ring;
    struct cache *cache;
};

/** Reads the keyring file or credential into *ring; words of what is wrong in problem.detail. */
enum err keyring_read(struct ctx *ctx, const char *path, struct ring *ring) MUST_CHECK;
/** Writes it. Not replace: ERR_CONFLICT if something is there. In one step either way. */
enum err keyring_write(struct ctx *ctx, const char *path, const struct ring *ring,
                       bool replace) MUST_CHECK;

struct cache *cache_new(void);
void cache_free(struct cache *c);
/** Copies the person's data key out; false if it is not there. kcv (may be NULL) gets its check. */
bool cache_get(struct cache *c, const uint8_t person[PERSON_BYTES], uint8_t key[KEY_BYTES],
               uint8_t kcv[KCV_BYTES]);
/** Adds or replaces; false only when memory cannot be had. */
bool cache_put(struct cache *c, const uint8_t person[PERSON_BYTES], const uint8_t key[KEY_BYTES],
               const uint8_t kcv[KCV_BYTES]);
size_t cache_count(struct cache *c);

/** n symbols of 5 bits each from p as Crockford base32. */
void crockford_text(const uint8_t *p, size_t n_symbols, char *out);
