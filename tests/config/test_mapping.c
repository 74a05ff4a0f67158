// SPDX-License-Identifier: MIT
// What the shipped mapping makes of cells as people type them and as spreadsheets save them.
#include "base/clock.h"
#include "config/config.h"
#include "config/mapping.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static struct ctx ctx;
static const struct mapping *team;

static void start(void)
{
    if (team)
        return;
    ctx = (struct ctx){.arena = arena_new()};
    const char *folder = getenv("PHOENIX_CONFIG_FOLDER");
    folder = folder ? folder : "config";
    const struct programme *p;
    CHECK_FATAL(programme_read(&ctx, arena_printf(ctx.arena, "%s/programme.conf", folder), &p) ==
                ERR_OK);
    const char *path = arena_printf(ctx.arena, "%s/import/team-spreadsheet.conf", folder);
    CHECK_FATAL(mapping_read(&ctx, path, &team) == ERR_OK);
}

// What a cell was found to be when it has no value.
static const char *verdict(enum map_verdict v)
{
    return v == MAP_UNKNOWN ? "unknown" : "impossible";
}

static const char *day(const struct mapping *m, const char *text)
{
    int64_t days = 0;
    enum map_verdict v = map_date(ctx.arena, m, text, &days);
    return v == MAP_OK ? date_iso(ctx.arena, days) : verdict(v);
}

static const char *hour(const char *text)
{
    const char *hhmm = NULL;
    enum map_verdict v = map_time(ctx.arena, team, text, &hhmm);
    return v == MAP_OK ? hhmm : verdict(v);
}

static long length(const char *text)
{
    long minutes = 0;
    enum map_verdict v = map_length(ctx.arena, team, text, &minutes);
    if (v == MAP_OK)
        return minutes;
    return v == MAP_UNKNOWN ? -1 : -2;
}

