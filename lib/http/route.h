// SPDX-License-Identifier: MIT
// Requests, answers and the shape of THE route table (lib/app/routes.c). Handlers are
// straight-line blocking code run by a worker thread that owns one PostgreSQL connection.
#pragma once

#include "access/access.h"
#include "base/field.h"
#include "http/request.h"
#include "http/response.h"

// Who answers: ordinary requests; sign-in and downloads, slow on purpose; work of seconds, which must
// keep neither waiting. POOL_INLINE has no workers and no database: answered at once.
enum route_pool { POOL_MAIN, POOL_SLOW, POOL_LONG, POOL_INLINE, POOL_COUNT = POOL_INLINE };
enum {
    ROUTE_PUBLIC = 1 << 0,      // no session needed; permission is PERM_NONE
    ROUTE_UPLOAD = 1 << 1,      // multipart allowed, larger body limit (4 MiB)
    ROUTE_CREATES = 1 << 2,     // POST that creates: API takes Idempotency-Key, forms a hidden client_ref
    ROUTE_IF_MATCH = 1 << 3,    // API needs If-Match (428 absent)
    ROUTE_LIST = 1 << 5,        // API answer is {"items": [...], "next": cursor}: for OpenAPI
    ROUTE_NO_CSRF = 1 << 4,     // sign-in itself (checked by Origin / Sec-Fetch-Site instead)
};

/** Handlers return ERR_OK having filled `res`, or an error that the renderer of the route's side
 *  (problem+json or a page) turns into the answer. */
typedef enum err (*route_handler)(struct request *r, struct response *res);

struct resource; // api/resource.h
struct route {
    const char *method;  // "GET" (HEAD follows from it), "POST", "PATCH", "PUT", "DELETE"
    const char *pattern; // "/participants/{ref}/contacts/new"
    enum permission permission;
    enum route_pool pool;
    unsigned flags;
    route_handler handler;
    const char *summary;                // one line: OpenAPI summary and `phoenix routes`
    const struct field_table *body;     // fields of the body, or NULL
    const struct field_table *answer;   // fields of the 200/201 answer (or of its items), or NULL
    const struct field_table *params;   // query parameters, or NULL
    int ok_status;                      // 200, 201, 202, 204
    const struct resource *resource;    // what a handler that serves several needs besides: its own
};

struct route_table {
    const struct route *routes;
    size_t n;
    /** Renders an error; one for pages and one for the API. `r->ctx.problem` holds the detail. */
    void (*page_error)(struct request *r, enum err e, struct response *res);
    void (*api_error)(struct request *r, enum err e, struct response *res);
};
