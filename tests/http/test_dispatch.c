// SPDX-License-Identifier: MIT
// The one gate, without a socket: each check, and that no handler runs when it fails.
#include "http/dispatch.h"

#include "base/log.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ran;
static struct ctx seen; // of the last handler run
static char seen_csrf[64], seen_hash[33], seen_key[64], seen_version[32];

static enum err on_any(struct request *r, struct response *res)
{
    ran++;
    seen = r->ctx;
    snprintf(seen_csrf, sizeof(seen_csrf), "%s", r->csrf);
    snprintf(seen_key, sizeof(seen_key), "%s", r->ctx.idempotency_key ? r->ctx.idempotency_key : "");
    snprintf(seen_version, sizeof(seen_version), "%s", r->ctx.if_match ? r->ctx.if_match : "");
    memset(seen_hash, 0, sizeof(seen_hash));
    if (r->ctx.body_hash)
        memcpy(seen_hash, r->ctx.body_hash, 32);
    buf_puts(&res->body, "ran");
    return ERR_OK;
}

static enum err on_expired(struct request *r, struct response *res)
{
    (void)r;
    buf_puts(&res->body, "must not be seen");
    response_header(res, "X-Half-Done", "yes");
    return ERR_UNAUTHENTICATED;
}

static enum err on_busy(struct request *r, struct response *res)
{
    (void)res;
    r->ctx.problem.retry_after = 30;
    return ERR_TOO_MANY;
}

#define ROW(method, pattern, perm, flags, handler)                                                 \
    {method, pattern, perm, POOL_MAIN, flags, handler, "", NULL, NULL, NULL, 200, NULL}
static const struct route rows[] = {
    ROW("GET", "/open", PERM_NONE, ROUTE_PUBLIC, on_any),
    ROW("POST", "/sign-in", PERM_NONE, ROUTE_PUBLIC | ROUTE_NO_CSRF, on_any),
    ROW("GET", "/page", PERM_self, 0, on_any),
    ROW("POST", "/page", PERM_self, ROUTE_CREATES, on_any),
    ROW("POST", "/page/edit", PERM_self, ROUTE_IF_MATCH, on_any),
    ROW("POST", "/file", PERM_self, ROUTE_UPLOAD, on_any),
    ROW("GET", "/expired", PERM_self, 0, on_expired),
    ROW("GET", "/busy", PERM_self, 0, on_busy),
    ROW("GET", "/api/v1/thing", PERM_self, 0, on_any),
    ROW("POST", "/api/v1/thing", PERM_self, ROUTE_CREATES, on_any),
    ROW("PATCH", "/api/v1/thing", PERM_self, ROUTE_IF_MATCH, on_any),
    ROW("GET", "/api/v1/expired", PERM_self, 0, on_expired),
};
static const struct route_table table = {.routes = rows, .n = sizeof(rows) / sizeof(rows[0])};

static struct arena *arena;
static struct keys *keys;
static char token[TOKEN_TEXT];
static struct response res;

// Headers as "Name: value" lines, an empty string for none.
static int ask(const char *method, const char *target, const char *headers, const char *body)
{
    struct request r = {.ctx = {.arena = arena, .keys = keys}, .method = method,
                        .body = body, .n_body = strlen(body)};
    struct pair *h = ARENA_ARRAY(arena, struct pair, 16);
    for (char *line = arena_strdup(arena, headers), *save = NULL;
         (line = strtok_r(save ? NULL : line, "\n", &save));) {
        char *colon = strstr(line, ": ");
        CHECK_FATAL(colon != NULL);
        *colon = '\0';
        h[r.n_headers++] = (struct pair){line, colon + 2};
    }
    r.headers = h;
    CHECK_INT(request_set_target(&r, target), ERR_OK);
    ran = 0;
    route_dispatch(&table, &r, &res);
    CHECK((res.status < 300 && ran == 1) || ran == 0);
    return res.status;
}

static const char *answer_header(const char *name)
{
    for (size_t i = 0; i < res.n_headers; i++)
        if (strcmp(res.headers[i].name, name) == 0)
            return res.headers[i].value;
    return NULL;
}

