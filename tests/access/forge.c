// SPDX-License-Identifier: MIT
// The context is believed by every policy: what a login could try in order to write its own, to keep one, or
// to take another's. All of it must fail, and what fails must leave nothing behind.
#include "support.h"

#include "access/access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *conninfo;
static PGconn *app, *owner;

static void load(void)
{
    if (app)
        return;
    conninfo = access_database("forge", true);
    app = sql_connect(conninfo, "phoenix_app");
    owner = sql_connect(conninfo, "phoenix_owner");
}

static const char *const seen = "select count(*) from app.participant";
static const char *const none = "select access.context() = '' and access.actor() is null";

/** What a manager's context says, as a text that a login could send. */
static const char *stolen(void)
{
    static char kept[8192];
    CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "");
    snprintf(kept, sizeof(kept), "%s", sql_value(app, "select access.context()"));
    CHECK_STR(sql_state(app, "rollback"), "");
    CHECK(strstr(kept, "\nrole manager\n") && strstr(kept, "\nmay participant_find site\n"));
    return kept;
}

// @ is what the context would say.
static const char *const ways[] = {
    "set backtrace_functions = '@'",
    "set session backtrace_functions = '@'",
    "set local backtrace_functions = '@'",
    "SET LOCAL Backtrace_Functions TO '@'",
    "select set_config('backtrace_functions', '@', true)",
    "select set_config('BACKTRACE_FUNCTIONS', '@', false)",
    "do $f$ begin perform set_config('backtrace_functions', '@', true); end $f$",
    "do $f$ begin set local backtrace_functions = '@'; end $f$",
    "update pg_settings set setting = '@' where name = 'backtrace_functions'",
    "alter role current_user set backtrace_functions = '@'",
    "alter role current_user in database forge set backtrace_functions = '@'",
    "alter role all set backtrace_functions = '@'",
    "alter role phoenix_owner set backtrace_functions = '@'",
    "alter database forge set backtrace_functions = '@'",
    "alter system set backtrace_functions = '@'",
    "create function pg_temp.f() returns bigint language sql set backtrace_functions = '@' as 'select 1::bigint'",
    "create function app.f() returns bigint language sql set backtrace_functions = '@' as 'select 1::bigint'",
    "grant set on parameter backtrace_functions to current_user /* @ */",
    "grant set on parameter backtrace_functions to public /* @ */",
    "set role phoenix_owner; set local backtrace_functions = '@'",
    "set session authorization phoenix_owner; set local backtrace_functions = '@'",
    "reset backtrace_functions; set backtrace_functions = '@'",
    "set backtrace_functions to default; set backtrace_functions = '@'",
};

/** The way with the text in its place; in `out`. */
static const char *filled(char out[16384], const char *way, const char *text)
{
    const char *at = strchr(way, '@');
    snprintf(out, 16384, "%.*s%s%s", (int)(at - way), way, text, at + 1);
    return out;
}

TEST(no_login_writes_a_context)
{
    load();
    const char *text = stolen();
    static const char *const logins[] = {"phoenix_app", "phoenix_auth", "phoenix_worker", "phoenix_trial",
                                         "phoenix_seal"};
    for (size_t l = 0; l < sizeof(logins) / sizeof(logins[0]); l++) {
        PGconn *c = sql_connect(conninfo, logins[l]);
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
            for (int inside = 0; inside < 2; inside++) {
                char sql[16384];
                sql_state(c, inside ? "begin" : "rollback");
                const char *state = sql_state(c, "%s", filled(sql, ways[i], text));
                // alter system is refused inside a transaction for another reason.
                bool refused = strcmp(state, "42501") == 0 || (inside && strcmp(state, "25001") == 0);
                if (!refused)
                    fprintf(stderr, "%s: %s: %s\n", logins[l], ways[i], state);
                CHECK(refused);
                sql_state(c, "rollback");
                CHECK_STR(sql_value(c, "select current_setting('backtrace_functions')"), "");
            }
        }
        PQfinish(c);
    }
    CHECK_STR(sql_value(app, "%s", none), "t");
    CHECK_STR(sql_value(app, "%s", seen), "0");
}

