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

#define TQ(name, ...) DB_CALL_AS(TQ_##name, tq_##name, __VA_ARGS__)
#define TQ0(name) DB_CALL0_AS(TQ_##name)

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
static inline const char *ask(struct ctx *ctx, struct db_call call)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, call);
    return db_run(ctx, pl) ? NULL : db_value(pl, 0, 0, 0);
}

static inline long item_count(struct ctx *ctx)
{
    const char *n = ask(ctx, TQ0(item_count));
    return n ? strtol(n, NULL, 10) : -1;
}

static inline void items_clear(struct ctx *ctx)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, TQ0(item_clear));
    CHECK_INT(db_run(ctx, pl), ERR_OK);
}

static inline void add_item(struct db_pipeline *pl, const char *id, const char *name)
{
    db_add(pl, TQ(item_insert, .id = id, .name = name, .note = (struct bytes){0}, .seen = NULL,
                  .good = NULL));
}
