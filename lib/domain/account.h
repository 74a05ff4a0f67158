// SPDX-License-Identifier: MIT
// One's own account: signing in and out, and the password. Administration of others' accounts is in
// domain/user.h.
#pragma once

#include "access/session.h"
#include "config/config.h"

struct sign_in_input {
    const char *username, *password, *code;
};

struct password_input {
    const char *current, *password, *confirm;
};

/** Signs in; `auth` is the DB_AUTH connection. ERR_BAD_SIGN_IN; ERR_TOO_MANY with
 *  ctx->problem.retry_after. `config` NULL takes the defaults (30 minutes, 12 hours). */
enum err account_sign_in(struct ctx *ctx, struct db *auth, const struct config *config,
                         const struct sign_in_input *in, struct session *ret) MUST_CHECK;
/** Ends the session of ctx->token_hash; quiet when it has ended already. */
enum err account_sign_out(struct ctx *ctx) MUST_CHECK;
/** Finds out who asks (sets ctx->actor), for pages about oneself. */
enum err account_read(struct ctx *ctx) MUST_CHECK;
/** ERR_INVALID names the field: the present password is wrong, the new one is too plain. Every other
 *  session of the user ends. */
enum err account_password_change(struct ctx *ctx, const struct password_input *in) MUST_CHECK;
