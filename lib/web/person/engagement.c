// SPDX-License-Identifier: MIT
// The status card: one screen on a phone, no more than the role may see.
#include "domain/person/engagement.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "web/person/engagement_views.h"
#include "web/ui/view.h"

#include <string.h>

static const char *last_words(struct arena *a, const char *at)
{
    return at ? time_words(a, at) : "None yet";
}

static const char *due_words(struct arena *a, const struct person_file *f, bool overdue)
{
    if (!f->next_contact_due)
        return "Not planned";
    return arena_printf(a, "%s%s", date_words(a, f->next_contact_due), overdue ? ": overdue" : "");
}

enum err web_status(struct request *r, struct response *res)
{
    struct status_card card;
    struct person_file file;
    enum err e = status_card_read(&r->ctx, request_ref(r), &file, &card);
    if (e)
        return e;
    struct arena *a = r->ctx.arena;
    struct page *page = web_page(r, res, "Status card");
    page_crumb(page, "Home", "/");
    if (actor_may(r->ctx.actor, PERM_participant_find))
        page_crumb(page, "People", "/participants");
    page_crumb(page, person_view_title(&file), NULL);
    struct status_view v = {
        .page = page,
        .person = person_view_new(r, &file, NULL, PERSON_NO_TAB),
        .ref = card.ref,
        .name = person_view_title(&file),
        .status = vocab_label("status", card.status),
        .classes = status_tag_classes(card.status),
        .since = card.since ? date_words(a, card.since) : NULL,
        .basis = card.basis,
        .last_contact = last_words(a, card.last_contact),
        .overdue = file.overdue && strcmp(file.overdue, "true") == 0,
        .worker = card.worker ? card.worker : "Nobody yet",
        .team = file.team,
        .supervision = file.supervising_agency,
        .case_href = arena_printf(a, "/participants/%s", card.ref),
    };
    v.born = v.person->born;
    v.next_due = due_words(a, &file, v.overdue);
    if (person_may(&r->ctx, PERM_escalation_raise, &file))
        v.escalate_href = arena_printf(a, "/participants/%s/escalations/new", card.ref);
    tpl_status_card(&res->body, &v);
    return ERR_OK;
}
