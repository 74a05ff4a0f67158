// SPDX-License-Identifier: MIT
// What is answered to bytes that never became a request, by the front and by the server alike, and the
// security headers of every answer. Pure functions.
#pragma once

#include "base/err.h"
#include "http/gate.h"
#include "http/pair.h"

struct refusal {
    enum gate_verdict verdict;
    int status;
    const char *reason; // of the status line
    enum err err;
    const char *why; // for the log
};

/** The row of a verdict other than GATE_OK and GATE_MORE. */
const struct refusal *refusal_of(enum gate_verdict v);

enum { REFUSAL_MAX = 320 };
/** problem+json in the shape of lib/api's, NUL-terminated. Gives its length. */
size_t refusal_json(char out[REFUSAL_MAX], enum err e, int status);

/** The security headers of every answer: name, value pairs ended by a NULL name. */
const struct pair *security_headers(bool tls);