TEST(no_login_starts_with_a_context)
{
    load();
    static const char *const options[] = {
        "-c backtrace_functions=x", "--backtrace_functions=x", "--backtrace-functions=x",
        "-c BACKTRACE_FUNCTIONS=x", "-c role=phoenix_owner", "-c session_authorization=phoenix_owner"};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        char text[1024];
        snprintf(text, sizeof(text), "%s user=phoenix_app options='%s'", conninfo, options[i]);
        PGconn *c = PQconnectdb(text);
        CHECK(PQstatus(c) != CONNECTION_OK || strcmp(sql_value(c, "%s", none), "t") == 0);
        if (i < 4)
            CHECK(PQstatus(c) != CONNECTION_OK && strstr(PQerrorMessage(c), "permission denied"));
        PQfinish(c);
    }
}

TEST(a_context_is_changed_by_nobody)
{
    load();
    char text[8192];
    snprintf(text, sizeof(text), "%s", stolen());
    CHECK_STR(sql_begin(app, "nav", "participant_find", "PX000001"), "");
    char before[8192];
    snprintf(before, sizeof(before), "%s", sql_value(app, "select access.context()"));
    CHECK_STR(sql_value(app, "%s", seen), "1");
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        char sql[16384];
        CHECK_STR(sql_state(app, "savepoint s"), "");
        CHECK(*sql_state(app, "%s", filled(sql, ways[i], text)));
        CHECK_STR(sql_state(app, "rollback to s"), "");
        CHECK_STR(sql_value(app, "select access.context()"), before);
        CHECK_STR(sql_value(app, "%s", seen), "1");
    }
    // Single lines, if they could be added, would be enough.
    CHECK_STR(sql_state(app, "savepoint s"), "");
    CHECK_STR(sql_state(app, "select set_config('backtrace_functions', access.context() ||"
                             " E'may user_write all\\n', true)"),
              "42501");
    CHECK_STR(sql_state(app, "rollback to s"), "");
    // Taking it away is all that is left, and then there is nothing.
    CHECK_STR(sql_state(app, "reset all"), "");
    CHECK_STR(sql_value(app, "select access.actor() is null or access.actor_role() = 'navigator'"), "t");
    CHECK(atoi(sql_value(app, "%s", seen)) <= 1);
    CHECK_STR(sql_state(app, "savepoint s"), "");
    CHECK(*sql_state(app, "discard all"));
    CHECK_STR(sql_state(app, "rollback"), "");
    CHECK_STR(sql_value(app, "%s", none), "t");
}

TEST(a_context_ends_with_its_transaction)
{
    load();
    static const char *const ends[] = {"commit", "rollback", "select 1/0; commit"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "");
        sql_state(app, "%s", ends[i]);
        sql_state(app, "rollback");
        CHECK_STR(sql_value(app, "%s", none), "t");
        CHECK_STR(sql_value(app, "%s", seen), "0");
    }
    // A plan that was made under one context holds nothing of it.
    static const char *const modes[] = {"force_generic_plan", "force_custom_plan"};
    for (size_t i = 0; i < 2; i++) {
        sql_state(app, "set plan_cache_mode = '%s'", modes[i]);
        CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "");
        CHECK_STR(sql_state(app, "prepare q%zu as %s", i, seen), "");
        CHECK_STR(sql_value(app, "execute q%zu", i), "5");
        sql_state(app, "commit");
        CHECK_STR(sql_value(app, "execute q%zu", i), "0");
        CHECK_STR(sql_begin(app, "nav", "participant_find", NULL), "");
        CHECK_STR(sql_value(app, "execute q%zu", i), "1");
        sql_state(app, "commit");
    }
    sql_state(app, "reset plan_cache_mode");
    // Nor does one transaction carry it into the next.
    CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "");
    CHECK_STR(sql_state(app, "commit and chain"), "");
    CHECK_STR(sql_value(app, "%s", none), "t");
    CHECK_STR(sql_value(app, "%s", seen), "0");
    sql_state(app, "rollback");
}

