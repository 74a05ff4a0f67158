// SPDX-License-Identifier: MIT
#include "domain/person/flag.h"

#include "base/uuid.h"
#include "crypto/keys.h"

#define IN(member) .name = #member, .offset = offsetof(struct flag_input, member)
static const struct field input_rows[] = {
    {IN(kind), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "safety_flag",
     .label = "What people must know", .help = "Kind of the flag."},
    {IN(detail), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 500,
     .label = "Details", .help = "Everybody who may meet the person sees this. Stored encrypted."},
    {IN(review_due), .type = FIELD_DATE, .flags = FIELD_NOT_PAST, .label = "Review date",
     .help = "When to look again at whether it still holds."},
};
const struct field_table flag_input_table = FIELD_TABLE("FlagInput", struct flag_input, input_rows);

#define OUT(member) .name = #member, .offset = offsetof(struct safety_flag, member)
static const struct field rows[] = {
    {OUT(id), .type = FIELD_UUID, .label = "Flag", .help = "Id of the flag."},
    {OUT(kind), .type = FIELD_CODE, .vocab = "safety_flag", .label = "Kind",
     .help = "What people must know."},
    {OUT(detail), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Details",
     .help = "In words. Stored encrypted."},
    {OUT(added_at), .type = FIELD_TIME, .label = "Added", .help = "When."},
    {OUT(added_by), .type = FIELD_TEXT, .label = "Added by", .help = "Who, by name."},
    {OUT(review_due), .type = FIELD_DATE, .label = "Review date", .help = "When to look again."},
};
const struct field_table flag_table = FIELD_TABLE("SafetyFlag", struct safety_flag, rows);

enum err flag_add(struct ctx *ctx, const char *ref, const struct flag_input *in,
                  const struct create_reply *reply, struct safety_flag *ret)
{
    struct person person = {0};
    struct bytes sealed = {0};
    // The answer is kept in the open for retries: without the words.
    struct safety_flag saved = {
        .id = uuid_new(ctx->arena), .kind = in->kind, .review_due = in->review_due};
    enum err e = access_person(ctx, PERM_flag_write, ref, &person);
    struct seal_at at = {SEAL_IDENTITY, person.id, "app.safety_flag", saved.id, "detail"};
    if (!e)
        e = seal_text(ctx, &at, in->detail, &sealed);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_flag_write, ref);
    create_claim(ctx, &tx, reply, saved.id, &saved);
    DB_ADD(tx.pl, Q_FLAG_INSERT, DB_TEXT(saved.id), DB_TEXT(in->kind), DB_SEALED(sealed),
           DB_TEXT(in->review_due));
    access_audit(ctx, &tx, AUDIT_flag_added, saved.id, NULL,
                 arena_printf(ctx->arena, "kind=%s", in->kind));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = saved;
    return e;
}

enum err flag_list_read(struct ctx *ctx, const char *ref, struct person_file *ret)
{
    return person_file_read(ctx, PERM_flag_read, ref, AUDIT_person_viewed, ret);
}

enum err flag_end(struct ctx *ctx, const char *ref, const char *id)
{
    const char *asked = step_id(id);
    struct access_tx tx = access_begin(ctx, PERM_flag_write, ref);
    DB_ADD(tx.pl, Q_FLAG_END, DB_TEXT(asked));
    access_audit(ctx, &tx, AUDIT_flag_ended, asked, NULL, NULL);
    return access_run(ctx, &tx, NULL);
}
