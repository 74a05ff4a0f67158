// SPDX-License-Identifier: MIT
// Escalations in JSON.
#include "domain/escalation/escalation.h"

#include "api/handlers.h"
#include "api/resource.h"

static enum err get(struct request *r, void *ret)
{
    return escalation_read(&r->ctx, request_param(r, "id"), NULL, NULL, ret);
}

// Everybody's, or below the address of a person that person's.
static enum err list(struct request *r, const void *query, struct api_page *ret)
{
    struct escalation_list list;
    enum err e = escalation_list_read(&r->ctx, request_ref(r), query, NULL, &list);
    if (!e)
        *ret = (struct api_page){(const void *const *)list.rows, list.n, list.next};
    return e;
}

static enum err raise(struct request *r, const void *in, const struct create_reply *reply,
                      void *ret)
{
    return escalation_raise(&r->ctx, request_ref(r), in, reply, ret);
}

static enum err move(struct request *r, const void *in, void *ret)
{
    return escalation_move(&r->ctx, request_param(r, "id"), in, ret);
}

const struct resource api_escalation = {
    .address = "/api/v1/escalations/",
    .read = {get, sizeof(struct escalation)},
    .list = {list, sizeof(struct escalation_query)},
    .create = {raise, sizeof(struct escalation_input), sizeof(struct escalation)},
    .move = {move, sizeof(struct escalation_move), sizeof(struct escalation)},
};
