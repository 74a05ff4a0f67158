// SPDX-License-Identifier: MIT
// The home page: what needs me. Which lists a role sees, in which order and words, is one table.
#include "domain/caseload/home.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "web/caseload/case_views.h"
#include "web/handlers.h"
#include "web/step/step.h"
#include "web/ui/view.h"

#include <string.h>

#define ON(role) (1u << ROLE_##role)
enum {
    WORKERS = ON(NAVIGATOR),
    LEADERS = ON(TEAM_LEAD) | ON(MANAGER),
    PARTNERS = ON(POLICE) | ON(PROBATION) | ON(YOUTH_JUSTICE),
};

static const struct row {
    unsigned roles;
    const char *code, *title, *empty;
    const char *more_href, *more_text;
    const char *due;         // words before the day it is due
    const char *state_vocab; // of `status`
    const char *what_vocab;  // of `what`
} rows[] = {
    {PARTNERS | ON(MANAGER), "act", "Actions due", "No enforcement actions are due.",
     "/escalations", "All escalations", NULL, "escalation_state", "trigger"},
    {LEADERS | ON(PROBATION) | ON(YOUTH_JUSTICE), "decide", "Escalations awaiting a decision",
     "No escalations are waiting for a decision.", "/escalations", "All escalations",
     "Decision due", "escalation_state", "trigger"},
    {PARTNERS, "recent", "Escalations of the last 30 days",
     "No escalations were raised in the last 30 days.", "/escalations", "All escalations", NULL,
     "escalation_state", "trigger"},
    {WORKERS | LEADERS, "overdue", "Overdue contacts",
     "Nobody is overdue. Contacts that pass their due date appear here.", "/participants",
     "All people", "Was due", "status", NULL},
    {WORKERS | LEADERS, "escalate", "Disengaged or declined: decide whether to escalate",
     "Nobody needs an escalation decision.", NULL, NULL, "Decide by", "status", NULL},
    {LEADERS, "unassigned", "People without a worker", "Everybody has a worker.", "/caseloads",
     "Caseloads", NULL, "status", NULL},
    {WORKERS | LEADERS, "due", "Contacts due in the next 7 days",
     "No contacts are due in the next 7 days. A due date is set when a contact is recorded.", NULL,
     NULL, "Due", "status", NULL},
    {WORKERS, "answered", "Referrals answered in the last 14 days",
     "No referrals were answered in the last 14 days.", "/referrals", "All referrals", NULL,
     "referral_state", "service"},
    {WORKERS | ON(TEAM_LEAD), "waiting", "Referrals awaiting a reply",
     "No referrals are waiting for a reply.", "/referrals", "All referrals", "Reply due",
     "referral_state", "service"},
    {WORKERS, "open", "Escalations on my caseload", "No open escalations.", "/escalations",
     "All escalations", NULL, "escalation_state", "trigger"},
    {ON(PROVIDER), "answer", "New referrals to answer",
     "No new referrals. They appear here when a navigator sends one.", "/referrals",
     "All referrals", "Reply due", "referral_state", "service"},
    {ON(PROVIDER), "start", "Accepted, not started yet", "Nothing is waiting to start.",
     "/referrals", "All referrals", "Start due", "referral_state", "service"},
    {ON(PROVIDER), "running", "Started: record sessions", "No referrals are under way.",
     "/referrals", "All referrals", NULL, "referral_state", "service"},
    {ON(EVALUATOR) | ON(TRIAL_MANAGER), "exports", "Evaluation exports",
     "No exports yet. Ask for one to get the evaluation data.", "/exports", "Exports", NULL,
     "export_state", "export_kind"},
    {ON(ADMINISTRATOR), "accounts", "Accounts in use", "No accounts.", "/users", "Manage accounts",
     NULL, NULL, "role"},
    {ON(AUDITOR), "log", "Events in the last 24 hours", "Nothing was logged in the last 24 hours.",
     "/audit", "Open the audit log", NULL, NULL, NULL},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool late(const char *due)
{
    int64_t days;
    return due && date_parse(due, &days) && days < date_today();
}

static const char *item_href(struct arena *a, const struct row *row, const struct home_item *i)
{
    if (!row->state_vocab)
        return NULL;
    if (strcmp(row->code, "escalate") == 0)
        return arena_printf(a, "/participants/%s", i->ref);
    if (strcmp(row->state_vocab, "escalation_state") == 0)
        return arena_printf(a, "/escalations/%s", i->id);
    if (strcmp(row->state_vocab, "referral_state") == 0)
        return arena_printf(a, "/referrals/%s", i->id);
    if (strcmp(row->state_vocab, "export_state") == 0)
        return arena_printf(a, "/exports/%s", i->id);
    return arena_printf(a, "/participants/%s", i->ref);
}

static const char *item_words(struct arena *a, const struct row *row, const struct home_item *i)
{
    const char *worker = i->worker;
    if (!row->state_vocab)
        return NULL;
    if (strcmp(row->state_vocab, "status") == 0)
        return arena_printf(a, "%s%s%s%s%s", i->basis ? i->basis : "", worker ? ". " : "",
                            worker ? worker : "", i->last_contact ? ". Last contact " : "",
                            i->last_contact ? time_words(a, i->last_contact) : "");
    const char *what = row->what_vocab ? vocab_label(row->what_vocab, i->what) : "";
    return arena_printf(a, "%s%s%s%s%s", what, worker ? ". " : "", worker ? worker : "",
                        i->since ? ". " : "", i->since ? time_words(a, i->since) : "");
}

static struct line_view line_of(struct arena *a, const struct row *row, const struct home_item *i)
{
    if (!row->state_vocab) // kinds with their numbers
        return (struct line_view){.text = row->what_vocab ? vocab_label(row->what_vocab, i->what)
                                                          : i->what,
                                  .words = i->total};
    bool exports = strcmp(row->state_vocab, "export_state") == 0;
    const char *text = i->name ? i->name : i->ref;
    return (struct line_view){
        .href = item_href(a, row, i),
        .text = exports ? vocab_label(row->what_vocab, i->what)
                : text  ? text
                        : vocab_label(row->what_vocab, i->what),
        .ref = i->name ? i->ref : NULL,
        .tag = vocab_label(row->state_vocab, i->status),
        .tag_classes = strcmp(row->state_vocab, "status") == 0 ? status_tag_classes(i->status)
                                                               : state_tag_classes(i->status),
        .words = item_words(a, row, i),
        .due = row->due && i->due ? arena_printf(a, "%s %s%s", row->due, date_words(a, i->due),
                                                 late(i->due) ? ": late" : "")
                                  : NULL,
        .late = late(i->due),
    };
}

static struct home_section_view section_of(struct arena *a, const struct row *row,
                                           const struct home_section *s)
{
    struct line_view *lines = ARENA_ARRAY(a, struct line_view, s->n + 1);
    for (size_t i = 0; i < s->n; i++)
        lines[i] = line_of(a, row, &s->items[i]);
    return (struct home_section_view){
        .id = row->code,
        .title = row->title,
        .empty = row->empty,
        .more_href = row->more_href,
        .more_text = row->more_text,
        .total = arena_printf(a, "%ld", s->total),
        .lines = {lines, s->n},
    };
}

enum err web_home(struct request *r, struct response *res)
{
    struct home home;
    enum err e = home_read(&r->ctx, &home);
    if (e)
        return e;
    const struct actor *actor = r->ctx.actor;
    struct home_section_view *sections = ARENA_ARRAY(r->ctx.arena, struct home_section_view, ROWS);
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].roles & 1u << actor->role)
            sections[n++] = section_of(r->ctx.arena, &rows[i], home_section(&home, rows[i].code));
    struct home_view v = {
        .page = web_page(r, res, "Home"),
        .greeting = "What needs you",
        .search = actor_may(actor, PERM_participant_find),
        .add_participant = actor_may(actor, PERM_participant_create) ? "/participants/new" : NULL,
        .sections = sections,
        .n_sections = n,
    };
    tpl_home_page(&res->body, &v);
    return ERR_OK;
}
