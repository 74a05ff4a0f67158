// SPDX-License-Identifier: MIT
// "What needs me": the home page's lists, for every role, in one round trip. Each list comes from
// one statement together with its total, so that count and list agree. Records live in ctx->arena.
#pragma once

#include "access/access.h"

struct home_item {
    const char *section;
    const char *id;     // of the referral, escalation or export; NULL for people
    const char *ref;    // of the participant, or NULL
    const char *name;   // where the actor may see it
    const char *what;   // service, trigger, kind, role or operation code
    const char *status; // status or state code
    const char *since;  // of the status, state or request
    const char *basis;  // engagement status in words
    const char *due;    // the day it must be done by, or NULL
    const char *last_contact;
    const char *worker; // or the provider's name
    const char *total;  // rows of the whole section
};

struct home_section {
    const char *code; // overdue due escalate unassigned answer start running answered waiting
                      // decide act open recent exports accounts log
    long total;
    const struct home_item *items; // the first ten
    size_t n;
};

struct home {
    const struct home_section *sections; // those with rows, most pressing first within a kind
    size_t n;
};

enum err home_read(struct ctx *ctx, struct home *ret) MUST_CHECK;
/** The section of that code; one with no rows when there is nothing. Never NULL. */
const struct home_section *home_section(const struct home *home, const char *code);
