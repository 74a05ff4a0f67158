// SPDX-License-Identifier: MIT
// Requests, answers and the shape of THE route table (lib/app/routes.c). Handlers are
// straight-line blocking code run by a worker thread that owns one PostgreSQL connection.
#pragma once

#include "access/access.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/field.h"

#include <stdbool.h>
#include <stddef.h>

struct pair {
    const char *name, *value;
};

struct request {
    struct ctx ctx; // ctx.token_hash is set when a session token came with the request
    const struct route *route;
    const char *method;
    const char *path;                 // decoded, without the query
    const char *target;               // as sent: path and query, for "return to"
    const struct pair *params;        // captures of the pattern: {ref}, {id}
    size_t n_params;
    const struct pair *query;
    size_t n_query;
    const char *body;                 // NUL-terminated; may hold no NUL itself (refused)
    size_t n_body;
    const struct pair *form;          // decoded application/x-www-form-urlencoded body, in order
    size_t n_form;
    const struct upload *uploads;     // multipart/form-data files, for routes with ROUTE_UPLOAD
    size_t n_uploads;
    const char *token;                // session token text, or NULL
    bool bearer;                      // it came as Authorization: Bearer (no CSRF needed)
    const char *csrf;                 // the CSRF value for forms of this session, "" when none
    bool api;                         // path under /api/
    const struct pair *headers;       // as sent, in order; see request_header()
    size_t n_headers;
    const struct route_table *table;  // the table it is matched in
    const void *decoded;              // what api_body() read: that module's own
    struct request_host *host;        // what lies beyond ctx (server.h); NULL in a test without one
};

struct upload {
    const char *field, *filename, *type;
    const char *p;
    size_t n;
};

/** First value of that name, or NULL. */
const char *request_param(const struct request *r, const char *name);
/** The participant's reference in the address as it is stored, however it was typed; what was typed when
 *  it cannot be one, so that it is answered like an absent one. */
const char *request_ref(const struct request *r);
const char *request_query(const struct request *r, const char *name);
const char *request_form(const struct request *r, const char *name);
/** All form values of that name (checkboxes). */
size_t request_form_all(const struct request *r, const char *name, const char *const **ret);
const char *request_header(const struct request *r, const char *name);
/** The one cookie of that name; NULL if there is none, or more than one. */
const char *request_cookie(struct request *r, const char *name);
/** Fills target, path, query and api from a request target ("/participants?q=x"); ERR_MALFORMED if it
 *  is not one. Everything is copied into r->ctx.arena. */
enum err request_set_target(struct request *r, const char *target) MUST_CHECK;

struct response { // made by response_init(); handlers get it ready
    int status; // 0 means 200
    const char *type;
    struct buf body;                  // in the request's arena
    struct pair headers[16];
    size_t n_headers;
    const char *file;                 // send this file instead of body (arena text), opened by the server
    bool personal;                    // Cache-Control: no-store (the default; static assets clear it)
    const void *static_bytes;         // or memory that lives as long as the program (assets)
    size_t n_static;
};
void response_init(struct response *res, struct arena *a);
/** Name and value are kept by reference. A value with control characters is dropped and logged. */
void response_header(struct response *res, const char *name, const char *value);
/** 303 See Other. */
void response_redirect(struct response *res, const char *location);
/** Sets the session cookie (`__Host-phoenix` when TLS, `phoenix` otherwise), or clears it with NULL. */
void response_session(struct request *r, struct response *res, const char *token);
/** A short-lived HttpOnly flash message shown once on the next page (code of a fixed message table, never
 *  personal data); request_flash gives it back and the answer clears it. */
void response_flash(struct request *r, struct response *res, const char *code);
const char *request_flash(struct request *r, struct response *res);

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
    int ok_status;                      // 200, 201, 202, 204, for OpenAPI
};

struct route_table {
    const struct route *routes;
    size_t n;
    /** Renders an error; one for pages and one for the API. `r->ctx.problem` holds the detail. */
    void (*page_error)(struct request *r, enum err e, struct response *res);
    void (*api_error)(struct request *r, enum err e, struct response *res);
};

/** Checks the table (a permission or ROUTE_PUBLIC on each, no ambiguous patterns); says what is wrong. */
enum err route_table_check(struct ctx *ctx, const struct route_table *t) MUST_CHECK;
/** Matches and runs one request with every check of the gate in order: route, method, session, CSRF,
 *  media type, idempotency and If-Match headers, body decode to form pairs, handler, error rendering.
 *  Used by the workers and, without a socket, by journey tests. */
void route_dispatch(const struct route_table *t, struct request *r, struct response *res);
/** Answers a request with an error without running anything: what the server says when it is too busy
 *  or the body too large. */
void route_refuse(const struct route_table *t, struct request *r, enum err e, struct response *res);