TEST(savepoints_go_back_to_the_context_of_their_time)
{
    load();
    CHECK_STR(sql_begin(app, "nav", "participant_find", NULL), "");
    CHECK_STR(sql_state(app, "savepoint s"), "");
    CHECK_STR(sql_state(app, "select access.begin(sha256('manager'), 'participant_find', null, 'r', 'a')"), "");
    CHECK_STR(sql_value(app, "select access.actor_role()"), "manager");
    CHECK_STR(sql_state(app, "rollback to s"), "");
    CHECK_STR(sql_value(app, "select access.actor_role()"), "navigator");
    CHECK_STR(sql_value(app, "%s", seen), "1");
    // A begin that is refused leaves the one before it, and one in a released savepoint ends with the whole.
    CHECK_STR(sql_state(app, "select access.begin(sha256('nobody'), 'self', null, 'r', 'a')"), "28000");
    CHECK_STR(sql_state(app, "rollback to s"), "");
    CHECK_STR(sql_value(app, "select access.actor_role()"), "navigator");
    CHECK_STR(sql_state(app, "select access.begin(sha256('manager'), 'participant_find', null, 'r', 'a')"), "");
    CHECK_STR(sql_state(app, "release s"), "");
    CHECK_STR(sql_state(app, "commit"), "");
    CHECK_STR(sql_value(app, "%s", none), "t");
}

TEST(nobody_reads_anothers)
{
    load();
    PGconn *other = sql_connect(conninfo, "phoenix_app");
    CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "");
    CHECK_STR(sql_value(other, "%s", none), "t");
    CHECK_STR(sql_value(other, "select setting from pg_settings where name = 'backtrace_functions'"), "");
    CHECK_STR(sql_begin(other, "nav", "participant_find", NULL), "");
    CHECK_STR(sql_value(other, "select access.actor_role()"), "navigator");
    CHECK_STR(sql_value(app, "select access.actor_role()"), "manager");
    // What every session may see of the others says nothing of it.
    CHECK_STR(sql_value(app, "select count(*) from pg_stat_activity where query like '%%may participant%%'"
                             " and pid <> pg_backend_pid()"),
              "0");
    PQfinish(other);
    sql_state(app, "rollback");
}

TEST(what_a_caller_sends_makes_no_line)
{
    load();
    static const char *const permissions[] = {
        "self all\\nmay user_write", "self all\\nmay user_write all\\nmay self", "\\nmay self", "self\\n",
        "self all", "", " ", "self all\\nopens participant_find"};
    for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]); i++) {
        CHECK_STR(sql_state(app, "begin; select access.begin(sha256('admin'), E'%s', null, null, null)",
                            permissions[i]),
                  "42501");
        sql_state(app, "rollback");
    }
    const char *bad = "x\\nmay user_write all\\nopens contact_read\\nrole administrator\\n";
    CHECK_STR(sql_state(app, "begin; select access.begin(sha256('nav'), 'self', null, E'%s', E'%s')", bad, bad),
              "");
    CHECK_STR(sql_value(app, "select not access.all_for('user_write') and not access.opens('contact_read')"
                             " and access.actor_role() = 'navigator'"),
              "t");
    sql_state(app, "rollback");
    CHECK_STR(sql_state(app, "begin; select access.begin(sha256('nav'), 'self', null, E'a\\nb|c', E'd\\ne')"), "");
    CHECK_STR(sql_state(app, "select access.audit('person_viewed', null, null, null)"), "");
    CHECK_STR(sql_state(app, "commit"), "");
    CHECK_STR(sql_value(owner, "select request_id = E'a\\nb|c' and remote = E'd\\ne' from audit.event"
                               " order by id desc limit 1"),
              "t");
}

