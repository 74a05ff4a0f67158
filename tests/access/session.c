// SPDX-License-Identifier: MIT
// The C side: the matrix table, the pipeline in one flush, persons and their keys, sign-in and
// passwords, replay, and the tables that migrate copies.
#include "support.h"

#include "access/session.h"
#include "base/arena.h"
#include "base/uuid.h"
#include "config/config.h"
#include "crypto/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *conninfo;
static PGconn *owner;
static struct keys *keys;

#define PERSON "00000000-0000-7000-8000-000000000211"
#define PASSWORD "correct horse battery"

static void make_keys(void)
{
    char path[] = "/tmp/phoenix-test-keys-XXXXXX";
    int fd = mkstemp(path);
    CHECK_FATAL(fd >= 0);
    close(fd);
    unlink(path);
    struct ctx ctx = {.arena = arena_new()};
    CHECK_FATAL(keys_create(&ctx, path) == ERR_OK);
    CHECK_FATAL(keys_open(&ctx, path, &keys) == ERR_OK);
    unlink(path);
    arena_free(ctx.arena);
}

static void load(void)
{
    if (owner)
        return;
    conninfo = access_database("session", true);
    owner = sql_connect(conninfo, "phoenix_owner");
    make_keys();
    // A data key that opens, for person 1, and a password that fits, for everybody.
    struct ctx ctx = {.arena = arena_new(), .keys = keys};
    struct bytes wrapped;
    CHECK_FATAL(keys_person_new(&ctx, PERSON, &wrapped) == ERR_OK);
    char hex[1024];
    for (size_t i = 0; i < wrapped.n; i++)
        snprintf(hex + 2 * i, 3, "%02x", wrapped.p[i]);
    CHECK_INT(sql_changed(owner,
                          "update app.data_key set wrapped = '\\x%s' where person_id = '%s'",
                          hex, PERSON),
              1);
    const char *hash;
    CHECK_FATAL(password_hash(&ctx, PASSWORD, &hash) == ERR_OK);
    CHECK(sql_changed(owner, "update access.\"user\" set password_hash = '%s'", hash) > 0);
    arena_free(ctx.arena);
    keys_close(keys); // a new one: nothing cached
    keys = NULL;
    make_keys();
}

static struct ctx as(const char *username)
{
    load();
    struct ctx ctx = access_ctx(conninfo, DB_APP, username);
    ctx.keys = keys;
    return ctx;
}

TEST(tables_agree_with_the_database)
{
    load();
    size_t granted = 0;
    for (size_t p = PERM_NONE + 1; p < PERM_COUNT; p++) {
        const struct permission_row *row = permission_row((enum permission)p);
        CHECK(*row->code && *row->words);
        for (size_t r = 0; r < ROLE_COUNT; r++) {
            const char *scope =
                sql_value(owner,
                          "select scope from access.permission_grant where role = '%s'"
                          " and permission = '%s'",
                          role_code((enum role)r), row->code);
            CHECK_STR(*scope ? scope : "no", scope_code(row->scope[r]));
            granted += row->scope[r] != SCOPE_NO;
        }
    }
    CHECK_INT(atoi(sql_value(owner, "select count(*) from access.permission_grant")), granted);
    for (size_t a = AUDIT_NONE + 1; a < AUDIT_COUNT; a++)
        CHECK_STR(sql_value(owner, "select operation from access.audit_action where code = '%s'",
                            audit_row((enum audit_action)a)->code),
                  audit_row((enum audit_action)a)->operation);
    enum role r;
    CHECK(role_find("youth_justice", &r) && r == ROLE_YOUTH_JUSTICE);
    CHECK(!role_find("king", &r));
    CHECK(!role_find(NULL, &r));
    // Nobody but the roles of access.def has everything everywhere: no permission but self is ALL
    // for delivery.
    for (size_t p = PERM_self + 1; p < PERM_COUNT; p++)
        for (size_t k = 0; k <= ROLE_PROVIDER; k++)
            CHECK(permission_row((enum permission)p)->scope[k] != SCOPE_ALL);
}

