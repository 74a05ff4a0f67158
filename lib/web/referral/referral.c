// SPDX-License-Identifier: MIT
// Referral pages: the list with its clocks, making one, and one referral with its steps and
// sessions.
#include "domain/referral/referral.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/uuid.h"
#include "base/vocab.h"
#include "crypto/secret.h"
#include "web/handlers.h"
#include "web/referral/views.h"
#include "web/ui/view.h"

#include <string.h>

// ---- the list ----

static const struct view_row {
    const char *code, *states;
    const char *title, *provider_title; // of the tab
    const char *empty;
    bool by_due, drafts;
} views[] = {
    {"waiting", "{sent}", "Waiting for an answer", "To answer",
     "No referral is waiting for an answer. New ones appear here when they are sent.", true, false},
    {"open", "{accepted,started}", "Open", "Open",
     "No referral is open. Those that the provider accepts appear here.", true, false},
    {"ended", "{declined,withdrawn,ended}", "Ended", "Ended", "No referral has ended yet.", false,
     false},
    {"draft", "{draft}", "Drafts", "Drafts",
     "No drafts. Choose \"Save as draft\" when you make a referral to keep it here.", false, true},
};
enum { VIEWS = sizeof(views) / sizeof(views[0]) };

struct asked {
    const struct view_row *view;
    const char *service, *person, *after;
};

static struct asked asked(struct request *r)
{
    const char *view = request_query(r, "view"), *after = request_query(r, "after");
    const char *service = request_query(r, "service"), *person = request_query(r, "person");
    struct asked a = {.view = &views[0]};
    for (size_t i = 0; view && i < VIEWS; i++)
        if (strcmp(views[i].code, view) == 0)
            a.view = &views[i];
    a.service = vocab_code("service", service) ? service : NULL;
    a.person = given(person) ? reference_or_typed(r->ctx.arena, person) : NULL;
    a.after = given(after) ? after : NULL;
    return a;
}

static const char *list_href(struct arena *a, const struct asked *q, const char *view,
                             const char *after)
{
    return url_make(a, "/referrals", "view", view, "service", q->service, "person", q->person, "after",
                    after, NULL);
}

static struct step_line line_of(struct arena *a, const struct referral *r)
{
    bool late = step_is(r->overdue, "true");
    const char *due = step_is(r->state, "sent") ? "Reply due" : "Start due";
    const char *service = vocab_label("service", r->service);
    return (struct step_line){
        .href = arena_printf(a, "/referrals/%s", r->id),
        .who = r->name  ? r->name
               : r->ref ? r->ref
                        : service,
        .ref = r->name ? r->ref : NULL,
        .what = r->urgency && strcmp(r->urgency, "routine") != 0
                    ? arena_printf(a, "%s (%s)", service, vocab_label("urgency", r->urgency))
                    : service,
        .with = r->provider,
        .state = vocab_label("referral_state", r->state),
        .state_classes = state_tag_classes(r->state),
        .clock = step_clock(a, due, r->due, late),
        .waited = step_days(a, r->waiting_days),
        .late = late,
    };
}

static void add_tabs(struct request *r, const struct asked *q, const struct referral_counts *n,
                     struct step_list_view *v)
{
    const char *const counts[VIEWS] = {n->waiting, n->open, n->ended, n->draft};
    bool provider = actor_may(r->ctx.actor, PERM_referral_deliver);
    struct step_tab *tabs = ARENA_ARRAY(r->ctx.arena, struct step_tab, VIEWS);
    for (size_t i = 0; i < VIEWS; i++) {
        if (views[i].drafts && !actor_may(r->ctx.actor, PERM_referral_write))
            continue;
        const char *title = provider ? views[i].provider_title : views[i].title;
        tabs[v->n_tabs++] = (struct step_tab){
            .text = arena_printf(r->ctx.arena, "%s (%s)", title, counts[i]),
            .href = list_href(r->ctx.arena, q, views[i].code, NULL),
            .current = &views[i] == q->view,
        };
        if (&views[i] == q->view)
            v->heading = title;
    }
    v->tabs = tabs;
}

