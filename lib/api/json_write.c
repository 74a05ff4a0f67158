// SPDX-License-Identifier: MIT
#include "api/json.h"

#include "api/api.h"

#include <string.h>

void json_write_string(struct buf *out, const char *s)
{
    if (!s) {
        buf_puts(out, "null");
        return;
    }
    buf_putc(out, '"');
    const char *plain = s;
    for (;; s++) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        buf_add(out, plain, (size_t)(s - plain));
        if (!c)
            break;
        plain = s + 1;
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n')
            buf_puts(out, "\\n");
        else
            buf_printf(out, "\\u%04x", c);
    }
    buf_putc(out, '"');
}

void json_write_comma(struct buf *out)
{
    char last = out->n ? out->p[out->n - 1] : '[';
    if (last != '{' && last != '[' && last != ':')
        buf_putc(out, ',');
}

void json_write_key(struct buf *out, const char *key)
{
    json_write_comma(out);
    json_write_string(out, key);
    buf_putc(out, ':');
}

void json_write_pair(struct buf *out, const char *key, const char *value)
{
    json_write_key(out, key);
    json_write_string(out, value);
}

static void write_list(struct ctx *ctx, struct buf *out, const char *array)
{
    const char *const *items;
    size_t n = field_list(ctx->arena, array, &items);
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        json_write_comma(out);
        json_write_string(out, items[i]);
    }
    buf_putc(out, ']');
}

// Numbers are stored as canonical decimal text; anything else would not be JSON.
static void write_int(struct buf *out, const char *s)
{
    const char *digits = s + (*s == '-');
    if (*digits && strspn(digits, "0123456789") == strlen(digits))
        buf_puts(out, s);
    else
        json_write_string(out, s);
}

void json_write_value(struct ctx *ctx, struct buf *out, const struct field *f, const void *record)
{
    const char *s = field_get(record, f);
    switch (f->type) {
    case FIELD_OBJECTS:
        json_write_rows(ctx, out, (const struct field_rows *)(const void *)s);
        return;
    case FIELD_CODES:
    case FIELD_LIST:
        write_list(ctx, out, s);
        return;
    case FIELD_INT:
        if (s)
            write_int(out, s);
        else
            buf_puts(out, "null");
        return;
    case FIELD_BOOL:
        buf_puts(out, !s ? "null" : strcmp(s, "true") == 0 ? "true" : "false");
        return;
    default:
        json_write_string(out, s);
    }
}

static bool may_read(const struct ctx *ctx, const struct field *f)
{
    if (!f->read)
        return true;
    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++)
        if (strcmp(permission_row((enum permission)p)->code, f->read) == 0)
            return actor_may(ctx->actor, (enum permission)p);
    return false; // a permission that does not exist is held by nobody
}

// Which fields to write, found once for all rows of a list.
static const bool *readable(struct ctx *ctx, const struct field_table *t)
{
    bool *see = ARENA_ARRAY(ctx->arena, bool, t->n + 1);
    for (size_t i = 0; i < t->n; i++)
        see[i] = !(t->fields[i].flags & FIELD_SECRET) && may_read(ctx, &t->fields[i]);
    return see;
}

static void write_record(struct ctx *ctx, struct buf *out, const struct field_table *t,
                         const bool *see, const void *record)
{
    buf_putc(out, '{');
    for (size_t i = 0; i < t->n; i++) {
        if (!see[i])
            continue;
        json_write_key(out, t->fields[i].name);
        json_write_value(ctx, out, &t->fields[i], record);
    }
    buf_putc(out, '}');
}

void json_write_record(struct ctx *ctx, struct buf *out, const struct field_table *t,
                       const void *record)
{
    write_record(ctx, out, t, readable(ctx, t), record);
}

void json_write_rows(struct ctx *ctx, struct buf *out, const struct field_rows *rows)
{
    buf_putc(out, '[');
    if (rows && rows->n) {
        const bool *see = readable(ctx, rows->table);
        for (size_t i = 0; i < rows->n; i++) {
            json_write_comma(out);
            write_record(ctx, out, rows->table, see, rows->rows[i]);
        }
    }
    buf_putc(out, ']');
}

void json_answer(struct response *res, int status)
{
    res->status = status;
    res->type = "application/json";
}

void api_record(struct request *r, struct response *res, int status, const struct field_table *t,
                const void *record)
{
    json_answer(res, status);
    json_write_record(&r->ctx, &res->body, t, record);
    const struct field *version = field_find(t, "version");
    const char *v = version ? field_get(record, version) : NULL;
    if (v)
        response_header(res, "ETag", arena_printf(r->ctx.arena, "\"%s\"", v));
}

void api_rows(struct request *r, struct response *res, const struct field_rows *rows,
              const char *next)
{
    json_answer(res, 200);
    buf_puts(&res->body, "{\"items\":");
    json_write_rows(&r->ctx, &res->body, rows);
    json_write_pair(&res->body, "next", next);
    buf_putc(&res->body, '}');
}

const char *api_record_text(struct request *r, const struct field_table *t, const void *record)
{
    struct buf out;
    buf_init(&out, r->ctx.arena);
    json_write_record(&r->ctx, &out, t, record);
    return out.p;
}

enum err api_replay(struct request *r, struct response *res, enum err e)
{
    if (e != ERR_IDEMPOTENCY_REPLAY)
        return e;
    struct stored_answer first;
    e = access_replay(&r->ctx, &first);
    if (e)
        return e;
    json_answer(res, first.status);
    if (first.location)
        response_header(res, "Location", first.location);
    buf_puts(&res->body, first.body ? first.body : "");
    return ERR_OK;
}
