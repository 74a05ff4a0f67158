// SPDX-License-Identifier: MIT
#include "http/router.h"

#include "test.h"

#include <string.h>

static enum err nothing(struct request *r, struct response *res)
{
    (void)r;
    (void)res;
    return ERR_OK;
}

#define ROW(method, pattern)                                                                       \
    {method, pattern, PERM_NONE, POOL_MAIN, ROUTE_PUBLIC, nothing, "", NULL, NULL, NULL, 200, NULL}
static const struct route rows[] = {
    ROW("GET", "/"),
    ROW("GET", "/people"),
    ROW("POST", "/people"),
    ROW("GET", "/people/new"),
    ROW("GET", "/people/{ref}"),
    ROW("PATCH", "/people/{ref}"),
    ROW("GET", "/people/{ref}/contacts"),
    ROW("POST", "/people/{ref}/contacts"),
    ROW("GET", "/people/{ref}/contacts/new"),
    ROW("GET", "/people/{ref}/contacts/{id}"),
    ROW("DELETE", "/sessions/current"),
};
static const struct route_table table = {.routes = rows, .n = sizeof(rows) / sizeof(rows[0])};

static const char *found(struct arena *a, const char *method, const char *path)
{
    struct route_match m;
    enum err e = router_match(router_of(&table), a, method, path, &m);
    if (e)
        return e == ERR_METHOD ? arena_printf(a, "allow %s", m.allow) : err_row(e)->type;
    struct buf b;
    buf_init(&b, a);
    buf_puts(&b, m.route->pattern);
    for (size_t i = 0; i < m.n_params; i++)
        buf_printf(&b, " %s=%s", m.params[i].name, m.params[i].value);
    return b.p;
}

TEST(finds_routes)
{
    struct arena *a = arena_new();
    CHECK_STR(found(a, "GET", "/"), "/");
    CHECK_STR(found(a, "HEAD", "/people"), "/people");
    CHECK_STR(found(a, "GET", "/people/new"), "/people/new");
    CHECK_STR(found(a, "GET", "/people/PX1"), "/people/{ref} ref=PX1");
    CHECK_STR(found(a, "PATCH", "/people/new"), "/people/{ref} ref=new");
    CHECK_STR(found(a, "GET", "/people/a b/contacts/new"), "/people/{ref}/contacts/new ref=a b");
    CHECK_STR(found(a, "GET", "/people/x/contacts/7"), "/people/{ref}/contacts/{id} ref=x id=7");
    CHECK_STR(found(a, "GET", "/people/new/contacts"), "/people/{ref}/contacts ref=new");
    CHECK_STR(found(a, "DELETE", "/sessions/current"), "/sessions/current");
    arena_free(a);
}

TEST(tells_404_from_405)
{
    struct arena *a = arena_new();
    CHECK_STR(found(a, "GET", "/nowhere"), "not-found");
    CHECK_STR(found(a, "GET", "/people/"), "not-found");
    CHECK_STR(found(a, "GET", "/people/x/"), "not-found");
    CHECK_STR(found(a, "GET", "/people//contacts"), "not-found");
    CHECK_STR(found(a, "GET", "/people/x/contacts/7/more"), "not-found");
    CHECK_STR(found(a, "GET", "/sessions"), "not-found");
    CHECK_STR(found(a, "PUT", "/people"), "allow GET, HEAD, POST");
    CHECK_STR(found(a, "DELETE", "/people/new"), "allow GET, HEAD, PATCH");
    CHECK_STR(found(a, "GET", "/sessions/current"), "allow DELETE");
    CHECK_STR(found(a, "OPTIONS", "/"), "allow GET, HEAD");
    arena_free(a);
}

static enum err check(const struct route *r, size_t n, const char **ret_why)
{
    static struct arena *a;
    arena_free(a);
    a = arena_new();
    struct ctx ctx = {.arena = a};
    enum err e = route_table_check(&ctx, &(struct route_table){.routes = r, .n = n});
    *ret_why = ctx.problem.log;
    return e;
}

TEST(checks_the_table)
{
    const char *why;
    CHECK_INT(check(rows, table.n, &why), ERR_OK);
    struct route r[2] = {ROW("GET", "/a/{x}"), ROW("GET", "/a/{y}")};
    CHECK_INT(check(r, 2, &why), ERR_CONFIG);
    CHECK(why && strstr(why, "twice"));
    r[1].method = "POST";
    CHECK_INT(check(r, 2, &why), ERR_OK);
    r[1].pattern = "/a/b";
    r[1].method = "GET";
    CHECK_INT(check(r, 2, &why), ERR_OK);

    static const char *const patterns[] = {"a", "", "//", "/a/", "/a//b", "/{", "/a{b}", "/{}"};
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        struct route one = ROW("GET", patterns[i]);
        CHECK_INT(check(&one, 1, &why), ERR_CONFIG);
    }
    struct route one = ROW("HEAD", "/a");
    CHECK_INT(check(&one, 1, &why), ERR_CONFIG);
    one = (struct route)ROW("GET", "/a");
    one.flags = 0; // no permission, and not said to be public
    CHECK_INT(check(&one, 1, &why), ERR_CONFIG);
    CHECK(why && strstr(why, "no permission"));
    one.permission = PERM_self;
    CHECK_INT(check(&one, 1, &why), ERR_OK);
    one.flags = ROUTE_PUBLIC;
    CHECK_INT(check(&one, 1, &why), ERR_CONFIG);
    one.flags = ROUTE_NO_CSRF;
    CHECK_INT(check(&one, 1, &why), ERR_CONFIG);
    one.flags = 0;
    one.pool = POOL_INLINE;
    CHECK_INT(check(&one, 1, &why), ERR_CONFIG);
    one.pool = POOL_MAIN;
    one.handler = NULL;
    CHECK_INT(check(&one, 1, &why), ERR_CONFIG);
}

TESTS("http router", T(finds_routes), T(tells_404_from_405), T(checks_the_table))
