// SPDX-License-Identifier: MIT
// What the case page and the home page are given. Views live in the request's arena.
#pragma once

#include "web/contact/views.h"

/** A line of a list: a link, a text tag, and words. */
struct line_view {
    const char *href, *text; // the link: a name, a service
    const char *ref;         // beside a name, or NULL
    const char *tag, *tag_classes;
    const char *words; // "since 2 November 2026: 3 missed in a row"
    const char *due;   // "Reply due 9 November 2026"
    bool late;
};

struct line_views {
    const struct line_view *at;
    size_t n;
};

struct case_view {
    const struct page *page;
    const struct person_view *person;
    struct contact_views contacts;
    struct line_views referrals, escalations, stages;
    const char *contacts_href; // all of them
    const char *new_referral, *new_escalation, *change_stage, *record_offer, *add_flag, *assign,
        *status_href; // NULL when the actor may not
    bool may_contacts, may_referrals, may_escalations, may_stages;
};

struct home_section_view {
    const char *id, *title, *empty;
    const char *more_href, *more_text;
    const char *total; // decimal
    struct line_views lines;
    bool counts; // the lines are kinds with their numbers
};

struct home_view {
    const struct page *page;
    const char *greeting;
    bool search;                 // a search box for people
    const char *add_participant; // NULL when the actor may not
    const struct home_section_view *sections;
    size_t n_sections;
};
