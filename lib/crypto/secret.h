// SPDX-License-Identifier: MIT
// Passwords, session tokens and random references. Thread-safe.
#pragma once

#include "base/ctx.h"

#include <stdbool.h>
#include <stdint.h>

#define TOKEN_TEXT 44 // base64url of 32 bytes and the NUL

/** Argon2id, 64 MiB, t=2, at most two at once in the process: ERR_OVERLOADED when both are taken
 *  for more than half a second. The result is a text hash in the arena. */
enum err password_hash(struct ctx *ctx, const char *password, const char **ret) MUST_CHECK;
/** ERR_OK or ERR_BAD_SIGN_IN. A NULL hash costs the same time and is never right. */
enum err password_verify(struct ctx *ctx, const char *hash, const char *password) MUST_CHECK;
/** A random password a person can type: four groups of letters and digits. */
const char *password_random(struct ctx *ctx);

/** 32 random bytes as base64url. */
void token_new(char out[TOKEN_TEXT]);
/** The 32-byte hash a token is stored under; false if the text is not a token. */
bool token_hash(const char *token, uint8_t out[32]);
/** The CSRF value of a session: derived from its token, so nothing is stored. base64url text. */
const char *token_csrf(struct arena *a, const char *token);
bool token_csrf_ok(const char *token, const char *value); // constant time

/** "PX" + 5 random Crockford base32 characters + his check character (mod 37; only references whose
 *  check can be typed are given out: see secret.c). */
const char *reference_new(struct arena *a);
/** Canonical form of what a person typed (case, O/0, I/L/1, spaces, hyphens); NULL if it is not one. */
const char *reference_canonical(struct arena *a, const char *typed);
/** The same, but what cannot be one stays as it was typed (NULL too): a look-up then finds nobody. */
const char *reference_or_typed(struct arena *a, const char *typed);

/** SHA-256 as 64 hex characters (files of an export), incremental. */
struct sha256;
struct sha256 *sha256_new(struct arena *a);
void sha256_add(struct sha256 *s, const void *p, size_t n);
const char *sha256_hex(struct arena *a, struct sha256 *s);

void random_bytes(void *p, size_t n);
/** Deterministic stream for made-up data: the same seed gives the same numbers. Never for secrets. */
void seeded_bytes(uint64_t seed, uint64_t counter, void *p, size_t n);