TEST(sync_again_changes_nothing_and_takes_away_what_went)
{
    load();
    sql_state(owner, "insert into access.permission_grant values ('navigator', 'gone', 'all')");
    sql_state(owner, "update access.permission_grant set scope = 'all' where role = 'navigator'"
                     " and permission = 'contact_note_read'");
    sql_state(owner, "insert into access.vocabulary (version, name, code, label, position)"
                     " values ('0', 'mode', 'telegram', 'Telegram', 99)");
    struct ctx ctx = access_ctx(conninfo, DB_OWNER, NULL);
    const struct programme *programme;
    CHECK_INT(programme_read(&ctx, PROGRAMME, &programme), ERR_OK);
    CHECK_INT(access_sync(&ctx, programme), ERR_OK);
    CHECK_STR(
        sql_value(owner, "select count(*) from access.permission_grant where permission = 'gone'"),
        "0");
    CHECK_STR(sql_value(owner, "select scope from access.permission_grant where role = 'navigator'"
                               " and permission = 'contact_note_read'"),
              "own");
    CHECK_STR(
        sql_value(
            owner,
            "select strpos(grants, E'\\nmay contact_note_read own\\n') > 0 and strpos(grants, 'gone') = 0"
            " and strpos(own_opens, E'opens contact_note_read\\n') > 0"
            " from access.role where code = 'navigator'"),
        "t");
    CHECK_STR(sql_value(owner, "select retired from access.vocabulary where code = 'telegram'"),
              "t");
    CHECK_STR(sql_value(owner,
                        "select successful and not missed and not retired from access.vocabulary"
                        " where name = 'outcome' and code = 'spoke'"),
              "t");
    // The keyring's check value is kept once; another keyring is told.
    ctx.keys = keys;
    CHECK_INT(access_keyring_check(&ctx), ERR_OK);
    CHECK_INT(access_sync(&ctx, programme), ERR_OK);
    CHECK_INT(access_keyring_check(&ctx), ERR_OK);
    struct keys *first = keys;
    make_keys();
    ctx.keys = keys;
    CHECK_INT(access_keyring_check(&ctx), ERR_KEY);
    CHECK(ctx.problem.detail && strstr(ctx.problem.detail, "keyring"));
    keys_close(keys);
    keys = first;
    access_ctx_done(&ctx);
}

TEST(a_pipeline_is_one_flush)
{
    struct ctx ctx = as("nav");
    CHECK_INT(db_ready(&ctx, ctx.db), ERR_OK);
    unsigned long before = db_flushes(ctx.db);
    struct access_tx tx = access_begin(&ctx, PERM_contact_read, "PX000002");
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_NOT_FOUND);
    CHECK(!ctx.actor);
    tx = access_begin(&ctx, PERM_user_write, NULL);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_FORBIDDEN);
    tx = access_begin(&ctx, PERM_self, NULL);
    access_audit(&ctx, &tx, AUDIT_report_viewed, NULL, "{}", "rows 3");
    struct person nobody = {.id = "x"};
    CHECK_INT(access_run(&ctx, &tx, &nobody), ERR_OK);
    CHECK_INT(db_flushes(ctx.db) - before, 3);
    CHECK(!nobody.id);
    CHECK_FATAL(ctx.actor != NULL);
    CHECK_STR(ctx.actor->username, "nav");
    CHECK_STR(ctx.actor->site, "leicester");
    CHECK_STR(ctx.actor->team_name, "Team One");
    CHECK(ctx.actor->role == ROLE_NAVIGATOR && !ctx.actor->must_change_password);
    CHECK(strlen(ctx.actor->expires_at) >= 20 && ctx.actor->expires_at[10] == 'T');
    CHECK(actor_may(ctx.actor, PERM_contact_write) && !actor_may(ctx.actor, PERM_user_read));
    CHECK(!actor_may(ctx.actor, PERM_NONE) && !actor_may(NULL, PERM_self));
    CHECK_STR(sql_value(owner, "select detail from audit.event order by id desc limit 1"),
              "rows 3");
    access_ctx_done(&ctx);
    struct ctx none = as(NULL);
    tx = access_begin(&none, PERM_self, NULL);
    CHECK_INT(access_run(&none, &tx, NULL), ERR_UNAUTHENTICATED);
    access_ctx_done(&none);
}

TEST(a_refused_begin_leaves_nothing_done)
{
    struct ctx ctx = as("nav");
    char before[16];
    snprintf(before, sizeof(before), "%s", sql_value(owner, "select count(*) from audit.event"));
    struct access_tx tx = access_begin(&ctx, PERM_contact_write, "PX000005");
    access_audit(&ctx, &tx, AUDIT_contact_recorded, NULL, NULL, NULL);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_NOT_FOUND);
    tx = access_begin_for(&ctx, PERM_referral_write, "referral",
                          "00000000-0000-7000-8000-000000000505");
    access_audit(&ctx, &tx, AUDIT_referral_changed, NULL, NULL, NULL);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_NOT_FOUND);
    CHECK_STR(sql_value(owner, "select count(*) from audit.event"), before);
    access_ctx_done(&ctx);
}