#define FORM "Content-Type: application/x-www-form-urlencoded\n"
#define JSON "Content-Type: application/json\n"

static const char *cookie(const char *more)
{
    return arena_printf(arena, "%sCookie: phoenix=%s\n", more, token);
}

static const char *bearer(const char *more)
{
    return arena_printf(arena, "%sAuthorization: Bearer %s\n", more, token);
}

static void begin(void)
{
    arena = arena_new();
    log_setup(LOG_ERROR + 1, 0);
    CHECK_INT(crypto_start(), ERR_OK);
    token_new(token);
    struct ctx ctx = {.arena = arena};
    char path[64];
    snprintf(path, sizeof(path), "/tmp/phoenix-test-keys-%ld", (long)getpid());
    unlink(path);
    CHECK_INT(keys_create(&ctx, path), ERR_OK);
    CHECK_INT(keys_open(&ctx, path, &keys), ERR_OK);
    unlink(path);
}

static void end(void)
{
    keys_close(keys);
    arena_free(arena);
}

TEST(sessions)
{
    begin();
    CHECK_INT(ask("GET", "/open", "", ""), 200);
    CHECK(seen.token_hash == NULL);
    CHECK_INT(ask("GET", "/page?tab=a&b=c", "", ""), 303);
    CHECK_STR(answer_header("Location"), "/sign-in?return_to=/page%3Ftab%3Da%26b%3Dc");
    CHECK_INT(ask("HEAD", "/page", "", ""), 303);
    CHECK_INT(ask("POST", "/page", FORM, "a=b"), 401);
    CHECK_INT(ask("GET", "/api/v1/thing", "", ""), 401);
    CHECK_STR(answer_header("WWW-Authenticate"), "Bearer");
    CHECK_INT(ask("GET", "/page", "Cookie: phoenix=nonsense", ""), 303);
    CHECK_INT(ask("GET", "/api/v1/thing", "Authorization: Basic abc", ""), 401);
    CHECK_INT(ask("GET", "/page", cookie(""), ""), 200);
    uint8_t hash[32];
    CHECK(token_hash(token, hash));
    CHECK(seen.token_hash && memcmp(seen.token_hash, hash, 32) == 0);
    CHECK_STR(seen_csrf, token_csrf(arena, token));
    CHECK_INT(ask("GET", "/api/v1/thing", bearer(""), ""), 200);
    CHECK(seen.token_hash && memcmp(seen.token_hash, hash, 32) == 0);
    // A header that is no token is not made up for by a cookie.
    CHECK_INT(ask("GET", "/api/v1/thing", cookie("Authorization: Bearer x\n"), ""), 401);
    end();
}

TEST(a_failed_handler_leaves_nothing_of_its_answer)
{
    begin();
    CHECK_INT(ask("GET", "/api/v1/expired", bearer(""), ""), 401);
    CHECK(strstr(res.body.p, "must not be seen") == NULL);
    CHECK_STR(answer_header("X-Half-Done"), NULL);
    CHECK_INT(ask("GET", "/expired?a=b", cookie(""), ""), 303);
    CHECK_STR(answer_header("Location"), "/sign-in?return_to=/expired%3Fa%3Db");
    CHECK_INT(ask("GET", "/busy", cookie(""), ""), 429);
    CHECK_STR(answer_header("Retry-After"), "30");
    end();
}

