// SPDX-License-Identifier: MIT
// Writing JSON text straight into a buffer: answers are made of canonical text already, so no tree
// is built for them. Reading is api_body() in api.h. One thread at a time, as the buffer.
#pragma once

#include "http/route.h"

/** A JSON string, or null for NULL. */
void json_write_string(struct buf *out, const char *s);
/** `"key":` with a comma before it unless it is the first of its object. */
void json_write_key(struct buf *out, const char *key);
/** `"key": "value"` or null. */
void json_write_pair(struct buf *out, const char *key, const char *value);
/** The comma between items: nothing after an opening bracket or a colon. */
void json_write_comma(struct buf *out);
/** The value of one field by its type. */
void json_write_value(struct ctx *ctx, struct buf *out, const struct field *f, const void *record);
/** A record as an object, without the fields that the actor may not read. */
void json_write_record(struct ctx *ctx, struct buf *out, const struct field_table *t,
                       const void *record);
void json_write_rows(struct ctx *ctx, struct buf *out, const struct field_rows *rows);
/** The media type of an answer. */
void json_answer(struct response *res, int status);
