// SPDX-License-Identifier: MIT
// A context with a new keyring in a folder of its own. One thread at a time.
#pragma once

#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ctx ctx;
static char folder[64], ring_path[96];

static inline void begin(void)
{
    CHECK_FATAL(crypto_start() == ERR_OK);
    ctx = (struct ctx){.arena = arena_new()};
    strcpy(folder, "/tmp/phxkeysXXXXXX");
    CHECK_FATAL(mkdtemp(folder) != NULL);
    snprintf(ring_path, sizeof(ring_path), "%s/ring", folder);
    CHECK_FATAL(keys_create(&ctx, ring_path) == ERR_OK);
    CHECK_FATAL(keys_open(&ctx, ring_path, &ctx.keys) == ERR_OK);
}

static inline void end(void)
{
    keys_close(ctx.keys);
    unlink(ring_path);
    CHECK_INT(rmdir(folder), 0); // nothing else may have been left there
    arena_free(ctx.arena);
}

static inline const char *new_person(struct bytes *ret_wrapped)
{
    const char *person = uuid_new(ctx.arena);
    CHECK_FATAL(keys_person_new(&ctx, person, ret_wrapped) == ERR_OK);
    return person;
}
