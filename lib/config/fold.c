// SPDX-License-Identifier: MIT
// How words of a spreadsheet compare: typing them in a word processor, or in capitals, changes
// nothing.
#include "config/mapping.h"

#include <string.h>

enum { NO_CHARACTER = 0x110000 };

// One character; what is not UTF-8 goes byte by byte, as none.
static unsigned take(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
    unsigned u = more == 3 ? *p & 7u : more == 2 ? *p & 15u : more ? *p & 31u : *p;
    bool broken = *p >= 0x80 && !more;
    for (int i = 1; i <= more && !broken; i++) {
        broken = (p[i] & 0xc0) != 0x80;
        u = u << 6 | (p[i] & 63u);
    }
    *s += broken ? 1 : more + 1;
    return broken ? NO_CHARACTER : u;
}

static char *put(char *to, unsigned u, const char *from, size_t n, bool changed)
{
    if (!changed) {
        memcpy(to, from, n);
        return to + n;
    }
    if (u >= 0x80)
        *to++ = (char)(0xc0 | u >> 6); // nothing that changes becomes longer than two bytes
    *to++ = (char)(u >= 0x80 ? 0x80 | (u & 63u) : u);
    return to;
}

static bool is_blank(unsigned u)
{
    return u == ' ' || (u >= '\t' && u <= '\r') || u == 0xa0 || (u >= 0x2000 && u <= 0x200a) ||
           u == 0x202f || u == 0x3000;
}

static bool is_nothing(unsigned u)
{
    return u == 0x200b || u == 0xfeff || u == 0xad; // no width, soft hyphen
}

// The small letters of Latin-1 and Latin Extended-A; quotes and dashes as they are typed.
static unsigned plain(unsigned u)
{
    if ((u >= 'A' && u <= 'Z') || (u >= 0xc0 && u <= 0xde && u != 0xd7))
        return u + 32;
    if ((u >= 0x100 && u <= 0x137 && u != 0x130 && u != 0x131) || (u >= 0x14a && u <= 0x177))
        return u | 1;
    if ((u >= 0x139 && u <= 0x148) || (u >= 0x179 && u <= 0x17e))
        return u + (u & 1);
    if (u == 0x178)
        return 0xff;
    if (u == 0x2018 || u == 0x2019)
        return '\'';
    if (u == 0x201c || u == 0x201d)
        return '"';
    return (u >= 0x2010 && u <= 0x2015) || u == 0x2212 ? '-' : u;
}

size_t map_blank(const char *text)
{
    const char *s = text;
    unsigned u = *s ? take(&s) : 0;
    return is_blank(u) || is_nothing(u) ? (size_t)(s - text) : 0;
}

const char *map_fold(struct arena *a, const char *text)
{
    char *to = arena_alloc(a, strlen(text) + 1), *p = to;
    while (*text) {
        const char *from = text;
        unsigned u = take(&text), small = plain(u);
        if (is_nothing(u))
            continue;
        if (!is_blank(u))
            p = put(p, small, from, (size_t)(text - from), small != u);
        else if (p > to && p[-1] != ' ')
            *p++ = ' ';
    }
    if (p > to && p[-1] == ' ')
        p--;
    *p = 0;
    return to;
}
