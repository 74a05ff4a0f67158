// SPDX-License-Identifier: MIT
// State machines in the database: every pair of states of every machine, the words of a refusal,
// the reasons, the dates and clocks, the dated events, and who may take which step.
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *conninfo;
static PGconn *owner, *app;

static void load(void)
{
    if (owner)
        return;
    conninfo = access_database("machines", true);
    owner = sql_connect(conninfo, "phoenix_owner");
    app = sql_connect(conninfo, "phoenix_app");
}

#define PERSON "00000000-0000-7000-8000-000000000201"

struct machine {
    const char *name, *insert, *update; // %s: the state; the thing's id ends in ee
};
static const struct machine machines[] = {
    {"participant",
     "insert into app.participant (site_id, id, ref, stage) values ('leicester',"
     " '00000000-0000-7000-8000-0000000000ee', 'PXEEEEEE', '%s')",
     "update app.participant set stage = '%s', reason_code = %s where id = "
     "'00000000-0000-7000-8000-0000000000ee'"},
    {"referral",
     "insert into app.referral (site_id, id, participant_id, service, provider_id, state) values "
     "('leicester',"
     " '00000000-0000-7000-8000-0000000000ee', '" PERSON
     "', 'housing', '00000000-0000-7000-8000-0000000000b1', '%s')",
     "update app.referral set state = '%s', reason_code = %s where id = "
     "'00000000-0000-7000-8000-0000000000ee'"},
    {"escalation",
     "insert into app.escalation (site_id, id, participant_id, trigger, decision_due, state) "
     "values ('leicester',"
     " '00000000-0000-7000-8000-0000000000ee', '" PERSON "', 'disengaged', null, '%s')",
     "update app.escalation set state = '%s', reason_code = %s where id = "
     "'00000000-0000-7000-8000-0000000000ee'"},
    {"export",
     "insert into app.export (id, state, reason) values ('00000000-0000-7000-8000-0000000000ee', "
     "'%s', 'why')",
     "update app.export set state = '%s', reason_code = %s where id = "
     "'00000000-0000-7000-8000-0000000000ee'"},
};

/** printf with a format from the table: a state and a reason are all that goes in. */
static const char *step(PGconn *c, const char *pattern, const char *state, const char *reason)
{
    char text[1024];
    size_t n = 0;
    const char *in[] = {state, reason};
    for (int k = 0; *pattern && n < sizeof(text) - 64; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 's') {
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", in[k++ % 2]);
            pattern++;
        } else {
            text[n++] = *pattern;
        }
    }
    text[n] = '\0';
    return sql_state(c, "%s", text);
}

/** Space-separated names, taken one at a time. */
static const char *word(const char **list)
{
    static char ring[4][64];
    static unsigned at;
    while (**list == ' ')
        (*list)++;
    size_t n = strcspn(*list, " ");
    if (!n)
        return NULL;
    char *out = ring[at++ % 4];
    snprintf(out, sizeof(ring[0]), "%.*s", (int)n, *list);
    *list += n;
    return out;
}

static void check_pair(const struct machine *m, const char *from, const char *to)
{
    sql_state(owner, "begin");
    CHECK_STR(step(owner, m->insert, from, ""), "");
    sql_state(owner, "savepoint s");
    char rule[8], allowed[512];
    snprintf(
        rule, sizeof(rule), "%s",
        sql_value(
            owner,
            "select needs_reason from app.transition where machine = '%s' and from_state = '%s'"
            " and to_state = '%s'",
            m->name, from, to));
    snprintf(allowed, sizeof(allowed), "%s",
             sql_value(owner,
                       "select string_agg(to_state, ', ' order by position) from app.transition"
                       " where machine = '%s' and from_state = '%s'",
                       m->name, from));
    const char *without = step(owner, m->update, to, "null");
    if (strcmp(from, to) == 0) {
        CHECK_STR(without, ""); // not a step
    } else if (!*rule) {
        CHECK_STR(without, "PX004");
        char want[1024];
        snprintf(want, sizeof(want),
                 *allowed ? "Not possible from \"%s\". Possible next: %s"
                          : "Not possible from \"%s\". Nothing can follow it%s",
                 from, allowed);
        CHECK_STR(sql_words(), want);
    } else {
        CHECK_STR(without, *rule == 't' ? "PX006" : "");
        if (*rule == 't')
            CHECK_STR(sql_words(), "reason: Enter a reason");
        sql_state(owner, "rollback to s");
        CHECK_STR(step(owner, m->update, to, "'note'"), "");
    }
    sql_state(owner, "rollback");
}

