// SPDX-License-Identifier: MIT
// Forms and query strings decoded into name and value pairs. Pure functions: bounded, strict, safe on
// any bytes, fuzzed. Results lie in the arena (uploads point into the body given).
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "http/pair.h"

enum { FORM_PAIRS_MAX = 1000, FORM_NAME_MAX = 200 };

/** application/x-www-form-urlencoded (bodies and query strings). ERR_MALFORMED for a broken escape, a
 *  NUL or bytes that are not UTF-8; ERR_TOO_LARGE beyond FORM_PAIRS_MAX. */
enum err form_urlencoded(struct arena *a, const char *p, size_t n, const struct pair **ret,
                         size_t *ret_n) MUST_CHECK;

struct multipart {
    const struct pair *pairs;
    size_t n_pairs;
    const struct upload *uploads;
    size_t n_uploads;
};
/** multipart/form-data; `type` is the Content-Type header with its boundary. */
enum err form_multipart(struct arena *a, const char *type, const char *p, size_t n,
                        struct multipart *ret) MUST_CHECK;

/** The urlencoded body without its pair of that name, for hashing what a person sent. */
void form_without(struct buf *out, const char *p, size_t n, const char *name);
