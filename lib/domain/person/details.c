// SPDX-License-Identifier: MIT
#include "domain/person/details.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "domain/person/birth.h"
#include "domain/person/flag.h"
#include "domain/person/identifier.h"
#include "domain/person/source_ref.h"
#include "record/column.h"
#include "record/name.h"

#include <string.h>

enum { YOUNGEST = 14 }; // lib/domain/README.md: people aged 14 and over

// ---- the identifiers, once ----

struct id_column {
    const char *name;
    size_t offset;
};
#define COLUMN(member) {#member, offsetof(struct participant_input, member)}
static const struct id_column id_columns[] = {
    COLUMN(pnc), COLUMN(cro), COLUMN(crn),  COLUMN(nomis),
    COLUMN(nhs), COLUMN(upn), COLUMN(nino), COLUMN(uprn),
};
enum {
    IDS = sizeof(id_columns) / sizeof(id_columns[0]),
    NAMES = 7, // columns of app.identity and of app.identity_detail: as many as the statements take
    DETAILS = 9,
};

static const char **member(const struct participant_input *in, const struct id_column *c)
{
    return (const char **)(void *)((char *)(uintptr_t)in + c->offset);
}

// What is sealed in the table, in the order of the fields' rows, which is that of the statements.
static enum err seal_columns(struct ctx *ctx, const char *person, const char *table, size_t n,
                             const struct participant_input *in, struct db_param *ret)
{
    const struct sealed_field *sealed;
    size_t n_sealed;
    enum err e = record_seal(ctx, &participant_input_table, table, person, person, in, &sealed,
                             &n_sealed);
    if (!e && n_sealed != n)
        return ctx_fail(ctx, ERR_INTERNAL, "%s has %zu sealed fields", table, n_sealed);
    for (size_t i = 0; i < n && !e; i++)
        ret[i] = DB_SEALED(sealed[i].sealed);
    return e;
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
                               size_t kind, const struct checked *checked)
{
    const char *id = uuid_new(ctx->arena), *code = id_columns[kind].name;
    struct seal_at at = {SEAL_IDENTITY, person, "app.identifier", id, "value"};
    struct bytes sealed, blind = keys_blind(ctx, code, checked->canonical[kind]);
    enum err e = seal_text(ctx, &at, checked->canonical[kind], &sealed);
    if (!e)
        DB_ADD(tx->pl, Q_IDENTIFIER_INSERT, DB_TEXT(id), DB_TEXT(person), DB_TEXT(code),
               DB_SEALED(sealed), DB_SEALED(blind), DB_TEXT(checked->warning[kind]));
    return e;
}

// A new person and the first case.
struct newcomer {
    const char *person, *participant, *ref;
    struct bytes wrapped; // data key
};

// Queues the rows after the claim of the key; the person's own row comes with the case.
static enum err add_rows(struct ctx *ctx, struct access_tx *tx, const struct newcomer *who,
                         const struct participant_input *in, const struct checked *checked)
{
    const char *person = who->person;
    struct db_param names[1 + NAMES] = {DB_TEXT(person)};
    struct db_param details[1 + DETAILS] = {DB_TEXT(person)};
    enum err e = seal_columns(ctx, person, "app.identity", NAMES, in, names + 1);
    struct source_ref source;
    if (!e)
        e = seal_columns(ctx, person, "app.identity_detail", DETAILS, in, details + 1);
    if (!e)
        e = source_ref_seal(ctx, person, who->participant, in->source_ref, &source);
    if (e)
        return e;
    DB_ADD(tx->pl, Q_PARTICIPANT_INSERT, DB_TEXT(who->participant), DB_TEXT(who->ref),
           DB_TEXT(in->site), DB_TEXT(in->worker), DB_TEXT(in->supervision), DB_TEXT(in->agency),
           DB_TEXT(in->started_on), DB_SEALED(source.sealed), DB_TEXT(person),
           DB_SEALED(source.blind));
    DB_ADD(tx->pl, Q_PERSON_KEY_INSERT, DB_TEXT(person),
           DB_TEXT(arena_printf(ctx->arena, "%d", keys_epoch(ctx->keys))), DB_SEALED(who->wrapped));
    db_add_params(tx->pl, Q_IDENTITY_INSERT, names, 1 + NAMES);
    db_add_params(tx->pl, Q_IDENTITY_DETAIL_INSERT, details, 1 + DETAILS);
    for (size_t i = 0; i < IDS && !e; i++)
        if (checked->canonical[i])
            e = add_identifier(ctx, tx, person, i, checked);
    return e;
}

