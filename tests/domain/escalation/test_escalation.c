// SPDX-License-Identifier: MIT
// Escalations against a real database: who decides, who acts, the clocks, and what each role sees.
#include "test.h"
#include "world.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"
#include "domain/escalation/escalation.h"
#include "record/step.h"

#include <stdlib.h>
#include <string.h>

static const struct create_reply reply = {.before = "/escalations/"};
static const char evidence[] = "Seen with a knife on Narborough Road; didn't answer \"3\" calls";

static const char *raise_as(const char *role, const char *ref, const char *triggered_on)
{
    struct escalation_input in = {
        .trigger = "disengaged", .evidence = evidence, .triggered_on = triggered_on};
    struct escalation saved = {0};
    CHECK_INT(escalation_raise(world_as(role), ref, &in, &reply, &saved), ERR_OK);
    return saved.id ? saved.id : "none";
}

static const char *raised(void)
{
    return raise_as("navigator", world_person("2001-05-17", "active", 60), NULL);
}

static enum err step(const char *role, const char *id, const char *to, const char *why)
{
    struct escalation_move in = {.to = to, .reason = why};
    struct escalation after;
    struct ctx *ctx = world_as(role);
    return escalation_move(ctx, id, &in, &after);
}

static struct escalation read_as(const char *role, const char *id)
{
    struct escalation s = {0};
    struct ctx *ctx = world_as(role);
    CHECK_INT(escalation_read(ctx, id, NULL, NULL, &s), ERR_OK);
    world_explain(ctx);
    return s;
}

static const char *state_of(const char *id)
{
    return world_sql("select state from app.escalation where id = '%s'", id);
}

static const char *days_ago(int n)
{
    return date_iso(world_as("navigator")->arena, date_today() - n);
}

TEST(every_fact_comes_back)
{
    const char *ref = world_person("2001-05-17", "active", 60);
    struct escalation s = read_as("manager", raise_as("navigator", ref, days_ago(3)));
    CHECK_STR(s.ref, ref);
    CHECK_STR(s.trigger, "disengaged");
    CHECK_STR(s.state, "raised");
    CHECK_STR(s.evidence, evidence);
    CHECK_STR(s.triggered_on, days_ago(3));
    CHECK_STR(s.days, "3");
    CHECK(s.days_to_decision == NULL && s.days_to_action == NULL);
    CHECK(s.decision_due && strcmp(s.decision_due, days_ago(-1)) > 0);
    CHECK_STR(s.overdue, "false");
    CHECK(s.re_engaged_at == NULL);
    CHECK_STR(s.possible, "{under_review,suspended}");
    CHECK_STR(s.with_reason, "{suspended}");
    CHECK_STR(s.may_act, "false");
    CHECK_STR(world_sql("select count(*) from app.escalation_note where escalation_id = '%s' and "
                        "position('knife'::bytea in note) = 0",
                        s.id),
              "1");
}

