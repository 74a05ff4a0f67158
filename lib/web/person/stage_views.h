// SPDX-License-Identifier: MIT
// What the templates of stages, offers, safety flags and assignment are given.
#pragma once

#include "domain/caseload/assign.h"
#include "domain/person/stage.h"
#include "http/route.h"
#include "web/ui/components.h"
#include "web/ui/page.h"
#include "web/person/header.h"

/** The common part of a form about a person. */
struct person_form {
    const struct page *page;
    const struct person_view *person;
    const struct request *r;
    struct html hidden;
    const char *action, *cancel_href, *version;
};

struct stage_form_view {
    struct person_form f;
    const char *present;                 // label of the present stage
    struct ui_choices next;              // stages, suspended, resumed, with their reasons below
    struct ui_choices closures, declines, reopenings, suspensions;
    bool can_close, can_decline, can_reopen;
    const char *reason_error;
    const char *day, *month, *year;
    const char *offer_href; // when the next thing is an offer
};

struct offer_form_view {
    struct person_form f;
    struct ui_choices answers, reasons;
    const char *day, *month, *year, *time, *message_version;
    bool delivered, understood, interpreter;
};

struct flag_row_view {
    const char *kind, *detail, *added, *review, *end_action;
};
struct flag_form_view {
    struct person_form f;
    struct ui_choices kinds;
    const char *detail, *day, *month, *year;
    const struct flag_row_view *open;
    size_t n_open;
};

struct assign_form_view {
    struct person_form f;
    const char *present;
    struct ui_choices workers;
};
