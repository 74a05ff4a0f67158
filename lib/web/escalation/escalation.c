// SPDX-License-Identifier: MIT
// Escalation pages: the list with its clocks, raising one, deciding it, and recording actions.
#include "domain/escalation/escalation.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/uuid.h"
#include "base/vocab.h"
#include "crypto/secret.h"
#include "web/handlers.h"
#include "web/escalation/views.h"
#include "web/ui/view.h"

#include <string.h>

// ---- the list ----

static const struct view_row {
    const char *code, *states, *title, *empty;
    bool by_due;
} views[] = {
    {"decide", "{raised,under_review,deferred}", "Awaiting a decision",
     "No escalation is waiting for a decision.", true},
    {"act", "{approved,action_due}", "Action due",
     "No action is due. Escalations appear here once they are approved.", true},
    {"open", "{action_taken,reviewed,not_approved,suspended}", "Other open",
     "No other escalation is open.", false},
    {"closed", "{closed}", "Closed", "No escalation has been closed yet.", false},
};
enum { VIEWS = sizeof(views) / sizeof(views[0]) };

struct asked {
    const struct view_row *view;
    const char *trigger, *person, *after;
};

static struct asked asked(struct request *r)
{
    const char *view = request_query(r, "view"), *after = request_query(r, "after");
    const char *trigger = request_query(r, "trigger"), *person = request_query(r, "person");
    struct asked a = {.view = &views[0]};
    for (size_t i = 0; view && i < VIEWS; i++)
        if (strcmp(views[i].code, view) == 0)
            a.view = &views[i];
    a.trigger = vocab_code("trigger", trigger) ? trigger : NULL;
    a.person = given(person) ? reference_or_typed(r->ctx.arena, person) : NULL;
    a.after = given(after) ? after : NULL;
    return a;
}

static const char *list_href(struct arena *a, const struct asked *q, const char *view,
                             const char *after)
{
    return url_make(a, "/escalations", "view", view, "trigger", q->trigger, "person", q->person, "after",
                    after, NULL);
}

static bool waits_for_decision(const struct escalation *s)
{
    return step_is(s->state, "raised") || step_is(s->state, "under_review") ||
           step_is(s->state, "deferred");
}

static struct step_line line_of(struct arena *a, const struct escalation *s)
{
    bool late = step_is(s->overdue, "true");
    const char *trigger = vocab_label("trigger", s->trigger);
    return (struct step_line){
        .href = arena_printf(a, "/escalations/%s", s->id),
        .who = s->name  ? s->name
               : s->ref ? s->ref
                        : trigger,
        .ref = s->name ? s->ref : NULL,
        .what = trigger,
        .with = s->raised_by,
        .state = vocab_label("escalation_state", s->state),
        .state_classes = state_tag_classes(s->state),
        .clock =
            waits_for_decision(s) ? step_clock(a, "Decision due", s->decision_due, late) : NULL,
        .waited = step_days(a, s->days),
        .alert =
            s->re_engaged_at && !step_is(s->state, "closed") ? "Successful contact since" : NULL,
        .late = late,
    };
}

static void add_tabs(struct request *r, const struct asked *q, const struct escalation_counts *n,
                     struct step_list_view *v)
{
    const char *const counts[VIEWS] = {n->decide, n->act, n->open, n->closed};
    struct step_tab *tabs = ARENA_ARRAY(r->ctx.arena, struct step_tab, VIEWS);
    for (size_t i = 0; i < VIEWS; i++)
        tabs[v->n_tabs++] = (struct step_tab){
            .text = arena_printf(r->ctx.arena, "%s (%s)", views[i].title, counts[i]),
            .href = list_href(r->ctx.arena, q, views[i].code, NULL),
            .current = &views[i] == q->view,
        };
    v->tabs = tabs;
}