TEST(every_pair_of_states)
{
    load();
    for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
        static char states[1024];
        snprintf(
            states, sizeof(states), "%s",
            sql_value(owner,
                      "select string_agg(distinct s, ' ') from app.transition,"
                      " unnest(array[from_state, to_state]) s where machine = '%s' and s <> ''",
                      machines[i].name));
        CHECK(strlen(states) > 20);
        const char *a = states;
        for (const char *from = word(&a); from; from = word(&a)) {
            char here[64];
            snprintf(here, sizeof(here), "%s", from);
            const char *b = states;
            for (const char *to = word(&b); to; to = word(&b)) {
                char there[64];
                snprintf(there, sizeof(there), "%s", to);
                check_pair(&machines[i], here, there);
            }
        }
    }
}

// lib/domain/README.md's machines, step by step: the table must hold at least these.
TEST(the_domains_paths_exist)
{
    load();
    static const char *const paths[][2] = {
        {"participant", "awaiting_offer offered accepted active closed re_opened"},
        {"participant", "awaiting_offer offered declined escalated"},
        {"participant", "declined re_offered offered"},
        {"referral", "draft sent accepted started ended"},
        {"referral", "sent declined"},
        {"referral", "sent withdrawn"},
        {"escalation", "raised under_review approved action_due action_taken reviewed closed"},
        {"escalation", "under_review not_approved"},
        {"escalation", "under_review deferred"},
        {"escalation", "approved suspended"},
        {"export", "requested approved running ready expired"},
        {"export", "running failed"},
        {"nomination", "drafted submitted duplicate_found"},
        {"nomination", "submitted at_panel eligible pooled allocated"},
        {"nomination", "at_panel not_eligible"},
        {"nomination", "at_panel deferred"},
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        const char *p = paths[i][1];
        char from[64];
        snprintf(from, sizeof(from), "%s", word(&p));
        for (const char *to = word(&p); to; to = word(&p)) {
            CHECK_STR(sql_value(owner,
                                "select count(*) from app.transition where machine = '%s'"
                                " and from_state = '%s' and to_state = '%s'",
                                paths[i][0], from, to),
                      "1");
            snprintf(from, sizeof(from), "%s", to);
        }
    }
    CHECK_STR(
        sql_value(
            owner,
            "select string_agg(machine || ' ' || to_state, ', ' order by machine, to_state)"
            " from (select distinct machine, to_state from app.transition where needs_reason) q"),
        "escalation closed, escalation deferred, escalation not_approved, escalation raised,"
        " escalation suspended, export requested, nomination deferred, nomination duplicate_found,"
        " nomination not_eligible, nomination withdrawn, participant closed, participant declined,"
        " participant re_opened, referral declined, referral ended, referral withdrawn");
}

TEST(the_application_begins_at_the_beginning)
{
    load();
    static const char *const bad[] = {"accepted", "started", "ended", "withdrawn"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_STR(sql_begin(app, "nav", "referral_write", "PX000001"), "");
        CHECK_STR(step(app, machines[1].insert, bad[i], ""), "PX004");
        CHECK_STR(sql_words(), "Not possible as a first step. Possible: draft, sent");
        sql_state(app, "rollback");
    }
    CHECK_STR(sql_begin(app, "nav", "escalation_raise", "PX000001"), "");
    CHECK_STR(step(app, machines[2].insert, "approved", ""), "PX004");
    sql_state(app, "rollback");
}

