// SPDX-License-Identifier: MIT
// Views of the pages around the work: signing in, one's own account, errors, help.
#pragma once

#include "web/view.h"

struct sign_in_view {
    struct page *page;
    const char *username;
    const char *return_to; // where to go afterwards, or NULL
    const char *draft;     // a sealed form kept across sign-in, or NULL
    const char *username_error, *password_error;
};

struct account_view {
    struct page *page;
    const struct actor *actor;
    const char *role, *site, *expires;
    struct html hidden;
    const char *current_error, *password_error, *confirm_error;
};

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

/** Part of a page's address: true for "/..." within this service. */
bool local_address(const char *s);
/** The address of the page whose form the request posted, in the arena; NULL if there is none. */
const char *form_page_address(struct request *r);
/** The posted values worth keeping: no csrf, no passwords. Returns how many. */
size_t form_kept(struct request *r, const struct pair **ret);

/** The form posted, sealed to a user, with the address of its page; NULL if there is nothing to
 * keep. */
const char *draft_seal(struct request *r, const char *user_id);
/** Opens a draft for the user who has just signed in with `token` and answers with its page filled
 * in. False if it is not this user's, too old, or the page cannot be shown. */
bool draft_show(struct request *r, const char *draft, const char *user_id, const char *token,
                struct response *res);
/** Shows the form's own page again with what was typed. False if there is no such page. */
bool form_show_again(struct request *r, struct response *res);
/** Puts the sign-in page into the answer. */
void sign_in_page(struct request *r, struct response *res, const char *draft,
                  const char *return_to);
