// SPDX-License-Identifier: MIT
#include "web/ui/view.h"

#include "base/uuid.h"
#include "base/vocab.h"

#include <string.h>

// ---- the form shown again ----

// True if the form that was posted is one with this field: then what was typed counts, an empty
// choice included. Of another form on the same page the stored value is shown.
static bool posted(const struct request *r, const char *name)
{
    return r->n_form > 0 && (!r->route || !r->route->body || field_find(r->route->body, name));
}

const char *form_value(const struct request *r, const char *name, const char *stored)
{
    const char *typed = r->n_form ? request_form(r, name) : NULL;
    if (typed)
        return typed;
    return posted(r, name) ? "" : stored;
}

static bool is_listed(struct arena *a, const char *array, const char *code)
{
    const char *const *items;
    size_t n = field_list(a, array, &items);
    for (size_t i = 0; i < n; i++)
        if (strcmp(items[i], code) == 0)
            return true;
    return false;
}

bool form_checked(const struct request *r, const char *name, const char *code, const char *stored)
{
    if (posted(r, name)) {
        for (size_t i = 0; i < r->n_form; i++)
            if (strcmp(r->form[i].name, name) == 0 && strcmp(r->form[i].value, code) == 0)
                return true;
        return false;
    }
    if (!stored)
        return false;
    return *stored == '{' ? is_listed(r->ctx.arena, stored, code) : strcmp(stored, code) == 0;
}

const char *form_error(const struct request *r, const char *name)
{
    for (const struct field_error *e = r->ctx.problem.first; e; e = e->next)
        if (strcmp(e->field, name) == 0)
            return e->message;
    return NULL;
}

static struct html made(struct buf *b)
{
    return html_made(b->p ? b->p : "", b->n);
}

struct html form_hidden(struct request *r)
{
    struct buf b;
    buf_init(&b, r->ctx.arena);
    const char *client_ref = r->n_form ? request_form(r, "client_ref") : NULL;
    if (!client_ref || !uuid_ok(client_ref))
        client_ref = uuid_new(r->ctx.arena);
    tpl_form_hidden(&b, r->csrf, client_ref);
    return made(&b);
}

// Where the first control of a field is: groups of boxes have ids of their own.
static const char *error_href(struct request *r, const char *name)
{
    static const char *const parts[] = {"-day", "-date", "-time"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const char *part = arena_printf(r->ctx.arena, "%s%s", name, parts[i]);
        if (request_form(r, part))
            return arena_printf(r->ctx.arena, "#%s", part);
    }
    return *name ? arena_printf(r->ctx.arena, "#%s", name) : NULL;
}

// In the order of the fields on the page, which is the order of the table; the rest keep theirs.
static size_t place_of(const struct request *r, const char *name)
{
    const struct field *f = r->route && r->route->body ? field_find(r->route->body, name) : NULL;
    return f ? (size_t)(f - r->route->body->fields) : (size_t)-1;
}

struct html form_error_summary(struct request *r)
{
    size_t n = 0;
    for (const struct field_error *e = r->ctx.problem.first; e; e = e->next)
        n++;
    if (!n)
        return (struct html){0};
    struct ui_error *list = ARENA_ARRAY(r->ctx.arena, struct ui_error, n);
    size_t *places = ARENA_ARRAY(r->ctx.arena, size_t, n), k = 0;
    for (const struct field_error *e = r->ctx.problem.first; e; e = e->next) {
        size_t place = place_of(r, e->field), at = k++;
        for (; at > 0 && places[at - 1] > place; at--) {
            places[at] = places[at - 1];
            list[at] = list[at - 1];
        }
        places[at] = place;
        list[at] = (struct ui_error){.text = e->message, .href = error_href(r, e->field)};
    }
    struct buf b;
    buf_init(&b, r->ctx.arena);
    tpl_error_summary(&b, &(struct ui_error_summary){
                              .title_text = "There is a problem",
                              .error_list = {list, n},
                          });
    return made(&b);
}

struct ui_choices form_choices(struct request *r, const char *vocab, const char *name,
                               const char *stored)
{
    const struct vocab *v = vocab_find(vocab);
    if (!v)
        return (struct ui_choices){0};
    struct ui_choice *items = ARENA_ARRAY(r->ctx.arena, struct ui_choice, v->n);
    for (size_t i = 0; i < v->n; i++)
        items[i] = (struct ui_choice){
            .value = v->codes[i].code,
            .text = v->codes[i].label,
            .checked = form_checked(r, name, v->codes[i].code, stored) ? UI_YES : UI_NO,
        };
    return (struct ui_choices){items, v->n};
}

// ---- the page ----

static const struct flash {
    const char *code, *type, *words;
} flashes[] = {
#define FLASH(code, type, words) {#code, type, words},
#include "web/ui/flash.def"
#undef FLASH
};

static const struct flash *flash_find(const char *code)
{
    for (size_t i = 0; code && i < sizeof(flashes) / sizeof(flashes[0]); i++)
        if (strcmp(flashes[i].code, code) == 0)
            return &flashes[i];
    return NULL;
}

struct page *web_page(struct request *r, struct response *res, const char *title)
{
    struct page *p = ARENA_NEW(r->ctx.arena, struct page);
    const struct actor *actor = r->ctx.actor;
    p->title = title;
    p->csrf = r->csrf;
    if (r->host && r->host->config)
        p->idle_minutes = (int)r->host->config->session_idle_minutes;
    p->error = r->ctx.problem.first != NULL;
    p->error_summary = form_error_summary(r);
    const struct flash *flash = flash_find(request_flash(r, res));
    if (flash) {
        p->flash = flash->words;
        p->flash_type = flash->type;
    }
    // A form on a page that was only asked for has come back across a sign-in: see draft.c.
    if (r->n_form && strcmp(r->method, "GET") == 0) {
        p->flash = "You were signed out. Check what you typed, then save.";
        p->flash_type = "information";
    }
    if (actor && actor->must_change_password && strncmp(r->path, "/account", 8) != 0 &&
        !res->status)
        response_redirect(res, "/account");
    if (actor) {
        p->nav = nav_items(r);
        p->user_name = actor->display_name;
        p->user_role = role_words(actor->role);
        p->user_site = actor->site ? vocab_label("site", actor->site) : NULL;
    }
    res->type = "text/html; charset=utf-8";
    if (p->error && !res->status)
        res->status = err_row(ERR_INVALID)->status;
    return p;
}

void page_crumb(struct page *p, const char *text, const char *href)
{
    if (p->n_crumbs < PAGE_CRUMBS_MAX)
        p->crumbs[p->n_crumbs++] = (struct ui_crumb){.text = text, .href = href};
}

enum err web_replay(struct request *r, struct response *res, enum err e)
{
    if (e != ERR_IDEMPOTENCY_REPLAY)
        return e;
    struct stored_answer first;
    e = access_replay(&r->ctx, &first);
    if (e)
        return e;
    response_flash(r, res, "saved_before");
    response_redirect(res, first.location ? first.location : "/");
    return ERR_OK;
}
