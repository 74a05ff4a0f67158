// SPDX-License-Identifier: MIT
#include "base/uuid.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

TEST(new_ones_are_version_7)
{
    struct arena *a = arena_new();
    uint8_t b[16];
    for (int i = 0; i < 1000; i++) {
        uint64_t before = (uint64_t)time(NULL);
        char *s = uuid_new(a);
        CHECK(uuid_bytes(s, b));
        CHECK_INT(b[6] >> 4, 7);
        CHECK_INT(b[8] >> 6, 2);
        uint64_t ms = 0;
        for (int k = 0; k < 6; k++)
            ms = ms << 8 | b[k];
        CHECK(ms / 1000 >= before && ms / 1000 <= before + 2);
        CHECK_INT(strlen(s), 36);
    }
    arena_free(a);
}

static int compare(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

TEST(new_ones_differ_and_are_nearly_in_order)
{
    struct arena *a = arena_new();
    static char *all[20000];
    int backwards = 0;
    for (int i = 0; i < 20000; i++) {
        all[i] = uuid_new(a);
        backwards += i > 0 && strncmp(all[i - 1], all[i], 18) > 0;
    }
    CHECK_INT(backwards, 0); // the first 60 bits are time
    qsort(all, 20000, sizeof(all[0]), compare);
    for (int i = 1; i < 20000; i++)
        CHECK(strcmp(all[i - 1], all[i]) != 0);
    arena_free(a);
}

TEST(text_and_bytes_are_inverses)
{
    // The example of RFC 9562, appendix A.6.
    static const uint8_t want[16] = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3,
                                     0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    uint8_t b[16];
    char text[UUID_TEXT];
    CHECK(uuid_bytes("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", b));
    CHECK(memcmp(b, want, 16) == 0);
    uuid_text(b, text);
    CHECK_STR(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(others_are_refused)
{
    static const char *const bad[] = {"",
                                      "017f22e2",
                                      "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                                      "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
                                      "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                                      "017f22e279b07cc398c4dc0c0c07398f",
                                      "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                                      "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
                                      "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ",
                                      "017f22e2_79b0_7cc3_98c4_dc0c0c07398f"};
    uint8_t b[16] = {42};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!uuid_ok(bad[i]));
        CHECK(!uuid_bytes(bad[i], b));
    }
    CHECK(!uuid_ok(NULL));
    CHECK_INT(b[0], 42);
    CHECK(uuid_ok("00000000-0000-0000-0000-000000000000"));
}

TESTS("uuid", T(new_ones_are_version_7), T(new_ones_differ_and_are_nearly_in_order),
      T(text_and_bytes_are_inverses), T(others_are_refused))
