// SPDX-License-Identifier: MIT
// The context of one request, command or job: its memory, database connection, who asks,
// and what went wrong in detail. One thread at a time.
#pragma once

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;    // db/db.h
struct actor; // access/actor.h
struct keys;  // crypto/keys.h

struct field_error {
    const char *field;   // name of the field, or "" for the whole
    const char *message; // plain English, no personal data
    struct field_error *next;
};

struct problem {
    struct field_error *first, *last;
    const char *detail; // plain words for people, or NULL; no personal data
    const char *log;    // technical detail for the log line, or NULL; no personal data
    int retry_after;    // seconds, 0 for none
};

struct ctx {
    struct arena *arena;
    struct db *db;
    struct keys *keys;
    char request_id[37];
    const char *remote;            // address text, or NULL
    const uint8_t *token_hash;     // 32 bytes, NULL when nobody is signed in
    const struct actor *actor;     // set by the first access_run() of the request
    struct problem problem;
    // Idempotency (POSTs that create): set by the gate from Idempotency-Key or the form's hidden field.
    const char *idempotency_key;   // uuid text or NULL
    const uint8_t *body_hash;      // 32 bytes, keyed
    const char *route;             // pattern of the route, for idempotency and audit
    const char *if_match;          // version text from If-Match or the form, or NULL
};

/** Adds a field error (message is copied by reference; use arena_printf for made ones). */
void ctx_field_error(struct ctx *ctx, const char *field, const char *message);
/** Sets problem.log and returns e, so that `return ctx_fail(ctx, ERR_X, "why %d", n)` reads well. */
enum err ctx_fail(struct ctx *ctx, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** Sets problem.detail (public words) and returns e. */
enum err ctx_refuse(struct ctx *ctx, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