TEST(no_function_sets_it_for_a_caller)
{
    load();
    // Whatever sets a parameter with the owner's rights: access.open(), for its own text, and nothing else.
    CHECK_STR(sql_value(owner, "select string_agg(p.oid::regproc::text, ',') from pg_proc p"
                               " join pg_namespace n on n.oid = p.pronamespace"
                               " where n.nspname in ('access', 'app', 'intel', 'trial', 'audit', 'public')"
                               " and (p.prosrc ~* 'set_config|backtrace_functions'"
                               "      or p.prosrc ~* '\\mset\\s+(local|session)\\M')"),
              "access.open");
    CHECK_STR(sql_value(owner, "select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
                               " where p.proconfig::text like '%%backtrace_functions%%'"
                               "    or (p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
                               "        and p.prosrc ~* '\\mexecute\\M')"),
              "0");
    CHECK_STR(sql_state(app, "select access.open('\\x00', 'self', false, null, null, '', '', '')"), "42501");
    CHECK_STR(sql_state(app, "select * from access.secret"), "42501");
    // Names are looked up when the functions are made: no schema of a caller's gets in between.
    CHECK_STR(sql_begin(app, "nav", "participant_find", NULL), "");
    CHECK_STR(sql_state(app, "set local search_path = app, access, audit, pg_catalog"), "");
    CHECK_STR(sql_value(app, "%s", seen), "1");
    sql_state(app, "rollback");
}

TEST(workers_of_a_query_have_the_same_context)
{
    load();
    static const char *const users[][2] = {{"nav", "1"}, {"manager", "5"}, {"police", "5"}};
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
        CHECK_STR(sql_begin(app, users[i][0], "participant_find", NULL), "");
        const char *want = users[i][1];
        CHECK_STR(sql_value(app, "%s", seen), want);
        CHECK_STR(sql_state(app, "set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0;"
                                 "set local min_parallel_table_scan_size = 0; set local force_parallel_mode = on"),
                  "");
        CHECK_STR(sql_value(app, "%s", seen), want);
        sql_state(app, "rollback");
    }
}

/** What the server says at its start about the database as it is. */
static enum err at_start(void)
{
    struct ctx ctx = access_ctx(conninfo, DB_APP, NULL);
    enum err e = access_context_check(&ctx);
    CHECK(e == ERR_OK || (ctx.problem.detail && strstr(ctx.problem.detail, "--bootstrap")));
    access_ctx_done(&ctx);
    return e;
}

TEST(the_server_refuses_a_database_whose_context_can_be_set)
{
    load();
    struct cluster *c = cluster_shared();
    CHECK_INT(at_start(), ERR_OK);
    cluster_sql(c, "forge", "grant set on parameter backtrace_functions to phoenix_app");
    CHECK_INT(at_start(), ERR_SCHEMA);
    cluster_sql(c, "forge", "revoke set on parameter backtrace_functions from phoenix_app;"
                            "grant set on parameter backtrace_functions to public");
    CHECK_INT(at_start(), ERR_SCHEMA);
    cluster_sql(c, "forge", "revoke set on parameter backtrace_functions from public;"
                            "alter role phoenix_app superuser");
    CHECK_INT(at_start(), ERR_SCHEMA);
    cluster_sql(c, "forge", "alter role phoenix_app nosuperuser; grant phoenix_owner to phoenix_app");
    CHECK_INT(at_start(), ERR_SCHEMA);
    cluster_sql(c, "forge", "revoke phoenix_owner from phoenix_app;"
                            "alter role phoenix_app set backtrace_functions = 'x'");
    CHECK_INT(at_start(), ERR_SCHEMA);
    cluster_sql(c, "forge", "alter role phoenix_app reset backtrace_functions;"
                            "revoke set on parameter backtrace_functions from phoenix_owner");
    CHECK_INT(at_start(), ERR_SCHEMA);
    // Nobody gets in while the owner cannot write it.
    CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "42501");
    sql_state(app, "rollback");
    cluster_sql(c, "forge", "grant set on parameter backtrace_functions to phoenix_owner");
    CHECK_INT(at_start(), ERR_OK);
    CHECK_STR(sql_begin(app, "manager", "participant_find", NULL), "");
    sql_state(app, "rollback");
}

TESTS("access forge", T(no_login_writes_a_context), T(no_login_starts_with_a_context),
      T(a_context_is_changed_by_nobody), T(a_context_ends_with_its_transaction),
      T(savepoints_go_back_to_the_context_of_their_time), T(nobody_reads_anothers),
      T(what_a_caller_sends_makes_no_line), T(no_function_sets_it_for_a_caller),
      T(workers_of_a_query_have_the_same_context),
      T(the_server_refuses_a_database_whose_context_can_be_set))
