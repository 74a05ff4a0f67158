// SPDX-License-Identifier: MIT
#include "record/rows.h"

#include "record/column.h"

#include <stdint.h>

const void *rows_read(const struct db_pipeline *pl, size_t i, const struct field_table *t,
                      size_t *ret_n)
{
    struct field_rows all;
    db_records(pl, i, t, &all);
    *ret_n = all.n;
    return all.rows[0];
}

enum err rows_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                   const struct field_table *t, const char *table, const char *person,
                   const void **ret, size_t *ret_n)
{
    size_t n;
    const void *records = rows_read(pl, i, t, &n);
    for (size_t row = 0; row < n; row++) {
        void *record = (char *)(uintptr_t)records + row * t->size;
        enum err e =
            record_open(ctx, pl, i, row, t, table, person, db_get(pl, i, row, "id"), record);
        if (e)
            return e;
    }
    *ret = records;
    *ret_n = n;
    return ERR_OK;
}

const struct field_rows *rows_answer(struct ctx *ctx, const struct field_table *t,
                                     const void *records, size_t n)
{
    const void **each = ARENA_ARRAY(ctx->arena, const void *, n + 1);
    for (size_t i = 0; i < n; i++)
        each[i] = (const char *)records + i * t->size;
    struct field_rows *all = ARENA_NEW(ctx->arena, struct field_rows);
    *all = (struct field_rows){t, each, n};
    return all;
}
