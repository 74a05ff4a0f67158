// SPDX-License-Identifier: MIT
// Pages of a participant's details: add, show, change.
#include "web/person/details_views.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "web/ui/view.h"

#include <string.h>

static void crumbs(struct request *r, struct page *p, const struct person_file *file,
                   const char *here)
{
    page_crumb(p, "Home", "/");
    if (actor_may(r->ctx.actor, PERM_participant_find))
        page_crumb(p, "People", "/participants");
    if (file)
        page_crumb(p, person_view_title(file),
                   arena_printf(r->ctx.arena, "/participants/%s", file->person.ref));
    page_crumb(p, here, NULL);
}

// ---- showing ----

static const char *row_value(struct arena *a, const struct field *f, const char *stored)
{
    if (!stored)
        return NULL;
    if (f->type == FIELD_DATE)
        return date_words(a, stored);
    if (f->type == FIELD_CODE)
        return vocab_label(f->vocab, stored);
    if (f->type != FIELD_LIST)
        return stored;
    const char *const *items;
    size_t n = field_list(a, stored, &items);
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", items[i]);
    return n ? b.p : NULL;
}

// The rows that have a value, in the order of the field table; ids of other things are not for people.
static void add_rows(struct request *r, const struct participant *p, struct details_view *v)
{
    struct details_row *rows = ARENA_ARRAY(r->ctx.arena, struct details_row,
                                           participant_input_table.n + 1);
    for (size_t i = 0; i < participant_input_table.n; i++) {
        const struct field *f = &participant_input_table.fields[i];
        const char *value = row_value(r->ctx.arena, f, field_get(&p->in, f));
        if (value && f->type != FIELD_UUID && f->type != FIELD_INT)
            rows[v->n++] = (struct details_row){f->label, value};
    }
    v->rows = rows;
}

enum err web_details(struct request *r, struct response *res)
{
    struct person_file file;
    struct participant p;
    enum err e = participant_read(&r->ctx, PERM_identity_read, request_ref(r), &file, &p);
    if (e)
        return e;
    struct details_view v = {.person = person_view_new(r, &file, NULL, PERSON_DETAILS)};
    add_rows(r, &p, &v);
    v.n_warnings = field_list(r->ctx.arena, p.warnings, &v.warnings);
    if (actor_may(r->ctx.actor, PERM_identity_write))
        v.edit_href = arena_printf(r->ctx.arena, "/participants/%s/edit", file.person.ref);
    struct page *page = web_page(r, res, "Personal details");
    crumbs(r, page, &file, "Details");
    v.page = page;
    tpl_details_page(&res->body, &v);
    return ERR_OK;
}

// ---- the form ----

struct ui_options details_options(struct arena *a, struct ui_choices choices)
{
    struct ui_option *items = ARENA_ARRAY(a, struct ui_option, choices.n + 1);
    items[0] = (struct ui_option){.value = "", .text = "Not recorded"};
    for (size_t i = 0; i < choices.n; i++)
        items[i + 1] = (struct ui_option){.value = choices.at[i].value,
                                          .text = choices.at[i].text,
                                          .selected = choices.at[i].checked};
    return (struct ui_options){items, choices.n + 1};
}

// Aliases are typed one a line; the field table takes them one by one.
static void split_aliases(struct request *r)
{
    struct arena *a = r->ctx.arena;
    const char *typed = request_form(r, "aliases");
    if (!typed || !strpbrk(typed, "\r\n"))
        return;
    struct pair *form = ARENA_ARRAY(a, struct pair, r->n_form + strlen(typed) + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->n_form; i++) {
        if (strcmp(r->form[i].name, "aliases") != 0) {
            form[n++] = r->form[i];
            continue;
        }
        char *rest = arena_strdup(a, r->form[i].value);
        for (char *line; (line = strsep(&rest, "\r\n"));)
            if (*line)
                form[n++] = (struct pair){"aliases", line};
    }
    r->form = form;
    r->n_form = n;
}

static const char *alias_lines(struct request *r, const char *stored)
{
    const char *const *items;
    size_t n = r->n_form ? request_form_all(r, "aliases", &items)
                         : field_list(r->ctx.arena, stored, &items);
    struct buf b;
    buf_init(&b, r->ctx.arena);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? "\n" : "", items[i]);
    return n ? b.p : NULL;
}

