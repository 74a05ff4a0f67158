// SPDX-License-Identifier: MIT
// Strict decoding of JSON bodies through a field table. All that is wrong is told at once: a person
// fixing a client should not have to find the faults one by one.
#include "api/api.h"

#include "base/assert.h"

#include <jansson.h>
#include <string.h>

enum { NAME_MOST = 64 }; // a longer key is not a field of ours, and is not repeated in the answer

static void free_json(void *p)
{
    json_decref(p);
}

// A key that a client sent, if it can be shown: a name and nothing that could be a person's data.
static const char *showable(struct arena *a, const char *key, size_t n)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    return n > 0 && n <= NAME_MOST && strspn(key, name) >= n ? arena_strndup(a, key, n) : "";
}

// Jansson names the key only in its message: duplicate object key near '"minutes"'.
static void tell_duplicate(struct ctx *ctx, const char *text)
{
    const char *from = strstr(text, "near '\""), *to = NULL;
    if (from) {
        from += strlen("near '\"");
        to = strstr(from, "\"'");
    }
    const char *name = to ? showable(ctx->arena, from, (size_t)(to - from)) : "";
    ctx_field_error(ctx, name, "This field was sent more than once");
}

static enum err tell_unreadable(struct ctx *ctx, const json_error_t *why)
{
    switch (json_error_code(why)) {
    case json_error_stack_overflow:
        return ctx_refuse(ctx, ERR_MALFORMED, "The JSON is nested too deeply");
    case json_error_invalid_utf8:
        return ctx_refuse(ctx, ERR_MALFORMED, "The JSON is not text in UTF-8");
    case json_error_numeric_overflow:
        ctx_field_error(ctx, "", "A number is too large");
        return ERR_INVALID;
    default:
        return ctx_refuse(ctx, ERR_MALFORMED, "The body is not JSON: see line %d, column %d",
                          why->line, why->column);
    }
}

// The second reading, after one that stopped at a fault of content rather than of form: it goes on,
// so that the other fields are checked as well.
static json_t *load_again(const struct request *r, size_t flags, json_error_t *why)
{
    return json_loadb(r->body, r->n_body, flags, why);
}

static enum err load(struct request *r, json_t **ret)
{
    enum { ONCE = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL };
    json_error_t why;
    json_t *j = json_loadb(r->body ? r->body : "", r->n_body, ONCE, &why);
    if (!j && json_error_code(&why) == json_error_numeric_overflow)
        j = load_again(r, ONCE | JSON_DECODE_INT_AS_REAL, &why);
    if (!j && json_error_code(&why) == json_error_duplicate_key) {
        tell_duplicate(&r->ctx, why.text);
        j = load_again(r, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &why);
    }
    if (!j)
        return tell_unreadable(&r->ctx, &why);
    arena_defer(r->ctx.arena, free_json, j);
    *ret = j;
    return ERR_OK;
}

static bool wrong(struct ctx *ctx, const struct field *f, const char *must)
{
    ctx_field_error(ctx, f->name, arena_printf(ctx->arena, "%s must be %s", f->label, must));
    return false;
}

static bool text_of(struct ctx *ctx, const struct field *f, const json_t *v, const char **ret)
{
    if (!json_is_string(v))
        return wrong(ctx, f, "text in quotes");
    *ret = json_string_value(v);
    if (strlen(*ret) != json_string_length(v))
        return wrong(ctx, f, "text without the character \\u0000");
    return true;
}

static bool take_list(struct ctx *ctx, const struct field *f, const json_t *v, void *record)
{
    if (!json_is_array(v))
        return wrong(ctx, f, "a list");
    size_t n = json_array_size(v);
    const char **items = ARENA_ARRAY(ctx->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!text_of(ctx, f, json_array_get(v, i), &items[i]))
            return false;
    return field_set_list(ctx, f, record, items, n);
}