enum err web_referral_list(struct request *r, struct response *res)
{
    struct arena *a = r->ctx.arena;
    struct asked q = asked(r);
    struct person_file file;
    struct referral_list list;
    struct referral_query query = {
        .states = q.view->states, .service = q.service, .after = q.after, .by_due = q.view->by_due};
    enum err e = referral_list_read(&r->ctx, q.person, &query, &file, &list);
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
        .person = q.person ? person_view_new(r, &file, NULL, PERSON_REFERRALS) : NULL,
        .title = "Referrals",
        .heading = q.view->title,
        .lines = lines,
        .n_lines = list.n,
        .what_head = "Service",
        .with_head = "Provider",
        .waited_head = "Waited for an answer",
        .empty =
            q.service ? "No referral matches. Clear the filter to see the others." : q.view->empty,
        .filter_name = "service",
        .filter_label = "Service",
        .filter = form_choices(r, "service", "service", q.service),
        .view = q.view->code,
        .person_ref = q.person,
        .action = "/referrals",
        .next_href = list.next ? list_href(a, &q, q.view->code, list.next) : NULL,
    };
    if (q.service) {
        struct asked all = q;
        all.service = NULL;
        v.clear_href = list_href(a, &all, q.view->code, NULL);
    }
    if (q.person && person_may(&r->ctx, PERM_referral_write, &file)) {
        v.new_href = arena_printf(a, "/participants/%s/referrals/new", file.person.ref);
        v.new_text = "Make a referral";
    }
    add_tabs(r, &q, &list.counts, &v);
    struct page *page = web_page(r, res, "Referrals");
    step_crumbs(r, page, NULL, NULL, q.person ? &file : NULL, "Referrals");
    v.page = page;
    tpl_step_list(&res->body, &v);
    return ERR_OK;
}

// ---- making one ----

static enum err form_show(struct request *r, struct response *res, const struct referral_form *f)
{
    struct arena *a = r->ctx.arena;
    const char *ref = f->person.person.ref;
    struct ui_option *providers = ARENA_ARRAY(a, struct ui_option, f->n_providers + 1);
    const char *chosen = form_value(r, "provider", NULL);
    providers[0] = (struct ui_option){.value = "", .text = "Choose a provider"};
    for (size_t i = 0; i < f->n_providers; i++)
        providers[i + 1] =
            (struct ui_option){.value = f->providers[i].id,
                               .text = f->providers[i].name,
                               .selected = step_is(chosen, f->providers[i].id) ? UI_YES : UI_NO};
    const char *const *outcomes;
    size_t n = request_form_all(r, "outcomes_wanted", &outcomes);
    struct referral_form_view v = {
        .person = person_view_new(r, &f->person, "Make a referral", PERSON_NO_TAB),
        .r = r,
        .action = arena_printf(a, "/participants/%s/referrals", ref),
        .cancel_href = arena_printf(a, "/participants/%s", ref),
        .hidden = form_hidden(r),
        .services = form_choices(r, "service", "service", NULL),
        .urgencies = form_choices(r, "urgency", "urgency", "routine"),
        .needs = form_choices(r, "need", "needs", NULL),
        .providers = providers,
        .n_providers = f->n_providers + 1,
        .reason = form_value(r, "reason", NULL),
        .risk_summary = form_value(r, "risk_summary", NULL),
    };
    for (size_t i = 0; i < n && i < 3; i++)
        v.outcomes[i] = outcomes[i];
    struct page *page = web_page(r, res, "Make a referral");
    step_crumbs(r, page, NULL, NULL, &f->person, "Make a referral");
    v.page = page;
    tpl_referral_form(&res->body, &v);
    return ERR_OK;
}

enum err web_referral_new(struct request *r, struct response *res)
{
    struct referral_form f;
    enum err e = referral_form_read(&r->ctx, request_ref(r), &f);
    return e ? e : form_show(r, res, &f);
}

enum err web_referral_create(struct request *r, struct response *res)
{
    static const struct create_reply reply = {.before = "/referrals/"};
    struct referral_input in = {0};
    struct referral saved;
    enum err e = web_form(r, &in);
    if (!e)
        e = referral_make(&r->ctx, request_ref(r), &in, &reply, &saved);
    if (e == ERR_INVALID && r->ctx.problem.first)
        return web_referral_new(r, res);
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, step_is(saved.state, "draft") ? "referral_saved" : "referral_sent");
    response_redirect(res, arena_printf(r->ctx.arena, "/referrals/%s", saved.id));
    return ERR_OK;
}

// ---- one referral ----

static const struct {
    const char *to, *text;
    bool warning;
} steps[] = {
    {"sent", "Send referral", false},      {"accepted", "Accept", false},
    {"declined", "Decline", true},         {"started", "Start support", false},
    {"ended", "End with a report", false}, {"withdrawn", "Withdraw", true},
};

