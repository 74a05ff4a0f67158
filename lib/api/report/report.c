// SPDX-License-Identifier: MIT
// Counts in JSON.
#include "domain/report/report.h"

#include "api/handlers.h"
#include "api/resource.h"

static enum err get(struct request *r, void *ret)
{
    return report_read(&r->ctx, ret);
}

const struct resource api_report = {.read = {get, sizeof(struct report)}};
