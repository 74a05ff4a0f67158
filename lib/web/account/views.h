// SPDX-License-Identifier: MIT
// Views of signing in and of one's own account. Views live in the request's arena.
#pragma once

#include "web/ui/view.h"

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

/** Puts the sign-in page into the answer. */
void sign_in_page(struct request *r, struct response *res, const char *draft,
                  const char *return_to);
