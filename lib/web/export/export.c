// SPDX-License-Identifier: MIT
// Evaluation exports: asking, how far it is, downloading.
#include "web/export/views.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/vocab.h"
#include "web/ui/view.h"

#include <stdlib.h>
#include <string.h>

static const char *state_classes(const char *state)
{
    static const struct {
        const char *state, *classes;
    } rows[] = {{"ready", "govuk-tag--green"},
                {"running", "govuk-tag--blue"},
                {"requested", "govuk-tag--light-blue"},
                {"failed", "govuk-tag--red"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(state, rows[i].state) == 0)
            return rows[i].classes;
    return "govuk-tag--grey";
}

static struct export_line line_of(struct arena *a, const struct export *x)
{
    return (struct export_line){
        .href = arena_printf(a, "/exports/%s", x->id),
        .when = time_words(a, x->requested_at),
        .who = x->requested_by ? x->requested_by : "Somebody of another site",
        .as_of = time_words(a, x->as_of),
        .site = x->site ? vocab_label("site", x->site) : "Every site",
        .state = vocab_label("export_state", x->state),
        .classes = state_classes(x->state),
    };
}

static enum err show_list(struct request *r, struct response *res)
{
    struct arena *a = r->ctx.arena;
    const char *after = request_query(r, "after");
    struct export_query q = {.limit = "20", .after = after && *after ? after : NULL};
    struct export_list list;
    struct problem found = r->ctx.problem; // of the form, if it was posted
    r->ctx.problem = (struct problem){0};
    enum err e = export_list_read(&r->ctx, &q, &list);
    if (e)
        return e;
    r->ctx.problem = found;
    struct export_line *lines = ARENA_ARRAY(a, struct export_line, list.rows.n + 1);
    for (size_t i = 0; i < list.rows.n; i++)
        lines[i] = line_of(a, list.rows.rows[i]);
    struct export_list_view v = {
        .lines = lines,
        .n = list.rows.n,
        .next_href = list.next ? url_make(a, "/exports", "after", list.next, NULL) : NULL,
        .later_page = q.after != NULL,
        .may_ask = actor_may(r->ctx.actor, PERM_export_request),
        .hidden = form_hidden(r),
        .kind = "evaluation",
        .as_of = form_value(r, "as_of", NULL),
        .reason = form_value(r, "reason", NULL),
        .as_of_error = form_error(r, "as_of"),
        .reason_error = form_error(r, "reason"),
    };
    struct page *page = web_page(r, res, "Evaluation exports");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Exports", NULL);
    v.page = page;
    tpl_export_list(&res->body, &v);
    return ERR_OK;
}

enum err web_export_list(struct request *r, struct response *res)
{
    return show_list(r, res);
}

enum err web_export_create(struct request *r, struct response *res)
{
    struct export_input in = {0};
    struct export x;
    struct create_reply reply = {.before = "/exports/"};
    enum err e = web_form(r, &in);
    if (!e)
        e = export_request(&r->ctx, &in, &reply, &x);
    if (e == ERR_INVALID && r->ctx.problem.first)
        return show_list(r, res);
    if (e)
        return web_replay(r, res, e);
    response_flash(r, res, "export_requested");
    response_redirect(res, arena_printf(r->ctx.arena, "/exports/%s", x.id));
    return ERR_OK;
}

static const char *size_words(struct arena *a, const char *bytes)
{
    if (!bytes)
        return NULL;
    double n = strtod(bytes, NULL);
    return n < 1e6 ? arena_printf(a, "%.0f KB", n / 1e3 < 1 ? 1 : n / 1e3)
                   : arena_printf(a, "%.1f MB", n / 1e6);
}

// Without scripts the page is asked for again by the browser, if the person wants that (WCAG 2.2.1:
// it is offered, and can be stopped), and not for ever: a session in use does not end.
static void keep_checking(struct request *r, struct response *res, struct export_show_view *v)
{
    enum { SECONDS = 5, TIMES_MOST = 240 };
    const char *typed = request_query(r, "watch");
    long times = typed ? strtol(typed, NULL, 10) : 0;
    struct arena *a = r->ctx.arena;
    v->watch_href = arena_printf(a, "%s?watch=1", v->line.href);
    v->watching = v->waiting && times > 0 && times <= TIMES_MOST;
    if (v->watching)
        response_header(res, "Refresh",
                        arena_printf(a, "%d; url=%s?watch=%ld", SECONDS, v->line.href, times + 1));
}

enum err web_export_show(struct request *r, struct response *res)
{
    struct export x;
    enum err e = export_read(&r->ctx, request_param(r, "id"), &x);
    if (e)
        return e;
    struct arena *a = r->ctx.arena;
    bool ready = strcmp(x.state, "ready") == 0;
    struct export_show_view v = {
        .x = &x,
        .line = line_of(a, &x),
        .ready = x.ready_at ? time_words(a, x.ready_at) : NULL,
        .expires = x.expires_at ? time_words(a, x.expires_at) : NULL,
        .size = size_words(a, x.bytes),
        .waiting = strcmp(x.state, "requested") == 0 || strcmp(x.state, "running") == 0,
    };
    keep_checking(r, res, &v);
    if (ready && actor_may(r->ctx.actor, PERM_export_read))
        v.download_href = arena_printf(a, "/exports/%s/file", x.id);
    struct page *page = web_page(r, res, "Evaluation export");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Exports", "/exports");
    page_crumb(page, "Export", NULL);
    v.page = page;
    tpl_export_show(&res->body, &v);
    return ERR_OK;
}

enum err web_export_file(struct request *r, struct response *res)
{
    struct export_file file;
    const struct config *config = r->host ? r->host->config : NULL;
    enum err e = config ? export_download(&r->ctx, config->data_dir, request_param(r, "id"), &file)
                        : ctx_fail(&r->ctx, ERR_INTERNAL, "no configuration");
    if (e)
        return e;
    res->file = file.path;
    res->type = "application/zip";
    response_header(res, "Content-Disposition",
                    arena_printf(r->ctx.arena, "attachment; filename=\"%s\"", file.name));
    return ERR_OK;
}
