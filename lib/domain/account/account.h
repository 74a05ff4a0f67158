// SPDX-License-Identifier: MIT
// One's own account: signing in and out, and the password. Administration of others' accounts is in
// domain/account/user.h.
#pragma once

#include "base/field.h"
#include "access/session.h"

extern const struct field_table password_input_table, sign_in_input_table; // of routes

struct sign_in_input {
    const char *username, *password, *code;
};

struct password_input {
    const char *current_password, *new_password, *new_password_again;
};

/** access_sign_in() on `auth`, the DB_AUTH connection of the request. */
enum err account_sign_in(struct ctx *ctx, struct db *auth, const struct sign_in_input *in,
                         struct signed_in *ret) MUST_CHECK;
/** Finds out who asks (sets ctx->actor), for pages about oneself: one round trip. */
enum err account_read(struct ctx *ctx) MUST_CHECK;
/** access_password_change(), after the two new ones were compared. */
enum err account_password_change(struct ctx *ctx, const struct password_input *in) MUST_CHECK;
