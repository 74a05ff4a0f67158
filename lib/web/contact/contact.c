// SPDX-License-Identifier: MIT
// Contact pages: the timeline with filters, one contact with its corrections, and the form that
// records or corrects one.
#include "domain/contact/contact.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/vocab.h"
#include "web/contact/views.h"
#include "web/handlers.h"
#include "web/ui/view.h"

#include <stdlib.h>
#include <string.h>

// ---- how a contact looks ----

static const char *outcome_classes(const char *code)
{
    const struct vocab_code *c = vocab_code("outcome", code);
    return !c              ? "govuk-tag--grey"
           : c->successful ? "govuk-tag--green"
           : c->missed     ? "govuk-tag--orange"
                           : "govuk-tag--grey";
}

static const char *facts_words(struct arena *a, const struct contact *c)
{
    struct buf b;
    buf_init(&b, a);
    if (c->minutes && strcmp(c->minutes, "0") != 0)
        buf_printf(&b, "%s %s", c->minutes, strcmp(c->minutes, "1") == 0 ? "minute" : "minutes");
    if (c->direction)
        buf_printf(&b, "%s%s", b.n ? ". " : "", vocab_label("direction", c->direction));
    const char *const *purposes;
    size_t n = field_list(a, c->purposes, &purposes);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : b.n ? ". " : "", vocab_label("purpose", purposes[i]));
    return b.n ? b.p : NULL;
}

static const char *next_words(struct arena *a, const struct contact *c)
{
    struct buf b;
    buf_init(&b, a);
    if (c->next_step)
        buf_printf(&b, "Next step: %s. ", vocab_label("next_step", c->next_step));
    if (c->next_contact_due)
        buf_printf(&b, "Next contact due %s.", date_words(a, c->next_contact_due));
    return b.n ? b.p : NULL;
}

static struct contact_view contact_view_of(struct request *r, const struct contact *c)
{
    struct arena *a = r->ctx.arena;
    return (struct contact_view){
        .anchor = arena_printf(a, "contact-%s", c->id),
        .href = arena_printf(a, "/participants/%s/contacts/%s", c->ref, c->id),
        .title = vocab_label("mode", c->mode),
        .outcome = vocab_label("outcome", c->outcome),
        .outcome_classes = outcome_classes(c->outcome),
        .timestamp = c->happened_at,
        .when = time_words(a, c->happened_at),
        .author = c->author,
        .facts = facts_words(a, c),
        .next = next_words(a, c),
        .corrected = !c->corrects ? NULL
                     : c->author  ? arena_printf(a, "Corrected by %s on %s", c->author,
                                                 time_words(a, c->received_at))
                                  : "Corrected",
        .concern = c->concern && strcmp(c->concern, "true") == 0,
        .contact = c,
    };
}

struct contact_views contact_views_new(struct request *r, const struct contact_list *list)
{
    struct contact_view *views = ARENA_ARRAY(r->ctx.arena, struct contact_view, list->n + 1);
    for (size_t i = 0; i < list->n; i++)
        views[i] = contact_view_of(r, list->rows[i]);
    return (struct contact_views){views, list->n};
}

static void crumbs(struct request *r, struct page *p, const struct person_file *file,
                   const char *here)
{
    struct arena *a = r->ctx.arena;
    page_crumb(p, "Home", "/");
    if (actor_may(r->ctx.actor, PERM_participant_find))
        page_crumb(p, "People", "/participants");
    page_crumb(p, person_view_title(file), arena_printf(a, "/participants/%s", file->person.ref));
    page_crumb(p, here, NULL);
}

// ---- the list ----

struct list_asked {
    struct contact_query q;
    const char *from_error, *to_error;
    bool print, filtered;
};

static const char *day_asked(struct request *r, const char *name, const char **ret_error)
{
    const char *typed = request_query(r, name);
    int64_t days;
    if (!typed || !*typed)
        return NULL;
    if (date_typed(typed, date_today(), &days))
        return date_iso(r->ctx.arena, days);
    *ret_error = arena_printf(r->ctx.arena, "%s must be a real date, like 17/5/2026",
                              strcmp(name, "from") == 0 ? "From" : "To");
    return NULL;
}

static const char *code_asked(struct request *r, const char *name)
{
    const char *code = request_query(r, name);
    return code && vocab_code(name, code) ? code : NULL;
}

