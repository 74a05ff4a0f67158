// SPDX-License-Identifier: MIT
// Escalations through THE route table: raised by a navigator, decided by a manager, acted on by the
// police, and what goes wrong on the way; pages and API.
#include "journey.h"
#include "test.h"

#include "base/clock.h"
#include "base/uuid.h"

#include <string.h>

static struct arena *a;
static const char words[] =
    "Didn't answer \"4\" calls; <i>seen</i> with \xF0\x9F\x94\xAA; SELECT * FROM street";

static const char *path(const char *fmt, const char *x)
{
    if (!a)
        a = arena_new();
    const char *at = strstr(fmt, "%s");
    return arena_printf(a, "%.*s%s%s", (int)(at - fmt), fmt, x, at + 2);
}

static const char *person(void)
{
    static const char *ref;
    if (!ref)
        ref = journey_person("navigator");
    return ref;
}

static const char *raised(void)
{
    const struct answer *got =
        visit_post(journey_visitor("navigator"), path("/participants/%s/escalations", person()),
                   "trigger", "continued_violence", "triggered_on", date_iso(a, date_today() - 2),
                   "evidence", words, NULL);
    CHECK_INT(got->status, 303);
    CHECK(strncmp(got->location, "/escalations/", 13) == 0);
    return arena_strdup(a, strlen(got->location) > 13 ? got->location + 13 : "none");
}

static const struct answer *moved(const char *role, const char *id, const char *to,
                                  const char *reason)
{
    return visit_post(journey_visitor(role), path("/escalations/%s/transitions", id), "to", to,
                      "reason", reason ? reason : "", NULL);
}

static const struct answer *page(const char *role, const char *id)
{
    return visit_get(journey_visitor(role), path("/escalations/%s", id));
}

// The message that the next page shows once.
static bool flashes(const struct answer *got, const char *code)
{
    const char *cookie = answer_header(got, "Set-Cookie");
    return got->status == 303 && cookie && strstr(cookie, code);
}

TEST(raised_decided_acted_on)
{
    const struct answer *got =
        visit_get(journey_visitor("navigator"), path("/participants/%s/escalations/new", person()));
    CHECK_INT(got->status, 200);
    CHECK_INT(got->flushes, 1);
    const char *id = raised();
    got = page("navigator", id);
    CHECK(answer_has(got, words));
    CHECK(!strstr(got->body, "name=\"to\""));
    got = page("manager", id);
    CHECK_INT(got->flushes, 1);
    CHECK(answer_has(got, "Decision due"));
    CHECK(answer_has(got, "Engagement now"));
    CHECK(answer_has(got, "Last contacts"));
    CHECK(answer_has(got, "2 days"));
    CHECK_INT(moved("manager", id, "under_review", NULL)->status, 303);
    got = page("manager", id);
    CHECK(answer_has(got, "What do you decide?"));
    got = visit_post(journey_visitor("manager"), path("/escalations/%s/transitions", id), "to",
                     "approved", "actions", "warning_letter", "actions", "joint_visit", NULL);
    CHECK(flashes(got, "escalation_moved"));
    got = visit_get(journey_visitor("police"), "/escalations?view=act&trigger=continued_violence");
    CHECK(strstr(got->body, id) != NULL);
    got = page("police", id);
    CHECK(answer_has(got, "Agreed: Warning letter"));
    CHECK(answer_has(got, "Record an action"));
    got = visit_post(journey_visitor("police"), path("/escalations/%s/actions", id), "action",
                     "joint_visit", "taken_on", date_iso(a, date_today()), "note",
                     "Calm at the door", NULL);
    CHECK(flashes(got, "action_saved"));
    got = page("police", id);
    CHECK(answer_has(got, "Calm at the door"));
    CHECK(answer_has(got, "Action taken"));
    CHECK_INT(moved("police", id, "reviewed", NULL)->status, 303);
    got = moved("manager", id, "closed", "");
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "Close this escalation"));
    CHECK(strstr(got->body, "href=\"#reason\"") && strstr(got->body, "id=\"reason\""));
    CHECK_INT(moved("manager", id, "closed", "No more since")->status, 303);
    CHECK(answer_has(page("manager", id), "No more since"));
}

TEST(errors_keep_what_was_typed)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *target = path("/participants/%s/escalations", person());
    const struct answer *got =
        visit_post(nav, target, "evidence", words, "triggered_on-day", "31", "triggered_on-month",
                   "2", "triggered_on-year", "2026", NULL);
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, words));
    CHECK(strstr(got->body, "href=\"#trigger\"") && strstr(got->body, "id=\"trigger\""));
    CHECK(strstr(got->body, "href=\"#triggered_on-day\"") ||
          strstr(got->body, "href=\"#triggered_on\""));
    CHECK_STR(answer_input(got, "triggered_on-day"), "31");
    const char *id = raised();
    CHECK_INT(moved("manager", id, "under_review", NULL)->status, 303);
    got = moved("manager", id, "not_approved", "");
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "Enter a reason"));
    got = visit_post(journey_visitor("manager"), path("/escalations/%s/transitions", id), "to",
                     "deferred", "reason", "Typed with care", "version", "1", NULL);
    CHECK_INT(got->status, 412);
    CHECK(answer_has(got, "Somebody else has changed this"));
    CHECK(answer_has(got, "Typed with care"));
    CHECK_INT(moved("manager", id, "deferred", "Hospital first")->status, 303);
    CHECK(flashes(moved("manager", id, "deferred", "Hospital first"),
                  "saved_before")); // pressed twice
    CHECK_STR(journey_sql(
                  path("select count(*) from app.escalation_event where to_state = 'deferred' and "
                       "escalation_id = '%s'",
                       id)),
              "1");
}

