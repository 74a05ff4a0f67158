// SPDX-License-Identifier: MIT
// The audit log, filtered, read only.
#include "web/report/audit_views.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "web/ui/view.h"

#include <stdlib.h>
#include <string.h>

static const char *asked(struct request *r, const char *name)
{
    const char *s = request_query(r, name);
    return s && *s ? s : NULL;
}

static const char *day_asked(struct request *r, const char *name, const char **ret_error)
{
    const char *typed = asked(r, name);
    int64_t days;
    if (!typed)
        return NULL;
    if (date_typed(typed, date_today(), &days))
        return date_iso(r->ctx.arena, days);
    *ret_error = "Enter a real date, like 17/5/2026";
    ctx_field_error(&r->ctx, name, *ret_error);
    return NULL;
}

static struct ui_options action_options(struct request *r, const char *chosen)
{
    struct ui_option *items = ARENA_ARRAY(r->ctx.arena, struct ui_option, AUDIT_COUNT);
    items[0] = (struct ui_option){.value = "", .text = "Everything"};
    for (int a = 1; a < AUDIT_COUNT; a++) {
        const struct audit_row *row = audit_row((enum audit_action)a);
        items[a] = (struct ui_option){
            .value = row->code, .text = row->words,
            .selected = chosen && strcmp(chosen, row->code) == 0 ? UI_YES : UI_NO};
    }
    return (struct ui_options){items, AUDIT_COUNT};
}

static const char *action_words(const char *code)
{
    for (int a = 1; a < AUDIT_COUNT; a++)
        if (strcmp(audit_row((enum audit_action)a)->code, code) == 0)
            return audit_row((enum audit_action)a)->words;
    return code;
}

static const char *people_words(struct arena *a, const struct audit_event *e)
{
    if (!e->refs)
        return NULL;
    return strtol(e->people, NULL, 10) > 5 ? arena_printf(a, "%s and others, %s in all", e->refs, e->people)
                                           : e->refs;
}

static struct audit_line line_of(struct arena *a, const struct audit_event *e)
{
    enum role role;
    return (struct audit_line){
        .when = time_words(a, e->at),
        .who = e->user_name ? e->user_name : strcmp(e->role, "system") == 0 ? "The system" : "Nobody",
        .role = role_find(e->role, &role) ? role_words(role) : NULL,
        .what = action_words(e->action),
        .operation = e->operation,
        .people = people_words(a, e),
        .remote = e->remote,
    };
}

enum err web_audit(struct request *r, struct response *res)
{
    struct audit_page_view v = {
        .from = asked(r, "from"), .to = asked(r, "to"), .user = asked(r, "user"),
        .ref = asked(r, "ref"), .action = asked(r, "action")};
    struct audit_query q = {
        .from = day_asked(r, "from", &v.from_error),
        .to = day_asked(r, "to", &v.to_error),
        .user = v.user, .ref = v.ref, .action = v.action, .after = asked(r, "after")};
    if (q.from && q.to && strcmp(q.from, q.to) > 0) {
        v.to_error = "To must be the same as or after From";
        ctx_field_error(&r->ctx, "to", v.to_error);
        q.to = NULL;
    }
    struct audit_list list;
    enum err e = audit_list_read(&r->ctx, &q, &list);
    if (e)
        return e;
    struct audit_line *lines = ARENA_ARRAY(r->ctx.arena, struct audit_line, list.rows.n + 1);
    for (size_t i = 0; i < list.rows.n; i++)
        lines[i] = line_of(r->ctx.arena, list.rows.rows[i]);
    v.lines = lines;
    v.n = list.rows.n;
    v.next = list.next;
    v.actions = action_options(r, v.action);
    v.filtered = v.from || v.to || v.user || v.ref || v.action;
    struct page *page = web_page(r, res, "Audit log");
    page_crumb(page, "Home", "/");
    page_crumb(page, "Audit log", NULL);
    v.page = page;
    tpl_audit_page(&res->body, &v);
    return ERR_OK;
}
