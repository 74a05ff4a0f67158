// SPDX-License-Identifier: MIT
// Spreadsheets: upload, what each row gets, accept or throw away, result.
#include "web/import/views.h"

#include "base/clock.h"
#include "base/url.h"
#include "base/vocab.h"
#include "web/ui/view.h"

#include <stdlib.h>
#include <string.h>

static const char *state_classes(const char *state)
{
    return strcmp(state, "stored") == 0    ? "govuk-tag--green"
           : strcmp(state, "checked") == 0 ? "govuk-tag--yellow"
                                           : "govuk-tag--grey";
}

static const char *verdict_classes(const char *verdict)
{
    return strcmp(verdict, "ok") == 0     ? "govuk-tag--green"
           : strcmp(verdict, "warn") == 0 ? "govuk-tag--yellow"
                                          : "govuk-tag--red";
}

static bool is_late(const struct import_record *x)
{
    return x->late && strcmp(x->late, "true") == 0;
}

static const char *state_of(const struct import_record *x)
{
    return is_late(x) ? "expired" : x->state;
}

static long number(const char *s)
{
    return s ? strtol(s, NULL, 10) : 0;
}

static const char *counted(struct arena *a, long n, const char *one, const char *many)
{
    return arena_printf(a, "%ld %s", n, n == 1 ? one : many);
}

// ---- the form, and earlier imports ----

static struct import_line line_of(struct arena *a, const struct import_record *x)
{
    const char *state = state_of(x);
    bool stored = strcmp(state, "stored") == 0;
    return (struct import_line){
        .href = arena_printf(a, "/imports/%s", x->id),
        .when = time_words(a, x->requested_at),
        .kind = vocab_label("import_kind", x->kind),
        .rows = x->rows,
        .result = stored ? arena_printf(a, "%s added, %s left out", x->added, x->rejected) : NULL,
        .state = vocab_label("import_state", state),
        .classes = state_classes(state),
    };
}

static void offer_mappings(struct request *r, struct import_list_view *v)
{
    const struct mapping *const *all = import_mappings(&r->ctx, &v->n_mappings);
    struct ui_choice *items = ARENA_ARRAY(r->ctx.arena, struct ui_choice, v->n_mappings + 1);
    for (size_t i = 0; i < v->n_mappings; i++) {
        const char *name = mapping_name(r->ctx.arena, all[i]);
        items[i] = (struct ui_choice){
            .value = name,
            .text = all[i]->title ? all[i]->title : name,
            .checked = form_checked(r, "mapping", name, NULL) ? UI_YES : UI_NO,
        };
    }
    v->mappings = (struct ui_choices){items, v->n_mappings};
    v->mapping = v->n_mappings == 1 ? items[0].value : NULL;
}

static enum err show_list(struct request *r, struct response *res)
{
    struct arena *a = r->ctx.arena;
    const char *after = request_query(r, "after");
    struct import_list list;
    struct problem found = r->ctx.problem; // of the form, if it was posted
    r->ctx.problem = (struct problem){0};
    enum err e = import_list_read(&r->ctx, after && *after ? after : NULL, &list);
    if (e)
        return e;
    r->ctx.problem = found;
    struct import_line *lines = ARENA_ARRAY(a, struct import_line, list.rows.n + 1);
    for (size_t i = 0; i < list.rows.n; i++)
        lines[i] = line_of(a, list.rows.rows[i]);
    struct import_list_view v = {
        .r = r,
        .hidden = form_hidden(r),
        .kinds = form_choices(r, "import_kind", "kind", NULL),
        .lines = lines,
        .n = list.rows.n,
        .next_href = list.next ? url_make(a, "/imports", "after", list.next, NULL) : NULL,
        .later_page = after && *after,
    };
    offer_mappings(r, &v);
    struct page *page = web_page(r, res, "Import a spreadsheet");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Import", NULL);
    v.page = page;
    tpl_import_list(&res->body, &v);
    return ERR_OK;
}

enum err web_import_list(struct request *r, struct response *res)
{
    return show_list(r, res);
}

static enum err take_upload(struct request *r, struct import_upload *ret)
{
    for (size_t i = 0; i < r->n_uploads; i++) {
        const struct upload *u = &r->uploads[i];
        if (strcmp(u->field, "file") != 0 || (!*u->filename && !u->n))
            continue; // a browser sends a file without a name when none was chosen
        *ret = (struct import_upload){.name = u->filename, .p = u->p, .n = u->n};
        return ERR_OK;
    }
    ctx_field_error(&r->ctx, "file", "Choose a file");
    return ERR_INVALID;
}

enum err web_import_check(struct request *r, struct response *res)
{
    struct import_input in = {0};
    struct import_upload file = {0};
    const char *id;
    enum err e = web_form(r, &in), f = take_upload(r, &file);
    if (!e && !f)
        e = import_check(&r->ctx, &in, &file, &id);
    if (e == ERR_IDEMPOTENCY_MISMATCH) {
        // Back in the browser and another file chosen: that is another import.
        r->ctx.idempotency_key = NULL;
        r->ctx.problem = (struct problem){0};
        e = import_check(&r->ctx, &in, &file, &id);
    }
    if ((f || e == ERR_INVALID) && r->ctx.problem.first)
        return show_list(r, res);
    if (e)
        return web_replay(r, res, e);
    response_redirect(res, arena_printf(r->ctx.arena, "/imports/%s", id));
    return ERR_OK;
}

// ---- one import ----

