// SPDX-License-Identifier: MIT
#include "base/utf8.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

// The first and last character of each length, and what lies beside the surrogates.
static const struct {
    int32_t point;
    const char *bytes;
} good[] = {
    {0x41, "A"},
    {0x7f, "\x7f"},
    {0x80, "\xc2\x80"},
    {0x7ff, "\xdf\xbf"},
    {0x800, "\xe0\xa0\x80"},
    {0xd7ff, "\xed\x9f\xbf"},
    {0xe000, "\xee\x80\x80"},
    {0xffff, "\xef\xbf\xbf"},
    {0x10000, "\xf0\x90\x80\x80"},
    {0x10ffff, "\xf4\x8f\xbf\xbf"},
};

static const char *const bad[] = {
    "\x80",             // goes on nothing
    "\xbf",
    "\xc0\xaf",         // overlong slash
    "\xc1\xbf",
    "\xe0\x80\xaf",     // overlong in three
    "\xe0\x9f\xbf",
    "\xf0\x80\x80\xaf", // overlong in four
    "\xf0\x8f\xbf\xbf",
    "\xed\xa0\x80",     // the first surrogate
    "\xed\xbf\xbf",     // the last
    "\xf4\x90\x80\x80", // past U+10FFFF
    "\xf5\x80\x80\x80",
    "\xff",
    "\xc3",             // cut
    "\xe2\x82",
    "\xf0\x9f\x98",
    "\xc3(",            // broken off
    "\xe2(\xa1",
    "a\xe2\x82z",
};

enum { GOOD = sizeof(good) / sizeof(good[0]), BAD = sizeof(bad) / sizeof(bad[0]) };

TEST(reads_and_writes_each_length)
{
    for (size_t i = 0; i < GOOD; i++) {
        const char *s = good[i].bytes;
        size_t n = strlen(s);
        char out[UTF8_MOST];
        CHECK_INT(utf8_next(&s), good[i].point);
        CHECK(s == good[i].bytes + n);
        CHECK(utf8_ok(good[i].bytes, n));
        CHECK_INT(utf8_put(out, good[i].point), n);
        CHECK(memcmp(out, good[i].bytes, n) == 0);
    }
}

TEST(refuses_what_is_none)
{
    for (size_t i = 0; i < BAD; i++) {
        CHECK(!utf8_ok(bad[i], strlen(bad[i])));
        bool none = false;
        for (const char *s = bad[i]; *s;)
            none = utf8_next(&s) == UTF8_NONE || none;
        CHECK(none);
    }
}

TEST(what_is_none_goes_byte_by_byte)
{
    const char *text = "a\xe2\x82z\xc3", *s = text;
    CHECK_INT(utf8_next(&s), 'a');
    CHECK_INT(utf8_next(&s), UTF8_NONE);
    CHECK(s == text + 2);
    CHECK_INT(utf8_next(&s), UTF8_NONE);
    CHECK_INT(utf8_next(&s), 'z');
    CHECK_INT(utf8_next(&s), UTF8_NONE);
    CHECK(s == text + 5 && !*s);
}

TEST(every_character_comes_back)
{
    long wrong = 0;
    for (int32_t point = 1; point <= 0x10ffff; point++) {
        char text[UTF8_MOST + 1] = "";
        if (point >= 0xd800 && point <= 0xdfff)
            continue;
        size_t n = utf8_put(text, point);
        const char *s = text;
        wrong += utf8_next(&s) != point || s != text + n || !utf8_ok(text, n) || utf8_count(text) != 1;
    }
    CHECK_INT(wrong, 0);
}

TEST(every_two_bytes)
{
    // Of 65,536 pairs: 128 x 128 of plain ASCII, and 30 first bytes of two with 64 that go on.
    long valid = 0;
    for (int a = 0; a < 256; a++)
        for (int b = 0; b < 256; b++)
            valid += utf8_ok((const char[]){(char)a, (char)b}, 2);
    CHECK_INT(valid, 128 * 128 + 30 * 64);
}

TEST(lengths_count)
{
    CHECK(utf8_ok("", 0));
    CHECK(utf8_ok("a\0b", 3)); // NUL is a character; who may not have it looks for it
    CHECK(!utf8_ok("\xc3\xa9", 1));
    CHECK_INT(utf8_count(""), 0);
    CHECK_INT(utf8_count("caf\xc3\xa9 \xf0\x9f\x98\x80"), 6);
}

TEST(a_part_takes_only_what_goes_on)
{
    struct utf8_part u = {0};
    CHECK(!utf8_more(&u, 0x80)); // between characters nothing goes on
    CHECK(!utf8_lead(&u, 'a'));
    CHECK(utf8_lead(&u, 0xe2) && u.left == 2);
    CHECK(!utf8_more(&u, 'x') && u.left == 2);
    CHECK(utf8_more(&u, 0x82) && utf8_more(&u, 0xac));
    CHECK(!u.left && u.point == 0x20ac);
}

TESTS("utf8", T(reads_and_writes_each_length), T(refuses_what_is_none), T(what_is_none_goes_byte_by_byte),
      T(every_character_comes_back), T(every_two_bytes), T(lengths_count),
      T(a_part_takes_only_what_goes_on))
