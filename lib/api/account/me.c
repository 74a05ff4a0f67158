// SPDX-License-Identifier: MIT
#include "api/api.h"
#include "api/json.h"
#include "domain/account/account.h"

static void write_permissions(struct buf *out, const struct actor *actor)
{
    json_write_key(out, "permissions");
    buf_putc(out, '[');
    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++) {
        if (!actor_may(actor, (enum permission)p))
            continue;
        json_write_comma(out);
        json_write_string(out, permission_row((enum permission)p)->code);
    }
    buf_putc(out, ']');
}

enum err api_me(struct request *r, struct response *res)
{
    enum err e = account_read(&r->ctx);
    if (e)
        return e;
    const struct actor *actor = r->ctx.actor;
    struct buf *out = &res->body;
    json_answer(res, 200);
    buf_putc(out, '{');
    json_write_pair(out, "username", actor->username);
    json_write_pair(out, "display_name", actor->display_name);
    json_write_pair(out, "role", role_code(actor->role));
    json_write_pair(out, "site", actor->site);
    json_write_pair(out, "team", actor->team_name);
    json_write_pair(out, "agency", actor->agency_name);
    json_write_key(out, "must_change_password");
    buf_puts(out, actor->must_change_password ? "true" : "false");
    json_write_pair(out, "expires_at", actor->expires_at);
    write_permissions(out, actor);
    buf_putc(out, '}');
    return ERR_OK;
}
