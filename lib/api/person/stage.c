// SPDX-License-Identifier: MIT
// Stages, offers, safety flags and assignment in JSON.
#include "api/api.h"
#include "api/handlers.h"
#include "domain/caseload/assign.h"
#include "domain/person/flag.h"
#include "domain/person/stage.h"

enum err api_stage(struct request *r, struct response *res)
{
    struct stage_input in = {0};
    struct stage_now now;
    enum err e = api_body(r, &in);
    if (!e)
        e = stage_move(&r->ctx, request_ref(r), &in, &now);
    if (!e)
        api_record(r, res, 200, &stage_now_table, &now);
    return e;
}

static const char *offer_body(void *arg, const void *offer)
{
    return api_record_text(arg, &offer_saved_table, offer);
}

// Where a new thing of a person can be found: the person, and the id after a mark.
static struct create_reply reply_below(struct request *r, const char *what,
                                       const char *(*body)(void *, const void *))
{
    return (struct create_reply){
        .body = body,
        .arg = r,
        .before = arena_printf(r->ctx.arena, "/api/v1/participants/%s/%s#", request_ref(r), what),
    };
}

static enum err created(struct request *r, struct response *res, enum err e,
                        const struct create_reply *reply, const char *id,
                        const struct field_table *t, const void *record)
{
    if (e)
        return api_replay(r, res, e);
    response_header(res, "Location", arena_printf(r->ctx.arena, "%s%s", reply->before, id));
    api_record(r, res, 201, t, record);
    return ERR_OK;
}

enum err api_offer_create(struct request *r, struct response *res)
{
    struct offer_input in = {0};
    struct offer_saved saved = {0};
    struct create_reply reply = reply_below(r, "offers", offer_body);
    enum err e = api_body(r, &in);
    if (!e)
        e = offer_record(&r->ctx, request_ref(r), &in, &reply, &saved);
    return created(r, res, e, &reply, saved.id, &offer_saved_table, &saved);
}

enum err api_flag_list(struct request *r, struct response *res)
{
    struct person_file file;
    enum err e = flag_list_read(&r->ctx, request_ref(r), &file);
    if (e)
        return e;
    const void **rows = ARENA_ARRAY(r->ctx.arena, const void *, file.n_flags + 1);
    for (size_t i = 0; i < file.n_flags; i++)
        rows[i] = &file.flags[i];
    api_list(r, res, &(struct field_rows){&flag_table, rows, file.n_flags}, NULL);
    return ERR_OK;
}

static const char *flag_body(void *arg, const void *flag)
{
    return api_record_text(arg, &flag_table, flag);
}

enum err api_flag_create(struct request *r, struct response *res)
{
    struct flag_input in = {0};
    struct safety_flag saved = {0};
    struct create_reply reply = reply_below(r, "flags", flag_body);
    enum err e = api_body(r, &in);
    if (!e)
        e = flag_add(&r->ctx, request_ref(r), &in, &reply, &saved);
    return created(r, res, e, &reply, saved.id, &flag_table, &saved);
}

enum err api_assign(struct request *r, struct response *res)
{
    struct assign_input in = {0};
    struct assigned done;
    enum err e = api_body(r, &in);
    if (!e)
        e = assign_worker_set(&r->ctx, request_ref(r), &in, &done);
    if (!e)
        api_record(r, res, 200, &assigned_table, &done);
    return e;
}
