// SPDX-License-Identifier: MIT
#include "access/session.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static _Atomic int idle_minutes = 30;
static _Atomic int absolute_hours = 12;

void access_session_lifetime(int idle, int absolute)
{
    idle_minutes = idle;
    absolute_hours = absolute;
}

static enum err wait_first(struct ctx *ctx, const char *seconds)
{
    ctx->problem.retry_after = seconds ? (int)strtol(seconds, NULL, 10) : 0;
    return ctx->problem.retry_after > 0 ? ERR_TOO_MANY : ERR_OK;
}

/** The account of that name: user id and password hash are NULL when there is none to let in. */
static enum err look_up(struct ctx *ctx, const char *username, const char **ret_user,
                        const char **ret_hash, const char **ret_why)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, DB_CALL(access_signin_lookup, .username = username));
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    e = wait_first(ctx, db_get(pl, 0, 0, "wait_seconds"));
    if (e)
        return e;
    const char *disabled = db_get(pl, 0, 0, "disabled");
    *ret_user = db_get(pl, 0, 0, "user_id");
    *ret_hash = db_get(pl, 0, 0, "password_hash");
    *ret_why = !*ret_user ? "no such account" : "wrong password";
    if (disabled && *disabled == 't') {
        *ret_hash = NULL;
        *ret_why = "disabled account";
    }
    return ERR_OK;
}

static enum err refused(struct ctx *ctx, const char *username, const char *why)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, DB_CALL(access_signin_failed, .username = username, .request_id = ctx->request_id,
                       .remote = ctx->remote, .why = why));
    enum err e = db_run(ctx, pl);
    return e ? e : ERR_BAD_SIGN_IN;
}

static enum err open_session(struct ctx *ctx, const char *user_id, struct signed_in *ret)
{
    struct signed_in in = {.user_id = arena_strdup(ctx->arena, user_id)};
    uint8_t hash[32];
    token_new(in.token);
    if (!token_hash(in.token, hash))
        return ctx_fail(ctx, ERR_INTERNAL, "a new token is not one");
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, DB_CALL(access_session_open, .user_id = user_id, .token_hash = BYTES(hash, 32),
                       .idle_minutes = idle_minutes, .absolute_hours = absolute_hours,
                       .request_id = ctx->request_id, .remote = ctx->remote));
    enum err e = db_run(ctx, pl);
    if (e == ERR_UNAUTHENTICATED) // disabled between the two statements
        return ERR_BAD_SIGN_IN;
    if (e)
        return e;
    const char *site = db_get(pl, 0, 0, "site");
    int64_t us;
    if (!role_find(db_get(pl, 0, 0, "role"), &in.role) ||
        !time_parse_pg(db_get(pl, 0, 0, "expires_at"), &us))
        return ctx_fail(ctx, ERR_SCHEMA, "the database has a role this program lacks");
    in.username = arena_strdup(ctx->arena, db_get(pl, 0, 0, "username"));
    in.display_name = arena_strdup(ctx->arena, db_get(pl, 0, 0, "display_name"));
    in.site = site ? arena_strdup(ctx->arena, site) : NULL;
    in.must_change_password = *db_get(pl, 0, 0, "must_change_password") == 't';
    in.expires_at = time_iso(ctx->arena, us);
    *ret = in;
    return ERR_OK;
}

enum err access_sign_in(struct ctx *ctx, const char *username, const char *password,
                        struct signed_in *ret)
{
    const char *user, *hash, *why;
    enum err e = look_up(ctx, username ? username : "", &user, &hash, &why);
    if (e)
        return e;
    e = password_verify(ctx, hash, password ? password : "");
    if (e == ERR_BAD_SIGN_IN)
        return refused(ctx, username ? username : "", why);
    if (e)
        return e;
    return open_session(ctx, user, ret);
}

enum err access_sign_out(struct ctx *ctx)
{
    if (!ctx->token_hash)
        return ERR_OK;
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, DB_CALL(access_sign_out, .token_hash = BYTES(ctx->token_hash, 32),
                       .request_id = ctx->request_id, .remote = ctx->remote));
    return db_run(ctx, pl);
}

bool access_password_fit(struct ctx *ctx, const char *field, const char *username,
                         const char *password)
{
    size_t n = 0;
    for (const char *c = password; c && *c; c++)
        n += ((unsigned char)*c & 0xC0) != 0x80; // characters, not bytes
    const char *words = NULL;
    if (n < 12)
        words = "Choose a password of at least 12 characters";
    else if (n > 200)
        words = "Choose a password of at most 200 characters";
    else if (username && *username && strcasestr(password, username))
        words = "Choose a password without your username in it";
    if (words)
        ctx_field_error(ctx, field, words);
    return !words;
}

/** Checks the present password against the actor's stored hash. */
static enum err check_current(struct ctx *ctx, const char *current)
{
    struct access_tx tx = access_begin(ctx, PERM_self, NULL);
    size_t i = db_add(tx.pl, DB_CALL0(access_own_password));
    enum err e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    e = wait_first(ctx, db_get(tx.pl, i, 0, "wait_seconds"));
    if (e)
        return e;
    e = password_verify(ctx, db_get(tx.pl, i, 0, "password_hash"), current ? current : "");
    if (e == ERR_BAD_SIGN_IN) {
        ctx_field_error(ctx, "current_password", "The current password is not right");
        return ERR_INVALID;
    }
    return e;
}

enum err access_password_change(struct ctx *ctx, const char *current_password,
                                const char *new_password)
{
    enum err e = check_current(ctx, current_password);
    if (e)
        return e;
    if (!access_password_fit(ctx, "new_password", ctx->actor->username, new_password))
        return ERR_INVALID;
    if (current_password && strcmp(current_password, new_password) == 0) {
        ctx_field_error(ctx, "new_password", "Choose a password that you do not use now");
        return ERR_INVALID;
    }
    const char *hash;
    e = password_hash(ctx, new_password, &hash);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_self, NULL);
    db_add(tx.pl, DB_CALL(access_password_set, .hash = hash));
    return access_run(ctx, &tx, NULL);
}

enum err access_session_user(struct ctx *ctx, const uint8_t hash[32], const char **ret_user_id)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, DB_CALL(access_session_user, .token_hash = BYTES(hash, 32)));
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    const char *user = db_get(pl, 0, 0, "user_id");
    *ret_user_id = user ? arena_strdup(ctx->arena, user) : NULL;
    return ERR_OK;
}
