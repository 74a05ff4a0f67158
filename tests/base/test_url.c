// SPDX-License-Identifier: MIT
#include "base/url.h"
#include "test.h"

#include <string.h>

TEST(values_are_encoded)
{
    struct arena *a = arena_new();
    CHECK_STR(url_make(a, "/x", "q", "a\nb", NULL), "/x?q=a%0Ab");
    CHECK_STR(url_make(a, "/x", "q", "a&b=c#d?e+f g%", NULL), "/x?q=a%26b%3Dc%23d%3Fe%2Bf%20g%25");
    CHECK_STR(url_make(a, "/x", "q", "caf\xc3\xa9", NULL), "/x?q=caf%C3%A9");
    CHECK_STR(url_make(a, "/x", "q", "AZaz09-._~/", NULL), "/x?q=AZaz09-._~/");
    CHECK_STR(url_make(a, "/x", "a b", "1", NULL), "/x?a%20b=1");
    arena_free(a);
}

TEST(absent_values_are_left_out)
{
    struct arena *a = arena_new();
    CHECK_STR(url_make(a, "/x", NULL), "/x");
    CHECK_STR(url_make(a, "/x", "a", (char *)NULL, "b", "", "c", "3", "d", "4", NULL), "/x?c=3&d=4");
    CHECK_STR(url_make(a, "/x?y=1", "z", "2", NULL), "/x?y=1&z=2");
    arena_free(a);
}

TEST(every_byte_is_sound_in_a_header)
{
    struct arena *a = arena_new();
    for (int c = 1; c < 256; c++) {
        const char *u = url_make(a, "/", "v", (const char[]){(char)c, '\0'}, NULL);
        size_t n = strlen(u);
        CHECK(n == 5 || n == 7); // "/?v=" and one character or three
        for (const char *p = u; *p; p++)
            CHECK(*p > 0x20 && *p < 0x7f);
    }
    arena_free(a);
}

TESTS("url", T(values_are_encoded), T(absent_values_are_left_out), T(every_byte_is_sound_in_a_header))
