// SPDX-License-Identifier: MIT
#include "app/app.h"

#include "api/api.h"
#include "api/handlers.h"
#include "domain/account/account.h"
#include "domain/account/user.h"
#include "domain/caseload/assign.h"
#include "domain/caseload/case.h"
#include "domain/contact/contact.h"
#include "domain/escalation/escalation.h"
#include "domain/person/details.h"
#include "domain/person/engagement.h"
#include "domain/person/flag.h"
#include "domain/person/people.h"
#include "domain/person/stage.h"
#include "domain/referral/referral.h"
#include "domain/report/audit_log.h"
#include "domain/report/report.h"
#include "export/export.h"
#include "import/session.h"
#include "web/handlers.h"
#include "web/ui/view.h"

static const struct route routes[] = {
#define PAGE(m, p, perm, where, f, h, in, words)                                                   \
    {.method = m, .pattern = p, .permission = perm, .pool = where, .flags = f, .handler = h,       \
     .body = in, .summary = words, .ok_status = 200},
#define API(m, p, perm, where, f, h, what, in, out, q, ok, words)                                  \
    {.method = m, .pattern = p, .permission = perm, .pool = where, .flags = f, .handler = h,       \
     .resource = what, .body = in, .answer = out, .params = q, .summary = words, .ok_status = ok},
#include "app/routes.def"
#undef PAGE
#undef API
};

static const struct route_table table = {
    .routes = routes,
    .n = sizeof(routes) / sizeof(routes[0]),
    .page_error = web_error,
    .api_error = api_error,
};

const struct route_table *app_route_table(void)
{
    return &table;
}
