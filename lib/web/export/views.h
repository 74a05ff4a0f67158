// SPDX-License-Identifier: MIT
// What the pages of evaluation exports are given.
#pragma once

#include "export/export.h"
#include "http/route.h"
#include "web/ui/components.h"
#include "web/ui/page.h"

struct export_line {
    const char *href, *when, *who, *as_of, *site;
    const char *state, *classes; // a text tag
};

struct export_list_view {
    const struct page *page;
    const struct export_line *lines;
    size_t n;
    const char *next_href;
    bool later_page, may_ask;
    struct html hidden;
    const char *kind, *as_of, *reason; // of the form
    const char *as_of_error, *reason_error;
};

struct export_show_view {
    const struct page *page;
    const struct export *x;
    struct export_line line;
    const char *ready, *expires, *size, *download_href;
    const char *watch_href;
    bool waiting;  // it is being made
    bool watching; // and the browser asks again by itself
};
