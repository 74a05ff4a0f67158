// SPDX-License-Identifier: MIT
// Dates of birth that the process has opened before, so that "a contact before the person was born"
// is refused without a round trip to read the sealed date. Each is kept with the nonce of the
// sealed value it came from: the insert checks the nonce, so a date changed since is never trusted.
// Shared by all threads, bounded, in memory only.
#pragma once

#include "base/ctx.h"
#include "crypto/keys.h"

#include <stdbool.h>
#include <stdint.h>

enum { BIRTH_NONCE = 24 };

struct birth {
    char person_id[37];
    bool known; // false: no date of birth is recorded
    int64_t days;
    uint8_t nonce[BIRTH_NONCE]; // of the sealed date; meaningless when not known
};

/** Remembers the person's birth date as read: `sealed` {NULL, 0} and `date` NULL when there is
 * none. */
void birth_keep(const char *ref, const char *person_id, struct bytes sealed, const char *date);
/** False if the process has not read it (or has forgotten). */
bool birth_find(const char *ref, struct birth *ret);
void birth_forget(const char *ref);
