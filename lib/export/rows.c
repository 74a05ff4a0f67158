// SPDX-License-Identifier: MIT
// Rows into lines, and every table but contacts.
#include "base/uuid.h"
#include "crypto/keys.h"
#include "export/run.h"
#include "record/column.h"
#include "table/csv_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1000, COLUMNS_MOST = 32 };

// ---- cells ----

// A member of staff or an agency by a keyed pseudonym, as a participant is, under a letter of its
// own.
static void keyed_cell(struct export_run *r, const char *id, char letter)
{
    static _Thread_local struct {
        char id[UUID_TEXT], text[20];
        const struct keys *keys;
    } recent[256];
    size_t at =
        ((unsigned char)id[34] * 31u + (unsigned char)id[35] * 7u + (unsigned char)id[33]) % 256;
    if (recent[at].keys != r->ctx->keys || strcmp(recent[at].id, id) != 0) {
        snprintf(recent[at].id, sizeof(recent[at].id), "%s", id);
        snprintf(recent[at].text, sizeof(recent[at].text), "%s", keys_study_id(&r->work, id));
        recent[at].keys = r->ctx->keys;
    }
    recent[at].text[0] = letter;
    csv_plain(&r->line, recent[at].text, strlen(recent[at].text));
}

// "{a,b}" as "a;b".
static void codes_cell(struct export_run *r, const char *array)
{
    size_t n = strlen(array), k = 0;
    buf_clear(&r->words);
    buf_add(&r->words, array, n);
    char *to = r->words.p;
    for (size_t i = 0; i < n; i++)
        if (array[i] != '{' && array[i] != '}' && array[i] != '"')
            to[k++] = array[i] == ',' ? ';' : array[i];
    to[k] = '\0';
    csv_text(&r->line, to);
}

// PostgreSQL's "2026-11-02 10:30:00.123+00" (sessions are in UTC) as "2026-11-02T10:30:00Z".
static void time_cell(struct export_run *r, const char *at)
{
    char text[21];
    if (strlen(at) < 19) {
        csv_text(&r->line, at);
        return;
    }
    memcpy(text, at, 19);
    text[10] = 'T';
    text[19] = 'Z';
    csv_plain(&r->line, text, 20);
}

static void cell(struct export_run *r, enum export_type type, const char *value)
{
    if (!value) {
        csv_plain(&r->line, "", 0);
        return;
    }
    switch (type) {
    case EXPORT_CODES:
        codes_cell(r, value);
        break;
    case EXPORT_BOOLEAN:
        csv_plain(&r->line, *value == 't' ? "true" : "false", *value == 't' ? 4 : 5);
        break;
    case EXPORT_TIME:
        time_cell(r, value);
        break;
    case EXPORT_WORKER:
        keyed_cell(r, value, 'W');
        break;
    case EXPORT_AGENCY:
        keyed_cell(r, value, 'P');
        break;
    case EXPORT_INTEGER:
    case EXPORT_AGE:
    case EXPORT_DATE:
        csv_plain(&r->line, value, strlen(value));
        break;
    case EXPORT_STUDY:
    case EXPORT_NUMBER:
    case EXPORT_CODE:
    case EXPORT_SEALED:
        csv_text(&r->line, value);
        break;
    }
}

void export_cells(struct export_run *r, const struct export_table_row *t, const char *study,
                  long number, const char *const *values)
{
    size_t column = 0;
    for (size_t i = 0; i < t->n; i++) {
        enum export_type type = t->variables[i].type;
        if (type == EXPORT_STUDY || type == EXPORT_NUMBER) {
            char text[24];
            if (study && type == EXPORT_STUDY)
                csv_plain(&r->line, study, strlen(study));
            else if (study)
                csv_plain(&r->line, text, (size_t)snprintf(text, sizeof(text), "%ld", number));
        } else {
            cell(r, type, values[column++]);
        }
    }
    csv_end(&r->line);
}

void export_heading(struct export_run *r, const struct export_table_row *t)
{
    buf_clear(&r->line);
    for (size_t i = 0; i < t->n; i++)
        csv_text(&r->line, t->variables[i].name);
    csv_end(&r->line);
}

// ---- what is sealed ----

static enum err open_cell(struct export_run *r, const char *person, const char *column,
                          const char **value)
{
    struct seal_at at = {SEAL_IDENTITY, person, "app.identity_detail", person, column};
    return column_open_text(&r->work, &at, *value, value);
}

static const char *years(struct arena *a, const char *born, const char *day)
{
    if (!born || !day || strlen(born) != 10 || strlen(day) < 10)
        return NULL;
    int age = atoi(day) - atoi(born) - (strncmp(day + 4, born + 4, 6) < 0);
    return age >= 0 ? arena_printf(a, "%d", age) : NULL;
}

