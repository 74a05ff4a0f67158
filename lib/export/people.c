// SPDX-License-Identifier: MIT
#include "base/hash.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "export/run.h"

#include <stdlib.h>
#include <string.h>

static uint16_t site_place(struct export_run *r, const char *site)
{
    struct export_people *p = &r->people;
    for (size_t i = 0; i < p->n_sites; i++)
        if (strcmp(p->sites[i], site) == 0)
            return (uint16_t)i;
    p->sites = arena_grow(r->arena, (void *)p->sites, p->n_sites * sizeof(char *),
                          (p->n_sites + 1) * sizeof(char *));
    p->sites[p->n_sites] = arena_strdup(r->arena, site);
    return (uint16_t)p->n_sites++;
}

static enum err take_person(void *arg, const char *const *values, const int *lengths, size_t n)
{
    (void)lengths;
    (void)n;
    struct export_run *r = arg;
    struct export_people *p = &r->people;
    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 1024;
        p->rows = arena_grow(r->arena, p->rows, p->cap * sizeof(*p->rows), cap * sizeof(*p->rows));
        p->cap = cap;
    }
    struct export_person *x = &p->rows[p->n++];
    *x = (struct export_person){
        .site = site_place(r, values[0]),
        .changed = values[3] && *values[3] == 't',
        .contacts = values[4] ? atoi(values[4]) : 0,
    };
    if (!uuid_bytes(values[1], x->id) || !uuid_bytes(values[2], x->person))
        return ctx_fail(r->ctx, ERR_INTERNAL, "an id that is none");
    p->contacts += x->contacts;
    return ERR_OK;
}

// The cases of one person together, in the order of their ids, so that an export made again is the
// same.
static int by_study(const void *a, const void *b)
{
    const struct export_person *x = a, *y = b;
    int order = strcmp(x->study, y->study);
    return order ? order : memcmp(x->id, y->id, sizeof(x->id));
}

enum { NAMED_AT_ONCE = 4096 };

static void name_people(struct export_run *r)
{
    struct export_people *p = &r->people;
    char id[UUID_TEXT];
    for (size_t i = 0; i < p->n; i++) {
        uuid_text(p->rows[i].person, id);
        const char *study = keys_study_id(&r->work, id);
        memcpy(p->rows[i].study, study, sizeof(p->rows[i].study) - 1);
        if (i % NAMED_AT_ONCE == 0)
            arena_reset(r->work.arena);
    }
    arena_reset(r->work.arena);
    if (p->n)
        qsort(p->rows, p->n, sizeof(*p->rows), by_study);
}

static void index_people(struct export_run *r)
{
    struct export_people *p = &r->people;
    for (p->n_slots = 64; p->n_slots < p->n * 2; p->n_slots *= 2)
        ;
    p->slots = ARENA_ARRAY(r->arena, uint32_t, p->n_slots);
    for (size_t i = 0; i < p->n; i++) {
        size_t at = hash_bytes(p->rows[i].id, 16) & (p->n_slots - 1);
        while (p->slots[at])
            at = (at + 1) & (p->n_slots - 1);
        p->slots[at] = (uint32_t)i + 1;
    }
}

enum err export_people_read(struct export_run *r)
{
    const struct db_param params[] = {DB_TEXT(r->as_of), DB_TEXT(r->ask->site)};
    enum err e = db_stream_params(&r->work, Q_EXPORT_PEOPLE, params, 2, take_person, r);
    if (e)
        return e;
    name_people(r);
    index_people(r);
    return ERR_OK;
}

const struct export_person *export_people_find(const struct export_people *p, const char *id)
{
    uint8_t key[16];
    if (!p->n_slots || !uuid_bytes(id, key))
        return NULL;
    for (size_t at = hash_bytes(key, 16) & (p->n_slots - 1); p->slots[at];
         at = (at + 1) & (p->n_slots - 1)) {
        const struct export_person *x = &p->rows[p->slots[at] - 1];
        if (memcmp(x->id, key, 16) == 0)
            return x;
    }
    return NULL;
}
