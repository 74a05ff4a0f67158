// SPDX-License-Identifier: MIT
#include "http/health.h"

#include "access/access.h"
#include "db/db.h"

static enum err check_schema(struct ctx *ctx)
{
    enum err e = db_schema_check(ctx);
    if (e == ERR_SCHEMA && ctx->problem.detail)
        return ctx_refuse(ctx, e, "schema: %s", ctx->problem.detail);
    return e;
}

void health_ready(struct request *r, struct response *res)
{
    struct ctx *ctx = &r->ctx;
    response_init(res, ctx->arena);
    res->type = "text/plain; charset=utf-8";
    // The schema first: statements for a newer one cannot even be prepared.
    enum err e = ctx->db ? check_schema(ctx) : ERR_UNAVAILABLE;
    if (!e)
        e = db_ready(ctx, ctx->db);
    if (!e && ctx->keys)
        e = access_context_check(ctx);
    if (!e && ctx->keys)
        e = access_keyring_check(ctx);
    if (!e) {
        res->status = 200;
        buf_puts(&res->body, "ready\n");
        return;
    }
    res->status = 503;
    response_header(res, "Retry-After", "1");
    buf_printf(&res->body, "not ready: %s\n",
               ctx->problem.detail ? ctx->problem.detail : err_row(e)->words);
}
