// SPDX-License-Identifier: MIT
#include "domain/person/details.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "domain/person/birth.h"
#include "domain/person/flag.h"
#include "domain/person/identifier.h"

#include <string.h>

enum { YOUNGEST = 14 }; // lib/domain/README.md: people aged 14 and over

// ---- the sealed columns, once ----

struct sealed_column {
    const char *name;
    size_t offset;
};
#define COLUMN(member) {#member, offsetof(struct participant_input, member)}
static const struct sealed_column name_columns[] = {
    COLUMN(given_name), COLUMN(family_name), COLUMN(known_as), COLUMN(address),
    COLUMN(postcode),   COLUMN(phone),       COLUMN(email),
};
static const struct sealed_column detail_columns[] = {
    COLUMN(date_of_birth), COLUMN(aliases),     COLUMN(sex),   COLUMN(gender), COLUMN(ethnicity),
    COLUMN(officer_ethnicity), COLUMN(language), COLUMN(interpreter), COLUMN(notes),
};
static const struct sealed_column id_columns[] = {
    COLUMN(pnc), COLUMN(cro), COLUMN(crn),  COLUMN(nomis),
    COLUMN(nhs), COLUMN(upn), COLUMN(nino), COLUMN(uprn),
};
enum {
    NAMES = sizeof(name_columns) / sizeof(name_columns[0]),
    DETAILS = sizeof(detail_columns) / sizeof(detail_columns[0]),
    IDS = sizeof(id_columns) / sizeof(id_columns[0]),
};

static const char **member(const struct participant_input *in, const struct sealed_column *c)
{
    return (const char **)(void *)((char *)(uintptr_t)in + c->offset);
}

// Aliases are stored one a line, inside one sealed value.
static const char *aliases_lines(struct arena *a, const char *array)
{
    const char *const *items;
    size_t n = field_list(a, array, &items);
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? "\n" : "", items[i]);
    return n ? b.p : NULL;
}

static const char *aliases_array(struct arena *a, const char *lines)
{
    if (!lines)
        return NULL;
    const char **items = ARENA_ARRAY(a, const char *, strlen(lines) + 1);
    size_t n = 0;
    char *rest = arena_strdup(a, lines);
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            items[n++] = line;
    return field_array(a, items, n);
}

static enum err seal_columns(struct ctx *ctx, const char *person, const char *table,
                             const struct sealed_column *columns, size_t n,
                             const struct participant_input *in, struct db_param *ret)
{
    for (size_t i = 0; i < n; i++) {
        struct seal_at at = {SEAL_IDENTITY, person, table, person, columns[i].name};
        const char *text = *member(in, &columns[i]);
        struct bytes sealed;
        if (columns[i].offset == offsetof(struct participant_input, aliases))
            text = aliases_lines(ctx->arena, text);
        enum err e = seal_text(ctx, &at, text, &sealed);
        if (e)
            return e;
        ret[i] = DB_SEALED(sealed);
    }
    return ERR_OK;
}

// ---- checks that a field table cannot make ----

struct checked {
    const char *canonical[IDS]; // NULL when there is none
    const char *warning[IDS];
    const char *warnings; // array text
};

static void identifiers_check(struct ctx *ctx, const struct participant_input *in,
                              struct checked *ret)
{
    const char *words[IDS];
    size_t n = 0;
    for (size_t i = 0; i < IDS; i++) {
        const char *typed = *member(in, &id_columns[i]), *kind = id_columns[i].name;
        ret->canonical[i] = ret->warning[i] = NULL;
        if (!typed)
            continue;
        enum identifier_verdict v = identifier_check(ctx->arena, kind, typed, &ret->canonical[i]);
        if (v == IDENTIFIER_SHAPE)
            ctx_field_error(ctx, kind, identifier_shape_words(ctx->arena, kind));
        if (v == IDENTIFIER_WARN)
            words[n++] = ret->warning[i] = identifier_warn_words(ctx->arena, kind);
    }
    ret->warnings = field_array(ctx->arena, words, n);
}

static void age_check(struct ctx *ctx, const struct participant_input *in)
{
    int64_t born, start = date_today(), turned;
    int y, m, d;
    if (!in->date_of_birth || !date_parse(in->date_of_birth, &born))
        return;
    if (in->started_on)
        (void)date_parse(in->started_on, &start);
    date_civil(born, &y, &m, &d);
    // Somebody born on 29 February turns 14 on 1 March when there is no such day.
    if (!date_days(y + YOUNGEST, m, d, &turned) && !date_days(y + YOUNGEST, 3, 1, &turned))
        return;
    if (turned > start)
        ctx_field_error(ctx, "date_of_birth",
                        "Date of birth must be 14 years or more before the start date");
}

