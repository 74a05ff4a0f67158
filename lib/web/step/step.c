// SPDX-License-Identifier: MIT
#include "web/step/step.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "record/step.h"
#include "web/ui/view.h"

#include <string.h>

bool step_is(const char *value, const char *wanted)
{
    return value && strcmp(value, wanted) == 0;
}

struct step_boxes step_boxes(struct request *r, const char *name, const char *iso)
{
    struct arena *a = r->ctx.arena;
    struct step_boxes b = {0};
    int64_t days;
    int y, m, d;
    if (iso && date_parse(iso, &days)) {
        date_civil(days, &y, &m, &d);
        b = (struct step_boxes){arena_printf(a, "%d", d), arena_printf(a, "%d", m),
                                arena_printf(a, "%d", y)};
    }
    const char *parts[] = {arena_printf(a, "%s-day", name), arena_printf(a, "%s-month", name),
                           arena_printf(a, "%s-year", name)};
    if (!request_form(r, parts[0]) && !request_form(r, parts[1]) && !request_form(r, parts[2]))
        return b;
    return (struct step_boxes){request_form(r, parts[0]), request_form(r, parts[1]),
                               request_form(r, parts[2])};
}

const char *step_clock(struct arena *a, const char *what, const char *due, bool late)
{
    return due ? arena_printf(a, "%s%s%s%s", what, *what ? " " : "", date_words(a, due),
                              late ? ": late" : "")
               : NULL;
}

const char *step_days(struct arena *a, const char *n)
{
    return n ? arena_printf(a, "%s %s", n, strcmp(n, "1") == 0 ? "day" : "days") : NULL;
}

void step_crumbs(struct request *r, struct page *p, const char *list, const char *list_href,
                 const struct person_file *file, const char *here)
{
    page_crumb(p, "Home", "/");
    if (list)
        page_crumb(p, list, list_href);
    if (file && actor_may(r->ctx.actor, PERM_status_read))
        page_crumb(p, person_view_title(file),
                   arena_printf(r->ctx.arena, "/participants/%s", file->person.ref));
    page_crumb(p, here, NULL);
}

bool step_listed(struct arena *a, const char *array, const char *code)
{
    const char *const *items;
    size_t n = field_list(a, array, &items);
    for (size_t i = 0; i < n; i++)
        if (step_is(code, items[i]))
            return true;
    return false;
}

static bool only_one(const struct field_rows *events, const char *state)
{
    size_t n = 0;
    for (size_t i = 0; i < events->n; i++)
        n += step_is(((const struct step_event *)events->rows[i])->to_state, state);
    return n == 1;
}

// The words written with a step: of the same transaction, or of the only step of that name.
static const char *words_of(struct arena *a, const struct field_rows *events,
                            const struct field_rows *notes, const struct step_event *e)
{
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < notes->n; i++) {
        const struct step_note *n = notes->rows[i];
        bool loose = step_is(n->kind, "step_note") && step_is(n->at, e->at);
        bool named = step_is(n->to_state, e->to_state) &&
                     (step_is(n->at, e->at) || only_one(events, e->to_state));
        if (n->note && (loose || named))
            buf_printf(&b, "%s%s", b.n ? "\n\n" : "", n->note);
    }
    return b.n ? b.p : NULL;
}

const struct step_past *step_timeline(struct request *r, const struct field_rows *events,
                                      const struct field_rows *notes, const char *state_vocab,
                                      const char *reason_vocab, size_t *ret_n)
{
    struct arena *a = r->ctx.arena;
    struct step_past *past = ARENA_ARRAY(a, struct step_past, events->n + 1);
    for (size_t i = 0; i < events->n; i++) {
        const struct step_event *e = events->rows[events->n - 1 - i];
        const char *code = reason_vocab ? e->reason_code : NULL;
        past[i] = (struct step_past){
            .title = vocab_label(state_vocab, e->to_state),
            .when = time_words(a, e->at),
            .timestamp = e->at,
            .by = e->by,
            .words = words_of(a, events, notes, e),
            .facts =
                code && vocab_code(reason_vocab, code) ? vocab_label(reason_vocab, code) : NULL,
        };
    }
    *ret_n = events->n;
    return past;
}

const char *step_typed(struct request *r, const char *const *names)
{
    struct buf b;
    buf_init(&b, r->ctx.arena);
    for (; *names; names++) {
        const char *typed = request_form(r, *names);
        if (given(typed))
            buf_printf(&b, "%s%s", b.n ? "\n\n" : "", typed);
    }
    return b.n ? b.p : NULL;
}

bool step_shown_again(struct request *r, enum err e)
{
    return e == ERR_CONFLICT || e == ERR_STALE || (e == ERR_INVALID && r->ctx.problem.first);
}

void step_explain(struct request *r, enum err e, const char *state, const char *possible,
                  const char *state_vocab)
{
    struct arena *a = r->ctx.arena;
    const char *now = vocab_label(state_vocab, state);
    const char *const *items;
    size_t n = field_list(a, possible, &items);
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", vocab_label(state_vocab, items[i]));
    if (e == ERR_STALE)
        ctx_field_error(
            &r->ctx, "",
            arena_printf(a,
                         "Somebody else has changed this since you opened it. It is now "
                         "\"%s\". What you typed has not been saved: check, then save "
                         "again",
                         now));
    else if (e == ERR_CONFLICT)
        ctx_field_error(
            &r->ctx, "",
            n ? arena_printf(a,
                             "That step is not possible: it is now \"%s\". You can move "
                             "it to: %s",
                             now, b.p)
              : arena_printf(a,
                             "That step is not possible: it is now \"%s\", and there is "
                             "no step for you to take",
                             now));
}

const char *state_tag_classes(const char *state)
{
    static const struct {
        const char *state, *classes;
    } rows[] = {
        {"draft", "govuk-tag--grey"},          {"sent", "govuk-tag--yellow"},
        {"accepted", "govuk-tag--green"},      {"started", "govuk-tag--green"},
        {"declined", "govuk-tag--red"},        {"withdrawn", "govuk-tag--grey"},
        {"ended", "govuk-tag--grey"},          {"raised", "govuk-tag--orange"},
        {"under_review", "govuk-tag--yellow"}, {"approved", "govuk-tag--red"},
        {"action_due", "govuk-tag--red"},      {"not_approved", "govuk-tag--grey"},
        {"deferred", "govuk-tag--blue"},       {"action_taken", "govuk-tag--purple"},
        {"ready", "govuk-tag--green"},         {"failed", "govuk-tag--red"},
        {"running", "govuk-tag--yellow"},      {"suspended", "govuk-tag--purple"},
    };
    for (size_t i = 0; state && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].state, state) == 0)
            return rows[i].classes;
    return "govuk-tag--blue";
}
