// SPDX-License-Identifier: MIT
#include "domain/person/source_ref.h"

#include "config/mapping.h"

struct bytes source_ref_blind(struct ctx *ctx, const char *source_ref)
{
    return keys_blind(ctx, "source_ref", map_fold(ctx->arena, source_ref));
}

struct seal_at source_ref_at(const char *person, const char *participant)
{
    return (struct seal_at){SEAL_IDENTITY, person, "app.participant", participant, "source_ref"};
}

enum err source_ref_seal(struct ctx *ctx, const char *person, const char *participant,
                         const char *source_ref, struct source_ref *ret)
{
    struct seal_at at = source_ref_at(person, participant);
    struct source_ref r = {0};
    if (source_ref)
        r.blind = source_ref_blind(ctx, source_ref);
    enum err e = seal_text(ctx, &at, source_ref, &r.sealed);
    if (!e)
        *ret = r;
    return e;
}
