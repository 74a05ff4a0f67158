// SPDX-License-Identifier: MIT
// The cursor of a keyset-paged list: the key of the last row shown, as one opaque base64url word.
// It is not secret and not trusted: row-level security still decides what the next page holds.
#pragma once

#include "base/ctx.h"

#include <stdbool.h>

enum { CURSOR_PARTS = 4, LIST_LIMIT = 50, LIST_LIMIT_MOST = 200 };

/** One word from n (at most CURSOR_PARTS) texts, in the arena; a NULL text counts as empty. */
const char *cursor_make(struct arena *a, const char *const *parts, size_t n);
/** The n texts again. False if the word is not a cursor of n parts. */
bool cursor_read(struct arena *a, const char *cursor, const char **ret_parts, size_t n);
/** The same for a query parameter: ERR_INVALID naming `field` if it is not a cursor. A NULL cursor
 *  gives NULL parts. */
enum err cursor_query(struct ctx *ctx, const char *field, const char *cursor,
                      const char **ret_parts, size_t n) MUST_CHECK;
