// SPDX-License-Identifier: MIT
#include "db/private.h"

#include "base/clock.h"
#include "base/field.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const PGresult *result_at(const struct db_pipeline *pl, size_t i)
{
    return pl->results && i < pl->n ? pl->results[i] : NULL;
}

size_t db_nrows(const struct db_pipeline *pl, size_t i)
{
    return (size_t)PQntuples(result_at(pl, i));
}

static const char *value_at(const PGresult *r, size_t row, size_t col)
{
    if (!r || row >= (size_t)PQntuples(r) || col >= (size_t)PQnfields(r) ||
        PQgetisnull(r, (int)row, (int)col))
        return NULL;
    return PQgetvalue(r, (int)row, (int)col);
}

const char *db_value(const struct db_pipeline *pl, size_t i, size_t row, size_t col)
{
    return value_at(result_at(pl, i), row, col);
}

/** PQfnumber() folds case in a copy of the name each time; the catalogue's names need no folding.
 */
static int column_find(const PGresult *r, const char *column)
{
    int n = PQnfields(r);
    for (int c = 0; c < n; c++) {
        if (strcmp(PQfname(r, c), column) == 0)
            return c;
    }
    return -1;
}

const char *db_get(const struct db_pipeline *pl, size_t i, size_t row, const char *column)
{
    const PGresult *r = result_at(pl, i);
    int col = r ? column_find(r, column) : -1;
    assert(!r || col >= 0);
    return col < 0 ? NULL : value_at(r, row, (size_t)col);
}

long db_affected(const struct db_pipeline *pl, size_t i)
{
    PGresult *r = pl->results && i < pl->n ? pl->results[i] : NULL;
    const char *text = r ? PQcmdTuples(r) : "";
    return strtol(text, NULL, 10);
}

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

struct bytes db_hex(struct arena *a, const char *hex, size_t digits)
{
    size_t n = digits / 2;
    uint8_t *out = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++, hex += 2)
        out[i] = (uint8_t)(nibble(hex[0]) << 4 | nibble(hex[1]));
    return (struct bytes){.p = out, .n = n};
}

struct bytes db_bytes_decode(struct arena *a, const char *text)
{
    if (!text || text[0] != '\\' || text[1] != 'x')
        return (struct bytes){0};
    return db_hex(a, text + 2, strlen(text + 2));
}

struct bytes db_bytes(const struct db_pipeline *pl, size_t i, size_t row, const char *column)
{
    return db_bytes_decode(pl->ctx->arena, db_get(pl, i, row, column));
}

static const char *canonical(struct arena *a, const struct field *f, const char *text)
{
    int64_t us;
    if (f->type == FIELD_BOOL)
        return text[0] == 't' ? "true" : "false";
    if (f->type == FIELD_TIME && time_parse_pg(text, &us))
        return time_iso(a, us);
    return text;
}

/** The field each column fills, or NULL. A sealed column is opened by the domain, not here. */
static const struct field **columns_map(struct arena *a, const PGresult *r,
                                        const struct field_table *t)
{
    int n = PQnfields(r);
    const struct field **map = ARENA_ARRAY(a, const struct field *, (size_t)n + 1);
    for (int c = 0; c < n; c++) {
        const struct field *f = field_find(t, PQfname(r, c));
        map[c] = f && f->type != FIELD_OBJECTS ? f : NULL;
    }
    return map;
}

static void row_fill(struct arena *a, const PGresult *r, size_t row, const struct field **map,
                     void *record)
{
    int n = PQnfields(r);
    for (int c = 0; c < n; c++) {
        const char *text = map[c] ? value_at(r, row, (size_t)c) : NULL;
        if (text && !((map[c]->flags & FIELD_SEALED) && strncmp(text, "\\x", 2) == 0))
            *field_at(record, map[c]) = canonical(a, map[c], text);
    }
}

void db_row_record(const struct db_pipeline *pl, size_t i, size_t row, const struct field_table *t,
                   void *record)
{
    const PGresult *r = result_at(pl, i);
    if (r && row < (size_t)PQntuples(r))
        row_fill(pl->ctx->arena, r, row, columns_map(pl->ctx->arena, r, t), record);
}

void db_records(const struct db_pipeline *pl, size_t i, const struct field_table *t,
                struct field_rows *ret)
{
    struct arena *a = pl->ctx->arena;
    const PGresult *r = result_at(pl, i);
    size_t n = r ? (size_t)PQntuples(r) : 0;
    const struct field **map = n ? columns_map(a, r, t) : NULL;
    const void **rows = ARENA_ARRAY(a, const void *, n + 1);
    char *records = arena_alloc(a, (n + 1) * t->size);
    rows[0] = records;
    for (size_t row = 0; row < n; row++) {
        rows[row] = records + row * t->size;
        row_fill(a, r, row, map, records + row * t->size);
    }
    *ret = (struct field_rows){.table = t, .rows = rows, .n = n};
}
