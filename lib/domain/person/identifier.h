// SPDX-License-Identifier: MIT
// Numbers by which other systems know a person: shapes and check letters (lib/domain/README.md). A bad shape
// is refused; a bad check letter is kept and warned about, since records elsewhere carry the same
// slip. Pure functions; any thread.
#pragma once

#include "base/arena.h"

#include <stdbool.h>

enum identifier_verdict { IDENTIFIER_OK, IDENTIFIER_WARN, IDENTIFIER_SHAPE };

struct identifier_kind {
    const char *code;    // of the vocabulary identifier_kind: "pnc"
    const char *words;   // "PNC number"
    const char *example; // how it looks, for messages: "2004/0123456X"
    bool blind;          // found through the blind index (high-entropy)
};

/** The kinds, ended by a NULL code. */
extern const struct identifier_kind identifier_kinds[];
const struct identifier_kind *identifier_kind(const char *code);

/**
 * Checks what was typed and gives its canonical form (upper case, no spaces, four-digit PNC year,
 * serials padded), set unless the shape is wrong. WARN: the shape is right and the check is not.
 */
enum identifier_verdict identifier_check(struct arena *a, const char *kind, const char *typed,
                                         const char **ret_canonical);

/** "Enter a PNC number in the right form, like 2004/0123456X" */
const char *identifier_shape_words(struct arena *a, const char *kind);
/** "PNC number: the check letter does not fit: look for a mistyped character" */
const char *identifier_warn_words(struct arena *a, const char *kind);

/** A typed text that could be an identifier: each kind whose shape it has and its canonical form.
 *  Gives the number of them, at most `most`. */
struct identifier_guess {
    const char *kind, *canonical;
};
size_t identifier_guess(struct arena *a, const char *typed, struct identifier_guess *ret,
                        size_t most);
