// SPDX-License-Identifier: MIT
// What the pages of imports are given.
#pragma once

#include "import/session.h"
#include "http/route.h"
#include "web/ui/components.h"
#include "web/ui/page.h"

struct import_line {
    const char *href, *when, *kind, *rows, *result;
    const char *state, *classes; // a text tag
};

struct import_list_view {
    const struct page *page;
    const struct request *r;
    struct html hidden;
    struct ui_choices kinds, mappings;
    size_t n_mappings;
    const char *mapping; // the only one
    const struct import_line *lines;
    size_t n;
    const char *next_href;
    bool later_page;
};

struct import_verdict_line {
    const char *row, *rows, *times, *heading, *message;
    const char *verdict, *classes; // a text tag
};

struct import_filter {
    const char *text, *href;
    bool current;
};

struct import_show_view {
    const struct page *page;
    const struct import_record *x;
    const char *title, *kind, *mapping, *checked, *decided, *until;
    bool waiting, stored; // else it was thrown away
    bool none, some;      // of the rows can be stored; some are left out
    const char *accept;   // on the button: "Import 889 rows"
    const char *csrf;
    const struct import_verdict_line *problems, *lines;
    size_t n_problems, n;
    const struct import_filter *filters;
    size_t n_filters;
    const char *report_href, *next_href;
};
