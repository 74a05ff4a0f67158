// SPDX-License-Identifier: MIT
// The audit log in JSON.
#include "domain/report/audit_log.h"

#include "api/api.h"

enum err api_audit_list(struct request *r, struct response *res)
{
    struct audit_query q = {0};
    struct audit_list list;
    enum err e = api_query(r, &q);
    if (!e)
        e = audit_list_read(&r->ctx, &q, &list);
    if (!e)
        api_list(r, res, &list.rows, list.next);
    return e;
}
