// SPDX-License-Identifier: MIT
// Signing in and out, and one's own password. Sign-in runs on the phoenix_auth login (ctx->db of
// DB_AUTH), which can do nothing else; all the rest on the application's. The database counts
// attempts before a password is looked at: after five the wait grows from 2 seconds to 15 minutes.
#pragma once

#include "access/access.h"
#include "crypto/secret.h"

struct signed_in {
    const char *user_id, *username, *display_name;
    enum role role;
    const char *site; // code, or NULL for all sites
    bool must_change_password;
    const char *expires_at; // RFC 3339
    char token[TOKEN_TEXT]; // for the cookie or the Bearer header; only its hash is stored
};

/** How long sessions last, for sign-ins from now on: 30 minutes idle and 12 hours unless told. */
void access_session_lifetime(int idle_minutes, int absolute_hours);

/**
 * Checks the password and opens a session. ERR_BAD_SIGN_IN for a wrong password, an unknown name
 * and a disabled account alike; ERR_TOO_MANY with problem.retry_after while the name has to wait;
 * ERR_OVERLOADED when too many passwords are being checked. Writes the audit rows itself.
 */
enum err access_sign_in(struct ctx *ctx, const char *username, const char *password,
                        struct signed_in *ret) MUST_CHECK;

/** Ends the session of ctx->token_hash; quiet when there is none. Writes the audit row itself. */
enum err access_sign_out(struct ctx *ctx) MUST_CHECK;

/**
 * Changes the actor's own password and ends every other session of his or hers (this one stays).
 * ERR_INVALID with a field error on current_password or new_password; ERR_TOO_MANY as for sign-in.
 * Writes the audit row itself.
 */
enum err access_password_change(struct ctx *ctx, const char *current_password,
                                const char *new_password) MUST_CHECK;
/** False, with a field error on `field`, if nobody should choose this password: fewer than 12
 *  characters, more than 200, or the username inside. `username` may be NULL. */
bool access_password_fit(struct ctx *ctx, const char *field, const char *username,
                         const char *password);

/** Whose session this token hash was in the last 7 days, ended or not (a form kept across sign-in
 * is bound to its user); NULL if nobody's. */
enum err access_session_user(struct ctx *ctx, const uint8_t token_hash[32],
                             const char **ret_user_id) MUST_CHECK;
