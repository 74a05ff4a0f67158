// SPDX-License-Identifier: MIT
// Administration through THE route table: an administrator adds, changes, disables and resets
// accounts and never sees a case; a manager has the own site's; an auditor reads the log.
#include "journey.h"
#include "test.h"

#include "base/uuid.h"

#include <stdlib.h>
#include <string.h>

static struct arena *a;

static const char *one(const char *fmt, const char *x)
{
    if (!a)
        a = arena_new();
    const char *at = strstr(fmt, "%s");
    return arena_printf(a, "%.*s%s%s", (int)(at - fmt), fmt, x, at + 2);
}

static const char *sql(const char *text)
{
    if (!a)
        a = arena_new();
    return arena_strdup(a, journey_sql(text));
}

static const char *id_of(const char *username)
{
    return sql(one("select id from access.\"user\" where username = '%s'", username));
}

// The first password of the answer: four groups with hyphens between, in an element of its own.
static const char *password_on(const struct answer *got)
{
    for (const char *s = got->body; (s = strchr(s, '>')); s++) {
        size_t n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
        const char *word = arena_strndup(a, s + 1, n);
        int hyphens = 0;
        for (const char *c = word; *c; c++)
            hyphens += *c == '-';
        if (n >= 15 && hyphens == 3 && s[1 + n] == '<')
            return word;
    }
    return NULL;
}

static const struct answer *add(struct visitor *v, const char *username, const char *role,
                                const char *site, const char *ref)
{
    return visit_post(v, "/users", "username", username, "display_name", "Robin O'Hara", "role",
                      role, "site", site, "team", "", "agency", "", "client_ref", ref, NULL);
}

TEST(administrator_adds_an_account)
{
    struct visitor *v = journey_visitor("administrator");
    CHECK_INT(visit_get(v, "/users")->status, 200);
    CHECK_INT(visit_get(v, "/users/new")->status, 200);
    const char *ref = sql("select gen_random_uuid()");
    const struct answer *got = add(v, "Robin.OHara", "navigator", "leicester", ref);
    CHECK_INT(got->status, 200);
    CHECK(answer_has(got, "Robin O'Hara"));
    const char *password = password_on(got);
    CHECK_FATAL(password != NULL);
    // Pressed twice: one account, and the password is not shown again.
    got = add(v, "Robin.OHara", "navigator", "leicester", ref);
    CHECK_INT(got->status, 303);
    CHECK_STR(sql("select count(*) from access.\"user\" where username = 'robin.ohara'"), "1");
    // It opens the way to a new password and nothing else.
    struct visitor *robin = journey_sign_in("robin.ohara", password);
    got = visit_get(robin, "/participants");
    CHECK(got->status == 303 || got->status == 403);
    CHECK_INT(visit_api(robin, "GET", "/api/v1/participants", NULL)->status, 403);
    CHECK_INT(visit_get(robin, "/account")->status, 200);
    CHECK_STR(sql("select count(*) from audit.event where action = 'user_added'"), "1");
}

TEST(mistakes_refill_the_form)
{
    struct visitor *v = journey_visitor("administrator");
    const struct answer *got =
        add(v, "robin.ohara", "navigator", "leicester", sql("select gen_random_uuid()"));
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "That username is taken"));
    CHECK_STR(answer_input(got, "display_name"), "Robin O'Hara");
    got = add(v, "two words", "navigator", "leicester", sql("select gen_random_uuid()"));
    CHECK_INT(got->status, 422);
    got = add(v, "nobody.where", "navigator", "", sql("select gen_random_uuid()"));
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "Choose a site"));
    got = add(v, "provider.none", "provider", "leicester", sql("select gen_random_uuid()"));
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "Choose an agency"));
    got = add(v, "", "", "", sql("select gen_random_uuid()"));
    CHECK_INT(got->status, 422);
    CHECK_STR(sql("select count(*) from access.\"user\" where display_name = 'Robin O''Hara'"),
              "1");
}

