// SPDX-License-Identifier: MIT
// One person, two cases at two sites: each site has its own case and nothing tells of the other,
// while names and the data key are the person's, once.
#include "support.h"

#include <stdio.h>
#include <string.h>

#define PERSON "00000000-0000-7000-8000-000000000211"
#define HERE "00000000-0000-7000-8000-000000000201" // the fixture's case at Leicester
#define THERE "00000000-0000-7000-8000-0000000002f1"
#define OTHER "00000000-0000-7000-8000-000000000212" // somebody with a case at Leicester only

static const char *conninfo;
static PGconn *app, *owner;

static void load(void)
{
    if (app)
        return;
    conninfo = access_database("person", true);
    app = sql_connect(conninfo, "phoenix_app");
    owner = sql_connect(conninfo, "phoenix_owner");
    CHECK_STR(
        sql_state(owner,
                  "insert into app.participant (site_id, id, person_id, ref, stage, worker_id,"
                  " team_id, started_on, offered_at, accepted_at) values"
                  " ('rutland', '" THERE "', '" PERSON "', 'PX0000R1', 'active',"
                  " '00000000-0000-7000-8000-000000000114',"
                  " '00000000-0000-7000-8000-000000000073', '2026-03-01', '2026-03-02Z',"
                  " '2026-03-03Z');"
                  "insert into app.contact (site_id, id, participant_id, happened_at, mode,"
                  " outcome, author_id) values ('rutland', gen_random_uuid(), '" THERE "',"
                  " now() - interval '1 day', 'phone', 'spoke',"
                  " '00000000-0000-7000-8000-000000000114')"),
        "");
}

TEST(each_site_sees_its_own_case)
{
    load();
    static const struct {
        const char *user, *own, *other, *refs;
    } rows[] = {
        {"nav", "PX000001", "PX0000R1", "PX000001"},
        {"manager", "PX000001", "PX0000R1", "PX000001"},
        {"police", "PX000001", "PX0000R1", "PX000001"},
        {"nav4", "PX0000R1", "PX000001", "PX0000R1"},
        {"manager2", "PX0000R1", "PX000001", "PX0000R1"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK_STR(sql_begin(app, rows[i].user, "participant_find", rows[i].other), "P0002");
        CHECK_STR(sql_begin(app, rows[i].user, "participant_find", rows[i].own), "");
        CHECK_STR(sql_value(app, "select string_agg(ref, ' ') from app.participant"
                                 " where person_id = '" PERSON "'"),
                  rows[i].refs);
        CHECK_STR(sql_value(app, "select string_agg(ref, ' ') from app.engagement_now"
                                 " where person_id = '" PERSON "'"),
                  rows[i].refs);
        // Contacts, events and referrals are the case's.
        CHECK_STR(sql_value(app,
                            "select (select count(*) from app.contact where participant_id = '%s')"
                            " + (select count(*) from app.participant_event"
                            "     where participant_id = '%s')"
                            " + (select count(*) from app.referral where participant_id = '%s')",
                            strcmp(rows[i].own, "PX000001") == 0 ? THERE : HERE,
                            strcmp(rows[i].own, "PX000001") == 0 ? THERE : HERE,
                            strcmp(rows[i].own, "PX000001") == 0 ? THERE : HERE),
                  "0");
    }
    sql_state(app, "rollback");
}

TEST(names_and_key_are_the_persons)
{
    load();
    static const char *const users[][2] = {{"nav", "PX000001"}, {"nav4", "PX0000R1"}};
    for (size_t i = 0; i < 2; i++) {
        for (int opened = 0; opened < 2; opened++) {
            CHECK_STR(sql_begin(app, users[i][0], "identity_read", opened ? users[i][1] : NULL),
                      "");
            CHECK_STR(
                sql_value(app, "select count(*) from app.identity where person_id = '" PERSON "'"),
                "1");
            CHECK_STR(sql_value(app, "select count(*) from app.identity_detail"
                                     " where person_id = '" PERSON "'"),
                      "1");
            CHECK_STR(sql_value(app, "select count(*) from app.identifier"
                                     " where person_id = '" PERSON "'"),
                      "1");
            CHECK_STR(sql_value(app, "select string_agg(wrapped::text, ' ') from app.data_key"
                                     " where person_id = '" PERSON "'"),
                      sql_value(owner, "select wrapped::text from app.data_key"
                                       " where person_id = '" PERSON "'"));
            CHECK_STR(
                sql_value(app, "select count(*) from app.identity where person_id = '" OTHER "'"),
                "0");
        }
        CHECK_STR(sql_value(app, "select access.subject()"), PERSON);
        CHECK_STR(
            sql_value(app,
                      "select person_id || ' ' || person_ref || ' ' || (wrapped = (select k.wrapped"
                      " from app.data_key k where k.person_id = '" PERSON "')) from"
                      " access.begin(sha256('%s'), 'identity_read', '%s', 'r', null)",
                      users[i][0], users[i][1]),
            strcmp(users[i][1], "PX000001") == 0 ? PERSON " PX000001 true"
                                                 : PERSON " PX0000R1 true");
        // Either case's worker changes the one name there is.
        CHECK_INT(sql_changed(app,
                              "update app.identity set known_as = decode(repeat('04', 72), 'hex')"
                              " where person_id = '" PERSON "'"),
                  1);
    }
    sql_state(app, "rollback");
}

TEST(nothing_tells_of_a_case_elsewhere)
{
    load();
    static const char *const asked[] = {
        "select sites from app.identity",        "select keys from app.identity",
        "select sites from app.identity_detail", "select sites from app.identifier",
        "select sites from app.data_key",        "select * from app.identity",
        "select i from app.identity i",          "select count(*) from app.person",
        "select count(*) from app.person_past",  "select app.person_cases('" PERSON "')",
    };
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        CHECK_STR(sql_begin(app, "manager2", "identity_read", "PX0000R1"), "");
        CHECK_STR(sql_state(app, "%s", asked[i]), "42501");
    }
    // The caseload that lists and searches are narrowed to is of cases, and holds none elsewhere.
    CHECK_STR(sql_begin(app, "nav4", "participant_find", NULL), "");
    CHECK_STR(sql_value(app,
                        "select '" THERE "' = any (access.mine('participant_find')) and not '" HERE
                        "' = any (access.mine('participant_find'))"),
              "t");
    sql_state(app, "rollback");
}

