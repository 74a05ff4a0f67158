// SPDX-License-Identifier: MIT
// Referrals against a real database: every step of the machine, who may take it, and what each role
// sees.
#include "test.h"
#include "world.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"
#include "record/cursor.h"
#include "record/step.h"
#include "domain/referral/referral.h"

#include <stdlib.h>
#include <string.h>

static const struct create_reply reply = {.before = "/referrals/"};
static const char reason[] =
    "Wants a place of his own; SELECT 'quiet' -- \xF0\x9F\x8F\xA0\nsecond line";

static struct referral_input input(void)
{
    return (struct referral_input){.service = "housing",
                                   .provider = world_provider(),
                                   .urgency = "urgent",
                                   .needs = "{accommodation,finance}",
                                   .reason = reason,
                                   .risk_summary = "Meet in the office only",
                                   .outcomes_wanted = "{\"A tenancy, signed\",\"Bills paid\"}"};
}

static const char *make_as(const char *role, const char *ref, const struct referral_input *in)
{
    struct referral saved = {0};
    CHECK_INT(referral_make(world_as(role), ref, in, &reply, &saved), ERR_OK);
    return saved.id ? saved.id : "none";
}

static const char *sent(const char *ref)
{
    struct referral_input in = input();
    return make_as("navigator", ref, &in);
}

static enum err step(const char *role, const char *id, const char *to, const char *why)
{
    struct referral_move in = {.to = to, .reason = why};
    struct referral after;
    return referral_move(world_as(role), id, &in, &after);
}

static struct referral read_as(const char *role, const char *id)
{
    struct referral r = {0};
    struct ctx *ctx = world_as(role);
    CHECK_INT(referral_read(ctx, id, NULL, &r), ERR_OK);
    world_explain(ctx);
    return r;
}

static const char *state_of(const char *id)
{
    return world_sql("select state from app.referral where id = '%s'", id);
}

TEST(every_fact_comes_back)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct referral r = read_as("navigator", sent(ref));
    CHECK_STR(r.ref, ref);
    CHECK_STR(r.service, "housing");
    CHECK_STR(r.state, "sent");
    CHECK_STR(r.urgency, "urgent");
    CHECK_STR(r.needs, "{accommodation,finance}");
    CHECK_STR(r.reason, reason);
    CHECK_STR(r.risk_summary, "Meet in the office only");
    const char *const *outcomes;
    size_t n = field_list(world_as("navigator")->arena, r.outcomes_wanted, &outcomes);
    CHECK_INT(n, 2);
    CHECK_STR(n == 2 ? outcomes[0] : NULL, "A tenancy, signed");
    CHECK_STR(r.provider_id, world_provider());
    CHECK(r.reply_due &&
          strcmp(r.reply_due, date_iso(world_as("navigator")->arena, date_today() + 4)) > 0);
    CHECK_STR(r.due, r.reply_due);
    CHECK_STR(r.overdue, "false");
    CHECK_STR(r.waiting_days, "0");
    CHECK_STR(r.possible, "{withdrawn}");
    CHECK_STR(r.with_reason, "{withdrawn}");
    CHECK_STR(read_as("provider", r.id).possible, "{accepted,declined}");
}

TEST(nothing_of_it_is_stored_in_clear)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    CHECK_STR(
        world_sql(
            "select count(*) from app.referral_note n where n.referral_id = '%s' and "
            "(position('SELECT'::bytea in n.note) > 0 or position('tenancy'::bytea in n.note) > 0)",
            id),
        "0");
    CHECK_STR(world_sql("select count(*) from app.referral_note n where n.referral_id = '%s'", id),
              "3");
}

TEST(round_trips)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct referral_input in = input();
    make_as("navigator", ref, &in); // the data key is cached now
    unsigned long before = world_flushes();
    const char *id = make_as("navigator", ref, &in);
    CHECK_INT(world_flushes() - before, 1);
    before = world_flushes();
    read_as("navigator", id);
    CHECK_INT(world_flushes() - before, 1);
    before = world_flushes();
    CHECK_INT(step("provider", id, "accepted", NULL), ERR_OK);
    CHECK_INT(world_flushes() - before, 1);
    struct referral_list list;
    before = world_flushes();
    CHECK_INT(
        referral_list_read(world_as("provider"), NULL, &(struct referral_query){0}, NULL, &list),
        ERR_OK);
    CHECK_INT(world_flushes() - before, 1);
}

