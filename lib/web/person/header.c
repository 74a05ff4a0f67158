// SPDX-License-Identifier: MIT
#include "web/person/header.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "web/ui/view.h"

#include <string.h>

const char *status_tag_classes(const char *status)
{
    static const struct {
        const char *status, *classes;
    } rows[] = {
        {"engaged", "govuk-tag--green"},        {"wavering", "govuk-tag--yellow"},
        {"disengaged", "govuk-tag--red"},       {"offer_declined", "govuk-tag--orange"},
        {"not_yet_offered", "govuk-tag--blue"}, {"suspended", "govuk-tag--purple"},
        {"closed", "govuk-tag--grey"},
    };
    for (size_t i = 0; status && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].status, status) == 0)
            return rows[i].classes;
    return "govuk-tag--grey";
}

const char *person_view_title(const struct person_file *file)
{
    return file->name ? file->name : file->person.ref;
}

// "2 November 2001 (age 25)"
static const char *born_words(struct arena *a, const char *iso)
{
    int64_t days;
    if (!date_parse(iso, &days))
        return NULL;
    int y, m, d, ty, tm, td;
    date_civil(days, &y, &m, &d);
    date_civil(date_today(), &ty, &tm, &td);
    int age = ty - y - (tm < m || (tm == m && td < d));
    return arena_printf(a, "%s (age %d)", date_words(a, iso), age);
}

static bool person_is_open(const struct person_file *f)
{
    return !f->status || strcmp(f->status, "closed") != 0;
}

static void add_status(struct request *r, const struct person_file *f, struct person_view *v)
{
    struct arena *a = r->ctx.arena;
    if (!f->status)
        return;
    v->status = vocab_label("status", f->status);
    v->status_classes = status_tag_classes(f->status);
    // The basis often says since when in its own words.
    const char *since = f->since ? date_words(a, f->since) : NULL;
    v->status_line = since && f->basis && !strstr(f->basis, since)
                         ? arena_printf(a, "Since %s. %s", since, f->basis)
                         : f->basis;
    if (!f->next_contact_due || !person_is_open(f))
        return;
    v->overdue = f->overdue && strcmp(f->overdue, "true") == 0;
    v->next_line =
        arena_printf(a, v->overdue ? "Next contact was due %s: overdue" : "Next contact due %s",
                     date_words(a, f->next_contact_due));
}

static void add_badges(struct request *r, const struct person_file *f, struct person_view *v)
{
    struct person_badge *badges = ARENA_ARRAY(r->ctx.arena, struct person_badge, 3);
    if (f->supervision && strcmp(f->supervision, "none") != 0)
        badges[v->n_badges++] = (struct person_badge){
            f->supervising_agency ? f->supervising_agency
                                  : vocab_label("supervision", f->supervision),
            "moj-badge--purple"};
    if (f->interpreter)
        badges[v->n_badges++] = (struct person_badge){
            arena_printf(r->ctx.arena, "Interpreter: %s", f->interpreter), "moj-badge--blue"};
    v->badges = badges;
}

static void add_flags(struct request *r, const struct person_file *f, struct person_view *v)
{
    struct person_flag_view *flags =
        ARENA_ARRAY(r->ctx.arena, struct person_flag_view, f->n_flags + 1);
    for (size_t i = 0; i < f->n_flags; i++)
        flags[i] = (struct person_flag_view){vocab_label("safety_flag", f->flags[i].kind),
                                             f->flags[i].detail};
    v->flags = flags;
    v->n_flags = f->n_flags;
}

static void add_tabs(struct request *r, const struct person_file *f, enum person_tab tab,
                     struct person_view *v)
{
    static const struct {
        enum person_tab tab;
        const char *text, *path;
        enum permission permission;
    } rows[] = {
        {PERSON_OVERVIEW, "Overview", "", PERM_status_read},
        {PERSON_CONTACTS, "Contacts", "/contacts", PERM_contact_read},
        {PERSON_REFERRALS, "Referrals", "#referrals", PERM_referral_read},
        {PERSON_ESCALATIONS, "Escalations", "#escalations", PERM_escalation_read},
        {PERSON_DETAILS, "Details", "/details", PERM_identity_read},
    };
    enum { TABS = sizeof(rows) / sizeof(rows[0]) };
    struct person_tab_view *tabs = ARENA_ARRAY(r->ctx.arena, struct person_tab_view, TABS);
    for (size_t i = 0; i < TABS; i++)
        if (person_may(&r->ctx, rows[i].permission, f))
            tabs[v->n_tabs++] = (struct person_tab_view){
                .text = rows[i].text,
                .href = arena_printf(r->ctx.arena, "/participants/%s%s", v->ref, rows[i].path),
                .current = rows[i].tab == tab,
            };
    v->tabs = tabs;
}

const struct person_view *person_view_new(struct request *r, const struct person_file *file,
                                          const char *heading, enum person_tab tab)
{
    struct person_view *v = ARENA_NEW(r->ctx.arena, struct person_view);
    const char *title = person_view_title(file);
    v->ref = file->person.ref;
    v->heading = heading ? heading : title;
    v->caption = heading ? title : NULL;
    v->born = file->date_of_birth ? born_words(r->ctx.arena, file->date_of_birth) : NULL;
    v->worker = file->worker;
    add_status(r, file, v);
    add_badges(r, file, v);
    add_flags(r, file, v);
    if (tab != PERSON_NO_TAB) {
        add_tabs(r, file, tab, v);
        if (person_may(&r->ctx, PERM_contact_write, file))
            v->record_contact = arena_printf(r->ctx.arena, "/participants/%s/contacts/new", v->ref);
    }
    return v;
}
