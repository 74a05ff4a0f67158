// SPDX-License-Identifier: MIT
// Pages of user accounts.
#include "web/account/user_views.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "web/ui/view.h"

#include <string.h>

static bool is_true(const char *s)
{
    return s && strcmp(s, "true") == 0;
}

// ---- the list ----

static struct user_row_view row_of(struct request *r, const struct user *u)
{
    struct arena *a = r->ctx.arena;
    bool off = is_true(u->disabled), first = is_true(u->must_change_password);
    return (struct user_row_view){
        .href = arena_printf(a, "/users/%s", u->id),
        .name = u->display_name,
        .username = u->username,
        .role = vocab_label("role", u->role),
        .site = u->site ? vocab_label("site", u->site) : "All sites",
        .place = u->team ? u->team : u->agency,
        .state = off ? "Disabled" : first ? "First password" : "Active",
        .state_classes = off ? "govuk-tag--grey" : first ? "govuk-tag--yellow" : "govuk-tag--green",
        .last = u->last_sign_in ? time_words(a, u->last_sign_in) : "Never",
    };
}

enum err web_user_list(struct request *r, struct response *res)
{
    const char *typed = request_query(r, "q"), *after = request_query(r, "after");
    struct user_query q = {.q = typed && *typed ? typed : NULL,
                           .after = after && *after ? after : NULL};
    struct user_list list;
    enum err e = user_list_read(&r->ctx, &q, &list);
    if (e)
        return e;
    struct user_row_view *rows = ARENA_ARRAY(r->ctx.arena, struct user_row_view, list.rows.n + 1);
    for (size_t i = 0; i < list.rows.n; i++)
        rows[i] = row_of(r, list.rows.rows[i]);
    struct user_list_view v = {.rows = rows, .n = list.rows.n, .q = q.q, .filtered = q.q != NULL};
    v.next = list.next;
    if (actor_may(r->ctx.actor, PERM_user_write))
        v.add_href = "/users/new";
    struct page *page = web_page(r, res, "User accounts");
    page_crumb(page, "Home", "/");
    page_crumb(page, "User accounts", NULL);
    v.page = page;
    tpl_user_list(&res->body, &v);
    return ERR_OK;
}

// ---- the form ----

static struct ui_options vocab_options(struct request *r, const char *vocab, const char *name,
                                       const char *stored, const char *none)
{
    struct ui_choices c = form_choices(r, vocab, name, stored);
    struct ui_option *items = ARENA_ARRAY(r->ctx.arena, struct ui_option, c.n + 1);
    items[0] = (struct ui_option){.value = "", .text = none};
    for (size_t i = 0; i < c.n; i++)
        items[i + 1] = (struct ui_option){
            .value = c.at[i].value, .text = c.at[i].text, .selected = c.at[i].checked};
    return (struct ui_options){items, c.n + 1};
}

static struct ui_option place_option(struct request *r, const char *name, const char *stored,
                                     const char *id, const char *text)
{
    const char *chosen = form_value(r, name, stored);
    return (struct ui_option){.value = id, .text = text,
                              .selected = chosen && strcmp(chosen, id) == 0 ? UI_YES : UI_NO};
}

static struct ui_options agency_options(struct request *r, const struct place_list *p, const char *stored)
{
    struct ui_option *items = ARENA_ARRAY(r->ctx.arena, struct ui_option, p->agencies.n + 1);
    items[0] = (struct ui_option){.value = "", .text = "None"};
    for (size_t i = 0; i < p->agencies.n; i++) {
        const struct agency *a = p->agencies.rows[i];
        items[i + 1] = place_option(r, "agency", stored, a->id,
                                    arena_printf(r->ctx.arena, "%s (%s)", a->name,
                                                 vocab_label("agency_kind", a->kind)));
    }
    return (struct ui_options){items, p->agencies.n + 1};
}

static struct ui_options team_options(struct request *r, const struct place_list *p,
                                      const char *stored)
{
    struct ui_option *items = ARENA_ARRAY(r->ctx.arena, struct ui_option, p->teams.n + 1);
    items[0] = (struct ui_option){.value = "", .text = "None"};
    for (size_t i = 0; i < p->teams.n; i++) {
        const struct team *t = p->teams.rows[i];
        items[i + 1] = place_option(r, "team", stored, t->id,
                                    arena_printf(r->ctx.arena, "%s, %s", t->name,
                                                 vocab_label("site", t->site)));
    }
    return (struct ui_options){items, p->teams.n + 1};
}

static void form_fill(struct request *r, const struct user *u, const struct place_list *places,
                      struct user_form_view *v)
{
    static const struct user blank;
    const struct user *s = u ? u : &blank;
    v->r = r;
    v->hidden = form_hidden(r);
    v->may_write = actor_may(r->ctx.actor, PERM_user_write);
    v->username = form_value(r, "username", s->username);
    v->display_name = form_value(r, "display_name", s->display_name);
    v->roles = vocab_options(r, "role", "role", s->role, "Choose a role");
    v->sites = vocab_options(r, "site", "site", s->site, "All sites");
    v->teams = team_options(r, places, s->team_id);
    v->agencies = agency_options(r, places, s->agency_id);
}

static struct page *page_of(struct request *r, struct response *res, const char *title)
{
    struct page *page = web_page(r, res, title);
    page_crumb(page, "Home", "/");
    page_crumb(page, "User accounts", "/users");
    page_crumb(page, title, NULL);
    return page;
}

