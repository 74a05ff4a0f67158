// SPDX-License-Identifier: MIT
// User accounts, agencies and teams. An administrator has all of them, a manager those of the own site
// (and none of the roles that see across sites); neither sees a case here. The database decides and
// writes the audit rows (sql/schema/accounts.sql). Records live in ctx->arena.
#pragma once

#include "access/access.h"
#include "base/field.h"

struct user_input {
    const char *username, *display_name, *role, *site, *team, *agency; // team and agency: uuid
};
struct user_change {
    const char *display_name, *role, *site, *team, *agency;
};
struct agency_input {
    const char *name, *kind, *site;
};
struct team_input {
    const char *name, *site, *agency;
};

struct user {
    const char *id, *username, *display_name, *role, *site;
    const char *team_id, *team, *agency_id, *agency;
    const char *disabled, *must_change_password, *created_at, *last_sign_in, *version;
};
struct agency {
    const char *id, *name, *kind, *site, *version;
};
struct team {
    const char *id, *name, *site, *agency, *version;
};

struct user_query {
    const char *q, *role, *site, *state, *limit, *after; // state: active, disabled
};
struct agency_query {
    const char *kind, *limit, *after;
};

extern const struct field_table user_input_table, user_change_table, agency_input_table,
    team_input_table, user_table, agency_table, team_table, user_query_table, agency_query_table;

struct user_list {
    struct field_rows rows; // of struct user
    const char *next;
};
struct agency_list {
    struct field_rows rows; // of struct agency
    const char *next;
};
/** What a form about an account offers. */
struct place_list {
    struct field_rows agencies, teams; // of struct agency, struct team; in order of name
};

/** By username, after the cursor. */
enum err user_list_read(struct ctx *ctx, const struct user_query *q, struct user_list *ret) MUST_CHECK;
/** One account, with the places a form offers (`ret_places` may be NULL). ERR_NOT_FOUND alike for
 *  absent and another site's. */
enum err user_read(struct ctx *ctx, const char *id, struct user *ret,
                   struct place_list *ret_places) MUST_CHECK;
/** Adds an account with a random first password, given back to be shown once. With a key that was
 *  used before: ERR_IDEMPOTENCY_REPLAY, and the password is not shown again. */
enum err user_add(struct ctx *ctx, const struct user_input *in, const char **ret_id,
                  const char **ret_password) MUST_CHECK;
/** `version` is the one the form was made from. ERR_STALE when somebody else was first. */
enum err user_save(struct ctx *ctx, const char *id, const char *version,
                   const struct user_change *in) MUST_CHECK;
enum err user_disable(struct ctx *ctx, const char *id) MUST_CHECK;
enum err user_enable(struct ctx *ctx, const char *id) MUST_CHECK;
/** A new first password, given back to be shown once; every session of the account ends. */
enum err user_reset(struct ctx *ctx, const char *id, const char **ret_password) MUST_CHECK;

/** Agencies and teams in use. `need` is the permission of the route. */
enum err place_list_read(struct ctx *ctx, enum permission need, struct place_list *ret) MUST_CHECK;
/** By name, after the cursor: what a referral may be sent to, for everybody signed in. */
enum err agency_list_read(struct ctx *ctx, const struct agency_query *q,
                          struct agency_list *ret) MUST_CHECK;
enum err agency_add(struct ctx *ctx, const struct agency_input *in) MUST_CHECK;
enum err team_add(struct ctx *ctx, const struct team_input *in) MUST_CHECK;