TEST(dates)
{
    start();
    static const char *const rows[][2] = {
        {"07/11/2001", "2001-11-07"},
        {"7/11/01", "2001-11-07"},
        {"07-Nov-01", "2001-11-07"},
        {"7.11.01", "2001-11-07"},
        {"7-11-01", "2001-11-07"},
        {"7 November 2001", "2001-11-07"},
        {"7th Nov 2001", "2001-11-07"},
        {"1st Sept 2001", "2001-09-01"},
        {"2001-11-07", "2001-11-07"},
        {"2001/11/07", "2001-11-07"},
        {"38644", "2005-10-19"},
        {"38644.0", "2005-10-19"},
        {"38644.604166", "2005-10-19"},
        {"07/11/2001 00:00", "2001-11-07"},
        {"\xc2\xa0"
         "07/11/2001 ",
         "2001-11-07"},
        {"2001-11-07 14:15:16", "2001-11-07"},
        {"2001-11-07T14:15:16", "2001-11-07"},
        {"29/02/2004", "2004-02-29"},
        {"29/02/2003", "impossible"},
        {"31/02/2004", "impossible"},
        {"13/13/2004", "impossible"},
        {"07/11/2001 25:00", "impossible"},
        {"1/1/30", "2030-01-01"},
        {"1/1/31", "1931-01-01"},
        {"soon", "unknown"},
        {"2001", "unknown"},
        {"99999", "unknown"},
        {"07/11", "unknown"},
        {"38644.", "unknown"},
        {"38644.1.2", "unknown"},
        {"7 Novembre 2001", "unknown"},
        {"07/11/20011", "unknown"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_STR(day(team, rows[i][0]), rows[i][1]);
}

TEST(other_orders_of_dates)
{
    start();
    static const char *const patterns[] = {"{m}/{d}/{yyyy}", "{yyyy}{mon}{d}"};
    const struct mapping m = {.years_from = 1931, .dates = patterns, .n_dates = 2};
    CHECK_STR(day(&m, "02/29/2004"), "2004-02-29");
    CHECK_STR(day(&m, "29/02/2004"), "impossible");
    CHECK_STR(day(&m, "2004feb29"), "2004-02-29");
    CHECK_STR(day(&m, "29.02.2004"), "unknown");
}

TEST(times)
{
    start();
    static const char *const rows[][2] = {
        {"10:30", "10:30"},         {"14.15", "14:15"},      {"9am", "09:00"},
        {"2 PM", "14:00"},          {"9.30 p.m.", "21:30"},  {"9.30 a.m", "09:30"},
        {"12am", "00:00"},          {"12pm", "12:00"},       {"00:00", "00:00"},
        {"23:59", "23:59"},         {"14:15:59", "14:15"},   {"0930", "09:30"},
        {"1430hrs", "14:30"},       {"24:00", "impossible"}, {"25:10", "impossible"},
        {"10:60", "impossible"},    {"13pm", "impossible"},  {"0960", "impossible"},
        {"14:15:61", "impossible"}, {"noonish", "unknown"},  {"930", "unknown"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_STR(hour(rows[i][0]), rows[i][1]);
}

TEST(lengths)
{
    start();
    static const struct {
        const char *text;
        long minutes; // -1 unknown, -2 impossible
    } rows[] = {
        {"30", 30},         {"45 mins", 45},      {"20min", 20},    {"1hr", 60},  {"1h30", 90},
        {"1 hr 30", 90},    {"1 Hr 30 Mins", 90}, {"2 hours", 120}, {"1:15", 75}, {"1.5 hrs", 90},
        {"0.25 hours", 15}, {"1h 5m", 65},        {"90", 90},       {"0", 0},     {"1440", 1440},
        {"1441", -2},       {"25 hours", -2},     {"ages", -1},     {"-30", -1},  {"1.5", -1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_INT(length(rows[i].text), rows[i].minutes);
}

TEST(words_and_codes)
{
    start();
    static const char *const rows[][3] = {
        {"mode", "  f2f ", "in_person_community"},
        {"mode", "Knocked\xc2\xa0 Door", "door_knock"},
        {"mode", "in_person_home", "in_person_home"},
        {"outcome", "DNA", "failed_to_attend"},
        {"outcome", "spoke to him", "spoke"},
        {"outcome", "???", NULL},
        {"ethnicity", "White \xe2\x80\x93 British", "W1"},
        {"ethnicity", "b2", "B2"},
        {"gender", "FEMALE", "woman"},
        {"gender", "DNA", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_STR(map_code(ctx.arena, team, rows[i][0], rows[i][1]), rows[i][2]);
    const struct map_worker *w = map_worker_find(ctx.arena, team, "MARCIA  w.");
    CHECK_FATAL(w != NULL);
    CHECK_STR(w->username, "marcia.w");
    CHECK(map_worker_find(ctx.arena, team, "Marcia") == NULL);
}

TEST(folding)
{
    start();
    static const char *const rows[][2] = {
        {" First \t Name(s) ", "first name(s)"},
        {"D\xe2\x80\x99SOUZA", "d'souza"},
        {"\xc5\x81UKASIK \xc5\xbb\xc3\x93\xc5\xb8", "\xc5\x82ukasik \xc5\xbc\xc3\xb3\xc3\xbf"},
        {"M\xc3\x9cLLER\xc3\x97", "m\xc3\xbcller\xc3\x97"},
        {"\xef\xbb\xbfRef\xe2\x80\x8b", "ref"},
        {"a\xe2\x80\xaf\xe2\x80\x80"
         "b\xe2\x80\x94\xe2\x80\x9c",
         "a b-\""},
        {"\xf0\x9f\x98\x80 \xe6\x9d\x8e", "\xf0\x9f\x98\x80 \xe6\x9d\x8e"},
        {"\xe9\xff\xc3", "\xe9\xff\xc3"}, // not UTF-8: left alone
        {"\xc2\xa0 ", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_STR(map_fold(ctx.arena, rows[i][0]), rows[i][1]);
    CHECK_INT(map_blank("\xc2\xa0x"), 2);
    CHECK_INT(map_blank("x"), 0);
    CHECK_INT(map_blank(""), 0);
}

TESTS("mapping", T(dates), T(other_orders_of_dates), T(times), T(lengths), T(words_and_codes),
      T(folding))
