// SPDX-License-Identifier: MIT
#include "app/app.h"

#include "api/api.h"
#include "api/handlers.h"
#include "domain/tables.h"
#include "web/handlers.h"
#include "web/view.h"

static const struct route routes[] = {
#define PAGE(m, p, perm, where, f, h, in, words)                                                   \
    {.method = m, .pattern = p, .permission = perm, .pool = where, .flags = f, .handler = h,       \
     .body = in, .summary = words, .ok_status = 200},
#define API(m, p, perm, where, f, h, in, out, q, ok, words)                                        \
    {.method = m, .pattern = p, .permission = perm, .pool = where, .flags = f, .handler = h,       \
     .body = in, .answer = out, .params = q, .summary = words, .ok_status = ok},
#include "app/routes.def"
#undef PAGE
#undef API
};

static const struct route_table table = {
    .routes = routes,
    .n = sizeof(routes) / sizeof(routes[0]),
    .page_error = web_error,
    .api_error = api_error,
};

const struct route_table *app_route_table(void)
{
    return &table;
}
