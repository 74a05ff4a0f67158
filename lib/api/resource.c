// SPDX-License-Identifier: MIT
#include "api/resource.h"

#include "api/api.h"
#include "base/assert.h"

#include <string.h>

static void *zeroed(struct request *r, const struct field_table *t, size_t size)
{
    ASSERT(t && t->size == size);
    return arena_alloc(r->ctx.arena, size);
}

enum err api_read(struct request *r, struct response *res)
{
    const struct resource *resource = r->route->resource;
    void *record = zeroed(r, r->route->answer, resource->read.ret);
    enum err e = resource->read.run(r, record);
    if (!e)
        api_record(r, res, r->route->ok_status, r->route->answer, record);
    return e;
}

enum err api_list(struct request *r, struct response *res)
{
    const struct resource *resource = r->route->resource;
    size_t size = resource->list.query;
    void *query = size ? arena_alloc(r->ctx.arena, size) : NULL;
    struct api_page page = {0};
    enum err e = size ? api_query_sized(r, query, size) : ERR_OK;
    if (!e)
        e = resource->list.run(r, query, &page);
    if (!e)
        api_rows(r, res, &(struct field_rows){r->route->answer, page.rows, page.n}, page.next);
    return e;
}

enum err api_move(struct request *r, struct response *res)
{
    const struct resource *resource = r->route->resource;
    void *in = arena_alloc(r->ctx.arena, resource->move.in);
    void *record = zeroed(r, r->route->answer, resource->move.ret);
    enum err e = api_body_sized(r, in, resource->move.in);
    if (!e)
        e = resource->move.run(r, in, record);
    if (!e)
        api_record(r, res, r->route->ok_status, r->route->answer, record);
    return e;
}

// ---- creating ----

// "/api/v1/participants/{ref}/contacts/" with the reference of this request's address.
static const char *address_of(struct request *r, const char *pattern)
{
    struct buf b;
    buf_init(&b, r->ctx.arena);
    for (const char *p = pattern; *p;) {
        size_t plain = strcspn(p, "{");
        buf_add(&b, p, plain);
        p += plain;
        if (!*p)
            break;
        const char *name = arena_strndup(r->ctx.arena, p + 1, strcspn(p + 1, "}"));
        buf_puts(&b, strcmp(name, "ref") == 0 ? request_ref(r) : request_param(r, name));
        p += strlen(name) + 2;
    }
    return b.p;
}

static const char *body_text(void *arg, const void *record)
{
    struct request *r = arg;
    return api_record_text(r, r->route->answer, record);
}

enum err api_create(struct request *r, struct response *res)
{
    const struct resource *resource = r->route->resource;
    const struct field_table *answer = r->route->answer;
    void *in = arena_alloc(r->ctx.arena, resource->create.in);
    void *record = zeroed(r, answer, resource->create.ret);
    struct create_reply reply = {.status = r->route->ok_status,
                                 .body = body_text,
                                 .arg = r,
                                 .before = address_of(r, resource->address)};
    enum err e = api_body_sized(r, in, resource->create.in);
    if (!e)
        e = resource->create.run(r, in, &reply, record);
    if (e)
        return api_replay(r, res, e);
    // The first field of what a POST answers names it: an id, or the reference of a person.
    const char *id = field_get(record, &answer->fields[0]);
    response_header(res, "Location", arena_printf(r->ctx.arena, "%s%s", reply.before, id));
    api_record(r, res, r->route->ok_status, answer, record);
    return ERR_OK;
}

struct api_page api_page_of(struct arena *a, const void *records, size_t n, size_t size,
                            const char *next)
{
    const void **rows = ARENA_ARRAY(a, const void *, n + 1);
    for (size_t i = 0; i < n; i++)
        rows[i] = (const char *)records + i * size;
    return (struct api_page){rows, n, next};
}
