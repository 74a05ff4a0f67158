// SPDX-License-Identifier: MIT
// What the page of counts is given.
#pragma once

#include "domain/report/report.h"
#include "web/ui/chart.h"
#include "web/ui/page.h"

struct report_line {
    const char *label, *href; // href NULL: no list behind it
    const char *all, *part;   // numbers; part may be NULL
};

struct report_view {
    const struct page *page;
    const char *scope; // "Leicester", "Team one, Leicester"
    const char *people, *since;
    const struct chart *statuses, *funnel, *weeks;
    const struct report_line *status_lines, *step_lines, *week_lines;
    size_t n_statuses, n_steps, n_weeks;
    const struct report_worker *const *workers;
    const char *const *worker_hrefs;
    size_t n_workers;
    const char *most_workers; // when there may be more, how many are shown; or NULL
};
