// SPDX-License-Identifier: MIT
// What the caseload page is given.
#pragma once

#include "domain/caseload/caseload.h"
#include "web/ui/page.h"

struct caseload_view {
    const struct page *page;
    const struct caseload *rows;
    size_t n;
    const char *const *hrefs; // of each worker's people
    const char *total;        // decimal, of all pages
    const char *next_href;    // or NULL
};
