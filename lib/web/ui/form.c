// SPDX-License-Identifier: MIT
// Decoding a posted form through its field table. Dates and times come in boxes that people fill in
// by hand, so several ways of writing them are understood; what cannot be is said in words.
#include "web/ui/view.h"

#include "base/assert.h"
#include "base/clock.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *part(struct request *r, const char *name, const char *suffix)
{
    const char *s = request_form(r, arena_printf(r->ctx.arena, "%s-%s", name, suffix));
    if (!s)
        return NULL;
    while (isspace((unsigned char)*s))
        s++;
    size_t n = strlen(s);
    while (n && isspace((unsigned char)s[n - 1]))
        n--;
    return arena_strndup(r->ctx.arena, s, n);
}

static bool refuse(struct request *r, const struct field *f, const char *words)
{
    ctx_field_error(&r->ctx, f->name, arena_printf(r->ctx.arena, "%s %s", f->label, words));
    return false;
}

static bool to_number(const char *s, size_t least, size_t most, int *ret)
{
    size_t n = strlen(s);
    if (n < least || n > most || strspn(s, "0123456789") != n)
        return false;
    *ret = atoi(s);
    return true;
}

// The three boxes as YYYY-MM-DD; *ret NULL when all are empty. False with the error told.
static bool take_boxes(struct request *r, const struct field *f, const char **ret)
{
    const char *d = part(r, f->name, "day"), *m = part(r, f->name, "month"),
               *y = part(r, f->name, "year");
    bool no_d = !d || !*d, no_m = !m || !*m, no_y = !y || !*y;
    *ret = NULL;
    if (no_d && no_m && no_y)
        return true;
    if (no_d || no_m || no_y)
        return refuse(r, f,
                      no_d   ? "must include a day"
                      : no_m ? "must include a month"
                             : "must include a year");
    int day, year;
    int64_t days;
    if (!to_number(y, 4, 4, &year))
        return refuse(r, f, "must include a year of 4 numbers, like 2026");
    if (!to_number(d, 1, 2, &day) || !date_days(year, month_typed(m), day, &days))
        return refuse(r, f, "must be a real date");
    *ret = date_iso(r->ctx.arena, days);
    return true;
}

// "9:30", "9.30", "930", "0930"; an hour alone only where am or pm was said.
static bool split_time(char *s, bool hour_alone, int *ret_hour, int *ret_minute)
{
    char *mark = strpbrk(s, ":.");
    size_t n = strlen(s);
    if (mark) {
        *mark = '\0';
        return to_number(s, 1, 2, ret_hour) && to_number(mark + 1, 2, 2, ret_minute);
    }
    if (n <= 2) {
        *ret_minute = 0;
        return hour_alone && to_number(s, 1, 2, ret_hour);
    }
    if (!to_number(s + n - 2, 2, 2, ret_minute))
        return false;
    s[n - 2] = '\0';
    return to_number(s, 1, 2, ret_hour);
}

// A time of day as people write it, as HH:MM; NULL if it is none.
static const char *to_hhmm(struct arena *a, const char *typed)
{
    char *s = arena_strdup(a, typed);
    size_t n = strlen(s);
    int half = 0, hour, minute;
    if (n > 2 && tolower((unsigned char)s[n - 1]) == 'm' && strchr("aApP", s[n - 2])) {
        half = tolower((unsigned char)s[n - 2]);
        for (n -= 2; n && s[n - 1] == ' ';)
            n--;
        s[n] = '\0';
    }
    if (!split_time(s, half, &hour, &minute) || (half && (hour < 1 || hour > 12)))
        return NULL;
    if (half)
        hour = hour % 12 + (half == 'p' ? 12 : 0);
    return hour < 24 && minute < 60 ? arena_printf(a, "%02d:%02d", hour, minute) : NULL;
}

static bool take_date(struct request *r, const struct field *f, void *record)
{
    const char *value = request_form(r, f->name);
    if (!value && !take_boxes(r, f, &value))
        return false;
    return field_set(&r->ctx, f, record, value);
}

// NAME alone (RFC 3339), or a date (one box or three) and a time of day, both local.
static bool take_time(struct request *r, const struct field *f, void *record)
{
    const char *whole = request_form(r, f->name), *date = part(r, f->name, "date"),
               *time = part(r, f->name, "time");
    if (whole)
        return field_set(&r->ctx, f, record, whole);
    if (!date && !take_boxes(r, f, &date))
        return false;
    bool no_date = !date || !*date, no_time = !time || !*time;
    if (no_date && (no_time || !(f->flags & FIELD_REQUIRED)))
        return true; // absent; if it is required that is told with the others
    if (no_date || no_time)
        return refuse(r, f, no_date ? "must include a date" : "must include a time, like 14:30");
    const char *hhmm = to_hhmm(r->ctx.arena, time);
    int64_t days, us;
    if (!hhmm)
        return refuse(r, f, "must include a time, like 14:30");
    if (!date_parse(date, &days) || !time_from_local(date, hhmm, &us))
        return refuse(r, f, "must be a real date and time");
    return field_set(&r->ctx, f, record, time_iso(r->ctx.arena, us));
}

static void take(struct request *r, const struct field *f, void *record)
{
    const char *const *all;
    if (f->type == FIELD_DATE) {
        (void)take_date(r, f, record);
    } else if (f->type == FIELD_TIME) {
        (void)take_time(r, f, record);
    } else {
        size_t n = request_form_all(r, f->name, &all);
        (void)field_set_list(&r->ctx, f, record, all, n);
    }
}

enum err web_form_sized(struct request *r, void *ret_record, size_t size)
{
    const struct field_table *t = r->route->body;
    ASSERT(t && t->size == size);
    for (size_t i = 0; i < t->n; i++)
        if (!(t->fields[i].flags & FIELD_READONLY) && t->fields[i].type != FIELD_OBJECTS)
            take(r, &t->fields[i], ret_record);
    (void)field_check_required(&r->ctx, t, ret_record);
    return r->ctx.problem.first ? ERR_INVALID : ERR_OK;
}

struct date_boxes form_date_boxes(struct arena *a, const char *iso)
{
    int64_t days;
    int y, m, d;
    if (!date_parse(iso, &days))
        return (struct date_boxes){0};
    date_civil(days, &y, &m, &d);
    return (struct date_boxes){arena_printf(a, "%d", d), arena_printf(a, "%d", m),
                               arena_printf(a, "%d", y)};
}
