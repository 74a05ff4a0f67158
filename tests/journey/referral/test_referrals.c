// SPDX-License-Identifier: MIT
// Referrals through THE route table: a navigator makes one, a provider answers and delivers it, and
// what goes wrong on the way; pages and API.
#include "journey.h"
#include "test.h"

#include "base/clock.h"
#include "base/uuid.h"

#include <string.h>

static struct arena *a;
static const char words[] =
    "He's got \"nowhere\" to SELECT from <b>\xF0\x9F\x8F\xA0</b>\n\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D";

static const char *path(const char *fmt, const char *x)
{
    if (!a)
        a = arena_new();
    const char *at = strstr(fmt, "%s");
    return arena_printf(a, "%.*s%s%s", (int)(at - fmt), fmt, x, at + 2);
}

static const char *agency(void)
{
    const char *sql = path("select agency_id from access.\"user\" where username = '%s'",
                           visitor_username(journey_visitor("provider")));
    return arena_strdup(a, journey_sql(sql));
}

// Somebody of the navigator's, without conflict, at the provider's site.
static const char *person(void)
{
    static const char *ref;
    if (!ref)
        ref = journey_person("navigator");
    return ref;
}

static const char *id_of(const struct answer *got)
{
    CHECK_INT(got->status, 303);
    CHECK(strncmp(got->location, "/referrals/", 11) == 0);
    return arena_strdup(a, strlen(got->location) > 11 ? got->location + 11 : "none");
}

static const char *made(const char *draft)
{
    const char *target = path("/participants/%s/referrals", person());
    return id_of(visit_post(journey_visitor("navigator"), target, "service", "housing", "provider",
                            agency(), "urgency", "urgent", "needs", "accommodation", "needs",
                            "finance", "reason", words, "risk_summary", "Office only",
                            "outcomes_wanted", "A tenancy", "outcomes_wanted", "", draft,
                            draft ? "true" : NULL, NULL));
}

static const struct answer *moved(const char *role, const char *id, const char *to,
                                  const char *field, const char *text)
{
    return visit_post(journey_visitor(role), path("/referrals/%s/transitions", id), "to", to, field,
                      field ? text : NULL, NULL);
}

static const struct answer *page(const char *role, const char *id)
{
    return visit_get(journey_visitor(role), path("/referrals/%s", id));
}

// The message that the next page shows once.
static bool flashes(const struct answer *got, const char *code)
{
    const char *cookie = answer_header(got, "Set-Cookie");
    return got->status == 303 && cookie && strstr(cookie, code);
}

TEST(the_form_offers_what_is_needed)
{
    const struct answer *got =
        visit_get(journey_visitor("navigator"), path("/participants/%s/referrals/new", person()));
    CHECK_INT(got->status, 200);
    CHECK_INT(got->flushes, 1);
    CHECK(answer_has(got, "What service is needed?"));
    CHECK(strstr(got->body, agency()) != NULL);
    CHECK(answer_input(got, "client_ref") != NULL);
    CHECK_INT(visit_get(journey_visitor("police"), path("/participants/%s/referrals/new", person()))
                  ->status,
              403);
    CHECK_INT(visit_get(journey_visitor("navigator"),
                        path("/participants/%s/referrals/new", journey_nobody()))
                  ->status,
              404);
}

TEST(from_sending_to_the_end)
{
    const char *id = made(NULL);
    const struct answer *got = page("navigator", id);
    CHECK(answer_has(got, words));
    CHECK(answer_has(got, "Withdraw"));
    CHECK(!strstr(got->body, "name=\"to\" value=\"accepted\""));
    got = page("provider", id);
    CHECK_INT(got->status, 200);
    CHECK_INT(got->flushes, 1);
    CHECK(answer_has(got, words));
    CHECK(answer_has(got, "Office only"));
    CHECK(answer_has(got, "A tenancy"));
    CHECK(strstr(got->body, "name=\"to\" value=\"accepted\"") != NULL);
    CHECK(answer_has(got, "Decline"));
    CHECK(flashes(moved("provider", id, "accepted", NULL, NULL), "referral_moved"));
    CHECK(answer_has(page("provider", id), "Start due"));
    CHECK_INT(moved("provider", id, "started", NULL, NULL)->status, 303);
    got = visit_get(journey_visitor("provider"), path("/referrals/%s?step=session", id));
    CHECK(answer_has(got, "Did it happen?"));
    const char *today = date_iso(a, date_today());
    got = visit_post(journey_visitor("provider"), path("/referrals/%s/sessions", id), "held_on",
                     today, "result", "happened", "minutes", "45", "late", "true", "feedback",
                     words, NULL);
    CHECK_INT(got->status, 303);
    got = visit_get(journey_visitor("provider"), path("/referrals/%s?step=ended", id));
    CHECK(answer_has(got, "End this referral"));
    CHECK_INT(moved("provider", id, "ended", "end_report", "Has the keys")->status, 303);
    got = page("navigator", id);
    CHECK(answer_has(got, "Has the keys"));
    CHECK(answer_has(got, "45 minutes"));
    CHECK(answer_has(got, "Ended"));
}

