// SPDX-License-Identifier: MIT
// Rows of a statement as records, and records as rows of an answer. All live in ctx->arena.
#pragma once

#include "base/field.h"
#include "db/db.h"

/** Rows of statement i as records of the table, in one array. */
const void *rows_read(const struct db_pipeline *pl, size_t i, const struct field_table *t,
                      size_t *ret_n);
/** The same with what is sealed in `table` opened: each row is bound by its own `id`. */
enum err rows_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                   const struct field_table *t, const char *table, const char *person,
                   const void **ret, size_t *ret_n) MUST_CHECK;
/** An array of records as rows of an answer. */
const struct field_rows *rows_answer(struct ctx *ctx, const struct field_table *t,
                                     const void *records, size_t n);
