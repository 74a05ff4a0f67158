// SPDX-License-Identifier: MIT
#include "base/calendar.h"
#include "test.h"

#include <string.h>

TEST(days_agree_with_known_dates)
{
    int64_t d;
    CHECK(date_days(1970, 1, 1, &d) && d == 0);
    CHECK(date_days(1969, 12, 31, &d) && d == -1);
    CHECK(date_days(2000, 2, 29, &d) && d == 11016);
    CHECK(date_days(2026, 11, 23, &d) && d == 20780);
    CHECK(date_days(1, 1, 1, &d) && d == -719162);
    CHECK(date_days(9999, 12, 31, &d) && d == 2932896);
}

TEST(dates_that_do_not_exist)
{
    int64_t d = 7;
    static const int bad[][3] = {{1900, 2, 29}, {2023, 2, 29}, {2100, 2, 29}, {2026, 4, 31},
                                 {2026, 0, 1},  {2026, 13, 1}, {2026, 1, 0},  {2026, 1, 32},
                                 {0, 1, 1},     {10000, 1, 1}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!date_days(bad[i][0], bad[i][1], bad[i][2], &d));
    CHECK_INT(d, 7); // outputs are set on success only
    CHECK(date_days(2024, 2, 29, &d));
    CHECK(date_days(2000, 2, 29, &d));
}

TEST(days_and_dates_are_inverses)
{
    int64_t back;
    for (int64_t d = -719162; d <= 2932896; d += 97) {
        int y, m, day;
        date_civil(d, &y, &m, &day);
        CHECK(date_days(y, m, day, &back) && back == d);
    }
}

TEST(dates_are_read_strictly)
{
    int64_t d;
    static const char *const bad[] = {
        "",           "2026-1-02",   "2026-01-2",   "26-01-02",
        "2026/01/02", "2026-01-02 ", " 2026-01-02", "2026-01-02T00:00:00Z",
        "2026-02-30", "+026-01-02",  "2026-0a-02",  "2026-01-0\xc3\xa9",
        "0000-01-01", "-001-01-01"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!date_parse(bad[i], &d));
    CHECK(!date_parse(NULL, &d));
    struct arena *a = arena_new();
    CHECK(date_parse("0999-12-31", &d));
    CHECK_STR(date_iso(a, d), "0999-12-31");
    CHECK_STR(date_words(a, "2026-11-02"), "2 November 2026");
    CHECK_STR(date_words(a, "not a date"), "not a date");
    CHECK_STR(date_words(a, NULL), "");
    arena_free(a);
}

TEST(months)
{
    CHECK_STR(month_name(1), "January");
    CHECK_STR(month_name(12), "December");
    for (int m = 1; m <= 12; m++)
        for (size_t n = 0; n <= strlen(month_name(m)); n++)
            CHECK_INT(month_named(month_name(m), n), n < 3 ? 0 : m);
    CHECK_INT(month_named("SEPT", 4), 9);
    CHECK_INT(month_named("septic", 6), 0);
    CHECK_INT(month_named("Mayor", 5), 0);
    CHECK_INT(month_named("Mayor", 3), 5);
    CHECK_INT(month_typed("Nov"), 11);
    CHECK_INT(month_typed("november"), 11);
    CHECK_INT(month_typed("1"), 1);
    CHECK_INT(month_typed("01"), 1);
    CHECK_INT(month_typed("12"), 12);
    static const char *const none[] = {"", "0", "00", "13", "011", "1a", "-1", " 1", "+1", "no", "novembers"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        CHECK_INT(month_typed(none[i]), 0);
}

TEST(a_date_before_other_text)
{
    int64_t d;
    const char *s = "2026-11-02T10:30";
    CHECK(date_scan(&s, &d) && d == 20759);
    CHECK_STR(s, "T10:30");
    CHECK(date_char(&s, 'T') && !date_char(&s, 'T'));
    CHECK_INT(date_digits(&s, 2), 10);
    CHECK_INT(date_digits(&s, 2), -1);
}

// As on 2 November 2026.
static bool typed(const char *text, int64_t *ret_days)
{
    return date_typed(text, 20759, ret_days);
}

TEST(dates_as_people_type_them)
{
    int64_t d, want;
    CHECK(date_parse("2001-11-07", &want));
    CHECK(typed("07-Nov-01", &d) && d == want);
    CHECK(typed("7.11.01", &d) && d == want);
    CHECK(typed("7/11/2001", &d) && d == want);
    CHECK(typed("7 november 2001", &d) && d == want);
    CHECK(date_parse("1998-09-01", &want));
    CHECK(typed("1 Sept 98", &d) && d == want);
    CHECK(!typed("31/2/2001", &d));
    CHECK(!typed("1/1", &d));
    CHECK(!typed("1/1/1/1", &d));
    CHECK(!typed("Smith", &d));
    CHECK(!typed("1/Foo/2001", &d));
    CHECK(!typed("1/1/201", &d));
    CHECK(date_parse("2001-11-21", &want));
    CHECK(typed("21st Nov 2001", &d) && d == want);
    CHECK(typed("2001-11-21", &d) && d == want);
    CHECK(typed("21112001", &d) && d == want);
    CHECK(!typed("", &d) && !typed(" . ", &d));
}

TEST(two_digits_of_a_year_are_past)
{
    int64_t d, want;
    CHECK(typed("1/1/26", &d) && date_parse("2026-01-01", &want) && d == want);
    CHECK(typed("1/1/27", &d) && date_parse("1927-01-01", &want) && d == want);
    CHECK(typed("1/1/00", &d) && date_parse("2000-01-01", &want) && d == want);
}

TESTS("calendar", T(days_agree_with_known_dates), T(dates_that_do_not_exist),
      T(days_and_dates_are_inverses), T(dates_are_read_strictly), T(months), T(a_date_before_other_text),
      T(dates_as_people_type_them), T(two_digits_of_a_year_are_past))