enum err web_escalation_list(struct request *r, struct response *res)
{
    struct arena *a = r->ctx.arena;
    struct asked q = asked(r);
    struct person_file file;
    struct escalation_list list;
    struct escalation_query query = {
        .states = q.view->states, .trigger = q.trigger, .after = q.after, .by_due = q.view->by_due};
    enum err e = escalation_list_read(&r->ctx, q.person, &query, &file, &list);
    if (e == ERR_INVALID) { // a page marker cut short: the list from its beginning
        response_redirect(res, list_href(a, &q, q.view->code, NULL));
        return ERR_OK;
    }
    if (e)
        return e;
    struct step_line *lines = ARENA_ARRAY(a, struct step_line, list.n + 1);
    for (size_t i = 0; i < list.n; i++)
        lines[i] = line_of(a, list.rows[i]);
    struct step_list_view v = {
        .person = q.person ? person_view_new(r, &file, NULL, PERSON_ESCALATIONS) : NULL,
        .title = "Escalations",
        .heading = q.view->title,
        .lines = lines,
        .n_lines = list.n,
        .what_head = "Trigger",
        .with_head = "Raised by",
        .waited_head = "Since the trigger",
        .empty = q.trigger ? "No escalation matches. Clear the filter to see the others."
                           : q.view->empty,
        .filter_name = "trigger",
        .filter_label = "Trigger",
        .filter = form_choices(r, "trigger", "trigger", q.trigger),
        .view = q.view->code,
        .person_ref = q.person,
        .action = "/escalations",
        .next_href = list.next ? list_href(a, &q, q.view->code, list.next) : NULL,
    };
    if (q.trigger) {
        struct asked all = q;
        all.trigger = NULL;
        v.clear_href = list_href(a, &all, q.view->code, NULL);
    }
    if (q.person && person_may(&r->ctx, PERM_escalation_raise, &file)) {
        v.new_href = arena_printf(a, "/participants/%s/escalations/new", file.person.ref);
        v.new_text = "Raise an escalation";
    }
    add_tabs(r, &q, &list.counts, &v);
    struct page *page = web_page(r, res, "Escalations");
    step_crumbs(r, page, NULL, NULL, q.person ? &file : NULL, "Escalations");
    v.page = page;
    tpl_step_list(&res->body, &v);
    return ERR_OK;
}

// ---- raising ----

enum err web_escalation_new(struct request *r, struct response *res)
{
    struct arena *a = r->ctx.arena;
    struct person_file file;
    struct escalation_list open;
    enum err e = escalation_form_read(&r->ctx, request_ref(r), &file, &open);
    if (e)
        return e;
    struct step_line *lines = ARENA_ARRAY(a, struct step_line, open.n + 1);
    for (size_t i = 0; i < open.n; i++)
        lines[i] = line_of(a, open.rows[i]);
    struct step_boxes on = step_boxes(r, "triggered_on", date_iso(a, date_today()));
    bool disengaged = step_is(file.status, "disengaged");
    bool declined = step_is(file.status, "offer_declined");
    struct escalation_form_view v = {
        .person = person_view_new(r, &file, "Raise an escalation", PERSON_NO_TAB),
        .r = r,
        .action = arena_printf(a, "/participants/%s/escalations", file.person.ref),
        .cancel_href = arena_printf(a, "/participants/%s", file.person.ref),
        .hidden = form_hidden(r),
        .triggers = form_choices(r, "trigger", "trigger",
                                 disengaged ? "disengaged"
                                 : declined ? "refused_offer"
                                            : NULL),
        .day = on.day,
        .month = on.month,
        .year = on.year,
        .evidence = form_value(r, "evidence", NULL),
        .open = lines,
        .n_open = open.n,
    };
    struct page *page = web_page(r, res, "Raise an escalation");
    step_crumbs(r, page, NULL, NULL, &file, "Raise an escalation");
    v.page = page;
    tpl_escalation_form(&res->body, &v);
    return ERR_OK;
}

enum err web_escalation_create(struct request *r, struct response *res)
{
    static const struct create_reply reply = {.before = "/escalations/"};
    struct escalation_input in = {0};
    struct escalation saved;
    enum err e = web_form(r, &in);
    if (!e)
        e = escalation_raise(&r->ctx, request_ref(r), &in, &reply, &saved);
    if (e == ERR_INVALID && r->ctx.problem.first)
        return web_escalation_new(r, res);
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, "escalation_raised");
    response_redirect(res, arena_printf(r->ctx.arena, "/escalations/%s", saved.id));
    return ERR_OK;
}

// ---- one escalation ----

