// SPDX-License-Identifier: MIT
// Engagement status: the rules one by one, and that facts kept contact by contact equal a full
// recompute, in whatever order contacts come in.
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *conninfo;
static PGconn *owner;

static void load(void)
{
    if (owner)
        return;
    conninfo = access_database("engagement", true);
    owner = sql_connect(conninfo, "phoenix_owner");
}

// Thresholds 14, 28, 2, 3; today is 23 November 2026.
struct facts {
    const char *stage, *offered, *accepted, *declined, *closed, *closure, *suspended, *suspension;
    const char *success, *streak;
    const char *missed; // days of the run, "{...}"
    const char *want;   // status|since|basis
};

static const struct facts rules[] = {
    {.stage = "awaiting_offer", .want = "not_yet_offered|2026-01-05|No offer made yet"},
    {.stage = "awaiting_offer",
     .missed = "{2026-11-01,2026-11-02,2026-11-03}",
     .want = "not_yet_offered|2026-01-05|No offer made yet"}, // attempts disengage nobody who was
                                                              // never met
    {.stage = "awaiting_offer",
     .success = "2026-11-20",
     .streak = "2026-11-20",
     .want = "engaged|2026-11-20|Last seen 3 days ago, on 20 November 2026"},
    {.stage = "offered",
     .offered = "2026-11-20",
     .want = "engaged|2026-11-20|Offer made on 20 November 2026, no successful contact yet"},
    {.stage = "declined",
     .offered = "2026-03-01",
     .declined = "2026-03-03",
     .success = "2026-11-22",
     .streak = "2026-11-22",
     .want = "offer_declined|2026-03-03|Offer declined on 3 March 2026"},
    {.stage = "escalated",
     .offered = "2026-03-01",
     .declined = "2026-03-03",
     .want = "offer_declined|2026-03-03|Offer declined on 3 March 2026"},
    // Accepted since: the refusal is history.
    {.stage = "accepted",
     .offered = "2026-11-10",
     .declined = "2026-03-03",
     .accepted = "2026-11-12",
     .want = "engaged|2026-11-12|Offer accepted on 12 November 2026, no successful contact yet"},
    {.stage = "active",
     .accepted = "2026-10-23",
     .want = "disengaged|2026-11-21|No successful contact for 31 days, since the offer was "
             "accepted on 23 October 2026"},
    // The edges of days.
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-23",
     .streak = "2026-10-01",
     .want = "engaged|2026-10-01|Last seen today, on 23 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-22",
     .streak = "2026-11-22",
     .want = "engaged|2026-11-22|Last seen yesterday, on 22 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-19",
     .streak = "2026-11-01",
     .want = "engaged|2026-11-01|Last seen 4 days ago, on 19 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-09",
     .streak = "2026-11-09",
     .want = "engaged|2026-11-09|Last seen 14 days ago, on 9 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-08",
     .streak = "2026-11-08",
     .want = "wavering|2026-11-23|No successful contact for 15 days, since 8 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-10-26",
     .streak = "2026-10-26",
     .want = "wavering|2026-11-10|No successful contact for 28 days, since 26 October 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-10-25",
     .streak = "2026-10-25",
     .want = "disengaged|2026-11-23|No successful contact for 29 days, since 25 October 2026"},
    // Missed in a row.
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-18",
     .streak = "2026-11-18",
     .missed = "{2026-11-19}",
     .want = "engaged|2026-11-18|Last seen 5 days ago, on 18 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-18",
     .streak = "2026-11-18",
     .missed = "{2026-11-19,2026-11-21}",
     .want = "wavering|2026-11-21|2 missed in a row since 19 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-01",
     .streak = "2026-11-01",
     .missed = "{2026-11-02,2026-11-03,2026-11-04}",
     .want = "disengaged|2026-11-04|3 missed in a row since 2 November 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-01",
     .streak = "2026-11-01",
     .missed = "{2026-11-02,2026-11-03,2026-11-04,2026-11-05}",
     .want = "disengaged|2026-11-04|4 missed in a row since 2 November 2026"},
    // Both: the one that came first gives the day and the words.
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-10-10",
     .streak = "2026-10-10",
     .missed = "{2026-10-12,2026-10-13,2026-11-20}",
     .want = "disengaged|2026-11-08|No successful contact for 44 days, since 10 October 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-10-10",
     .streak = "2026-10-10",
     .missed = "{2026-10-12,2026-10-13,2026-10-14}",
     .want = "disengaged|2026-10-14|3 missed in a row since 12 October 2026"},
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-11-01",
     .streak = "2026-11-01",
     .missed = "{2026-11-02,2026-11-18}",
     .want = "wavering|2026-11-16|No successful contact for 22 days, since 1 November 2026"},
    // Suspension and closure come first.
    {.stage = "active",
     .accepted = "2026-01-01",
     .success = "2026-01-25",
     .suspended = "2026-06-01",
     .suspension = "custody",
     .want = "suspended|2026-06-01|In custody since 1 June 2026"},
    {.stage = "active",
     .suspended = "2026-06-01",
     .suspension = "hospital",
     .want = "suspended|2026-06-01|In hospital since 1 June 2026"},
    {.stage = "closed",
     .accepted = "2026-01-01",
     .closed = "2026-07-02",
     .closure = "moved_away",
     .want = "closed|2026-07-02|Closed on 2 July 2026 (moved away)"},
};

