// SPDX-License-Identifier: MIT
// What the tests of lib/db share: contexts, and the constants of their small catalogue.
#pragma once

#include "cluster.h"
#include "test.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "db/catalogue.h"
#include "db/db.h"
#include "db_test.gen.h"

#include <stdlib.h>
#include <string.h>

extern const struct db_catalogue db_catalogue_test;

/** A context with a connection object of its own on the test database, made at the first call. */
static inline struct ctx ctx_open(enum db_login login)
{
    static const char *conninfo;
    if (!conninfo) {
        db_set_catalogue(&db_catalogue_test);
        conninfo = cluster_database(cluster_shared(), "small");
    }
    return (struct ctx){.arena = arena_new(), .db = db_new(conninfo, login)};
}

static inline void ctx_close(struct ctx *ctx)
{
    db_free(ctx->db);
    arena_free(ctx->arena);
}

/** Runs one statement and returns its first value, or NULL. */
static inline const char *ask(struct ctx *ctx, enum query q, const struct db_param *p, size_t n)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, q, p, n);
    return db_run(ctx, pl) ? NULL : db_value(pl, 0, 0, 0);
}

static inline long item_count(struct ctx *ctx)
{
    const char *n = ask(ctx, TQ_ITEM_COUNT, NULL, 0);
    return n ? strtol(n, NULL, 10) : -1;
}

static inline void items_clear(struct ctx *ctx)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    DB_ADD0(pl, TQ_ITEM_CLEAR);
    CHECK_INT(db_run(ctx, pl), ERR_OK);
}

static inline void add_item(struct db_pipeline *pl, const char *id, const char *name)
{
    DB_ADD(pl, TQ_ITEM_INSERT, DB_TEXT(id), DB_TEXT(name), DB_NULL, DB_NULL, DB_NULL);
}
