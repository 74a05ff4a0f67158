// SPDX-License-Identifier: MIT
// User accounts and agencies in JSON, for reading.
#include "domain/account/user.h"

#include "api/handlers.h"
#include "api/resource.h"

static enum err users(struct request *r, const void *query, struct api_page *ret)
{
    struct user_list list;
    enum err e = user_list_read(&r->ctx, query, &list);
    if (!e)
        *ret = (struct api_page){list.rows.rows, list.rows.n, list.next};
    return e;
}

const struct resource api_user = {.list = {users, sizeof(struct user_query)}};

static enum err agencies(struct request *r, const void *query, struct api_page *ret)
{
    struct agency_list list;
    enum err e = agency_list_read(&r->ctx, query, &list);
    if (!e)
        *ret = (struct api_page){list.rows.rows, list.rows.n, list.next};
    return e;
}

const struct resource api_agency = {.list = {agencies, sizeof(struct agency_query)}};
