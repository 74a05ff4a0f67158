// SPDX-License-Identifier: MIT
// A posted form kept across a sign-in, sealed to the user who typed it, and a form's own page shown again
// with what was typed. Everything lives in the request's arena.
#pragma once

#include "web/ui/view.h"

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
