// SPDX-License-Identifier: MIT
// The OpenAPI description as text, for the route that answers it and for the lint test.
#pragma once

#include "http/route.h"

/** Writes the whole document (JSON) for the API rows of the table. */
void api_openapi_write(struct arena *a, const struct route_table *routes, struct buf *out);