static struct list_asked list_asked(struct request *r)
{
    struct list_asked a = {0};
    a.q.from = day_asked(r, "from", &a.from_error);
    a.q.to = day_asked(r, "to", &a.to_error);
    if (a.q.from && a.q.to && strcmp(a.q.from, a.q.to) > 0) {
        a.to_error = "To must be the same as or after From";
        a.q.to = NULL;
    }
    a.q.mode = code_asked(r, "mode");
    a.q.outcome = code_asked(r, "outcome");
    a.filtered = a.q.from || a.q.to || a.q.mode || a.q.outcome;
    const char *after = request_query(r, "after"), *view = request_query(r, "view");
    a.q.after = after && *after ? after : NULL;
    a.print = view && strcmp(view, "print") == 0;
    a.q.limit = a.print ? "200" : "20";
    return a;
}

static const char *list_href(struct request *r, const char *base, const struct list_asked *l,
                             bool print, const char *after)
{
    return url_make(r->ctx.arena, base, "from", l->q.from, "to", l->q.to, "mode", l->q.mode, "outcome",
                    l->q.outcome, "view", print ? "print" : NULL, "after", after, NULL);
}

enum err web_contact_list(struct request *r, struct response *res)
{
    struct list_asked asked = list_asked(r);
    struct person_file file;
    struct contact_list list;
    enum err e = contact_list_read(&r->ctx, request_ref(r), &asked.q, &file, &list);
    if (e)
        return e;
    if (asked.from_error)
        ctx_field_error(&r->ctx, "from", asked.from_error);
    if (asked.to_error)
        ctx_field_error(&r->ctx, "to", asked.to_error);
    const char *base = arena_printf(r->ctx.arena, "/participants/%s/contacts", file.person.ref);
    struct contact_list_view v = {
        .page = NULL,
        .person = person_view_new(r, &file, NULL, PERSON_CONTACTS),
        .contacts = contact_views_new(r, &list),
        .modes = form_choices(r, "mode", "mode", asked.q.mode),
        .outcomes = form_choices(r, "outcome", "outcome", asked.q.outcome),
        .from = request_query(r, "from"),
        .to = request_query(r, "to"),
        .from_error = asked.from_error,
        .to_error = asked.to_error,
        .action = base,
        .next_href = list.next ? list_href(r, base, &asked, asked.print, list.next) : NULL,
        .print_href = list_href(r, base, &asked, true, asked.q.after),
        .clear_href = base,
        .filtered = asked.filtered,
        .print = asked.print,
        .later_page = asked.q.after != NULL,
    };
    v.record_contact = v.person->record_contact;
    struct page *page = web_page(r, res, "Contacts");
    crumbs(r, page, &file, "Contacts");
    v.page = page;
    tpl_contact_list(&res->body, &v);
    return ERR_OK;
}

// ---- one contact ----

enum err web_contact_show(struct request *r, struct response *res)
{
    struct person_file file;
    struct contact_list list;
    enum err e = contact_read(&r->ctx, PERM_contact_read, request_ref(r), request_param(r, "id"),
                              &file, &list);
    if (e)
        return e;
    struct contact_views all = contact_views_new(r, &list);
    struct contact_view *views = ARENA_ARRAY(r->ctx.arena, struct contact_view, all.n);
    memcpy(views, all.at, all.n * sizeof(views[0]));
    for (size_t i = 0; i < all.n; i++)
        views[i].href = NULL; // they are all here
    struct contact_show_view v = {
        .person = person_view_new(r, &file, NULL, PERSON_CONTACTS),
        .contact = views[0],
        .earlier = {views + 1, all.n - 1},
        .list_href = arena_printf(r->ctx.arena, "/participants/%s/contacts", file.person.ref),
    };
    if (person_may(&r->ctx, PERM_contact_write, &file))
        v.correct_href = arena_printf(r->ctx.arena, "%s/%s/correct", v.list_href, list.rows[0]->id);
    struct page *page = web_page(r, res, "Contact");
    crumbs(r, page, &file, "Contact");
    v.page = page;
    tpl_contact_show(&res->body, &v);
    return ERR_OK;
}

// ---- the form ----

// Where the person who saved it is taken: to the contact on the case page.
static struct create_reply page_reply(struct request *r)
{
    const char *ref = request_ref(r);
    return (struct create_reply){.before = arena_printf(r->ctx.arena, "/participants/%s#contact-", ref)};
}