TEST(the_whole_way)
{
    const char *id = raise_as("navigator", world_person("2001-05-17", "active", 60), days_ago(2));
    CHECK_INT(step("manager", id, "under_review", NULL), ERR_OK);
    struct escalation_move yes = {.to = "approved",
                                  .reason = "Agreed at the panel",
                                  .actions = "{final_warning,joint_visit}"};
    struct escalation s;
    CHECK_INT(escalation_move(world_as("manager"), id, &yes, &s), ERR_OK);
    CHECK_STR(s.days_to_decision, "2");
    CHECK(s.decided_at && s.decided_by);
    CHECK(s.first_action_at == NULL);
    CHECK_INT(s.actions->n, 2);
    CHECK(s.actions->n == 2 && !((const struct escalation_action *)s.actions->rows[0])->taken_on);
    s = read_as("police", id);
    CHECK_STR(s.possible, "{action_due}");
    CHECK_STR(s.may_act, "true");
    struct action_input act = {
        .action = "joint_visit", .taken_on = days_ago(1), .note = "Spoke at the door"};
    CHECK_INT(escalation_act(world_as("police"), id, &act, &reply), ERR_OK);
    s = read_as("police", id);
    CHECK_STR(s.state, "action_taken");
    CHECK_STR(s.days_to_action, "2");
    CHECK_INT(s.actions->n, 3);
    const struct escalation_action *done = s.actions->n == 3 ? s.actions->rows[2] : NULL;
    CHECK_STR(done ? done->note : NULL, "Spoke at the door");
    CHECK_STR(done ? done->taken_on : NULL, days_ago(1));
    static const char *const way[] = {"raised", "under_review", "approved", "action_due",
                                      "action_taken"};
    CHECK_INT(s.events->n, 5);
    for (size_t i = 0; i < s.events->n && i < 5; i++)
        CHECK_STR(((const struct step_event *)s.events->rows[i])->to_state, way[i]);
    CHECK_INT(step("police", id, "reviewed", "No further incident"), ERR_OK);
    CHECK_INT(step("police", id, "closed", "Done"), ERR_FORBIDDEN);
    CHECK_INT(step("manager", id, "closed", NULL), ERR_INVALID);
    struct escalation_move end = {
        .to = "closed", .reason = "Offered again", .re_offered_on = days_ago(0)};
    CHECK_INT(escalation_move(world_as("manager"), id, &end, &s), ERR_OK);
    CHECK(s.closed_at && s.re_offered_at);
    CHECK_STR(s.possible, "{}");
}

TEST(actions_by_code_with_the_step)
{
    const char *id = raised();
    CHECK_INT(step("manager", id, "under_review", NULL), ERR_OK);
    struct escalation_move early = {.to = "deferred", .reason = "Wait", .actions = "{arrest}"};
    struct escalation s;
    struct ctx *ctx = world_as("manager");
    CHECK_INT(escalation_move(ctx, id, &early, &s), ERR_INVALID);
    CHECK_STR(ctx->problem.first ? ctx->problem.first->field : NULL, "actions");
    CHECK_INT(step("manager", id, "approved", NULL), ERR_OK);
    CHECK_INT(step("police", id, "action_due", NULL), ERR_OK);
    struct escalation_move done = {.to = "action_taken", .actions = "{warning_letter,joint_visit}"};
    CHECK_INT(escalation_move(world_as("police"), id, &done, &s), ERR_OK);
    CHECK_INT(s.actions->n, 2);
    CHECK_STR(s.actions->n ? ((const struct escalation_action *)s.actions->rows[0])->taken_on
                           : NULL,
              days_ago(0));
    CHECK(s.first_action_at != NULL);
}

TEST(who_may_take_which_step)
{
    const char *id = raised();
    CHECK_INT(step("navigator", id, "under_review", NULL), ERR_FORBIDDEN);
    CHECK_INT(step("team_lead", id, "under_review", NULL), ERR_FORBIDDEN);
    CHECK_INT(step("police", id, "under_review", NULL), ERR_FORBIDDEN);
    CHECK_INT(step("provider", id, "under_review", NULL), ERR_FORBIDDEN);
    CHECK_INT(step("youth_justice", id, "under_review", NULL), ERR_FORBIDDEN); // probation's person
    CHECK_INT(step("manager@rutland", id, "under_review", NULL), ERR_NOT_FOUND);
    CHECK_STR(state_of(id), "raised");
    CHECK_INT(step("probation", id, "under_review", NULL), ERR_OK);
    CHECK_INT(step("probation", id, "approved", NULL), ERR_OK);
    struct action_input act = {.action = "arrest", .taken_on = days_ago(0)};
    CHECK_INT(escalation_act(world_as("navigator"), id, &act, &reply), ERR_FORBIDDEN);
    CHECK_INT(escalation_act(world_as("youth_justice"), id, &act, &reply), ERR_NOT_FOUND);
    CHECK_INT(escalation_act(world_as("police"), id, &act, &reply), ERR_OK);
}

