// SPDX-License-Identifier: MIT
#include "domain/caseload/home.h"

#include "base/field.h"
#include "record/name.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(member) FIELD_COLUMN(struct home_item, member, FIELD_TEXT)
static const struct field item_rows[] = {
    TEXT(section),
    TEXT(id),
    TEXT(ref),
    TEXT(what),
    TEXT(status),
    TEXT(basis),
    TEXT(worker),
    TEXT(total),
    TEXT(since),
    FIELD_COLUMN(struct home_item, due, FIELD_DATE),
    FIELD_COLUMN(struct home_item, last_contact, FIELD_TIME),
};
static const struct field_table item_table = FIELD_TABLE("HomeItem", struct home_item, item_rows);

static const enum query queries[] = {Q_home_escalations, Q_home_people, Q_home_referrals,
                                     Q_home_other};
enum { QUERIES = sizeof(queries) / sizeof(queries[0]) };

// Rows come grouped by section: each change of its code begins a new one.
static enum err add_rows(struct ctx *ctx, const struct db_pipeline *pl, size_t i, bool people,
                         struct home_section *sections, size_t *n)
{
    size_t rows = db_nrows(pl, i);
    struct home_item *items = ARENA_ARRAY(ctx->arena, struct home_item, rows + 1);
    for (size_t row = 0; row < rows; row++) {
        struct home_item *item = &items[row];
        db_row_record(pl, i, row, &item_table, item);
        enum err e = people ? person_name_load(ctx, pl, i, row, &item->name) : ERR_OK;
        if (e)
            return e;
        if (row == 0 || strcmp(item->section, items[row - 1].section) != 0)
            sections[(*n)++] = (struct home_section){.code = item->section, .items = item};
        struct home_section *s = &sections[*n - 1];
        s->n++;
        // Rows of accounts and the log are counts by kind; the others carry the whole list's.
        s->total = people || strcmp(s->code, "exports") == 0
                       ? strtol(item->total, NULL, 10)
                       : s->total + strtol(item->total, NULL, 10);
    }
    return ERR_OK;
}

enum err home_read(struct ctx *ctx, struct home *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_self, NULL);
    size_t at[QUERIES];
    for (size_t q = 0; q < QUERIES; q++)
        at[q] = db_add(tx.pl, (struct db_call){.query = queries[q]});
    enum err e = access_run(ctx, &tx, NULL);
    struct home_section *sections = ARENA_ARRAY(ctx->arena, struct home_section, 32);
    size_t n = 0;
    for (size_t q = 0; q < QUERIES && !e; q++)
        e = add_rows(ctx, tx.pl, at[q], queries[q] != Q_home_other, sections, &n);
    if (!e)
        *ret = (struct home){sections, n};
    return e;
}

const struct home_section *home_section(const struct home *home, const char *code)
{
    static const struct home_section none = {0};
    for (size_t i = 0; i < home->n; i++)
        if (strcmp(home->sections[i].code, code) == 0)
            return &home->sections[i];
    return &none;
}