TEST(nobody_brings_a_person_into_a_site)
{
    load();
    static const char *const add =
        "insert into app.participant (site_id, id, person_id, ref, worker_id, team_id) values"
        " ('rutland', gen_random_uuid(), %s, 'PXAAAAAA', null,"
        " '00000000-0000-7000-8000-000000000073')";
    // A new person comes with the case; one who exists, with a case anywhere or none yet, does not.
    CHECK_STR(sql_begin(app, "manager2", "participant_create", NULL), "");
    CHECK_STR(sql_state(app, add, "gen_random_uuid()"), "");
    CHECK_STR(sql_state(owner, "insert into app.person (id) values"
                               " ('00000000-0000-7000-8000-0000000002ff') on conflict do nothing"),
              "");
    static const char *const people[] = {"'" OTHER "'", "'" PERSON "'",
                                         "'00000000-0000-7000-8000-0000000002ff'"};
    for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
        CHECK_STR(sql_begin(app, "manager2", "participant_create", NULL), "");
        CHECK_STR(sql_state(app, add, people[i]), "42501");
        CHECK_STR(sql_words(), "no permission");
    }
    CHECK_STR(sql_begin(app, "manager2", "participant_assign", "PX0000R1"), "");
    CHECK_STR(sql_state(app, "update app.participant set person_id = '" OTHER "'"), "42501");
    static const char *const adds[] = {
        "insert into app.data_key (person_id, epoch, wrapped, sites) values ('" OTHER "', 9,"
        " decode(repeat('01', 72), 'hex'), '{rutland}')",
        "insert into app.identifier (person_id, id, kind, value, blind, sites) values ('" OTHER "',"
        " gen_random_uuid(), 'crn', decode(repeat('01', 72), 'hex'), decode(repeat('01', 16), "
        "'hex'),"
        " '{rutland}')",
    };
    for (size_t i = 0; i < sizeof(adds) / sizeof(adds[0]); i++) {
        CHECK_STR(sql_begin(app, "manager2", "participant_create", NULL), "");
        CHECK_STR(sql_state(app, "%s", adds[i]), "42501");
    }
    sql_state(app, "rollback");
}