static void add_buttons(struct request *r, const struct referral *ref, struct step_detail *d)
{
    struct arena *a = r->ctx.arena;
    enum { N = sizeof(steps) / sizeof(steps[0]) };
    struct step_button *buttons = ARENA_ARRAY(a, struct step_button, N);
    for (size_t i = 0; i < N; i++) {
        if (!step_listed(a, ref->possible, steps[i].to))
            continue;
        bool form = step_listed(a, ref->with_reason, steps[i].to);
        buttons[d->n_buttons++] = (struct step_button){
            .text = steps[i].text,
            .to = steps[i].to,
            .href =
                form ? arena_printf(a, "/referrals/%s?step=%s#step", ref->id, steps[i].to) : NULL,
            .warning = steps[i].warning,
        };
    }
    d->buttons = buttons;
}

static const char *labels(struct arena *a, const char *vocab, const char *codes)
{
    const char *const *items;
    size_t n = field_list(a, codes, &items);
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", vocab ? vocab_label(vocab, items[i]) : items[i]);
    return n ? b.p : NULL;
}

static void add_facts(struct request *r, const struct referral *ref, struct step_detail *d)
{
    struct arena *a = r->ctx.arena;
    bool late = step_is(ref->overdue, "true");
    const struct step_fact facts[] = {
        {.key = "Service", .value = vocab_label("service", ref->service)},
        {.key = "Provider", .value = ref->provider},
        {.key = "Urgency", .value = ref->urgency ? vocab_label("urgency", ref->urgency) : NULL},
        {.key = step_is(ref->state, "sent") ? "Reply due" : "Start due",
         .strong = late,
         .value = step_clock(a, "", ref->due, late)},
        {.key = "Waited for an answer", .value = step_days(a, ref->waiting_days)},
        {.key = "Needs", .value = labels(a, "need", ref->needs)},
        {.key = "Reason", .value = ref->reason, .lines = true},
        {.key = "Risk summary", .value = ref->risk_summary, .lines = true},
        {.key = "Outcomes wanted", .value = labels(a, NULL, ref->outcomes_wanted)},
        {.key = "Made by", .value = ref->made_by},
        {.key = "Made", .value = time_words(a, ref->made_at)},
        {.key = "Why it was declined", .value = ref->decline_reason, .lines = true},
        {.key = "Why it was withdrawn", .value = ref->withdraw_reason, .lines = true},
        {.key = "End report", .value = ref->end_report, .lines = true},
    };
    struct step_fact *copy = ARENA_ARRAY(a, struct step_fact, sizeof(facts) / sizeof(facts[0]));
    memcpy(copy, facts, sizeof(facts));
    d->facts = copy;
    d->n_facts = sizeof(facts) / sizeof(facts[0]);
}

static void add_sessions(struct request *r, const struct referral *ref,
                         struct referral_show_view *v)
{
    struct arena *a = r->ctx.arena;
    struct step_past *past = ARENA_ARRAY(a, struct step_past, ref->sessions->n + 1);
    for (size_t i = 0; i < ref->sessions->n; i++) {
        const struct referral_session *s = ref->sessions->rows[i];
        struct buf b;
        buf_init(&b, a);
        if (s->minutes)
            buf_printf(&b, "%s %s", s->minutes, step_is(s->minutes, "1") ? "minute" : "minutes");
        if (step_is(s->late, "true"))
            buf_printf(&b, "%sThe person was late", b.n ? ". " : "");
        if (step_is(s->concern, "true"))
            buf_printf(&b, "%sConcern: please look", b.n ? ". " : "");
        past[i] = (struct step_past){
            .title = vocab_label("session_result", s->result),
            .when = date_words(a, s->held_on),
            .timestamp = s->held_on,
            .by = s->by,
            .words = s->feedback,
            .facts = b.n ? b.p : NULL,
        };
    }
    v->sessions = past;
    v->n_sessions = ref->sessions->n;
}

static void session_values(struct request *r, struct referral_show_view *v)
{
    struct step_boxes on = step_boxes(r, "held_on", date_iso(r->ctx.arena, date_today()));
    v->results = form_choices(r, "session_result", "result", NULL);
    v->day = on.day;
    v->month = on.month;
    v->year = on.year;
    v->minutes = form_value(r, "minutes", NULL);
    v->feedback = form_value(r, "feedback", NULL);
    v->was_late = form_checked(r, "late", "true", NULL);
    v->concern = form_checked(r, "concern", "true", NULL);
}

