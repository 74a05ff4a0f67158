// SPDX-License-Identifier: MIT
// A participant in JSON: add, read what the role may see, change.
#include "domain/caseload/case.h"

#include "api/api.h"
#include "api/handlers.h"

static const char *added_body(void *arg, const void *added)
{
    return api_record_text(arg, &participant_added_table, added);
}

enum err api_participant_create(struct request *r, struct response *res)
{
    struct participant_input in = {0};
    struct participant_added added;
    struct create_reply reply = {
        .body = added_body, .arg = r, .before = "/api/v1/participants/"};
    enum err e = api_body(r, &in);
    if (!e)
        e = participant_add(&r->ctx, &in, &reply, &added);
    if (e)
        return api_replay(r, res, e);
    response_header(res, "Location",
                    arena_printf(r->ctx.arena, "/api/v1/participants/%s", added.ref));
    api_record(r, res, 201, &participant_added_table, &added);
    return ERR_OK;
}

enum err api_participant_get(struct request *r, struct response *res)
{
    struct participant_case c;
    enum err e = participant_case_read(&r->ctx, request_ref(r), &c);
    if (!e)
        api_record(r, res, 200, &participant_case_table, &c);
    return e;
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

enum err api_participant_patch(struct request *r, struct response *res)
{
    struct participant_input sent = {0};
    struct participant was;
    struct participant_case now;
    enum err e = api_body(r, &sent);
    if (!e)
        e = participant_read(&r->ctx, PERM_identity_write, request_ref(r), NULL, &was);
    if (!e)
        e = merge(r, &sent, &was.in);
    if (!e)
        e = participant_change(&r->ctx, request_ref(r), &was.in, r->ctx.if_match);
    if (!e)
        e = participant_case_read(&r->ctx, request_ref(r), &now);
    if (!e)
        api_record(r, res, 200, &participant_case_table, &now);
    return e;
}