TEST(the_whole_way)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    CHECK_INT(step("provider", id, "accepted", NULL), ERR_OK);
    struct referral r = read_as("provider", id);
    CHECK_STR(r.due, r.start_due);
    CHECK(r.start_due && r.reply_due && strcmp(r.start_due, r.reply_due) > 0);
    CHECK_INT(step("provider", id, "started", "Met at the office"), ERR_OK);
    struct session_input s = {.held_on = date_iso(world_as("provider")->arena, date_today()),
                              .result = "happened",
                              .late = "true",
                              .minutes = "50",
                              .feedback = "Filled in the form",
                              .concern = "true"};
    struct referral_session saved;
    CHECK_INT(referral_session_record(world_as("provider"), id, &s, &reply, &saved), ERR_OK);
    struct referral_move end = {.to = "ended", .end_report = "Has the keys"};
    CHECK_INT(referral_move(world_as("provider"), id, &end, &r), ERR_OK);
    CHECK_STR(r.state, "ended");
    CHECK_STR(r.end_report, "Has the keys");
    CHECK_STR(r.possible, "{}");
    CHECK(r.due == NULL);
    r = read_as("navigator", id);
    CHECK_INT(r.sessions->n, 1);
    const struct referral_session *one =
        r.sessions->n ? r.sessions->rows[0] : &(struct referral_session){0};
    CHECK_STR(one->feedback, "Filled in the form");
    CHECK_STR(one->late, "true");
    CHECK_STR(one->concern, "true");
    CHECK_STR(one->minutes, "50");
    static const char *const way[] = {"sent", "accepted", "started", "ended"};
    CHECK_INT(r.events->n, 4);
    for (size_t i = 0; i < r.events->n && i < 4; i++)
        CHECK_STR(((const struct step_event *)r.events->rows[i])->to_state, way[i]);
}

TEST(a_step_the_machine_lacks_names_those_it_has)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    static const char *const wrong[] = {"started", "ended", "sent", "draft"};
    for (size_t i = 0; i < 4; i++) {
        struct referral_move in = {.to = wrong[i], .reason = "because"};
        struct referral after;
        struct ctx *ctx = world_as("provider");
        CHECK_INT(referral_move(ctx, id, &in, &after), ERR_CONFLICT);
        CHECK_STR(ctx->problem.detail,
                  "Not possible from \"sent\". Possible next: accepted, declined, withdrawn");
    }
    CHECK_STR(state_of(id), "sent");
    CHECK_STR(world_sql("select count(*) from app.referral_note where referral_id = '%s'", id),
              "3");
}

TEST(reasons_where_they_are_needed)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    struct ctx *ctx = world_as("provider");
    struct referral after;
    CHECK_INT(referral_move(ctx, id, &(struct referral_move){.to = "declined"}, &after),
              ERR_INVALID);
    CHECK_STR(ctx->problem.first ? ctx->problem.first->field : NULL, "decline_reason");
    ctx = world_as("navigator");
    CHECK_INT(referral_move(ctx, id, &(struct referral_move){.to = "withdrawn"}, &after),
              ERR_INVALID);
    CHECK_STR(ctx->problem.first ? ctx->problem.first->field : NULL, "reason");
    CHECK_STR(state_of(id), "sent");
    struct referral_move no = {
        .to = "declined", .decline_reason = "no_capacity", .reason = "Full until May"};
    CHECK_INT(referral_move(world_as("provider"), id, &no, &after), ERR_OK);
    CHECK_STR(after.decline_reason, "Full until May");
    CHECK_STR(after.reason_code, "no_capacity");
    ctx = world_as("provider");
    struct referral_move odd = {.to = "accepted", .end_report = "x", .decline_reason = "other"};
    CHECK_INT(referral_move(ctx, id, &odd, &after), ERR_INVALID);
    CHECK(ctx->problem.first && ctx->problem.first->next);
}

TEST(who_may_take_which_step)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    CHECK_INT(step("navigator", id, "accepted", NULL), ERR_FORBIDDEN);
    CHECK_INT(step("provider", id, "withdrawn", "not mine"), ERR_FORBIDDEN);
    CHECK_INT(step("manager", id, "withdrawn", "not mine"), ERR_FORBIDDEN);
    CHECK_INT(step("police", id, "accepted", NULL), ERR_FORBIDDEN);
    CHECK_INT(step("evaluator", id, "accepted", NULL), ERR_FORBIDDEN);
    CHECK_INT(step("manager@rutland", id, "withdrawn", "elsewhere"), ERR_NOT_FOUND);
    CHECK_STR(state_of(id), "sent");
    CHECK_INT(step("team_lead", id, "withdrawn", "Moved away"), ERR_OK);
}

TEST(a_draft_is_nobody_elses)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct referral_input in = input();
    in.draft = "true";
    const char *id = make_as("navigator", ref, &in);
    struct referral r;
    CHECK_INT(referral_read(world_as("provider"), id, NULL, &r), ERR_NOT_FOUND);
    CHECK_INT(step("provider", id, "accepted", NULL), ERR_NOT_FOUND);
    r = read_as("navigator", id);
    CHECK_STR(r.possible, "{sent,withdrawn}");
    CHECK(r.reply_due == NULL);
    CHECK_INT(step("navigator", id, "sent", NULL), ERR_OK);
    CHECK_STR(read_as("provider", id).reason, reason);
}

