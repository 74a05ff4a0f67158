// SPDX-License-Identifier: MIT
#include "sample/rows.h"

#include "base/clock.h"
#include "crypto/secret.h"

#include <string.h>

// ---- rows ----

void rows_add(struct sample_rows *rows, const struct db_param *cells, size_t n)
{
    size_t size = rows->columns * sizeof(*cells);
    if (rows->n == rows->cap) {
        size_t cap = rows->cap ? rows->cap * 2 : 16;
        rows->cells = arena_grow(rows->seal.arena, rows->cells, rows->cap * size, cap * size);
        rows->cap = cap;
    }
    memcpy(rows->cells + rows->n++ * rows->columns, cells, n * sizeof(*cells));
}

enum err rows_seal(struct sample_rows *rows, enum seal_domain domain, const char *table,
                   const char *row, const char *column, const char *text, struct bytes *ret)
{
    struct seal_at at = {domain, rows->person->id, table, row, column};
    return seal_text(&rows->seal, &at, text, ret);
}

int64_t rows_noon(const struct sample_rows *rows, int day)
{
    int64_t at = ((int64_t)day * 86400 + 12 * 3600) * 1000000,
            latest = rows->plan->now_us - 60000000;
    return day ? at < latest ? at : latest : 0;
}

const char *rows_time(struct sample_rows *rows, int64_t us)
{
    return us ? time_iso(rows->seal.arena, us) : NULL;
}

const char *rows_day(struct sample_rows *rows, int day)
{
    return day ? date_iso(rows->seal.arena, day) : NULL;
}

struct run {
    struct sample_rows rows;
    const struct sample_setup *setup;
    const struct sample_pass *pass;
    size_t person, at;
};

static enum err next_row(void *arg, struct db_param *row, bool *ret_more)
{
    struct run *run = arg;
    struct sample_rows *rows = &run->rows;
    while (run->at == rows->n) {
        if (run->person == rows->plan->n_people) {
            *ret_more = false;
            return ERR_OK;
        }
        if (run->setup->progress && run->person % 1000 == 0)
            run->setup->progress(run->pass->words, (long)run->person, (long)rows->plan->n_people,
                                 run->setup->arg);
        arena_reset(rows->seal.arena);
        rows->cells = NULL;
        rows->n = rows->cap = run->at = 0;
        rows->person = &rows->plan->people[run->person++];
        rows->participant = rows->person->participant;
        rows->site = rows->plan->sites[rows->person->site];
        enum err e = keys_person_load(&rows->seal, rows->person->id, rows->person->wrapped);
        if (!e)
            e = run->pass->fill(rows);
        if (e)
            return e;
    }
    memcpy(row, rows->cells + run->at++ * rows->columns, rows->columns * sizeof(*row));
    *ret_more = true;
    return ERR_OK;
}

static enum err run_passes(struct ctx *ctx, const struct sample_setup *setup,
                           const struct plan *plan, const struct sample_pass *passes)
{
    for (const struct sample_pass *pass = passes; pass->columns; pass++) {
        struct run run = {
            .rows = {.plan = plan, .columns = pass->columns}, .setup = setup, .pass = pass};
        run.rows.seal = (struct ctx){.arena = arena_new(), .keys = ctx->keys};
        long loaded;
        enum err e = db_copy_in(ctx, pass->query, pass->columns, next_row, &run, &loaded);
        arena_free(run.rows.seal.arena);
        if (e)
            return e;
    }
    return ERR_OK;
}

// ---- staff ----

static enum err run_all(struct ctx *ctx, struct db_pipeline **pl)
{
    enum err e = db_run(ctx, *pl);
    *pl = db_pipeline_new(ctx);
    return e;
}

static const char *site_text(const struct plan *plan, int site)
{
    return site == NOBODY ? NULL : plan->sites[site];
}

