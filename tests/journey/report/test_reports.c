// SPDX-License-Identifier: MIT
// Counts and charts: what they say agrees with the lists and with the database.
#include "journey.h"
#include "test.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static struct arena *a;

static long number(const struct answer *got, const char *path)
{
    const char *s = answer_json(got, path);
    return s ? strtol(s, NULL, 10) : -1;
}

static const char *days_ago(int days)
{
    return time_iso(a, clock_now_us() - (int64_t)days * 86400 * 1000000);
}

// All pages of a list.
static long listed(struct visitor *v, const char *target)
{
    long n = 0;
    const char *after = "";
    for (int page = 0; page < 50; page++) {
        const struct answer *got = visit_api(
            v, "GET", arena_printf(a, "%s%s%s", target, *after ? "&after=" : "", after), NULL);
        CHECK_INT(got->status, 200);
        n += answer_json_count(got, "items");
        const char *next = answer_json(got, "next");
        if (!next)
            return n;
        after = arena_strdup(a, next);
    }
    return -1;
}

static void agree(const char *role)
{
    struct visitor *v = journey_visitor(role);
    const struct answer *got = visit_api(v, "GET", "/api/v1/reports", NULL);
    CHECK_INT(got->status, 200);
    CHECK_INT(answer_json_count(got, "statuses"), 7);
    CHECK_INT(answer_json_count(got, "weeks"), 26);
    CHECK_INT(answer_json_count(got, "funnel"), 6);
    long all = 0;
    for (int i = 0; i < 7; i++) {
        const char *status = answer_json(got, arena_printf(a, "statuses.%d.status", i));
        long people = number(got, arena_printf(a, "statuses.%d.people", i));
        CHECK_INT(people,
                  listed(v, arena_printf(a, "/api/v1/participants?limit=40&status=%s", status)));
        all += people;
        got = visit_api(v, "GET", "/api/v1/reports", NULL); // the ring of answers is short
    }
    CHECK(all > 0);
    CHECK_INT(all, number(got, "people"));
    long cases = 0;
    for (int i = 0; i < answer_json_count(got, "caseloads"); i++)
        cases += number(got, arena_printf(a, "caseloads.%d.people", i)) +
                 number(got, arena_printf(a, "caseloads.%d.closed", i));
    CHECK_INT(cases, all);
}

TEST(totals_agree_with_lists)
{
    a = arena_new();
    agree("manager");
    agree("team_lead");
}

TEST(counts_agree_with_the_database)
{
    struct visitor *m = journey_visitor("manager");
    const struct answer *got = visit_api(m, "GET", "/api/v1/reports", NULL);
    const char *site = arena_strdup(a, answer_json(got, "site"));
    const char *since = arena_strdup(a, answer_json(got, "since"));
    long contacts = 0, successful = 0;
    for (int i = 0; i < 26; i++) {
        contacts += number(got, arena_printf(a, "weeks.%d.contacts", i));
        successful += number(got, arena_printf(a, "weeks.%d.successful", i));
    }
    const char *where = arena_printf(a,
                                     "site_id = '%s' and superseded_by is null and happened_at >= "
                                     "'%s'::timestamp at time zone 'Europe/London'",
                                     site, since);
    CHECK(contacts > 0);
    CHECK_INT(contacts, atol(journey_sql(
                            arena_printf(a, "select count(*) from app.contact where %s", where))));
    CHECK_INT(successful, atol(journey_sql(arena_printf(a,
                                                        "select count(*) from app.contact where %s "
                                                        "and successful",
                                                        where))));
    CHECK_INT(
        number(got, "funnel.0.referrals"),
        atol(journey_sql(arena_printf(a,
                                      "select count(*) from app.referral where site_id = '%s' and "
                                      "sent_at >= '%s'::timestamp at time zone 'Europe/London'",
                                      site, since))));
    CHECK_INT(got->flushes, 1);
}

TEST(new_contact_and_correction_are_counted_once)
{
    struct visitor *m = journey_visitor("manager"), *n = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const char *sql = "select coalesce(sum(contacts), 0) || ' ' || coalesce(sum(successful), 0)"
                      " from app.contact_week";
    long before = atol(journey_sql(sql));
    const struct answer *got = visit_api(
        n, "POST", arena_printf(a, "/api/v1/participants/%s/contacts", ref),
        arena_printf(a,
                     "{\"happened_at\": \"%s\", \"direction\": \"outbound\", \"mode\": \"phone\","
                     " \"outcome\": \"spoke\", \"minutes\": 5, \"purposes\": []}",
                     days_ago(20)));
    CHECK_INT(got->status, 201);
    CHECK_INT(atol(journey_sql(sql)), before + 1);
    const char *id = arena_strdup(a, answer_json(got, "id"));
    got = visit_api(
        n, "POST", arena_printf(a, "/api/v1/participants/%s/contacts/%s/corrections", ref, id),
        arena_printf(a,
                     "{\"happened_at\": \"%s\", \"direction\": \"outbound\", \"mode\": \"phone\","
                     " \"outcome\": \"no_answer\", \"minutes\": 0, \"purposes\": [], \"reason\": "
                     "\"Wrong day\"}",
                     days_ago(50)));
    CHECK_INT(got->status, 201);
    CHECK_INT(atol(journey_sql(sql)), before + 1);
    CHECK_STR(journey_sql(
                  "select count(*) from (select site_id, app.week_of(happened_at) as week,"
                  " count(*) as n, count(*) filter (where successful) as good from app.contact"
                  " where superseded_by is null group by 1, 2) c full join (select site_id, week,"
                  " sum(contacts) as n, sum(successful) as good from app.contact_week group by 1, 2"
                  " having sum(contacts) <> 0) w using (site_id, week)"
                  " where (c.n, c.good) is distinct from (w.n, w.good)"),
              "0");
    (void)m;
}

TEST(page_has_charts_beside_tables)
{
    const struct answer *got = visit_get(journey_visitor("manager"), "/reports");
    CHECK_INT(got->status, 200);
    int charts = 0, tables = 0;
    for (const char *s = got->body; (s = strstr(s, "<svg")); s++)
        charts += strncmp(s, "<svg class=\"app-chart\" role=\"img\"", 33) == 0;
    for (const char *s = got->body; (s = strstr(s, "<table")); s++)
        tables++;
    CHECK_INT(charts, 3);
    CHECK_INT(tables, 4);
    CHECK(strstr(got->body, "style=\"") == NULL);
    CHECK(strstr(got->body, "/participants?status=disengaged") != NULL);
}

TEST(others_may_not)
{
    static const char *const none[] = {"navigator", "police",        "probation", "provider",
                                       "evaluator", "administrator", "auditor"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        CHECK_INT(visit_get(journey_visitor(none[i]), "/reports")->status, 403);
        CHECK_INT(visit_api(journey_visitor(none[i]), "GET", "/api/v1/reports", NULL)->status, 403);
    }
}

TESTS("reports", T(totals_agree_with_lists), T(counts_agree_with_the_database),
      T(new_contact_and_correction_are_counted_once), T(page_has_charts_beside_tables),
      T(others_may_not))
