// SPDX-License-Identifier: MIT
#include "api/api.h"
#include "api/json.h"
#include "domain/account/account.h"

enum err api_session_create(struct request *r, struct response *res)
{
    struct sign_in_input in = {0};
    struct signed_in session;
    enum err e = api_body(r, &in);
    if (!e)
        e = account_sign_in(&r->ctx, request_auth_db(r), &in, &session);
    if (e)
        return e;
    struct buf *out = &res->body;
    json_answer(res, 201);
    response_header(res, "Location", "/api/v1/sessions/current");
    buf_putc(out, '{');
    json_write_pair(out, "token", session.token);
    json_write_pair(out, "expires_at", session.expires_at);
    json_write_key(out, "user");
    buf_putc(out, '{');
    json_write_pair(out, "username", session.username);
    json_write_pair(out, "role", role_code(session.role));
    json_write_pair(out, "site", session.site);
    buf_puts(out, "}}");
    return ERR_OK;
}

enum err api_session_end(struct request *r, struct response *res)
{
    // A token that is no longer good is told so; sign-out itself is quiet about it.
    enum err e = account_read(&r->ctx);
    if (e && e != ERR_PASSWORD_CHANGE)
        return e;
    e = access_sign_out(&r->ctx);
    if (!e)
        res->status = 204;
    return e;
}
