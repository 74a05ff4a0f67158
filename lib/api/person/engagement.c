// SPDX-License-Identifier: MIT
// The status card in JSON.
#include "domain/person/engagement.h"

#include "api/handlers.h"
#include "api/resource.h"

static enum err get(struct request *r, void *ret)
{
    return status_card_read(&r->ctx, request_ref(r), NULL, ret);
}

const struct resource api_status = {.read = {get, sizeof(struct status_card)}};