// What people read on a button or beside a radio. Taking an action moves an approved escalation on
// by itself, so those two steps have no button.
static const struct {
    const char *to, *button, *decision;
    bool warning;
} steps[] = {
    {"under_review", "Start the review", NULL, false},
    {"approved", NULL, "Approve: enforcement action is due", false},
    {"not_approved", NULL, "Do not approve", false},
    {"deferred", NULL, "Defer: decide later", false},
    {"reviewed", "Mark as reviewed", NULL, false},
    {"suspended", "Suspend: the person has re-engaged", "Suspend: the person has re-engaged",
     false},
    {"closed", "Close", NULL, true},
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

static void add_steps(struct request *r, const struct escalation *s, struct escalation_show_view *v)
{
    struct arena *a = r->ctx.arena;
    struct step_button *buttons = ARENA_ARRAY(a, struct step_button, STEPS);
    struct ui_choice *choices = ARENA_ARRAY(a, struct ui_choice, STEPS);
    size_t n = 0;
    for (size_t i = 0; i < STEPS; i++) {
        if (!step_listed(a, s->possible, steps[i].to))
            continue;
        bool form = step_listed(a, s->with_reason, steps[i].to);
        if (steps[i].decision)
            choices[n++] = (struct ui_choice){
                .value = steps[i].to,
                .text = steps[i].decision,
                .checked = step_is(request_form(r, "to"), steps[i].to) ? UI_YES : UI_NO};
        if (steps[i].button)
            buttons[v->d.n_buttons++] = (struct step_button){
                .text = steps[i].button,
                .to = steps[i].to,
                .href = form ? arena_printf(a, "%s?step=%s#step", v->here, steps[i].to) : NULL,
                .warning = steps[i].warning,
            };
    }
    v->d.buttons = buttons;
    v->decisions = (struct ui_choices){choices, n};
    v->deciding = step_listed(a, s->possible, "approved");
}

static void add_facts(struct request *r, const struct escalation *s, struct step_detail *d)
{
    struct arena *a = r->ctx.arena;
    bool late = step_is(s->overdue, "true"), waits = waits_for_decision(s);
    const struct step_fact facts[] = {
        {.key = "Trigger", .value = vocab_label("trigger", s->trigger)},
        {.key = "Happened", .value = date_words(a, s->triggered_on)},
        {.key = "Raised", .value = time_words(a, s->raised_at)},
        {.key = "Raised by", .value = s->raised_by},
        {.key = "Decision due",
         .strong = late,
         .value = waits ? step_clock(a, "", s->decision_due, late) : NULL},
        {.key = "Time since the trigger", .value = step_days(a, s->days)},
        {.key = "Decided", .value = s->decided_at ? time_words(a, s->decided_at) : NULL},
        {.key = "Decided by", .value = s->decided_by},
        {.key = "From trigger to decision", .value = step_days(a, s->days_to_decision)},
        {.key = "From trigger to first action", .value = step_days(a, s->days_to_action)},
        {.key = "Offered again",
         .value = s->re_offered_at ? time_words(a, s->re_offered_at) : NULL},
        {.key = "Closed", .value = s->closed_at ? time_words(a, s->closed_at) : NULL},
    };
    struct step_fact *copy = ARENA_ARRAY(a, struct step_fact, sizeof(facts) / sizeof(facts[0]));
    memcpy(copy, facts, sizeof(facts));
    d->facts = copy;
    d->n_facts = sizeof(facts) / sizeof(facts[0]);
}

// An agreed action stays as agreed; that it was taken too is a record of its own.
static void add_actions(struct request *r, const struct escalation *s,
                        struct escalation_show_view *v)
{
    struct arena *a = r->ctx.arena;
    struct step_past *past = ARENA_ARRAY(a, struct step_past, s->actions->n + 1);
    for (size_t i = 0; i < s->actions->n; i++) {
        const struct escalation_action *x = s->actions->rows[i];
        const char *label = vocab_label("action", x->action);
        past[i] = (struct step_past){
            .title = x->taken_on ? label : arena_printf(a, "Agreed: %s", label),
            .when = x->taken_on ? date_words(a, x->taken_on) : time_words(a, x->at),
            .timestamp = x->taken_on ? x->taken_on : x->at,
            .by = x->by,
            .words = x->note,
        };
    }
    v->actions = past;
    v->n_actions = s->actions->n;
}

static void form_values(struct request *r, const struct escalation *s,
                        struct escalation_show_view *v)
{
    struct arena *a = r->ctx.arena;
    const char *to = request_form(r, "to"), *step = to ? to : request_query(r, "step");
    bool form = step && step_listed(a, s->with_reason, step) && !v->deciding;
    v->step = form ? step : NULL;
    v->may_act = step_is(s->may_act, "true");
    struct step_boxes taken = step_boxes(r, "taken_on", date_iso(a, date_today()));
    struct step_boxes again = step_boxes(r, "re_offered_on", NULL);
    v->day = taken.day;
    v->month = taken.month;
    v->year = taken.year;
    v->re_day = again.day;
    v->re_month = again.month;
    v->re_year = again.year;
    v->agreed = form_choices(r, "action", "actions", NULL);
    v->kinds = form_choices(r, "action", "action", NULL);
    v->reason = form_value(r, "reason", NULL);
    v->note = form_value(r, "note", NULL);
    if (!v->step && !v->deciding)
        v->d.typed =
            step_typed(r, (const char *const[]){"reason", v->may_act ? NULL : "note", NULL});
}

static const char *re_engaged_words(struct arena *a, const struct escalation *s)
{
    if (!s->re_engaged_at || s->closed_at)
        return NULL;
    return arena_printf(a,
                        "There has been a successful contact since this was raised, on %s. Think "
                        "again before you enforce: it can be suspended",
                        time_words(a, s->re_engaged_at));
}

// `why` is the error after which the page is shown again, or ERR_OK.
static enum err show(struct request *r, struct response *res, enum err why)
{
    struct arena *a = r->ctx.arena;
    struct person_file file;
    struct contact_list contacts;
    struct escalation s;
    enum err e = escalation_read(&r->ctx, request_param(r, "id"), &file, &contacts, &s);
    if (e)
        return e;
    const char *here = arena_printf(a, "/escalations/%s", s.id);
    if (why == ERR_CONFLICT && step_is(request_form(r, "to"), s.state)) {
        response_flash(r, res, "saved_before"); // pressed twice, or sent again
        response_redirect(res, here);
        return ERR_OK;
    }
    step_explain(r, why, s.state, s.possible, "escalation_state");
    const char *title = arena_printf(a, "Escalation: %s", vocab_label("trigger", s.trigger));
    struct escalation_show_view v = {
        .person = person_view_new(r, &file, title, PERSON_NO_TAB),
        .r = r,
        .d = {.action = arena_printf(a, "%s/transitions", here),
              .version = s.version,
              .hidden = form_hidden(r)},
        .state = vocab_label("escalation_state", s.state),
        .state_classes = state_tag_classes(s.state),
        .basis = file.basis,
        .re_engaged = re_engaged_words(a, &s),
        .contacts = contact_views_new(r, &contacts),
        .may_contacts = actor_may(r->ctx.actor, PERM_contact_read),
        .may_detail = actor_may(r->ctx.actor, PERM_escalation_detail_read),
        .evidence = s.evidence,
        .act_action = arena_printf(a, "%s/actions", here),
        .here = here,
    };
    add_facts(r, &s, &v.d);
    add_steps(r, &s, &v);
    add_actions(r, &s, &v);
    form_values(r, &s, &v);
    v.d.past = step_timeline(r, s.events, s.notes, "escalation_state", NULL, &v.d.n_past);
    struct page *page = web_page(r, res, title);
    if (why == ERR_CONFLICT || why == ERR_STALE)
        res->status = err_row(why)->status;
    step_crumbs(r, page, "Escalations", "/escalations", &file, title);
    v.page = page;
    tpl_escalation_show(&res->body, &v);
    return ERR_OK;
}

enum err web_escalation_show(struct request *r, struct response *res)
{
    return show(r, res, ERR_OK);
}

enum err web_escalation_move(struct request *r, struct response *res)
{
    struct escalation_move in = {0};
    struct escalation after;
    enum err e = web_form(r, &in);
    if (!e)
        e = escalation_move(&r->ctx, request_param(r, "id"), &in, &after);
    if (step_shown_again(r, e))
        return show(r, res, e);
    if (e)
        return e;
    response_flash(r, res, "escalation_moved");
    response_redirect(res, arena_printf(r->ctx.arena, "/escalations/%s", after.id));
    return ERR_OK;
}

enum err web_escalation_action(struct request *r, struct response *res)
{
    const char *id = uuid_or_nil(request_param(r, "id"));
    struct create_reply reply = {.before = arena_printf(r->ctx.arena, "/escalations/%s?saved=", id),
                                 .after = "#actions"};
    struct action_input in = {0};
    enum err e = web_form(r, &in);
    if (!e)
        e = escalation_act(&r->ctx, id, &in, &reply);
    if (step_shown_again(r, e))
        return show(r, res, e);
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, "action_saved");
    response_redirect(res, arena_printf(r->ctx.arena, "/escalations/%s#actions", id));
    return ERR_OK;
}
