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

static const struct field *field_of_kind(const struct field_table *t, const char *table,
                                         const char *kind)
{
    for (const struct field *f = t->fields; f < t->fields + t->n; f++)
        if (sealed_in(f, table) && strcmp(f->sealed.column, kind) == 0)
            return f;
    return NULL;
}

enum err record_open_kinds(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                           const struct field_table *t, const char *table, const char *person,
                           const char *id, void *record)
{
    const char *const *kinds;
    const struct bytes *words;
    size_t n = field_list(ctx->arena, db_get(pl, i, row, "kinds"), &kinds);
    if (db_bytes_list(pl, i, row, "words", &words) != n)
        return ctx_fail(ctx, ERR_INTERNAL, "%s: kinds and words differ in number", table);
    for (size_t k = 0; k < n; k++) {
        const struct field *f = field_of_kind(t, table, kinds[k]);
        if (!f)
            continue; // a kind that a later program keeps
        struct seal_at at = seal_at_of(f, table, person, id);
        enum err e = seal_open(ctx, &at, words[k], field_at(record, f));
        if (e)
            return e;
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

enum err record_seal_kinds(struct ctx *ctx, const struct field_table *t, const char *table,
                           const char *person, const char *id, const void *record,
                           struct sealed_kinds *ret)
{
    const struct sealed_field *all;
    size_t n_all, n = 0;
    enum err e = record_seal(ctx, t, table, person, id, record, &all, &n_all);
    if (e)
        return e;
    const char **kinds = ARENA_ARRAY(ctx->arena, const char *, n_all + 1);
    struct bytes *words = ARENA_ARRAY(ctx->arena, struct bytes, n_all + 1);
    for (size_t i = 0; i < n_all; i++)
        if (all[i].sealed.p) {
            kinds[n] = all[i].field->sealed.column;
            words[n++] = all[i].sealed;
        }
    *ret = (struct sealed_kinds){field_array(ctx->arena, kinds, n),
                                 db_bytes_array(ctx->arena, words, n)};
    return ERR_OK;
}