TEST(dates_come_with_their_steps)
{
    load();
    // Whatever dates are sent with a beginning: a draft that says it was sent is still a draft.
    CHECK_STR(sql_begin(app, "nav", "referral_write", "PX000001"), "");
    CHECK_STR(
        sql_state(
            app,
            "insert into app.referral (site_id, id, participant_id, service, provider_id, sent_at,"
            " accepted_at, made_at, version) values ('leicester',"
            " '00000000-0000-7000-8000-0000000000ea', '" PERSON "', 'housing',"
            " '00000000-0000-7000-8000-0000000000b1', '2026-01-01', '2026-01-01', '2026-01-01', "
            "9)"),
        "");
    CHECK_STR(
        sql_value(
            app,
            "select sent_at is null and accepted_at is null and made_at = now() and version = 1"
            " from app.referral where id = '00000000-0000-7000-8000-0000000000ea'"),
        "t");
    CHECK_STR(sql_state(app, "update app.referral set state_at = '2026-01-01'"
                             " where id = '00000000-0000-7000-8000-0000000000ea'"),
              "");
    CHECK_STR(sql_value(app, "select state_at = now() from app.referral"
                             " where id = '00000000-0000-7000-8000-0000000000ea'"),
              "t");
    sql_state(app, "rollback");
    CHECK_STR(sql_begin(app, "nav", "participant_create", NULL), "");
    CHECK_STR(
        sql_state(
            app,
            "insert into app.participant (site_id, id, ref, worker_id, accepted_at, closed_at,"
            " created_by) values ('leicester', '00000000-0000-7000-8000-0000000000eb', 'PXEBEBEB',"
            " '00000000-0000-7000-8000-000000000101', '2026-01-01', '2026-01-01',"
            " '00000000-0000-7000-8000-000000000102')"),
        "");
    CHECK_STR(
        sql_value(
            app,
            "select accepted_at is null and closed_at is null and created_by ="
            " '00000000-0000-7000-8000-000000000101' from app.participant where ref = 'PXEBEBEB'"),
        "t");
    sql_state(app, "rollback");
    CHECK_STR(sql_begin(app, "nav", "escalation_raise", "PX000001"), "");
    CHECK_STR(
        sql_state(
            app,
            "insert into app.escalation (site_id, id, participant_id, trigger, decision_due, "
            "decided_at,"
            " raised_at) values ('leicester', '00000000-0000-7000-8000-0000000000ec', '" PERSON "',"
            " 'disengaged', '2030-01-01', now(), '2026-01-01')"),
        "");
    CHECK_STR(
        sql_value(
            app,
            "select decided_at is null and raised_at = now() and decision_due <= app.today() + 4"
            " from app.escalation where id = '00000000-0000-7000-8000-0000000000ec'"),
        "t");
    sql_state(app, "rollback");
}

/** One step on the referral of person 1, by somebody; committed. */
static const char *move(const char *who, const char *permission, const char *set)
{
    CHECK_STR(sql_begin(app, who, permission, "PX000001"), "");
    char *text;
    const char *state;
    if (asprintf(&text,
                 "update app.referral set %s where id = '00000000-0000-7000-8000-0000000000ee'",
                 set) < 0)
        abort();
    int n = sql_changed(app, "%s", text);
    free(text);
    static char why[256];
    snprintf(why, sizeof(why), "%s", sql_words());
    state = n == 1 ? "" : n == 0 ? "none" : why;
    sql_state(app, *state ? "rollback" : "commit");
    return state;
}