TEST(errors_name_the_field_and_keep_what_was_typed)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *target = path("/participants/%s/referrals", person());
    const struct answer *got =
        visit_post(nav, target, "reason", "", "risk_summary", words, "client_ref",
                   "0192aaaa-bbbb-7ccc-8ddd-eeeeffff1001", NULL);
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "Error: Make a referral"));
    CHECK(strstr(got->body, "href=\"#service\"") && strstr(got->body, "id=\"service\""));
    CHECK(strstr(got->body, "href=\"#provider\"") && strstr(got->body, "id=\"provider\""));
    CHECK(strstr(got->body, "href=\"#reason\"") && strstr(got->body, "id=\"reason\""));
    CHECK(answer_has(got, words));
    CHECK_STR(answer_input(got, "client_ref"), "0192aaaa-bbbb-7ccc-8ddd-eeeeffff1001");
    const char *id = made(NULL);
    got = moved("provider", id, "declined", "reason", "");
    CHECK_INT(got->status, 422);
    CHECK(strstr(got->body, "href=\"#decline_reason\"") &&
          strstr(got->body, "id=\"decline_reason\""));
    CHECK(answer_has(got, "Decline this referral"));
    got = moved("provider", id, "declined", "decline_reason", "no_capacity");
    CHECK_INT(got->status, 303);
    CHECK(answer_has(page("navigator", id), "No capacity"));
}

TEST(a_refused_step_says_what_is_possible)
{
    const char *id = made(NULL);
    CHECK_INT(moved("provider", id, "accepted", NULL, NULL)->status, 303);
    const struct answer *got = moved("provider", id, "ended", "end_report", "Typed with care");
    CHECK_INT(got->status, 409);
    CHECK(answer_has(got, "Started"));
    CHECK(answer_has(got, "What you typed, which has not been saved"));
    CHECK(answer_has(got, "Typed with care"));
    CHECK(flashes(moved("provider", id, "accepted", NULL, NULL), "saved_before")); // pressed twice
    got = visit_post(journey_visitor("provider"), path("/referrals/%s/transitions", id), "to",
                     "started", "version", "1", NULL);
    CHECK_INT(got->status, 412);
    CHECK(answer_has(got, "Somebody else has changed this"));
}

TEST(drafts_wait)
{
    const char *id = made("draft");
    CHECK_INT(page("provider", id)->status, 404);
    CHECK(answer_has(visit_get(journey_visitor("navigator"), "/referrals?view=draft"), "Drafts ("));
    CHECK_INT(moved("navigator", id, "sent", NULL, NULL)->status, 303);
    CHECK_INT(page("provider", id)->status, 200);
}

TEST(twice_is_once)
{
    const char *key = "0192aaaa-bbbb-7ccc-8ddd-eeeeffff1002",
               *target = path("/participants/%s/referrals", person());
    struct visitor *nav = journey_visitor("navigator");
    const struct answer *one = NULL, *two = NULL;
    for (int i = 0; i < 2; i++) {
        const struct answer *got =
            visit_post(nav, target, "service", "debt_and_benefits", "provider", agency(), "reason",
                       "Twice", "client_ref", key, NULL);
        CHECK_INT(got->status, 303);
        if (i)
            two = got;
        else
            one = got;
    }
    CHECK_STR(two->location, one->location);
    const char *id = made(NULL);
    moved("provider", id, "accepted", NULL, NULL);
    moved("provider", id, "started", NULL, NULL);
    for (int i = 0; i < 2; i++)
        CHECK_INT(visit_post(journey_visitor("provider"), path("/referrals/%s/sessions", id),
                             "held_on", date_iso(a, date_today()), "result", "logistics",
                             "client_ref", "0192aaaa-bbbb-7ccc-8ddd-eeeeffff1003", NULL)
                      ->status,
                  303);
    CHECK_STR(
        journey_sql(path("select count(*) from app.referral_session where referral_id = '%s'", id)),
        "1");
}