TEST(a_person_opens_with_the_key_and_is_remembered)
{
    load();
    // The wrapped key in the database is of another keyring here: told as a key error, never as
    // absent.
    struct ctx ctx = as("nav");
    struct person p;
    CHECK_INT(access_person(&ctx, PERM_identity_read, "PX000001", &p), ERR_KEY);
    struct bytes wrapped;
    CHECK_INT(keys_person_new(&ctx, PERSON, &wrapped), ERR_OK);
    char hex[1024];
    for (size_t i = 0; i < wrapped.n; i++)
        snprintf(hex + 2 * i, 3, "%02x", wrapped.p[i]);
    sql_changed(owner, "update app.data_key set wrapped = '\\x%s' where person_id = '%s'", hex,
                PERSON);
    CHECK_INT(access_person(&ctx, PERM_identity_read, "PX000001", &p), ERR_OK);
    CHECK_STR(p.id, PERSON);
    CHECK_STR(p.site, "leicester");
    CHECK_STR(p.ref, "PX000001");
    CHECK(keys_person_cached(&ctx, PERSON));
    unsigned long before = db_flushes(ctx.db);
    CHECK_INT(access_person(&ctx, PERM_identity_read, "PX000001", &p), ERR_OK);
    CHECK_STR(p.id, PERSON);
    CHECK_INT(db_flushes(ctx.db) - before, 0);
    // What is remembered opens no door.
    struct access_tx tx = access_begin(&ctx, PERM_identity_read, "PX000001");
    CHECK_INT(access_run(&ctx, &tx, &p), ERR_OK);
    CHECK_INT(p.version, 1);
    access_ctx_done(&ctx);
    ctx = as("nav4");
    CHECK_INT(access_person(&ctx, PERM_identity_read, "PX000001", &p), ERR_OK);
    tx = access_begin(&ctx, PERM_identity_read, "PX000001");
    CHECK_INT(access_run(&ctx, &tx, &p), ERR_NOT_FOUND);
    access_person_forget();
    CHECK_INT(access_person(&ctx, PERM_identity_read, "PX000001", &p), ERR_NOT_FOUND);
    access_ctx_done(&ctx);
}

TEST(a_replay_gives_the_first_answer)
{
    struct ctx ctx = as("nav");
    uint8_t body[32] = {1};
    ctx.idempotency_key = uuid_new(ctx.arena);
    ctx.body_hash = body;
    ctx.route = "POST /things";
    for (int i = 0; i < 2; i++) {
        struct access_tx tx = access_begin(&ctx, PERM_self, NULL);
        access_idempotent(&ctx, &tx, 201, "/things/1", "{\"id\":\"1\"}");
        CHECK(tx.idempotent);
        CHECK_INT(access_run(&ctx, &tx, NULL), i ? ERR_IDEMPOTENCY_REPLAY : ERR_OK);
    }
    struct stored_answer a;
    CHECK_INT(access_replay(&ctx, &a), ERR_OK);
    CHECK_INT(a.status, 201);
    CHECK_STR(a.location, "/things/1");
    CHECK_STR(a.body, "{\"id\":\"1\"}");
    body[0] = 2;
    struct access_tx tx = access_begin(&ctx, PERM_self, NULL);
    access_idempotent(&ctx, &tx, 201, "/things/1", "{}");
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_IDEMPOTENCY_MISMATCH);
    ctx.idempotency_key = NULL;
    tx = access_begin(&ctx, PERM_self, NULL);
    access_idempotent(&ctx, &tx, 201, "/things/1", "{}");
    CHECK(!tx.idempotent);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_OK);
    access_ctx_done(&ctx);
}

static enum err sign_in(const char *username, const char *password, struct signed_in *ret,
                        int *ret_wait)
{
    struct ctx ctx = access_ctx(conninfo, DB_AUTH, NULL);
    ctx.remote = "192.0.2.7";
    enum err e = access_sign_in(&ctx, username, password, ret);
    *ret_wait = ctx.problem.retry_after;
    access_ctx_done(&ctx);
    return e;
}

