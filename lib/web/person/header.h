// SPDX-License-Identifier: MIT
// The shared top of every page about a person: reference and date of birth, name as H1, status,
// badges, and safety flags as an alert that cannot be dismissed. Used by all slices:
//
//     {% call person_header(v->person) %}
//
// The view lives in the request's arena.
#pragma once

#include "domain/person/file.h"
#include "web/ui/html.h"

struct request;

enum person_tab {
    PERSON_NO_TAB,
    PERSON_OVERVIEW,
    PERSON_CONTACTS,
    PERSON_REFERRALS,
    PERSON_ESCALATIONS,
    PERSON_DETAILS,
};

struct person_flag_view {
    const char *label, *detail;
};

struct person_tab_view {
    const char *text, *href;
    bool current;
};

struct person_badge {
    const char *text, *classes; // "moj-badge--red"
};

struct person_view {
    const char *ref;
    const char
        *heading; // H1: what the page is about ("Record a contact"), or the name (or reference)
    const char *caption; // the name above an H1 that is not the name; NULL when heading is the name
    const char *born;    // "2 November 2001 (age 25)", or NULL
    const char *status;  // label, or NULL when the actor may not see it
    const char *status_classes;
    const char *status_line; // "since 2 November 2026: 3 missed in a row"
    const char *next_line;   // "Next contact due 9 November 2026", or NULL
    bool overdue;
    const char *worker;
    const struct person_badge *badges;
    size_t n_badges;
    const struct person_flag_view *flags;
    size_t n_flags;
    const char *record_contact; // address of the button, or NULL when the actor may not
    const struct person_tab_view *tabs;
    size_t n_tabs;
};

/** The view of a person's header. `heading` NULL makes the name (or reference) the H1. The tabs are
 *  shown when `tab` is not PERSON_NO_TAB. */
const struct person_view *person_view_new(struct request *r, const struct person_file *file,
                                          const char *heading, enum person_tab tab);
/** What the breadcrumb calls the person: the name, or the reference. */
const char *person_view_title(const struct person_file *file);
/** Tag classes of a status code: "govuk-tag--green" and so on. */
const char *status_tag_classes(const char *status);
