// SPDX-License-Identifier: MIT
#include "web/account/views.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "domain/account/account.h"

static void show(struct request *r, struct response *res)
{
    const struct actor *actor = r->ctx.actor;
    struct account_view v = {
        .actor = actor,
        .role = role_words(actor->role),
        .site = actor->site ? vocab_label("site", actor->site) : "Every site",
        .expires = actor->expires_at ? time_words(r->ctx.arena, actor->expires_at) : NULL,
        .hidden = form_hidden(r),
        .current_error = form_error(r, "current_password"),
        .password_error = form_error(r, "new_password"),
        .confirm_error = form_error(r, "new_password_again"),
    };
    v.page = web_page(r, res, actor->must_change_password ? "Choose a new password" : "My account");
    if (!actor->must_change_password)
        page_crumb(v.page, "Home", "/");
    page_crumb(v.page, v.page->title, NULL);
    tpl_account(&res->body, &v);
}

enum err web_account(struct request *r, struct response *res)
{
    enum err e = account_read(&r->ctx);
    if (!e)
        show(r, res);
    return e;
}

enum err web_password_change(struct request *r, struct response *res)
{
    struct password_input in = {0};
    enum err invalid = web_form(r, &in);
    enum err e = invalid ? account_read(&r->ctx) : account_password_change(&r->ctx, &in);
    if (!invalid && !e) {
        response_flash(r, res, "password_changed");
        response_redirect(res, "/");
        return ERR_OK;
    }
    if (e && e != ERR_INVALID)
        return e;
    show(r, res);
    return ERR_OK;
}