static enum err load_staff(struct ctx *ctx, const struct sample_setup *setup,
                           const struct plan *plan)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    for (size_t i = 0; i < plan->n_agencies; i++) {
        const struct plan_agency *a = &plan->agencies[i];
        DB_ADD(pl, Q_SAMPLE_AGENCY, DB_TEXT(a->id), DB_TEXT(a->name), DB_TEXT(a->kind),
               DB_TEXT(site_text(plan, a->site)));
    }
    for (size_t i = 0; i < plan->n_teams; i++)
        DB_ADD(pl, Q_SAMPLE_TEAM, DB_TEXT(plan->teams[i].id),
               DB_TEXT(plan->sites[plan->teams[i].site]), DB_TEXT(plan->teams[i].name));
    enum err e = run_all(ctx, &pl);
    for (size_t i = 0; i < plan->n_users && !e; i++) {
        const struct plan_user *u = &plan->users[i];
        const char *hash = "!"; // no password opens it
        if (u->password)
            e = password_hash(ctx, u->password, &hash);
        if (e)
            return e;
        if (setup->progress)
            setup->progress("Accounts", (long)i, (long)plan->n_users, setup->arg);
        DB_ADD(pl, Q_SAMPLE_USER, DB_TEXT(u->id), DB_TEXT(u->username), DB_TEXT(u->display_name),
               DB_TEXT(u->role), DB_TEXT(site_text(plan, u->site)),
               DB_TEXT(u->team == NOBODY ? NULL : plan->teams[u->team].id),
               DB_TEXT(u->agency == NOBODY ? NULL : plan->agencies[u->agency].id), DB_TEXT(hash));
        if (i % 100 == 99)
            e = run_all(ctx, &pl);
    }
    return e ? e : run_all(ctx, &pl);
}

// ---- all of it ----

static enum err make_data_keys(struct ctx *ctx, struct plan *plan)
{
    struct ctx scratch = {.arena = arena_new(), .keys = ctx->keys};
    enum err e = ERR_OK;
    for (size_t i = 0; i < plan->n_people && !e; i++) {
        struct bytes wrapped;
        e = keys_person_new(&scratch, plan->people[i].id, &wrapped);
        if (!e) {
            uint8_t *kept = arena_alloc(plan->arena, wrapped.n);
            memcpy(kept, wrapped.p, wrapped.n);
            plan->people[i].wrapped = (struct bytes){kept, wrapped.n};
        }
        arena_reset(scratch.arena);
    }
    arena_free(scratch.arena);
    return e;
}

static enum err run_one(struct ctx *ctx, enum query q)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    DB_ADD0(pl, q);
    return db_run(ctx, pl);
}

static enum err load_cases(struct ctx *ctx, const struct sample_setup *setup,
                           const struct plan *plan)
{
    static const struct {
        const char *words;
        enum query query;
    } after[] = {
        {"Indexes", Q_SAMPLE_INDEX},
        {"Engagement", Q_SAMPLE_ENGAGEMENT},
        {"Weeks", Q_SAMPLE_WEEKS},
        {"Checks", Q_SAMPLE_CLOSE},
        {"Conflicts of interest", Q_SAMPLE_CONFLICT},
    };
    enum err e = run_one(ctx, Q_SAMPLE_OPEN);
    if (!e)
        e = run_passes(ctx, setup, plan, sample_person_passes);
    if (!e)
        e = run_passes(ctx, setup, plan, sample_case_passes);
    for (size_t i = 0; i < sizeof(after) / sizeof(after[0]) && !e; i++) {
        if (setup->progress)
            setup->progress(after[i].words, 0, 1, setup->arg);
        e = run_one(ctx, after[i].query);
    }
    return e;
}

enum err plan_load(struct ctx *ctx, const struct sample_setup *setup, struct plan *plan)
{
    enum err e = make_data_keys(ctx, plan);
    if (!e)
        e = load_staff(ctx, setup, plan);
    if (!e)
        e = db_begin(ctx, false);
    if (e)
        return e;
    e = load_cases(ctx, setup, plan);
    if (!e) {
        struct db_pipeline *pl = db_pipeline_new(ctx);
        DB_ADD(pl, Q_SAMPLE_DONE,
               DB_TEXT(arena_printf(ctx->arena, "made-up people: %zu", plan->n_people)));
        e = db_run(ctx, pl);
    }
    if (e) {
        db_rollback(ctx);
        return e;
    }
    return db_commit(ctx);
}
