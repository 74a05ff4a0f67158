// SPDX-License-Identifier: MIT
#include "base/ctx.h"

#include <stdarg.h>

void ctx_field_error(struct ctx *ctx, const char *field, const char *message)
{
    struct field_error *e = ARENA_NEW(ctx->arena, struct field_error);
    *e = (struct field_error){.field = field, .message = message};
    if (ctx->problem.last)
        ctx->problem.last->next = e;
    else
        ctx->problem.first = e;
    ctx->problem.last = e;
}

enum err ctx_fail(struct ctx *ctx, enum err e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    ctx->problem.log = arena_vprintf(ctx->arena, fmt, ap);
    va_end(ap);
    return e;
}

enum err ctx_refuse(struct ctx *ctx, enum err e, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    ctx->problem.detail = arena_vprintf(ctx->arena, fmt, ap);
    va_end(ap);
    return e;
}
