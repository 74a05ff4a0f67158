// SPDX-License-Identifier: MIT
#include "access/private.h"

#include "base/clock.h"

bool actor_may(const struct actor *actor, enum permission p)
{
    return actor && p != PERM_NONE && permission_row(p)->scope[actor->role] != SCOPE_NO;
}

static const char *copy(struct ctx *ctx, const struct db_pipeline *pl, size_t i, const char *column)
{
    const char *v = db_get(pl, i, 0, column);
    return v ? arena_strdup(ctx->arena, v) : NULL;
}

const struct actor *access_actor_row(struct ctx *ctx, const struct db_pipeline *pl, size_t i)
{
    struct actor *a = ARENA_NEW(ctx->arena, struct actor);
    if (!role_find(db_get(pl, i, 0, "role"), &a->role))
        return NULL;
    a->user_id = copy(ctx, pl, i, "user_id");
    a->username = copy(ctx, pl, i, "username");
    a->display_name = copy(ctx, pl, i, "display_name");
    a->site = copy(ctx, pl, i, "site");
    a->team_id = copy(ctx, pl, i, "team_id");
    a->team_name = copy(ctx, pl, i, "team_name");
    a->agency_id = copy(ctx, pl, i, "agency_id");
    a->agency_name = copy(ctx, pl, i, "agency_name");
    const char *change = db_get(pl, i, 0, "must_change_password");
    a->must_change_password = change && *change == 't';
    int64_t us;
    const char *expires = db_get(pl, i, 0, "expires_at");
    if (expires && time_parse_pg(expires, &us))
        a->expires_at = time_iso(ctx->arena, us);
    return a;
}