// Whose form is open: asked for in the address, or posted (and come back).
static void open_forms(struct request *r, const struct referral *ref, struct referral_show_view *v)
{
    const char *step = request_query(r, "step"), *to = request_form(r, "to");
    bool session =
        request_form(r, "result") || request_form(r, "feedback") || step_is(step, "session");
    v->may_deliver =
        step_is(ref->state, "started") && actor_may(r->ctx.actor, PERM_referral_deliver);
    v->session_open = session && v->may_deliver;
    step = to ? to : step;
    v->step = step && step_listed(r->ctx.arena, ref->with_reason, step) ? step : NULL;
    if (!v->step && !v->session_open)
        v->d.typed = step_typed(r, (const char *const[]){"reason", "end_report", "feedback", NULL});
}

// `why` is the error after which the page is shown again, or ERR_OK.
static enum err show(struct request *r, struct response *res, enum err why)
{
    struct arena *a = r->ctx.arena;
    struct person_file file;
    struct referral ref;
    enum err e = referral_read(&r->ctx, request_param(r, "id"), &file, &ref);
    if (e)
        return e;
    const char *here = arena_printf(a, "/referrals/%s", ref.id);
    if (why == ERR_CONFLICT && step_is(request_form(r, "to"), ref.state)) {
        response_flash(r, res, "saved_before"); // pressed twice, or sent again
        response_redirect(res, here);
        return ERR_OK;
    }
    step_explain(r, why, ref.state, ref.possible, "referral_state");
    const char *service = vocab_label("service", ref.service);
    const char *title = arena_printf(a, "Referral: %s", service);
    struct referral_show_view v = {
        .person = person_view_new(r, &file, title, PERSON_NO_TAB),
        .r = r,
        .d = {.action = arena_printf(a, "%s/transitions", here),
              .version = ref.version,
              .hidden = form_hidden(r)},
        .state = vocab_label("referral_state", ref.state),
        .state_classes = state_tag_classes(ref.state),
        .may_sessions = actor_may(r->ctx.actor, PERM_referral_detail_read),
        .decline_reasons = form_choices(r, "decline_reason", "decline_reason", NULL),
        .reason = form_value(r, "reason", NULL),
        .end_report = form_value(r, "end_report", NULL),
        .session_action = arena_printf(a, "%s/sessions", here),
        .session_href = arena_printf(a, "%s?step=session#session", here),
        .here = here,
    };
    open_forms(r, &ref, &v);
    add_facts(r, &ref, &v.d);
    add_buttons(r, &ref, &v.d);
    add_sessions(r, &ref, &v);
    session_values(r, &v);
    v.d.past = step_timeline(r, ref.events, ref.notes, "referral_state",
                             v.may_sessions ? "decline_reason" : NULL, &v.d.n_past);
    struct page *page = web_page(r, res, title);
    if (why == ERR_CONFLICT || why == ERR_STALE)
        res->status = err_row(why)->status;
    step_crumbs(r, page, "Referrals", "/referrals", &file, title);
    v.page = page;
    tpl_referral_show(&res->body, &v);
    return ERR_OK;
}

enum err web_referral_show(struct request *r, struct response *res)
{
    return show(r, res, ERR_OK);
}

enum err web_referral_move(struct request *r, struct response *res)
{
    struct referral_move in = {0};
    struct referral after;
    enum err e = web_form(r, &in);
    if (!e)
        e = referral_move(&r->ctx, request_param(r, "id"), &in, &after);
    if (step_shown_again(r, e))
        return show(r, res, e);
    if (e)
        return e;
    response_flash(r, res, step_is(in.to, "sent") ? "referral_sent" : "referral_moved");
    response_redirect(res, arena_printf(r->ctx.arena, "/referrals/%s", after.id));
    return ERR_OK;
}

enum err web_referral_session(struct request *r, struct response *res)
{
    const char *id = uuid_or_nil(request_param(r, "id"));
    const char *back = arena_printf(r->ctx.arena, "/referrals/%s#sessions", id);
    // The location of a retry is the referral's page: a session has none of its own.
    struct create_reply reply = {.before = arena_printf(r->ctx.arena, "/referrals/%s?saved=", id),
                                 .after = "#sessions"};
    struct session_input in = {0};
    struct referral_session saved;
    enum err e = web_form(r, &in);
    if (!e)
        e = referral_session_record(&r->ctx, id, &in, &reply, &saved);
    if (step_shown_again(r, e))
        return show(r, res, e);
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, "session_saved");
    response_redirect(res, back);
    return ERR_OK;
}
