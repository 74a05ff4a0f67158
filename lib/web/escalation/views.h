// SPDX-License-Identifier: MIT
// What the escalation templates are given. Views live in the request's arena.
#pragma once

#include "domain/escalation/escalation.h"
#include "web/contact/views.h"
#include "web/step/step.h"

struct escalation_show_view {
    const struct page *page;
    const struct person_view *person;
    const struct request *r;
    struct step_detail d;
    const char *state, *state_classes, *step;
    const char *basis;      // engagement status in words
    const char *re_engaged; // "Spoke to somebody on ..." in words, or NULL
    struct contact_views contacts;
    bool may_contacts, may_detail;
    const char *evidence;
    const struct step_past *actions;
    size_t n_actions;
    bool deciding;               // the decision form is shown
    struct ui_choices decisions; // possible ones
    struct ui_choices agreed;    // actions to agree
    const char *reason;
    bool asks_re_offer;
    const char *re_day, *re_month, *re_year;
    bool may_act;
    struct ui_choices kinds; // actions to record
    const char *day, *month, *year, *note;
    const char *act_action, *here;
};

struct escalation_form_view {
    const struct page *page;
    const struct person_view *person;
    const struct request *r;
    const char *action, *cancel_href, *basis;
    struct html hidden;
    struct ui_choices triggers;
    const char *day, *month, *year, *evidence;
    const struct step_line *open; // escalations that are open already
    size_t n_open;
};
