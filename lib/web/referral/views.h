// SPDX-License-Identifier: MIT
// What the referral templates are given. Views live in the request's arena.
#pragma once

#include "domain/referral/referral.h"
#include "web/step/step.h"

struct referral_show_view {
    const struct page *page;
    const struct person_view *person;
    const struct request *r;
    struct step_detail d;
    const char *state, *state_classes, *step; // step: whose form is open, or NULL
    const struct step_past *sessions;
    size_t n_sessions;
    bool may_sessions; // see them
    bool may_deliver;  // record them now
    bool session_open; // its form is open
    struct ui_choices decline_reasons, results;
    const char *reason, *end_report;
    const char *day, *month, *year, *minutes, *feedback;
    bool was_late, concern;
    const char *session_action, *session_href, *here;
};

struct referral_form_view {
    const struct page *page;
    const struct person_view *person;
    const struct request *r;
    const char *action, *cancel_href;
    struct html hidden;
    struct ui_choices services, urgencies, needs;
    const struct ui_option *providers;
    size_t n_providers;
    const char *reason, *risk_summary;
    const char *outcomes[3];
};