static enum err add_show(struct request *r, struct response *res)
{
    struct place_list places;
    enum err e = place_list_read(&r->ctx, PERM_user_write, &places);
    if (e)
        return e;
    struct user_form_view v = {.action = "/users"};
    form_fill(r, NULL, &places, &v);
    v.page = page_of(r, res, "Add a user");
    tpl_user_form(&res->body, &v);
    return ERR_OK;
}

enum err web_user_new(struct request *r, struct response *res)
{
    return add_show(r, res);
}

// Shown once and never stored: so it is in the answer to the POST itself, not on a page that can be
// opened again.
static enum err password_show(struct request *r, struct response *res, const char *id,
                              const char *title, const char *password)
{
    struct user u;
    enum err e = user_read(&r->ctx, id, &u, NULL);
    if (e)
        return e;
    struct user_password_view v = {
        .page = page_of(r, res, title), .name = u.display_name, .username = u.username,
        .password = password};
    tpl_user_password(&res->body, &v);
    return ERR_OK;
}

enum err web_user_create(struct request *r, struct response *res)
{
    struct user_input in = {0};
    const char *id, *password;
    enum err e = web_form(r, &in);
    if (!e)
        e = user_add(&r->ctx, &in, &id, &password);
    if (e == ERR_INVALID && r->ctx.problem.first)
        return add_show(r, res);
    return e ? web_replay(r, res, e) : password_show(r, res, id, "User account added", password);
}

static enum err user_show(struct request *r, struct response *res, bool stale)
{
    struct arena *a = r->ctx.arena;
    struct user u;
    struct place_list places;
    enum err e = user_read(&r->ctx, request_param(r, "id"), &u, &places);
    if (e)
        return e;
    struct user_form_view v = {
        .user = &u,
        .action = arena_printf(a, "/users/%s", u.id),
        .version = u.version,
        .last_sign_in = u.last_sign_in ? time_words(a, u.last_sign_in) : "never",
        .disabled = is_true(u.disabled),
        .disable_action = arena_printf(a, "/users/%s/disable", u.id),
        .enable_action = arena_printf(a, "/users/%s/enable", u.id),
        .reset_action = arena_printf(a, "/users/%s/reset", u.id),
        .stale = stale,
    };
    form_fill(r, &u, &places, &v);
    v.page = page_of(r, res, u.display_name);
    if (stale)
        res->status = err_row(ERR_STALE)->status;
    tpl_user_form(&res->body, &v);
    return ERR_OK;
}

enum err web_user_show(struct request *r, struct response *res)
{
    return user_show(r, res, false);
}

static enum err back(struct request *r, struct response *res, enum err e, const char *flash)
{
    if (e)
        return e;
    response_flash(r, res, flash);
    response_redirect(res, arena_printf(r->ctx.arena, "/users/%s", request_param(r, "id")));
    return ERR_OK;
}

enum err web_user_save(struct request *r, struct response *res)
{
    struct user_change in = {0};
    enum err e = web_form(r, &in);
    if (!e)
        e = user_save(&r->ctx, request_param(r, "id"), request_form(r, "version"), &in);
    if ((e == ERR_INVALID && r->ctx.problem.first) || e == ERR_STALE)
        return user_show(r, res, e == ERR_STALE);
    return back(r, res, e, "user_saved");
}

enum err web_user_disable(struct request *r, struct response *res)
{
    return back(r, res, user_disable(&r->ctx, request_param(r, "id")), "user_disabled");
}

enum err web_user_enable(struct request *r, struct response *res)
{
    return back(r, res, user_enable(&r->ctx, request_param(r, "id")), "user_enabled");
}

enum err web_user_reset(struct request *r, struct response *res)
{
    const char *password, *id = request_param(r, "id");
    enum err e = user_reset(&r->ctx, id, &password);
    return e ? e : password_show(r, res, id, "Password reset", password);
}

// ---- agencies and teams ----

static enum err agencies_show(struct request *r, struct response *res, bool team_form)
{
    struct place_list places;
    enum err e = place_list_read(&r->ctx, PERM_user_read, &places);
    if (e)
        return e;
    struct page *page = web_page(r, res, "Agencies and teams");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Agencies and teams", NULL);
    struct agency_page_view v = {
        .page = page, .r = r, .hidden = form_hidden(r),
        .agencies = &places.agencies, .teams = &places.teams,
        .kinds = vocab_options(r, "agency_kind", "kind", NULL, "Choose a kind"),
        .sites = vocab_options(r, "site", "site", NULL, "All sites"),
        .agency_options = agency_options(r, &places, NULL),
        .may_write = actor_may(r->ctx.actor, PERM_agency_write),
        .team_form = team_form,
    };
    tpl_agency_page(&res->body, &v);
    return ERR_OK;
}

enum err web_agency_list(struct request *r, struct response *res)
{
    return agencies_show(r, res, false);
}

static enum err added(struct request *r, struct response *res, enum err e, bool team)
{
    if (e == ERR_INVALID && r->ctx.problem.first)
        return agencies_show(r, res, team);
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, team ? "team_added" : "agency_added");
    response_redirect(res, "/agencies");
    return ERR_OK;
}

enum err web_agency_create(struct request *r, struct response *res)
{
    struct agency_input in = {0};
    enum err e = web_form(r, &in);
    if (!e)
        e = agency_add(&r->ctx, &in);
    return added(r, res, e, false);
}

enum err web_team_create(struct request *r, struct response *res)
{
    struct team_input in = {0};
    enum err e = web_form(r, &in);
    if (!e)
        e = team_add(&r->ctx, &in);
    return added(r, res, e, true);
}
