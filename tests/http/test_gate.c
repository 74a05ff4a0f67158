// SPDX-License-Identifier: MIT
#include "http/gate.h"

#include "base/utf8.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define HEAD(text) text, sizeof(text) - 1

static enum gate_verdict pass(const char *p, size_t n, struct gate_head *head,
                              struct gate_facts *facts)
{
    enum gate_verdict v = gate_parse(p, n, head);
    return v == GATE_OK ? gate_check(head, facts) : v;
}

static enum gate_verdict verdict(const char *p, size_t n)
{
    struct gate_head head;
    struct gate_facts facts;
    memset(&head, 0xa5, sizeof(head)); // what it is given need not be clean
    return pass(p, n, &head, &facts);
}

TEST(reads_a_head)
{
    struct gate_head head;
    struct gate_facts facts;
    static const char text[] = "POST /a/b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nX-Odd:\t two  words \r\n"
                               "Content-Length: 12\r\nEmpty:\r\nConnection: Keep-Alive, close\r\n\r\nrest";
    CHECK_INT(pass(HEAD(text), &head, &facts), GATE_OK);
    CHECK(span_is(head.method, "POST"));
    CHECK(span_is(head.target, "/a/b?c=d"));
    CHECK_INT(head.minor, 1);
    CHECK_INT(head.n_fields, 5);
    CHECK(span_is(head.fields[1].name, "x-odd"));
    CHECK(span_is(head.fields[1].value, "two  words"));
    CHECK_INT(head.fields[3].value.n, 0);
    CHECK_INT(head.size, sizeof(text) - 1 - 4);
    CHECK(facts.has_length);
    CHECK_INT(facts.length, 12);
    CHECK(facts.wants_close);
    CHECK(!facts.expects);
    CHECK(span_is(facts.host, "example.org:8080"));
}

TEST(asks_for_more_until_it_is_whole)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";
    for (size_t n = 0; n < sizeof(text) - 1; n++)
        CHECK_INT(verdict(text, n), GATE_MORE);
    CHECK_INT(verdict(HEAD(text)), GATE_OK);
}

TEST(refuses_lines_that_are_no_fields)
{
    CHECK_INT(verdict(HEAD("GET / HTTP/1.1\r\nHos a\r\n\r\n")), GATE_BAD);
    CHECK_INT(verdict(HEAD("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")), GATE_BAD);
    CHECK_INT(verdict(HEAD("GET / HTTP/1.1\r\nHost: a\r\n: no name\r\n\r\n")), GATE_BAD);
}

TEST(bounds)
{
    char text[GATE_HEAD_MAX * 2];
    snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", GATE_TARGET_MAX - 1, 0);
    CHECK_INT(verdict(text, strlen(text)), GATE_OK);
    snprintf(text, sizeof(text), "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", GATE_TARGET_MAX, 0);
    CHECK_INT(verdict(text, strlen(text)), GATE_LONG_URI);
    memset(text, 'a', sizeof(text));
    CHECK_INT(verdict(text, 17), GATE_BAD); // no method is that long
    memcpy(text, "GET /", 5);
    CHECK_INT(verdict(text, sizeof(text)), GATE_LONG_URI);
    int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    memset(text + n, 'a', sizeof(text) - (size_t)n);
    CHECK_INT(verdict(text, GATE_HEAD_MAX - 1), GATE_MORE);
    CHECK_INT(verdict(text, GATE_HEAD_MAX), GATE_LARGE);
    n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 1; i < GATE_FIELDS_MAX; i++)
        n += snprintf(text + n, sizeof(text) - (size_t)n, "X: a\r\n");
    snprintf(text + n, sizeof(text) - (size_t)n, "\r\n");
    CHECK_INT(verdict(text, strlen(text)), GATE_OK);
    snprintf(text + n, sizeof(text) - (size_t)n, "X: a\r\n\r\n");
    CHECK_INT(verdict(text, strlen(text)), GATE_LARGE);
}

TEST(every_byte_of_a_head_matters)
{
    // No head stays sound with a NUL, a bare CR or a bare LF put in place of any of its bytes.
    static const char text[] = "GET /a HTTP/1.1\r\nHost: a\r\nAccept: b c\r\n\r\n";
    static const char bad[] = {0, '\r', '\n', 1, 0x7f};
    char copy[sizeof(text)];
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        for (size_t b = 0; b < sizeof(bad); b++) {
            memcpy(copy, text, sizeof(text));
            if (copy[i] == bad[b])
                continue;
            copy[i] = bad[b];
            CHECK(verdict(copy, sizeof(text) - 1) != GATE_OK);
        }
}

TEST(hosts)
{
    static const char *const good[] = {"a", "example.org", "a-b.c_d:1", "127.0.0.1:8080", "[::1]",
                                       "[2001:db8::1]:443"};
    static const char *const bad[] = {"", ":80", "a:", "a:123456", "a b", "a/b", "a,b", "u@a", "a:8x",
                                      "[::1", "[]", "[::1]x", "[g]", "a#b", "a%41", "\xc3\xa9"};
    char text[200];
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", good[i]);
        CHECK_INT(verdict(text, strlen(text)), GATE_OK);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", bad[i]);
        CHECK_INT(verdict(text, strlen(text)), GATE_BAD);
    }
}

