// SPDX-License-Identifier: MIT
#include "record/step.h"

#include "base/buf.h"
#include "base/uuid.h"
#include "record/rows.h"

#define EVENT(member) FIELD_AT(struct step_event, member)
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

#define NOTE(member) FIELD_AT(struct step_note, member)
static const struct field note_rows[] = {
    {NOTE(id), .type = FIELD_UUID, .label = "Note", .help = "Id of the words."},
    {NOTE(kind), .type = FIELD_TEXT, .label = "Kind", .help = "What the words are."},
    {NOTE(to_state), .type = FIELD_TEXT, .label = "Step", .help = "The step they belong to."},
    {NOTE(note), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Words",
     .help = "What was written. Stored encrypted.", .sealed = {SEAL_NOTES, NULL, "note"}},
    {NOTE(at), .type = FIELD_TIME, .label = "When", .help = "When it was written."},
    {NOTE(by), .type = FIELD_TEXT, .label = "By", .help = "Who wrote it, by name."},
};
const struct field_table step_note_table = FIELD_TABLE("StepNote", struct step_note, note_rows);

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

const struct step_event *step_events(const struct db_pipeline *pl, size_t i, size_t *ret_n)
{
    return rows_read(pl, i, &step_event_table, ret_n);
}

enum err step_notes(struct ctx *ctx, const struct db_pipeline *pl, size_t i, const char *person,
                    const char *table, const struct step_note **ret, size_t *ret_n)
{
    const void *notes;
    enum err e = rows_open(ctx, pl, i, &step_note_table, table, person, &notes, ret_n);
    if (!e)
        *ret = notes;
    return e;
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
