// SPDX-License-Identifier: MIT
// A participant in JSON: add, read what the role may see, change.
#include "domain/caseload/case.h"

#include "api/api.h"
#include "api/handlers.h"
#include "api/resource.h"

static enum err get(struct request *r, void *ret)
{
    return participant_case_read(&r->ctx, request_ref(r), ret);
}

static enum err add(struct request *r, const void *in, const struct create_reply *reply, void *ret)
{
    return participant_add(&r->ctx, in, reply, ret);
}

// The stored details with what the body names in their place; named and null clears.
static enum err merge(struct request *r, const struct participant_input *sent,
                      struct participant_input *into)
{
    for (size_t i = 0; i < participant_input_table.n; i++) {
        const struct field *f = &participant_input_table.fields[i];
        if (!api_body_has(r, f->name))
            continue;
        const char *value = field_get(sent, f);
        if (!value && (f->flags & FIELD_REQUIRED))
            ctx_field_error(&r->ctx, f->name,
                            arena_printf(r->ctx.arena, "%s cannot be cleared", f->label));
        *field_at(into, f) = value;
    }
    return r->ctx.problem.first ? ERR_INVALID : ERR_OK;
}

static enum err change(struct request *r, const void *sent, void *ret)
{
    struct participant was;
    enum err e = participant_read(&r->ctx, PERM_identity_write, request_ref(r), NULL, &was);
    if (!e)
        e = merge(r, sent, &was.in);
    if (!e)
        e = participant_change(&r->ctx, request_ref(r), &was.in, r->ctx.if_match);
    return e ? e : get(r, ret);
}

const struct resource api_participant = {
    .address = "/api/v1/participants/",
    .read = {get, sizeof(struct participant_case)},
    .create = {add, sizeof(struct participant_input), sizeof(struct participant_added)},
    .move = {change, sizeof(struct participant_input), sizeof(struct participant_case)},
};
