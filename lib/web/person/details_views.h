// SPDX-License-Identifier: MIT
// What the pages of a participant's details are given.
#pragma once

#include "domain/person/details.h"
#include "http/route.h"
#include "web/ui/components.h"
#include "web/ui/page.h"
#include "web/person/header.h"

struct details_row {
    const char *key, *value;
};

struct details_view {
    const struct page *page;
    const struct person_view *person;
    const struct details_row *rows;
    size_t n;
    const char *const *warnings;
    size_t n_warnings;
    const char *edit_href; // NULL when the actor may not
};

/** The form that adds somebody, and the one that changes the details. */
struct details_form_view {
    const struct page *page;
    const struct person_view *person; // NULL when adding
    const struct request *r;
    struct html hidden;
    const char *action, *cancel_href, *version;
    struct participant_input in; // the values to show
    struct ui_choices sexes, genders, ethnicities, supervisions, sites;
    const char *born_day, *born_month, *born_year;
    const char *start_day, *start_month, *start_year;
    const char *aliases; // one a line
    bool case_fields;    // supervision, which needs the right to assign
    bool ask_site;
    bool stale;
};

/** A list to choose from with nothing chosen at first. */
struct ui_options details_options(struct arena *a, struct ui_choices choices);
