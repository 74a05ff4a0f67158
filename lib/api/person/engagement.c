// SPDX-License-Identifier: MIT
// The status card in JSON.
#include "domain/person/engagement.h"

#include "api/api.h"
#include "api/handlers.h"

enum err api_status(struct request *r, struct response *res)
{
    struct status_card card;
    enum err e = status_card_read(&r->ctx, request_ref(r), NULL, &card);
    if (!e)
        api_record(r, res, 200, &status_card_table, &card);
    return e;
}
