// SPDX-License-Identifier: MIT
// The name index and the database: loading, following changes, and waiting for a database that is
// away.
#include "search/search.h"

#include "base/field.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "db/db.h"
#include "record/column.h"
#include "search/base.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGE = 1000, WAIT_MS = 250, RETRY_MS = 200 };

// The last one read: a person may have several cases.
struct place {
    char person[UUID_TEXT], id[UUID_TEXT];
};
static const struct place before_all = {"00000000-0000-0000-0000-000000000000",
                                        "00000000-0000-0000-0000-000000000000"};

static enum err open_of(struct ctx *ctx, const struct db_pipeline *pl, size_t row, const char *id,
                        const char *table, const char *column, const char **ret)
{
    struct seal_at at = {SEAL_IDENTITY, id, table, id, column};
    return column_open(ctx, pl, 0, row, &at, column, ret);
}

static enum err read_row(struct ctx *ctx, const struct db_pipeline *pl, size_t row,
                         struct search_person *ret)
{
    const char *id = db_get(pl, 0, row, "person_id"), *aliases = NULL;
    struct search_person p = {.id = db_get(pl, 0, row, "id"),
                              .ref = db_get(pl, 0, row, "ref"),
                              .site = db_get(pl, 0, row, "site_id")};
    struct bytes wrapped = db_bytes(pl, 0, row, "wrapped");
    enum err e = wrapped.p ? keys_person_load(ctx, id, wrapped) : ERR_OK;
    if (!e && wrapped.p) {
        e = open_of(ctx, pl, row, id, "app.identity", "given_name", &p.given_name);
        if (!e)
            e = open_of(ctx, pl, row, id, "app.identity", "family_name", &p.family_name);
        if (!e)
            e = open_of(ctx, pl, row, id, "app.identity", "known_as", &p.known_as);
        if (!e)
            e = open_of(ctx, pl, row, id, "app.identity_detail", "date_of_birth",
                            &p.date_of_birth);
        if (!e)
            e = open_of(ctx, pl, row, id, "app.identity_detail", "aliases", &aliases);
        p.aliases = field_lines_list(ctx->arena, aliases);
    }
    if (!e)
        *ret = p;
    return e;
}

// One page into the index; the arena of a page dies with it.
static enum err load_page(struct ctx *outer, struct search_loading *loading, struct place *after,
                          size_t *ret_n)
{
    struct ctx ctx = *outer;
    ctx.arena = arena_new();
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    DB_ADD(pl, Q_SEARCH_PEOPLE, DB_TEXT(after->person), DB_TEXT(after->id),
           DB_TEXT(arena_printf(ctx.arena, "%d", PAGE)));
    enum err e = db_run(&ctx, pl);
    size_t n = e ? 0 : db_nrows(pl, 0);
    for (size_t row = 0; row < n && !e; row++) {
        struct search_person person;
        e = read_row(&ctx, pl, row, &person);
        if (!e)
            search_loading_add(loading, &person);
    }
    if (!e && n) {
        memcpy(after->person, db_get(pl, 0, n - 1, "person_id"), UUID_TEXT);
        memcpy(after->id, db_get(pl, 0, n - 1, "id"), UUID_TEXT);
    }
    if (e && ctx.problem.log)
        outer->problem.log = arena_strdup(outer->arena, ctx.problem.log);
    arena_free(ctx.arena);
    *ret_n = n;
    return e;
}

enum err search_index_load(struct ctx *ctx, struct search_index *idx)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    DB_ADD0(pl, Q_SEARCH_COUNT);
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    long people = strtol(db_get(pl, 0, 0, "people"), NULL, 10);
    struct search_loading *loading = search_loading_new(idx, (uint32_t)people);
    struct place after = before_all;
    for (size_t n = PAGE; !e && n == PAGE;)
        e = load_page(ctx, loading, &after, &n);
    search_loading_end(loading, !e);
    return e;
}

enum err search_index_refresh(struct ctx *ctx, struct search_index *idx, const char *participant_id)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    DB_ADD(pl, Q_SEARCH_PERSON, DB_TEXT(participant_id));
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    struct search_person person = {.id = participant_id}; // nobody of that id any more
    if (db_nrows(pl, 0) == 1)
        e = read_row(ctx, pl, 0, &person);
    if (!e)
        search_index_put(idx, &person);
    return e;
}

// ---- following ----

struct changed {
    struct arena *arena;
    const char **ids;
    size_t n, cap;
    bool all;
};

// The payload is SITE/ID, or * for everybody.
static void note_change(const char *channel, const char *payload, void *arg)
{
    struct changed *c = arg;
    (void)channel;
    const char *slash = strrchr(payload, '/'), *id = slash ? slash + 1 : payload;
    if (!uuid_ok(id)) {
        c->all = true;
        return;
    }
    for (size_t i = c->n; i > 0 && i + 4 > c->n;
         i--) // names and details of one person come together
        if (strcmp(c->ids[i - 1], id) == 0)
            return;
    if (c->n == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 16;
        c->ids = arena_grow(c->arena, c->ids, c->cap * sizeof(*c->ids), cap * sizeof(*c->ids));
        c->cap = cap;
    }
    c->ids[c->n++] = arena_strdup(c->arena, id);
}

static enum err follow(struct ctx *ctx, struct search_index *idx)
{
    struct changed changed = {.arena = ctx->arena};
    enum err e = db_notifications(ctx, WAIT_MS, note_change, &changed);
    if (!e && changed.all)
        return search_index_load(ctx, idx);
    for (size_t i = 0; i < changed.n && !e; i++)
        e = search_index_refresh(ctx, idx, changed.ids[i]);
    return e;
}

void search_index_run(struct ctx *ctx, struct search_index *idx, const atomic_bool *stop)
{
    while (!atomic_load(stop)) {
        // Listening comes first: what changes while everybody is read is told afterwards.
        enum err e = db_ready(ctx, ctx->db);
        if (!e)
            e = db_listen(ctx, "phoenix_people");
        if (!e)
            e = search_index_load(ctx, idx);
        while (!e && !atomic_load(stop)) {
            arena_reset(ctx->arena);
            ctx->problem = (struct problem){0};
            e = follow(ctx, idx);
        }
        if (e)
            log_event(LOG_WARN, "name_index", "error", err_row(e)->name, "detail",
                      ctx->problem.log ? ctx->problem.log : "", NULL);
        arena_reset(ctx->arena);
        ctx->problem = (struct problem){0};
        if (e)
            nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000000L}, NULL);
    }
}
