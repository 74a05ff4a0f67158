// SPDX-License-Identifier: MIT
// The answer to a creating POST. It is made before anything is stored, so that it is kept in the same
// transaction and a retry gets the same one.
#pragma once

#include "access/access.h"

struct create_reply {
    int status;                                         // with a body
    const char *(*body)(void *arg, const void *record); // NULL for pages: 303 to the location
    void *arg;
    const char *before, *after; // the location is BEFORE id AFTER
};

/** Claims the request's key with the answer that a retry gets. */
void create_claim(struct ctx *ctx, struct access_tx *tx, const struct create_reply *reply,
                  const char *id, const void *record);
