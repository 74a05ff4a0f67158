// SPDX-License-Identifier: MIT
#include "web/account/views.h"
#include "web/ui/draft.h"

#include "domain/account/account.h"

void sign_in_page(struct request *r, struct response *res, const char *draft, const char *return_to)
{
    struct sign_in_view v = {
        .username = r->route && r->route->body == &sign_in_input_table
                        ? form_value(r, "username", NULL)
                        : NULL,
        .return_to = local_address(return_to) ? return_to : NULL,
        .draft = draft,
        .username_error = form_error(r, "username"),
        .password_error = form_error(r, "password"),
    };
    const struct actor *actor = r->ctx.actor;
    r->ctx.actor = NULL; // nobody is signed in on this page
    v.page = web_page(r, res, "Sign in");
    if (draft) {
        v.page->flash =
            "Your session has ended. Sign in again: what you typed is kept, and comes back "
            "for you to check and save";
        v.page->flash_type = "information";
    }
    tpl_sign_in(&res->body, &v);
    r->ctx.actor = actor;
}

enum err web_sign_in_form(struct request *r, struct response *res)
{
    sign_in_page(r, res, NULL, request_query(r, "return_to"));
    return ERR_OK;
}

// Shows the page again with the reason. What was wrong with the pair of name and password is said
// without saying which of the two.
static enum err refuse(struct request *r, struct response *res, enum err e)
{
    if (e == ERR_TOO_MANY)
        ctx_field_error(&r->ctx, "username",
                        arena_printf(r->ctx.arena,
                                     "Too many attempts: wait %d seconds, then try again",
                                     r->ctx.problem.retry_after ? r->ctx.problem.retry_after : 30));
    else if (e == ERR_BAD_SIGN_IN)
        ctx_field_error(&r->ctx, "username", err_row(e)->words);
    res->status = err_row(e)->status;
    sign_in_page(r, res, request_form(r, "draft"), request_form(r, "return_to"));
    if (r->ctx.problem.retry_after)
        response_header(res, "Retry-After",
                        arena_printf(r->ctx.arena, "%d", r->ctx.problem.retry_after));
    return ERR_OK;
}

enum err web_sign_in(struct request *r, struct response *res)
{
    struct sign_in_input in = {0};
    struct signed_in session;
    enum err e = web_form(r, &in);
    if (!e)
        e = account_sign_in(&r->ctx, request_auth_db(r), &in, &session);
    if (e == ERR_INVALID || e == ERR_BAD_SIGN_IN || e == ERR_TOO_MANY)
        return refuse(r, res, e);
    if (e)
        return e;
    const char *draft = request_form(r, "draft"), *to = request_form(r, "return_to");
    response_session(r, res, session.token);
    if (session.must_change_password)
        response_redirect(res, "/account");
    else if (!draft || !draft_show(r, draft, session.user_id, session.token, res))
        response_redirect(res, local_address(to) ? to : "/");
    return ERR_OK;
}

enum err web_sign_out(struct request *r, struct response *res)
{
    enum err e = access_sign_out(&r->ctx);
    if (e)
        return e;
    response_session(r, res, NULL);
    response_flash(r, res, "signed_out");
    response_redirect(res, "/sign-in");
    return ERR_OK;
}
