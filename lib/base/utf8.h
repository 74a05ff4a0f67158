// SPDX-License-Identifier: MIT
// UTF-8 as RFC 3629 has it: nothing overlong, no surrogates, nothing above U+10FFFF. The one decoder of
// the program: text is checked, counted, folded and cut through it. Pure functions.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_NONE = -1, UTF8_MOST = 4 }; // no character; bytes of the longest one

/** A sequence of several bytes being read. Zeroed, it is between characters. */
struct utf8_part {
    int left; // bytes still to come
    unsigned char least, most; // of the next one
    int32_t point; // the character once `left` is 0
};

/** Takes the first byte of a sequence of several; false if no sequence begins with it. */
bool utf8_lead(struct utf8_part *u, unsigned char byte);
/** Takes its next byte; false, and nothing changed, if the sequence cannot go on with it. */
bool utf8_more(struct utf8_part *u, unsigned char byte);

/** The next character of a text that ends with NUL; *s moves past it. What is no UTF-8 goes byte by
 *  byte, each as UTF8_NONE. Never called at the end of the text. */
int32_t utf8_next(const char **s);
/** True if the n bytes are valid UTF-8. NUL is a character like others. */
bool utf8_ok(const char *p, size_t n);
/** The number of characters in a text of valid UTF-8. */
size_t utf8_count(const char *s);
/** Writes the character (never a surrogate) and returns its bytes, 1 to UTF8_MOST. */
size_t utf8_put(char out[UTF8_MOST], int32_t point);
