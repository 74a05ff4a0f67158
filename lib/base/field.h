// SPDX-License-Identifier: MIT
// Field tables: one row per field serves form decode, JSON both ways, row mapping,
// OpenAPI, redaction and the data dictionary.
//
// Every field of a record struct is a `const char *` holding canonical text, NULL when
// absent: so one table serves every layer. Canonical forms: date YYYY-MM-DD; time RFC 3339
// UTC; bool "true"/"false"; int decimal; code lists are PostgreSQL array text "{a,b}".
#pragma once

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum field_type {
    FIELD_TEXT,  // min..max characters (code points), no control characters but \n and \t when FIELD_LINES
    FIELD_INT,   // min..max
    FIELD_BOOL,
    FIELD_DATE,  // no min/max meaning; see flags
    FIELD_TIME,
    FIELD_UUID,
    FIELD_CODE,  // one code of `vocab`
    FIELD_CODES, // a list of codes of `vocab`
    FIELD_LIST,  // a list of texts, each min..max characters
    FIELD_OBJECTS, // answers only: at `offset` is a const struct field_rows *, described by `sub`
};

enum {
    FIELD_REQUIRED = 1 << 0,
    FIELD_SEALED = 1 << 1,   // stored encrypted; never logged
    FIELD_READONLY = 1 << 2, // in answers only
    FIELD_LINES = 1 << 3,    // text of several lines
    FIELD_NOT_FUTURE = 1 << 4,
    FIELD_NOT_PAST = 1 << 5,
    FIELD_SECRET = 1 << 6, // password: no trimming, never echoed
};

/** Where a sealed field is stored. The value is bound to table, row and column, and opens nowhere else. */
struct field_seal {
    int domain;         // enum seal_domain (crypto/keys.h)
    const char *table;  // "app.contact_note"; NULL when the statement decides (record/column.h)
    const char *column; // "note"
};

struct field {
    const char *name; // JSON name, form name and column name
    enum field_type type;
    unsigned flags;
    size_t offset; // of a const char * in the record struct
    long min, max;
    const char *vocab;
    const char *label; // what a person reads: "Date and time"
    const char *help;  // codebook and OpenAPI description; source of a domain fact
    const char *read;  // permission code needed to see it beyond the route's own, or NULL
    const struct field_table *sub; // FIELD_OBJECTS: what each row is
    struct field_seal sealed;      // FIELD_SEALED: where; column NULL when something else opens it
};

struct field_table {
    const char *name; // OpenAPI schema name, "ContactInput"
    const struct field *fields;
    size_t n;
    size_t size; // sizeof the record struct
};

/** Rows of records for an answer. */
struct field_rows {
    const struct field_table *table;
    const void *const *rows;
    size_t n;
};

static inline const char **field_at(void *record, const struct field *f)
{
    return (const char **)(void *)((char *)record + f->offset);
}
static inline const char *field_get(const void *record, const struct field *f)
{
    return *(const char *const *)(const void *)((const char *)record + f->offset);
}

/** The row of that name, or NULL. */
const struct field *field_find(const struct field_table *t, const char *name);

/**
 * Checks a raw text value (or raw list items) against the row and stores its canonical form.
 * Text is trimmed (FIELD_LINES is kept as written, unless it is blank) and must be valid UTF-8
 * without NUL. An empty or NULL value counts as absent.
 * Failures are added to ctx->problem under the field's name; returns false then.
 */
bool field_set(struct ctx *ctx, const struct field *f, void *record, const char *raw);
bool field_set_list(struct ctx *ctx, const struct field *f, void *record, const char *const *items,
                    size_t n);
/** After decoding: adds a problem for each required field that is absent. */
bool field_check_required(struct ctx *ctx, const struct field_table *t, const void *record);

/** Splits PostgreSQL array text "{a,b}" into items; NULL gives none. */
size_t field_list(struct arena *a, const char *array, const char *const **ret_items);
/** The other way: array text from items, quoted as needed. */
const char *field_array(struct arena *a, const char *const *items, size_t n);
/** A list as lines, one item each, and back: how a list is sealed as one text. No items: NULL. */
const char *field_list_lines(struct arena *a, const char *array);
const char *field_lines_list(struct arena *a, const char *lines);

/** The name and place of a row: {FIELD_AT(struct contact, mode), .type = ...}. */
#define FIELD_AT(STRUCT, MEMBER) .name = #MEMBER, .offset = offsetof(STRUCT, MEMBER)
/** A whole row that only maps a column of a result: the record is not answered as it is. */
#define FIELD_COLUMN(STRUCT, MEMBER, TYPE) {FIELD_AT(STRUCT, MEMBER), .type = (TYPE)}

#define FIELD_TABLE(NAME, STRUCT, ROWS)                                                            \
    {.name = NAME, .fields = ROWS, .n = sizeof(ROWS) / sizeof((ROWS)[0]), .size = sizeof(STRUCT)}