// Whole numbers read as reals (a body with another, too large number in it) are still whole.
static bool take_int(struct ctx *ctx, const struct field *f, const json_t *v, void *record)
{
    long long n;
    if (json_is_integer(v)) {
        n = json_integer_value(v);
    } else {
        double d = json_is_real(v) ? json_real_value(v) : 0.5;
        if (d > 9e15 || d < -9e15)
            return wrong(ctx, f, "a smaller number");
        n = (long long)d;
        if ((double)n < d || (double)n > d)
            return wrong(ctx, f, "a whole number");
    }
    return field_set(ctx, f, record, arena_printf(ctx->arena, "%lld", n));
}

static bool take(struct ctx *ctx, const struct field *f, const json_t *v, void *record)
{
    const char *text;
    if (json_is_null(v))
        return true;
    switch (f->type) {
    case FIELD_INT:
        return take_int(ctx, f, v, record);
    case FIELD_BOOL:
        if (!json_is_boolean(v))
            return wrong(ctx, f, "true or false");
        return field_set(ctx, f, record, json_is_true(v) ? "true" : "false");
    case FIELD_CODES:
    case FIELD_LIST:
        return take_list(ctx, f, v, record);
    default:
        return text_of(ctx, f, v, &text) && field_set(ctx, f, record, text);
    }
}

enum err api_body_sized(struct request *r, void *ret_record, size_t size)
{
    const struct field_table *t = r->route->body;
    struct ctx *ctx = &r->ctx;
    ASSERT(t && t->size == size);
    json_t *body = NULL;
    enum err e = load(r, &body);
    if (e)
        return e;
    if (!json_is_object(body)) {
        ctx_field_error(ctx, "", "The body must be one JSON object");
        return ERR_INVALID;
    }
    const char *key;
    json_t *value;
    json_object_foreach(body, key, value)
    {
        const struct field *f = field_find(t, key);
        if (!f || (f->flags & FIELD_READONLY) || f->type == FIELD_OBJECTS)
            ctx_field_error(ctx, showable(ctx->arena, key, strlen(key)), "There is no such field");
        else if (!take(ctx, f, value, ret_record) && !ctx->problem.first)
            return ERR_INTERNAL; // a refusal always says why
    }
    if (strcmp(r->route->method, "PATCH") != 0)
        (void)field_check_required(ctx, t, ret_record);
    if (ctx->problem.first)
        return ERR_INVALID;
    r->decoded = body;
    return ERR_OK;
}

bool api_body_has(struct request *r, const char *name)
{
    const json_t *body = r->decoded;
    return body && json_object_get(body, name);
}

// A list's `next` is taken back under its own name and under "cursor" as well as under "after".
static const struct field *query_field(const struct field_table *t, const char *name)
{
    const struct field *f = field_find(t, name);
    if (!f && (strcmp(name, "next") == 0 || strcmp(name, "cursor") == 0))
        f = field_find(t, "after");
    return f;
}

enum err api_query_sized(struct request *r, void *ret_record, size_t size)
{
    const struct field_table *t = r->route->params;
    struct ctx *ctx = &r->ctx;
    ASSERT(t && t->size == size);
    for (size_t i = 0; i < r->n_query; i++) {
        const char *name = r->query[i].name;
        const struct field *f = query_field(t, name);
        bool first = request_query(r, name) == r->query[i].value;
        if (!f)
            ctx_field_error(ctx, showable(ctx->arena, name, strlen(name)),
                            "There is no such parameter");
        else if (f->type == FIELD_CODES || f->type == FIELD_LIST) {
            if (first) {
                const char **all = ARENA_ARRAY(ctx->arena, const char *, r->n_query);
                size_t n = 0;
                for (size_t k = i; k < r->n_query; k++)
                    if (strcmp(r->query[k].name, name) == 0)
                        all[n++] = r->query[k].value;
                (void)field_set_list(ctx, f, ret_record, all, n);
            }
        } else if (!first)
            ctx_field_error(ctx, f->name, "This parameter was sent more than once");
        else
            (void)field_set(ctx, f, ret_record, r->query[i].value);
    }
    (void)field_check_required(ctx, t, ret_record);
    return ctx->problem.first ? ERR_INVALID : ERR_OK;
}