TEST(a_referral_from_draft_to_end)
{
    load();
    CHECK_STR(sql_begin(app, "nav", "referral_write", "PX000001"), "");
    CHECK_STR(step(app, machines[1].insert, "draft", ""), "");
    CHECK_STR(
        sql_state(app,
                  "insert into app.referral_detail (site_id, referral_id, participant_id) values"
                  " ('leicester', '00000000-0000-7000-8000-0000000000ee', '" PERSON "')"),
        "");
    CHECK_STR(sql_state(app, "commit"), "");
    // A draft is nobody else's, its parts included.
    CHECK_STR(move("provider", "referral_deliver", "state = 'accepted'"), "none");
    sql_begin(app, "provider", "self", NULL);
    CHECK_STR(sql_value(app, "select count(*) from app.referral_detail where referral_id ="
                             " '00000000-0000-7000-8000-0000000000ee'"),
              "0");
    sql_state(app, "rollback");
    CHECK_STR(move("nav", "referral_write", "state = 'sent', version = 1 + 1"), "");
    CHECK_STR(
        sql_value(
            owner,
            "select reply_due = app.working_days_after(app.today(), 5) and sent_at = state_at and"
            " start_due is null from app.referral where id = "
            "'00000000-0000-7000-8000-0000000000ee'"),
        "t");
    sql_begin(app, "provider", "self", NULL);
    CHECK_STR(sql_value(app, "select count(*) from app.referral_detail where referral_id ="
                             " '00000000-0000-7000-8000-0000000000ee'"),
              "1");
    sql_state(app, "rollback");
    CHECK_STR(move("nav", "referral_write", "state = 'accepted'"),
              "no permission"); // the provider's answer
    CHECK_STR(move("nav", "referral_write", "service = 'training'"),
              "A referral that was sent keeps its service and provider");
    CHECK_STR(move("provider", "referral_deliver", "state = 'withdrawn', reason_code = 'note'"),
              "no permission");
    CHECK_STR(move("provider", "referral_deliver", "state = 'accepted', version = 1 + 1"),
              "Somebody else has changed this since you opened it");
    CHECK_STR(move("provider", "referral_deliver", "state = 'accepted', version = 2 + 1"), "");
    CHECK_STR(
        sql_value(owner,
                  "select start_due = app.working_days_after(app.today(), 10) from app.referral"
                  " where id = '00000000-0000-7000-8000-0000000000ee'"),
        "t");
    CHECK_STR(move("provider", "referral_deliver",
                   "state = 'started', state_at = now() + interval '1 day'"),
              "at: The date must not be in the future");
    CHECK_STR(move("provider", "referral_deliver", "state = 'started'"), "");
    CHECK_STR(move("provider", "referral_deliver", "state = 'ended', reason_code = 'completed'"),
              "");
    CHECK_STR(
        sql_value(owner,
                  "select string_agg(concat_ws('>', from_state, to_state) || ' ' || u.username ||"
                  " coalesce(' ' || reason_code, ''), ', ' order by e.recorded_at)"
                  " from app.referral_event e join access.\"user\" u on u.id = e.by_user"
                  " where referral_id = '00000000-0000-7000-8000-0000000000ee'"),
        "draft nav, draft>sent nav, sent>accepted provider, accepted>started provider,"
        " started>ended provider completed");
    CHECK_STR(
        sql_value(
            owner,
            "select version from app.referral where id = '00000000-0000-7000-8000-0000000000ee'"),
        "5");
}

