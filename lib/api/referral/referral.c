// SPDX-License-Identifier: MIT
// Referrals in JSON.
#include "domain/referral/referral.h"

#include "api/api.h"
#include "api/handlers.h"
#include "base/uuid.h"

static enum err list_answer(struct request *r, struct response *res, const char *ref)
{
    struct referral_query q = {0};
    struct referral_list list;
    enum err e = api_query(r, &q);
    if (!e)
        e = referral_list_read(&r->ctx, ref, &q, NULL, &list);
    if (e)
        return e;
    const void *const *rows = (const void *const *)list.rows;
    api_list(r, res, &(struct field_rows){&referral_row_table, rows, list.n}, list.next);
    return ERR_OK;
}

enum err api_referral_list(struct request *r, struct response *res)
{
    return list_answer(r, res, NULL);
}

enum err api_person_referral_list(struct request *r, struct response *res)
{
    return list_answer(r, res, request_ref(r));
}

enum err api_referral_get(struct request *r, struct response *res)
{
    struct referral referral;
    enum err e = referral_read(&r->ctx, request_param(r, "id"), NULL, &referral);
    if (!e)
        api_record(r, res, 200, &referral_table, &referral);
    return e;
}

static const char *referral_body(void *arg, const void *referral)
{
    return api_record_text(arg, &referral_saved_table, referral);
}

enum err api_referral_create(struct request *r, struct response *res)
{
    struct referral_input in = {0};
    struct referral saved;
    struct create_reply reply = {.body = referral_body, .arg = r, .before = "/api/v1/referrals/"};
    enum err e = api_body(r, &in);
    if (!e)
        e = referral_make(&r->ctx, request_ref(r), &in, &reply, &saved);
    if (e)
        return api_replay(r, res, e);
    response_header(res, "Location", arena_printf(r->ctx.arena, "/api/v1/referrals/%s", saved.id));
    api_record(r, res, 201, &referral_saved_table, &saved);
    return ERR_OK;
}

enum err api_referral_move(struct request *r, struct response *res)
{
    struct referral_move in = {0};
    struct referral referral;
    enum err e = api_body(r, &in);
    if (!e)
        e = referral_move(&r->ctx, request_param(r, "id"), &in, &referral);
    if (!e)
        api_record(r, res, 200, &referral_table, &referral);
    return e;
}

static const char *session_body(void *arg, const void *session)
{
    return api_record_text(arg, &session_saved_table, session);
}

enum err api_referral_session(struct request *r, struct response *res)
{
    struct session_input in = {0};
    struct referral_session saved;
    const char *id = request_param(r, "id");
    // A session has no address of its own: it is read with its referral.
    const char *before = arena_printf(r->ctx.arena, "/api/v1/referrals/%s#", uuid_or_nil(id));
    struct create_reply reply = {.body = session_body, .arg = r, .before = before};
    enum err e = api_body(r, &in);
    if (!e)
        e = referral_session_record(&r->ctx, id, &in, &reply, &saved);
    if (e)
        return api_replay(r, res, e);
    response_header(res, "Location", arena_printf(r->ctx.arena, "%s%s", before, saved.id));
    api_record(r, res, 201, &session_saved_table, &saved);
    return ERR_OK;
}
