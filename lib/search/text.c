// SPDX-License-Identifier: MIT
#include "search/search.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <ctype.h>

// ---- folding ----

// U+00C0 to U+017F in order: the plain letter; '\1' letters of two are below.
static const char LATIN[] =
    "aaaaaa\1ceeeeiiii\2nooooo ouuuuy\3\4aaaaaa\1ceeeeiiii\2nooooo ouuuuy\3y" // Latin-1
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkkllllllllllnnnnnnnnnoooooo"
    "oorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static const char *const LATIN_TWO[] = {"", "ae", "d", "th", "ss"};

// Vietnamese letters and the Romanian s and t with a comma below.
static char latin_more(int32_t c)
{
    if (c >= 0x218 && c <= 0x21b)
        return c < 0x21a ? 's' : 't';
    if (c >= 0x1ea0 && c <= 0x1ef9)
        return c < 0x1eb8   ? 'a'
               : c < 0x1ec8 ? 'e'
               : c < 0x1ecc ? 'i'
               : c < 0x1ee4 ? 'o'
               : c < 0x1ef2 ? 'u'
                            : 'y';
    if (c == 0x1a0 || c == 0x1a1)
        return 'o';
    return c == 0x1af || c == 0x1b0 ? 'u' : '\0';
}

static bool is_apostrophe(int32_t c)
{
    return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x02bc || c == 0x00b4;
}

static void gap(struct buf *b)
{
    if (b->n && b->p[b->n - 1] != ' ')
        buf_putc(b, ' ');
}

static void fold_point(struct buf *b, int32_t c, const char *raw, size_t n)
{
    if (c == UTF8_NONE) {
        gap(b);
        return;
    }
    if (is_apostrophe(c) || (c >= 0x300 && c <= 0x36f))
        return;
    if (c < 0x80) {
        if (isalnum((int)c))
            buf_putc(b, (char)tolower((int)c));
        else
            gap(b);
    } else if (c >= 0xc0 && c <= 0x17f) {
        char letter = LATIN[c - 0xc0];
        if (letter == ' ')
            gap(b);
        else if (letter < 5)
            buf_puts(b, LATIN_TWO[(int)letter]);
        else
            buf_putc(b, letter);
    } else if (latin_more(c)) {
        buf_putc(b, latin_more(c));
    } else if ((c >= 0x2000 && c <= 0x206f) || c == 0xa0) {
        gap(b);
    } else if (c >= 0x410 && c <= 0x42f) { // Cyrillic capitals
        int32_t low = c + 32;
        char small[UTF8_MOST];
        buf_add(b, small, utf8_put(small, low));
    } else {
        buf_add(b, raw, n);
    }
}

const char *search_fold(struct arena *a, const char *name)
{
    struct buf b;
    buf_init(&b, a);
    buf_add(&b, "", 0);
    for (const char *p = name; *p;) {
        const char *start = p;
        int32_t c = utf8_next(&p);
        fold_point(&b, c, start, (size_t)(p - start));
    }
    while (b.n && b.p[b.n - 1] == ' ')
        b.p[--b.n] = '\0';
    return b.p;
}