TEST(the_copies_follow_every_case)
{
    load();
    static const char *const copies =
        "select i.sites::text || ' ' || (i.keys = c.keys) || ' ' ||"
        " d.sites::text || ' ' || f.sites::text || ' ' || k.sites::text"
        " from app.identity i cross join app.person_cases(i.person_id) c"
        " join app.identity_detail d using (person_id)"
        " join app.identifier f using (person_id)"
        " join app.data_key k using (person_id)"
        " where i.person_id = '" PERSON "'";
    static const char *const both = "{leicester,rutland}";
    char want[128];
    snprintf(want, sizeof(want), "%s true %s %s %s", both, both, both, both);
    CHECK_STR(sql_value(owner, "%s", copies), want);
    CHECK_STR(sql_begin(app, "manager2", "participant_assign", "PX0000R1"), "");
    CHECK_INT(
        sql_changed(app, "update app.participant set worker_id = null where ref = 'PX0000R1'"), 1);
    sql_state(app, "commit");
    CHECK_STR(sql_value(owner, "%s", copies), want);
    CHECK_STR(sql_begin(app, "nav4", "identity_read", NULL), "");
    CHECK_STR(sql_value(app, "select count(*) from app.identity where person_id = '" PERSON "'"),
              "0");
    CHECK_STR(sql_begin(app, "nav", "identity_read", NULL), "");
    CHECK_STR(sql_value(app, "select count(*) from app.identity where person_id = '" PERSON "'"),
              "1");
    sql_state(app, "rollback");
    CHECK_INT(sql_changed(owner, "update app.participant set worker_id ="
                                 " '00000000-0000-7000-8000-000000000114' where ref = 'PX0000R1'"),
              1);
    CHECK_STR(sql_value(owner, "%s", copies), want);
}

TEST(two_cases_that_change_at_once_lose_nothing)
{
    load();
    PGconn *one = sql_connect(conninfo, "phoenix_owner");
    CHECK_STR(
        sql_state(one, "begin; update app.participant set worker_id = null where id = '" HERE "'"),
        "");
    // The other case's change waits for the first, and then counts it.
    CHECK_STR(sql_state(owner, "set lock_timeout = '200ms'"), "");
    CHECK_STR(sql_state(owner, "update app.participant set team_id = null where id = '" THERE "'"),
              "55P03");
    CHECK_STR(sql_state(one, "commit"), "");
    CHECK_STR(sql_state(owner, "update app.participant set team_id = null where id = '" THERE "'"),
              "");
    CHECK_STR(sql_value(owner, "select keys from app.identity where person_id = '" PERSON "'"),
              "{00000000-0000-7000-8000-000000000114,00000000-0000-7000-8000-000000000071}");
    CHECK_STR(sql_state(owner, "update app.participant set worker_id ="
                               " '00000000-0000-7000-8000-000000000101' where id = '" HERE "';"
                               "update app.participant set team_id ="
                               " '00000000-0000-7000-8000-000000000073' where id = '" THERE "'"),
              "");
    PQfinish(one);
}

TEST(a_conflict_is_with_the_person)
{
    load();
    CHECK_INT(sql_changed(owner,
                          "insert into app.conflict (user_id, person_id) select id, '" PERSON
                          "' from access.\"user\" where username in ('nav4', 'manager2', 'nav')"),
              3);
    static const char *const users[][2] = {
        {"nav4", "PX0000R1"}, {"manager2", "PX0000R1"}, {"nav", "PX000001"}};
    for (size_t i = 0; i < 3; i++) {
        CHECK_STR(sql_begin(app, users[i][0], "participant_find", users[i][1]), "P0002");
        CHECK_STR(sql_begin(app, users[i][0], "participant_find", NULL), "");
        CHECK_STR(
            sql_value(app, "select (select count(*) from app.participant where person_id = '" PERSON
                           "') + (select count(*) from app.identity where person_id = '" PERSON
                           "') + (select count(*) from app.data_key where person_id = '" PERSON
                           "') + (select count(*) from app.contact where participant_id in ('" HERE
                           "', '" THERE "'))"),
            "0");
    }
    sql_state(app, "rollback");
    CHECK_INT(sql_changed(owner, "delete from app.conflict"), 3);
}

TEST(a_look_is_logged_by_the_case)
{
    load();
    CHECK_STR(sql_begin(app, "nav4", "identity_read", "PX0000R1"), "");
    CHECK_STR(sql_state(app, "select access.audit('person_viewed', null, null, 'two cases')"), "");
    CHECK_STR(sql_state(app, "commit"), "");
    CHECK_STR(sql_value(owner, "select subjects from audit.event where detail = 'two cases'"),
              "{" THERE "}");
}

TESTS("access person", T(each_site_sees_its_own_case), T(names_and_key_are_the_persons),
      T(nothing_tells_of_a_case_elsewhere), T(nobody_brings_a_person_into_a_site),
      T(the_copies_follow_every_case), T(two_cases_that_change_at_once_lose_nothing),
      T(a_conflict_is_with_the_person), T(a_look_is_logged_by_the_case))