TEST(steps_of_an_escalation_belong_to_roles)
{
    load();
    CHECK_STR(sql_begin(app, "nav", "escalation_raise", "PX000001"), "");
    CHECK_STR(step(app, machines[2].insert, "raised", ""), "");
    sql_state(app, "commit");
    static const struct {
        const char *who, *permission, *set, *want;
    } rows[] = {
        {"nav", "escalation_raise", "state = 'under_review'", "none"},
        {"lead", "escalation_raise", "state = 'under_review'", "none"},
        {"police", "escalation_act", "state = 'under_review'", "no permission"},
        {"manager", "escalation_decide", "state = 'under_review'", ""},
        {"manager", "escalation_decide", "state = 'deferred'",
         "reason: Enter a reason"}, // that of raising is spent
        {"probation", "escalation_decide", "state = 'approved'", ""},
        {"police", "escalation_act", "state = 'action_due'", ""},
        {"police", "escalation_act", "state = 'action_taken'", ""},
        {"police", "escalation_act", "state = 'reviewed'", ""},
        {"police", "escalation_act", "state = 'closed', reason_code = 'note'", "no permission"},
        {"manager", "escalation_decide", "state = 'closed', reason_code = 'note'", ""},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_STR(sql_begin(app, rows[i].who, rows[i].permission, "PX000001"), "");
        int n = sql_changed(
            app, "update app.escalation set %s where id = '00000000-0000-7000-8000-0000000000ee'",
            rows[i].set);
        CHECK_STR(n == 1 ? "" : n == 0 ? "none" : sql_words(), rows[i].want);
        sql_state(app, n == 1 ? "commit" : "rollback");
    }
    CHECK_STR(sql_value(owner,
                        "select decision_due = app.working_days_after(app.today(), 2) and "
                        "decided_at is not null"
                        " and first_action_at is not null and closed_at is not null and "
                        "triggered_on = app.today()"
                        " from app.escalation where id = '00000000-0000-7000-8000-0000000000ee'"),
              "t");
    CHECK_STR(
        sql_value(
            owner,
            "select u.username from app.escalation e join access.\"user\" u on u.id = e.decided_by"
            " where e.id = '00000000-0000-7000-8000-0000000000ee'"),
        "probation");
    CHECK_STR(sql_value(owner, "select count(*) from app.escalation_event"
                               " where escalation_id = '00000000-0000-7000-8000-0000000000ee'"),
              "7");
}

TEST(an_action_dates_the_escalation_and_not_its_version)
{
    load();
    CHECK_STR(sql_begin(app, "police", "escalation_act", "PX000005"), "");
    sql_state(owner, "update app.escalation set first_action_at = null");
    char before[8];
    snprintf(before, sizeof(before), "%s",
             sql_value(app, "select version from app.escalation where id = "
                            "'00000000-0000-7000-8000-000000000605'"));
    CHECK_STR(
        sql_state(
            app,
            "insert into app.escalation_action (site_id, id, escalation_id, participant_id, action,"
            " taken_on) values ('leicester', gen_random_uuid(), "
            "'00000000-0000-7000-8000-000000000605',"
            " '00000000-0000-7000-8000-000000000205', 'joint_visit', app.today())"),
        "");
    CHECK_STR(
        sql_value(
            app,
            "select version from app.escalation where id = '00000000-0000-7000-8000-000000000605'"),
        before);
    CHECK_STR(sql_value(app, "select first_action_at is not null from app.escalation"
                             " where id = '00000000-0000-7000-8000-000000000605'"),
              "t");
    CHECK_STR(
        sql_state(
            app,
            "insert into app.escalation_action (site_id, id, escalation_id, participant_id, action,"
            " taken_on) values ('leicester', gen_random_uuid(), "
            "'00000000-0000-7000-8000-000000000605',"
            " '00000000-0000-7000-8000-000000000205', 'joint_visit', app.today() + 1)"),
        "PX006");
    sql_state(app, "rollback");
}

