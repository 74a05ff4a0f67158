// SPDX-License-Identifier: MIT
// A request as handlers see it. It lives in its own arena (ctx.arena) and belongs to one thread at a
// time: the HTTP thread that gathers it, then the worker that answers it.
#pragma once

#include "base/ctx.h"
#include "config/config.h"
#include "http/pair.h"

#include <stdbool.h>
#include <stddef.h>

struct route;       // http/route.h
struct route_table;

/** What a request has beyond its ctx. The server makes one per worker; a journey test may make its own. */
struct request_host {
    const struct config *config; // body limit, TLS; may be NULL: defaults
    struct db *auth_db;          // see request_auth_db()
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
    struct request_host *host;        // what lies beyond ctx; NULL in a test without one
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
/** The DB_AUTH connection of a POOL_SLOW worker (connects at first use); NULL elsewhere. */
struct db *request_auth_db(const struct request *r);