TEST(changes_disables_and_resets)
{
    struct visitor *v = journey_visitor("administrator");
    const char *id = id_of("robin.ohara"), *page = one("/users/%s", id);
    const struct answer *got = visit_get(v, page);
    CHECK_INT(got->status, 200);
    const char *version = arena_strdup(a, answer_input(got, "version"));
    got = visit_post(v, page, "version", version, "display_name", "Robin Hart", "role", "navigator",
                     "site", "leicester", "team", "", "agency", "", NULL);
    CHECK_INT(got->status, 303);
    CHECK_STR(sql(one("select display_name from access.\"user\" where id = '%s'", id)),
              "Robin Hart");
    // From the page as it was before: somebody else was first.
    got = visit_post(v, page, "version", version, "display_name", "Robin Hurt", "role", "navigator",
                     "site", "leicester", "team", "", "agency", "", NULL);
    CHECK_INT(got->status, 412);
    CHECK_STR(answer_input(got, "display_name"), "Robin Hurt");
    CHECK_INT(visit_post(v, one("/users/%s/disable", id), NULL)->status, 303);
    CHECK(answer_has(visit_get(v, page), "Enable this account"));
    CHECK_INT(visit_post(v, one("/users/%s/enable", id), NULL)->status, 303);
    got = visit_post(v, one("/users/%s/reset", id), NULL);
    CHECK_INT(got->status, 200);
    const char *password = password_on(got);
    CHECK_FATAL(password != NULL);
    CHECK(journey_sign_in("robin.ohara", password) != NULL);
    CHECK_STR(
        sql(one("select string_agg(action, ' ' order by id) from audit.event where object_id = '%s'"
                " and action like 'user_%'",
                id)),
        "user_added user_changed user_disabled user_enabled user_reset");
    const char *self = id_of(visitor_username(v));
    CHECK_INT(visit_post(v, one("/users/%s/disable", self), NULL)->status, 409);
}

TEST(manager_has_the_own_site_only)
{
    struct visitor *m = journey_visitor("manager");
    const char *site =
        sql(one("select site_id from access.\"user\" where username = '%s'", visitor_username(m)));
    const char *other =
        sql(one("select id from access.\"user\" where site_id <> '%s' limit 1", site));
    const char *above = sql("select id from access.\"user\" where role = 'administrator' limit 1");
    const struct answer *hidden = visit_get(m, one("/users/%s", other));
    CHECK_INT(hidden->status, 404);
    CHECK_INT(visit_get(m, one("/users/%s", uuid_new(a)))->status, 404);
    CHECK_INT(visit_post(m, one("/users/%s/reset", other), NULL)->status, 404);
    CHECK_INT(visit_post(m, one("/users/%s/disable", above), NULL)->status, 404);
    const struct answer *list = visit_api(m, "GET", "/api/v1/users?limit=200", NULL);
    CHECK_INT(list->status, 200);
    for (int i = 0; i < answer_json_count(list, "items"); i++)
        CHECK_STR(answer_json(list, arena_printf(a, "items.%d.site", i)), site);
    CHECK(answer_json_count(list, "items") > 3);
    // No role that sees across sites, and no other site.
    CHECK_INT(add(m, "new.auditor", "auditor", site, sql("select gen_random_uuid()"))->status, 403);
    const char *else_where = strcmp(site, "leicester") == 0 ? "rutland" : "leicester";
    CHECK_INT(
        add(m, "new.navigator", "navigator", else_where, sql("select gen_random_uuid()"))->status,
        404);
    CHECK_STR(sql("select count(*) from access.\"user\" where username like 'new.%'"), "0");
}

TEST(agencies_and_teams)
{
    struct visitor *v = journey_visitor("administrator");
    const struct answer *got = visit_post(v, "/agencies", "name", "Open Door & Sons", "kind",
                                          "provider", "site", "", NULL);
    CHECK_INT(got->status, 303);
    got = visit_post(v, "/agencies", "name", "Open Door & Sons", "kind", "provider", "site", "",
                     NULL);
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "already"));
    got = visit_post(v, "/teams", "name", "Night team", "site", "leicester", "agency", "", NULL);
    CHECK_INT(got->status, 303);
    got = visit_get(v, "/agencies");
    CHECK(answer_has(got, "Open Door & Sons"));
    CHECK(answer_has(got, "Night team"));
    CHECK_STR(sql("select count(*) from audit.event where action = 'agency_changed'"), "2");
    got = visit_api(journey_visitor("navigator"), "GET", "/api/v1/agencies?kind=provider", NULL);
    CHECK_INT(got->status, 200);
    CHECK(strstr(got->body, "Open Door & Sons") != NULL);
    CHECK_INT(visit_post(journey_visitor("manager"), "/agencies", "name", "Mine", "kind",
                         "provider", "site", "", NULL)
                  ->status,
              403);
}