// What the page offers for speed, turned into the fields themselves: the radios of the next
// contact hold dates, and an attempt that reached nobody took no minutes.
static void form_settle(struct request *r)
{
    struct pair *form = ARENA_ARRAY(r->ctx.arena, struct pair, r->n_form + 2);
    size_t n = 0;
    const char *choice = request_form(r, "next_contact_choice");
    const struct vocab_code *outcome = vocab_code("outcome", request_form(r, "outcome"));
    const char *minutes = request_form(r, "minutes");
    bool no_minutes = minutes && !*minutes && outcome && !outcome->successful;
    int64_t days;
    for (size_t i = 0; i < r->n_form; i++) {
        form[n] = r->form[i];
        if (no_minutes && strcmp(form[n].name, "minutes") == 0)
            form[n].value = "0";
        n++;
    }
    if (choice && !request_form(r, "next_contact_due") && strcmp(choice, "other") != 0)
        form[n++] = (struct pair){"next_contact_due", date_parse(choice, &days) ? choice : ""};
    r->form = form;
    r->n_form = n;
}

// After web_form() said `e`: what "another date" asks for beyond the field table.
static enum err due_check(struct request *r, enum err e, const struct contact_input *in)
{
    const char *choice = request_form(r, "next_contact_choice");
    if (choice && strcmp(choice, "other") == 0 && !in->next_contact_due &&
        !form_error(r, "next_contact_due")) {
        ctx_field_error(&r->ctx, "next_contact_due", "Enter the date when the next contact is due");
        e = ERR_INVALID;
    }
    return e;
}

// The vocabulary in two parts: those that reached the person first, then the attempts.
static struct ui_choices outcome_choices(struct request *r, const char *stored)
{
    struct ui_choices all = form_choices(r, "outcome", "outcome", stored);
    struct ui_choice *items = ARENA_ARRAY(r->ctx.arena, struct ui_choice, all.n + 1);
    size_t n = 0;
    for (int reached = 1; reached >= 0; reached--) {
        for (size_t i = 0; i < all.n; i++) {
            const struct vocab_code *c = vocab_code("outcome", all.at[i].value);
            if (c && c->successful == (reached == 1))
                items[n++] = all.at[i];
        }
        if (reached && n)
            items[n++] = (struct ui_choice){.divider = "or you tried"};
    }
    return (struct ui_choices){items, n};
}

struct boxes {
    const char *day, *month, *year;
};

static struct boxes boxes_of(struct arena *a, const char *iso)
{
    int64_t days;
    int y, m, d;
    if (!date_parse(iso, &days))
        return (struct boxes){0};
    date_civil(days, &y, &m, &d);
    return (struct boxes){arena_printf(a, "%d", d), arena_printf(a, "%d", m),
                          arena_printf(a, "%d", y)};
}

static void form_when(struct request *r, const struct contact *was, struct contact_form_view *v)
{
    struct arena *a = r->ctx.arena;
    int64_t us = clock_now_us();
    if (was)
        (void)time_parse(was->happened_at, &us);
    struct boxes on = boxes_of(a, time_local_date(a, us));
    v->day = form_value(r, "happened_at-day", on.day);
    v->month = form_value(r, "happened_at-month", on.month);
    v->year = form_value(r, "happened_at-year", on.year);
    v->time = form_value(r, "happened_at-time", time_local_hhmm(a, us));
}

static void form_due(struct request *r, const struct contact *was, struct contact_form_view *v)
{
    struct arena *a = r->ctx.arena;
    struct boxes due = was ? boxes_of(a, was->next_contact_due) : (struct boxes){0};
    v->due_week = date_iso(a, date_today() + 7);
    v->due_fortnight = date_iso(a, date_today() + 14);
    v->due_week_words = arena_printf(a, "In a week, by %s", date_words(a, v->due_week));
    v->due_fortnight_words =
        arena_printf(a, "In two weeks, by %s", date_words(a, v->due_fortnight));
    const char *stored = !was ? v->due_week : was->next_contact_due ? "other" : "none";
    v->due_choice = form_value(r, "next_contact_choice", stored);
    v->due_day = form_value(r, "next_contact_due-day", due.day);
    v->due_month = form_value(r, "next_contact_due-month", due.month);
    v->due_year = form_value(r, "next_contact_due-year", due.year);
}