TEST(csrf)
{
    begin();
    const char *good = token_csrf(arena, token);
    char other[TOKEN_TEXT];
    token_new(other);
    CHECK_INT(ask("POST", "/page", cookie(FORM), "a=b"), 403);
    CHECK_INT(ask("POST", "/page", cookie(FORM), "csrf="), 403);
    CHECK_INT(ask("POST", "/page", cookie(FORM),
                  arena_printf(arena, "csrf=%s", token_csrf(arena, other))), 403);
    CHECK_INT(ask("POST", "/page", cookie(FORM), arena_printf(arena, "a=b&csrf=%s", good)), 200);
    CHECK_INT(ask("POST", "/page", cookie(arena_printf(arena, FORM "X-CSRF-Token: %s\n", good)), "a=b"), 200);
    CHECK_INT(ask("POST", "/api/v1/thing", cookie(JSON), "{}"), 403);
    CHECK_INT(ask("POST", "/api/v1/thing", cookie(arena_printf(arena, JSON "X-CSRF-Token: %s\n", good)),
                  "{}"), 200);
    CHECK_INT(ask("POST", "/api/v1/thing", bearer(JSON), "{}"), 200);
    end();
}

TEST(origins)
{
    begin();
    static const struct {
        const char *headers;
        int status;
    } rows_[] = {
        {FORM, 200},
        {FORM "Host: case.example\nOrigin: https://case.example\n", 200},
        {FORM "Host: case.example:8080\nOrigin: http://case.example:8080\n", 200},
        {FORM "Sec-Fetch-Site: same-origin\n", 200},
        {FORM "Sec-Fetch-Site: none\n", 200},
        {FORM "Sec-Fetch-Site: cross-site\n", 403},
        {FORM "Sec-Fetch-Site: same-site\n", 403},
        {FORM "Host: case.example\nOrigin: https://evil.example\n", 403},
        {FORM "Host: case.example\nOrigin: https://case.example.evil\n", 403},
        {FORM "Host: case.example\nOrigin: null\n", 403},
        {FORM "Origin: https://case.example\n", 403},
    };
    for (size_t i = 0; i < sizeof(rows_) / sizeof(rows_[0]); i++)
        CHECK_INT(ask("POST", "/sign-in", rows_[i].headers, "username=a"), rows_[i].status);
    const char *csrf = arena_printf(arena, "csrf=%s", token_csrf(arena, token));
    CHECK_INT(ask("POST", "/page", cookie(FORM "Sec-Fetch-Site: cross-site\n"), csrf), 403);
    end();
}

TEST(media_types_and_sizes)
{
    begin();
    const char *csrf = arena_printf(arena, "csrf=%s", token_csrf(arena, token));
    CHECK_INT(ask("POST", "/page", cookie("Content-Type: text/plain\n"), csrf), 415);
    CHECK_INT(ask("POST", "/page", cookie("Content-Type: application/x-www-form-urlencodedx\n"), csrf), 415);
    CHECK_INT(ask("POST", "/page", cookie(JSON), "{}"), 415);
    CHECK_INT(ask("POST", "/page", cookie("Content-Type: multipart/form-data; boundary=x\n"), csrf), 415);
    CHECK_INT(ask("POST", "/page", cookie(""), csrf), 415);
    CHECK_INT(ask("POST", "/page", cookie("Content-Type: Application/X-WWW-Form-URLencoded; charset=utf-8\n"),
                  csrf), 200);
    const char *part = arena_printf(arena, "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n"
                                           "%s\r\n--x--\r\n", token_csrf(arena, token));
    CHECK_INT(ask("POST", "/file", cookie("Content-Type: multipart/form-data; boundary=x\n"), part), 200);
    CHECK_INT(ask("POST", "/file", cookie("Content-Type: multipart/form-data\n"), part), 400);
    CHECK_INT(ask("POST", "/api/v1/thing", bearer(FORM), "a=b"), 415);
    CHECK_INT(ask("POST", "/api/v1/thing", bearer(""), "{}"), 415);
    CHECK_INT(ask("POST", "/api/v1/thing", bearer("Content-Type: application/json; charset=utf-8\n"), "{}"), 200);
    CHECK_INT(ask("GET", "/page", cookie(FORM), "a=b"), 400);
    CHECK_INT(ask("POST", "/page", cookie(FORM), "a=%zz"), 400);
    char *big = arena_alloc(arena, 256 * 1024 + 2);
    memset(big, 'a', 256 * 1024 + 1);
    CHECK_INT(ask("POST", "/page", cookie(FORM), big), 413);
    end();
}

