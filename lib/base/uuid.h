// SPDX-License-Identifier: MIT
// UUIDv7 (RFC 9562): time-ordered, random. Text form is 36 lower-case characters.
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define UUID_TEXT 37

/** A new UUIDv7 as text in the arena. */
char *uuid_new(struct arena *a);
/** True if s is a 36-character UUID (any version, either case). */
bool uuid_ok(const char *s);
/** The id if it can be one; otherwise one that nothing has: so that a search for either is answered
 *  alike. */
const char *uuid_or_nil(const char *s);
/** The 16 bytes of a valid text form; false if it is not one. */
bool uuid_bytes(const char *s, uint8_t out[16]);
/** Writes the text form. */
void uuid_text(const uint8_t in[16], char out[UUID_TEXT]);
