// SPDX-License-Identifier: MIT
// Forms through field tables: what people type in date and time boxes, and how a form comes back.
#include "base/clock.h"
#include "base/vocab.h"
#include "test.h"
#include "web/ui/view.h"

#include <stdlib.h>
#include <string.h>

struct thing {
    const char *name, *note, *born, *at, *kinds, *kind, *sure;
};

#define ROW(n, t, ...)                                                                             \
    {                                                                                              \
        .name = #n, .type = t, .offset = offsetof(struct thing, n), __VA_ARGS__                    \
    }
static const struct field fields[] = {
    ROW(name, FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 20, .label = "Name"),
    ROW(note, FIELD_TEXT, .flags = FIELD_LINES, .max = 100, .label = "Note"),
    ROW(born, FIELD_DATE, .flags = FIELD_NOT_FUTURE, .label = "Date of birth"),
    ROW(at, FIELD_TIME, .flags = FIELD_REQUIRED, .label = "When"),
    ROW(kinds, FIELD_CODES, .vocab = "kind", .label = "Kinds"),
    ROW(kind, FIELD_CODE, .vocab = "kind", .label = "Kind"),
    ROW(sure, FIELD_BOOL, .label = "Sure"),
};
static const struct field_table table = FIELD_TABLE("Thing", struct thing, fields);
static const struct route route = {.method = "POST", .pattern = "/things", .body = &table};

static struct arena *arena;
static struct request r;
static struct thing thing;

static void begin(const struct pair *pairs, size_t n)
{
    static const struct vocab_code codes[] = {{.code = "red", .label = "Red"},
                                              {.code = "blue", .label = "Blue"}};
    static const struct vocab all[] = {{"kind", codes, 2}};
    vocab_install(all, 1, "test");
    CHECK_FATAL(clock_set_zone("Europe/London"));
    arena_free(arena);
    arena = arena_new();
    memset(&r, 0, sizeof(r));
    memset(&thing, 0, sizeof(thing));
    r.ctx.arena = arena;
    r.route = &route;
    r.method = "POST";
    r.path = "/things";
    r.csrf = "token";
    r.form = pairs;
    r.n_form = n;
}

#define FORM(...)                                                                                  \
    begin((const struct pair[]){__VA_ARGS__},                                                      \
          sizeof((const struct pair[]){__VA_ARGS__}) / sizeof(struct pair))

static const char *told(const char *field)
{
    const char *words = form_error(&r, field);
    return words ? words : "";
}

TEST(three_boxes_make_a_date)
{
    static const char *const good[][4] = {{"2", "11", "2001", "2001-11-02"},
                                          {"02", "Nov", "2001", "2001-11-02"},
                                          {" 2 ", "november", "2001", "2001-11-02"},
                                          {"29", "2", "2004", "2004-02-29"},
                                          {"", "", "", NULL}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        FORM({"name", "a"}, {"at", "2026-01-01T10:00:00Z"}, {"born-day", good[i][0]},
             {"born-month", good[i][1]}, {"born-year", good[i][2]});
        CHECK_INT(web_form(&r, &thing), ERR_OK);
        CHECK_STR(thing.born, good[i][3]);
    }
}