TEST(a_step_the_machine_lacks_names_those_it_has)
{
    const char *id = raised();
    static const char *const wrong[] = {"approved", "closed", "raised", "action_taken"};
    for (size_t i = 0; i < 4; i++) {
        struct escalation_move in = {.to = wrong[i], .reason = "because"};
        struct escalation after;
        struct ctx *ctx = world_as("manager");
        CHECK_INT(escalation_move(ctx, id, &in, &after), ERR_CONFLICT);
        CHECK_STR(ctx->problem.detail,
                  "Not possible from \"raised\". Possible next: under_review, suspended");
    }
    struct action_input act = {.action = "arrest", .taken_on = days_ago(0)};
    CHECK_INT(escalation_act(world_as("police"), id, &act, &reply), ERR_CONFLICT);
    CHECK_STR(state_of(id), "raised");
    CHECK_STR(
        world_sql("select count(*) from app.escalation_action where escalation_id = '%s'", id),
        "0");
}

TEST(reasons_where_they_are_needed)
{
    const char *id = raised();
    CHECK_INT(step("manager", id, "under_review", NULL), ERR_OK);
    static const char *const needing[] = {"not_approved", "deferred", "suspended"};
    for (size_t i = 0; i < 3; i++) {
        struct escalation_move in = {.to = needing[i]};
        struct escalation after;
        struct ctx *ctx = world_as("manager");
        CHECK_INT(escalation_move(ctx, id, &in, &after), ERR_INVALID);
        CHECK_STR(ctx->problem.first ? ctx->problem.first->field : NULL, "reason");
    }
    CHECK_INT(step("manager", id, "deferred", "Hospital appointment first"), ERR_OK);
    struct escalation s = read_as("manager", id);
    CHECK_INT(s.notes->n, 2);
    const struct step_note *why = s.notes->n == 2 ? s.notes->rows[1] : NULL;
    CHECK_STR(why ? why->note : NULL, "Hospital appointment first");
    CHECK_STR(why ? why->to_state : NULL, "deferred");
}

TEST(what_each_role_sees)
{
    const char *id = raised();
    CHECK_STR(read_as("police", id).evidence, evidence);
    CHECK_STR(read_as("probation", id).evidence, evidence);
    struct escalation s = read_as("youth_justice", id); // state only: another agency's person
    CHECK_STR(s.state, "raised");
    CHECK(s.evidence == NULL);
    CHECK_INT(s.notes->n, 0);
    CHECK_INT(escalation_read(world_as("provider"), id, NULL, NULL, &s), ERR_FORBIDDEN);
    CHECK_INT(escalation_read(world_as("manager@rutland"), id, NULL, NULL, &s), ERR_NOT_FOUND);
    CHECK_INT(escalation_read(world_as("navigator@other"), id, NULL, NULL, &s), ERR_NOT_FOUND);
    CHECK_INT(escalation_read(world_as("manager"), "nonsense", NULL, NULL, &s), ERR_NOT_FOUND);
}

TEST(a_success_since_is_shown_beside_the_decision)
{
    const char *ref = world_person("2001-05-17", "active", 60),
               *id = raise_as("navigator", ref, NULL);
    world_sql("update app.escalation set raised_at = now() - interval '2 hours' where id = '%s'",
              id);
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = {
        .happened_at = time_iso(ctx->arena, clock_now_us() / 1000000 * 1000000 - 1800 * 1000000LL),
        .direction = "inbound",
        .mode = "phone",
        .outcome = "spoke",
        .minutes = "5"};
    struct contact saved;
    static const struct create_reply done = {.before = "/"};
    CHECK_INT(contact_record(ctx, ref, &in, &done, &saved), ERR_OK);
    world_explain(ctx);
    struct escalation s;
    struct contact_list contacts;
    struct person_file file;
    unsigned long before = world_flushes();
    CHECK_INT(escalation_read(world_as("manager"), id, &file, &contacts, &s), ERR_OK);
    CHECK_INT(world_flushes() - before, 1);
    CHECK_STR(s.re_engaged_at, in.happened_at);
    CHECK_STR(file.status, "engaged");
    CHECK_INT(contacts.n, 1);
    CHECK_INT(step("manager", id, "suspended", "Back in touch"), ERR_OK);
}