TEST(lists_and_who_sees_them)
{
    made(NULL);
    static const char *const roles[] = {"navigator", "team_lead", "manager",      "provider",
                                        "police",    "probation", "youth_justice"};
    static const char *const views[] = {"waiting", "open", "ended"};
    for (size_t i = 0; i < 7; i++)
        for (size_t k = 0; k < 3; k++) {
            const struct answer *got =
                visit_get(journey_visitor(roles[i]), path("/referrals?view=%s", views[k]));
            CHECK_INT(got->status, 200);
            CHECK_INT(got->flushes, 1);
        }
    static const char *const others[] = {"evaluator", "trial_manager", "administrator", "auditor"};
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(visit_get(journey_visitor(others[i]), "/referrals")->status, 403);
    CHECK(answer_has(visit_get(journey_visitor("provider"), "/referrals"), "To answer ("));
    CHECK(
        answer_has(visit_get(journey_visitor("navigator"), path("/referrals?person=%s", person())),
                   "Make a referral"));
    CHECK_INT(
        visit_get(journey_visitor("navigator"), path("/referrals?person=%s", journey_nobody()))
            ->status,
        404);
    CHECK_INT(visit_get(journey_visitor("navigator"), "/referrals?after=nonsense")->status, 303);
}

TEST(what_was_typed_comes_back_encoded)
{
    // A page marker that is none leads back to the first page, with all that was asked for.
    const struct answer *got =
        visit_get(journey_visitor("navigator"), "/referrals?after=x&person=a%0Ab&view=open");
    CHECK_INT(got->status, 303);
    CHECK(strstr(got->location, "person=a%0Ab") != NULL);
    CHECK(strstr(got->location, "after=") == NULL);
    got = visit_get(journey_visitor("navigator"), "/referrals?after=x&person=a%26view%3Dended%23%C3%A9");
    CHECK(strstr(got->location, "person=a%26view%3Dended%23%C3%A9") != NULL);
    got = visit_get(journey_visitor("navigator"), "/escalations?after=x&person=a%0Ab");
    CHECK_INT(got->status, 303);
    CHECK(strstr(got->location, "person=a%0Ab") != NULL);
}

TEST(state_only_for_police)
{
    const char *id = made(NULL);
    static const char *const roles[] = {"police", "probation", "youth_justice"};
    for (size_t i = 0; i < 3; i++) {
        const struct answer *got = page(roles[i], id);
        CHECK_INT(got->status, 200);
        CHECK(answer_has(got, "Sent"));
        CHECK(!answer_has(got, words) && !answer_has(got, "Office only") &&
              !answer_has(got, "A tenancy"));
        got = visit_api(journey_visitor(roles[i]), "GET", path("/api/v1/referrals/%s", id), NULL);
        CHECK_STR(answer_json(got, "state"), "sent");
        CHECK(!strstr(got->body, "\"reason\"") && !strstr(got->body, "risk_summary") &&
              !strstr(got->body, "needs"));
        CHECK_INT(moved(roles[i], id, "accepted", NULL, NULL)->status, 403);
    }
}

