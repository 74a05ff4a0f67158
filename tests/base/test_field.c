// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "base/field.h"
#include "base/vocab.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

struct record {
    const char *name, *note, *minutes, *concern, *born, *happened_at, *due, *worker, *outcome,
        *purposes, *aliases, *password, *extra;
};

#define AT(member) offsetof(struct record, member)
static const struct field rows[] = {
    {.name = "name",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = AT(name),
     .min = 2,
     .max = 10,
     .label = "Name"},
    {.name = "note",
     .type = FIELD_TEXT,
     .flags = FIELD_LINES | FIELD_SEALED,
     .offset = AT(note),
     .max = 20000,
     .label = "Note"},
    {.name = "minutes",
     .type = FIELD_INT,
     .flags = FIELD_REQUIRED,
     .offset = AT(minutes),
     .min = 0,
     .max = 1440,
     .label = "Minutes"},
    {.name = "concern",
     .type = FIELD_BOOL,
     .flags = FIELD_REQUIRED,
     .offset = AT(concern),
     .label = "Concern"},
    {.name = "born",
     .type = FIELD_DATE,
     .flags = FIELD_NOT_FUTURE | FIELD_REQUIRED,
     .offset = AT(born),
     .label = "Date"},
    {.name = "happened_at",
     .type = FIELD_TIME,
     .flags = FIELD_NOT_FUTURE,
     .offset = AT(happened_at),
     .label = "Date and time"},
    {.name = "due",
     .type = FIELD_DATE,
     .flags = FIELD_NOT_PAST,
     .offset = AT(due),
     .label = "Next contact due"},
    {.name = "worker", .type = FIELD_UUID, .offset = AT(worker), .label = "Worker"},
    {.name = "outcome",
     .type = FIELD_CODE,
     .flags = FIELD_REQUIRED,
     .offset = AT(outcome),
     .vocab = "outcome",
     .label = "Outcome"},
    {.name = "purposes",
     .type = FIELD_CODES,
     .flags = FIELD_REQUIRED,
     .offset = AT(purposes),
     .vocab = "outcome",
     .label = "Purposes"},
    {.name = "aliases",
     .type = FIELD_LIST,
     .offset = AT(aliases),
     .min = 1,
     .max = 20,
     .label = "Other names"},
    {.name = "password",
     .type = FIELD_TEXT,
     .flags = FIELD_SECRET,
     .offset = AT(password),
     .max = 100,
     .label = "Password"},
    {.name = "extra",
     .type = FIELD_OBJECTS,
     .flags = FIELD_READONLY | FIELD_REQUIRED,
     .offset = AT(extra),
     .label = "Extra"},
};
static const struct field_table table = FIELD_TABLE("Record", struct record, rows);

static const struct vocab_code codes[] = {
    {.code = "attended", .label = "Attended", .successful = true},
    {.code = "refused", .label = "Refused", .missed = true},
};
static const struct vocab vocabs[] = {{"outcome", codes, 2}};

static struct ctx ctx;
static struct record rec;

static void begin(void)
{
    vocab_install(vocabs, 1, "t");
    arena_free(ctx.arena);
    ctx = (struct ctx){.arena = arena_new()};
    memset(&rec, 0, sizeof(rec));
}

static void end(void)
{
    arena_free(ctx.arena);
    ctx.arena = NULL;
}

// What the value becomes; or "! message", or NULL when absent.
static const char *set(const char *name, const char *raw)
{
    ctx.problem = (struct problem){0};
    const struct field *f = field_find(&table, name);
    CHECK_FATAL(f != NULL);
    if (field_set(&ctx, f, &rec, raw)) {
        CHECK(ctx.problem.first == NULL);
        return field_get(&rec, f);
    }
    CHECK_STR(ctx.problem.first->field, name);
    CHECK(field_get(&rec, f) == NULL);
    return arena_printf(ctx.arena, "! %s", ctx.problem.first->message);
}

static const char *repeat(const char *s, size_t n)
{
    size_t len = strlen(s);
    char *all = arena_alloc(ctx.arena, n * len + 1);
    for (size_t i = 0; i < n; i++)
        memcpy(all + i * len, s, len);
    return all;
}

