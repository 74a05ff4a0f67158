// SPDX-License-Identifier: MIT
// Escalations in JSON.
#include "domain/escalation/escalation.h"

#include "api/api.h"
#include "api/handlers.h"

static enum err list_answer(struct request *r, struct response *res, const char *ref)
{
    struct escalation_query q = {0};
    struct escalation_list list;
    enum err e = api_query(r, &q);
    if (!e)
        e = escalation_list_read(&r->ctx, ref, &q, NULL, &list);
    if (e)
        return e;
    const void *const *rows = (const void *const *)list.rows;
    api_list(r, res, &(struct field_rows){&escalation_row_table, rows, list.n}, list.next);
    return ERR_OK;
}

enum err api_escalation_list(struct request *r, struct response *res)
{
    return list_answer(r, res, NULL);
}

enum err api_person_escalation_list(struct request *r, struct response *res)
{
    return list_answer(r, res, request_ref(r));
}

enum err api_escalation_get(struct request *r, struct response *res)
{
    struct escalation escalation;
    enum err e = escalation_read(&r->ctx, request_param(r, "id"), NULL, NULL, &escalation);
    if (!e)
        api_record(r, res, 200, &escalation_table, &escalation);
    return e;
}

static const char *saved_body(void *arg, const void *escalation)
{
    return api_record_text(arg, &escalation_saved_table, escalation);
}

enum err api_escalation_create(struct request *r, struct response *res)
{
    struct escalation_input in = {0};
    struct escalation saved;
    struct create_reply reply = {.body = saved_body, .arg = r, .before = "/api/v1/escalations/"};
    enum err e = api_body(r, &in);
    if (!e)
        e = escalation_raise(&r->ctx, request_ref(r), &in, &reply, &saved);
    if (e)
        return api_replay(r, res, e);
    response_header(res, "Location",
                    arena_printf(r->ctx.arena, "/api/v1/escalations/%s", saved.id));
    api_record(r, res, 201, &escalation_saved_table, &saved);
    return ERR_OK;
}

enum err api_escalation_move(struct request *r, struct response *res)
{
    struct escalation_move in = {0};
    struct escalation escalation;
    enum err e = api_body(r, &in);
    if (!e)
        e = escalation_move(&r->ctx, request_param(r, "id"), &in, &escalation);
    if (!e)
        api_record(r, res, 200, &escalation_table, &escalation);
    return e;
}
