// SPDX-License-Identifier: MIT
// Options of MoJ Frontend's component templates and of our own. Part of web/ui/components.h, which
// says how options work; include that.
#pragma once

#include "web/ui/components.h"

// MoJ Frontend

struct ui_alert {
    const char *title; // the label, and the words when there is no content
    const char *text;
    struct html html;
    const char *variant; // "information" (default), "success", "warning", "error"
    bool show_title_as_heading;
    const char *heading_tag; // "h2" (default), "h3", "h4"
    bool dismissible;
    bool disable_auto_focus;
    const char *focus_on_dismiss_selector;
    const char *dismiss_text;
    const char *role; // NULL is "region"
    const char *classes;
    const struct attr *attributes;
};

struct ui_badge {
    const char *text;
    struct html html;
    const char *classes; // "moj-badge--red"
    const struct attr *attributes;
};

struct ui_identity_bar {
    struct ui_cell_text title;
    const char *classes;
    const struct attr *attributes;
};

struct ui_link {
    const char *href, *text;
};

struct ui_links {
    const struct ui_link *at;
    size_t n;
};

struct ui_filter_category {
    struct ui_cell_text heading;
    struct ui_links items; // each takes its filter away
};

struct ui_filter_categories {
    const struct ui_filter_category *at;
    size_t n;
};

struct ui_selected_filters {
    struct ui_cell_text heading;
    struct ui_link clear_link;
    struct ui_filter_categories categories;
};

struct ui_filter_submit {
    const char *text; // NULL says "Apply filters"
    const struct attr *attributes;
};

struct ui_filter {
    struct ui_cell_text heading;
    struct ui_selected_filters selected_filters; // drawn when there are categories
    struct ui_filter_submit submit;
    struct html options_html; // the fields
    const struct attr *attributes;
};

struct ui_timeline_item {
    struct ui_cell_text label;
    struct ui_cell_text byline;
    const char *timestamp; // RFC 3339
    const char *when;      // in words
    const char *text;
    struct html html;
    const char *classes;
    const struct attr *attributes;
};

struct ui_timeline_items {
    const struct ui_timeline_item *at;
    size_t n;
};

struct ui_timeline {
    struct ui_timeline_items items;
    int heading_level; // 0 is 2
    const char *classes;
    const struct attr *attributes;
};

struct ui_sub_nav_item {
    const char *text;
    struct html html;
    const char *href;
    bool active;
    const char *classes;
    const struct attr *attributes;
};

struct ui_sub_nav_items {
    const struct ui_sub_nav_item *at;
    size_t n;
};

struct ui_sub_navigation {
    struct ui_sub_nav_items items;
    const char *label; // NULL says "Secondary navigation region"
    const char *classes;
    const struct attr *attributes;
};

struct ui_search {
    const char *action;
    struct ui_label label;
    struct ui_hint hint;
    struct ui_input input;   // id, name, value, autocomplete and error message
    struct ui_button button; // text
    const char *classes;
    const struct attr *attributes;
};

struct ui_results {
    const char *from, *to, *count; // decimal
    const char *text;              // NULL says "results"
};

/** Numbered pages, and "Showing 1 to 10 of 42 total contacts". */
struct ui_results_pagination {
    struct ui_pagination_link previous, next;
    struct ui_page_items items;
    struct ui_results results;
    const char *landmark_label;
    const char *classes;
    const struct attr *attributes;
};

// Our own

struct ui_fact {
    const char *label, *value;
};

struct ui_facts {
    const struct ui_fact *at;
    size_t n;
};

struct ui_badges {
    const struct ui_badge *at;
    size_t n;
};

/** The head of every page about one person: facts, name as the page's h1, badges, actions. */
struct ui_case_header {
    const char *name;
    struct ui_facts facts; // reference, date of birth, site: those without a value are left out
    struct ui_badges badges; // safety flags
    struct html actions;     // buttons and links
    bool name_is_heading;    // h1; else the page has its own
};

/** "Showing 1 to 10 of 42 total results" as MoJ says it, or NULL. */
const char *ui_results_words(struct arena *a, const struct ui_results_pagination *v);

/** One of "information", "success", "warning" and "error"; "information" if v is none of them. */
const char *ui_alert_variant(const char *v);
