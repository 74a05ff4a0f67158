// SPDX-License-Identifier: MIT
#include "domain/report/report.h"

#include "base/clock.h"
#include "domain/caseload/caseload.h"
#include "domain/contact/contact.h"
#include "record/cursor.h"
#include "test.h"
#include "world.h"

#include <stdlib.h>
#include <string.h>

static const char *contact(const char *ref, int days_ago, const char *outcome)
{
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = {
        .happened_at = time_iso(ctx->arena, clock_now_us() - (int64_t)days_ago * 86400 * 1000000),
        .direction = "outbound",
        .mode = "phone",
        .outcome = outcome,
        .minutes = "5"};
    struct create_reply reply = {.before = "/"};
    struct contact c = {0};
    CHECK_INT(contact_record(ctx, ref, &in, &reply, &c), ERR_OK);
    world_explain(ctx);
    return c.id;
}

static struct report read_as(const char *role)
{
    struct report r = {0};
    struct ctx *ctx = world_as(role);
    CHECK_INT(report_read(ctx, &r), ERR_OK);
    world_explain(ctx);
    return r;
}

static long people_of(const struct report *r, const char *status)
{
    for (size_t i = 0; i < r->statuses->n; i++) {
        const struct report_status *s = r->statuses->rows[i];
        if (strcmp(s->status, status) == 0)
            return strtol(s->people, NULL, 10);
    }
    return -1;
}

static long contacts_of(const struct report *r, long *ret_successful)
{
    long n = 0;
    *ret_successful = 0;
    for (size_t i = 0; i < r->weeks->n; i++) {
        const struct report_week *w = r->weeks->rows[i];
        n += strtol(w->contacts, NULL, 10);
        *ret_successful += strtol(w->successful, NULL, 10);
    }
    return n;
}

static const char *refs[3];
static const char *first;

TEST(counts_people_and_contacts)
{
    struct report r = read_as("manager");
    CHECK_STR(r.people, "0");
    CHECK_INT(r.weeks->n, REPORT_WEEKS);
    for (int i = 0; i < 3; i++)
        refs[i] = world_person(NULL, i ? "active" : "awaiting_offer", 40);
    first = contact(refs[1], 3, "spoke");
    contact(refs[1], 10, "no_answer");
    contact(refs[1], 400, "spoke"); // before the weeks that are shown
    unsigned long flushes = world_flushes();
    r = read_as("manager");
    CHECK_INT(world_flushes() - flushes, 1);
    CHECK_STR(r.people, "3");
    CHECK_STR(r.site, "leicester");
    CHECK_INT(people_of(&r, "engaged"), 1);
    CHECK_INT(people_of(&r, "disengaged"), 1);
    CHECK_INT(people_of(&r, "not_yet_offered"), 1);
    CHECK_INT(people_of(&r, "closed"), 0);
    long good;
    CHECK_INT(contacts_of(&r, &good), 2);
    CHECK_INT(good, 1);
    CHECK_INT(r.caseloads->n, 1);
    const struct report_worker *w = r.caseloads->rows[0];
    CHECK_STR(w->people, "3");
    CHECK_STR(w->other, "1");
    CHECK_STR(world_sql("select count(*) from audit.event where action = 'report_viewed'"), "2");
}

TEST(correction_moves_the_count)
{
    struct ctx *ctx = world_as("navigator");
    struct contact_correction fix = {
        {.happened_at = time_iso(ctx->arena, clock_now_us() - (int64_t)80 * 86400 * 1000000),
         .direction = "outbound",
         .mode = "phone",
         .outcome = "no_answer",
         .minutes = "0"},
        "Wrong day"};
    struct create_reply reply = {.before = "/"};
    struct contact c;
    CHECK_INT(contact_correct(ctx, refs[1], first, &fix, &reply, &c), ERR_OK);
    struct report r = read_as("manager");
    long good;
    CHECK_INT(contacts_of(&r, &good), 2);
    CHECK_INT(good, 0);
}

