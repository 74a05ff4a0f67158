// SPDX-License-Identifier: MIT
// What a feature does in JSON: a row of functions over the domain. A route names the row and one of the
// handlers below, which decodes by the route's tables, runs the function, and answers by the route's
// tables and status. Rows are constant.
#pragma once

#include "http/route.h"
#include "record/reply.h"

/** A page of a list: records that the route's answer table describes. */
struct api_page {
    const void *const *rows;
    size_t n;
    const char *next; // cursor of the next page, or NULL
};

/** The sizes are those of the structs that the function is given, compared with the tables of the
 *  route; a `ret` is zeroed before. */
struct resource {
    /** Where one that was created is found: what stands before its id. {ref} and {id} are those of the
     *  request's address. */
    const char *address;
    struct {
        enum err (*run)(struct request *r, void *ret);
        size_t ret;
    } read;
    struct {
        enum err (*run)(struct request *r, const void *query, struct api_page *ret);
        size_t query; // 0: the list takes no parameters
    } list;
    struct {
        enum err (*run)(struct request *r, const void *in, const struct create_reply *reply,
                        void *ret);
        size_t in, ret;
    } create;
    struct { // a step, or a change
        enum err (*run)(struct request *r, const void *in, void *ret);
        size_t in, ret;
    } move;
};

/** Records of one array, `size` bytes each, as a page. */
struct api_page api_page_of(struct arena *a, const void *records, size_t n, size_t size,
                            const char *next);
