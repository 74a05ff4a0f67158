// SPDX-License-Identifier: MIT
// Referrals in JSON.
#include "domain/referral/referral.h"

#include "api/handlers.h"
#include "api/resource.h"

static enum err get(struct request *r, void *ret)
{
    return referral_read(&r->ctx, request_param(r, "id"), NULL, ret);
}

// Everybody's, or below the address of a person that person's.
static enum err list(struct request *r, const void *query, struct api_page *ret)
{
    struct referral_list list;
    enum err e = referral_list_read(&r->ctx, request_ref(r), query, NULL, &list);
    if (!e)
        *ret = (struct api_page){(const void *const *)list.rows, list.n, list.next};
    return e;
}

static enum err make(struct request *r, const void *in, const struct create_reply *reply, void *ret)
{
    return referral_make(&r->ctx, request_ref(r), in, reply, ret);
}

static enum err move(struct request *r, const void *in, void *ret)
{
    return referral_move(&r->ctx, request_param(r, "id"), in, ret);
}

const struct resource api_referral = {
    .address = "/api/v1/referrals/",
    .read = {get, sizeof(struct referral)},
    .list = {list, sizeof(struct referral_query)},
    .create = {make, sizeof(struct referral_input), sizeof(struct referral)},
    .move = {move, sizeof(struct referral_move), sizeof(struct referral)},
};

static enum err record(struct request *r, const void *in, const struct create_reply *reply,
                       void *ret)
{
    return referral_session_record(&r->ctx, request_param(r, "id"), in, reply, ret);
}

const struct resource api_session = {
    // A session has no address of its own: it is read with its referral.
    .address = "/api/v1/referrals/{id}#",
    .create = {record, sizeof(struct session_input), sizeof(struct referral_session)},
};
