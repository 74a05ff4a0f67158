// SPDX-License-Identifier: MIT
// Vocabularies (lib/domain/README.md): stable codes with labels that may change, read from
// config/programme.conf by the config module, used read-only by every thread.
#pragma once

#include "base/arena.h"

#include <stdbool.h>

struct vocab_code {
    const char *code;
    const char *label;
    const char *also; // a second word taken for the code when data comes in, or NULL
    bool successful; // outcome only: counts as a success
    bool missed;     // outcome only: counts towards consecutive missed
};

struct vocab {
    const char *name; // "mode", "outcome", "purpose", "service", ...
    const struct vocab_code *codes;
    size_t n;
};

/** Installs the vocabularies for the process; the memory must outlive it. */
void vocab_install(const struct vocab *all, size_t n, const char *version);
const char *vocab_version(void);
size_t vocab_count(void);
const struct vocab *vocab_at(size_t i);
/** NULL if there is no such vocabulary. */
const struct vocab *vocab_find(const char *name);
/** The row of a code, or of the word that is also taken for it; NULL if there is none. */
const struct vocab_code *vocab_code(const char *name, const char *code);
/** The label, or the code itself when it is unknown (a retired code still shows). */
const char *vocab_label(const char *name, const char *code);
