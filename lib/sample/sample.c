// SPDX-License-Identifier: MIT
#include "sample/sample.h"

#include "db/db.h"
#include "sample/plan.h"

#include <string.h>

static enum err check_empty(struct ctx *ctx)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    DB_ADD0(pl, Q_SAMPLE_COUNT);
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    if (strcmp(db_get(pl, 0, 0, "people"), "0") != 0)
        return ctx_refuse(ctx, ERR_CONFLICT, "There are participants in this database already");
    return ERR_OK;
}

enum err sample_make(struct ctx *ctx, const struct sample_setup *setup,
                     const struct sample_account **ret, size_t *ret_n)
{
    struct plan plan;
    enum err e = check_empty(ctx);
    if (!e)
        e = plan_make(ctx, setup, &plan);
    if (!e)
        e = plan_load(ctx, setup, &plan);
    if (e)
        return e;
    struct sample_account *accounts = ARENA_ARRAY(ctx->arena, struct sample_account, plan.n_users);
    size_t n = 0;
    for (size_t i = 0; i < plan.n_users; i++) {
        const struct plan_user *u = &plan.users[i];
        if (u->password)
            accounts[n++] = (struct sample_account){u->role, u->username, u->password,
                                                    u->site == NOBODY ? NULL : plan.sites[u->site]};
    }
    *ret = accounts;
    *ret_n = n;
    return ERR_OK;
}
