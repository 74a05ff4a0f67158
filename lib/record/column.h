// SPDX-License-Identifier: MIT
// Sealed columns: where a value is kept stands in its field's row (struct field_seal), and a record's
// sealed fields are opened and sealed by walking its table. Texts live in ctx->arena; the person's
// data key must be in the cache (access_run(), keys_person_load()).
#pragma once

#include "base/field.h"
#include "db/db.h"

/** Opens column `from` of a row, bound at `at`; NULL when it is null or the actor may not see it. */
enum err column_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                     const struct seal_at *at, const char *from, const char **ret) MUST_CHECK;
/** The same for a value in hand, as db_stream() gives it; NULL for NULL. */
enum err column_open_text(struct ctx *ctx, const struct seal_at *at, const char *value,
                          const char **ret) MUST_CHECK;

/**
 * Fills the fields of `record` that are sealed in `table` from the columns of their names in a row.
 * `id` is the uuid of the table's row that they are bound to. Fields whose row names no table are
 * taken to be of this one. A list is sealed as lines.
 */
enum err record_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                     const struct field_table *t, const char *table, const char *person,
                     const char *id, void *record) MUST_CHECK;

/**
 * The same where `table` has a row for each field instead of a column: kind, which is the field's
 * column, and words. Columns `kinds` and `words` of the row are arrays that the statement gathered.
 */
enum err record_open_kinds(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                           const struct field_table *t, const char *table, const char *person,
                           const char *id, void *record) MUST_CHECK;

/** A field's value, sealed: {NULL, 0} when it is absent. */
struct sealed_field {
    const struct field *field;
    struct bytes sealed;
};
/** The other way: the fields of the record that are sealed in `table`, in the order of their rows. */
enum err record_seal(struct ctx *ctx, const struct field_table *t, const char *table,
                     const char *person, const char *id, const void *record,
                     const struct sealed_field **ret, size_t *ret_n) MUST_CHECK;

/** The same as rows of kind and words, for one statement to add: array text and a bytea[], both without
 *  what is absent. */
struct sealed_kinds {
    const char *kinds;
    struct bytes words;
};
enum err record_seal_kinds(struct ctx *ctx, const struct field_table *t, const char *table,
                           const char *person, const char *id, const void *record,
                           struct sealed_kinds *ret) MUST_CHECK;