TEST(texts_are_trimmed_and_bounded)
{
    begin();
    CHECK_STR(set("name", "  Ann \t\r\n"), "Ann");
    CHECK_STR(set("name", "\xc2\xa0 Ann\xc2\xa0"), "Ann");
    CHECK_STR(set("name", " \xc2\xa0\n "), NULL);
    CHECK_STR(set("name", NULL), NULL);
    CHECK_STR(set("name", "A"), "! Name must be 2 characters or more");
    CHECK_STR(set("name", "abcdefghij"), "abcdefghij");
    CHECK_STR(set("name", "abcdefghijk"), "! Name must be 10 characters or fewer");
    CHECK_STR(set("name", "à"), "! Name must be 2 characters or more");
    end();
}

TEST(characters_are_counted_not_bytes)
{
    begin();
    const char *faces = repeat("\xf0\x9f\x98\x80", 20000);
    CHECK(set("note", faces) != NULL && strcmp(rec.note, faces) == 0);
    CHECK_STR(set("note", repeat("\xf0\x9f\x98\x80", 20001)),
              "! Note must be 20,000 characters or fewer");
    end();
}

TEST(ordinary_notes_are_kept_exactly)
{
    begin();
    static const char *const notes[] = {
        "He said \"it's O'Brien's\"; DROP TABLE notes; -- SELECT * FROM x",
        "مرحبا \xe2\x80\x8f بالعالم",
        "שלום",
        "👩‍👩‍👧‍👦 family",
        "tab\there\nnew line\n\nlast",
        "<script>alert(1)</script> &amp; %00 ${x} {{y}}",
        "日本語",
        "e\xcc\x81",
        "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
        CHECK_STR(set("note", notes[i]), notes[i]);
    CHECK_STR(set("note", "  indented\nlast line \n"), "  indented\nlast line \n");
    CHECK_STR(set("note", " \n\t "), NULL);
    CHECK_STR(set("note", "one\r\ntwo\rthree\nfour"), "one\ntwo\nthree\nfour");
    end();
}

TEST(control_characters_are_refused)
{
    begin();
    static const char why[] = "! Note must not have characters that cannot be shown";
    for (int c = 1; c < 0x20; c++) {
        char s[] = "a?b";
        s[1] = (char)c;
        bool line = c == '\n' || c == '\t' || c == '\r';
        if (!line)
            CHECK_STR(set("note", s), why);
        CHECK_STR(set("name", s), "! Name must not have characters that cannot be shown");
    }
    CHECK_STR(set("note", "a\x7f"), why);
    CHECK_STR(set("note", "a\xc2\x85z"), why);
    end();
}

TEST(bad_utf8_is_refused)
{
    begin();
    static const char *const bad[] = {"a\x80z",
                                      "a\xc0\xaf",
                                      "a\xc1\xbf",
                                      "a\xe0\x80\xaf",
                                      "a\xed\xa0\x80",
                                      "a\xed\xbf\xbf",
                                      "a\xf0\x80\x80\xaf",
                                      "a\xf4\x90\x80\x80",
                                      "a\xf5\x80\x80\x80",
                                      "a\xff",
                                      "a\xc3",
                                      "a\xe2\x82",
                                      "a\xf0\x9f\x98",
                                      "a\xc3(",
                                      "a\xe2\x82(z",
                                      "caf\xe9"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_STR(set("note", bad[i]), "! Note must be text in UTF-8");
    end();
}

TEST(secrets_are_not_trimmed)
{
    begin();
    CHECK_STR(set("password", " pass word "), " pass word ");
    CHECK_STR(set("password", ""), NULL);
    CHECK_STR(set("password", "  "), "  ");
    end();
}

TEST(whole_numbers)
{
    begin();
    CHECK_STR(set("minutes", "0"), "0");
    CHECK_STR(set("minutes", " 1440 "), "1440");
    CHECK_STR(set("minutes", "007"), "7");
    CHECK_STR(set("minutes", "-0"), "0");
    CHECK_STR(set("minutes", "1441"), "! Minutes must be between 0 and 1,440");
    CHECK_STR(set("minutes", "-1"), "! Minutes must be between 0 and 1,440");
    CHECK_STR(set("minutes", "99999999999999999999"), "! Minutes must be between 0 and 1,440");
    static const char *const bad[] = {"ten", "1.5", "1,440", "+5", "-", "5 6", "0x10", "١"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_STR(set("minutes", bad[i]), "! Minutes must be a whole number");
    end();
}

TEST(truth_values)
{
    begin();
    static const char *const yes[] = {"true", "yes", "on", "1", "TRUE"};
    static const char *const no[] = {"false", "no", "off", "0"};
    for (size_t i = 0; i < 5; i++)
        CHECK_STR(set("concern", yes[i]), "true");
    for (size_t i = 0; i < 4; i++)
        CHECK_STR(set("concern", no[i]), "false");
    CHECK_STR(set("concern", "maybe"), "! Concern: select yes or no");
    end();
}

TEST(dates)
{
    begin();
    struct arena *a = ctx.arena;
    int64_t today = date_today();
    CHECK_STR(set("born", "2004-02-29"), "2004-02-29");
    CHECK_STR(set("born", date_iso(a, today)), date_iso(a, today));
    CHECK_STR(set("born", date_iso(a, today + 1)), "! Date must be today or in the past");
    CHECK_STR(set("born", "2005-02-29"), "! Date must be a real date");
    CHECK_STR(set("born", "1/2/2005"), "! Date must be a real date");
    CHECK_STR(set("due", date_iso(a, today)), date_iso(a, today));
    CHECK_STR(set("due", date_iso(a, today - 1)),
              "! Next contact due must be today or in the future");
    end();
}

TEST(times_allow_two_minutes_of_skew)
{
    begin();
    struct arena *a = ctx.arena;
    int64_t now = clock_now_us();
    CHECK_STR(set("happened_at", "2026-07-02T10:30:00+01:00"), "2026-07-02T09:30:00Z");
    CHECK_STR(set("happened_at", time_iso(a, now + 110 * 1000000LL)),
              time_iso(a, now + 110 * 1000000LL));
    CHECK_STR(set("happened_at", time_iso(a, now + 130 * 1000000LL)),
              "! Date and time must be in the past");
    CHECK_STR(set("happened_at", "2026-07-02 10:30"),
              "! Date and time must be a real date and time");
    end();
}

TEST(identifiers_and_codes)
{
    begin();
    CHECK_STR(set("worker", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"),
              "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    CHECK_STR(set("worker", "sam"), "! Worker must be an identifier this service gave");
    CHECK_STR(set("outcome", " attended "), "attended");
    CHECK_STR(set("outcome", "Attended"), "! Select an outcome from the list");
    CHECK_STR(set("extra", "x"), "! Extra cannot be set");
    end();
}

static bool set_list(const char *name, size_t n, const char *const *items)
{
    ctx.problem = (struct problem){0};
    return field_set_list(&ctx, field_find(&table, name), &rec, items, n);
}

TEST(lists)
{
    begin();
    CHECK(set_list("purposes", 4, (const char *[]){"refused", "", "attended", "refused"}));
    CHECK_STR(rec.purposes, "{refused,attended}");
    CHECK(!set_list("purposes", 2, (const char *[]){"refused", "dancing"}));
    CHECK_STR(ctx.problem.first->message, "Select purposes from the list");
    CHECK_STR(rec.purposes, NULL);
    CHECK(set_list("purposes", 0, NULL));
    CHECK_STR(rec.purposes, NULL);
    CHECK_STR(set("purposes", "attended"), "{attended}");
    CHECK(set_list("aliases", 3, (const char *[]){" Big \"J\" ", NULL, "O'Neil, a\\b"}));
    CHECK_STR(rec.aliases, "{\"Big \\\"J\\\"\",\"O'Neil, a\\\\b\"}");
    CHECK(!set_list("aliases", 1, (const char *[]){"123456789012345678901"}));
    CHECK_STR(ctx.problem.first->message, "Other names must be 20 characters or fewer");
    CHECK(!set_list("minutes", 2, (const char *[]){"1", "2"}));
    CHECK_STR(ctx.problem.first->message, "Minutes must be given only once");
    CHECK(set_list("minutes", 1, (const char *[]){"3"}));
    CHECK_STR(rec.minutes, "3");
    end();
}

TEST(array_text_goes_both_ways)
{
    begin();
    static const char *const items[] = {"plain", "",     "NULL", "null", "a,b", "{x}",
                                        "q\"q",  "b\\b", " sp ", "é",    "it's"};
    enum { N = sizeof(items) / sizeof(items[0]) };
    const char *text = field_array(ctx.arena, items, N);
    const char *const *back;
    CHECK_INT(field_list(ctx.arena, text, &back), N);
    for (size_t i = 0; i < N; i++)
        CHECK_STR(back[i], items[i]);
    CHECK_STR(field_array(ctx.arena, NULL, 0), "{}");
    CHECK_INT(field_list(ctx.arena, "{}", &back), 0);
    CHECK_INT(field_list(ctx.arena, NULL, &back), 0);
    CHECK_INT(field_list(ctx.arena, "nonsense", &back), 0);
    CHECK_INT(field_list(ctx.arena, "{a,NULL,b}", &back), 2);
    CHECK_STR(back[1], "b");
    CHECK_INT(field_list(ctx.arena, "{\"unclosed", &back), 1);
    CHECK_INT(field_list(ctx.arena, "{a,", &back), 1);
    CHECK_INT(field_list(ctx.arena, "{\"x\\", &back), 1);
    end();
}

TEST(required_fields_are_asked_for_in_words)
{
    begin();
    CHECK(!field_check_required(&ctx, &table, &rec));
    static const char *const want[][2] = {{"name", "Enter a name"},
                                          {"minutes", "Enter minutes"},
                                          {"concern", "Concern: select yes or no"},
                                          {"born", "Enter a date"},
                                          {"outcome", "Select an outcome"},
                                          {"purposes", "Select purposes"}};
    const struct field_error *e = ctx.problem.first;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++, e = e ? e->next : NULL) {
        CHECK_FATAL(e != NULL);
        CHECK_STR(e->field, want[i][0]);
        CHECK_STR(e->message, want[i][1]);
    }
    CHECK(e == NULL);
    end();
}

TEST(a_refused_value_is_told_once)
{
    begin();
    rec = (struct record){.name = "Ann",
                          .concern = "true",
                          .born = "2000-01-01",
                          .outcome = "attended",
                          .purposes = "{attended}"};
    CHECK(!field_set(&ctx, field_find(&table, "minutes"), &rec, "many"));
    CHECK(!field_check_required(&ctx, &table, &rec));
    CHECK(ctx.problem.first == ctx.problem.last);
    ctx.problem = (struct problem){0};
    CHECK(field_set(&ctx, field_find(&table, "minutes"), &rec, "5"));
    CHECK(field_check_required(&ctx, &table, &rec));
    CHECK(ctx.problem.first == NULL);
    CHECK(field_find(&table, "nothing") == NULL);
    CHECK(field_find(&table, NULL) == NULL);
    end();
}

TEST(lists_are_sealed_as_lines)
{
    begin();
    const char *lines = field_list_lines(ctx.arena, "{one,\"two, or more\"}");
    CHECK_STR(lines, "one\ntwo, or more");
    CHECK_STR(field_lines_list(ctx.arena, lines), "{one,\"two, or more\"}");
    CHECK_STR(field_lines_list(ctx.arena, "\none\n\n"), "{one}");
    CHECK_STR(field_list_lines(ctx.arena, "{}"), NULL);
    CHECK_STR(field_list_lines(ctx.arena, NULL), NULL);
    CHECK_STR(field_lines_list(ctx.arena, NULL), NULL);
    end();
}

TEST(labels_read_well)
{
    static const char *const want[][2] = {{"CRN", "Enter a CRN"},
                                          {"Evidence", "Enter evidence"},
                                          {"Next step", "Enter a next step"},
                                          {"How it happened", "Enter how it happened"},
                                          {"Your name", "Enter your name"},
                                          {"Address", "Enter an address"},
                                          {"Email address", "Enter an email address"},
                                          {"Status", "Enter a status"},
                                          {"Desired outcomes", "Enter desired outcomes"}};
    begin();
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        struct field f = {.name = "x", .flags = FIELD_REQUIRED, .label = want[i][0]};
        struct field_table t = {.name = "T", .fields = &f, .n = 1, .size = sizeof(rec)};
        ctx.problem = (struct problem){0};
        CHECK(!field_check_required(&ctx, &t, &rec));
        CHECK_STR(ctx.problem.first->message, want[i][1]);
    }
    end();
}

TESTS("field", T(texts_are_trimmed_and_bounded), T(characters_are_counted_not_bytes),
      T(ordinary_notes_are_kept_exactly), T(control_characters_are_refused), T(bad_utf8_is_refused),
      T(secrets_are_not_trimmed), T(whole_numbers), T(truth_values), T(dates),
      T(times_allow_two_minutes_of_skew), T(identifiers_and_codes), T(lists),
      T(array_text_goes_both_ways), T(required_fields_are_asked_for_in_words),
      T(a_refused_value_is_told_once), T(lists_are_sealed_as_lines), T(labels_read_well))
