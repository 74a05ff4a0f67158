// SPDX-License-Identifier: MIT
// access.begin() and the context it leaves: who it refuses, and what idempotency keys do when two come at
// once. That nobody can forge or replay the context is in forge.c.
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Of the first case of the fixture.
#define PERSON "00000000-0000-7000-8000-000000000211"

static PGconn *app, *owner;

static void load(void)
{
    if (app)
        return;
    const char *conninfo = access_database("context", true);
    app = sql_connect(conninfo, "phoenix_app");
    owner = sql_connect(conninfo, "phoenix_owner");
}

static const char *const seen = "select count(*) from app.participant";

TEST(without_begin_there_is_nothing)
{
    load();
    CHECK_STR(sql_value(app, "%s", seen), "0");
    CHECK_STR(sql_value(app, "select count(*) from app.contact_note"), "0");
    CHECK_STR(sql_value(app, "select count(*) from audit.event"), "0");
    CHECK_STR(
        sql_value(app,
                  "select access.actor() is null and access.person_for('contact_read') is null"
                  " and not access.all_for('user_read') and access.site_for('status_read') is null"
                  " and access.mine('status_read') = '{}' and access.staff_sites() = '{}'"),
        "t");
    CHECK_STR(sql_state(app, "select access.audit('person_viewed', null, null, null)"), "28000");
    CHECK_STR(sql_state(app, "select access.claim(gen_random_uuid(), '\\x00', 'r', 201, '', '')"),
              "28000");
}

TEST(context_ends_with_the_transaction)
{
    load();
    CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "");
    CHECK_STR(sql_value(app, "%s", seen), "5");
    CHECK_STR(sql_state(app, "commit"), "");
    CHECK_STR(sql_value(app, "select access.context()"), "");
    CHECK_STR(sql_value(app, "%s", seen), "0");
}

