// SPDX-License-Identifier: MIT
// Finding and listing people in JSON.
#include "domain/person/people.h"

#include "api/handlers.h"
#include "api/resource.h"

static enum err list(struct request *r, const void *query, struct api_page *ret)
{
    struct people p;
    enum err e = people_find(&r->ctx, query, &p);
    if (!e)
        *ret = api_page_of(r->ctx.arena, p.rows, p.n, sizeof(*p.rows), p.next);
    return e;
}

const struct resource api_people = {.list = {list, sizeof(struct people_query)}};
