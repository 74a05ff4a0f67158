// SPDX-License-Identifier: MIT
// Who is at the site already, found by the team's own reference or by ours.
#include "import/row.h"

#include "base/clock.h"
#include "base/hash.h"
#include "db/db.h"
#include "record/column.h"

#include <string.h>

enum { PARTICIPANT, ID, REF, SOURCE, WRAPPED, FAMILY, GIVEN, BIRTH };

// The keyed hash is as good as another hash of it.
static uint64_t hash_blind(struct bytes source)
{
    uint64_t h;
    memcpy(&h, source.p, sizeof(h));
    return h;
}

static void index_add(struct import_judge *j, struct known *k, uint64_t hash)
{
    size_t at = hash & (j->cap_index - 1);
    while (j->index[at])
        at = (at + 1) & (j->cap_index - 1);
    j->index[at] = k;
}

// The team's own reference goes before one of ours that happens to look the same.
struct known *import_known_find(const struct import_judge *j, struct arena *a, const char *ref,
                                struct bytes source)
{
    const char *folded = map_fold(a, ref);
    size_t mask = j->cap_index - 1;
    for (size_t at = hash_blind(source) & mask; j->index[at]; at = (at + 1) & mask) {
        struct known *k = j->index[at];
        if (k->source.n == source.n && memcmp(k->source.p, source.p, source.n) == 0)
            return k;
    }
    for (size_t at = hash_text(folded) & mask; j->index[at]; at = (at + 1) & mask)
        if (strcmp(j->index[at]->ref, folded) == 0)
            return j->index[at];
    return NULL;
}

static enum err open_of(struct ctx *ctx, const char *id, const char *table, const char *column,
                        const char *value, const char **ret)
{
    struct seal_at at = {SEAL_IDENTITY, id, table, id, column};
    return column_open_text(ctx, &at, value, ret);
}

static enum err take_person(void *arg, const char *const *v, const int *lengths, size_t n)
{
    (void)lengths, (void)n;
    struct import_judge *j = arg;
    struct arena *a = j->ctx->arena;
    struct known *k = ARENA_NEW(a, struct known);
    const char *family, *given, *born;
    k->id = arena_strdup(a, v[ID]);
    k->participant = arena_strdup(a, v[PARTICIPANT]);
    k->ref = map_fold(a, v[REF]);
    k->source = db_bytes_decode(a, v[SOURCE]);
    k->wrapped = db_bytes_decode(a, v[WRAPPED]);
    arena_reset(j->row.arena);
    enum err e = keys_person_load(&j->row, k->id, k->wrapped);
    if (!e)
        e = open_of(&j->row, k->id, "app.identity", "family_name", v[FAMILY], &family);
    if (!e)
        e = open_of(&j->row, k->id, "app.identity", "given_name", v[GIVEN], &given);
    if (!e)
        e = open_of(&j->row, k->id, "app.identity_detail", "date_of_birth", v[BIRTH], &born);
    if (e)
        return e;
    k->has_birth = born && date_parse(born, &k->born);
    import_person_key(&j->row, family ? family : "", given ? given : "", born ? born : "",
                      k->person);
    seen_add(&j->known_people, k->person);
    size_t cap = j->n_known && (j->n_known & (j->n_known - 1)) == 0 ? j->n_known * 2 : 0;
    if (!j->n_known)
        j->all = ARENA_ARRAY(a, struct known *, 1);
    else if (cap)
        j->all = arena_grow(a, j->all, j->n_known * sizeof(k), cap * sizeof(k));
    j->all[j->n_known++] = k;
    return ERR_OK;
}

static enum err take_taken(void *arg, const char *const *v, const int *lengths, size_t n)
{
    (void)lengths, (void)n;
    struct import_judge *j = arg;
    arena_reset(j->row.arena);
    seen_add(&j->taken, db_bytes_decode(j->row.arena, v[0]).p);
    return ERR_OK;
}

static enum err read_people(struct import_judge *j)
{
    struct db_param site = DB_TEXT(j->setup->site);
    enum err e = db_stream_params(j->ctx, Q_IMPORT_PEOPLE, &site, 1, take_person, j);
    if (!e && j->setup->as_actor)
        e = db_stream_params(j->ctx, Q_IMPORT_TAKEN, NULL, 0, take_taken, j);
    return e;
}

enum err import_known_load(struct import_judge *j)
{
    struct ctx *ctx = j->ctx;
    enum err e = import_begin(j, true);
    if (e)
        return e;
    e = read_people(j);
    if (e) {
        ctx->problem.log =
            j->row.problem.log ? arena_strdup(ctx->arena, j->row.problem.log) : ctx->problem.log;
        db_rollback(ctx);
        return e;
    }
    e = db_commit(ctx);
    for (j->cap_index = 1024; j->cap_index < j->n_known * 4;)
        j->cap_index *= 2;
    j->index = ARENA_ARRAY(ctx->arena, struct known *, j->cap_index);
    for (size_t i = 0; i < j->n_known; i++) {
        index_add(j, j->all[i], hash_text(j->all[i]->ref));
        if (j->all[i]->source.n)
            index_add(j, j->all[i], hash_blind(j->all[i]->source));
    }
    return e;
}
