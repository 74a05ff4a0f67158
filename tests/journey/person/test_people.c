// SPDX-License-Identifier: MIT
// Finding and listing people, on pages and over the API: what is found, by whom, and what an
// invisible person changes: nothing.
#include "journey.h"

#include "base/arena.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *make(const char *role, const char *given, const char *family, const char *more)
{
    struct visitor *v = journey_visitor(role);
    struct arena *a = journey_ctx()->arena;
    const char *json = arena_printf(a,
                                    "{\"given_name\": \"%s\", \"family_name\": \"%s\","
                                    " \"date_of_birth\": \"2004-03-12\"%s%s}",
                                    given, family, *more ? ", " : "", more);
    const struct answer *r = visit_api_with(v, "POST", "/api/v1/participants", json, NULL, NULL);
    if (r->status != 201)
        fprintf(stderr, "%.*s\n", (int)r->n, r->body);
    CHECK_INT(r->status, 201);
    const char *ref = answer_json(r, "ref");
    CHECK_FATAL(ref != NULL);
    return arena_strdup(a, ref);
}

static const struct answer *search(const char *role, const char *query)
{
    struct arena *a = journey_ctx()->arena;
    struct visitor *v = journey_visitor(role);
    return visit_api(v, "GET", arena_printf(a, "/api/v1/participants?q=%s", query), NULL);
}

static const char *first_ref(const struct answer *r)
{
    const char *ref = answer_json(r, "items.0.ref");
    return ref ? ref : "nobody";
}

static const char *johnson, *pawel;

static void start(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    johnson = make("navigator", "Darnley", "Johnson",
                   "\"known_as\": \"Stepz\", \"aliases\": [\"Dex Wolverhampton\"], \"pnc\": "
                   "\"2004/0123456B\"");
    pawel = make("navigator", "Pawe\xc5\x82",
                 "\xc5\xbb"
                 "urawski",
                 "");
    journey_index();
}

TEST(misspelt_names_aliases_dates_and_numbers)
{
    start();
    static const char *const queries[] = {
        "Jonson",     "johnson%20darnly",    "Darnley%20Jhonson",
        "stepz",      "wolverhamton",        "2004/0123456B",
        "04/123456b", "johnson%2012/3/2004", "Johnson%2012-Mar-04"};
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        const struct answer *r = search("navigator", queries[i]);
        CHECK_INT(r->status, 200);
        if (strcmp(first_ref(r), johnson) != 0)
            fprintf(stderr, "query %s: %.*s\n", queries[i], (int)r->n, r->body);
        CHECK_STR(first_ref(r), johnson);
    }
    CHECK_STR(first_ref(search("navigator", "Zurawsky")), pawel);
    CHECK_STR(first_ref(search("navigator", "pawel%20zurawski")), pawel);
    CHECK_STR(first_ref(search("navigator", pawel)), pawel);
    struct arena *a = journey_ctx()->arena;
    char *lower = arena_strdup(a, pawel);
    for (char *p = lower; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    CHECK_STR(first_ref(search("navigator", lower)), pawel);
    const struct answer *r = search("navigator", "Johnson");
    CHECK_STR(answer_json(r, "items.0.name"), "Darnley Johnson");
    CHECK_STR(answer_json(r, "items.0.status"), "not_yet_offered");
    CHECK(answer_json(r, "items.0.worker") != NULL);
    CHECK(answer_json(r, "items.0.participant_id") == NULL);
    CHECK_INT(r->flushes, 2);
}