static const char *lit(const char *s)
{
    static char ring[16][96];
    static unsigned at;
    char *out = ring[at++ % 16];
    snprintf(out, sizeof(ring[0]), s ? "'%s'" : "null", s);
    return out;
}

TEST(the_rules)
{
    load();
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct facts *f = &rules[i];
        const char *missed = f->missed ? f->missed : "{}";
        CHECK_STR(sql_value(owner,
                            "select concat_ws('|', status, since, basis) from "
                            "app.engagement_status(%s, '2026-01-05',"
                            " %s, %s, %s, %s, %s, %s, %s, %s, %s, cardinality('%s'::date[]), '%s', "
                            "14, 28, 2, 3,"
                            " '2026-11-23')",
                            lit(f->stage), lit(f->offered), lit(f->accepted), lit(f->declined),
                            lit(f->closed), lit(f->closure), lit(f->suspended), lit(f->suspension),
                            lit(f->success), lit(f->streak), missed, missed),
                  f->want);
    }
    // Thresholds are the site's.
    CHECK_STR(
        sql_value(
            owner,
            "select status from app.engagement_status('active', '2026-01-05', null, '2026-01-06',"
            " null, null, null, null, null, '2026-11-08', '2026-11-08', 0, '{}', 21, 42, 3, 4,"
            " '2026-11-23')"),
        "engaged");
}

TEST(every_status_says_when_and_why)
{
    load();
    // Whatever the facts, there is a day not after today, and words.
    CHECK_STR(sql_value(owner, "select count(*) from unnest(array['awaiting_offer', 'offered', "
                               "'accepted', 'declined', 'escalated', 're_offered',"
                               " 'active', 'closed', 're_opened']) stage,"
                               " generate_series(0, 60, 5) success, generate_series(0, 6) missed, "
                               "generate_series(0, 1) held, lateral ("
                               " select case when missed > 0 then array(select '2026-11-23'::date "
                               "- success + i * success / 7 from"
                               " generate_series(1, missed) i) else '{}' end as days) m,"
                               " app.engagement_status(stage, '2026-01-05', case when stage <> "
                               "'awaiting_offer' then '2026-01-06'::date end,"
                               " case when stage in ('accepted', 'active', 're_opened', 'closed') "
                               "then '2026-01-07'::date end,"
                               " case when stage in ('declined', 'escalated', 're_offered') then "
                               "'2026-01-07'::date end,"
                               " case when stage = 'closed' then '2026-11-01'::date end, null, "
                               "case when held = 1 then '2026-11-02'::date end,"
                               " case when held = 1 then 'custody' end, case when success < 60 "
                               "then '2026-11-23'::date - success end,"
                               " case when success < 60 then '2026-11-23'::date - success end, "
                               "missed, m.days, 14, 28, 2, 3, '2026-11-23') k"
                               " where k.status is null or k.since is null or k.since > "
                               "'2026-11-23' or k.basis is null"),
              "0");
}

static const char *day_of(const char *instant)
{
    return sql_value(owner, "select app.local_day('%s')", instant);
}

