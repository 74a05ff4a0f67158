// SPDX-License-Identifier: MIT
#include "domain/report/report.h"

#include "base/clock.h"
#include "base/vocab.h"

#include <stdlib.h>
#include <string.h>

#define AT(row, field) .name = #field, .offset = offsetof(struct row, field)
#define COUNT(row, field, words, more)                                                             \
    {                                                                                              \
        AT(row, field), .type = FIELD_INT, .label = words, .help = more                            \
    }

static const struct field status_rows[] = {
    {AT(report_status, status), .type = FIELD_CODE, .vocab = "status", .label = "Engagement status",
     .help = "As the status card says today."},
    COUNT(report_status, people, "People", "How many."),
};
const struct field_table report_status_table =
    FIELD_TABLE("ReportStatus", struct report_status, status_rows);

static const struct field step_rows[] = {
    {AT(report_step, step), .type = FIELD_CODE, .vocab = "referral_state", .label = "Step",
     .help = "A step that the referrals have reached, whatever came after."},
    COUNT(report_step, referrals, "Referrals", "How many have reached it."),
};
const struct field_table report_step_table =
    FIELD_TABLE("ReportStep", struct report_step, step_rows);

static const struct field week_rows[] = {
    {AT(report_week, week), .type = FIELD_DATE, .label = "Week", .help = "Its Monday."},
    COUNT(report_week, contacts, "Contacts", "Contacts and attempts that happened in the week."),
    COUNT(report_week, successful, "Successful", "Those that reached the person."),
};
const struct field_table report_week_table =
    FIELD_TABLE("ReportWeek", struct report_week, week_rows);

static const struct field worker_rows[] = {
    {AT(report_worker, worker_id), .type = FIELD_UUID, .label = "Worker id",
     .help = "Null for people without a worker."},
    {AT(report_worker, worker), .type = FIELD_TEXT, .label = "Worker",
     .help = "Name of the worker."},
    COUNT(report_worker, people, "People", "Open cases."),
    COUNT(report_worker, engaged, "Engaged", "Open cases with this status."),
    COUNT(report_worker, wavering, "Wavering", "Open cases with this status."),
    COUNT(report_worker, disengaged, "Disengaged", "Open cases with this status."),
    COUNT(report_worker, other, "Other", "Not yet offered, declined or suspended."),
    COUNT(report_worker, closed, "Closed", "Closed cases, not counted as people."),
    COUNT(report_worker, overdue, "Overdue", "Open cases whose next contact is overdue."),
};
const struct field_table report_worker_table =
    FIELD_TABLE("ReportWorker", struct report_worker, worker_rows);

#define ROWS(field, table, words)                                                                  \
    {                                                                                              \
        AT(report, field), .type = FIELD_OBJECTS, .label = words, .help = words, .sub = &table     \
    }
