// SPDX-License-Identifier: MIT
// What the server shares with the gate of route_dispatch() (declared in route.h).
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
