// SPDX-License-Identifier: MIT
// The case page: what a worker needs of one person, and no more than the role may see.
#include "domain/caseload/case.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "web/caseload/case_views.h"
#include "web/handlers.h"
#include "web/step/step.h"
#include "web/ui/view.h"

#include <string.h>

static bool is_late(const char *due)
{
    int64_t days;
    return due && date_parse(due, &days) && days < date_today();
}

static const char *due_words(struct arena *a, const char *what, const char *due)
{
    return due ? arena_printf(a, "%s %s%s", what, date_words(a, due), is_late(due) ? ": late" : "")
               : NULL;
}

static struct line_views referral_lines(struct arena *a, const struct case_file *c)
{
    struct line_view *lines = ARENA_ARRAY(a, struct line_view, c->n_referrals + 1);
    for (size_t i = 0; i < c->n_referrals; i++) {
        const struct case_referral *r = &c->referrals[i];
        lines[i] = (struct line_view){
            .href = arena_printf(a, "/referrals/%s", r->id),
            .text = vocab_label("service", r->service),
            .tag = vocab_label("referral_state", r->state),
            .tag_classes = state_tag_classes(r->state),
            .words = arena_printf(a, "%s%sMade %s", r->provider ? r->provider : "",
                                  r->provider ? ". " : "", time_words(a, r->made_at)),
            .due = due_words(a, strcmp(r->state, "sent") == 0 ? "Reply due" : "Start due", r->due),
            .late = is_late(r->due),
        };
    }
    return (struct line_views){lines, c->n_referrals};
}

static struct line_views escalation_lines(struct arena *a, const struct case_file *c)
{
    struct line_view *lines = ARENA_ARRAY(a, struct line_view, c->n_escalations + 1);
    for (size_t i = 0; i < c->n_escalations; i++) {
        const struct case_escalation *e = &c->escalations[i];
        bool waits = strcmp(e->state, "raised") == 0 || strcmp(e->state, "under_review") == 0;
        lines[i] = (struct line_view){
            .href = arena_printf(a, "/escalations/%s", e->id),
            .text = vocab_label("trigger", e->trigger),
            .tag = vocab_label("escalation_state", e->state),
            .tag_classes = state_tag_classes(e->state),
            .words = arena_printf(a, "Raised %s", time_words(a, e->raised_at)),
            .due = waits ? due_words(a, "Decision due", e->due) : NULL,
            .late = waits && is_late(e->due),
        };
    }
    return (struct line_views){lines, c->n_escalations};
}

static const char *stage_words(const struct case_stage *s)
{
    if (strcmp(s->kind, "suspension") != 0)
        return vocab_label("stage", s->stage);
    return s->stage ? vocab_label("suspension", s->stage) : "No longer suspended";
}

static struct line_views stage_lines(struct arena *a, const struct case_file *c)
{
    struct line_view *lines = ARENA_ARRAY(a, struct line_view, c->n_stages + 1);
    for (size_t i = 0; i < c->n_stages; i++) {
        const struct case_stage *s = &c->stages[i];
        const char *reason = s->reason && strcmp(s->reason, "note") != 0
                                 ? arena_printf(a, " (%s)", vocab_label("closure", s->reason))
                                 : "";
        lines[i] = (struct line_view){
            .text = stage_words(s),
            .words = arena_printf(a, "%s%s%s%s", time_words(a, s->at), s->by ? ", by " : "",
                                  s->by ? s->by : "", reason),
        };
    }
    return (struct line_views){lines, c->n_stages};
}

static const char *link_if(struct request *r, enum permission p, const struct person_file *file,
                           const char *path)
{
    return person_may(&r->ctx, p, file)
               ? arena_printf(r->ctx.arena, "/participants/%s/%s", file->person.ref, path)
               : NULL;
}

enum err web_case(struct request *r, struct response *res)
{
    struct case_file c;
    enum err e = case_read(&r->ctx, request_ref(r), &c);
    if (e)
        return e;
    const struct actor *actor = r->ctx.actor;
    struct case_view v = {
        .person = person_view_new(r, &c.header, NULL, PERSON_OVERVIEW),
        .contacts = contact_views_new(r, &c.contacts),
        .referrals = referral_lines(r->ctx.arena, &c),
        .escalations = escalation_lines(r->ctx.arena, &c),
        .stages = stage_lines(r->ctx.arena, &c),
        .contacts_href = link_if(r, PERM_contact_read, &c.header, "contacts"),
        .new_referral = link_if(r, PERM_referral_write, &c.header, "referrals/new"),
        .new_escalation = link_if(r, PERM_escalation_raise, &c.header, "escalations/new"),
        .change_stage = link_if(r, PERM_participant_stage, &c.header, "stage"),
        .record_offer = link_if(r, PERM_participant_stage, &c.header, "offers/new"),
        .add_flag = link_if(r, PERM_flag_write, &c.header, "flags/new"),
        .assign = link_if(r, PERM_participant_assign, &c.header, "assign"),
        .status_href = link_if(r, PERM_status_read, &c.header, "status"),
        .may_contacts = actor_may(actor, PERM_contact_read),
        .may_referrals = actor_may(actor, PERM_referral_read),
        .may_escalations = actor_may(actor, PERM_escalation_read),
        .may_stages = actor_may(actor, PERM_contact_detail_read) && c.n_stages,
    };
    struct page *page = web_page(r, res, person_view_title(&c.header));
    page_crumb(page, "Home", "/");
    if (actor_may(actor, PERM_participant_find))
        page_crumb(page, "People", "/participants");
    page_crumb(page, person_view_title(&c.header), NULL);
    v.page = page;
    tpl_case_page(&res->body, &v);
    return ERR_OK;
}
