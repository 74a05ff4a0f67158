// SPDX-License-Identifier: MIT
#include "http/form.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

static const struct pair *pairs;
static size_t n_pairs;
static struct multipart parts;

static enum err parse(struct arena *a, const char *text)
{
    return form_urlencoded(a, text, strlen(text), &pairs, &n_pairs);
}

TEST(pairs_in_order)
{
    struct arena *a = arena_new();
    CHECK_INT(parse(a, "a=1&b=two+words&a=%C3%A9%21&empty=&bare&&last=x%3Dy%26z"), ERR_OK);
    static const struct pair want[] = {{"a", "1"}, {"b", "two words"}, {"a", "\xc3\xa9!"},
                                       {"empty", ""}, {"bare", ""}, {"last", "x=y&z"}};
    CHECK_INT(n_pairs, 6);
    for (size_t i = 0; i < 6 && i < n_pairs; i++) {
        CHECK_STR(pairs[i].name, want[i].name);
        CHECK_STR(pairs[i].value, want[i].value);
    }
    CHECK_INT(parse(a, ""), ERR_OK);
    CHECK_INT(n_pairs, 0);
    arena_free(a);
}

TEST(notes_come_through_exactly)
{
    struct arena *a = arena_new();
    CHECK_INT(parse(a, "note=O%27Neill%0D%0A%27%3B+SELECT+1+--+%F0%9F%98%80+%D7%A9%D7%9C%D7%95%D7%9D"),
              ERR_OK);
    CHECK_STR(pairs[0].value, "O'Neill\r\n'; SELECT 1 -- \xf0\x9f\x98\x80 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d");
    arena_free(a);
}

TEST(malformed_pairs)
{
    struct arena *a = arena_new();
    static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "a=%00", "%00=a", "=a", "a=%ff",
                                      "a=%c0%80", "a=%ed%a0%80", "a=\xff"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_INT(parse(a, bad[i]), ERR_MALFORMED);
    CHECK_INT(form_urlencoded(a, "a=b\0c", 5, &pairs, &n_pairs), ERR_MALFORMED);
    char many[FORM_PAIRS_MAX * 2 + 8] = "";
    for (int i = 0; i < FORM_PAIRS_MAX; i++)
        memcpy(many + i * 2, "a&", 2);
    many[FORM_PAIRS_MAX * 2 - 1] = '\0';
    CHECK_INT(parse(a, many), ERR_OK);
    CHECK_INT(n_pairs, FORM_PAIRS_MAX);
    strcat(many, "&a");
    CHECK_INT(parse(a, many), ERR_TOO_LARGE);
    char name[FORM_NAME_MAX + 3];
    memset(name, 'a', sizeof(name));
    name[FORM_NAME_MAX + 1] = '=';
    name[FORM_NAME_MAX + 2] = '\0';
    CHECK_INT(parse(a, name), ERR_MALFORMED);
    arena_free(a);
}

TEST(a_pair_can_be_left_out)
{
    struct arena *a = arena_new();
    static const struct {
        const char *from, *want;
    } rows[] = {{"csrf=x&a=1&b=2", "a=1&b=2&"}, {"a=1&csrf=x&b=2", "a=1&b=2&"},
                {"a=1&b=2&csrf=", "a=1&b=2&"}, {"a=csrf=x&xcsrf=1", "a=csrf=x&xcsrf=1&"}, {"", NULL}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out;
        buf_init(&out, a);
        form_without(&out, rows[i].from, strlen(rows[i].from), "csrf");
        CHECK_STR(out.n ? out.p : NULL, rows[i].want);
    }
    arena_free(a);
}

#define TYPE "multipart/form-data; boundary=----x1"
#define NAMED(name) "\r\n------x1\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define END "\r\n------x1--\r\n"

static enum err parse_parts(struct arena *a, const char *type, const char *p, size_t n)
{
    return form_multipart(a, type, p + 2, n - 2, &parts); // NAMED begins with the CRLF of the part before
}

TEST(multipart_pairs_and_files)
{
    struct arena *a = arena_new();
    static const char body[] = NAMED("a") "one" NAMED("a") "" NAMED("b\" x=\"c")
        "two\r\nlines" "\r\n------x1\r\ncontent-disposition: form-data; name=\"f\"; filename=\"C:\\a b.csv\"\r\n"
        "Content-Type: text/csv\r\n\r\n\0\r\n--\xff" END;
    CHECK_INT(parse_parts(a, TYPE, body, sizeof(body) - 1), ERR_OK);
    CHECK_INT(parts.n_pairs, 3);
    CHECK_STR(parts.pairs[0].value, "one");
    CHECK_STR(parts.pairs[1].value, "");
    CHECK_STR(parts.pairs[2].name, "b");
    CHECK_STR(parts.pairs[2].value, "two\r\nlines");
    CHECK_INT(parts.n_uploads, 1);
    CHECK_STR(parts.uploads[0].field, "f");
    CHECK_STR(parts.uploads[0].filename, "C:\\a b.csv");
    CHECK_STR(parts.uploads[0].type, "text/csv");
    CHECK_INT(parts.uploads[0].n, 6);
    CHECK(memcmp(parts.uploads[0].p, "\0\r\n--\xff", 6) == 0);
    CHECK_INT(parse_parts(a, "multipart/form-data; boundary=\"----x1\"", body, sizeof(body) - 1), ERR_OK);
    arena_free(a);
}

TEST(malformed_multipart)
{
    struct arena *a = arena_new();
    static const struct {
        const char *type, *p;
        size_t n;
    } rows[] = {
#define ROW(type, text) {type, text, sizeof(text) - 1}
        ROW("multipart/form-data", NAMED("a") "b" END),
        ROW("multipart/form-data; boundary=", NAMED("a") "b" END),
        ROW("multipart/form-data; boundary=y", NAMED("a") "b" END),
        ROW("multipart/form-data; xboundary=----x1", NAMED("a") "b" END),
        ROW(TYPE, NAMED("a") "b"),
        ROW(TYPE, NAMED("a") "b\r\n------x1"),
        ROW(TYPE, NAMED("a") "b\r\n------x1-\r\n"),
        ROW(TYPE, NAMED("a") "b" END "trailing"),
        ROW(TYPE, NAMED("a") "b\0c" END),
        ROW(TYPE, NAMED("a") "\xff" END),
        ROW(TYPE, NAMED("") "b" END),
        ROW(TYPE, "\r\n------x1\r\n\r\nb" END),
        ROW(TYPE, "\r\n------x1\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nb" END),
        ROW(TYPE, "\r\n------x1\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb" END),
        ROW(TYPE, "\r\n------x1\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nb" END),
        ROW(TYPE, "\r\npreamble" NAMED("a") "b" END),
        ROW(TYPE, "\r\n"),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_INT(parse_parts(a, rows[i].type, rows[i].p, rows[i].n), ERR_MALFORMED);
    struct buf many;
    buf_init(&many, a);
    for (int i = 0; i <= FORM_PAIRS_MAX; i++)
        buf_puts(&many, NAMED("a") "b");
    buf_puts(&many, END);
    CHECK_INT(parse_parts(a, TYPE, many.p, many.n), ERR_TOO_LARGE);
    arena_free(a);
}

TESTS("http form", T(pairs_in_order), T(notes_come_through_exactly), T(malformed_pairs),
      T(a_pair_can_be_left_out), T(multipart_pairs_and_files), T(malformed_multipart))
