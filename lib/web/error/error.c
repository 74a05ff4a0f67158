// SPDX-License-Identifier: MIT
// Error pages in plain words. None of them needs the database, and what was typed is never lost: a
// form that could not be saved comes back with a button to send it again, under the same
// client_ref, so that however often it is pressed it is saved once.
#include "web/account/views.h"
#include "web/error/views.h"
#include "web/ui/draft.h"

#include "access/session.h"
#include "http/form.h"

#include <string.h>

static const struct words {
    enum err code;
    const char *title, *words, *what_to_do;
} all_words[] = {
    {ERR_NOT_FOUND, "Page not found", "There is nothing at this address that you can see.",
     "If you typed the address, check it. If you followed a link, the record may have moved to "
     "somebody else's caseload."},
    {ERR_FORBIDDEN, "Your role does not allow this",
     "You are signed in, but your role cannot do this.",
     "If you think it should, ask your team lead or administrator."},
    {ERR_CSRF, "This form is out of date",
     "You signed in again after this form was opened, so it was not saved.",
     "Go back, reload the page and send it again."},
    {ERR_METHOD, "That is not possible here", "This address does not take that kind of request.",
     "Go back and use the buttons on the page."},
    {ERR_CONFLICT, "That step is not possible now",
     "Things have moved on since you opened the page, so this was not done.",
     "Go back, reload the page and look at what stands there now."},
    {ERR_RUNNING, "This is still being saved",
     "The same form was sent before and is still being saved.",
     "Wait a moment, then press the button again: it is saved only once."},
    {ERR_NOT_READY, "The file is not ready yet", "The export is still being made.",
     "Come back in a minute."},
    {ERR_GONE, "This has expired", "The file is no longer kept here.", "Ask for a new one."},
    {ERR_STALE, "Somebody else has changed this",
     "It was changed after you opened it, so your change was "
     "not saved.",
     "Open the page again, look at what is there now, then make your change."},
    {ERR_TOO_LARGE, "That is too large", "What you sent is larger than this service takes.",
     "Go back, make it shorter and send it again. Nothing was saved."},
    {ERR_URI_TOO_LONG, "The address is too long", "This service does not take addresses that long.",
     "Go back and search for fewer words."},
    {ERR_MEDIA_TYPE, "That kind of content is not accepted", "This page cannot take what was sent.",
     "Go back and use the form on the page."},
    {ERR_INVALID, "Some of this needs correcting", "What was sent could not be saved.",
     "Go back, put it right and send it again. Nothing was saved."},
    {ERR_IDEMPOTENCY_MISMATCH, "This form was saved before",
     "You saved this form and then changed it. The first version is saved; the change is not.",
     "Open the record to see what was saved. To change it, use the link to correct it."},
    {ERR_TOO_MANY, "Too many attempts", "There were too many attempts in a short time.",
     "Wait a little, then try again."},
    {ERR_UNAVAILABLE, "Sorry, the service is not available",
     "The service cannot reach its database at the moment.",
     "It tries again by itself, and is usually back within a minute."},
    {ERR_OVERLOADED, "Sorry, the service is busy",
     "More people are using the service than it can serve "
     "at once.",
     "Try again in a few seconds."},
    {ERR_SCHEMA, "Sorry, the service is not available", "The service is being updated.",
     "Try again in a few minutes."},
    {ERR_MALFORMED, "The request could not be understood",
     "Your browser sent something that this "
     "service could not read.",
     "Go back and try again."},
};

static const struct words *words_of(enum err e)
{
    static const struct words sorry = {
        ERR_INTERNAL, "Sorry, there is a problem with the service",
        "Something went wrong on our side. It has been noted.",
        "Try again later. If it keeps happening, tell your administrator the reference below."};
    for (size_t i = 0; i < sizeof(all_words) / sizeof(all_words[0]); i++)
        if (all_words[i].code == e)
            return &all_words[i];
    return &sorry;
}

static bool is_read(const struct request *r)
{
    return strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
}

// What a person typed, in words: no hidden fields, codes as labels.
static size_t typed_rows(struct request *r, const struct pair *pairs, size_t n,
                         const struct typed_row **ret)
{
    const struct field_table *t = r->route ? r->route->body : NULL;
    struct typed_row *rows = ARENA_ARRAY(r->ctx.arena, struct typed_row, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        const struct field *f = t ? field_find(t, pairs[i].name) : NULL;
        if (f && f->type == FIELD_TEXT && *pairs[i].value)
            rows[k++] = (struct typed_row){f->label, pairs[i].value};
    }
    *ret = rows;
    return k;
}

