// SPDX-License-Identifier: MIT
// Pages that move a person through the programme: stage, offer, safety flags, assignment.
#include "web/person/stage_views.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "domain/person/flag.h"
#include "web/ui/view.h"

#include <string.h>

// ---- what the forms share ----

static void crumbs(struct request *r, struct page *p, const struct person_file *file,
                   const char *here)
{
    page_crumb(p, "Home", "/");
    if (actor_may(r->ctx.actor, PERM_participant_find))
        page_crumb(p, "People", "/participants");
    page_crumb(p, person_view_title(file),
               arena_printf(r->ctx.arena, "/participants/%s", file->person.ref));
    page_crumb(p, here, NULL);
}

static struct person_form form_of(struct request *r, struct response *res,
                                  const struct person_file *file, const char *title,
                                  const char *path)
{
    struct arena *a = r->ctx.arena;
    struct page *page = web_page(r, res, title);
    crumbs(r, page, file, title);
    return (struct person_form){
        .page = page,
        .person = person_view_new(r, file, title, PERSON_NO_TAB),
        .r = r,
        .hidden = form_hidden(r),
        .action = arena_printf(a, "/participants/%s/%s", file->person.ref, path),
        .cancel_href = arena_printf(a, "/participants/%s", file->person.ref),
        .version = arena_printf(a, "%ld", file->person.version),
    };
}

static bool to_correct(struct request *r, enum err e)
{
    return e == ERR_INVALID && r->ctx.problem.first;
}

static enum err done(struct request *r, struct response *res, const char *flash)
{
    response_flash(r, res, flash);
    response_redirect(res, arena_printf(r->ctx.arena, "/participants/%s", request_ref(r)));
    return ERR_OK;
}

// ---- stage ----

static struct ui_choice step_choice(struct request *r, const char *code, const char *text)
{
    const char *chosen = form_value(r, "to", NULL);
    return (struct ui_choice){
        .value = code, .text = text,
        .checked = chosen && strcmp(chosen, code) == 0 ? UI_YES : UI_NO};
}

// The stages that may follow. An offer has a page of its own, which asks for more.
static void add_steps(struct request *r, const struct stage_options *o, struct stage_form_view *v)
{
    struct ui_choice *items = ARENA_ARRAY(r->ctx.arena, struct ui_choice, o->n_next + 2);
    size_t n = 0;
    for (size_t i = 0; i < o->n_next; i++) {
        const char *code = o->next[i];
        if (strcmp(code, "offered") == 0 || strcmp(code, "re_offered") == 0) {
            v->offer_href = arena_printf(r->ctx.arena, "/participants/%s/offers/new",
                                         o->file.person.ref);
            continue;
        }
        v->can_close |= strcmp(code, "closed") == 0;
        v->can_decline |= strcmp(code, "declined") == 0;
        v->can_reopen |= strcmp(code, "re_opened") == 0;
        items[n++] = step_choice(r, code, vocab_label("stage", code));
    }
    if (o->suspension)
        items[n++] = step_choice(r, "resumed", arena_printf(r->ctx.arena, "No longer suspended (%s)",
                                                            vocab_label("suspension", o->suspension)));
    else if (!v->can_reopen)
        items[n++] = step_choice(r, "suspended", "Suspended: in custody or hospital");
    v->next = (struct ui_choices){items, n};
}

static enum err stage_show(struct request *r, struct response *res)
{
    struct stage_options o;
    enum err e = stage_options_read(&r->ctx, request_ref(r), &o);
    if (e)
        return e;
    struct stage_form_view v = {
        .f = form_of(r, res, &o.file, "Change stage", "stage"),
        .present = vocab_label("stage", o.file.stage),
        .closures = form_choices(r, "closure", "reason", NULL),
        .declines = form_choices(r, "decline_offer", "reason", NULL),
        .reopenings = form_choices(r, "reopening", "reason", NULL),
        .suspensions = form_choices(r, "suspension", "suspension", NULL),
        .reason_error = form_error(r, "reason"),
        .day = form_value(r, "on-day", NULL),
        .month = form_value(r, "on-month", NULL),
        .year = form_value(r, "on-year", NULL),
    };
    add_steps(r, &o, &v);
    tpl_stage_form(&res->body, &v);
    return ERR_OK;
}

enum err web_stage(struct request *r, struct response *res)
{
    return stage_show(r, res);
}

enum err web_stage_save(struct request *r, struct response *res)
{
    struct stage_input in = {0};
    struct stage_now now;
    enum err e = web_form(r, &in);
    if (!e)
        e = stage_move(&r->ctx, request_ref(r), &in, &now);
    if (to_correct(r, e))
        return stage_show(r, res);
    return e ? e : done(r, res, "stage_changed");
}

// ---- offer ----

static enum err offer_show(struct request *r, struct response *res)
{
    struct person_file file;
    enum err e = person_file_read(&r->ctx, PERM_participant_stage, request_ref(r),
                                  AUDIT_person_viewed, &file);
    if (e)
        return e;
    struct arena *a = r->ctx.arena;
    int64_t now = clock_now_us();
    struct date_boxes today = form_date_boxes(a, time_local_date(a, now));
    struct offer_form_view v = {
        .f = form_of(r, res, &file, "Record an offer", "offers"),
        .answers = form_choices(r, "offer_answer", "answer", NULL),
        .reasons = form_choices(r, "decline_offer", "reason", NULL),
        .day = form_value(r, "made_at-day", today.day),
        .month = form_value(r, "made_at-month", today.month),
        .year = form_value(r, "made_at-year", today.year),
        .time = form_value(r, "made_at-time", time_local_hhmm(a, now)),
        .message_version = form_value(r, "message_version", NULL),
        .delivered = form_checked(r, "delivered", "true", NULL),
        .understood = form_checked(r, "understood", "true", NULL),
        .interpreter = form_checked(r, "interpreter", "true", NULL),
    };
    tpl_offer_form(&res->body, &v);
    return ERR_OK;
}

