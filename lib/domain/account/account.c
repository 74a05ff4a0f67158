// SPDX-License-Identifier: MIT
#include "domain/account/account.h"


#include <string.h>

static const struct field sign_in_fields[] = {
    {.name = "username",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct sign_in_input, username),
     .max = 120,
     .label = "Username"},
    {.name = "password",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_SECRET,
     .offset = offsetof(struct sign_in_input, password),
     .max = 200,
     .label = "Password"},
    {.name = "code",
     .type = FIELD_TEXT,
     .flags = FIELD_SECRET,
     .offset = offsetof(struct sign_in_input, code),
     .max = 12,
     .label = "Code",
     .help = "Of an authenticator app, for accounts that have one"},
};
const struct field_table sign_in_input_table =
    FIELD_TABLE("SignIn", struct sign_in_input, sign_in_fields);

static const struct field password_fields[] = {
    {.name = "current_password",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_SECRET,
     .offset = offsetof(struct password_input, current_password),
     .max = 200,
     .label = "The current password"},
    {.name = "new_password",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_SECRET,
     .offset = offsetof(struct password_input, new_password),
     .max = 200,
     .label = "A new password"},
    {.name = "new_password_again",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_SECRET,
     .offset = offsetof(struct password_input, new_password_again),
     .max = 200,
     .label = "The new password again"},
};
const struct field_table password_input_table =
    FIELD_TABLE("PasswordChange", struct password_input, password_fields);

enum err account_sign_in(struct ctx *ctx, struct db *auth, const struct sign_in_input *in,
                         struct signed_in *ret)
{
    struct db *app = ctx->db;
    if (!auth)
        return ctx_fail(ctx, ERR_INTERNAL, "no sign-in connection in this pool");
    ctx->db = auth;
    enum err e = db_ready(ctx, auth);
    if (!e)
        e = access_sign_in(ctx, in->username, in->password, ret);
    ctx->db = app;
    return e;
}

enum err account_read(struct ctx *ctx)
{
    struct access_tx tx = access_begin(ctx, PERM_self, NULL);
    return access_run(ctx, &tx, NULL);
}

enum err account_password_change(struct ctx *ctx, const struct password_input *in)
{
    if (strcmp(in->new_password, in->new_password_again) != 0) {
        ctx_field_error(ctx, "new_password_again", "The two new passwords are not the same");
        enum err e = account_read(ctx);
        return e ? e : ERR_INVALID;
    }
    return access_password_change(ctx, in->current_password, in->new_password);
}
