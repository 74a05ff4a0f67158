// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { DAY = 86400 };

static _Atomic int64_t wall_offset;

uint64_t clock_mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

int64_t clock_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 + atomic_load(&wall_offset);
}

void clock_set_offset(int64_t us)
{
    atomic_store(&wall_offset, us);
}

bool clock_zone_ok(const char *name)
{
    char path[256] = "/usr/share/zoneinfo/";
    if (!*name || name[0] == '/' || strstr(name, "..") ||
        strlen(path) + strlen(name) >= sizeof(path))
        return false;
    strcat(path, name);
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool clock_set_zone(const char *name)
{
    // The C library takes an unknown zone for UTC without a word, so look first.
    if (!clock_zone_ok(name) || setenv("TZ", name, 1) != 0)
        return false;
    tzset();
    return true;
}

static int64_t floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

static struct tm local(int64_t us)
{
    time_t t = (time_t)floor_div(us, 1000000);
    struct tm tm = {0};
    localtime_r(&t, &tm);
    return tm;
}

int64_t date_today(void)
{
    struct tm tm = local(clock_now_us());
    int64_t days = 0;
    return date_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &days) ? days : 0;
}

// HH:MM:SS with an optional fraction of 1 to 9 digits, cut to microseconds. A leap second is
// refused: no clock here can show one.
static bool scan_clock(const char **s, int64_t *ret_us)
{
    int h = date_digits(s, 2);
    if (h < 0 || h > 23 || !date_char(s, ':'))
        return false;
    int m = date_digits(s, 2);
    if (m < 0 || m > 59 || !date_char(s, ':'))
        return false;
    int sec = date_digits(s, 2);
    if (sec < 0 || sec > 59)
        return false;
    int64_t fraction = 0;
    if (date_char(s, '.')) {
        int n = 0;
        for (; **s >= '0' && **s <= '9'; (*s)++, n++)
            if (n < 6)
                fraction = 10 * fraction + (**s - '0');
        if (n < 1 || n > 9)
            return false;
        for (; n < 6; n++)
            fraction *= 10;
    }
    *ret_us = ((int64_t)h * 3600 + m * 60 + sec) * 1000000 + fraction;
    return true;
}

// Z, +hh:mm; and in PostgreSQL's form also +hh and +hh:mm:ss (old local mean times).
static bool scan_zone(const char **s, bool pg, int64_t *ret_seconds)
{
    if (!pg && (date_char(s, 'Z') || date_char(s, 'z'))) {
        *ret_seconds = 0;
        return true;
    }
    int sign = **s == '-' ? -1 : 1;
    if (!date_char(s, '+') && !date_char(s, '-'))
        return false;
    int h = date_digits(s, 2), m = 0, sec = 0;
    if (h < 0 || h > 23)
        return false;
    if (date_char(s, ':')) {
        m = date_digits(s, 2);
        if (pg && m >= 0 && date_char(s, ':'))
            sec = date_digits(s, 2);
    } else if (!pg) {
        return false;
    }
    if (m < 0 || m > 59 || sec < 0 || sec > 59)
        return false;
    *ret_seconds = sign * ((int64_t)h * 3600 + m * 60 + sec);
    return true;
}

static bool scan_time(const char *s, bool pg, int64_t *ret_us)
{
    int64_t days, of_day, zone;
    if (!s || !date_scan(&s, &days))
        return false;
    if (pg ? !date_char(&s, ' ') : !date_char(&s, 'T') && !date_char(&s, 't'))
        return false;
    if (!scan_clock(&s, &of_day) || !scan_zone(&s, pg, &zone) || *s)
        return false;
    *ret_us = (days * DAY - zone) * 1000000 + of_day;
    return true;
}

bool time_parse(const char *s, int64_t *ret_us)
{
    return scan_time(s, false, ret_us);
}

bool time_parse_pg(const char *s, int64_t *ret_us)
{
    return scan_time(s, true, ret_us) || scan_time(s, false, ret_us);
}

char *time_iso(struct arena *a, int64_t us)
{
    int64_t seconds = floor_div(us, 1000000);
    int64_t days = floor_div(seconds, DAY);
    int fraction = (int)(us - seconds * 1000000);
    int of_day = (int)(seconds - days * DAY);
    int y, m, d;
    date_civil(days, &y, &m, &d);
    char *s = arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", y, m, d, of_day / 3600,
                           of_day / 60 % 60, of_day % 60, fraction);
    size_t n = strlen(s) - 1; // at the Z: drop the fraction's closing zeros, and a bare point
    while (s[n - 1] == '0' && fraction != 0)
        n--;
    if (fraction == 0)
        n -= 7;
    s[n] = 'Z';
    s[n + 1] = '\0';
    return s;
}

bool time_from_local(const char *date_iso_, const char *hhmm, int64_t *ret_us)
{
    int64_t days;
    if (!hhmm || !date_parse(date_iso_, &days))
        return false;
    int h = date_digits(&hhmm, 2);
    if (h < 0 || h > 23 || !date_char(&hhmm, ':'))
        return false;
    int m = date_digits(&hhmm, 2);
    if (m < 0 || m > 59 || *hhmm)
        return false;
    int64_t wall = days * DAY + h * 3600 + m * 60;
    // The zone's offset a day before and a day after are the only two that can hold at this wall
    // time. The larger offset gives the earlier instant. mktime() is no help: which of two
    // instants it picks, and what it makes of a time in the gap, is not defined.
    int64_t before = local((wall - DAY) * 1000000).tm_gmtoff;
    int64_t after = local((wall + DAY) * 1000000).tm_gmtoff;
    int64_t offsets[] = {before > after ? before : after, before > after ? after : before};
    for (int i = 0; i < 2; i++) {
        int64_t instant = wall - offsets[i];
        if (local(instant * 1000000).tm_gmtoff == offsets[i]) {
            *ret_us = instant * 1000000;
            return true;
        }
    }
    return false;
}

char *time_local_date(struct arena *a, int64_t us)
{
    struct tm tm = local(us);
    return arena_printf(a, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

char *time_local_hhmm(struct arena *a, int64_t us)
{
    struct tm tm = local(us);
    return arena_printf(a, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

char *time_words(struct arena *a, const char *text)
{
    int64_t us;
    if (!time_parse_pg(text, &us))
        return date_words(a, text);
    struct tm tm = local(us);
    char *date = date_words(a, time_local_date(a, us));
    // GOV.UK style: 10am, 10:30am, midday, midnight.
    if (tm.tm_min == 0 && tm.tm_hour % 12 == 0)
        return arena_printf(a, "%s at %s", date, tm.tm_hour ? "midday" : "midnight");
    int hour = tm.tm_hour % 12 ? tm.tm_hour % 12 : 12;
    const char *half = tm.tm_hour < 12 ? "am" : "pm";
    if (tm.tm_min == 0)
        return arena_printf(a, "%s at %d%s", date, hour, half);
    return arena_printf(a, "%s at %d:%02d%s", date, hour, tm.tm_min, half);
}