TEST(wrong_dates_say_what_is_missing)
{
    static const char *const bad[][4] = {
        {"", "11", "2001", "Date of birth must include a day"},
        {"2", "", "2001", "Date of birth must include a month"},
        {"2", "11", "", "Date of birth must include a year"},
        {"2", "11", "01", "Date of birth must include a year of 4 numbers, like 2026"},
        {"30", "2", "2001", "Date of birth must be a real date"},
        {"29", "2", "2001", "Date of birth must be a real date"},
        {"2", "13", "2001", "Date of birth must be a real date"},
        {"2", "No", "2001", "Date of birth must be a real date"},
        {"2", "11", "2999", "Date of birth must be today or in the past"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        FORM({"name", "a"}, {"at", "2026-01-01T10:00:00Z"}, {"born-day", bad[i][0]},
             {"born-month", bad[i][1]}, {"born-year", bad[i][2]});
        CHECK_INT(web_form(&r, &thing), ERR_INVALID);
        CHECK_STR(told("born"), bad[i][3]);
    }
}

TEST(times_as_people_write_them)
{
    static const char *const good[][2] = {
        {"14:30", "2026-07-01T13:30:00Z"}, {"9:05", "2026-07-01T08:05:00Z"},
        {"09.05", "2026-07-01T08:05:00Z"}, {"905", "2026-07-01T08:05:00Z"},
        {"0905", "2026-07-01T08:05:00Z"},  {"9am", "2026-07-01T08:00:00Z"},
        {"9 PM", "2026-07-01T20:00:00Z"},  {"12am", "2026-06-30T23:00:00Z"},
        {"12pm", "2026-07-01T11:00:00Z"},  {"2:30pm", "2026-07-01T13:30:00Z"},
        {"00:00", "2026-06-30T23:00:00Z"},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        FORM({"name", "a"}, {"at-date", "2026-07-01"}, {"at-time", good[i][0]});
        CHECK_INT(web_form(&r, &thing), ERR_OK);
        CHECK_STR(thing.at, good[i][1]);
    }
    FORM({"name", "a"}, {"at-day", "1"}, {"at-month", "7"}, {"at-year", "2026"},
         {"at-time", "14:30"});
    CHECK_INT(web_form(&r, &thing), ERR_OK);
    CHECK_STR(thing.at, "2026-07-01T13:30:00Z");
}

TEST(what_is_no_time_is_refused)
{
    static const char *const bad[] = {"9",    "25:00", "9:5",   "12:60", "13pm",  "0am", "am",
                                      "noon", "9:00x", "12345", "9:3:0", "-1:00", ":30", "9:"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        FORM({"name", "a"}, {"at-date", "2026-07-01"}, {"at-time", bad[i]});
        CHECK_INT(web_form(&r, &thing), ERR_INVALID);
        CHECK_STR(told("at"), "When must include a time, like 14:30");
    }
    FORM({"name", "a"}, {"at-date", ""}, {"at-time", "10:00"});
    CHECK_INT(web_form(&r, &thing), ERR_INVALID);
    CHECK_STR(told("at"), "When must include a date");
    FORM({"name", "a"}, {"at-date", "2026-03-29"}, {"at-time", "01:30"}); // the clocks go forward
    CHECK_INT(web_form(&r, &thing), ERR_INVALID);
    CHECK_STR(told("at"), "When must be a real date and time");
    FORM({"name", "a"});
    CHECK_INT(web_form(&r, &thing), ERR_INVALID);
    CHECK(*told("at") != '\0');
}

TEST(lists_and_single_values)
{
    FORM({"name", "a"}, {"at", "2026-01-01T10:00:00Z"}, {"kinds", "red"}, {"kinds", "blue"},
         {"kind", "red"}, {"sure", "true"}, {"unknown", "x"});
    CHECK_INT(web_form(&r, &thing), ERR_OK);
    CHECK_STR(thing.kinds, "{red,blue}");
    FORM({"name", "a"}, {"name", "b"}, {"at", "2026-01-01T10:00:00Z"}, {"kinds", "green"});
    CHECK_INT(web_form(&r, &thing), ERR_INVALID);
    CHECK(*told("name") && *told("kinds"));
}

TEST(a_form_comes_back_as_it_was)
{
    FORM({"name", "  O'Brien <b> "}, {"kind", "blue"}, {"kinds", "red"},
         {"client_ref", "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0003"});
    CHECK_STR(form_value(&r, "name", "stored"), "  O'Brien <b> ");
    CHECK_STR(form_value(&r, "note", "stored"), ""); // of this form, and left empty
    CHECK_STR(form_value(&r, "elsewhere", "stored"), "stored");
    CHECK(form_checked(&r, "kind", "blue", "red") && !form_checked(&r, "kind", "red", "red"));
    CHECK(form_checked(&r, "kinds", "red", "{blue}") &&
          !form_checked(&r, "kinds", "blue", "{blue}"));
    struct ui_choices items = form_choices(&r, "kind", "kinds", "{blue}");
    CHECK_INT(items.n, 2);
    CHECK(items.at[0].checked == UI_YES && items.at[1].checked == UI_NO);
    struct html hidden = form_hidden(&r);
    CHECK(strstr(hidden.made, "value=\"0192aaaa-bbbb-7ccc-8ddd-eeeeffff0003\"") != NULL);
    CHECK(strstr(hidden.made, "value=\"token\"") != NULL);
    begin(NULL, 0);
    r.method = "GET";
    CHECK_STR(form_value(&r, "name", "stored"), "stored");
    CHECK(form_checked(&r, "kinds", "blue", "{red,blue}"));
    CHECK(!form_checked(&r, "kinds", "blue", NULL));
}

TEST(errors_are_in_the_order_of_the_page)
{
    FORM({"name", ""}, {"born-day", "40"}, {"born-month", "1"}, {"born-year", "2001"},
         {"at-date", ""}, {"at-time", ""});
    CHECK_INT(web_form(&r, &thing), ERR_INVALID);
    const char *html = form_error_summary(&r).made;
    const char *name = strstr(html, "href=\"#name\""), *born = strstr(html, "href=\"#born-day\""),
               *at = strstr(html, "href=\"#at-date\"");
    CHECK_FATAL(name && born && at);
    CHECK(name < born && born < at);
    CHECK(strstr(html, "There is a problem") != NULL);
    begin(NULL, 0);
    CHECK_INT(form_error_summary(&r).n, 0);
}

TESTS("form", T(three_boxes_make_a_date), T(wrong_dates_say_what_is_missing),
      T(times_as_people_write_them), T(what_is_no_time_is_refused), T(lists_and_single_values),
      T(a_form_comes_back_as_it_was), T(errors_are_in_the_order_of_the_page))