TEST(administrator_sees_no_case)
{
    struct visitor *v = journey_visitor("administrator");
    const char *ref = journey_person("navigator");
    static const char *const pages[] = {"/participants/%s",
                                        "/participants/%s/status",
                                        "/participants/%s/contacts",
                                        "/participants/%s/details",
                                        "/api/v1/participants/%s",
                                        "/api/v1/participants/%s/status",
                                        "/api/v1/participants/%s/contacts"};
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        CHECK_INT(visit_get(v, one(pages[i], ref))->status, 403);
    static const char *const lists[] = {"/participants", "/referrals", "/escalations", "/caseloads",
                                        "/reports",      "/exports",   "/audit"};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        CHECK_INT(visit_get(v, lists[i])->status, 403);
    for (size_t i = 0; i < 3; i++) {
        static const char *const none[] = {"navigator", "police", "provider"};
        CHECK_INT(visit_get(journey_visitor(none[i]), "/users")->status, 403);
        CHECK_INT(visit_api(journey_visitor(none[i]), "GET", "/api/v1/users", NULL)->status, 403);
    }
}

TEST(auditor_reads_the_log)
{
    const char *ref = arena_strdup(a, journey_person("navigator"));
    (void)visit_get(journey_visitor("navigator"), one("/participants/%s", ref));
    struct visitor *v = journey_visitor("auditor");
    const struct answer *got = visit_get(v, "/audit");
    CHECK_INT(got->status, 200);
    got = visit_api(v, "GET", one("/api/v1/audit?ref=%s", ref), NULL);
    CHECK_INT(got->status, 200);
    CHECK(answer_json_count(got, "items") > 0);
    for (int i = 0; i < answer_json_count(got, "items"); i++) {
        const char *refs = answer_json(got, arena_printf(a, "items.%d.refs", i));
        const char *people = answer_json(got, arena_printf(a, "items.%d.people", i));
        CHECK(atoi(people) > 5 || (refs && strstr(refs, ref)));
    }
    got = visit_api(v, "GET", "/api/v1/audit?action=user_added", NULL);
    CHECK_INT(answer_json_count(got, "items"), 1);
    // A page at a time, newest first, none twice.
    long last = 0;
    const char *after = NULL;
    for (int page = 0; page < 4; page++) {
        got = visit_api(
            v, "GET",
            after ? one("/api/v1/audit?limit=5&after=%s", after) : "/api/v1/audit?limit=5", NULL);
        for (int i = 0; i < answer_json_count(got, "items"); i++) {
            long id = atol(answer_json(got, arena_printf(a, "items.%d.id", i)));
            CHECK(last == 0 || id < last);
            last = id;
        }
        CHECK_FATAL(answer_json(got, "next") != NULL);
        after = arena_strdup(a, answer_json(got, "next"));
    }
    // Looking is on the log itself.
    got = visit_api(v, "GET", "/api/v1/audit?action=audit_viewed", NULL);
    CHECK(answer_json_count(got, "items") > 4);
    CHECK_INT(visit_get(v, "/audit?from=31/2/2026")->status, 422);
    CHECK_INT(visit_get(v, one("/participants/%s", ref))->status, 403);
}

TEST(others_see_their_part_of_the_log)
{
    struct visitor *n = journey_visitor("navigator");
    const struct answer *got = visit_api(n, "GET", "/api/v1/audit?limit=200", NULL);
    CHECK_INT(got->status, 200);
    const char *name = sql(
        one("select display_name from access.\"user\" where username = '%s'", visitor_username(n)));
    int rows = answer_json_count(got, "items");
    CHECK(rows > 0);
    for (int i = 0; i < rows; i++)
        CHECK_STR(answer_json(got, arena_printf(a, "items.%d.user_name", i)), name);
    struct visitor *m = journey_visitor("manager");
    const char *site =
        sql(one("select site_id from access.\"user\" where username = '%s'", visitor_username(m)));
    got = visit_api(m, "GET", "/api/v1/audit?limit=200", NULL);
    for (int i = 0; i < answer_json_count(got, "items"); i++)
        CHECK_STR(answer_json(got, arena_printf(a, "items.%d.site", i)), site);
    CHECK_INT(visit_get(journey_visitor("police"), "/audit")->status, 403);
}

TESTS("admin", T(administrator_adds_an_account), T(mistakes_refill_the_form),
      T(changes_disables_and_resets), T(manager_has_the_own_site_only), T(agencies_and_teams),
      T(administrator_sees_no_case), T(auditor_reads_the_log), T(others_see_their_part_of_the_log))
