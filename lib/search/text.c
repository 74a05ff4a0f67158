// SPDX-License-Identifier: MIT
#include "search/search.h"

#include "base/buf.h"
#include "base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- folding ----

// U+00C0 to U+017F in order: the plain letter; '\1' letters of two are below.
static const char LATIN[] =
    "aaaaaa\1ceeeeiiii\2nooooo ouuuuy\3\4aaaaaa\1ceeeeiiii\2nooooo ouuuuy\3y" // Latin-1
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkkllllllllllnnnnnnnnnoooooo"
    "oorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static const char *const LATIN_TWO[] = {"", "ae", "d", "th", "ss"};

static uint32_t next_point(const unsigned char **s)
{
    const unsigned char *p = *s;
    int more = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;
    uint32_t v = more == 3 ? p[0] & 7 : more == 2 ? p[0] & 15 : more == 1 ? p[0] & 31 : p[0];
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *s = p + 1;
            return 0xfffd;
        }
        v = v << 6 | (p[i] & 63);
    }
    *s = p + 1 + more;
    return v;
}

// Vietnamese letters and the Romanian s and t with a comma below.
static char latin_more(uint32_t c)
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

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x02bc || c == 0x00b4;
}

static void gap(struct buf *b)
{
    if (b->n && b->p[b->n - 1] != ' ')
        buf_putc(b, ' ');
}

static void fold_point(struct buf *b, uint32_t c, const unsigned char *raw, size_t n)
{
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
    } else if ((c >= 0x2000 && c <= 0x206f) || c == 0xa0 || c == 0xfffd) {
        gap(b);
    } else if (c >= 0x410 && c <= 0x42f) { // Cyrillic capitals
        uint32_t low = c + 32;
        const char two[2] = {(char)(0xc0 | low >> 6), (char)(0x80 | (low & 63))};
        buf_add(b, two, 2);
    } else {
        buf_add(b, raw, n);
    }
}

const char *search_fold(struct arena *a, const char *name)
{
    struct buf b;
    buf_init(&b, a);
    buf_add(&b, "", 0);
    for (const unsigned char *p = (const unsigned char *)name; *p;) {
        const unsigned char *start = p;
        uint32_t c = next_point(&p);
        fold_point(&b, c, start, (size_t)(p - start));
    }
    while (b.n && b.p[b.n - 1] == ' ')
        b.p[--b.n] = '\0';
    return b.p;
}

// ---- dates ----

static int month_of(const char *word, size_t n)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    for (int i = 0; i < 12; i++)
        if (n >= 3 && n <= strlen(names[i]) && strncasecmp(word, names[i], n) == 0)
            return i + 1;
    return n == 4 && strncasecmp(word, "sept", 4) == 0 ? 9 : 0;
}

static int full_year(int y, size_t digits)
{
    if (digits != 2)
        return y;
    int now, m, d;
    date_civil(date_today(), &now, &m, &d);
    return y + (y > now % 100 ? now / 100 * 100 - 100 : now / 100 * 100);
}

static bool number_part(const char *p, size_t n, int *ret)
{
    if (n < 1 || n > 4)
        return false;
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)p[i]))
            return false;
        v = v * 10 + (p[i] - '0');
    }
    *ret = v;
    return true;
}

static bool eight_digits(const char *s, int64_t *ret_days)
{
    int y, m, d;
    return strlen(s) == 8 && number_part(s, 2, &d) && number_part(s + 2, 2, &m) &&
           number_part(s + 4, 4, &y) && y > 1900 && date_days(y, m, d, ret_days);
}

bool search_date(const char *typed, int64_t *ret_days)
{
    const char *part[3];
    size_t n[3], parts = 0;
    for (const char *p = typed; *p;) {
        p += strspn(p, " \t/.-,");
        size_t len = strcspn(p, " \t/.-,");
        if (!len)
            break;
        if (parts == 3)
            return false;
        part[parts] = p;
        n[parts++] = len;
        p += len;
    }
    if (parts == 1)
        return eight_digits(part[0], ret_days);
    if (parts != 3)
        return false;
    int y, m, d;
    if (n[0] == 4 && isdigit((unsigned char)part[0][3])) // 2004-03-12
        return number_part(part[0], 4, &y) && number_part(part[1], n[1], &m) && n[1] <= 2 &&
               number_part(part[2], n[2], &d) && n[2] <= 2 && date_days(y, m, d, ret_days);
    m = month_of(part[1], n[1]);
    if (!m && (n[1] > 2 || !number_part(part[1], n[1], &m)))
        return false;
    size_t day = n[0]; // 2nd, 21st
    if (day > 2 && !isdigit((unsigned char)part[0][day - 1]))
        day -= 2;
    return day <= 2 && number_part(part[0], day, &d) && (n[2] == 2 || n[2] == 4) &&
           number_part(part[2], n[2], &y) && date_days(full_year(y, n[2]), m, d, ret_days);
}
