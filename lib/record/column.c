// SPDX-License-Identifier: MIT
#include "record/column.h"

#include <string.h>

enum err column_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                     const struct seal_at *at, const char *from, const char **ret)
{
    return seal_open(ctx, at, db_bytes(pl, i, row, from), ret);
}

enum err column_open_text(struct ctx *ctx, const struct seal_at *at, const char *value,
                          const char **ret)
{
    return seal_open(ctx, at, db_bytes_decode(ctx->arena, value), ret);
}

static bool sealed_in(const struct field *f, const char *table)
{
    return f->sealed.column && (!f->sealed.table || strcmp(f->sealed.table, table) == 0);
}

static struct seal_at seal_at_of(const struct field *f, const char *table, const char *person,
                                 const char *id)
{
    return (struct seal_at){(enum seal_domain)f->sealed.domain, person, table, id,
                            f->sealed.column};
}

enum err record_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                     const struct field_table *t, const char *table, const char *person,
                     const char *id, void *record)
{
    for (const struct field *f = t->fields; f < t->fields + t->n; f++) {
        if (!sealed_in(f, table))
            continue;
        struct seal_at at = seal_at_of(f, table, person, id);
        const char *text;
        enum err e = column_open(ctx, pl, i, row, &at, f->sealed.column, &text);
        if (e)
            return e;
        *field_at(record, f) = f->type == FIELD_LIST ? field_lines_list(ctx->arena, text) : text;
    }
    return ERR_OK;
}

enum err record_seal(struct ctx *ctx, const struct field_table *t, const char *table,
                     const char *person, const char *id, const void *record,
                     const struct sealed_field **ret, size_t *ret_n)
{
    struct sealed_field *all = ARENA_ARRAY(ctx->arena, struct sealed_field, t->n);
    size_t n = 0;
    for (const struct field *f = t->fields; f < t->fields + t->n; f++) {
        if (!sealed_in(f, table))
            continue;
        struct seal_at at = seal_at_of(f, table, person, id);
        const char *text = field_get(record, f);
        if (f->type == FIELD_LIST)
            text = field_list_lines(ctx->arena, text);
        enum err e = seal_text(ctx, &at, text, &all[n].sealed);
        if (e)
            return e;
        all[n++].field = f;
    }
    *ret = all;
    *ret_n = n;
    return ERR_OK;
}