TEST(a_participants_stages_keep_their_dates)
{
    load();
    static const char *const steps[] = {
        "stage = 'offered', stage_at = '2026-02-01T10:00Z'",
        "stage = 'declined', stage_at = '2026-02-02T10:00Z', reason_code = 'not_interested'",
        "stage = 're_offered', stage_at = '2026-02-03T10:00Z'",
        "stage = 'offered', stage_at = '2026-02-04T10:00Z'",
        "stage = 'accepted', stage_at = '2026-02-05T10:00Z'",
        "stage = 'active', stage_at = '2026-02-06T10:00Z'",
        "suspension = 'custody', suspended_at = '2026-02-07T10:00Z'",
        "stage = 'closed', stage_at = '2026-02-08T10:00Z', closure_reason = 'completed'",
        "stage = 're_opened', stage_at = '2026-02-09T10:00Z', reason_code = 'note'",
    };
    static const char *const status[] = {"disengaged", "offer_declined", "disengaged",
                                         "disengaged", "disengaged",     "disengaged",
                                         "suspended",  "closed",         "disengaged"};
    CHECK_STR(sql_begin(app, "nav", "participant_create", NULL), "");
    CHECK_STR(
        sql_state(app,
                  "insert into app.participant (site_id, id, ref, worker_id) values ('leicester',"
                  " '00000000-0000-7000-8000-0000000000dd', 'PXDDDDDD',"
                  " '00000000-0000-7000-8000-000000000101')"),
        "");
    CHECK_STR(sql_state(app, "commit"), "");
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        CHECK_STR(sql_begin(app, "nav", "participant_stage", "PXDDDDDD"), "");
        CHECK_INT(
            sql_changed(
                app,
                "update app.participant set %s where id = '00000000-0000-7000-8000-0000000000dd'",
                steps[i]),
            1);
        CHECK_STR(sql_value(app, "select status from app.engagement_now where ref = 'PXDDDDDD'"),
                  status[i]);
        CHECK_STR(sql_state(app, "commit"), "");
    }
    CHECK_STR(
        sql_value(owner, "select string_agg(kind || ' ' || concat_ws('>', from_state, to_state) ||"
                         " coalesce(' ' || reason_code, ''), ', ' order by recorded_at, kind)"
                         " from app.participant_event where participant_id ="
                         " '00000000-0000-7000-8000-0000000000dd'"),
        "stage awaiting_offer, stage awaiting_offer>offered, stage offered>declined not_interested,"
        " stage declined>re_offered, stage re_offered>offered, stage offered>accepted, stage "
        "accepted>active,"
        " suspension custody, stage active>closed completed, suspension custody, stage "
        "closed>re_opened note");
    CHECK_STR(
        sql_value(owner,
                  "select concat_ws('|', offered_at::date, declined_at::date, accepted_at::date, "
                  "closed_at,"
                  " suspended_at, closure_reason) from app.participant where ref = 'PXDDDDDD'"),
        "2026-02-04|2026-02-02|2026-02-05");
}

TEST(an_export_is_approved_by_somebody_else)
{
    load();
    CHECK_STR(sql_begin(app, "manager", "export_request", NULL), "");
    CHECK_STR(sql_state(app, "insert into app.export (id, site_id, reason, requested_by) values"
                             " ('00000000-0000-7000-8000-0000000000ef', 'leicester', 'quarter',"
                             " '00000000-0000-7000-8000-000000000103')"),
              "");
    CHECK_STR(sql_state(app, "savepoint s"), "");
    CHECK_STR(sql_state(app, "update app.export set state = 'approved'"), "PX004");
    sql_state(app, "rollback to s");
    CHECK_STR(sql_state(app, "commit"), "");
    CHECK_STR(sql_begin(app, "manager2", "export_read", NULL), "");
    CHECK_STR(sql_value(app, "select count(*) from app.export"), "0"); // another site's
    sql_state(app, "rollback");
    CHECK_STR(sql_begin(app, "evaluator", "export_request", NULL), "");
    CHECK_INT(sql_changed(app, "update app.export set state = 'approved'"), 1);
    CHECK_STR(sql_state(app, "update app.export set state = 'running'"), "");
    sql_state(app, "rollback");
    PGconn *worker = sql_connect(conninfo, "phoenix_worker");
    CHECK_INT(sql_changed(worker, "update app.export set state = 'running', progress = 1"), 1);
    CHECK_INT(
        sql_changed(worker, "update app.export set state = 'ready', sha256 = repeat('a', 64)"), 1);
    CHECK_STR(sql_state(worker, "update app.export set state = 'running'"), "PX004");
    PQfinish(worker);
}

TESTS("machines", T(every_pair_of_states), T(the_domains_paths_exist),
      T(the_application_begins_at_the_beginning), T(dates_come_with_their_steps),
      T(a_referral_from_draft_to_end), T(steps_of_an_escalation_belong_to_roles),
      T(an_action_dates_the_escalation_and_not_its_version),
      T(a_participants_stages_keep_their_dates), T(an_export_is_approved_by_somebody_else))
