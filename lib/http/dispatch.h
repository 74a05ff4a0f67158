// SPDX-License-Identifier: MIT
// The gate of requests: every check in order, then the handler.
#pragma once

#include "config/config.h"
#include "http/route.h"

enum {
    DISPATCH_UPLOAD_MAX = 4 * 1024 * 1024,  // body of a route with ROUTE_UPLOAD
    DISPATCH_WASTE_MAX = 64 * 1024 * 1024,  // of one that is not taken, read so that the answer is
    DISPATCH_BODY_DEFAULT = 256 * 1024,     // when there is no configuration
};

/** Bytes a body of that route (NULL: none found) may have. */
size_t dispatch_body_limit(const struct config *config, const struct route *route);

/** Matches and runs one request with every check of the gate in order: route, method, session, CSRF,
 *  media type, idempotency and If-Match headers, body decode to form pairs, handler, error rendering.
 *  Used by the workers and, without a socket, by journey tests. */
void route_dispatch(const struct route_table *t, struct request *r, struct response *res);
/** Answers a request with an error without running anything: what the server says when it is too busy
 *  or the body too large. */
void route_refuse(const struct route_table *t, struct request *r, enum err e, struct response *res);
