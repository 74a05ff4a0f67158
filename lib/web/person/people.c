// SPDX-License-Identifier: MIT
// Finding and listing people: where police and probation land, and a navigator's caseload.
#include "domain/person/people.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/vocab.h"
#include "web/handlers.h"
#include "web/person/people_views.h"
#include "web/person/header.h"
#include "web/ui/view.h"

#include <string.h>

static const char *asked(struct request *r, const char *name)
{
    const char *typed = request_query(r, name);
    return typed && *typed ? typed : NULL;
}

static const char *flag_words(struct arena *a, const char *array)
{
    const char *const *kinds;
    size_t n = field_list(a, array, &kinds);
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", vocab_label("safety_flag", kinds[i]));
    return b.n ? b.p : NULL;
}

static struct person_row_view row_of(struct request *r, const struct person_item *p)
{
    struct arena *a = r->ctx.arena;
    // Who may not see the case itself gets the answer to the question: the status card.
    bool whole_case = actor_may(r->ctx.actor, PERM_contact_detail_read);
    return (struct person_row_view){
        .href =
            arena_printf(a, whole_case ? "/participants/%s" : "/participants/%s/status", p->ref),
        .name = p->name ? p->name : p->ref,
        .ref = p->name ? p->ref : NULL,
        .known_as = p->known_as,
        .status = vocab_label("status", p->status),
        .status_classes = status_tag_classes(p->status),
        .basis = p->basis,
        .last_contact = p->last_contact ? time_words(a, p->last_contact) : "None yet",
        .next_due = p->next_contact_due ? date_words(a, p->next_contact_due) : "Not planned",
        .overdue = p->overdue && strcmp(p->overdue, "true") == 0,
        .worker = p->worker ? p->worker : "Nobody yet",
        .flags = flag_words(a, p->flags),
    };
}

static struct ui_options status_options(struct arena *a, const char *chosen)
{
    const struct vocab *v = vocab_find("status");
    size_t n = v ? v->n : 0;
    struct ui_option *options = ARENA_ARRAY(a, struct ui_option, n + 1);
    options[0] = (struct ui_option){.value = "", .text = "Any status"};
    for (size_t i = 0; i < n; i++)
        options[i + 1] = (struct ui_option){.value = v->codes[i].code, .text = v->codes[i].label};
    for (size_t i = 0; chosen && i <= n; i++)
        if (strcmp(options[i].value, chosen) == 0)
            options[i].selected = UI_YES;
    return (struct ui_options){options, n + 1};
}

static struct ui_options worker_options(struct arena *a, const struct people_worker *workers,
                                        size_t n, const char *chosen)
{
    if (!n)
        return (struct ui_options){0};
    struct ui_option *options = ARENA_ARRAY(a, struct ui_option, n + 2);
    options[0] = (struct ui_option){.value = "", .text = "Any worker"};
    options[1] = (struct ui_option){.value = "none", .text = "Nobody yet"};
    for (size_t i = 0; i < n; i++)
        options[i + 2] = (struct ui_option){.value = workers[i].id, .text = workers[i].name};
    for (size_t i = 0; chosen && i < n + 2; i++)
        if (strcmp(options[i].value, chosen) == 0)
            options[i].selected = UI_YES;
    return (struct ui_options){options, n + 2};
}

static const char *chosen_text(struct ui_options options)
{
    for (size_t i = 1; i < options.n; i++)
        if (options.at[i].selected == UI_YES)
            return options.at[i].text;
    return NULL;
}

static const char *filter_words(struct arena *a, const struct people_view *v)
{
    const char *status = chosen_text(v->statuses), *worker = chosen_text(v->workers);
    if (status && worker)
        return arena_printf(a, "Filtered: status %s, worker %s", status, worker);
    if (status || worker)
        return arena_printf(a, "Filtered: %s %s", status ? "status" : "worker",
                            status ? status : worker);
    return v->workers.n ? "Filter by status or worker" : "Filter by status";
}

static const char *summary_words(struct arena *a, const struct people *people, bool searched)
{
    if (searched && people->more)
        return arena_printf(a, "The %zu people who fit best. Type more to narrow the search.",
                            people->n);
    if (people->more || people->next)
        return arena_printf(a, "%zu people on this page", people->n);
    return arena_printf(a, "%zu %s", people->n, people->n == 1 ? "person" : "people");
}

// Whom the role may find at all, so that an empty answer explains itself.
static const char *where_words(const struct actor *actor)
{
    switch (permission_row(PERM_participant_find)->scope[actor->role]) {
    case SCOPE_OWN:
        return "Only people on your own caseload are shown.";
    case SCOPE_TEAM:
        return "Only people of your own team are shown.";
    case SCOPE_AGENCY:
        return "Only people whom your agency supervises are shown.";
    default:
        return actor->site ? "Only people of your own site are shown."
                           : "People of every site are shown.";
    }
}

static const char *next_href(struct arena *a, const struct people_query *q, const char *next)
{
    return url_make(a, "/participants", "after", next, "status", q->status, "worker", q->worker, NULL);
}

// What an address says that no form of ours would say is left out, as if it had not been there.
static struct people_query query_of(struct request *r)
{
    struct people_query sent = {asked(r, "q"), asked(r, "status"), asked(r, "worker"), NULL,
                                asked(r, "after")};
    struct people_query q = {0};
    for (size_t i = 0; i < people_query_table.n; i++) {
        const struct field *f = &people_query_table.fields[i];
        if (!field_set(&r->ctx, f, &q, field_get(&sent, f)))
            *field_at(&q, f) = NULL;
    }
    r->ctx.problem = (struct problem){0};
    return q;
}

static enum err find(struct request *r, struct people_query *q, struct people *ret,
                     const struct people_worker **workers, size_t *n_workers)
{
    enum err e = people_find_page(&r->ctx, q, ret, workers, n_workers);
    if (e != ERR_INVALID)
        return e;
    q->worker = q->after = NULL;
    r->ctx.problem = (struct problem){0};
    return people_find_page(&r->ctx, q, ret, workers, n_workers);
}

enum err web_participant_list(struct request *r, struct response *res)
{
    struct arena *a = r->ctx.arena;
    struct people_query q = query_of(r);
    struct people people;
    const struct people_worker *workers;
    size_t n_workers;
    enum err e = find(r, &q, &people, &workers, &n_workers);
    if (e)
        return e;
    struct person_row_view *rows = ARENA_ARRAY(a, struct person_row_view, people.n + 1);
    for (size_t i = 0; i < people.n; i++)
        rows[i] = row_of(r, &people.rows[i]);
    struct page *page = web_page(r, res, q.q ? "Search results" : "People");
    page_crumb(page, "Home", "/");
    page_crumb(page, "People", NULL);
    struct people_view v = {
        .page = page,
        .heading = q.q ? "Search results" : "People",
        .q = q.q,
        .statuses = status_options(a, q.status),
        .workers = worker_options(a, workers, n_workers, q.worker),
        .filtered = q.status || q.worker,
        .searched = q.q != NULL,
        .later_page = q.after != NULL,
        .clear_href = "/participants",
        .summary = summary_words(a, &people, q.q != NULL),
        .where = where_words(r->ctx.actor),
        .rows = rows,
        .n = people.n,
        .next_href = people.next ? next_href(a, &q, people.next) : NULL,
        .add_href = actor_may(r->ctx.actor, PERM_participant_create) ? "/participants/new" : NULL,
    };
    v.filter_words = filter_words(a, &v);
    tpl_people_list(&res->body, &v);
    return ERR_OK;
}