static void show_values(struct request *r, const struct participant_input *stored,
                        struct details_form_view *v)
{
    struct arena *a = r->ctx.arena;
    for (size_t i = 0; i < participant_input_table.n; i++) {
        const struct field *f = &participant_input_table.fields[i];
        *field_at(&v->in, f) = form_value(r, f->name, field_get(stored, f));
    }
    v->sexes = form_choices(r, "sex", "sex", stored->sex);
    v->genders = form_choices(r, "gender", "gender", stored->gender);
    v->ethnicities = form_choices(r, "ethnicity", "ethnicity", stored->ethnicity);
    v->supervisions = form_choices(r, "supervision", "supervision",
                                   stored->supervision ? stored->supervision : "none");
    v->sites = form_choices(r, "site", "site", stored->site);
    v->aliases = alias_lines(r, stored->aliases);
    struct date_boxes born = form_date_boxes(a, stored->date_of_birth);
    v->born_day = form_value(r, "date_of_birth-day", born.day);
    v->born_month = form_value(r, "date_of_birth-month", born.month);
    v->born_year = form_value(r, "date_of_birth-year", born.year);
    struct date_boxes start = form_date_boxes(a, stored->started_on);
    v->start_day = form_value(r, "started_on-day", start.day);
    v->start_month = form_value(r, "started_on-month", start.month);
    v->start_year = form_value(r, "started_on-year", start.year);
}

static enum err add_show(struct request *r, struct response *res, const struct actor *actor)
{
    struct participant_input blank = {.started_on = date_iso(r->ctx.arena, date_today())};
    struct page *page = web_page(r, res, "Add a participant");
    crumbs(r, page, NULL, "Add a participant");
    struct details_form_view v = {
        .page = page, .r = r, .hidden = form_hidden(r), .action = "/participants",
        .cancel_href = "/participants", .case_fields = true,
        .ask_site = actor && !actor->site,
    };
    show_values(r, &blank, &v);
    tpl_details_form(&res->body, &v);
    return ERR_OK;
}

enum err web_participant_new(struct request *r, struct response *res)
{
    struct access_tx tx = access_begin(&r->ctx, PERM_participant_create, NULL);
    enum err e = access_run(&r->ctx, &tx, NULL);
    return e ? e : add_show(r, res, r->ctx.actor);
}

enum err web_participant_create(struct request *r, struct response *res)
{
    struct participant_input in = {0};
    struct participant_added added;
    struct create_reply reply = {.before = "/participants/"};
    split_aliases(r);
    enum err e = web_form(r, &in);
    if (!e)
        e = participant_add(&r->ctx, &in, &reply, &added);
    if (e == ERR_INVALID && r->ctx.problem.first) {
        struct access_tx tx = access_begin(&r->ctx, PERM_participant_create, NULL);
        e = access_run(&r->ctx, &tx, NULL);
        return e ? e : add_show(r, res, r->ctx.actor);
    }
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, "participant_added");
    response_redirect(res, arena_printf(r->ctx.arena, "/participants/%s", added.ref));
    return ERR_OK;
}

static enum err edit_show(struct request *r, struct response *res, bool stale)
{
    struct person_file file;
    struct participant p;
    enum err e = participant_read(&r->ctx, PERM_identity_write, request_ref(r), &file, &p);
    if (e)
        return e;
    struct arena *a = r->ctx.arena;
    struct page *page = web_page(r, res, "Change details");
    crumbs(r, page, &file, "Change details");
    struct details_form_view v = {
        .page = page, .r = r, .hidden = form_hidden(r),
        .person = person_view_new(r, &file, "Change details", PERSON_NO_TAB),
        .action = arena_printf(a, "/participants/%s/edit", file.person.ref),
        .cancel_href = arena_printf(a, "/participants/%s/details", file.person.ref),
        .version = p.version,
        .case_fields = actor_may(r->ctx.actor, PERM_participant_assign),
        .stale = stale,
    };
    show_values(r, &p.in, &v);
    if (stale)
        res->status = err_row(ERR_STALE)->status;
    tpl_details_form(&res->body, &v);
    return ERR_OK;
}

enum err web_details_edit(struct request *r, struct response *res)
{
    return edit_show(r, res, false);
}

// What the form does not ask stays as it is.
static void keep_unasked(struct request *r, const struct participant_input *stored,
                         struct participant_input *in)
{
    for (size_t i = 0; i < participant_input_table.n; i++) {
        const struct field *f = &participant_input_table.fields[i];
        bool asked = request_form(r, f->name) != NULL || f->type == FIELD_DATE ||
                     f->type == FIELD_LIST;
        if (!asked)
            *field_at(in, f) = field_get(stored, f);
    }
}

enum err web_details_save(struct request *r, struct response *res)
{
    struct participant_input in = {0};
    struct participant p;
    split_aliases(r);
    enum err e = web_form(r, &in);
    if (!e)
        e = participant_read(&r->ctx, PERM_identity_write, request_ref(r), NULL, &p);
    if (!e) {
        keep_unasked(r, &p.in, &in);
        e = participant_change(&r->ctx, request_ref(r), &in, in.version ? in.version : p.version);
    }
    if ((e == ERR_INVALID && r->ctx.problem.first) || e == ERR_STALE)
        return edit_show(r, res, e == ERR_STALE);
    if (e)
        return e;
    response_flash(r, res, "details_saved");
    response_redirect(res, arena_printf(r->ctx.arena, "/participants/%s/details", request_ref(r)));
    return ERR_OK;
}