static void form_values(struct request *r, const struct contact *was, struct contact_form_view *v)
{
    static const struct contact blank = {.direction = "outbound"};
    const struct contact *c = was ? was : &blank;
    v->modes = form_choices(r, "mode", "mode", c->mode);
    v->outcomes = outcome_choices(r, c->outcome);
    v->purposes = form_choices(r, "purpose", "purposes", c->purposes);
    v->directions = form_choices(r, "direction", "direction", c->direction);
    v->next_steps = form_choices(r, "next_step", "next_step", c->next_step);
    v->contact = c;
    v->concern = form_checked(r, "concern", "true", c->concern);
    const char *direction = form_value(r, "direction", c->direction);
    const char *next_step = form_value(r, "next_step", c->next_step);
    v->more_open = given(form_value(r, "summary", c->summary)) || v->concern || given(next_step) ||
                   strcmp(direction, "inbound") == 0 || form_error(r, "summary") ||
                   form_error(r, "direction") || form_error(r, "next_step");
    form_when(r, was, v);
    form_due(r, was, v);
}

// `was` is what a correction starts from, or NULL for a new contact; `newer` is what somebody else
// stored meanwhile, or NULL.
static enum err form_show(struct request *r, struct response *res, const struct person_file *file,
                          const struct contact *was, const struct contact *newer)
{
    struct arena *a = r->ctx.arena;
    const char *ref = file->person.ref;
    const char *title = was ? "Correct a contact" : "Record a contact";
    struct contact_form_view v = {
        .person = person_view_new(r, file, title, PERSON_NO_TAB),
        .r = r,
        .hidden = form_hidden(r),
        .correcting = was != NULL,
        .action = was ? arena_printf(a, "/participants/%s/contacts/%s/correct", ref, was->id)
                      : arena_printf(a, "/participants/%s/contacts", ref),
        .cancel_href = arena_printf(a, "/participants/%s", ref),
    };
    if (newer) {
        v.is_stale = true;
        v.stale = contact_view_of(r, newer);
    }
    form_values(r, was, &v);
    struct page *page = web_page(r, res, title);
    if (newer)
        res->status = err_row(ERR_STALE)->status;
    crumbs(r, page, file, title);
    v.page = page;
    tpl_contact_form(&res->body, &v);
    return ERR_OK;
}

enum err web_contact_new(struct request *r, struct response *res)
{
    struct person_file file;
    enum err e =
        person_file_read(&r->ctx, PERM_contact_write, request_ref(r), AUDIT_person_viewed, &file);
    return e ? e : form_show(r, res, &file, NULL, NULL);
}

enum err web_contact_create(struct request *r, struct response *res)
{
    const char *ref = request_ref(r);
    struct create_reply reply = page_reply(r);
    struct contact_input in = {0};
    struct contact saved;
    form_settle(r);
    enum err e = due_check(r, web_form(r, &in), &in);
    if (!e)
        e = contact_record(&r->ctx, ref, &in, &reply, &saved);
    if (e == ERR_INVALID && r->ctx.problem.first) {
        struct person_file file;
        e = person_file_read(&r->ctx, PERM_contact_write, ref, AUDIT_person_viewed, &file);
        return e ? e : form_show(r, res, &file, NULL, NULL);
    }
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, "contact_saved");
    response_redirect(res, arena_printf(r->ctx.arena, "%s%s", reply.before, saved.id));
    return ERR_OK;
}

enum err web_contact_correct(struct request *r, struct response *res)
{
    struct person_file file;
    struct contact_list list;
    enum err e = contact_read(&r->ctx, PERM_contact_write, request_ref(r), request_param(r, "id"),
                              &file, &list);
    return e ? e : form_show(r, res, &file, list.rows[0], NULL);
}

enum err web_contact_correct_save(struct request *r, struct response *res)
{
    const char *ref = request_ref(r), *id = request_param(r, "id");
    struct create_reply reply = page_reply(r);
    struct contact_correction in = {0};
    struct contact saved;
    form_settle(r);
    enum err e = due_check(r, web_form(r, &in), &in.contact);
    if (!e)
        e = contact_correct(&r->ctx, ref, id, &in, &reply, &saved);
    if ((e == ERR_INVALID && r->ctx.problem.first) || e == ERR_STALE) {
        struct person_file file;
        struct contact_list list;
        bool stale = e == ERR_STALE;
        e = contact_read(&r->ctx, PERM_contact_write, ref, id, &file, &list);
        if (e)
            return e;
        stale = stale || strcmp(id, list.rows[0]->id) != 0;
        return form_show(r, res, &file, list.rows[0], stale ? list.rows[0] : NULL);
    }
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, "contact_corrected");
    response_redirect(res, arena_printf(r->ctx.arena, "%s%s", reply.before, saved.id));
    return ERR_OK;
}
