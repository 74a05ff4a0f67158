// SPDX-License-Identifier: MIT
// phoenix migrate: the program's tables and the programme file, copied into the database.
#include "access/access.h"

#include "base/field.h"
#include "base/vocab.h"
#include "config/config.h"
#include "crypto/keys.h"

/** Columns of text, filled row by row, sent as PostgreSQL arrays. */
struct columns {
    struct arena *arena;
    size_t width, rows, room;
    const char **cell[8];
};

static struct columns columns_new(struct arena *a, size_t width, size_t room)
{
    struct columns c = {.arena = a, .width = width, .room = room};
    for (size_t i = 0; i < width; i++)
        c.cell[i] = ARENA_ARRAY(a, const char *, room ? room : 1);
    return c;
}

static void columns_add(struct columns *c, const char *const *row)
{
    for (size_t i = 0; i < c->width && c->rows < c->room; i++)
        c->cell[i][c->rows] = row[i];
    c->rows++;
}

static const char *column(const struct columns *c, size_t i)
{
    return field_array(c->arena, c->cell[i], c->rows);
}

static const char *number(struct arena *a, long n)
{
    return arena_printf(a, "%ld", n);
}

static void add_grants(struct ctx *ctx, struct db_pipeline *pl)
{
    struct columns c = columns_new(ctx->arena, 3, (size_t)PERM_COUNT * ROLE_COUNT);
    for (size_t p = PERM_NONE + 1; p < PERM_COUNT; p++) {
        const struct permission_row *row = permission_row((enum permission)p);
        for (size_t r = 0; r < ROLE_COUNT; r++)
            if (row->scope[r] != SCOPE_NO)
                columns_add(&c, (const char *[]){role_code((enum role)r), row->code,
                                                 scope_code(row->scope[r])});
    }
    db_add(pl, DB_CALL(sync_grants, .roles = column(&c, 0), .permissions = column(&c, 1),
                       .scopes = column(&c, 2)));
}

static void add_audit_actions(struct ctx *ctx, struct db_pipeline *pl)
{
    struct columns c = columns_new(ctx->arena, 3, AUDIT_COUNT);
    for (size_t i = AUDIT_NONE + 1; i < AUDIT_COUNT; i++) {
        const struct audit_row *row = audit_row((enum audit_action)i);
        columns_add(&c, (const char *[]){row->code, row->operation, row->words});
    }
    db_add(pl, DB_CALL(sync_audit_actions, .codes = column(&c, 0), .operations = column(&c, 1),
                       .words = column(&c, 2)));
}

static void add_vocabularies(struct ctx *ctx, struct db_pipeline *pl, const char *version)
{
    size_t n = 0;
    for (size_t i = 0; i < vocab_count(); i++)
        n += vocab_at(i)->n;
    struct columns c = columns_new(ctx->arena, 6, n);
    for (size_t i = 0; i < vocab_count(); i++) {
        const struct vocab *v = vocab_at(i);
        for (size_t k = 0; k < v->n; k++)
            columns_add(&c, (const char *[]){v->name, v->codes[k].code, v->codes[k].label,
                                             v->codes[k].successful ? "t" : "f",
                                             v->codes[k].missed ? "t" : "f",
                                             number(ctx->arena, (long)k + 1)});
    }
    db_add(pl, DB_CALL(sync_vocabulary, .version = version, .names = column(&c, 0),
                       .codes = column(&c, 1), .labels = column(&c, 2), .successful = column(&c, 3),
                       .missed = column(&c, 4), .positions = column(&c, 5)));
    db_add(pl, DB_CALL(sync_vocabulary_retire, .names = column(&c, 0), .codes = column(&c, 1)));
}

static void add_sites(struct ctx *ctx, struct db_pipeline *pl, const struct programme *programme)
{
    struct columns c = columns_new(ctx->arena, 6, programme->n_sites);
    for (size_t i = 0; i < programme->n_sites; i++) {
        const struct programme_site *s = &programme->sites[i];
        columns_add(&c, (const char *[]){s->code, s->name, number(ctx->arena, s->engaged_days),
                                         number(ctx->arena, s->wavering_days),
                                         number(ctx->arena, s->wavering_missed),
                                         number(ctx->arena, s->disengaged_missed)});
    }
    db_add(pl, DB_CALL(sync_sites, .codes = column(&c, 0), .names = column(&c, 1),
                       .engaged_days = column(&c, 2), .wavering_days = column(&c, 3),
                       .wavering_missed = column(&c, 4), .disengaged_missed = column(&c, 5)));
}

enum err access_sync(struct ctx *ctx, const struct programme *programme)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    add_grants(ctx, pl);
    add_audit_actions(ctx, pl);
    add_vocabularies(ctx, pl, programme->version);
    add_sites(ctx, pl, programme);
    uint8_t *check = arena_alloc(ctx->arena, 16);
    if (ctx->keys) {
        keys_check_value(ctx->keys, check);
        db_add(pl, DB_CALL(sync_keyring, .check_value = BYTES(check, 16)));
    }
    return db_run(ctx, pl);
}

enum err access_context_check(struct ctx *ctx)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    DB_ADD0(pl, Q_ACCESS_CONTEXT_APART);
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    const char *apart = db_get(pl, 0, 0, "apart");
    if (!apart || *apart != 't')
        return ctx_refuse(ctx, ERR_SCHEMA,
                          "the parameter backtrace_functions, which carries who asks, must be phoenix_owner's "
                          "alone to set, and empty: see sql/README.md, and run \"phoenix migrate "
                          "--bootstrap CONNINFO\"");
    return ERR_OK;
}

enum err access_keyring_check(struct ctx *ctx)
{
    uint8_t check[16];
    keys_check_value(ctx->keys, check);
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, DB_CALL(access_keyring_matches, .check_value = BYTES(check, 16)));
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    const char *matches = db_get(pl, 0, 0, "matches");
    if (matches && *matches == 'f')
        return ctx_refuse(ctx, ERR_KEY, "The keyring is not the one this database was sealed with");
    return ERR_OK;
}