static struct import_verdict_line *verdict_lines(struct arena *a, const struct field_rows *rows)
{
    struct import_verdict_line *to = ARENA_ARRAY(a, struct import_verdict_line, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++) {
        const struct import_row_verdict *v = rows->rows[i];
        long times = number(v->times);
        to[i] = (struct import_verdict_line){
            .row = v->row,
            .rows = v->rows && times > 12 ? arena_printf(a, "%s and %ld more", v->rows, times - 12)
                                          : v->rows,
            .times = v->times,
            .heading = v->heading,
            .message = v->message,
            .verdict = vocab_label("import_verdict", v->verdict),
            .classes = verdict_classes(v->verdict),
        };
    }
    return to;
}

static void offer_filters(struct arena *a, const struct import_record *x, const char *chosen,
                          struct import_show_view *v)
{
    const struct {
        const char *code, *label, *count;
    } rows[] = {{NULL, "All rows", x->rows},
                {"reject", "Rejected", x->rejected},
                {"warn", "Warnings", x->warned},
                {"ok", "OK", x->ok}};
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    struct import_filter *to = ARENA_ARRAY(a, struct import_filter, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        bool all = !rows[i].code;
        to[i] = (struct import_filter){
            .text = arena_printf(a, "%s (%s)", rows[i].label, rows[i].count),
            .href = url_make(a, arena_printf(a, "/imports/%s", x->id), "show", rows[i].code, NULL),
            .current = all ? !chosen : chosen && strcmp(chosen, rows[i].code) == 0,
        };
    }
    v->filters = to;
    v->n_filters = ROWS;
}

static const char *title_of(const struct import_record *x)
{
    const char *state = state_of(x);
    return strcmp(state, "checked") == 0  ? "Check what will be imported"
           : strcmp(state, "stored") == 0 ? "Spreadsheet imported"
                                          : "Nothing was imported";
}

static const char *mapping_words(struct request *r, const char *name)
{
    size_t n;
    const struct mapping *const *all = import_mappings(&r->ctx, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(mapping_name(r->ctx.arena, all[i]), name) == 0 && all[i]->title)
            return all[i]->title;
    return name;
}

static const char *hour_later(struct arena *a, const char *at)
{
    int64_t us;
    return time_parse(at, &us) ? time_words(a, time_iso(a, us + (int64_t)3600 * 1000000)) : NULL;
}

static struct import_show_view view_of(struct request *r, const struct import_page *p)
{
    struct arena *a = r->ctx.arena;
    const struct import_record *x = &p->record;
    long keep = number(x->rows) - number(x->rejected);
    return (struct import_show_view){
        .x = x,
        .title = title_of(x),
        .kind = vocab_label("import_kind", x->kind),
        .mapping = mapping_words(r, x->mapping),
        .checked = time_words(a, x->requested_at),
        .decided = x->decided_at ? time_words(a, x->decided_at) : NULL,
        .until = hour_later(a, x->requested_at),
        .waiting = strcmp(state_of(x), "checked") == 0,
        .stored = strcmp(x->state, "stored") == 0,
        .none = keep == 0,
        .some = number(x->rejected) > 0,
        .accept = arena_printf(a, "Import %s", counted(a, keep, "row", "rows")),
        .csrf = r->csrf,
        .problems = verdict_lines(a, &p->problems),
        .n_problems = p->problems.n,
        .lines = verdict_lines(a, &p->rows),
        .n = p->rows.n,
        .report_href = arena_printf(a, "/imports/%s/report", x->id),
    };
}

enum err web_import_show(struct request *r, struct response *res)
{
    struct arena *a = r->ctx.arena;
    const char *show = request_query(r, "show"), *after = request_query(r, "after");
    struct import_page p;
    show = show && vocab_code("import_verdict", show) ? show : NULL;
    enum err e = import_page_read(&r->ctx, request_param(r, "id"), show, after, &p);
    if (e)
        return e;
    struct import_show_view v = view_of(r, &p);
    offer_filters(a, &p.record, show, &v);
    if (p.next)
        v.next_href = url_make(a, arena_printf(a, "/imports/%s", p.record.id), "after", p.next, "show",
                               show, NULL);
    struct page *page = web_page(r, res, v.title);
    page_crumb(page, "Home", "/");
    page_crumb(page, "Import", "/imports");
    page_crumb(page, v.kind, NULL);
    v.page = page;
    tpl_import_show(&res->body, &v);
    return ERR_OK;
}

enum err web_import_report(struct request *r, struct response *res)
{
    enum err e = import_report_read(&r->ctx, request_param(r, "id"), &res->body);
    if (e) {
        buf_clear(&res->body);
        return e;
    }
    res->type = "text/csv; charset=utf-8";
    response_header(res, "Content-Disposition", "attachment; filename=\"import-report.csv\"");
    return ERR_OK;
}

// What was decided before is shown as it is.
static enum err decided(struct request *r, struct response *res, enum err e, const char *flash)
{
    if (e == ERR_CONFLICT && !r->ctx.problem.detail) {
        flash = "import_decided";
        e = ERR_OK;
    }
    if (e)
        return e;
    response_flash(r, res, flash);
    response_redirect(res, arena_printf(r->ctx.arena, "/imports/%s", request_param(r, "id")));
    return ERR_OK;
}

enum err web_import_accept(struct request *r, struct response *res)
{
    return decided(r, res, import_accept(&r->ctx, request_param(r, "id")), "import_done");
}

enum err web_import_cancel(struct request *r, struct response *res)
{
    return decided(r, res, import_cancel(&r->ctx, request_param(r, "id")), "import_cancelled");
}
