// SPDX-License-Identifier: MIT
// Made-up people for demonstrations, tests and benchmarks: two sites, every role, every status, two
// years of contacts, referrals and escalations that end today. The same seed makes the same people;
// ids, references and seals are random all the same.
#pragma once

#include "base/ctx.h"

#include <stddef.h>
#include <stdint.h>

struct sample_setup {
    long people;   // 1 to 1,000,000
    long contacts; // about this many in all; 0: a plausible number for the people
    uint64_t seed;
    void (*progress)(const char *what, long done, long of, void *arg); // may be NULL
    void *arg;
};

struct sample_account {
    const char *role, *username, *password, *site; // site NULL: every site
};

/**
 * Fills a migrated, empty database as the owner (ctx->db is a DB_OWNER connection). ERR_CONFLICT if
 * there are participants already. The accounts, with their passwords, are in the arena.
 */
enum err sample_make(struct ctx *ctx, const struct sample_setup *setup,
                     const struct sample_account **ret, size_t *ret_n) MUST_CHECK;