TEST(what_each_role_sees)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    static const char *const states[] = {"police", "probation", "youth_justice"};
    for (size_t i = 0; i < 3; i++) {
        struct referral r = read_as(states[i], id);
        CHECK_STR(r.state, "sent");
        CHECK(!r.reason && !r.risk_summary && !r.needs && !r.urgency);
        CHECK_INT(r.sessions->n + r.notes->n, 0);
        CHECK_STR(r.possible, "{}");
    }
    CHECK_STR(read_as("manager", id).reason, reason);
    struct referral r;
    CHECK_INT(referral_read(world_as("navigator@rutland"), id, NULL, &r), ERR_NOT_FOUND);
    CHECK_INT(referral_read(world_as("auditor"), id, NULL, &r), ERR_FORBIDDEN);
    struct ctx *ctx = world_as("navigator");
    CHECK_INT(referral_read(ctx, uuid_new(ctx->arena), NULL, &r), ERR_NOT_FOUND);
    CHECK_INT(referral_read(world_as("navigator"), "not-an-id", NULL, &r), ERR_NOT_FOUND);
}

TEST(provider_by_name_or_id_and_no_other)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct referral_input in = input();
    in.provider = world_sql("select name from access.agency where id = '%s'", world_provider());
    CHECK_STR(read_as("navigator", make_as("navigator", ref, &in)).provider_id, world_provider());
    in.provider = "No such provider";
    struct ctx *ctx = world_as("navigator");
    struct referral saved;
    unsigned long before = strtoul(world_sql("select count(*) from app.referral"), NULL, 10);
    CHECK_INT(referral_make(ctx, ref, &in, &reply, &saved), ERR_INVALID);
    CHECK_STR(ctx->problem.first ? ctx->problem.first->field : NULL, "provider");
    CHECK_INT(strtoul(world_sql("select count(*) from app.referral"), NULL, 10), before);
}

TEST(stale_when_somebody_was_first)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    const char *seen = read_as("provider", id).version;
    CHECK_INT(step("provider", id, "accepted", NULL), ERR_OK);
    struct referral_move in = {.to = "started", .version = seen};
    struct referral after;
    CHECK_INT(referral_move(world_as("provider"), id, &in, &after), ERR_STALE);
    CHECK_STR(state_of(id), "accepted");
    in.version = read_as("provider", id).version;
    CHECK_INT(referral_move(world_as("provider"), id, &in, &after), ERR_OK);
}

TEST(sessions_only_once_started_and_only_the_providers)
{
    const char *id = sent(world_person("2001-05-17", "active", 5));
    struct session_input s = {.held_on = date_iso(world_as("provider")->arena, date_today()),
                              .result = "unacceptable_absence",
                              .feedback = "Did not come"};
    struct referral_session saved;
    CHECK_INT(referral_session_record(world_as("provider"), id, &s, &reply, &saved), ERR_CONFLICT);
    CHECK_INT(step("provider", id, "accepted", NULL), ERR_OK);
    CHECK_INT(step("provider", id, "started", NULL), ERR_OK);
    CHECK_INT(referral_session_record(world_as("navigator"), id, &s, &reply, &saved),
              ERR_FORBIDDEN);
    CHECK_INT(referral_session_record(world_as("provider"), id, &s, &reply, &saved), ERR_OK);
    s.late = "true";
    s.minutes = "30";
    struct ctx *ctx = world_as("provider");
    CHECK_INT(referral_session_record(ctx, id, &s, &reply, &saved), ERR_INVALID);
    CHECK(ctx->problem.first && ctx->problem.first->next);
    CHECK_STR(world_sql("select count(*) from app.referral_session where referral_id = '%s'", id),
              "1");
}