TEST(a_success_since_is_said)
{
    const char *id = raised();
    journey_sql(
        path("update app.escalation set raised_at = now() - interval '1 day' where id = '%s'", id));
    const char *when = time_iso(a, clock_now_us() / 1000000 * 1000000 - 60000000);
    const struct answer *got = visit_api(
        journey_visitor("navigator"), "POST", path("/api/v1/participants/%s/contacts", person()),
        arena_printf(a,
                     "{\"happened_at\":\"%s\",\"direction\":\"inbound\",\"mode\":\"phone\","
                     "\"outcome\":\"spoke\","
                     "\"minutes\":5,\"purposes\":[\"review\"]}",
                     when));
    CHECK_INT(got->status, 201);
    CHECK(answer_has(page("manager", id),
                     "There has been a successful contact since this was raised"));
    got = visit_api(journey_visitor("manager"), "GET", path("/api/v1/escalations/%s", id), NULL);
    CHECK_STR(answer_json(got, "re_engaged_at"), when);
    CHECK(
        answer_has(visit_get(journey_visitor("manager"), path("/escalations?person=%s", person())),
                   "Successful contact since"));
}

TEST(lists_and_who_sees_them)
{
    raised();
    static const char *const roles[] = {"navigator", "team_lead", "manager",
                                        "police",    "probation", "youth_justice"};
    static const char *const views[] = {"decide", "act", "open", "closed"};
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 4; k++) {
            const struct answer *got =
                visit_get(journey_visitor(roles[i]), path("/escalations?view=%s", views[k]));
            CHECK_INT(got->status, 200);
            CHECK_INT(got->flushes, 1);
        }
    static const char *const others[] = {"provider", "evaluator", "trial_manager", "administrator",
                                         "auditor"};
    for (size_t i = 0; i < 5; i++)
        CHECK_INT(visit_get(journey_visitor(others[i]), "/escalations")->status, 403);
    CHECK_INT(visit_get(journey_visitor("navigator"), "/escalations/not-an-id")->status, 404);
    CHECK_INT(visit_get(journey_visitor("navigator"), path("/escalations/%s", uuid_new(a)))->status,
              404);
}

TEST(api_the_whole_way)
{
    struct visitor *nav = journey_visitor("navigator"), *manager = journey_visitor("manager");
    const char *key = "0192aaaa-bbbb-7ccc-8ddd-eeeeffff2001";
    const char *target = path("/api/v1/participants/%s/escalations", person());
    const char *json = "{\"trigger\":\"disengaged\",\"evidence\":\"Four missed\"}";
    const struct answer *got = visit_api_with(nav, "POST", target, json, key, NULL);
    CHECK_INT(got->status, 201);
    const char *id = arena_strdup(a, answer_json(got, "id") ? answer_json(got, "id") : "none");
    CHECK(!strstr(got->body, "Four missed"));
    CHECK_STR(visit_api_with(nav, "POST", target, json, key, NULL)->body, got->body);
    const char *move = path("/api/v1/escalations/%s/transitions", id);
    got = visit_api(nav, "POST", move, "{\"to\":\"under_review\"}");
    CHECK_INT(got->status, 403);
    got = visit_api(manager, "POST", move, "{\"to\":\"approved\"}");
    CHECK_INT(got->status, 409);
    CHECK(answer_has(got, "Possible next: under_review, suspended"));
    CHECK_INT(visit_api(manager, "POST", move, "{\"to\":\"under_review\"}")->status, 200);
    got = visit_api(manager, "POST", move, "{\"to\":\"not_approved\"}");
    CHECK_INT(got->status, 422);
    CHECK_STR(answer_json(got, "errors.0.pointer"), "/reason");
    CHECK_INT(
        visit_api(manager, "POST", move, "{\"to\":\"approved\",\"reason\":\"Agreed\"}")->status,
        200);
    struct visitor *police = journey_visitor("police");
    CHECK_INT(visit_api(police, "POST", move, "{\"to\":\"action_due\"}")->status, 200);
    got = visit_api(police, "POST", move, "{\"to\":\"action_taken\",\"actions\":[\"arrest\"]}");
    CHECK_INT(got->status, 200);
    CHECK_STR(answer_json(got, "actions.0.action"), "arrest");
    CHECK_STR(answer_json(got, "days_to_action"), "0");
    got = visit_api(police, "POST", move, "{\"to\":\"reviewed\",\"actions\":[\"hug\"]}");
    CHECK_INT(got->status, 422);
    got =
        visit_api(police, "GET", "/api/v1/escalations?state=action_taken&trigger=disengaged", NULL);
    CHECK(strstr(got->body, id) != NULL);
}

TESTS("escalations", T(raised_decided_acted_on), T(errors_keep_what_was_typed),
      T(a_success_since_is_said), T(lists_and_who_sees_them), T(api_the_whole_way))
