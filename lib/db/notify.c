// SPDX-License-Identifier: MIT
#include "db/private.h"

#include <poll.h>
#include <string.h>

/** A channel is a plain lower-case name: it goes into SQL text, since LISTEN takes no parameter. */
static bool channel_ok(const char *channel)
{
    size_t n = strlen(channel);
    return n && n < DB_CHANNEL_SIZE && strspn(channel, "abcdefghijklmnopqrstuvwxyz_") == n;
}

enum err db_listen(struct ctx *ctx, const char *channel)
{
    struct db *db = ctx->db;
    if (!channel_ok(channel) || db->n_channels == DB_CHANNELS_MAX)
        return ctx_fail(ctx, ERR_INTERNAL, "a channel that cannot be listened to");
    for (size_t c = 0; c < db->n_channels; c++) {
        if (strcmp(db->channels[c], channel) == 0)
            return db_ready(ctx, db);
    }
    enum err e = db_ready(ctx, db);
    if (e)
        return e;
    const char *sql = arena_printf(ctx->arena, "%s \"%s\"", db_sql(DB_SQL_LISTEN), channel);
    e = db_internal_run(ctx, db, sql, NULL, 0, NULL);
    if (!e) // remembered: db_ready() listens again after a reconnection
        memcpy(db->channels[db->n_channels++], channel, strlen(channel) + 1);
    return e;
}

static size_t give_all(struct db *db, void (*fn)(const char *, const char *, void *), void *arg)
{
    size_t given = 0;
    PGnotify *n;
    while ((n = PQnotifies(db->conn))) {
        fn(n->relname, n->extra, arg);
        PQfreemem(n);
        given++;
    }
    return given;
}

enum err db_notifications(struct ctx *ctx, int timeout_ms,
                          void (*fn)(const char *channel, const char *payload, void *arg),
                          void *arg)
{
    struct db *db = ctx->db;
    enum err e = db_ready(ctx, db);
    if (e || give_all(db, fn, arg))
        return e;
    struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
    if (poll(&p, 1, timeout_ms) <= 0)
        return ERR_OK;
    bool alive = PQconsumeInput(db->conn);
    give_all(db, fn, arg);
    if (alive && !db->dying)
        return ERR_OK;
    db_drop(db);
    return ctx_fail(ctx, ERR_UNAVAILABLE, "the connection was lost while listening");
}
