// SPDX-License-Identifier: MIT
#include "http/request.h"
#include "http/response.h"

#include "base/log.h"
#include "test.h"

#include <string.h>

static struct request make(struct arena *a, const struct pair *headers, size_t n)
{
    return (struct request){.ctx.arena = a, .headers = headers, .n_headers = n};
}

TEST(cookies)
{
    struct arena *a = arena_new();
    struct pair h[] = {{"cookie", "a=1; phoenix=tok-en ;b=\"x y\""}, {"Cookie", "c=3;;  d="},
                       {"X", "e=1"}};
    struct request r = make(a, h, 3);
    CHECK_STR(request_cookie(&r, "a"), "1");
    CHECK_STR(request_cookie(&r, "phoenix"), "tok-en");
    CHECK_STR(request_cookie(&r, "b"), "\"x y\"");
    CHECK_STR(request_cookie(&r, "c"), "3");
    CHECK_STR(request_cookie(&r, "d"), "");
    CHECK_STR(request_cookie(&r, "e"), NULL);
    CHECK_STR(request_cookie(&r, "phoeni"), NULL);
    CHECK_STR(request_cookie(&r, "hoenix"), NULL);
    h[1].value = "phoenix=planted"; // two of a name: neither is believed
    CHECK_STR(request_cookie(&r, "phoenix"), NULL);
    arena_free(a);
}

TEST(targets_are_taken_apart)
{
    struct arena *a = arena_new();
    struct request r = make(a, NULL, 0);
    CHECK_INT(request_set_target(&r, "/people/a%20b?q=x+y&q=2&z"), ERR_OK);
    CHECK_STR(r.path, "/people/a b");
    CHECK_STR(r.target, "/people/a%20b?q=x+y&q=2&z");
    CHECK_STR(request_query(&r, "q"), "x y");
    CHECK_STR(request_query(&r, "z"), "");
    CHECK_STR(request_query(&r, "none"), NULL);
    CHECK_INT(r.n_query, 3);
    CHECK(!r.api);
    CHECK_INT(request_set_target(&r, "/api/v1/me"), ERR_OK);
    CHECK(r.api);
    CHECK_INT(r.n_query, 0);
    CHECK_INT(request_set_target(&r, "/apiary"), ERR_OK);
    CHECK(!r.api);
    CHECK_INT(request_set_target(&r, "/a?b=%ff"), ERR_MALFORMED);
    CHECK_INT(request_set_target(&r, "http://a/"), ERR_MALFORMED);
    arena_free(a);
}

TEST(form_values)
{
    struct arena *a = arena_new();
    struct pair form[] = {{"p", "1"}, {"q", "x"}, {"p", "2"}};
    struct request r = {.ctx.arena = a, .form = form, .n_form = 3};
    const char *const *all;
    CHECK_INT(request_form_all(&r, "p", &all), 2);
    CHECK_STR(all[0], "1");
    CHECK_STR(all[1], "2");
    CHECK_INT(request_form_all(&r, "none", &all), 0);
    CHECK_STR(request_form(&r, "p"), "1");
    CHECK_STR(request_form(&r, "none"), NULL);
    arena_free(a);
}

static const char *header(const struct response *res, const char *name)
{
    for (size_t i = 0; i < res->n_headers; i++)
        if (strcmp(res->headers[i].name, name) == 0)
            return res->headers[i].value;
    return NULL;
}

TEST(session_cookies)
{
    struct arena *a = arena_new();
    struct config config = {.tls = true};
    struct request_host host = {.config = &config};
    struct request r = make(a, NULL, 0);
    struct response res;
    response_init(&res, a);
    CHECK(res.personal);
    response_session(&r, &res, "abc");
    CHECK_STR(header(&res, "Set-Cookie"), "phoenix=abc; Path=/; HttpOnly; SameSite=Lax");
    CHECK_STR(header(&res, "Clear-Site-Data"), NULL);
    r.host = &host;
    response_init(&res, a);
    response_session(&r, &res, "abc");
    CHECK_STR(header(&res, "Set-Cookie"),
              "__Host-phoenix=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
    response_init(&res, a);
    response_session(&r, &res, NULL);
    CHECK_STR(header(&res, "Set-Cookie"),
              "__Host-phoenix=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
    CHECK_STR(header(&res, "Clear-Site-Data"), "\"cache\"");
    arena_free(a);
}

TEST(flash_is_shown_once)
{
    struct arena *a = arena_new();
    struct pair h[] = {{"Cookie", "phoenix_flash=contact-saved"}};
    struct request r = make(a, h, 1);
    struct response res;
    response_init(&res, a);
    response_flash(&r, &res, "contact-saved");
    CHECK_STR(header(&res, "Set-Cookie"),
              "phoenix_flash=contact-saved; Path=/; HttpOnly; SameSite=Lax; Max-Age=120");
    response_init(&res, a);
    response_flash(&r, &res, "Jane Doe"); // only codes travel
    CHECK_INT(res.n_headers, 0);
    CHECK_STR(request_flash(&r, &res), "contact-saved");
    CHECK(strstr(header(&res, "Set-Cookie"), "Max-Age=0") != NULL);
    h[0].value = "phoenix_flash=<script>";
    CHECK_STR(request_flash(&r, &res), NULL);
    r.n_headers = 0;
    response_init(&res, a);
    CHECK_STR(request_flash(&r, &res), NULL);
    CHECK_INT(res.n_headers, 0);
    arena_free(a);
}

TEST(headers_cannot_be_split)
{
    struct arena *a = arena_new();
    struct response res;
    log_setup(LOG_ERROR + 1, 0);
    response_init(&res, a);
    response_header(&res, "X-A", "one\r\nX-B: two");
    response_redirect(&res, "/a\nb");
    CHECK_INT(res.n_headers, 0);
    for (int i = 0; i < 20; i++)
        response_header(&res, "X", "y");
    CHECK_INT(res.n_headers, 16);
    response_init(&res, a);
    response_redirect(&res, "/there");
    CHECK_INT(res.status, 303);
    CHECK_STR(header(&res, "Location"), "/there");
    arena_free(a);
}

TESTS("http request", T(cookies), T(targets_are_taken_apart), T(form_values), T(session_cookies),
      T(flash_is_shown_once), T(headers_cannot_be_split))
