// SPDX-License-Identifier: MIT
// What the pages of accounts, agencies and teams are given.
#pragma once

#include "domain/account/user.h"
#include "http/route.h"
#include "web/ui/components.h"
#include "web/ui/page.h"

struct user_row_view {
    const char *href, *name, *username, *role, *site, *place, *state, *state_classes, *last;
};

struct user_list_view {
    const struct page *page;
    const struct user_row_view *rows;
    size_t n;
    const char *q, *next, *add_href;
    bool filtered;
};

struct user_form_view {
    const struct page *page;
    const struct request *r;
    struct html hidden;
    const struct user *user; // NULL when adding
    const char *action, *version, *username, *display_name;
    struct ui_options roles, sites, teams, agencies;
    const char *last_sign_in;
    bool disabled, may_write, stale;
    const char *disable_action, *enable_action, *reset_action;
};

/** The first password, shown once. */
struct user_password_view {
    const struct page *page;
    const char *name, *username, *password;
};

struct agency_page_view {
    const struct page *page;
    const struct request *r;
    struct html hidden;
    const struct field_rows *agencies, *teams;
    struct ui_options kinds, sites, agency_options;
    bool may_write, team_form; // which form came back with errors
};