TEST(begin_needs_a_live_session)
{
    load();
    static const struct {
        const char *change, *undo;
    } rows[] = {
        {"update access.session set ended_at = now()", "update access.session set ended_at = null"},
        {"update access.session set expires_at = now() - interval '1 s'",
         "update access.session set expires_at = now() + interval '12 h'"},
        {"update access.session set last_seen_at = now() - interval '31 min'",
         "update access.session set last_seen_at = now()"},
        {"update access.\"user\" set disabled_at = now()",
         "update access.\"user\" set disabled_at = null"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_STR(sql_begin(app, "nav", "self", NULL), "");
        sql_state(app, "rollback");
        CHECK(sql_changed(owner, "%s", rows[i].change) > 0);
        CHECK_STR(sql_begin(app, "nav", "self", NULL), "28000");
        sql_state(app, "rollback");
        CHECK(sql_changed(owner, "%s", rows[i].undo) > 0);
    }
    CHECK_STR(sql_begin(app, "nobody", "self", NULL), "28000");
    sql_state(app, "rollback");
    CHECK_STR(sql_begin(app, "nav", "self", NULL), "");
    sql_state(app, "rollback");
}

TEST(a_first_password_does_nothing_but_be_changed)
{
    load();
    sql_changed(owner,
                "update access.\"user\" set must_change_password = true where username = 'nav'");
    CHECK_STR(sql_begin(app, "nav", "self", NULL), "");
    CHECK_STR(sql_begin(app, "nav", "participant_find", NULL), "PX009");
    CHECK_STR(sql_begin(app, "nav", "status_read", "PX000001"), "PX009");
    CHECK_STR(sql_begin(app, "nav", "user_read", NULL), "42501");
    sql_state(app, "rollback");
    sql_changed(owner,
                "update access.\"user\" set must_change_password = false where username = 'nav'");
}

TEST(last_seen_moves_once_a_minute_and_waits_for_nobody)
{
    load();
    sql_changed(owner, "update access.session set last_seen_at = now() - interval '59 seconds'"
                       " where token_hash = sha256('nav')");
    sql_begin(app, "nav", "self", NULL);
    sql_state(app, "commit");
    CHECK_STR(sql_value(owner, "select last_seen_at < now() - interval '50 s' from access.session"
                               " where token_hash = sha256('nav')"),
              "t");
    sql_changed(owner, "update access.session set last_seen_at = now() - interval '10 minutes'"
                       " where token_hash = sha256('nav')");
    // A neighbour holds the row: this one goes on without.
    sql_state(owner, "begin");
    sql_state(owner, "select from access.session where token_hash = sha256('nav') for update");
    sql_state(app, "set lock_timeout = '1s'");
    CHECK_STR(sql_begin(app, "nav", "self", NULL), "");
    sql_state(app, "commit");
    sql_state(owner, "rollback");
    sql_state(app, "reset lock_timeout");
    sql_begin(app, "nav", "self", NULL);
    sql_state(app, "commit");
    CHECK_STR(sql_value(owner, "select last_seen_at > now() - interval '5 s' from access.session"
                               " where token_hash = sha256('nav')"),
              "t");
}

TEST(begin_answers_in_one_row)
{
    load();
    sql_begin(app, "probation", "self", NULL);
    CHECK_STR(
        sql_value(
            app,
            "select concat_ws('|', username, display_name, role, site, team_id, team_name, "
            "agency_name,"
            " must_change_password, person_ref, person_site, person_version, octet_length(wrapped))"
            " from access.begin(sha256('probation'), 'identity_read', 'PX000001', null, null)"),
        "probation|Probation|probation|leicester|Probation One|f|PX000001|leicester|1|72");
    CHECK_STR(sql_value(app,
                        "select person_id is null and wrapped is null and team_name = 'Team One'"
                        " from access.begin(sha256('nav'), 'self', null, null, null)"),
              "t");
    sql_state(app, "rollback");
}

TEST(begin_for_finds_the_person_of_a_thing)
{
    load();
    static const struct {
        const char *user, *permission, *kind, *id, *want;
    } rows[] = {
        {"nav", "contact_write", "contact", "00000000-0000-7000-8000-0000000004c1", "PX000001"},
        {"nav", "contact_write", "contact", "00000000-0000-7000-8000-0000000004c2", "!P0002"},
        {"nav", "contact_write", "contact", "00000000-0000-7000-8000-0000000004ff", "!P0002"},
        {"nav", "contact_write", "contact", "not-an-id", "!P0002"},
        {"nav", "referral_write", "referral", "00000000-0000-7000-8000-000000000501", "PX000001"},
        {"manager", "escalation_decide", "escalation", "00000000-0000-7000-8000-000000000605",
         "PX000005"},
        {"manager", "escalation_decide", "escalation", "00000000-0000-7000-8000-000000000606",
         "!P0002"},
        {"police", "flag_write", "flag", "00000000-0000-7000-8000-000000000803", "PX000003"},
        {"provider", "referral_deliver", "referral", "00000000-0000-7000-8000-000000000501",
         "PX000001"},
        {"provider", "referral_deliver", "referral", "00000000-0000-7000-8000-000000000502",
         "!P0002"},
        {"provider", "referral_deliver", "referral", "00000000-0000-7000-8000-000000000504",
         "!P0002"},
        {"auditor", "referral_read", "referral", "00000000-0000-7000-8000-000000000501", "!42501"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK_STR(sql_value(app,
                            "select person_ref from access.begin_for(sha256('%s'), '%s', '%s', "
                            "'%s', null, null)",
                            rows[i].user, rows[i].permission, rows[i].kind, rows[i].id),
                  rows[i].want);
    CHECK_STR(
        sql_state(app, "select access.begin_for(sha256('nav'), 'self', 'moon', 'x', null, null)"),
        "XX000");
}

TEST(conflict_of_interest_beats_every_grant)
{
    load();
    static const char *const users[] = {"nav", "lead", "manager", "police", "probation"};
    static const char *const tabs[] = {"app.contact",    "app.contact_note", "app.engagement",
                                       "app.referral",   "app.escalation",   "app.safety_flag",
                                       "app.participant_event"};
    static const char *const own[] = {"app.identity", "app.identity_detail", "app.identifier",
                                      "app.data_key"};
    for (size_t u = 0; u < sizeof(users) / sizeof(users[0]); u++) {
        CHECK_STR(sql_begin(app, users[u], "status_read", "PX000001"), "");
        sql_state(app, "rollback");
        CHECK_INT(sql_changed(owner,
                              "insert into app.conflict (user_id, person_id)"
                              " select id, '00000000-0000-7000-8000-000000000211'"
                              " from access.\"user\" where username = '%s'",
                              users[u]),
                  1);
        CHECK_STR(sql_begin(app, users[u], "status_read", "PX000001"), "P0002");
        sql_state(app, "rollback");
        CHECK_STR(sql_begin(app, users[u], "self", NULL), "");
        CHECK_STR(sql_value(app, "select count(*) from app.participant where ref = 'PX000001'"),
                  "0");
        for (size_t t = 0; t < sizeof(tabs) / sizeof(tabs[0]); t++)
            CHECK_STR(sql_value(app,
                                "select count(*) from %s where participant_id ="
                                " '00000000-0000-7000-8000-000000000201'",
                                tabs[t]),
                      "0");
        for (size_t t = 0; t < sizeof(own) / sizeof(own[0]); t++)
            CHECK_STR(sql_value(app,
                                "select count(*) from %s where person_id ="
                                " '00000000-0000-7000-8000-000000000211'",
                                own[t]),
                      "0");
        CHECK_STR(
            sql_state(
                app,
                "insert into app.safety_flag (site_id, id, participant_id, kind) values"
                " ('leicester', gen_random_uuid(), '00000000-0000-7000-8000-000000000201', 'x')"),
            "42501");
        sql_state(app, "rollback");
        sql_changed(owner, "delete from app.conflict");
    }
}

TEST(sealed_columns_refuse_plain_text)
{
    load();
    CHECK_STR(
        sql_state(owner,
                  "update app.identity set given_name = 'Anne'::bytea where person_id = '" PERSON "'"),
        "23514");
    CHECK_STR(
        sql_state(
            owner,
            "update app.identity set given_name = convert_to(repeat('a plain note ', 10), 'UTF8')"
            " where person_id = '" PERSON "'"),
        "23514");
}

TEST(audit_rows_carry_the_context)
{
    load();
    sql_begin(app, "police", "status_read", "PX000003");
    CHECK_STR(sql_state(app, "select access.audit('status_viewed', null, null, 'codes')"), "");
    CHECK_STR(sql_state(app, "commit"), "");
    CHECK_STR(
        sql_value(
            owner,
            "select concat_ws('|', u.username, e.role, e.site_id, e.action, e.operation, e.subject,"
            " e.permission, e.request_id, e.remote, e.detail) from audit.event e"
            " join access.\"user\" u on u.id = e.user_id order by e.id desc limit 1"),
        "police|police|leicester|status_viewed|consultation|00000000-0000-7000-8000-000000000203|"
        "status_read|"
        "request|192.0.2.1|codes");
    sql_begin(app, "police", "self", NULL);
    CHECK_STR(sql_state(app, "select access.audit('no_such_action', null, null, null)"), "XX000");
    sql_state(app, "rollback");
}

static const char *claim(PGconn *c, const char *user, const char *key, const char *body,
                         const char *route)
{
    sql_begin(c, user, "self", NULL);
    return sql_state(
        c,
        "select access.claim('00000000-0000-7000-8000-0000000009%s', sha256('%s'), '%s', 201,"
        " '/there', '{\"id\": 1}')",
        key, body, route);
}

TEST(idempotency_keys_do_their_work_once)
{
    load();
    PGconn *other = sql_connect(access_database("context3", true), "phoenix_app");
    PGconn *second = sql_connect(cluster_conninfo(cluster_shared(), "context3"), "phoenix_app");
    CHECK_STR(claim(other, "nav", "01", "body", "POST /x"), "");
    // The first is still at work.
    CHECK_STR(claim(second, "nav", "01", "body", "POST /x"), "PX003");
    sql_state(second, "rollback");
    // Keys are a user's own.
    CHECK_STR(claim(second, "lead", "01", "other", "POST /x"), "");
    sql_state(second, "rollback");
    sql_state(other, "commit");
    CHECK_STR(claim(second, "nav", "01", "body", "POST /x"), "PX001");
    sql_state(second, "rollback");
    CHECK_STR(claim(second, "nav", "01", "another", "POST /x"), "PX002");
    sql_state(second, "rollback");
    CHECK_STR(claim(second, "nav", "01", "body", "POST /y"), "PX002");
    sql_state(second, "rollback");
    sql_begin(second, "nav", "self", NULL);
    CHECK_STR(sql_value(second, "select concat_ws('|', status, location, body) from access.replay("
                                "'00000000-0000-7000-8000-000000000901')"),
              "201|/there|{\"id\": 1}");
    sql_state(second, "rollback");
    sql_begin(second, "lead", "self", NULL);
    CHECK_STR(
        sql_value(second,
                  "select count(*) from access.replay('00000000-0000-7000-8000-000000000901')"),
        "0");
    sql_state(second, "rollback");
    // A first that failed leaves the key free.
    CHECK_STR(claim(other, "nav", "02", "body", "POST /x"), "");
    sql_state(other, "rollback");
    CHECK_STR(claim(second, "nav", "02", "body", "POST /x"), "");
    sql_state(second, "rollback");
    PQfinish(other);
    PQfinish(second);
}

TEST(staff_are_known_by_site_and_accounts_by_permission)
{
    load();
    sql_begin(app, "nav4", "self", NULL);
    CHECK_STR(
        sql_value(app, "select string_agg(display_name, ',' order by id) from access.\"user\""),
        "Evaluator,Trial,Admin,Auditor,Nav4,Manager2");
    CHECK_STR(sql_state(app, "select username from access.\"user\""), "42501");
    sql_state(app, "rollback");
    sql_begin(app, "nav4", "self", NULL);
    CHECK_STR(sql_value(app, "select count(*) from access.users()"), "0");
    sql_state(app, "rollback");
    sql_begin(app, "manager2", "user_read", NULL);
    CHECK_STR(sql_value(app, "select string_agg(username, ',') from access.users()"),
              "manager2,nav4");
    sql_state(app, "rollback");
    sql_begin(app, "auditor", "user_read", NULL);
    CHECK_STR(sql_value(app, "select count(*) from access.users()"), "16");
    CHECK_STR(sql_state(app, "select access.user_disable('00000000-0000-7000-8000-000000000101')"),
              "42501");
    sql_state(app, "rollback");
}

TEST(managers_change_their_own_sites_accounts_and_grant_nothing_above)
{
    load();
    static const struct {
        const char *who, *role, *site, *want;
    } rows[] = {
        {"manager", "navigator", "'leicester'", ""},
        {"manager", "manager", "'leicester'", ""},
        {"manager", "navigator", "'rutland'", "P0002"},
        {"manager", "police", "null", "P0002"},
        {"manager", "administrator", "'leicester'", "42501"},
        {"manager", "auditor", "'leicester'", "42501"},
        {"manager", "evaluator", "'leicester'", "42501"},
        {"manager", "trial_manager", "'leicester'", "42501"},
        {"admin", "administrator", "null", ""},
        {"admin", "navigator", "'rutland'", ""},
        {"nav", "navigator", "'leicester'", "42501"},
        {"lead", "navigator", "'leicester'", "42501"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sql_begin(app, rows[i].who, "self", NULL);
        CHECK_STR(
            sql_state(
                app,
                "select access.user_add('00000000-0000-7000-8000-0000000001f0', 'fresh', 'Fresh',"
                " '%s', %s, null, null, 'hash')",
                rows[i].role, rows[i].site),
            rows[i].want);
        sql_state(app, "rollback");
    }
    static const struct {
        const char *who, *user, *want;
    } others[] = {
        {"manager", "01", ""},      {"manager", "14", "P0002"}, {"manager", "ff", "P0002"},
        {"manager", "10", "P0002"}, {"admin", "14", ""},        {"admin", "ff", "P0002"},
        {"admin", "10", "PX004"},   {"nav", "12", "42501"},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        sql_begin(app, others[i].who, "self", NULL);
        CHECK_STR(sql_state(app,
                            "select access.user_disable('00000000-0000-7000-8000-0000000001%s')",
                            others[i].user),
                  others[i].want);
        sql_state(app, "rollback");
    }
    // A manager cannot raise an account above the own role either.
    sql_begin(app, "manager", "self", NULL);
    CHECK_STR(
        sql_state(app, "select access.user_change('00000000-0000-7000-8000-000000000101', 1, 'Nav',"
                       " 'administrator', 'leicester', null, null)"),
        "42501");
    sql_state(app, "rollback");
    sql_begin(app, "manager", "self", NULL);
    CHECK_STR(
        sql_state(app, "select access.user_change('00000000-0000-7000-8000-000000000101', 7, 'Nav',"
                       " 'navigator', 'leicester', null, null)"),
        "PX005");
    sql_state(app, "rollback");
}

TEST(disabling_resetting_and_moving_end_sessions)
{
    const char *conninfo = access_database("context4", true);
    PGconn *a = sql_connect(conninfo, "phoenix_app"), *b = sql_connect(conninfo, "phoenix_app");
    static const char *const calls[] = {
        "access.user_disable('00000000-0000-7000-8000-000000000101')",
        "access.user_reset('00000000-0000-7000-8000-000000000102', 'hash')",
        ("access.user_change('00000000-0000-7000-8000-000000000112', null, 'N', 'navigator', "
         "'leicester', null, null)"),
    };
    static const char *const names[] = {"nav", "lead", "nav2"};
    for (size_t i = 0; i < 3; i++) {
        CHECK_STR(sql_begin(b, names[i], "self", NULL), "");
        sql_state(b, "commit");
        CHECK_STR(sql_begin(a, "admin", "user_write", NULL), "");
        CHECK_STR(sql_state(a, "select %s", calls[i]), "");
        CHECK_STR(sql_state(a, "commit"), "");
        CHECK_STR(sql_begin(b, names[i], "self", NULL), "28000");
        sql_state(b, "rollback");
    }
    PQfinish(a);
    PQfinish(b);
}

TEST(versions_are_checked_when_they_are_named)
{
    load();
    sql_begin(app, "nav", "identity_write", "PX000001");
    CHECK_STR(sql_value(app, "select version from app.identity where person_id = '" PERSON "'"), "1");
    CHECK_INT(
        sql_changed(
            app, "update app.identity set known_as = null, version = 1 + 1 where person_id = '" PERSON "'"),
        1);
    CHECK_INT(sql_changed(app, "update app.identity set known_as = null where person_id = '" PERSON "'"),
              1);
    CHECK_STR(sql_value(app, "select version from app.identity where person_id = '" PERSON "'"), "3");
    CHECK_STR(
        sql_state(
            app, "update app.identity set known_as = null, version = 2 + 1 where person_id = '" PERSON "'"),
        "PX005");
    sql_state(app, "rollback");
}

TESTS("access context", T(without_begin_there_is_nothing), T(context_ends_with_the_transaction),
      T(begin_needs_a_live_session),
      T(a_first_password_does_nothing_but_be_changed),
      T(last_seen_moves_once_a_minute_and_waits_for_nobody), T(begin_answers_in_one_row),
      T(begin_for_finds_the_person_of_a_thing), T(conflict_of_interest_beats_every_grant),
      T(sealed_columns_refuse_plain_text), T(audit_rows_carry_the_context),
      T(idempotency_keys_do_their_work_once), T(staff_are_known_by_site_and_accounts_by_permission),
      T(managers_change_their_own_sites_accounts_and_grant_nothing_above),
      T(disabling_resetting_and_moving_end_sessions), T(versions_are_checked_when_they_are_named))