static const struct field report_rows[] = {
    {AT(report, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Whose people are counted; null for every site."},
    {AT(report, team), .type = FIELD_TEXT, .label = "Team", .help = "Null for the whole site."},
    COUNT(report, people, "People", "Everybody, closed cases included."),
    {AT(report, since), .type = FIELD_DATE, .label = "Since",
     .help = "First day of what is counted over time."},
    ROWS(statuses, report_status_table, "People by engagement status"),
    ROWS(funnel, report_step_table, "Referrals sent since that day, by the steps they reached"),
    ROWS(weeks, report_week_table, "Contacts by week"),
    ROWS(caseloads, report_worker_table, "Open cases by worker, of the first 100 workers by name"),
};
const struct field_table report_table = FIELD_TABLE("Report", struct report, report_rows);

// ---- making ----

struct tally {
    struct ctx *ctx;
    const struct db_pipeline *pl;
    size_t people, workers, funnel, weeks;
    int64_t first; // Monday of the first week
};

static const char *number(struct ctx *ctx, long n)
{
    return arena_printf(ctx->arena, "%ld", n);
}

static long value(const struct tally *t, size_t i, size_t row, const char *column)
{
    const char *s = db_get(t->pl, i, row, column);
    return s ? strtol(s, NULL, 10) : 0;
}

static const struct field_rows *rows_of(struct ctx *ctx, const struct field_table *table,
                                        const void *const *rows, size_t n)
{
    struct field_rows *r = ARENA_NEW(ctx->arena, struct field_rows);
    *r = (struct field_rows){table, rows, n};
    return r;
}

// Every status of the vocabulary has its row, none is left out for being empty.
static const struct field_rows *statuses(const struct tally *t, long *ret_all)
{
    struct ctx *ctx = t->ctx;
    const struct vocab *v = vocab_find("status");
    size_t n = v ? v->n : 0;
    const void **rows = ARENA_ARRAY(ctx->arena, const void *, n + 1);
    *ret_all = 0;
    for (size_t i = 0; i < n; i++) {
        long people = 0;
        for (size_t row = 0; row < db_nrows(t->pl, t->people); row++)
            if (strcmp(db_get(t->pl, t->people, row, "status"), v->codes[i].code) == 0)
                people += value(t, t->people, row, "people");
        struct report_status *s = ARENA_NEW(ctx->arena, struct report_status);
        *s = (struct report_status){v->codes[i].code, number(ctx, people)};
        rows[i] = s;
        *ret_all += people;
    }
    return rows_of(ctx, &report_status_table, rows, n);
}

static const struct field_rows *funnel(const struct tally *t)
{
    static const char *const steps[] = {"sent",  "accepted", "started",
                                        "ended", "declined", "withdrawn"};
    enum { STEPS = sizeof(steps) / sizeof(steps[0]) };
    const void **rows = ARENA_ARRAY(t->ctx->arena, const void *, STEPS);
    for (size_t i = 0; i < STEPS; i++) {
        struct report_step *s = ARENA_NEW(t->ctx->arena, struct report_step);
        *s = (struct report_step){steps[i], number(t->ctx, value(t, t->funnel, 0, steps[i]))};
        rows[i] = s;
    }
    return rows_of(t->ctx, &report_step_table, rows, STEPS);
}

static const struct field_rows *weeks(const struct tally *t)
{
    const void **rows = ARENA_ARRAY(t->ctx->arena, const void *, REPORT_WEEKS);
    for (int i = 0; i < REPORT_WEEKS; i++) {
        struct report_week *w = ARENA_NEW(t->ctx->arena, struct report_week);
        *w = (struct report_week){date_iso(t->ctx->arena, t->first + 7 * i), "0", "0"};
        for (size_t row = 0; row < db_nrows(t->pl, t->weeks); row++)
            if (strcmp(db_get(t->pl, t->weeks, row, "week"), w->week) == 0) {
                w->contacts = db_get(t->pl, t->weeks, row, "contacts");
                w->successful = db_get(t->pl, t->weeks, row, "successful");
            }
        rows[i] = w;
    }
    return rows_of(t->ctx, &report_week_table, rows, REPORT_WEEKS);
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

// The rows of one worker follow one another.
static const struct report_worker *one_worker(const struct tally *t, size_t from, size_t to)
{
    long engaged = 0, wavering = 0, disengaged = 0, other = 0, closed = 0, overdue = 0;
    for (size_t row = from; row < to; row++) {
        const char *status = db_get(t->pl, t->workers, row, "status");
        long n = value(t, t->workers, row, "people");
        *(strcmp(status, "engaged") == 0      ? &engaged
          : strcmp(status, "wavering") == 0   ? &wavering
          : strcmp(status, "disengaged") == 0 ? &disengaged
          : strcmp(status, "closed") == 0     ? &closed
                                              : &other) += n;
        overdue += value(t, t->workers, row, "overdue");
    }
    struct report_worker *w = ARENA_NEW(t->ctx->arena, struct report_worker);
    *w = (struct report_worker){
        .worker_id = db_get(t->pl, t->workers, from, "worker_id"),
        .worker = db_get(t->pl, t->workers, from, "worker"),
        .people = number(t->ctx, engaged + wavering + disengaged + other),
        .engaged = number(t->ctx, engaged),
        .wavering = number(t->ctx, wavering),
        .disengaged = number(t->ctx, disengaged),
        .other = number(t->ctx, other),
        .closed = number(t->ctx, closed),
        .overdue = number(t->ctx, overdue),
    };
    return w;
}

static const struct field_rows *caseloads(const struct tally *t)
{
    size_t all = db_nrows(t->pl, t->workers), n = 0;
    const void **rows = ARENA_ARRAY(t->ctx->arena, const void *, all + 1);
    for (size_t from = 0, to; from < all; from = to) {
        const char *id = db_get(t->pl, t->workers, from, "worker_id");
        for (to = from + 1; to < all && same(id, db_get(t->pl, t->workers, to, "worker_id")); to++)
            ;
        rows[n++] = one_worker(t, from, to);
    }
    return rows_of(t->ctx, &report_worker_table, rows, n);
}

enum err report_read(struct ctx *ctx, struct report *ret)
{
    struct tally t = {.ctx = ctx};
    int64_t today = date_today();
    int64_t monday = today - (today + 3) % 7; // 1 January 1970 was a Thursday
    t.first = monday - 7 * (REPORT_WEEKS - 1);
    const char *since = date_iso(ctx->arena, t.first);
    struct access_tx tx = access_begin(ctx, PERM_report_read, NULL);
    t.people = db_add(tx.pl, DB_CALL0(report_people));
    t.workers = db_add(tx.pl, DB_CALL(report_workers, .workers = REPORT_WORKERS));
    t.funnel = db_add(tx.pl, DB_CALL(report_funnel, .since = since));
    t.weeks = db_add(tx.pl, DB_CALL(report_weeks, .first_monday = since));
    access_audit(ctx, &tx, AUDIT_report_viewed, NULL, NULL, NULL);
    enum err e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    t.pl = tx.pl;
    long all;
    *ret = (struct report){
        .site = ctx->actor->site,
        .team = ctx->actor->role == ROLE_TEAM_LEAD ? ctx->actor->team_name : NULL,
        .since = since,
        .statuses = statuses(&t, &all),
        .funnel = funnel(&t),
        .weeks = weeks(&t),
        .caseloads = caseloads(&t),
    };
    ret->people = number(ctx, all);
    return ERR_OK;
}
