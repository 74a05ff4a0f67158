// SPDX-License-Identifier: MIT
#include "domain/person/flag.h"

#include "base/uuid.h"
#include "crypto/keys.h"

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
    const char *asked = uuid_or_nil(id);
    struct access_tx tx = access_begin(ctx, PERM_flag_write, ref);
    DB_ADD(tx.pl, Q_FLAG_END, DB_TEXT(asked));
    access_audit(ctx, &tx, AUDIT_flag_ended, asked, NULL, NULL);
    return access_run(ctx, &tx, NULL);
}
