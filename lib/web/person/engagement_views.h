// SPDX-License-Identifier: MIT
// What the template of the status card is given.
#pragma once

#include "web/ui/components.h"
#include "web/ui/page.h"
#include "web/person/header.h"

struct status_view {
    const struct page *page;
    const char *ref, *name, *born;
    const char *status, *classes, *since, *basis;
    const char *last_contact, *next_due, *worker, *team, *supervision;
    bool overdue;
    const struct person_view *person; // for the flags
    const char *case_href, *escalate_href;
};
