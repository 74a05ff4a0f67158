// SPDX-License-Identifier: MIT
// The catalogue's word on the walls: whoever adds a table, a view, a function or a grant meets
// these.
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

static PGconn *root(void)
{
    static PGconn *c;
    if (!c) {
        const char *conninfo = access_database("walls", false);
        c = sql_connect(conninfo, "phoenix_owner");
    }
    return c;
}

/** What a question about the catalogue finds, as one text: must be empty. */
static void none(const char *what, const char *sql)
{
    const char *found = sql_value(
        root(), "select coalesce(string_agg(x, ', ' order by x), '') from (%s) q (x)", sql);
    if (*found)
        fprintf(stderr, "%s: %s\n", what, found);
    CHECK_STR(found, "");
}

TEST(every_table_forces_row_security)
{
    // No table is exempt, those of access and of the migrations included.
    none(
        "without forced row security",
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> "
        "'information_schema'"
        " and not (c.relrowsecurity and c.relforcerowsecurity)");
    CHECK(
        atoi(sql_value(
            root(), "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                    " where c.relkind = 'r' and n.nspname in ('app', 'intel', 'trial')")) > 25);
}

// What hangs on the person, before and apart from any case.
#define THE_PERSONS_OWN                                                                            \
    "array['app.person', 'app.data_key', 'app.identity', 'app.identity_detail', 'app.identifier'," \
    " 'app.person_past']::regclass[]"

TEST(every_case_table_is_led_by_its_site)
{
    none(
        "primary key not led by site_id",
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " join pg_index i on i.indrelid = c.oid and i.indisprimary"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]"
        " where n.nspname in ('app', 'intel', 'trial') and a.attname <> 'site_id'"
        " and c.relname not in ('transition', 'export', 'conflict')"
        " and c.oid <> all (" THE_PERSONS_OWN ")");
}

TEST(what_is_the_persons_own_knows_no_site)
{
    none("table of a person that is led by something else, or by a site",
         "select c.oid::regclass::text from unnest(" THE_PERSONS_OWN ") t"
         " join pg_class c on c.oid = t"
         " left join pg_index i on i.indrelid = c.oid and i.indisprimary"
         " left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]"
         " where (a.attname <> case c.relname when 'person' then 'id' else 'person_id' end"
         "      or exists (select from pg_attribute x where x.attrelid = c.oid"
         "                 and x.attname in ('site_id', 'participant_id')))");
    // Where else a person has a case is nobody's to read.
    none("where a person has cases is readable",
         "select a.attrelid::regclass || '.' || a.attname from pg_attribute a"
         " join pg_class c on c.oid = a.attrelid and c.relkind = 'r'"
         " where a.attname in ('sites', 'keys') and c.relnamespace = 'app'::regnamespace"
         " and has_column_privilege('phoenix_app', c.oid, a.attnum, 'select')");
}

TEST(conflict_of_interest_restricts_every_table_of_people)
{
    none("no restrictive policy on conflicts",
         "select a.attrelid::regclass::text from pg_attribute a"
         " join pg_class c on c.oid = a.attrelid and c.relkind = 'r'"
         " join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('app', 'intel')"
         " where a.attname in ('participant_id', 'person_id') and not exists (select from pg_policy p"
         " where p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*' and p.polname = "
         "'conflict')");
}

TEST(policies_look_into_no_table_and_name_their_login)
{
    none("policy that reads a table",
         "select polrelid::regclass || '.' || polname from pg_policy"
         " where coalesce(pg_get_expr(polqual, polrelid), '') ~* '\\mfrom\\M'"
         "    or coalesce(pg_get_expr(polwithcheck, polrelid), '') ~* '\\mfrom\\M'");
    none("context read for each row",
         "select polrelid::regclass || '.' || polname from pg_policy,"
         " regexp_matches(coalesce(pg_get_expr(polqual, polrelid), '') ||"
         " coalesce(pg_get_expr(polwithcheck, polrelid), ''), '(.{0,8})access\\.[a-z_]+\\(', 'g') m"
         " where m[1] !~* 'select $'");
    none("policy for everybody",
         "select polrelid::regclass || '.' || polname from pg_policy"
         " where 0 = any (polroles) and polrelid not in ('meta.migration'::regclass, 'meta.schema'::regclass)");
}

TEST(public_has_nothing)
{
    none("schema open to PUBLIC", "select nspname from pg_namespace, aclexplode(nspacl) a where "
                                  "a.grantee = 0 and nspname <> 'meta'"
                                  " and nspname !~ '^pg_' and nspname <> 'information_schema'");
    none("table open to PUBLIC", "select c.oid::regclass::text from pg_class c join pg_namespace n "
                                 "on n.oid = c.relnamespace,"
                                 " aclexplode(c.relacl) a where a.grantee = 0 and n.nspname in "
                                 "('access', 'app', 'intel', 'trial', 'audit')");
    none("function open to PUBLIC",
         "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = "
         "p.pronamespace"
         " where n.nspname in ('access', 'app', 'intel', 'trial', 'audit')"
         " and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = "
         "0))");
    none("database open to PUBLIC",
         "select a.privilege_type from pg_database d, aclexplode(d.datacl) a"
         " where d.datname = current_database() and a.grantee = 0");
}

TEST(definer_functions_fix_their_search_path)
{
    none("SECURITY DEFINER without search_path",
         "select p.oid::regprocedure::text from pg_proc p where p.prosecdef"
         " and p.pronamespace in ('access'::regnamespace, 'app'::regnamespace, "
         "'audit'::regnamespace)"
         " and not coalesce(p.proconfig::text like '%search_path=pg_catalog%', false)");
}

TEST(views_ask_with_the_readers_rights)
{
    none(
        "view without security_invoker",
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind in ('v', 'm') and n.nspname in ('access', 'app', 'intel', 'trial', "
        "'audit')"
        " and not coalesce(c.reloptions::text like '%security_invoker=true%', false)");
}

TEST(login_roles_are_plain)
{
    none("role with more than a login",
         "select rolname from pg_roles where rolname like 'phoenix%'"
         " and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)");
    none("role inside another",
         "select member::regrole::text from pg_auth_members"
         " where member in (select oid from pg_roles where rolname like 'phoenix%')");
}

TEST(each_login_reaches_its_own_things_only)
{
    // login, object, privilege that it must not have
    static const char *const rows[][3] = {
        {"phoenix_app", "access.secret", "select"},
        {"phoenix_app", "access.session", "select"},
        {"phoenix_app", "access.permission_grant", "select, update"},
        {"phoenix_app", "access.idempotency", "select"},
        {"phoenix_app", "access.signin_failure", "select"},
        {"phoenix_app", "app.data_key", "update, delete"},
        {"phoenix_app", "app.conflict", "select"},
        {"phoenix_app", "app.person", "select, insert, update, delete"},
        {"phoenix_worker", "app.person", "select, insert, update, delete"},
        {"phoenix_app", "app.contact", "update, delete"},
        {"phoenix_app", "app.engagement", "insert, update, delete"},
        {"phoenix_app", "audit.event", "insert, update, delete"},
        {"phoenix_app", "trial.nomination", "select"},
        {"phoenix_app", "trial.allocation", "select"},
        {"phoenix_worker", "app.contact_note", "select"},
        {"phoenix_worker", "app.contact_summary", "select"},
        {"phoenix_worker", "app.referral_note", "select"},
        {"phoenix_worker", "app.escalation_note", "select"},
        {"phoenix_worker", "intel.entry", "select"},
        {"phoenix_worker", "intel.membership", "select"},
        {"phoenix_worker", "trial.allocation", "select"},
        {"phoenix_auth", "app.participant", "select"},
        {"phoenix_auth", "access.session", "select"},
        {"phoenix_trial", "app.participant", "select"},
        {"phoenix_trial", "intel.entry", "select"},
        {"phoenix_seal", "app.participant", "select"},
        {"phoenix_seal", "audit.event", "insert, update, delete"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *has = sql_value(root(), "select has_table_privilege('%s', '%s', '%s')",
                                    rows[i][0], rows[i][1], rows[i][2]);
        if (*has != 'f')
            fprintf(stderr, "%s may %s %s\n", rows[i][0], rows[i][2], rows[i][1]);
        CHECK_STR(has, "f");
    }
    CHECK_STR(
        sql_value(
            root(),
            "select has_column_privilege('phoenix_app', 'access.user', 'password_hash', 'select')"
            " or has_column_privilege('phoenix_worker', 'access.user', 'password_hash', 'select')"),
        "f");
    none("case or account data given to the sign-in login",
         "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = "
         "c.relnamespace,"
         " aclexplode(c.relacl) a where a.grantee = 'phoenix_auth'::regrole"
         " and n.nspname in ('access', 'app', 'intel', 'trial', 'audit')");
    none("sign-in function given to the application",
         "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = "
         "'access'::regnamespace"
         " and p.proname in ('signin_lookup', 'signin_failed', 'session_open', 'open', "
         "'covered', 'was_sent',"
         " 'roles_refresh', 'covers', 'attempt', 'admin_user', 'audit_system', 'keyring_keep')"
         " and has_function_privilege('phoenix_app', p.oid, 'execute')");
}

TESTS("access walls", T(every_table_forces_row_security), T(every_case_table_is_led_by_its_site),
      T(what_is_the_persons_own_knows_no_site),
      T(conflict_of_interest_restricts_every_table_of_people),
      T(policies_look_into_no_table_and_name_their_login), T(public_has_nothing),
      T(definer_functions_fix_their_search_path), T(views_ask_with_the_readers_rights),
      T(login_roles_are_plain), T(each_login_reaches_its_own_things_only))