// The participant's sealed columns opened; the wrapped data key is the last column.
static enum err open_row(struct export_run *r, const struct export_person *p, const char **values,
                         const char *wrapped)
{
    const struct export_table_row *t = &export_tables[EXPORT_PARTICIPANTS];
    bool any = false;
    for (size_t i = 1; i < t->n; i++)
        any =
            any || ((t->variables[i].type == EXPORT_SEALED || t->variables[i].type == EXPORT_AGE) &&
                    values[i - 1]);
    if (!any)
        return ERR_OK;
    char id[UUID_TEXT];
    uuid_text(p->person, id);
    if (!wrapped)
        return ctx_fail(&r->work, ERR_KEY, "a participant without a data key");
    enum err e = keys_person_load(&r->work, id, db_bytes_decode(r->work.arena, wrapped));
    const char *started = NULL;
    for (size_t i = 1; !e && i < t->n; i++) {
        const struct export_variable *v = &t->variables[i];
        if (strcmp(v->name, "started_on") == 0)
            started = values[i - 1];
        if (v->type == EXPORT_SEALED)
            e = open_cell(r, id, v->name, &values[i - 1]);
        if (v->type == EXPORT_AGE) {
            e = open_cell(r, id, "date_of_birth", &values[i - 1]);
            values[i - 1] = years(r->work.arena, values[i - 1], started);
        }
    }
    return e;
}

// ---- tables by batches ----

struct batch {
    struct export_run *run;
    const struct export_table_row *table;
    struct export_out *out;
    size_t from, n;
    size_t place; // of the last row's person in the batch, from 1
    long number;
};

static enum err take_row(void *arg, const char *const *values, const int *lengths, size_t n)
{
    (void)lengths;
    struct batch *b = arg;
    struct export_run *r = b->run;
    const char *own[COLUMNS_MOST];
    size_t place = values[0] ? strtoul(values[0], NULL, 10) : 0;
    if (place < b->place || place == 0 || place > b->n || n - 1 > COLUMNS_MOST)
        return ctx_fail(&r->work, ERR_INTERNAL, "rows of %s out of order", b->table->name);
    b->number = place == b->place ? b->number + 1 : 1;
    b->place = place;
    const struct export_person *p = &r->people.rows[b->from + place - 1];
    memcpy(own, values + 1, (n - 1) * sizeof(own[0]));
    if (b->table == &export_tables[EXPORT_PARTICIPANTS]) {
        enum err e = open_row(r, p, own, values[n - 1]);
        if (e)
            return e;
    }
    buf_clear(&r->line);
    export_cells(r, b->table, p->study, b->number, own);
    export_out_add(b->out, r->line.p, r->line.n);
    b->out->rows++;
    r->rows++;
    return ERR_OK;
}

struct batch_lists {
    const char *sites, *ids, *changed; // array text
};

static struct batch_lists lists_of(struct export_run *r, size_t from, size_t n)
{
    struct buf sites, ids, changed;
    buf_init(&sites, r->work.arena);
    buf_init(&ids, r->work.arena);
    buf_init(&changed, r->work.arena);
    char id[UUID_TEXT];
    for (size_t i = 0; i < n; i++) {
        const struct export_person *p = &r->people.rows[from + i];
        const char *mark = i ? "," : "{";
        uuid_text(p->id, id);
        buf_printf(&sites, "%s%s", mark, r->people.sites[p->site]);
        buf_printf(&ids, "%s%s", mark, id);
        buf_printf(&changed, "%s%c", mark, p->changed ? 't' : 'f');
    }
    buf_putc(&sites, '}');
    buf_putc(&ids, '}');
    buf_putc(&changed, '}');
    return (struct batch_lists){sites.p, ids.p, changed.p};
}

static enum err batch_write(struct export_run *r, size_t from, size_t n)
{
    struct batch_lists lists = lists_of(r, from, n);
    const struct db_param params[] = {DB_TEXT(r->as_of), DB_TEXT(lists.sites), DB_TEXT(lists.ids),
                                      DB_TEXT(lists.changed)};
    for (size_t i = 0; i < EXPORT_TABLES; i++) {
        if (i == EXPORT_CONTACTS)
            continue;
        struct batch b = {
            .run = r, .table = &export_tables[i], .out = r->out[i], .from = from, .n = n};
        enum err e = db_stream_params(&r->work, b.table->query, params,
                                      i == EXPORT_PARTICIPANTS ? 4 : 3, take_row, &b);
        if (!e && r->out[i]->error)
            e = export_io(&r->work, r->out[i]->error, r->out[i]->name);
        if (e)
            return e;
    }
    return ERR_OK;
}

enum err export_tables_write(struct export_run *r)
{
    for (size_t from = 0; from < r->people.n; from += BATCH) {
        size_t left = r->people.n - from;
        enum err e = batch_write(r, from, left < BATCH ? left : BATCH);
        if (!e)
            e = export_tell(r, 0);
        if (e)
            return e;
        arena_reset(r->work.arena);
    }
    return ERR_OK;
}
