// SPDX-License-Identifier: MIT
// What the contact templates are given. Views live in the request's arena.
#pragma once

#include "domain/contact/contact.h"
#include "http/route.h"
#include "web/ui/components.h"
#include "web/ui/page.h"
#include "web/person/header.h"

/** One contact as a timeline shows it. */
struct contact_view {
    const char *anchor;                    // "contact-<id>"
    const char *href;                      // of its own page
    const char *title;                     // "Phone call: spoke"
    const char *outcome, *outcome_classes; // a text tag
    const char *timestamp, *when, *author;
    const char *facts;                 // "25 minutes, support session"
    const char *next;                  // NULL where there is none, or the actor may not see it
    const char *corrected;             // "Corrected by Ann Lee on 3 November 2026 at 10am", or NULL
    bool concern;
    const struct contact *contact; // its words, as they are
};

struct contact_views {
    const struct contact_view *at;
    size_t n;
};

struct contact_list_view {
    const struct page *page;
    const struct person_view *person;
    struct contact_views contacts;
    struct ui_choices modes, outcomes;
    const char *from, *to; // as typed
    const char *from_error, *to_error;
    const char *action, *next_href, *print_href, *clear_href;
    const char *record_contact; // NULL when the actor may not
    bool filtered, print, later_page;
};

struct contact_show_view {
    const struct page *page;
    const struct person_view *person;
    struct contact_view contact;
    struct contact_views earlier; // the versions it replaced, newest first
    const char *correct_href;     // NULL when the actor may not
    const char *list_href;
};

/** The form that records a contact, and the one that corrects it. */
struct contact_form_view {
    const struct page *page;
    const struct person_view *person;
    const struct request *r;
    const char *action;
    struct html hidden;
    struct ui_choices modes, outcomes, purposes, directions, next_steps;
    const char *day, *month, *year, *time; // of the contact
    const struct contact *contact;         // what the fields hold when nothing was typed
    const char *due_choice;               // which radio of the next contact
    const char *due_week, *due_fortnight; // ISO dates
    const char *due_week_words, *due_fortnight_words;
    const char *due_day, *due_month, *due_year;
    bool concern, correcting, more_open;
    struct contact_view stale; // what is stored now, when somebody else corrected it meanwhile
    bool is_stale;
    const char *cancel_href;
};

/** How contacts look in a timeline. */
struct contact_views contact_views_new(struct request *r, const struct contact_list *list);
