// SPDX-License-Identifier: MIT
// Caseloads of the team or site.
#include "web/caseload_views.h"
#include "web/view.h"

#include <stdlib.h>

enum err web_caseloads(struct request *r, struct response *res)
{
    struct caseload_view v = {0};
    enum err e = caseload_list(&r->ctx, &v.rows, &v.n);
    if (e)
        return e;
    const char **hrefs = ARENA_ARRAY(r->ctx.arena, const char *, v.n + 1);
    long total = 0;
    for (size_t i = 0; i < v.n; i++) {
        hrefs[i] = arena_printf(r->ctx.arena, "/participants?worker=%s",
                                v.rows[i].worker_id ? v.rows[i].worker_id : "none");
        total += strtol(v.rows[i].people, NULL, 10);
    }
    v.hrefs = hrefs;
    v.total = arena_printf(r->ctx.arena, "%ld", total);
    struct page *page = web_page(r, res, "Caseloads");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Caseloads", NULL);
    v.page = page;
    tpl_caseload_page(&res->body, &v);
    return ERR_OK;
}
