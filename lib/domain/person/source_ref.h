// SPDX-License-Identifier: MIT
// What a case is called in the records it came from: often a name's initials or a number of another
// system, so the database holds it sealed, and beside it a keyed hash by which it is found and kept
// apart from others of the site.
#pragma once

#include "crypto/keys.h"

/** The keyed hash (16 bytes, arena), the same however the reference is typed. */
struct bytes source_ref_blind(struct ctx *ctx, const char *source_ref);

struct source_ref {
    struct bytes sealed, blind; // {NULL, 0} when there is none
};
/** Sealed under the person's data key (which must be cached), bound to the case. */
enum err source_ref_seal(struct ctx *ctx, const char *person, const char *participant,
                         const char *source_ref, struct source_ref *ret) MUST_CHECK;
/** Where it is bound. */
struct seal_at source_ref_at(const char *person, const char *participant);