enum err web_offer_new(struct request *r, struct response *res)
{
    return offer_show(r, res);
}

enum err web_offer_create(struct request *r, struct response *res)
{
    struct offer_input in = {0};
    struct offer_saved saved;
    struct create_reply reply = {
        .before = arena_printf(r->ctx.arena, "/participants/%s#offer-", request_ref(r))};
    enum err e = web_form(r, &in);
    if (!e)
        e = offer_record(&r->ctx, request_ref(r), &in, &reply, &saved);
    if (to_correct(r, e))
        return offer_show(r, res);
    return e ? web_replay(r, res, e) : done(r, res, "offer_saved");
}

// ---- safety flags ----

static enum err flag_show(struct request *r, struct response *res)
{
    struct person_file file;
    enum err e = person_file_read(&r->ctx, PERM_flag_write, request_ref(r), AUDIT_person_viewed,
                                  &file);
    if (e)
        return e;
    struct arena *a = r->ctx.arena;
    struct flag_row_view *open = ARENA_ARRAY(a, struct flag_row_view, file.n_flags + 1);
    for (size_t i = 0; i < file.n_flags; i++) {
        const struct safety_flag *f = &file.flags[i];
        open[i] = (struct flag_row_view){
            .kind = vocab_label("safety_flag", f->kind),
            .detail = f->detail,
            .added = arena_printf(a, "%s%s%s", time_words(a, f->added_at), f->added_by ? ", by " : "",
                                  f->added_by ? f->added_by : ""),
            .review = f->review_due ? date_words(a, f->review_due) : NULL,
            .end_action = arena_printf(a, "/participants/%s/flags/%s/end", file.person.ref, f->id),
        };
    }
    struct flag_form_view v = {
        .f = form_of(r, res, &file, "Safety flags", "flags"),
        .kinds = form_choices(r, "safety_flag", "kind", NULL),
        .detail = form_value(r, "detail", NULL),
        .day = form_value(r, "review_due-day", NULL),
        .month = form_value(r, "review_due-month", NULL),
        .year = form_value(r, "review_due-year", NULL),
        .open = open,
        .n_open = file.n_flags,
    };
    tpl_flag_form(&res->body, &v);
    return ERR_OK;
}

enum err web_flag_new(struct request *r, struct response *res)
{
    return flag_show(r, res);
}

enum err web_flag_create(struct request *r, struct response *res)
{
    struct flag_input in = {0};
    struct safety_flag saved;
    struct create_reply reply = {
        .before = arena_printf(r->ctx.arena, "/participants/%s#flag-", request_ref(r))};
    enum err e = web_form(r, &in);
    if (!e)
        e = flag_add(&r->ctx, request_ref(r), &in, &reply, &saved);
    if (to_correct(r, e))
        return flag_show(r, res);
    return e ? web_replay(r, res, e) : done(r, res, "flag_added");
}

enum err web_flag_end(struct request *r, struct response *res)
{
    enum err e = flag_end(&r->ctx, request_ref(r), request_param(r, "id"));
    return e ? e : done(r, res, "flag_ended");
}

// ---- assignment ----

static enum err assign_show(struct request *r, struct response *res)
{
    struct assign_options o;
    enum err e = assign_options_read(&r->ctx, request_ref(r), &o);
    if (e)
        return e;
    struct arena *a = r->ctx.arena;
    const char *chosen = form_value(r, "worker", o.file.worker_id);
    struct ui_choice *items = ARENA_ARRAY(a, struct ui_choice, o.n_workers + 1);
    for (size_t i = 0; i < o.n_workers; i++) {
        const struct assign_worker *w = &o.workers[i];
        bool one = w->people && strcmp(w->people, "1") == 0;
        items[i] = (struct ui_choice){
            .value = w->id,
            .text = w->name,
            .hint = {.text = arena_printf(a, "%s%s%s %s", w->team ? w->team : "No team",
                                          w->team ? ": " : ", ", w->people,
                                          one ? "person" : "people")},
            .checked = chosen && strcmp(chosen, w->id) == 0 ? UI_YES : UI_NO,
        };
    }
    struct assign_form_view v = {
        .f = form_of(r, res, &o.file, "Reassign", "assign"),
        .present = o.file.worker,
        .workers = {items, o.n_workers},
    };
    tpl_assign_form(&res->body, &v);
    return ERR_OK;
}

enum err web_assign(struct request *r, struct response *res)
{
    return assign_show(r, res);
}

enum err web_assign_save(struct request *r, struct response *res)
{
    struct assign_input in = {0};
    struct assigned assigned;
    enum err e = web_form(r, &in);
    if (!e)
        e = assign_worker_set(&r->ctx, request_ref(r), &in, &assigned);
    if (to_correct(r, e))
        return assign_show(r, res);
    return e ? e : done(r, res, "assigned");
}
