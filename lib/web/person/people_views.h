// SPDX-License-Identifier: MIT
// What the page that finds and lists people is given. Views live in the request's arena.
#pragma once

#include "web/ui/page.h"

#include <stdbool.h>
#include <stddef.h>

struct person_row_view {
    const char *href, *name; // the name, or the reference when the actor may not see names
    const char *ref;         // beside a name; NULL when name is the reference
    const char *known_as;
    const char *status, *status_classes, *basis;
    const char *last_contact, *next_due, *worker;
    bool overdue;
    const char *flags; // labels of the safety flags, or NULL
};

struct people_view {
    const struct page *page;
    const char *heading, *q;
    struct ui_options statuses, workers; // workers empty: no filter
    const char *filter_words;            // "Filter by status or worker", or what is chosen
    bool filtered, searched, later_page;
    const char *clear_href;
    const char *summary; // "12 people", "The 50 people who fit best ..."
    const char *where;   // whom the actor may find: said when nobody is found
    const struct person_row_view *rows;
    size_t n;
    const char *next_href, *add_href; // or NULL
};
