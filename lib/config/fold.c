// SPDX-License-Identifier: MIT
// How words of a spreadsheet compare: typing them in a word processor, or in capitals, changes
// nothing.
#include "config/mapping.h"

#include "base/utf8.h"

#include <string.h>

static bool is_blank(int32_t u)
{
    return u == ' ' || (u >= '\t' && u <= '\r') || u == 0xa0 || (u >= 0x2000 && u <= 0x200a) ||
           u == 0x202f || u == 0x3000;
}

static bool is_nothing(int32_t u)
{
    return u == 0x200b || u == 0xfeff || u == 0xad; // no width, soft hyphen
}

// Nothing here becomes longer in bytes than it was: map_fold() relies on that.
// The small letters of Latin-1 and Latin Extended-A; quotes and dashes as they are typed.
static int32_t plain(int32_t u)
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
    int32_t u = *s ? utf8_next(&s) : 0;
    return is_blank(u) || is_nothing(u) ? (size_t)(s - text) : 0;
}

const char *map_fold(struct arena *a, const char *text)
{
    char *to = arena_alloc(a, strlen(text) + 1), *p = to;
    while (*text) {
        const char *from = text;
        int32_t u = utf8_next(&text), small = plain(u);
        size_t n = (size_t)(text - from);
        if (is_nothing(u))
            continue;
        if (is_blank(u)) {
            if (p > to && p[-1] != ' ')
                *p++ = ' ';
        } else if (small != u) {
            p += utf8_put(p, small);
        } else {
            memcpy(p, from, n); // also what is no character: byte by byte, as it came
            p += n;
        }
    }
    if (p > to && p[-1] == ' ')
        p--;
    *p = 0;
    return to;
}