enum err participant_add(struct ctx *ctx, const struct participant_input *in,
                         const struct create_reply *reply, struct participant_added *ret)
{
    struct checked checked;
    struct newcomer who = {.person = uuid_new(ctx->arena),
                           .participant = uuid_new(ctx->arena),
                           .ref = reference_new(ctx->arena)};
    enum err e = input_check(ctx, in, &checked);
    if (!e)
        e = keys_person_new(ctx, who.person, &who.wrapped);
    if (e)
        return e;
    struct participant_added added = {
        .ref = who.ref,
        .stage = "awaiting_offer",
        .started_on = in->started_on ? in->started_on : date_iso(ctx->arena, date_today()),
        .warnings = checked.warnings,
    };
    struct access_tx tx = access_begin(ctx, PERM_participant_create, NULL);
    create_claim(ctx, &tx, reply, added.ref, &added);
    e = add_rows(ctx, &tx, &who, in, &checked);
    if (e)
        return e;
    access_audit(ctx, &tx, AUDIT_person_created, who.participant,
                 field_array(ctx->arena, &who.participant, 1), NULL);
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = added;
    return e;
}

// ---- reading ----

static enum err open_columns(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                             const char *person, const char *table, struct participant_input *ret)
{
    return record_open(ctx, pl, i, 0, &participant_input_table, table, person, person, ret);
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
            enum err e =
                column_open(ctx, pl, i, row, &at, "value", member(&ret->in, &id_columns[k]));
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
    enum err e = open_columns(ctx, tx->pl, at, person->id, "app.identity", &p.in);
    if (!e)
        e = open_columns(ctx, tx->pl, at, person->id, "app.identity_detail", &p.in);
    struct seal_at source = source_ref_at(person->id, person->participant);
    if (!e)
        e = column_open(ctx, tx->pl, at, 0, &source, "sealed_source_ref", &p.in.source_ref);
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

static enum err change_rows(struct ctx *ctx, struct access_tx *tx, const struct person *person,
                            const struct participant_input *in, const struct checked *checked,
                            const char *version)
{
    struct db_param names[NAMES], details[DETAILS];
    struct source_ref source;
    enum err e = seal_columns(ctx, person->id, "app.identity", NAMES, in, names);
    if (!e)
        e = seal_columns(ctx, person->id, "app.identity_detail", DETAILS, in, details);
    if (!e)
        e = source_ref_seal(ctx, person->id, person->participant, in->source_ref, &source);
    if (e)
        return e;
    DB_ADD(tx->pl, Q_PARTICIPANT_UPDATE, DB_TEXT(version), DB_TEXT(in->supervision),
           DB_TEXT(in->agency), DB_TEXT(in->started_on), DB_SEALED(source.sealed),
           DB_SEALED(source.blind));
    db_add_params(tx->pl, Q_IDENTITY_UPDATE, names, NAMES);
    db_add_params(tx->pl, Q_IDENTITY_DETAIL_UPDATE, details, DETAILS);
    for (size_t i = 0; i < IDS && !e; i++) {
        DB_ADD(tx->pl, Q_IDENTIFIER_REMOVE, DB_TEXT(id_columns[i].name));
        if (checked->canonical[i])
            e = add_identifier(ctx, tx, person->id, i, checked);
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
    e = change_rows(ctx, &tx, &person, in, &checked, version);
    if (e)
        return e;
    access_audit(ctx, &tx, AUDIT_person_changed, NULL, NULL, NULL);
    e = access_run(ctx, &tx, NULL);
    if (!e)
        birth_forget(ref);
    return e;
}
