// SPDX-License-Identifier: MIT
// Stages, offers, safety flags and assignment in JSON.
#include "api/handlers.h"
#include "api/resource.h"
#include "domain/caseload/assign.h"
#include "domain/person/flag.h"
#include "domain/person/stage.h"

static enum err move(struct request *r, const void *in, void *ret)
{
    return stage_move(&r->ctx, request_ref(r), in, ret);
}

const struct resource api_stage = {
    .move = {move, sizeof(struct stage_input), sizeof(struct stage_now)},
};

// Offers and flags have no address of their own: they are found with the person.
static enum err offer(struct request *r, const void *in, const struct create_reply *reply,
                      void *ret)
{
    return offer_record(&r->ctx, request_ref(r), in, reply, ret);
}

const struct resource api_offer = {
    .address = "/api/v1/participants/{ref}/offers#",
    .create = {offer, sizeof(struct offer_input), sizeof(struct offer_saved)},
};

static enum err flag_list(struct request *r, const void *query, struct api_page *ret)
{
    (void)query;
    struct person_file file;
    enum err e = flag_list_read(&r->ctx, request_ref(r), &file);
    if (!e)
        *ret =
            api_page_of(r->ctx.arena, file.flags, file.n_flags, sizeof(*file.flags), NULL);
    return e;
}

static enum err flag(struct request *r, const void *in, const struct create_reply *reply, void *ret)
{
    return flag_add(&r->ctx, request_ref(r), in, reply, ret);
}

const struct resource api_flag = {
    .address = "/api/v1/participants/{ref}/flags#",
    .list = {flag_list, 0},
    .create = {flag, sizeof(struct flag_input), sizeof(struct safety_flag)},
};

static enum err assign(struct request *r, const void *in, void *ret)
{
    return assign_worker_set(&r->ctx, request_ref(r), in, ret);
}

const struct resource api_assignment = {
    .move = {assign, sizeof(struct assign_input), sizeof(struct assigned)},
};
