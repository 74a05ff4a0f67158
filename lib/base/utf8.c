// SPDX-License-Identifier: MIT
#include "base/utf8.h"

#include "base/assert.h"

bool utf8_lead(struct utf8_part *u, unsigned char byte)
{
    *u = (struct utf8_part){.least = 0x80, .most = 0xbf};
    // 0xc0, 0xc1 and 0xf5 and up begin nothing: overlong, or beyond U+10FFFF.
    if (byte >= 0xc2 && byte <= 0xdf) {
        u->left = 1;
        u->point = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
        u->left = 2;
        u->point = byte & 0x0f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        u->left = 3;
        u->point = byte & 0x07;
    }
    // Four first bytes narrow the second: what would be overlong, a surrogate, or too large.
    if (byte == 0xe0)
        u->least = 0xa0;
    else if (byte == 0xed)
        u->most = 0x9f;
    else if (byte == 0xf0)
        u->least = 0x90;
    else if (byte == 0xf4)
        u->most = 0x8f;
    return u->left > 0;
}

bool utf8_more(struct utf8_part *u, unsigned char byte)
{
    if (!u->left || byte < u->least || byte > u->most)
        return false;
    *u = (struct utf8_part){u->left - 1, 0x80, 0xbf, u->point << 6 | (byte & 0x3f)};
    return true;
}

int32_t utf8_next(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    struct utf8_part u;
    *s += 1;
    if (*p < 0x80)
        return *p;
    if (!utf8_lead(&u, *p))
        return UTF8_NONE;
    // The NUL at the end goes on no sequence, so nothing is read past it.
    size_t n = 1;
    while (utf8_more(&u, p[n])) {
        n++;
        if (!u.left) {
            *s += n - 1;
            return u.point;
        }
    }
    return UTF8_NONE;
}

bool utf8_ok(const char *p, size_t n)
{
    struct utf8_part u = {0};
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)p[i];
        if (u.left ? !utf8_more(&u, byte) : byte >= 0x80 && !utf8_lead(&u, byte))
            return false;
    }
    return !u.left;
}

size_t utf8_count(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80; // all but the bytes that go on
    return n;
}

size_t utf8_put(char out[UTF8_MOST], int32_t point)
{
    ASSERT(point >= 0 && point <= 0x10ffff);
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : 3;
    n += point >= 0x10000;
    // The first byte says how many there are by its high bits: 110, 1110 or 11110.
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(lead[n] | point);
    return n;
}
