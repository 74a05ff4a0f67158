// SPDX-License-Identifier: MIT
// Addresses with a query string. Every value goes through the encoder here: what a person typed can then
// neither end a parameter nor a header line.
#pragma once

#include "base/buf.h"

/** Appends the text with all but letters, digits and -._~/ percent-encoded (RFC 3986: a query may hold
 *  a slash as it is). */
void url_encode(struct buf *b, const char *text);
/** Appends ?name=value, or &name=value when the address in b has a query already. NULL and "" add
 *  nothing. */
void url_query_add(struct buf *b, const char *name, const char *value);
/** The address with name, value pairs, ended by a NULL name. */
const char *url_make(struct arena *a, const char *path, ...) __attribute__((sentinel));