TEST(idempotency_keys)
{
    begin();
    static const char key[] = "01890000-0000-7000-8000-000000000001";
    const char *csrf = token_csrf(arena, token);
    CHECK_INT(ask("POST", "/api/v1/thing", bearer(JSON "Idempotency-Key: abc\n"), "{}"), 422);
    CHECK_INT(ask("POST", "/api/v1/thing",
                  bearer(arena_printf(arena, JSON "Idempotency-Key: %s\n", key)), "{\"a\":1}"), 200);
    CHECK_STR(seen_key, key);
    char first[33];
    memcpy(first, seen_hash, 33);
    CHECK_INT(ask("POST", "/api/v1/thing",
                  bearer(arena_printf(arena, JSON "Idempotency-Key: %s\n", key)), "{\"a\":2}"), 200);
    CHECK(memcmp(first, seen_hash, 32) != 0);
    CHECK_INT(ask("POST", "/api/v1/thing", bearer(JSON), "{}"), 200);
    CHECK_STR(seen_key, "");

    // A form's hash leaves out its csrf value, which changes with the session.
    CHECK_INT(ask("POST", "/page", cookie(FORM),
                  arena_printf(arena, "client_ref=%s&note=x&csrf=%s", key, csrf)), 200);
    CHECK_STR(seen_key, key);
    memcpy(first, seen_hash, 33);
    CHECK_INT(ask("POST", "/page", cookie(arena_printf(arena, FORM "X-CSRF-Token: %s\n", csrf)),
                  arena_printf(arena, "client_ref=%s&note=x", key)), 200);
    CHECK(memcmp(first, seen_hash, 32) == 0);
    CHECK_INT(ask("POST", "/page", cookie(FORM),
                  arena_printf(arena, "client_ref=%s&note=y&csrf=%s", key, csrf)), 200);
    CHECK(memcmp(first, seen_hash, 32) != 0);
    CHECK_INT(ask("POST", "/page", cookie(FORM), arena_printf(arena, "client_ref=1&csrf=%s", csrf)), 422);
    end();
}

TEST(if_match)
{
    begin();
    CHECK_INT(ask("PATCH", "/api/v1/thing", bearer(JSON), "{}"), 428);
    CHECK_INT(ask("PATCH", "/api/v1/thing", bearer(JSON "If-Match: \"7\"\n"), "{}"), 200);
    CHECK_STR(seen_version, "7");
    CHECK_INT(ask("PATCH", "/api/v1/thing", bearer(JSON "If-Match: 7\n"), "{}"), 200);
    static const char *const stale[] = {"*", "W/\"7\"", "\"7", "\"x\"", "7, 8", "-1", "\"\"",
                                        "\"9999999999999999999\""};
    for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
        CHECK_INT(ask("PATCH", "/api/v1/thing", bearer(arena_printf(arena, JSON "If-Match: %s\n", stale[i])),
                      "{}"), 412);
    const char *csrf = token_csrf(arena, token);
    CHECK_INT(ask("POST", "/page/edit", cookie(FORM), arena_printf(arena, "version=3&csrf=%s", csrf)), 200);
    CHECK_STR(seen_version, "3");
    CHECK_INT(ask("POST", "/page/edit", cookie(FORM), arena_printf(arena, "version=x&csrf=%s", csrf)), 412);
    end();
}

TEST(routes)
{
    begin();
    CHECK_INT(ask("GET", "/nowhere", cookie(""), ""), 404);
    CHECK_INT(ask("DELETE", "/page", cookie(""), ""), 405);
    CHECK_STR(answer_header("Allow"), "GET, HEAD, POST");
    CHECK_INT(ask("POST", "/open", FORM, "a=b"), 405);
    CHECK_INT(ask("PATCH", "/api/v1/nothing", bearer(JSON), "{}"), 404);
    CHECK(res.personal);
    end();
}

TESTS("http dispatch", T(sessions), T(a_failed_handler_leaves_nothing_of_its_answer), T(csrf),
      T(origins), T(media_types_and_sizes), T(idempotency_keys), T(if_match), T(routes))