TEST(days_are_local_days)
{
    load();
    CHECK_STR(day_of("2026-07-01T23:30:00Z"), "2026-07-02"); // summer time: half past midnight
    CHECK_STR(day_of("2026-12-01T23:30:00Z"), "2026-12-01");
    CHECK_STR(day_of("2026-03-29T00:30:00Z"), "2026-03-29"); // the clocks go forward
    CHECK_STR(day_of("2026-10-24T23:30:00Z"), "2026-10-25"); // the day they go back
    CHECK_STR(day_of("2026-10-25T23:30:00Z"), "2026-10-25");
    CHECK_STR(day_of("2026-10-26T00:10:00Z"), "2026-10-26");
}

TEST(working_days)
{
    load();
    static const char *const rows[][3] = {
        {"2026-11-23", "5", "2026-11-30"},  {"2026-11-20", "2", "2026-11-24"},
        {"2026-11-21", "2", "2026-11-24"},  {"2026-11-22", "1", "2026-11-23"},
        {"2026-11-27", "10", "2026-12-11"}, {"2026-11-25", "1", "2026-11-26"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_STR(
            sql_value(owner, "select app.working_days_after('%s', %s)", rows[i][0], rows[i][1]),
            rows[i][2]);
}

static const char *const person = "00000000-0000-7000-8000-000000000205";

static void clear(void)
{
    CHECK_STR(sql_state(owner, "delete from app.contact_summary; delete from app.contact_note;"
                               " delete from app.contact_detail; delete from app.contact;"
                               " select app.engagement_rebuild(null)"),
              "");
}

/** A contact `days` before now, by the local clock: at half past midnight in summer, too, "40 days ago" is the
    local day 40 before today. Corrects the given one if not 0. */
static const char *contact(unsigned id, double days, const char *outcome, unsigned corrects)
{
    char fixes[64] = "null";
    if (corrects)
        snprintf(fixes, sizeof(fixes), "'00000000-0000-7000-8000-%012u'", corrects);
    return sql_state(
        owner,
        "insert into app.contact (site_id, id, participant_id, happened_at, mode, outcome,"
        " author_id, corrects, next_contact_due) values ('leicester',"
        " '00000000-0000-7000-8000-%012u', '%s',"
        " (now() at time zone 'Europe/London' - %f * interval '1 day') at time zone 'Europe/London',"
        " 'phone', '%s', '00000000-0000-7000-8000-000000000101', %s, %s)",
        id, person, days, outcome, fixes, id % 3 ? "null" : "app.today() + 3");
}

static const char *status(void)
{
    return sql_value(owner, "select status from app.engagement_now where participant_id = '%s'",
                     person);
}

static const char facts[] =
    "select concat_ws('|', contacts, last_contact_at, last_contact_id, last_contact_outcome, "
    "next_contact_due,"
    " last_success_at, last_success_on, streak_from, missed_run, missed_days) from app.engagement"
    " where participant_id = '%s'";

/** Where everybody stands is kept in the row by whoever writes it: none may differ from the rule. */
static void stored_as_the_rule_says(void)
{
    CHECK_STR(sql_value(owner,
                        "select count(*) from app.engagement e where e.standing is distinct from "
                        "app.standing(e.stage, e.suspended_on, e.offered_on, e.accepted_on, "
                        "e.last_success_on) or e.base_on is distinct from app.base_on(e.registered_on, "
                        "e.offered_on, e.accepted_on, e.last_success_on) or e.base_on is null"),
              "0");
}

TEST(contacts_move_the_status)
{
    load();
    clear();
    CHECK_STR(status(), "disengaged"); // accepted in January, nothing since
    CHECK_STR(contact(1, 40, "attended", 0), "");
    CHECK_STR(status(), "disengaged");
    CHECK_STR(contact(2, 20, "spoke", 0), "");
    CHECK_STR(status(), "wavering");
    CHECK_STR(contact(3, 10, "attended_late", 0), "");
    CHECK_STR(status(), "engaged");
    CHECK_STR(contact(4, 9, "no_answer", 0), "");
    CHECK_STR(contact(5, 8, "cancelled_by_service", 0), "");
    CHECK_STR(status(), "engaged");
    CHECK_STR(contact(6, 7, "not_home", 0), "");
    CHECK_STR(status(),
              "wavering"); // what the service cancelled neither breaks the run nor adds to it
    CHECK_STR(contact(7, 6, "failed_to_attend", 0), "");
    CHECK_STR(status(), "disengaged");
    // The last was wrong: the person had come.
    CHECK_STR(contact(8, 6, "attended", 7), "");
    CHECK_STR(status(), "engaged");
    CHECK_STR(
        sql_value(owner, "select contacts from app.engagement where participant_id = '%s'", person),
        "7");
    CHECK_STR(contact(9, 6, "refused", 7), "PX005"); // corrected already
    CHECK_STR(contact(10, -1, "attended", 0), "PX006");
    CHECK_STR(contact(11, 1, "no_such_outcome", 0), "PX006");
    // A late arrival from before changes nothing that came after it.
    CHECK_STR(contact(12, 9.5, "attended", 0), "");
    CHECK_STR(status(), "engaged");
    clear();
}

TEST(a_streak_is_unbroken)
{
    load();
    clear();
    static const char *const streak =
        "select app.today() - streak_from from app.engagement where participant_id = '%s'";
    contact(1, 60, "attended", 0);
    contact(2, 40, "attended", 0); // 20 days: a new streak
    contact(3, 30, "attended", 0);
    contact(4, 29, "no_answer", 0); // one missed does not break it
    contact(5, 20, "attended", 0);
    CHECK_STR(sql_value(owner, streak, person), "40");
    contact(6, 19, "no_answer", 0);
    contact(7, 18, "no_answer", 0); // two do: the person wavered
    contact(8, 10, "attended", 0);
    CHECK_STR(sql_value(owner, streak, person), "10");
    clear();
}

TEST(any_order_gives_the_same_facts)
{
    load();
    static const char *const outcomes[] = {
        "attended", "spoke", "no_answer", "failed_to_attend", "cancelled_by_service", "refused"};
    srand(20261123);
    for (int round = 0; round < 60; round++) {
        clear();
        CHECK_STR(sql_state(owner, "begin"), ""); // one now() for the round
        unsigned n = 2 + (unsigned)rand() % 14, made = 0;
        unsigned standing[40], left = 0;
        for (unsigned i = 0; i < n; i++) {
            // Half of them in order, half anywhere; sometimes at the very same moment; sometimes a
            // correction.
            double days = rand() % 2 ? 50 - 3.0 * i : (double)(rand() % 500) / 10;
            unsigned fix = left && rand() % 4 == 0 ? (unsigned)rand() % left : left;
            unsigned id = ++made;
            CHECK_STR(contact(id, days, outcomes[rand() % 6], fix < left ? standing[fix] : 0), "");
            if (fix < left)
                standing[fix] = id;
            else
                standing[left++] = id;
            char kept[1024];
            snprintf(kept, sizeof(kept), "%s", sql_value(owner, facts, person));
            CHECK_STR(sql_value(owner, "select app.engagement_rebuild('leicester') > 0"), "t");
            CHECK_STR(kept, sql_value(owner, facts, person));
            CHECK_INT(atoi(kept), (int)left);
            stored_as_the_rule_says();
        }
        CHECK_STR(sql_state(owner, "rollback"), "");
    }
}

TEST(steps_move_what_is_stored)
{
    load();
    clear();
    static const char *const changes[] = {
        "suspended_at = now() - interval '3 days', suspension = 'custody'",
        "suspended_at = null, suspension = null",
        "started_on = '2025-12-01'",
        "stage = 'active'",
        "stage = 'closed', reason_code = 'moved_away'",
    };
    stored_as_the_rule_says();
    CHECK_STR(sql_state(owner, "begin"), "");
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        CHECK_INT(sql_changed(owner, "update app.participant set %s where id = '%s'", changes[i], person),
                  1);
        stored_as_the_rule_says();
        CHECK_STR(contact((unsigned)i + 1, 4, i % 2 ? "attended" : "no_answer", 0), "");
        stored_as_the_rule_says();
    }
    CHECK_STR(sql_value(owner, "select standing from app.engagement where participant_id = '%s'", person),
              "closed");
    CHECK_STR(sql_state(owner, "rollback"), "");
}

TEST(contacts_are_append_only)
{
    load();
    clear();
    contact(1, 3, "attended", 0);
    CHECK_STR(sql_state(owner, "update app.contact set outcome = 'refused'"), "42501");
    CHECK_STR(sql_state(owner, "update app.contact set happened_at = now()"), "42501");
    CHECK_STR(contact(2, 3, "refused", 1), "");
    CHECK_STR(sql_state(owner, "update app.contact set superseded_by = null"), "42501");
    CHECK_STR(sql_value(owner, "select outcome from app.contact where superseded_by is not null"),
              "attended");
    clear();
}

TEST(thresholds_that_change_rebuild_the_facts)
{
    load();
    clear();
    static const char *const streak =
        "select app.today() - streak_from from app.engagement where participant_id = '%s'";
    contact(1, 40, "attended", 0);
    contact(2, 20, "attended", 0);
    CHECK_STR(sql_value(owner, streak, person), "20");
    CHECK_STR(sql_state(owner, "update access.site set engaged_days = 21 where code = 'leicester'"),
              "");
    CHECK_STR(sql_value(owner, streak, person), "40");
    CHECK_STR(sql_state(owner, "update access.site set engaged_days = 14 where code = 'leicester'"),
              "");
    clear();
}

/** Two connections that write a contact and a stage of the same person, each in its own order. */
TEST(writers_of_one_person_do_not_deadlock)
{
    load();
    clear();
    PGconn *other = sql_connect(conninfo, "phoenix_owner");
    sql_state(owner, "begin");
    sql_state(other, "begin");
    CHECK_STR(contact(1, 3, "attended", 0), "");
    // The other wants the participant, which the first holds; the first goes on to the participant.
    CHECK(PQsendQuery(other, "update app.participant set started_on = '2026-01-06'"
                             " where id = '00000000-0000-7000-8000-000000000205'") == 1);
    CHECK_INT(sql_changed(owner,
                          "update app.participant set started_on = '2026-01-04' where id = '%s'",
                          person),
              1);
    CHECK_STR(sql_state(owner, "commit"), "");
    PGresult *r = PQgetResult(other);
    CHECK_INT(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    while ((r = PQgetResult(other)))
        PQclear(r);
    CHECK_STR(sql_state(other, "commit"), "");
    CHECK_STR(sql_value(owner,
                        "select registered_on from app.engagement where participant_id = '%s'",
                        person),
              "2026-01-06");
    PQfinish(other);
    clear();
}

TEST(concurrent_contacts_are_all_counted)
{
    load();
    clear();
    PGconn *other = sql_connect(conninfo, "phoenix_owner");
    sql_state(owner, "begin");
    CHECK_STR(contact(1, 3, "attended", 0), "");
    // An earlier contact comes while the later one is not yet committed: it waits, then sees it.
    CHECK(PQsendQuery(
              other,
              "insert into app.contact (site_id, id, participant_id, happened_at, mode, outcome,"
              " author_id) values ('leicester', '00000000-0000-7000-8000-000000000002',"
              " '00000000-0000-7000-8000-000000000205', now() - interval '5 days', 'phone', "
              "'no_answer',"
              " '00000000-0000-7000-8000-000000000101')") == 1);
    CHECK_STR(sql_value(owner, "select pg_sleep(0.1)"), "");
    CHECK_STR(sql_state(owner, "commit"), "");
    PGresult *r = PQgetResult(other);
    CHECK_INT(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    while ((r = PQgetResult(other)))
        PQclear(r);
    CHECK_STR(
        sql_value(
            owner,
            "select concat_ws('|', contacts, missed_run, last_contact_outcome) from app.engagement"
            " where participant_id = '%s'",
            person),
        "2|0|attended");
    PQfinish(other);
    clear();
}

TESTS("engagement", T(the_rules), T(every_status_says_when_and_why), T(days_are_local_days),
      T(working_days), T(contacts_move_the_status), T(a_streak_is_unbroken),
      T(any_order_gives_the_same_facts), T(steps_move_what_is_stored),
      T(contacts_are_append_only),
      T(thresholds_that_change_rebuild_the_facts), T(writers_of_one_person_do_not_deadlock),
      T(concurrent_contacts_are_all_counted))
