// SPDX-License-Identifier: MIT
// Counts and charts. Numbers of people link to the lists that they count.
#include "web/report/report_views.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/vocab.h"
#include "web/ui/view.h"

#include <stdlib.h>

static long number(const char *s)
{
    return s ? strtol(s, NULL, 10) : 0;
}

static const char *scope_words(struct arena *a, const struct report *r)
{
    const char *site = r->site ? vocab_label("site", r->site) : "Every site";
    return r->team ? arena_printf(a, "%s, %s", r->team, site) : site;
}

static void show_statuses(struct arena *a, const struct report *r, struct report_view *v)
{
    size_t n = r->statuses->n;
    struct report_line *lines = ARENA_ARRAY(a, struct report_line, n + 1);
    struct chart_datum *data = ARENA_ARRAY(a, struct chart_datum, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct report_status *s = r->statuses->rows[i];
        const char *label = vocab_label("status", s->status);
        lines[i] =
            (struct report_line){.label = label,
                                 .all = s->people,
                                 .href = url_make(a, "/participants", "status", s->status, NULL)};
        data[i] = (struct chart_datum){label, number(s->people), 0};
    }
    v->status_lines = lines;
    v->n_statuses = n;
    v->statuses =
        chart_bars(a, "chart-status", "People by engagement status",
                   "A bar for each status. The table below has the same numbers.", data, n);
}

static void show_funnel(struct arena *a, const struct report *r, struct report_view *v)
{
    size_t n = r->funnel->n;
    struct report_line *lines = ARENA_ARRAY(a, struct report_line, n + 1);
    struct chart_datum *data = ARENA_ARRAY(a, struct chart_datum, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct report_step *s = r->funnel->rows[i];
        const char *label = i == 0 ? "Made" : vocab_label("referral_state", s->step);
        lines[i] = (struct report_line){.label = label, .all = s->referrals};
        data[i] = (struct chart_datum){label, number(s->referrals), 0};
    }
    v->step_lines = lines;
    v->n_steps = n;
    v->funnel = chart_bars(a, "chart-funnel", "Referrals by the steps they reached",
                           "A bar for each step. The table below has the same numbers.", data, n);
}

static void show_weeks(struct arena *a, const struct report *r, struct report_view *v)
{
    size_t n = r->weeks->n;
    struct report_line *lines = ARENA_ARRAY(a, struct report_line, n + 1);
    struct chart_datum *data = ARENA_ARRAY(a, struct chart_datum, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct report_week *w = r->weeks->rows[i];
        const char *label = date_words(a, w->week);
        lines[i] = (struct report_line){.label = label, .all = w->contacts, .part = w->successful};
        data[i] = (struct chart_datum){label, number(w->contacts), number(w->successful)};
    }
    v->week_lines = lines;
    v->n_weeks = n;
    v->weeks = chart_columns(a, "chart-weeks", "Contacts by week",
                             "A column for each week. The table below has the same numbers.",
                             "All contacts", "Successful", data, n);
}

static void show_workers(struct arena *a, const struct report *r, struct report_view *v)
{
    size_t n = r->caseloads->n;
    const struct report_worker **rows = ARENA_ARRAY(a, const struct report_worker *, n + 1);
    const char **hrefs = ARENA_ARRAY(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        rows[i] = r->caseloads->rows[i];
        hrefs[i] = url_make(a, "/participants", "worker",
                            rows[i]->worker_id ? rows[i]->worker_id : "none", NULL);
    }
    v->workers = rows;
    v->worker_hrefs = hrefs;
    v->n_workers = n;
    if (n >= REPORT_WORKERS)
        v->most_workers = arena_printf(a, "%zu", n);
}

enum err web_reports(struct request *r, struct response *res)
{
    struct report report;
    enum err e = report_read(&r->ctx, &report);
    if (e)
        return e;
    struct arena *a = r->ctx.arena;
    struct report_view v = {.scope = scope_words(a, &report),
                            .people = report.people,
                            .since = date_words(a, report.since)};
    show_statuses(a, &report, &v);
    show_funnel(a, &report, &v);
    show_weeks(a, &report, &v);
    show_workers(a, &report, &v);
    struct page *page = web_page(r, res, "Reports");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Reports", NULL);
    v.page = page;
    tpl_report_page(&res->body, &v);
    return ERR_OK;
}