TEST(api_the_whole_way)
{
    const char *key = "0192aaaa-bbbb-7ccc-8ddd-eeeeffff1004";
    const char *target = path("/api/v1/participants/%s/referrals", person());
    const char *json = arena_printf(
        a,
        "{\"service\":\"mentoring\",\"provider\":\"%s\",\"urgency\":\"routine\","
        "\"needs\":[\"ete\"],\"reason\":\"Wants work\",\"risk_summary\":\"None known\","
        "\"outcomes_wanted\":[\"A job\",\"Better days\"]}",
        agency());
    struct visitor *nav = journey_visitor("navigator"), *provider = journey_visitor("provider");
    const struct answer *got = visit_api_with(nav, "POST", target, json, key, NULL);
    CHECK_INT(got->status, 201);
    const char *id = arena_strdup(a, answer_json(got, "id") ? answer_json(got, "id") : "none");
    CHECK_STR(got->location, path("/api/v1/referrals/%s", id));
    CHECK_STR(answer_json(got, "state"), "sent");
    CHECK(!strstr(got->body, "Wants work"));
    const struct answer *again = visit_api_with(nav, "POST", target, json, key, NULL);
    CHECK_INT(again->status, 201);
    CHECK_STR(again->body, got->body);
    got = visit_api(provider, "GET", path("/api/v1/referrals/%s", id), NULL);
    CHECK_STR(answer_json(got, "reason"), "Wants work");
    CHECK_STR(answer_json(got, "outcomes_wanted.1"), "Better days");
    CHECK_INT(answer_json_count(got, "events"), 1);
    got = visit_api(provider, "POST", path("/api/v1/referrals/%s/transitions", id),
                    "{\"to\":\"ended\"}");
    CHECK_INT(got->status, 409);
    CHECK(answer_has(got, "Possible next: accepted, declined, withdrawn"));
    got = visit_api(provider, "POST", path("/api/v1/referrals/%s/transitions", id),
                    "{\"to\":\"accepted\"}");
    CHECK_INT(got->status, 200);
    CHECK_STR(answer_json(got, "state"), "accepted");
    got = visit_api(provider, "POST", path("/api/v1/referrals/%s/transitions", id),
                    "{\"to\":\"started\"}");
    CHECK_STR(answer_json(got, "state"), "started");
    got = visit_api(
        provider, "POST", path("/api/v1/referrals/%s/sessions", id),
        arena_printf(
            a, "{\"held_on\":\"%s\",\"result\":\"happened\",\"minutes\":30,\"feedback\":\"Good\"}",
            date_iso(a, date_today())));
    CHECK_INT(got->status, 201);
    CHECK(!strstr(got->body, "Good"));
    got = visit_api(provider, "POST", path("/api/v1/referrals/%s/transitions", id),
                    "{\"to\":\"ended\",\"reason\":\"Working now\"}");
    CHECK_STR(answer_json(got, "end_report"), "Working now");
    CHECK_STR(answer_json(got, "sessions.0.feedback"), "Good");
    got = visit_api(nav, "GET",
                    path("/api/v1/participants/%s/referrals?state=ended&limit=1", person()), NULL);
    CHECK_INT(answer_json_count(got, "items"), 1);
}

TEST(api_bad_input_names_fields_and_stores_nothing)
{
    static const char *const bad[][2] = {
        {"{\"service\":\"alchemy\",\"provider\":\"x\",\"reason\":\"y\"}", "/service"},
        {"{\"service\":\"health\",\"provider\":\"no such agency\",\"reason\":\"y\"}", "/provider"},
        {"{\"service\":\"health\",\"provider\":\"x\"}", "/reason"},
        {"{\"service\":\"health\",\"provider\":\"x\",\"reason\":\"y\",\"urgency\":\"now\"}",
         "/urgency"},
        {"{\"service\":\"health\",\"provider\":\"x\",\"reason\":\"y\",\"needs\":[\"gold\"]}",
         "/needs"},
        {"{\"service\":\"health\",\"provider\":\"x\",\"reason\":\"y\",\"colour\":\"red\"}",
         "/colour"},
    };
    const char *count = path("select count(*) from app.referral%s", "");
    const char *before = arena_strdup(a, journey_sql(count));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct answer *got =
            visit_api(journey_visitor("navigator"), "POST",
                      path("/api/v1/participants/%s/referrals", person()), bad[i][0]);
        CHECK_INT(got->status, 422);
        CHECK_STR(answer_json(got, "errors.0.pointer"), bad[i][1]);
    }
    CHECK_STR(journey_sql(count), before);
}

TEST(what_is_not_ones_own_is_not_there)
{
    const char *id = made(NULL);
    // Now it was sent to another agency: the provider has it no more.
    journey_sql(path("begin; set local session_replication_role = replica;"
                     "update app.referral set provider_id = (select g.id from access.agency g "
                     "where g.kind = 'provider'"
                     " and g.id <> provider_id limit 1) where id = '%s'; commit",
                     id));
    struct visitor *provider = journey_visitor("provider");
    CHECK_INT(visit_api(provider, "GET", path("/api/v1/referrals/%s", id), NULL)->status, 404);
    CHECK_INT(visit_api(provider, "POST", path("/api/v1/referrals/%s/transitions", id),
                        "{\"to\":\"accepted\"}")
                  ->status,
              404);
    struct visitor *nav = journey_visitor("navigator");
    const struct answer *absent = visit_get(nav, path("/referrals/%s", uuid_new(a)));
    CHECK_INT(absent->status, 404);
    CHECK_INT(visit_get(nav, "/referrals/not-an-id")->status, 404);
}

TESTS("referrals", T(the_form_offers_what_is_needed), T(from_sending_to_the_end),
      T(errors_name_the_field_and_keep_what_was_typed), T(a_refused_step_says_what_is_possible),
      T(drafts_wait), T(twice_is_once), T(lists_and_who_sees_them), T(what_was_typed_comes_back_encoded),
      T(state_only_for_police),
      T(api_the_whole_way), T(api_bad_input_names_fields_and_stores_nothing),
      T(what_is_not_ones_own_is_not_there))