TEST(police_find_by_name_and_probation_only_its_own)
{
    start();
    const struct answer *r = search("police", "Jonson");
    CHECK_STR(first_ref(r), johnson);
    CHECK_STR(answer_json(r, "items.0.name"), "Darnley Johnson");
    // nobody supervises him: probation may not learn whose the reference is, by searching either
    r = search("probation", "Jonson");
    CHECK_INT(answer_json_count(r, "items"), 0);
    r = search("probation", johnson);
    CHECK_STR(first_ref(r), johnson);
    CHECK(answer_json(r, "items.0.name") == NULL);
    CHECK(!answer_has(r, "Darnley"));
    const struct answer *page = visit_get(journey_visitor("police"), "/participants?q=Jonson");
    CHECK_INT(page->status, 200);
    CHECK(answer_has(page, "Darnley Johnson"));
    struct arena *a = journey_ctx()->arena;
    CHECK(answer_has(page, arena_printf(a, "/participants/%s/status", johnson)));
    page = visit_get(journey_visitor("probation"), "/participants?q=Jonson");
    CHECK(!answer_has(page, johnson));
    CHECK(!answer_has(page, "Darnley"));
}

TEST(invisible_people_change_nothing)
{
    start();
    // the other navigator has another caseload: name, alias, number and reference find nobody there
    static const char *const queries[] = {"Jonson", "wolverhampton", "2004/0123456B"};
    const struct answer *none = search("navigator2", "Qwertzuiop");
    CHECK_INT(answer_json_count(none, "items"), 0);
    for (size_t k = 0; k < 3; k++) {
        const struct answer *found = search("navigator2", queries[k]);
        CHECK_INT(found->status, 200);
        CHECK(!answer_has(found, johnson));
    }
    const struct answer *by_ref = search("navigator2", johnson);
    const struct answer *nobody = search("navigator2", journey_nobody());
    CHECK_INT(by_ref->n, nobody->n);
    CHECK(memcmp(by_ref->body, nobody->body, by_ref->n) == 0);
    const struct answer *r =
        visit_api(journey_visitor("provider"), "GET", "/api/v1/participants?q=Jonson", NULL);
    CHECK_INT(r->status, 403);
    r = visit_api(journey_visitor("administrator"), "GET", "/api/v1/participants", NULL);
    CHECK_INT(r->status, 403);
}

// Everybody is listed once, whatever the page size, and no more than the site holds.
TEST(pages_of_a_list)
{
    start();
    struct visitor *v = journey_visitor("manager");
    struct arena *a = journey_ctx()->arena;
    const char *after = NULL, *last = "";
    long seen = 0;
    for (int page = 0; page < 50; page++) {
        const char *target = after ? arena_printf(a, "/api/v1/participants?limit=7&after=%s", after)
                                   : "/api/v1/participants?limit=7";
        const struct answer *r = visit_api(v, "GET", target, NULL);
        CHECK_INT(r->status, 200);
        CHECK_INT(r->flushes, 1);
        int n = answer_json_count(r, "items");
        CHECK(n <= 7);
        for (int i = 0; i < n && after; i++) {
            const char *ref = answer_json(r, arena_printf(r->arena, "items.%d.ref", i));
            CHECK(strcmp(ref, last) > 0);
            last = arena_strdup(a, ref);
        }
        seen += n;
        const char *next = answer_json(r, "next");
        if (!after && n)
            last = arena_strdup(a, answer_json(r, arena_printf(r->arena, "items.%d.ref", n - 1)));
        after = next ? arena_strdup(a, next) : NULL;
        if (!after)
            break;
    }
    long all = strtol(
        journey_sql("select count(*) from app.participant where site_id = 'leicester'"), NULL, 10);
    CHECK_INT(seen, all);
}

