// SPDX-License-Identifier: MIT
// What the files of this module share.
#pragma once

#include "access/access.h"

/** The actor of row 0 of a begin statement, in the arena. NULL if the role is not one we know. */
const struct actor *access_actor_row(struct ctx *ctx, const struct db_pipeline *pl, size_t i);

/** Remembers whose reference this is (with the keyring in use, so that two databases do not mix).
 */
void access_person_remember(const struct ctx *ctx, const struct person *person);
/** True if the reference is remembered; the texts are copied into the arena, version is 0. */
bool access_person_recall(struct ctx *ctx, const char *ref, struct person *ret);