// A request turned away at the door has not been decoded yet; its words must come back all the
// same.
static void take_form(struct request *r)
{
    static const char type[] = "application/x-www-form-urlencoded";
    const char *said = request_header(r, "Content-Type");
    if (r->n_form || !r->n_body || is_read(r) || !said || strncmp(said, type, strlen(type)) != 0)
        return;
    if (memchr(r->body, 0, r->n_body) ||
        form_urlencoded(r->ctx.arena, r->body, r->n_body, &r->form, &r->n_form) != ERR_OK)
        r->n_form = 0;
    const char *sent = request_form(r, "csrf");
    if (!r->csrf || !*r->csrf)
        r->csrf = sent ? sent : "";
}

// A password is never put into a page: such a form is filled in anew.
static bool has_secret(const struct field_table *t)
{
    for (size_t i = 0; t && i < t->n; i++)
        if (t->fields[i].flags & FIELD_SECRET)
            return true;
    return false;
}

// Failures after which sending the same form again is right.
static const char *retry_button(const struct request *r, enum err e)
{
    if (r->n_uploads || !r->route || has_secret(r->route->body))
        return NULL;
    if (e == ERR_UNAVAILABLE || e == ERR_OVERLOADED || e == ERR_SCHEMA || e == ERR_RUNNING)
        return "Try again";
    return NULL;
}

// What was typed, and the button if sending it again may help.
static const struct retry_form *retry_of(struct request *r, enum err e)
{
    if (is_read(r) || !r->n_form)
        return NULL;
    struct retry_form *f = ARENA_NEW(r->ctx.arena, struct retry_form);
    f->action = r->target;
    f->csrf = r->csrf;
    f->button = retry_button(r, e);
    f->n_pairs = form_kept(r, &f->pairs);
    f->n_typed = typed_rows(r, f->pairs, f->n_pairs, &f->typed);
    return f;
}

static const char *what_to_do(enum err e, const struct words *w, const struct retry_form *retry)
{
    if (retry && retry->button && e != ERR_RUNNING)
        return "Your work is safe to send again: everything you typed is kept in this page. Press "
               "the "
               "button when you are ready. It is saved only once, however often you press it.";
    return w->what_to_do;
}

static void error_page(struct request *r, enum err e, struct response *res)
{
    const struct words *w = words_of(e);
    struct error_view v = {.heading = w->title, .words = w->words};
    // The words of the form's own errors are in the summary that web_page() makes.
    res->status = err_row(e)->status;
    v.page = web_page(r, res, w->title);
    v.page->error = false;
    v.retry = retry_of(r, e);
    v.what_to_do = what_to_do(e, w, v.retry);
    bool quiet = e == ERR_NOT_FOUND || err_row(e)->status == 500;
    v.detail = quiet ? NULL : r->ctx.problem.detail;
    v.reference = err_row(e)->status >= 500 ? r->ctx.request_id : NULL;
    v.link_home = err_row(e)->status < 500;
    tpl_error(&res->body, &v);
}

// The session ended while a form was being filled in. Whose it was, its token still says.
static void ended_session(struct request *r, struct response *res)
{
    const char *user = NULL, *draft = NULL, *address = form_page_address(r);
    if (r->ctx.token_hash && r->n_form &&
        access_session_user(&r->ctx, r->ctx.token_hash, &user) == ERR_OK && user)
        draft = draft_seal(r, user);
    res->status = err_row(ERR_UNAUTHENTICATED)->status;
    sign_in_page(r, res, draft, draft ? NULL : address);
}

// A page of this very service sent the form, only with the token of an earlier session.
static bool from_own_page(const struct request *r)
{
    const char *site = request_header(r, "Sec-Fetch-Site");
    return site && strcmp(site, "same-origin") == 0;
}

void web_error(struct request *r, enum err e, struct response *res)
{
    buf_clear(&res->body);
    if (e == ERR_UNAUTHENTICATED) {
        ended_session(r, res);
        return;
    }
    if (e == ERR_PASSWORD_CHANGE) {
        response_flash(r, res, "password_first");
        response_redirect(res, "/account");
        return;
    }
    if (e == ERR_CSRF && from_own_page(r) && form_show_again(r, res))
        return;
    if (e == ERR_OVERLOADED)
        take_form(r);
    error_page(r, e, res);
}