TEST(signing_in_and_out)
{
    load();
    struct signed_in in;
    int wait;
    struct ctx auth = access_ctx(conninfo, DB_AUTH, NULL);
    CHECK_INT(access_sign_in(&auth, "NAV2", PASSWORD, &in), ERR_OK);
    CHECK_STR(in.username, "nav2");
    CHECK_STR(in.display_name, "Nav2");
    CHECK_STR(in.site, "leicester");
    CHECK(in.role == ROLE_NAVIGATOR && !in.must_change_password && in.expires_at[10] == 'T');
    uint8_t hash[32];
    CHECK(token_hash(in.token, hash));
    struct ctx ctx = as(NULL);
    ctx.token_hash = hash;
    struct access_tx tx = access_begin(&ctx, PERM_self, NULL);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_OK);
    CHECK_STR(ctx.actor->username, "nav2");
    CHECK_STR(sql_value(owner,
                        "select concat_ws('|', idle, expires_at - created_at) from access.session"
                        " order by created_at desc limit 1"),
              "00:30:00|12:00:00");
    const char *user;
    CHECK_INT(access_sign_out(&ctx), ERR_OK);
    CHECK_INT(access_sign_out(&ctx), ERR_OK); // quiet the second time
    tx = access_begin(&ctx, PERM_self, NULL);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_UNAUTHENTICATED);
    CHECK_INT(access_session_user(&ctx, hash, &user), ERR_OK);
    CHECK_STR(user, in.user_id);
    hash[0] ^= 1;
    CHECK_INT(access_session_user(&ctx, hash, &user), ERR_OK);
    CHECK(!user);
    access_ctx_done(&ctx);
    access_ctx_done(&auth);
    CHECK_STR(sql_value(owner, "select string_agg(action, ',' order by id) from audit.event where "
                               "action like 'sign%%'"),
              "sign_in,sign_out");
    // Wrong password, unknown name, disabled account: the same answer.
    CHECK_INT(sign_in("nav2", "not this one", &in, &wait), ERR_BAD_SIGN_IN);
    CHECK_INT(sign_in("no.such.person", PASSWORD, &in, &wait), ERR_BAD_SIGN_IN);
    sql_changed(owner, "update access.\"user\" set disabled_at = now() where username = 'nav3'");
    CHECK_INT(sign_in("nav3", PASSWORD, &in, &wait), ERR_BAD_SIGN_IN);
    CHECK_INT(sign_in("", "", &in, &wait), ERR_BAD_SIGN_IN);
    // What was typed as a name is kept nowhere.
    CHECK_STR(
        sql_value(owner,
                  "select count(*) from audit.event e where e::text like '%%no.such.person%%'"),
        "0");
    CHECK_STR(sql_value(owner, "select string_agg(detail, ', ' order by id) from audit.event"
                               " where action = 'sign_in_failed'"),
              "wrong password, no such account, disabled account, no such account");
}

/** The delay that the latest attempt set, in seconds; then it is stretched, so that a slow machine
 * is none. */
static int stretch(void)
{
    int n = atoi(sql_value(
        owner, "select extract(epoch from wait_until - last_at)::int from access.signin_failure"
               " order by last_at desc limit 1"));
    sql_changed(owner, "update access.signin_failure set wait_until = now() + interval '100 s'"
                       " where last_at = (select max(last_at) from access.signin_failure)");
    return n;
}

