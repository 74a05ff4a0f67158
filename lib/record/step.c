// SPDX-License-Identifier: MIT
#include "record/step.h"

#include "base/buf.h"
#include "base/uuid.h"

#include <stddef.h>

#define EVENT(member) .name = #member, .offset = offsetof(struct step_event, member)
static const struct field event_rows[] = {
    {EVENT(from_state), .type = FIELD_TEXT, .label = "From",
     .help = "State before; null at first."},
    {EVENT(to_state), .type = FIELD_TEXT, .label = "To", .help = "State after."},
    {EVENT(at), .type = FIELD_TIME, .label = "When", .help = "When the step was taken."},
    {EVENT(by), .type = FIELD_TEXT, .label = "By", .help = "Who took it, by name."},
    {EVENT(reason_code), .type = FIELD_TEXT, .label = "Reason",
     .help = "Code of the reason; \"note\" when it was given in words."},
};
const struct field_table step_event_table = FIELD_TABLE("StepEvent", struct step_event, event_rows);

#define NOTE(member) .name = #member, .offset = offsetof(struct step_note, member)
static const struct field note_rows[] = {
    {NOTE(id), .type = FIELD_UUID, .label = "Note", .help = "Id of the words."},
    {NOTE(kind), .type = FIELD_TEXT, .label = "Kind", .help = "What the words are."},
    {NOTE(to_state), .type = FIELD_TEXT, .label = "Step", .help = "The step they belong to."},
    {NOTE(note), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Words",
     .help = "What was written. Stored encrypted."},
    {NOTE(at), .type = FIELD_TIME, .label = "When", .help = "When it was written."},
    {NOTE(by), .type = FIELD_TEXT, .label = "By", .help = "Who wrote it, by name."},
};
const struct field_table step_note_table = FIELD_TABLE("StepNote", struct step_note, note_rows);

void create_claim(struct ctx *ctx, struct access_tx *tx, const struct create_reply *reply,
                  const char *id, const void *record)
{
    const char *location =
        arena_printf(ctx->arena, "%s%s%s", reply->before, id, reply->after ? reply->after : "");
    access_idempotent(ctx, tx, reply->body ? 201 : 303, location,
                      reply->body ? reply->body(reply->arg, record) : NULL);
}

const char *step_id(const char *id)
{
    return id && uuid_ok(id) ? id : "00000000-0000-0000-0000-000000000000";
}

enum err step_refuse(struct ctx *ctx, const char *state, const char *possible)
{
    const char *const *items;
    size_t n = field_list(ctx->arena, possible, &items);
    struct buf b;
    buf_init(&b, ctx->arena);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", items[i]);
    return n ? ctx_refuse(ctx, ERR_CONFLICT, "Not possible from \"%s\". Possible next: %s", state,
                          b.p)
             : ctx_refuse(ctx, ERR_CONFLICT, "Not possible from \"%s\". Nothing can follow it",
                          state);
}

const void *step_records(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                         const struct field_table *t, size_t *ret_n)
{
    size_t n = db_nrows(pl, i);
    char *rows = arena_alloc(ctx->arena, (n + 1) * t->size);
    for (size_t row = 0; row < n; row++)
        db_row_record(pl, i, row, t, rows + row * t->size);
    *ret_n = n;
    return rows;
}

const struct field_rows *step_rows(struct ctx *ctx, const struct field_table *t, const void *rows,
                                   size_t n)
{
    const void **each = ARENA_ARRAY(ctx->arena, const void *, n + 1);
    for (size_t i = 0; i < n; i++)
        each[i] = (const char *)rows + i * t->size;
    struct field_rows *all = ARENA_NEW(ctx->arena, struct field_rows);
    *all = (struct field_rows){t, each, n};
    return all;
}

const struct step_event *step_events(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                                     size_t *ret_n)
{
    return step_records(ctx, pl, i, &step_event_table, ret_n);
}

enum err step_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                   const char *person, const char *table, const char *id, const char *column,
                   const char *from, const char **ret)
{
    struct seal_at at = {SEAL_NOTES, person, table, id, column};
    struct bytes sealed = db_bytes(pl, i, row, from);
    *ret = NULL;
    return sealed.p ? seal_open(ctx, &at, sealed, ret) : ERR_OK;
}

enum err step_notes(struct ctx *ctx, const struct db_pipeline *pl, size_t i, const char *person,
                    const char *table, const struct step_note **ret, size_t *ret_n)
{
    size_t n = db_nrows(pl, i);
    struct step_note *notes = ARENA_ARRAY(ctx->arena, struct step_note, n + 1);
    for (size_t row = 0; row < n; row++) {
        db_row_record(pl, i, row, &step_note_table, &notes[row]);
        enum err e = step_open(ctx, pl, i, row, person, table, notes[row].id, "note", "sealed_note",
                               &notes[row].note);
        if (e)
            return e;
    }
    *ret = notes;
    *ret_n = n;
    return ERR_OK;
}

enum err step_seal(struct ctx *ctx, const char *person, const char *table, const char *column,
                   const char *text, struct sealed_words *ret)
{
    const char *id = uuid_new(ctx->arena);
    struct seal_at at = {SEAL_NOTES, person, table, id, column};
    struct bytes sealed;
    enum err e = seal_text(ctx, &at, text, &sealed);
    if (!e)
        *ret = (struct sealed_words){id, sealed};
    return e;
}

static enum err open_column(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                            const struct seal_at *at, const char *from, const char **ret)
{
    struct bytes sealed = db_bytes(pl, i, row, from);
    *ret = NULL;
    return sealed.p ? seal_open(ctx, at, sealed, ret) : ERR_OK;
}

static const char *joined_name(struct arena *a, const char *given, const char *family)
{
    if (given && family)
        return arena_printf(a, "%s %s", given, family);
    return given ? given : family;
}

enum err person_name_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                          const char *person_id, const char **ret_name)
{
    struct seal_at at = {SEAL_IDENTITY, person_id, "app.identity", person_id, "given_name"};
    const char *given, *family;
    enum err e = open_column(ctx, pl, i, row, &at, "given_name", &given);
    at.column = "family_name";
    if (!e)
        e = open_column(ctx, pl, i, row, &at, "family_name", &family);
    if (!e)
        *ret_name = joined_name(ctx->arena, given, family);
    return e;
}

enum err step_name(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                   const char **ret)
{
    const char *person = db_get(pl, i, row, "participant_id");
    struct bytes wrapped = db_bytes(pl, i, row, "wrapped");
    *ret = NULL;
    if (!wrapped.p)
        return ERR_OK;
    enum err e = keys_person_load(ctx, person, wrapped);
    return e ? e : person_name_open(ctx, pl, i, row, person, ret);
}
