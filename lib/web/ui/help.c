// SPDX-License-Identifier: MIT
#include "web/ui/view.h"

enum err web_help(struct request *r, struct response *res)
{
    struct page *p = web_page(r, res, "Help");
    page_crumb(p, "Home", "/");
    page_crumb(p, "Help", NULL);
    tpl_help(&res->body, p);
    return ERR_OK;
}
