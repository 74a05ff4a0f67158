// SPDX-License-Identifier: MIT
// The route table compiled into a tree of path segments. A router is read-only once made and
// shared by all threads. Literal segments win over captures: /participants/new before {ref}.
#pragma once

#include "http/route.h"

struct router;

enum { ROUTER_CAPTURES_MAX = 8 };

struct route_match {
    const struct route *route;               // NULL: none for this method
    struct pair params[ROUTER_CAPTURES_MAX]; // names and values in the arena
    size_t n_params;
    const char *allow;                       // "GET, HEAD, POST" when the path exists, else NULL
};

/** Compiles a table. The table must outlive the router, which is freed with router_free(). */
struct router *router_new(const struct route_table *t);
void router_free(struct router *router);
/** The compiled form of a table that lives as long as the program, made at first use and kept. */
const struct router *router_of(const struct route_table *t);

/** Finds the route of a decoded path. ERR_NOT_FOUND, or ERR_METHOD with ret->allow set. */
enum err router_match(const struct router *router, struct arena *a, const char *method,
                      const char *path, struct route_match *ret) MUST_CHECK;

/** Checks the table (a permission or ROUTE_PUBLIC on each, no ambiguous patterns); says what is wrong. */
enum err route_table_check(struct ctx *ctx, const struct route_table *t) MUST_CHECK;
