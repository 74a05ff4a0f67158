// SPDX-License-Identifier: MIT
// The home page of every role: its own lists, with totals that agree with them, and nothing of
// others.
#include "journey.h"
#include "test.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

TEST(each_role_sees_its_own_lists)
{
    static const struct {
        const char *role, *has, *lacks;
    } rows[] = {
        {"navigator", "Overdue contacts", "Accounts in use"},
        {"navigator", "Referrals awaiting a reply", "Escalations awaiting a decision"},
        {"team_lead", "People without a worker", "New referrals to answer"},
        {"manager", "Escalations awaiting a decision", "Evaluation exports"},
        {"police", "Actions due", "Overdue contacts"},
        {"police", "Find a person", "Escalations awaiting a decision"},
        {"probation", "Escalations awaiting a decision", "Overdue contacts"},
        {"youth_justice", "Find a person", "Overdue contacts"},
        {"provider", "New referrals to answer", "Find a person"},
        {"evaluator", "Evaluation exports", "Find a person"},
        {"trial_manager", "Evaluation exports", "Overdue contacts"},
        {"administrator", "Accounts in use", "Find a person"},
        {"auditor", "Events in the last 24 hours", "Find a person"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct answer *got = visit_get(journey_visitor(rows[i].role), "/");
        CHECK_INT(got->status, 200);
        CHECK_INT(got->flushes, 1);
        CHECK(answer_has(got, rows[i].has));
        CHECK(!answer_has(got, rows[i].lacks));
    }
}

// The number in a section's heading, and how many lines stand under it.
static long section(const struct answer *got, const char *id, long *ret_lines)
{
    const char *h =
        strstr(got->body, arena_printf(got->arena, "<h2 class=\"govuk-heading-m\" id=\"%s\">", id));
    *ret_lines = 0;
    if (!h)
        return -1;
    const char *end = strstr(h, "</section>"), *close = strstr(h, ")</h2>"), *open = close;
    for (const char *p = h; (p = strstr(p, "class=\"app-line\"")) && p < end; p++)
        (*ret_lines)++;
    while (open && *open != '(')
        open--;
    return open ? strtol(open + 1, NULL, 10) : -1;
}

TEST(counts_agree_with_lists)
{
    static const char *const roles[] = {"navigator", "team_lead", "manager", "police", "provider"};
    static const char *const ids[] = {"overdue",  "due",     "escalate", "unassigned",
                                      "answered", "waiting", "decide",   "act",
                                      "recent",   "answer",  "start",    "running"};
    long seen = 0;
    for (size_t r = 0; r < sizeof(roles) / sizeof(roles[0]); r++) {
        const struct answer *got = visit_get(journey_visitor(roles[r]), "/");
        for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
            long lines, total = section(got, ids[i], &lines);
            if (total < 0)
                continue;
            CHECK_INT(lines, total < 10 ? total : 10);
            seen += lines;
        }
    }
    CHECK(seen > 20);
}

TEST(overdue_is_what_the_database_says)
{
    struct visitor *nav = journey_visitor("navigator");
    const struct answer *got = visit_get(nav, "/");
    long lines, total = section(got, "overdue", &lines);
    const char *want = journey_sql(arena_printf(
        got->arena,
        "select count(*) from app.engagement_now k join access.\"user\" u on u.id = k.worker_id "
        "where u.username = '%s' and k.status in ('engaged', 'wavering', 'disengaged') "
        "and k.next_contact_due < app.today()",
        visitor_username(nav)));
    CHECK_INT(total, strtol(want, NULL, 10));
}

TEST(looking_is_logged_with_whom_was_seen)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *sql = arena_printf(
        journey_ctx()->arena,
        "select count(*) from audit.event e join access.\"user\" u on u.id = e.user_id "
        "where u.username = '%s' and e.action = 'people_listed' and cardinality(e.subjects) > 0",
        visitor_username(nav));
    long before = strtol(journey_sql(sql), NULL, 10);
    CHECK_INT(visit_get(nav, "/")->status, 200);
    CHECK_INT(strtol(journey_sql(sql), NULL, 10), before + 1);
}

TESTS("home", T(each_role_sees_its_own_lists), T(counts_agree_with_lists),
      T(overdue_is_what_the_database_says), T(looking_is_logged_with_whom_was_seen))