static enum err input_check(struct ctx *ctx, const struct participant_input *in,
                            struct checked *ret)
{
    identifiers_check(ctx, in, ret);
    age_check(ctx, in);
    return ctx->problem.first ? ERR_INVALID : ERR_OK;
}

// ---- adding ----

static enum err add_identifier(struct ctx *ctx, struct access_tx *tx, const char *person,
                               const char *site, size_t kind, const struct checked *checked)
{
    const char *id = uuid_new(ctx->arena), *code = id_columns[kind].name;
    struct seal_at at = {SEAL_IDENTITY, person, "app.identifier", id, "value"};
    struct bytes sealed, blind = keys_blind(ctx, code, checked->canonical[kind]);
    enum err e = seal_text(ctx, &at, checked->canonical[kind], &sealed);
    if (!e)
        DB_ADD(tx->pl, Q_IDENTIFIER_INSERT, DB_TEXT(id), DB_TEXT(person), DB_TEXT(site),
               DB_TEXT(code), DB_SEALED(sealed), DB_SEALED(blind), DB_TEXT(checked->warning[kind]));
    return e;
}

// Queues the person's rows after the claim of the key.
static enum err add_rows(struct ctx *ctx, struct access_tx *tx, const char *id, const char *ref,
                         struct bytes wrapped, const struct participant_input *in,
                         const struct checked *checked)
{
    struct db_param names[2 + NAMES] = {DB_TEXT(id), DB_TEXT(in->site)};
    struct db_param details[2 + DETAILS] = {DB_TEXT(id), DB_TEXT(in->site)};
    enum err e = seal_columns(ctx, id, "app.identity", name_columns, NAMES, in, names + 2);
    if (!e)
        e = seal_columns(ctx, id, "app.identity_detail", detail_columns, DETAILS, in, details + 2);
    if (e)
        return e;
    DB_ADD(tx->pl, Q_PARTICIPANT_INSERT, DB_TEXT(id), DB_TEXT(ref), DB_TEXT(in->site),
           DB_TEXT(in->worker), DB_TEXT(in->supervision), DB_TEXT(in->agency),
           DB_TEXT(in->started_on), DB_TEXT(in->source_ref));
    DB_ADD(tx->pl, Q_PARTICIPANT_KEY_INSERT, DB_TEXT(id), DB_TEXT(in->site),
           DB_TEXT(arena_printf(ctx->arena, "%d", keys_epoch(ctx->keys))), DB_SEALED(wrapped));
    db_add(tx->pl, Q_IDENTITY_INSERT, names, 2 + NAMES);
    db_add(tx->pl, Q_IDENTITY_DETAIL_INSERT, details, 2 + DETAILS);
    for (size_t i = 0; i < IDS && !e; i++)
        if (checked->canonical[i])
            e = add_identifier(ctx, tx, id, in->site, i, checked);
    return e;
}

enum err participant_add(struct ctx *ctx, const struct participant_input *in,
                         const struct create_reply *reply, struct participant_added *ret)
{
    struct checked checked;
    struct bytes wrapped;
    const char *id = uuid_new(ctx->arena);
    enum err e = input_check(ctx, in, &checked);
    if (!e)
        e = keys_person_new(ctx, id, &wrapped);
    if (e)
        return e;
    struct participant_added added = {
        .ref = reference_new(ctx->arena),
        .stage = "awaiting_offer",
        .started_on = in->started_on ? in->started_on : date_iso(ctx->arena, date_today()),
        .warnings = checked.warnings,
    };
    struct access_tx tx = access_begin(ctx, PERM_participant_create, NULL);
    create_claim(ctx, &tx, reply, added.ref, &added);
    e = add_rows(ctx, &tx, id, added.ref, wrapped, in, &checked);
    if (e)
        return e;
    access_audit(ctx, &tx, AUDIT_person_created, id,
                 field_array(ctx->arena, (const char *const[]){id}, 1), NULL);
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = added;
    return e;
}

// ---- reading ----

static enum err open_columns(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                             const char *person, const char *table,
                             const struct sealed_column *columns, size_t n,
                             struct participant_input *ret)
{
    for (size_t k = 0; k < n; k++) {
        struct seal_at at = {SEAL_IDENTITY, person, table, person, columns[k].name};
        struct bytes sealed = db_bytes(pl, i, 0, columns[k].name);
        const char *text = NULL;
        enum err e = sealed.p ? seal_open(ctx, &at, sealed, &text) : ERR_OK;
        if (e)
            return e;
        if (columns[k].offset == offsetof(struct participant_input, aliases))
            text = aliases_array(ctx->arena, text);
        *member(ret, &columns[k]) = text;
    }
    return ERR_OK;
}