TEST(stale_when_somebody_was_first)
{
    const char *id = raised(), *seen = read_as("manager", id).version;
    CHECK_INT(step("probation", id, "under_review", NULL), ERR_OK);
    struct escalation_move in = {.to = "approved", .version = seen};
    struct escalation after;
    CHECK_INT(escalation_move(world_as("manager"), id, &in, &after), ERR_STALE);
    CHECK_STR(state_of(id), "under_review");
}

TEST(lists_agree_with_their_counts)
{
    for (int i = 0; i < 4; i++)
        raised();
    static const char *const roles[] = {"navigator", "team_lead", "manager", "police",
                                        "youth_justice"};
    for (size_t i = 0; i < 5; i++) {
        struct escalation_query q = {
            .states = "{raised,under_review,deferred}", .limit = "3", .by_due = i % 2 == 0};
        struct escalation_list list = {0};
        size_t n = 0;
        do {
            struct ctx *ctx = world_as(roles[i]);
            enum err e = escalation_list_read(ctx, NULL, &q, NULL, &list);
            CHECK_INT(e, ERR_OK);
            world_explain(ctx);
            if (e)
                return;
            for (size_t k = 0; k < list.n; k++)
                CHECK(list.rows[k]->ref && list.rows[k]->decision_due && list.rows[k]->days);
            if (list.n && i < 4)
                CHECK(list.rows[0]->name != NULL);
            if (list.n && i == 4)
                CHECK(list.rows[0]->name == NULL);
            n += list.n;
            q.after = list.next;
        } while (list.next && n < 500);
        CHECK_INT(n, strtoul(list.counts.decide, NULL, 10));
        CHECK(n >= 4);
    }
}

TEST(overdue_after_two_working_days)
{
    const char *id = raised();
    world_sql("update app.escalation set decision_due = app.today() - 1 where id = '%s'", id);
    CHECK_STR(read_as("manager", id).overdue, "true");
    CHECK_INT(step("manager", id, "under_review", NULL), ERR_OK);
    CHECK_INT(step("manager", id, "not_approved", "Not enough"), ERR_OK);
    CHECK_STR(read_as("manager", id).overdue, "false");
}

TEST(raising)
{
    const char *ref = world_person("2001-05-17", "active", 60);
    static const char *const may[] = {"navigator", "team_lead", "manager", "police", "probation"};
    for (size_t i = 0; i < 5; i++)
        CHECK_STR(state_of(raise_as(may[i], ref, NULL)), "raised");
    struct escalation_input in = {.trigger = "new_offence", .evidence = "x"};
    struct escalation saved;
    CHECK_INT(escalation_raise(world_as("youth_justice"), ref, &in, &reply, &saved), ERR_NOT_FOUND);
    CHECK_INT(escalation_raise(world_as("provider"), ref, &in, &reply, &saved), ERR_FORBIDDEN);
    CHECK_INT(escalation_raise(world_as("navigator@rutland"), ref, &in, &reply, &saved),
              ERR_NOT_FOUND);
    struct person_file file;
    struct escalation_list open;
    CHECK_INT(escalation_form_read(world_as("navigator"), ref, &file, &open), ERR_OK);
    CHECK_INT(open.n, 5);
    in.triggered_on = days_ago(-3);
    CHECK_INT(escalation_raise(world_as("navigator"), ref, &in, &reply, &saved), ERR_INVALID);
}

TESTS("escalation", T(every_fact_comes_back), T(the_whole_way), T(actions_by_code_with_the_step),
      T(who_may_take_which_step), T(a_step_the_machine_lacks_names_those_it_has),
      T(reasons_where_they_are_needed), T(what_each_role_sees),
      T(a_success_since_is_shown_beside_the_decision), T(stale_when_somebody_was_first),
      T(lists_agree_with_their_counts), T(overdue_after_two_working_days), T(raising))