TEST(lengths)
{
    static const char *const bad[] = {"", "+5", "-1", "5 5", "5,5", "0x5", "5.0", "1e3", "\xd9\xa5",
                                      "18446744073709551616", "1000000000000000000"};
    char text[200];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(text, sizeof(text), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n", bad[i]);
        CHECK_INT(verdict(text, strlen(text)), GATE_BAD);
    }
    struct gate_head head;
    struct gate_facts facts;
    CHECK_INT(pass(HEAD("POST / HTTP/1.1\r\nHost: a\r\ncontent-length: 007\r\n\r\n"), &head, &facts),
              GATE_OK);
    CHECK_INT(facts.length, 7);
}

TEST(closing)
{
    struct gate_head head;
    struct gate_facts facts;
    CHECK_INT(pass(HEAD("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), &head, &facts), GATE_OK);
    CHECK(facts.wants_close);
    CHECK_INT(pass(HEAD("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"), &head, &facts),
              GATE_OK);
    CHECK(!facts.wants_close);
    CHECK_INT(pass(HEAD("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), &head, &facts), GATE_OK);
    CHECK(!facts.wants_close);
}

TEST(targets)
{
    static const struct {
        const char *target, *path; // NULL: refused
    } rows[] = {
        {"/", "/"},
        {"/a/b", "/a/b"},
        {"/a/", "/a/"},
        {"/a?b=/../c", "/a"},
        {"/caf%C3%A9", "/caf\xc3\xa9"},
        {"/a%20b", "/a b"},
        {"/%F0%9F%98%80", "/\xf0\x9f\x98\x80"},
        {"/...", "/..."},
        {"/.well-known/x", "/.well-known/x"},
        {"", NULL}, {"a", NULL}, {"*", NULL}, {"http://a/", NULL}, {"//a", NULL}, {"/a//b", NULL},
        {"/.", NULL}, {"/..", NULL}, {"/a/../b", NULL}, {"/a/./b", NULL}, {"/a/%2E%2e", NULL},
        {"/a%2Fb", NULL}, {"/a%5cb", NULL}, {"/a\\b", NULL}, {"/a%00", NULL}, {"/a?b=%00", NULL},
        {"/a%0A", NULL}, {"/a%7f", NULL}, {"/a%", NULL}, {"/a%4", NULL}, {"/a%zz", NULL},
        {"/a?b=%", NULL}, {"/%c0%ae", NULL}, {"/%ed%a0%80", NULL}, {"/%f5%80%80%80", NULL},
        {"/%e2%82", NULL}, {"/a b", NULL}, {"/a#b", NULL}, {"/a\"b", NULL}, {"/<b>", NULL},
        {"/\xc3\xa9", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct span t = {rows[i].target, strlen(rows[i].target)};
        char path[64];
        CHECK_INT(gate_check_target(t), rows[i].path ? GATE_OK : GATE_BAD);
        if (rows[i].path) {
            CHECK(gate_decode_path(t, path));
            CHECK_STR(path, rows[i].path);
        }
    }
}

TEST(utf8)
{
    CHECK(utf8_ok("", 0));
    CHECK(utf8_ok(HEAD("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
    static const char *const bad[] = {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
                                      "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                                      "\xff", "\xe2\x82", "a\xc3(", "\xf8\x88\x80\x80\x80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!utf8_ok(bad[i], strlen(bad[i])));
}

TEST(reads_what_libmicrohttpd_left)
{
    // Host: a, X: b, as it stands in its buffer once CR, LF and colons are NUL.
    struct gate_head head = {0};
    CHECK_INT(gate_parse_fields(HEAD("Host\0 a\0\0X\0b\0\0\0\0"), gate_marks_mhd, &head), GATE_OK);
    CHECK_INT(head.n_fields, 2);
    CHECK(span_is(head.fields[1].value, "b"));
    CHECK_INT(head.size, 16);
    CHECK_INT(gate_parse_fields(HEAD("Host\0 a\0X\0b\0\0\0\0"), gate_marks_mhd, &head), GATE_BAD);
    CHECK_INT(gate_parse_fields(HEAD("Host\0 a\0\0 folded\0\0\0\0"), gate_marks_mhd, &head), GATE_BAD);
    CHECK_INT(gate_parse_fields(HEAD("Host\0 a\0\0X \0b\0\0\0\0"), gate_marks_mhd, &head), GATE_BAD);
}

TESTS("http gate", T(reads_a_head), T(asks_for_more_until_it_is_whole),
      T(refuses_lines_that_are_no_fields), T(bounds),
      T(every_byte_of_a_head_matters), T(hosts), T(lengths), T(closing), T(targets), T(utf8),
      T(reads_what_libmicrohttpd_left))