TEST(filters_agree_with_the_status)
{
    start();
    struct visitor *v = journey_visitor("manager");
    static const char *const statuses[] = {"engaged",         "wavering",       "disengaged",
                                           "not_yet_offered", "offer_declined", "suspended",
                                           "closed"};
    struct arena *a = journey_ctx()->arena;
    for (size_t i = 0; i < 7; i++) {
        const struct answer *r = visit_api(
            v, "GET", arena_printf(a, "/api/v1/participants?limit=200&status=%s", statuses[i]),
            NULL);
        long want = strtol(
            journey_sql(arena_printf(a,
                                     "select count(*) from app.engagement_now where status = '%s'"
                                     " and site_id = 'leicester'",
                                     statuses[i])),
            NULL, 10);
        CHECK(want > 0);
        CHECK_INT(answer_json_count(r, "items"), want);
        for (int n = 0; n < answer_json_count(r, "items"); n++)
            CHECK_STR(answer_json(r, arena_printf(r->arena, "items.%d.status", n)), statuses[i]);
    }
    const struct answer *none =
        visit_api(v, "GET", "/api/v1/participants?worker=none&limit=200", NULL);
    CHECK_INT(answer_json_count(none, "items"),
              strtol(journey_sql("select count(*) from app.participant where worker_id is null and"
                                 " site_id = 'leicester'"),
                     NULL, 10));
    const struct answer *mine = visit_api(journey_visitor("navigator"), "GET",
                                          "/api/v1/participants?worker=me&limit=200", NULL);
    const struct answer *all =
        visit_api(journey_visitor("navigator"), "GET", "/api/v1/participants?limit=200", NULL);
    CHECK(answer_json_count(all, "items") > 0);
    CHECK_INT(answer_json_count(mine, "items"), answer_json_count(all, "items"));
}

TEST(refusals_name_the_field)
{
    start();
    struct visitor *v = journey_visitor("manager");
    static const char *const bad[] = {"limit=201",  "limit=0",      "status=happy",
                                      "worker=bob", "after=%21%21", "colour=red"};
    for (size_t i = 0; i < 6; i++) {
        const struct answer *r = visit_api(
            v, "GET", arena_printf(journey_ctx()->arena, "/api/v1/participants?%s", bad[i]), NULL);
        if (r->status != 422)
            fprintf(stderr, "%s\n", bad[i]);
        CHECK_INT(r->status, 422);
        CHECK(answer_json(r, "errors.0.pointer") != NULL);
    }
    // a page forgives what nobody typed
    CHECK_INT(visit_get(v, "/participants?status=happy&worker=bob&after=%21%21")->status, 200);
}

TEST(the_page_explains_itself)
{
    start();
    const struct answer *p = visit_get(journey_visitor("navigator"), "/participants?q=Qwertzuiop");
    CHECK_INT(p->status, 200);
    CHECK(answer_has(p, "Nobody matches."));
    CHECK(answer_has(p, "Only people on your own caseload are shown."));
    CHECK_STR(answer_input(p, "q"), "Qwertzuiop");
    p = visit_get(journey_visitor("navigator"), "/participants");
    CHECK(answer_has(p, "Darnley Johnson"));
    CHECK(answer_has(p, "/participants/new"));
    p = visit_get(journey_visitor("police"), "/participants?q=%3Cscript%3Ealert(1)%3C/script%3E");
    CHECK_INT(p->status, 200);
    CHECK(strstr(p->body, "<script>alert") == NULL);
    CHECK(strstr(p->body, "/participants/new") == NULL);
}

// Each look at people is on record with exactly those shown.
TEST(lists_are_audited)
{
    start();
    const struct answer *r = search("police", "Jonson");
    int shown = answer_json_count(r, "items");
    CHECK(shown > 0);
    CHECK_INT(
        strtol(journey_sql(
                   "select cardinality(subjects) from audit.event where action = 'people_listed'"
                   " order by id desc limit 1"),
               NULL, 10),
        shown);
    CHECK_STR(journey_sql("select detail from audit.event where action = 'people_listed' order by "
                          "id desc limit 1"),
              "page=search");
    CHECK_STR(journey_sql("select count(*) from audit.event where detail ilike '%jonson%'"), "0");
}

TESTS("people", T(misspelt_names_aliases_dates_and_numbers),
      T(police_find_by_name_and_probation_only_its_own), T(invisible_people_change_nothing),
      T(pages_of_a_list), T(filters_agree_with_the_status), T(refusals_name_the_field),
      T(the_page_explains_itself), T(lists_are_audited))