TEST(five_failures_make_the_sixth_wait)
{
    load();
    static const char *const names[] = {"provider2", "nobody.at.all"};
    struct signed_in in;
    int wait;
    for (size_t k = 0; k < 2; k++) { // an unknown name waits just the same
        sql_changed(owner, "delete from access.signin_failure");
        for (int i = 0; i < 5; i++)
            CHECK_INT(sign_in(names[k], "wrong", &in, &wait), ERR_BAD_SIGN_IN);
        CHECK_INT(stretch(), 2);
        CHECK_INT(sign_in(names[k], PASSWORD, &in, &wait), ERR_TOO_MANY);
        CHECK(wait > 0 && wait <= 100);
        // While it waits, attempts are not counted.
        CHECK_STR(sql_value(owner, "select max(failures) from access.signin_failure"), "5");
    }
    // Afterwards the right password gets in and clears the count.
    CHECK_INT(sign_in("provider2", PASSWORD, &in, &wait), ERR_OK);
    for (int i = 0; i < 3; i++)
        CHECK_INT(sign_in("provider2", "wrong", &in, &wait), ERR_BAD_SIGN_IN);
    CHECK_INT(sign_in("provider2", PASSWORD, &in, &wait), ERR_OK);
    // The delay doubles, up to a quarter of an hour; an hour of quiet forgets.
    static const int steps[][2] = {{5, 4}, {6, 8}, {9, 64}, {13, 900}, {500, 900}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        sql_changed(owner, "update access.signin_failure set failures = %d, wait_until = now()",
                    steps[i][0]);
        CHECK_INT(sign_in("nobody.at.all", "wrong", &in, &wait), ERR_BAD_SIGN_IN);
        CHECK_INT(stretch(), steps[i][1]);
        CHECK_INT(sign_in("nobody.at.all", "wrong", &in, &wait), ERR_TOO_MANY);
    }
    sql_changed(owner, "update access.signin_failure set wait_until = now(), last_at = now() - "
                       "interval '2 hours'");
    CHECK_INT(sign_in("nobody.at.all", "wrong", &in, &wait), ERR_BAD_SIGN_IN);
    CHECK_STR(sql_value(owner, "select min(failures) from access.signin_failure"), "1");
}

TEST(changing_ones_own_password)
{
    load();
    struct signed_in a, b;
    int wait;
    CHECK_INT(sign_in("lead", PASSWORD, &a, &wait), ERR_OK);
    CHECK_INT(sign_in("lead", PASSWORD, &b, &wait), ERR_OK);
    uint8_t first[32], second[32];
    CHECK(token_hash(a.token, first) && token_hash(b.token, second));
    static const struct {
        const char *current, *fresh, *field;
        enum err want;
    } rows[] = {
        {"not it", "a long new password", "current_password", ERR_INVALID},
        {PASSWORD, "short", "new_password", ERR_INVALID},
        {PASSWORD, "the Lead of the team", "new_password", ERR_INVALID},
        {PASSWORD, PASSWORD, "new_password", ERR_INVALID},
        {PASSWORD, "a long new password", NULL, ERR_OK},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (i == 3) // those before counted as attempts
            sql_changed(owner, "delete from access.signin_failure");
        struct ctx ctx = as(NULL);
        ctx.token_hash = first;
        CHECK_INT(access_password_change(&ctx, rows[i].current, rows[i].fresh), rows[i].want);
        CHECK_STR(ctx.problem.first ? ctx.problem.first->field : NULL, rows[i].field);
        access_ctx_done(&ctx);
    }
    // This session stays, the other ends; the new password is the one that gets in.
    struct ctx ctx = as(NULL);
    ctx.token_hash = first;
    struct access_tx tx = access_begin(&ctx, PERM_self, NULL);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_OK);
    ctx.token_hash = second;
    tx = access_begin(&ctx, PERM_self, NULL);
    CHECK_INT(access_run(&ctx, &tx, NULL), ERR_UNAUTHENTICATED);
    access_ctx_done(&ctx);
    CHECK_INT(sign_in("lead", PASSWORD, &a, &wait), ERR_BAD_SIGN_IN);
    CHECK_INT(sign_in("lead", "a long new password", &a, &wait), ERR_OK);
    CHECK_STR(
        sql_value(owner, "select count(*) from audit.event where action = 'password_changed'"),
        "1");
}

TEST(guessing_at_the_current_password_waits_too)
{
    load();
    struct signed_in in;
    int wait;
    CHECK_INT(sign_in("yj", PASSWORD, &in, &wait), ERR_OK);
    uint8_t hash[32];
    CHECK(token_hash(in.token, hash));
    for (int i = 0; i < 6; i++) {
        struct ctx ctx = as(NULL);
        ctx.token_hash = hash;
        if (i == 5)
            CHECK_INT(stretch(), 2);
        CHECK_INT(access_password_change(&ctx, "guess", "a long new password"),
                  i < 5 ? ERR_INVALID : ERR_TOO_MANY);
        access_ctx_done(&ctx);
    }
}

TESTS("access session", T(tables_agree_with_the_database),
      T(sync_again_changes_nothing_and_takes_away_what_went), T(a_pipeline_is_one_flush),
      T(a_refused_begin_leaves_nothing_done), T(a_person_opens_with_the_key_and_is_remembered),
      T(a_replay_gives_the_first_answer), T(signing_in_and_out),
      T(five_failures_make_the_sixth_wait), T(changing_ones_own_password),
      T(guessing_at_the_current_password_waits_too))
