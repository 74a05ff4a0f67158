// SPDX-License-Identifier: MIT
#include "record/reply.h"

void create_claim(struct ctx *ctx, struct access_tx *tx, const struct create_reply *reply,
                  const char *id, const void *record)
{
    if (!ctx->idempotency_key)
        return;
    const char *location =
        arena_printf(ctx->arena, "%s%s%s", reply->before, id, reply->after ? reply->after : "");
    access_idempotent(ctx, tx, reply->body ? reply->status : 303, location,
                      reply->body ? reply->body(reply->arg, record) : NULL);
}
