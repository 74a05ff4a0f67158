// SPDX-License-Identifier: MIT
// Caseloads of the team or site.
#include "web/caseload/caseload_views.h"

#include "base/url.h"
#include "web/ui/view.h"

enum err web_caseloads(struct request *r, struct response *res)
{
    const char *after = request_query(r, "after");
    struct caseload_page list;
    enum err e = caseload_list(&r->ctx, given(after) ? after : NULL, &list);
    if (e)
        return e;
    const char **hrefs = ARENA_ARRAY(r->ctx.arena, const char *, list.n + 1);
    for (size_t i = 0; i < list.n; i++)
        hrefs[i] = url_make(r->ctx.arena, "/participants", "worker",
                            list.rows[i].worker_id ? list.rows[i].worker_id : "none", NULL);
    struct caseload_view v = {
        .rows = list.rows,
        .n = list.n,
        .hrefs = hrefs,
        .total = list.total,
        .next_href =
            list.next ? url_make(r->ctx.arena, "/caseloads", "after", list.next, NULL) : NULL};
    struct page *page = web_page(r, res, "Caseloads");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Caseloads", NULL);
    v.page = page;
    tpl_caseload_page(&res->body, &v);
    return ERR_OK;
}