static enum err open_identifiers(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                                 const char *person, struct participant *ret)
{
    size_t n = db_nrows(pl, i), n_words = 0;
    const char **words = ARENA_ARRAY(ctx->arena, const char *, n + 1);
    for (size_t row = 0; row < n; row++) {
        const char *kind = db_get(pl, i, row, "kind"), *warning = db_get(pl, i, row, "warning");
        if (warning)
            words[n_words++] = warning;
        for (size_t k = 0; k < IDS; k++) {
            if (strcmp(id_columns[k].name, kind) != 0)
                continue;
            struct seal_at at = {SEAL_IDENTITY, person, "app.identifier", db_get(pl, i, row, "id"),
                                 "value"};
            enum err e = seal_open(ctx, &at, db_bytes(pl, i, row, "value"),
                                   member(&ret->in, &id_columns[k]));
            if (e)
                return e;
        }
    }
    ret->warnings = n_words ? field_array(ctx->arena, words, n_words) : NULL;
    return ERR_OK;
}

size_t participant_add_reading(struct access_tx *tx)
{
    size_t at = DB_ADD0(tx->pl, Q_PARTICIPANT_DETAILS);
    DB_ADD0(tx->pl, Q_PARTICIPANT_IDENTIFIERS);
    return at;
}

enum err participant_get(struct ctx *ctx, const struct access_tx *tx, size_t at,
                                const struct person *person, struct participant *ret)
{
    struct participant p = {0};
    db_row_record(tx->pl, at, 0, &participant_table, &p);
    enum err e = open_columns(ctx, tx->pl, at, person->id, "app.identity", name_columns, NAMES, &p.in);
    if (!e)
        e = open_columns(ctx, tx->pl, at, person->id, "app.identity_detail", detail_columns, DETAILS,
                         &p.in);
    if (!e)
        e = open_identifiers(ctx, tx->pl, at + 1, person->id, &p);
    if (!e)
        e = person_name_open(ctx, tx->pl, at, 0, person->id, &p.name);
    if (e)
        return e;
    p.ref = person->ref;
    p.version = arena_printf(ctx->arena, "%ld", person->version);
    *ret = p;
    return ERR_OK;
}

enum err participant_read(struct ctx *ctx, enum permission need, const char *ref,
                          struct person_file *ret_file, struct participant *ret)
{
    struct access_tx tx = access_begin(ctx, need, ref);
    size_t at = participant_add_reading(&tx), header = 0;
    if (ret_file)
        header = person_file_add(ctx, &tx);
    access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, "details");
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    if (!e && ret_file)
        e = person_file_get(ctx, &tx, header, &person, ret_file);
    return e ? e : participant_get(ctx, &tx, at, &person, ret);
}

// ---- changing ----

static enum err change_rows(struct ctx *ctx, struct access_tx *tx, const char *person,
                            const struct participant_input *in, const struct checked *checked,
                            const char *version)
{
    struct db_param names[NAMES], details[DETAILS];
    enum err e = seal_columns(ctx, person, "app.identity", name_columns, NAMES, in, names);
    if (!e)
        e = seal_columns(ctx, person, "app.identity_detail", detail_columns, DETAILS, in, details);
    if (e)
        return e;
    DB_ADD(tx->pl, Q_PARTICIPANT_UPDATE, DB_TEXT(version), DB_TEXT(in->supervision),
           DB_TEXT(in->agency), DB_TEXT(in->started_on), DB_TEXT(in->source_ref));
    db_add(tx->pl, Q_IDENTITY_UPDATE, names, NAMES);
    db_add(tx->pl, Q_IDENTITY_DETAIL_UPDATE, details, DETAILS);
    for (size_t i = 0; i < IDS && !e; i++) {
        DB_ADD(tx->pl, Q_IDENTIFIER_REMOVE, DB_TEXT(id_columns[i].name));
        if (checked->canonical[i])
            e = add_identifier(ctx, tx, person, NULL, i, checked);
    }
    return e;
}

enum err participant_change(struct ctx *ctx, const char *ref, const struct participant_input *in,
                            const char *version)
{
    struct checked checked;
    struct person person;
    enum err e = input_check(ctx, in, &checked);
    if (!e)
        e = access_person(ctx, PERM_identity_write, ref, &person);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_identity_write, ref);
    e = change_rows(ctx, &tx, person.id, in, &checked, version);
    if (e)
        return e;
    access_audit(ctx, &tx, AUDIT_person_changed, NULL, NULL, NULL);
    e = access_run(ctx, &tx, NULL);
    if (!e)
        birth_forget(ref);
    return e;
}