TEST(team_counts_follow_the_person)
{
    long good;
    struct report r = read_as("team_lead");
    CHECK_STR(r.team, "Team one");
    CHECK_STR(r.people, "3");
    CHECK_INT(contacts_of(&r, &good), 2);
    (void)world_sql("set session authorization phoenix_owner;"
                    "update app.participant set team_id = null where ref = '%s'",
                    refs[1]);
    r = read_as("team_lead");
    CHECK_STR(r.people, "2");
    CHECK_INT(contacts_of(&r, &good), 0);
    r = read_as("manager");
    CHECK_STR(r.people, "3");
    CHECK_INT(contacts_of(&r, &good), 2);
    CHECK_STR(
        world_sql(
            "set session authorization phoenix_owner;"
            "create temp table kept as select site_id, week, team_id, sum(contacts) n,"
            " sum(successful) s from app.contact_week group by 1, 2, 3 having sum(contacts) <> 0;"
            "select app.contact_week_rebuild(null);"
            "select count(*) from ((select * from kept except select site_id, week, team_id,"
            " sum(contacts), sum(successful) from app.contact_week group by 1, 2, 3) union all"
            " (select site_id, week, team_id, sum(contacts), sum(successful) from"
            " app.contact_week group by 1, 2, 3 except select * from kept)) x"),
        "\n0");
}

TEST(conflict_of_interest_is_not_counted)
{
    (void)world_sql("insert into app.conflict (user_id, person_id) values ('%s', '%s')",
                    world_user("manager"), world_person_id(refs[1]));
    struct report r = read_as("manager");
    long good;
    CHECK_STR(r.people, "2");
    CHECK_INT(contacts_of(&r, &good), 0);
}

TEST(funnel_counts_steps_reached)
{
    (void)world_sql(
        "set session authorization phoenix_owner;"
        "insert into app.referral (site_id, id, participant_id, service, provider_id, state,"
        " state_at, made_at) select 'leicester', gen_random_uuid(), '%s', 'housing', '%s',"
        " 'sent', now() - interval '20 days', now() from generate_series(1, 4);"
        "update app.referral set state = 'accepted', state_at = now() - interval '9 days'"
        " where id in (select id from app.referral limit 2);"
        "update app.referral set state = 'started', state_at = now() - interval '8 days'"
        " where id in (select id from app.referral where state = 'accepted' limit 1)",
        world_participant_id(refs[2]), world_provider());
    struct report r = read_as("manager");
    static const char *const want[] = {"4", "2", "1", "0", "0", "0"};
    for (size_t i = 0; i < r.funnel->n; i++)
        CHECK_STR(((const struct report_step *)r.funnel->rows[i])->referrals, want[i]);
    r = read_as("manager@rutland");
    CHECK_STR(((const struct report_step *)r.funnel->rows[0])->referrals, "0");
    CHECK_STR(r.people, "0");
    long good;
    CHECK_INT(contacts_of(&r, &good), 0);
}

// Whoever has nobody is there too; what follows a worker is what follows in the list.
TEST(caseloads_by_the_page)
{
    (void)world_sql("set session authorization phoenix_owner;"
                    "update app.participant set worker_id = null where ref = '%s'",
                    refs[0]);
    struct caseload_page all, rest;
    CHECK_INT(caseload_list(world_as("team_lead"), NULL, &all), ERR_OK);
    CHECK_STR(all.total, "2");
    CHECK_FATAL(all.n >= 3);
    CHECK_STR(all.rows[0].worker_id, NULL);
    CHECK_STR(all.rows[0].people, "1");
    CHECK(all.next == NULL);
    long people = 0;
    for (size_t i = 0; i < all.n; i++)
        people += strtol(all.rows[i].people, NULL, 10);
    CHECK_INT(people, 2);
    for (size_t i = 1; i < all.n; i++) {
        struct ctx *ctx = world_as("team_lead");
        const char *key[] = {all.rows[i].worker, all.rows[i].worker_id};
        CHECK_INT(caseload_list(ctx, cursor_make(ctx->arena, key, 2), &rest), ERR_OK);
        CHECK_STR(rest.total, "2");
        CHECK_FATAL(rest.n == all.n - i - 1);
        for (size_t k = 0; k < rest.n; k++)
            CHECK_STR(rest.rows[k].worker_id, all.rows[i + 1 + k].worker_id);
    }
    CHECK_INT(caseload_list(world_as("team_lead"), "AAAA", &rest), ERR_INVALID);
    CHECK_INT(caseload_list(world_as("navigator"), NULL, &rest), ERR_FORBIDDEN);
}

TEST(others_may_not)
{
    struct report r;
    CHECK_INT(report_read(world_as("navigator"), &r), ERR_FORBIDDEN);
    CHECK_INT(report_read(world_as("police"), &r), ERR_FORBIDDEN);
    CHECK_INT(report_read(world_as("auditor"), &r), ERR_FORBIDDEN);
}

TESTS("report", T(counts_people_and_contacts), T(correction_moves_the_count),
      T(team_counts_follow_the_person), T(conflict_of_interest_is_not_counted),
      T(funnel_counts_steps_reached), T(caseloads_by_the_page), T(others_may_not))
