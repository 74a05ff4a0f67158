// SPDX-License-Identifier: MIT
// The keyring and everything sealed with it. The only users of libsodium are in lib/crypto.
//
// Keyring: KEK epochs and a few long-lived keys, from a systemd credential or a 0600 file.
// Each person has a random data key, stored wrapped (AAD = person and epoch, with a key-check
// value) and cached unwrapped in locked memory. crypto_kdf makes a subkey per domain.
// Sealed field = 8-byte header (version, alg, key epoch, flags) + 24-byte nonce +
// XChaCha20-Poly1305; AAD = schema version, table, row uuid, column, key epoch.
// struct keys is shared by all threads; every function here is thread-safe.
#pragma once

#include "base/ctx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    const uint8_t *p;
    size_t n;
};
#define BYTES(address, length) ((struct bytes){.p = (const void *)(address), .n = (length)})

enum seal_domain { SEAL_IDENTITY = 1, SEAL_NOTES = 2, SEAL_INTEL = 3 };

/** Where a sealed value lives: bound into it, so it opens nowhere else. */
struct seal_at {
    enum seal_domain domain;
    const char *person; // uuid text of the person (not of a case), whose data key seals it
    const char *table;  // "app.contact_note"
    const char *row;    // uuid text of the row
    const char *column; // "note"
};

/** Starts libsodium; call once before anything else here. */
enum err crypto_start(void) MUST_CHECK;

/** Writes a new keyring (one epoch) to a 0600 file; refuses to overwrite one. */
enum err keys_create(struct ctx *ctx, const char *path) MUST_CHECK;
/** Reads a keyring; ctx->problem.detail says in words what is wrong. Caller closes. */
enum err keys_open(struct ctx *ctx, const char *path, struct keys **ret) MUST_CHECK;
void keys_close(struct keys *k);
int keys_epoch(const struct keys *k); // the current one
/** 16 bytes that identify the keyring, stored in the database at migrate: a wrong key is told at start. */
void keys_check_value(const struct keys *k, uint8_t out[16]);
/** ERR_OK if the stored check value is this keyring's; otherwise ERR_KEY, with words that say which
 *  keyring was opened. */
enum err keys_match(struct ctx *ctx, const struct keys *k, struct bytes stored) MUST_CHECK;
/** Adds a KEK epoch to the keyring file, replacing it in one step. Running servers must be restarted
 *  before data keys are rewrapped under it. */
enum err keys_add_epoch(struct ctx *ctx, const char *path) MUST_CHECK;

/** Makes a data key for a new person, caches it, and returns it wrapped (arena). */
enum err keys_person_new(struct ctx *ctx, const char *person, struct bytes *ret_wrapped) MUST_CHECK;
/** True if the person's data key is in the cache. */
bool keys_person_cached(struct ctx *ctx, const char *person);
/** Unwraps a stored data key into the cache; cheap (a compare) when it is there already. */
enum err keys_person_load(struct ctx *ctx, const char *person, struct bytes wrapped) MUST_CHECK;

/** The same data key wrapped under the current epoch (arena): how an old epoch is emptied. */
enum err keys_person_rewrap(struct ctx *ctx, const char *person, struct bytes wrapped,
                            struct bytes *ret) MUST_CHECK;

/** Seals text under the person's cached data key (ERR_KEY if not cached). NULL text gives {NULL, 0}.
 *  SEAL_IDENTITY values are padded to a multiple of 32 bytes first. */
enum err seal_text(struct ctx *ctx, const struct seal_at *at, const char *text,
                   struct bytes *ret) MUST_CHECK;
/** Opens a sealed value into the arena; {NULL, 0} gives NULL text. ERR_KEY if it does not open there. */
enum err seal_open(struct ctx *ctx, const struct seal_at *at, struct bytes sealed,
                   const char **ret) MUST_CHECK;

/** Blind index of a high-entropy identifier (canonical text): keyed BLAKE2b, 16 bytes, per kind. */
struct bytes keys_blind(struct ctx *ctx, const char *kind, const char *canonical);
/** Pseudonym of a person for evaluation data, the same for each case: "S" + 16 Crockford base32 characters, keyed by
 *  the study key. */
const char *keys_study_id(struct ctx *ctx, const char *person);
/** Keyed 32-byte hash of a request body, for idempotency (a plain hash of a short note could be guessed). */
const uint8_t *keys_body_hash(struct ctx *ctx, const void *p, size_t n);
/** Seals a short-lived text (a form kept across sign-in) to `bound_to`; base64url text. */
const char *keys_draft_seal(struct ctx *ctx, const char *bound_to, const char *text);
/** NULL if it does not open for `bound_to`, or is older than max_age_s. */
const char *keys_draft_open(struct ctx *ctx, const char *bound_to, const char *sealed, int max_age_s);
