// SPDX-License-Identifier: MIT
// The audit log in JSON.
#include "domain/report/audit_log.h"

#include "api/handlers.h"
#include "api/resource.h"

static enum err list(struct request *r, const void *query, struct api_page *ret)
{
    struct audit_list list;
    enum err e = audit_list_read(&r->ctx, query, &list);
    if (!e)
        *ret = (struct api_page){list.rows.rows, list.rows.n, list.next};
    return e;
}

const struct resource api_audit = {.list = {list, sizeof(struct audit_query)}};
