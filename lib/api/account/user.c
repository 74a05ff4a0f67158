// SPDX-License-Identifier: MIT
// User accounts and agencies in JSON, for reading.
#include "domain/account/user.h"

#include "api/api.h"
#include "api/handlers.h"

enum err api_user_list(struct request *r, struct response *res)
{
    struct user_query q = {0};
    struct user_list list;
    enum err e = api_query(r, &q);
    if (!e)
        e = user_list_read(&r->ctx, &q, &list);
    if (!e)
        api_list(r, res, &list.rows, list.next);
    return e;
}

enum err api_agency_list(struct request *r, struct response *res)
{
    struct agency_query q = {0};
    struct agency_list list;
    enum err e = api_query(r, &q);
    if (!e)
        e = agency_list_read(&r->ctx, &q, &list);
    if (!e)
        api_list(r, res, &list.rows, list.next);
    return e;
}
