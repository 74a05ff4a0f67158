// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "test.h"

#include <string.h>

static const int64_t second = 1000000;

TEST(times_are_read)
{
    struct arena *a = arena_new();
    int64_t us;
    static const char *const good[][2] = {
        {"2026-11-02T10:30:00Z", "2026-11-02T10:30:00Z"},
        {"2026-11-02t10:30:00z", "2026-11-02T10:30:00Z"},
        {"2026-07-02T10:30:00+01:00", "2026-07-02T09:30:00Z"},
        {"2026-07-02T00:30:00+01:00", "2026-07-01T23:30:00Z"},
        {"2026-11-02T10:30:00-05:30", "2026-11-02T16:00:00Z"},
        {"2026-11-02T10:30:00.5Z", "2026-11-02T10:30:00.5Z"},
        {"2026-11-02T10:30:00.120000Z", "2026-11-02T10:30:00.12Z"},
        {"2026-11-02T10:30:00.123456789Z", "2026-11-02T10:30:00.123456Z"},
        {"2026-11-02T10:30:00.000Z", "2026-11-02T10:30:00Z"},
        {"1969-12-31T23:59:59.75Z", "1969-12-31T23:59:59.75Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
        {"2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        CHECK(time_parse(good[i][0], &us));
        CHECK_STR(time_iso(a, us), good[i][1]);
        CHECK(time_parse_pg(good[i][0], &us));
    }
    CHECK(time_parse("1970-01-02T00:00:01Z", &us) && us == 86401 * second);
    CHECK_STR(time_iso(a, -1), "1969-12-31T23:59:59.999999Z");
    static const char *const bad[] = {"2026-11-02",
                                      "2026-11-02T10:30Z",
                                      "2026-11-02T10:30:00",
                                      "2026-11-02T24:00:00Z",
                                      "2026-11-02T10:60:00Z",
                                      "2026-11-02T10:30:60Z",
                                      "2026-11-02 10:30:00Z",
                                      "2026-11-02T10:30:00+0100",
                                      "2026-11-02T10:30:00+01",
                                      "2026-02-30T10:30:00Z",
                                      "2026-11-02T10:30:00.Z",
                                      "2026-11-02T10:30:00.1234567890Z",
                                      "2026-11-02T10:30:00Zx",
                                      "2026-11-02T10:30:00+24:00",
                                      "2026-11-02T10:30:00+01:60",
                                      ""};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!time_parse(bad[i], &us));
    CHECK(!time_parse(NULL, &us));
    arena_free(a);
}

TEST(postgres_times_are_read)
{
    struct arena *a = arena_new();
    int64_t us;
    static const char *const good[][2] = {{"2026-11-02 10:30:00+00", "2026-11-02T10:30:00Z"},
                                          {"2026-07-02 10:30:00.25+01", "2026-07-02T09:30:00.25Z"},
                                          {"2026-07-02 10:30:00+05:30", "2026-07-02T05:00:00Z"},
                                          {"1840-01-01 00:00:00-00:01:15", "1840-01-01T00:01:15Z"}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        CHECK(time_parse_pg(good[i][0], &us));
        CHECK_STR(time_iso(a, us), good[i][1]);
        CHECK(!time_parse(good[i][0], &us));
    }
    CHECK(!time_parse_pg("infinity", &us));
    CHECK(!time_parse_pg("0044-03-15 10:30:00+00 BC", &us));
    arena_free(a);
}

static const char *from_local(struct arena *a, const char *date, const char *hhmm)
{
    int64_t us;
    return time_from_local(date, hhmm, &us) ? time_iso(a, us) : NULL;
}

TEST(local_times_over_both_clock_changes)
{
    struct arena *a = arena_new();
    CHECK(clock_set_zone("Europe/London"));
    CHECK_STR(from_local(a, "2026-11-02", "10:30"), "2026-11-02T10:30:00Z");
    CHECK_STR(from_local(a, "2026-07-02", "10:30"), "2026-07-02T09:30:00Z");
    CHECK_STR(from_local(a, "2026-07-02", "00:30"), "2026-07-01T23:30:00Z");
    // Forward, 29 March 2026: 01:00 to 02:00 does not happen.
    CHECK_STR(from_local(a, "2026-03-29", "00:59"), "2026-03-29T00:59:00Z");
    CHECK_STR(from_local(a, "2026-03-29", "01:00"), NULL);
    CHECK_STR(from_local(a, "2026-03-29", "01:59"), NULL);
    CHECK_STR(from_local(a, "2026-03-29", "02:00"), "2026-03-29T01:00:00Z");
    // Back, 25 October 2026: 01:00 to 02:00 happens twice, and the first is meant.
    CHECK_STR(from_local(a, "2026-10-25", "00:59"), "2026-10-24T23:59:00Z");
    CHECK_STR(from_local(a, "2026-10-25", "01:00"), "2026-10-25T00:00:00Z");
    CHECK_STR(from_local(a, "2026-10-25", "01:59"), "2026-10-25T00:59:00Z");
    CHECK_STR(from_local(a, "2026-10-25", "02:00"), "2026-10-25T02:00:00Z");
    static const char *const bad[] = {"", "9:30", "24:00", "10:60", "10:30:00", "1030", "ab:cd"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_STR(from_local(a, "2026-07-02", bad[i]), NULL);
    CHECK_STR(from_local(a, "2026-02-29", "10:30"), NULL);
    CHECK_STR(from_local(a, NULL, "10:30"), NULL);
    CHECK_STR(from_local(a, "2026-07-02", NULL), NULL);
    arena_free(a);
}

TEST(local_words)
{
    struct arena *a = arena_new();
    int64_t us;
    CHECK(clock_set_zone("Europe/London"));
    CHECK(time_parse("2026-06-30T23:05:00Z", &us));
    CHECK_STR(time_local_date(a, us), "2026-07-01");
    CHECK_STR(time_local_hhmm(a, us), "00:05");
    CHECK_STR(time_words(a, "2026-11-02T10:30:00Z"), "2 November 2026 at 10:30am");
    CHECK_STR(time_words(a, "2026-07-02 09:30:00+00"), "2 July 2026 at 10:30am");
    CHECK_STR(time_words(a, "2026-11-02T15:00:00Z"), "2 November 2026 at 3pm");
    CHECK_STR(time_words(a, "2026-11-02T12:00:00Z"), "2 November 2026 at midday");
    CHECK_STR(time_words(a, "2026-11-02T12:01:00Z"), "2 November 2026 at 12:01pm");
    CHECK_STR(time_words(a, "2026-11-02T00:00:00Z"), "2 November 2026 at midnight");
    CHECK_STR(time_words(a, "2026-11-02T00:20:00Z"), "2 November 2026 at 12:20am");
    CHECK_STR(time_words(a, "2026-11-02"), "2 November 2026");
    CHECK_STR(time_words(a, "soon"), "soon");
    CHECK_STR(time_words(a, NULL), "");
    arena_free(a);
}

TEST(today_is_the_local_day)
{
    int64_t us, want, real = clock_now_us();
    CHECK(clock_set_zone("Europe/London"));
    CHECK(time_parse("2026-07-01T23:30:00Z", &us));
    clock_set_offset(us - real);
    CHECK(date_parse("2026-07-02", &want));
    CHECK_INT(date_today(), want);
    CHECK(clock_now_us() - us < 60 * second);
    clock_set_offset(0);
    CHECK(clock_now_us() >= real);
}

TEST(unknown_zones_are_refused)
{
    CHECK(!clock_set_zone("Europe/Leicester"));
    CHECK(!clock_set_zone(""));
    CHECK(!clock_set_zone("/etc/localtime"));
    CHECK(!clock_set_zone("../../../etc/passwd"));
    CHECK(!clock_zone_ok("Europe"));
    CHECK(clock_zone_ok("Europe/London"));
}

TEST(monotonic_time_goes_on)
{
    uint64_t before = clock_mono_us();
    CHECK(clock_mono_us() >= before);
}

TESTS("clock", T(times_are_read),
      T(postgres_times_are_read), T(local_times_over_both_clock_changes), T(local_words),
      T(today_is_the_local_day), T(unknown_zones_are_refused), T(monotonic_time_goes_on))
