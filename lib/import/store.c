// SPDX-License-Identifier: MIT
// A row's statements: sealed here, sent by the caller in batches.
#include "import/row.h"

#include "base/uuid.h"
#include "crypto/secret.h"
#include "db/db.h"
#include "domain/person/source_ref.h"

static enum err seal_cells(struct ctx *ctx, const char *id, const char *table,
                           const char *const (*columns)[2], size_t n, struct db_param *ret)
{
    for (size_t i = 0; i < n; i++) {
        struct seal_at at = {SEAL_IDENTITY, id, table, id, columns[i][0]};
        struct bytes sealed;
        enum err e = seal_text(ctx, &at, columns[i][1], &sealed);
        if (e)
            return e;
        ret[i] = DB_SEALED(sealed);
    }
    return ERR_OK;
}

static enum err store_names(struct ctx *batch, struct db_pipeline *pl, const struct import_row *row,
                            const char *id)
{
    const char *const names[][2] = {{"given_name", row->cell[MAP_P_given_name]},
                                    {"family_name", row->cell[MAP_P_family_name]},
                                    {"known_as", row->cell[MAP_P_known_as]},
                                    {"address", row->cell[MAP_P_address]},
                                    {"postcode", row->cell[MAP_P_postcode]},
                                    {"phone", row->phone},
                                    {"email", row->cell[MAP_P_email]}};
    const char *const details[][2] = {{"date_of_birth", row->born},
                                      {"sex", row->code[MAP_P_sex]},
                                      {"gender", row->code[MAP_P_gender]},
                                      {"ethnicity", row->code[MAP_P_ethnicity]},
                                      {"officer_ethnicity", row->code[MAP_P_officer_ethnicity]},
                                      {"language", row->cell[MAP_P_language]},
                                      {"interpreter", row->cell[MAP_P_interpreter]},
                                      {"notes", row->cell[MAP_P_notes]}};
    struct db_param p[1 + 7] = {DB_TEXT(id)};
    enum err e = seal_cells(batch, id, "app.identity", names, 7, p + 1);
    if (e)
        return e;
    db_add_params(pl, Q_IMPORT_IDENTITY, p, 8);
    struct db_param d[1 + 8] = {DB_TEXT(id)};
    e = seal_cells(batch, id, "app.identity_detail", details, 8, d + 1);
    if (!e)
        db_add_params(pl, Q_IMPORT_DETAIL, d, 9);
    return e;
}

enum err import_store_participant(struct import_judge *j, struct ctx *batch, struct db_pipeline *pl,
                                  const struct import_row *row, const char *worker_id,
                                  const char **ret_id)
{
    const char *id = uuid_new(batch->arena), *participant = uuid_new(batch->arena);
    struct bytes wrapped;
    struct source_ref source;
    enum err e = keys_person_new(batch, id, &wrapped);
    if (!e)
        e = source_ref_seal(batch, id, participant, row->cell[MAP_P_source_ref], &source);
    if (e)
        return e;
    DB_ADD(pl, Q_IMPORT_PARTICIPANT, DB_TEXT(j->setup->site), DB_TEXT(participant),
           DB_TEXT(reference_new(batch->arena)), DB_SEALED(source.sealed),
           DB_TEXT(worker_id), DB_TEXT(row->code[MAP_P_supervision]), DB_TEXT(row->started),
           DB_TEXT(id), DB_SEALED(source.blind));
    DB_ADD(pl, Q_IMPORT_KEY, DB_TEXT(id),
           DB_TEXT(arena_printf(batch->arena, "%d", keys_epoch(batch->keys))), DB_SEALED(wrapped));
    e = store_names(batch, pl, row, id);
    for (size_t i = 0; i < row->n_numbers && !e; i++) {
        const struct identity_number *n = &row->numbers[i];
        const char *number_id = uuid_new(batch->arena);
        struct seal_at at = {SEAL_IDENTITY, id, "app.identifier", number_id, "value"};
        struct bytes sealed, blind = keys_blind(batch, n->kind, n->canonical);
        e = seal_text(batch, &at, n->canonical, &sealed);
        if (!e)
            DB_ADD(pl, Q_IMPORT_IDENTIFIER, DB_TEXT(number_id), DB_TEXT(id), DB_TEXT(n->kind),
                   DB_SEALED(sealed), DB_SEALED(blind), DB_TEXT(n->warning));
    }
    if (!e)
        *ret_id = participant;
    return e;
}

enum err import_store_contact(struct import_judge *j, struct ctx *batch, struct db_pipeline *pl,
                              const struct import_row *row, const char *author_id)
{
    const char *id = uuid_new(batch->arena);
    char *client_ref = arena_alloc(batch->arena, UUID_TEXT);
    struct seal_at at = {SEAL_NOTES, row->person->id, "app.contact_note", id, "note"};
    struct bytes note;
    uuid_text(row->client_ref, client_ref);
    enum err e = keys_person_load(batch, row->person->id, row->person->wrapped);
    if (!e)
        e = seal_text(batch, &at, row->cell[MAP_C_note], &note);
    if (e)
        return e;
    DB_ADD(pl, Q_IMPORT_CONTACT, DB_TEXT(j->setup->site), DB_TEXT(id),
           DB_TEXT(row->person->participant), DB_TEXT(row->happened_at), DB_TEXT(row->code[MAP_C_direction]),
           DB_TEXT(row->code[MAP_C_mode]), DB_TEXT(row->code[MAP_C_outcome]), DB_TEXT(row->due),
           DB_TEXT(author_id), DB_TEXT(client_ref), DB_TEXT(row->minutes), DB_SEALED(note));
    return ERR_OK;
}
