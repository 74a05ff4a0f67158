// SPDX-License-Identifier: MIT
// An answer being made. Its body and headers lie in the request's arena until it has been sent.
#pragma once

#include "base/buf.h"
#include "http/request.h"

enum { RESPONSE_HEADERS_MAX = 16 };

struct response { // made by response_init(); handlers get it ready
    int status; // 0 means 200
    const char *type;
    struct buf body;                  // in the request's arena
    struct pair headers[RESPONSE_HEADERS_MAX];
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
