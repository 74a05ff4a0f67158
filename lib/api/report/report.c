// SPDX-License-Identifier: MIT
// Counts in JSON.
#include "domain/report/report.h"

#include "api/api.h"

enum err api_reports(struct request *r, struct response *res)
{
    struct report report;
    enum err e = report_read(&r->ctx, &report);
    if (!e)
        api_record(r, res, 200, &report_table, &report);
    return e;
}
