// SPDX-License-Identifier: MIT
// What the error page is given: words, and what was typed, so that nothing is lost from sight.
#pragma once

#include "web/ui/view.h"

/** One line of what was typed, shown so that nothing is lost from sight. */
struct typed_row {
    const char *label, *value;
};

/** What was typed, and the form to send it again with all of its values hidden. */
struct retry_form {
    const char *action;
    const char *csrf;
    const struct pair *pairs; // without csrf
    size_t n_pairs;
    const struct typed_row *typed;
    size_t n_typed;
    const char *button; // NULL: only what was typed is shown
};

struct error_view {
    struct page *page;
    const char *heading;
    const char *words;      // first paragraph
    const char *what_to_do; // second
    const char *detail;     // what exactly, or NULL
    const char *reference;  // request id, for reporting; NULL on 404
    const struct retry_form *retry;
    bool link_home;
};
