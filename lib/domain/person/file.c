// SPDX-License-Identifier: MIT
#include "domain/person/file.h"

#include "domain/person/birth.h"
#include "record/column.h"
#include "record/name.h"
#include "record/rows.h"

#include <stddef.h>
#include <string.h>

#define TEXT(member) FIELD_COLUMN(struct person_file, member, FIELD_TEXT)
#define TIME(member) FIELD_COLUMN(struct person_file, member, FIELD_TIME)
#define DATE(member) FIELD_COLUMN(struct person_file, member, FIELD_DATE)
#define BOOL(member) FIELD_COLUMN(struct person_file, member, FIELD_BOOL)

// Row mapping only: these records are for pages and are not answered as they are.
static const struct field file_rows[] = {
    TEXT(stage),
    TIME(stage_since),
    TEXT(worker),
    TEXT(worker_id),
    TEXT(team),
    TEXT(team_id),
    TEXT(agency_id),
    TEXT(supervision),
    TEXT(supervising_agency),
    TEXT(status),
    DATE(since),
    TEXT(basis),
    TIME(last_contact),
    DATE(next_contact_due),
    BOOL(overdue),
};
static const struct field_table file_table =
    FIELD_TABLE("PersonFile", struct person_file, file_rows);

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

bool person_may(const struct ctx *ctx, enum permission p, const struct person_file *file)
{
    const struct actor *actor = ctx->actor;
    if (!actor)
        return false;
    switch (permission_row(p)->scope[actor->role]) {
    case SCOPE_OWN:
        return actor->role == ROLE_PROVIDER || same(file->worker_id, actor->user_id);
    case SCOPE_TEAM:
        return same(file->team_id, actor->team_id);
    case SCOPE_AGENCY:
        return same(file->agency_id, actor->agency_id);
    case SCOPE_SITE:
        return !actor->site || same(file->person.site, actor->site);
    case SCOPE_ALL:
        return true;
    default:
        return false;
    }
}

size_t person_file_add(struct ctx *ctx, struct access_tx *tx)
{
    (void)ctx;
    size_t at = DB_ADD0(tx->pl, Q_PERSON_FILE);
    DB_ADD0(tx->pl, Q_PERSON_FLAGS);
    return at;
}

static enum err open_identity(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                              struct person_file *f)
{
    const char *id = f->person.id;
    struct seal_at known_as = {SEAL_IDENTITY, id, "app.identity", id, "known_as"};
    struct seal_at born = {SEAL_IDENTITY, id, "app.identity_detail", id, "date_of_birth"};
    struct seal_at interpreter = {SEAL_IDENTITY, id, "app.identity_detail", id, "interpreter"};
    enum err e = person_name_open(ctx, pl, i, 0, id, &f->name);
    if (!e)
        e = column_open(ctx, pl, i, 0, &known_as, "known_as", &f->known_as);
    if (!e)
        e = column_open(ctx, pl, i, 0, &born, "date_of_birth", &f->date_of_birth);
    if (!e)
        e = column_open(ctx, pl, i, 0, &interpreter, "interpreter", &f->interpreter);
    if (!e && f->date_of_birth)
        birth_keep(f->person.ref, id, db_bytes(pl, i, 0, "date_of_birth"), f->date_of_birth);
    return e;
}

enum err person_file_get(struct ctx *ctx, struct access_tx *tx, size_t at,
                         const struct person *person, struct person_file *ret)
{
    struct person_file f = {.person = *person};
    db_row_record(tx->pl, at, 0, &file_table, &f);
    enum err e = open_identity(ctx, tx->pl, at, &f);
    const void *flags = NULL;
    if (!e)
        e = rows_open(ctx, tx->pl, at + 1, &flag_table, "app.safety_flag", person->id, &flags,
                      &f.n_flags);
    f.flags = flags;
    if (!e)
        *ret = f;
    return e;
}

enum err person_file_read(struct ctx *ctx, enum permission need, const char *ref,
                          enum audit_action action, struct person_file *ret)
{
    struct access_tx tx = access_begin(ctx, need, ref);
    size_t at = person_file_add(ctx, &tx);
    access_audit(ctx, &tx, action, NULL, NULL, NULL);
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    return e ? e : person_file_get(ctx, &tx, at, &person, ret);
}
