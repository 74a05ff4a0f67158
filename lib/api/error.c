// SPDX-License-Identifier: MIT
// Errors as RFC 9457 problem details. Words come from err.def and from ctx->problem, which hold no
// personal data; nothing of the request's own values is repeated.
#include "api/api.h"
#include "api/json.h"

// What the actor may not see must be answered with the very bytes of what does not exist: so no
// answer of that kind says its own number. It is in the header X-Request-Id and in the log all the
// same.
#define NOBODYS_REQUEST "00000000-0000-0000-0000-000000000000"

static void write_errors(struct buf *out, struct arena *a, const struct field_error *first)
{
    json_write_key(out, "errors");
    buf_putc(out, '[');
    for (const struct field_error *f = first; f; f = f->next) {
        json_write_comma(out);
        buf_putc(out, '{');
        json_write_pair(out, "pointer", *f->field ? arena_printf(a, "/%s", f->field) : "");
        json_write_pair(out, "message", f->message);
        buf_putc(out, '}');
    }
    buf_putc(out, ']');
}

void api_error(struct request *r, enum err e, struct response *res)
{
    struct ctx *ctx = &r->ctx;
    const struct err_row *row = err_row(e);
    struct buf *out = &res->body;
    buf_clear(out);
    res->status = row->status;
    res->type = "application/problem+json";
    buf_putc(out, '{');
    json_write_pair(out, "type", arena_printf(ctx->arena, "urn:phoenix:problem:%s", row->type));
    json_write_pair(out, "title", row->words);
    json_write_key(out, "status");
    buf_printf(out, "%d", row->status);
    if (ctx->problem.detail && row->status != 404 && row->status != 500)
        json_write_pair(out, "detail", ctx->problem.detail);
    write_errors(out, ctx->arena, row->status == 404 ? NULL : ctx->problem.first);
    json_write_pair(out, "request_id", e == ERR_NOT_FOUND ? NOBODYS_REQUEST : ctx->request_id);
    buf_puts(out, "}");
}