TEST(lists_agree_with_their_counts)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    for (int i = 0; i < 5; i++)
        sent(ref);
    CHECK_INT(step("provider", sent(ref), "accepted", NULL), ERR_OK);
    static const char *const roles[] = {"navigator", "team_lead", "manager", "provider"};
    for (size_t i = 0; i < 8; i++) {
        struct referral_query q = {
            .states = "{sent,accepted,started}", .limit = "2", .by_due = i % 2 == 0};
        struct referral_list list = {0};
        size_t n = 0, waiting = 0;
        char last[UUID_TEXT] = "", key[32] = "";
        do {
            struct ctx *ctx = world_as(roles[i / 2]);
            enum err e = referral_list_read(ctx, NULL, &q, NULL, &list);
            CHECK_INT(e, ERR_OK);
            world_explain(ctx);
            if (e)
                return;
            for (size_t k = 0; k < list.n; k++) {
                const struct referral *one = list.rows[k];
                waiting += strcmp(one->state, "sent") == 0;
                // the due day goes up (none comes last), or the time of making down
                const char *due = one->due ? one->due : "9999";
                const char *now = q.by_due ? due : one->made_at;
                CHECK(!*key || (q.by_due ? strcmp(key, now) <= 0 : strcmp(key, now) >= 0));
                snprintf(key, sizeof(key), "%s", now);
                CHECK(list.rows[k]->name != NULL && list.rows[k]->ref != NULL);
                CHECK(strcmp(last, list.rows[k]->id) != 0);
                memcpy(last, list.rows[k]->id, sizeof(last));
            }
            n += list.n;
            q.after = list.next;
        } while (list.next && n < 500);
        CHECK_INT(waiting, strtoul(list.counts.waiting, NULL, 10));
        CHECK_INT(n - waiting, strtoul(list.counts.open, NULL, 10));
        CHECK(waiting >= 5 && n > waiting);
    }
    struct referral_list list;
    struct person_file file;
    CHECK_INT(
        referral_list_read(world_as("navigator"), ref, &(struct referral_query){0}, &file, &list),
        ERR_OK);
    CHECK_INT(list.n, 6);
    CHECK_STR(list.counts.waiting, "5");
    CHECK_INT(referral_list_read(world_as("navigator@rutland"), NULL, &(struct referral_query){0},
                                 NULL, &list),
              ERR_OK);
    CHECK_INT(list.n, 0);
    CHECK_INT(referral_list_read(world_as("navigator"), NULL,
                                 &(struct referral_query){.after = "AAAA"}, NULL, &list),
              ERR_INVALID);
}

TEST(conflict_of_interest_beats_list_and_count)
{
    const char *ref = world_person(NULL, "active", 5);
    sent(ref);
    struct referral_query q = {.states = "{sent}", .limit = "200"};
    struct referral_list before, after;
    CHECK_INT(referral_list_read(world_as("manager"), NULL, &q, NULL, &before), ERR_OK);
    unsigned long all = strtoul(before.counts.waiting, NULL, 10);
    CHECK_INT(before.n, all);
    (void)world_sql("insert into app.conflict (user_id, person_id) values ('%s', '%s')",
                    world_user("manager"), world_person_id(ref));
    CHECK_INT(referral_list_read(world_as("manager"), NULL, &q, NULL, &after), ERR_OK);
    CHECK_INT(after.n, all - 1);
    CHECK_INT(strtoul(after.counts.waiting, NULL, 10), all - 1);
    (void)world_sql("delete from app.conflict");
}

TEST(every_look_is_logged)
{
    const char *ref = world_person("2001-05-17", "active", 5), *id = sent(ref);
    const char *person = world_participant_id(ref);
    read_as("police", id);
    CHECK_STR(
        world_sql(
            "select count(*) from audit.event where action = 'referral_viewed' and object_id = "
            "'%s' and subjects = array['%s'::uuid]",
            id, person),
        "1");
    struct referral_list list;
    CHECK_INT(referral_list_read(world_as("provider"), NULL, &(struct referral_query){.limit = "1"},
                                 NULL, &list),
              ERR_OK);
    CHECK_STR(
        world_sql("select cardinality(subjects) from audit.event where action = 'referrals_listed' "
                  "order by id desc limit 1"),
        "1");
}

TEST(one_row_for_a_repeated_key)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    static const uint8_t hash[32] = {7};
    struct referral_input in = input();
    const char *key = uuid_new(world_as("navigator")->arena);
    for (int i = 0; i < 2; i++) {
        struct ctx *ctx = world_as("navigator");
        ctx->idempotency_key = key;
        ctx->body_hash = hash;
        struct referral saved;
        CHECK_INT(referral_make(ctx, ref, &in, &reply, &saved),
                  i ? ERR_IDEMPOTENCY_REPLAY : ERR_OK);
        ctx->idempotency_key = NULL;
    }
    CHECK_STR(world_sql("select count(*) from app.referral where participant_id = '%s'",
                        world_participant_id(ref)),
              "1");
}

TESTS("referral", T(every_fact_comes_back), T(nothing_of_it_is_stored_in_clear), T(round_trips),
      T(the_whole_way), T(a_step_the_machine_lacks_names_those_it_has),
      T(reasons_where_they_are_needed), T(who_may_take_which_step), T(a_draft_is_nobody_elses),
      T(what_each_role_sees), T(provider_by_name_or_id_and_no_other),
      T(stale_when_somebody_was_first), T(sessions_only_once_started_and_only_the_providers),
      T(lists_agree_with_their_counts), T(conflict_of_interest_beats_list_and_count),
      T(every_look_is_logged), T(one_row_for_a_repeated_key))
