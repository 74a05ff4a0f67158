// SPDX-License-Identifier: MIT
#include "base/calendar.h"

#include "base/assert.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static int month_days(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return days[m - 1] + (m == 2 && leap);
}

// Howard Hinnant's days_from_civil and civil_from_days: eras of 400 years from 1 March 0000.
bool date_days(int y, int m, int d, int64_t *ret_days)
{
    if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
        return false;
    int64_t year = y - (m <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    *ret_days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return true;
}

void date_civil(int64_t days, int *y, int *m, int *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t mp = (5 * of_year + 2) / 153;
    *d = (int)(of_year - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(year + era * 400 + (*m <= 2));
}

int date_digits(const char **s, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return -1;
        v = 10 * v + (**s - '0');
    }
    return v;
}

bool date_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

bool date_scan(const char **s, int64_t *ret_days)
{
    int y = date_digits(s, 4);
    if (y < 0 || !date_char(s, '-'))
        return false;
    int m = date_digits(s, 2);
    if (m < 0 || !date_char(s, '-'))
        return false;
    int d = date_digits(s, 2);
    return d > 0 && date_days(y, m, d, ret_days);
}

bool date_parse(const char *s, int64_t *ret_days)
{
    int64_t days;
    if (!s || !date_scan(&s, &days) || *s)
        return false;
    *ret_days = days;
    return true;
}

char *date_iso(struct arena *a, int64_t days)
{
    int y, m, d;
    date_civil(days, &y, &m, &d);
    return arena_printf(a, "%04d-%02d-%02d", y, m, d);
}

char *date_words(struct arena *a, const char *iso)
{
    int64_t days;
    if (!iso)
        return arena_strdup(a, "");
    if (!date_parse(iso, &days))
        return arena_strdup(a, iso);
    int y, m, d;
    date_civil(days, &y, &m, &d);
    return arena_printf(a, "%d %s %d", d, month_name(m), y);
}

// ---- months ----

static const char *const months[12] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};

const char *month_name(int m)
{
    ASSERT(m >= 1 && m <= 12);
    return months[m - 1];
}

int month_named(const char *word, size_t n)
{
    // Three letters tell all twelve apart.
    for (int m = 1; m <= 12 && n >= 3; m++)
        if (strncasecmp(word, months[m - 1], n) == 0)
            return m;
    return 0;
}

int month_typed(const char *s)
{
    size_t n = strlen(s), digits = strspn(s, "0123456789");
    if (digits != n)
        return month_named(s, n);
    int m = n >= 1 && n <= 2 ? date_digits(&s, (int)n) : 0;
    return m <= 12 ? m : 0;
}

// ---- dates as people type them ----

static int full_year(int y, size_t digits, int64_t today)
{
    if (digits != 2)
        return y;
    int now, m, d;
    date_civil(today, &now, &m, &d);
    return y + (y > now % 100 ? now / 100 * 100 - 100 : now / 100 * 100);
}

static bool number_part(const char *p, size_t n, int *ret)
{
    if (n < 1 || n > 4)
        return false;
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)p[i]))
            return false;
        v = v * 10 + (p[i] - '0');
    }
    *ret = v;
    return true;
}

static bool eight_digits(const char *s, int64_t *ret_days)
{
    int y, m, d;
    return strlen(s) == 8 && number_part(s, 2, &d) && number_part(s + 2, 2, &m) &&
           number_part(s + 4, 4, &y) && y > 1900 && date_days(y, m, d, ret_days);
}

bool date_typed(const char *typed, int64_t today, int64_t *ret_days)
{
    const char *part[3];
    size_t n[3], parts = 0;
    for (const char *p = typed; *p;) {
        p += strspn(p, " \t/.-,");
        size_t len = strcspn(p, " \t/.-,");
        if (!len)
            break;
        if (parts == 3)
            return false;
        part[parts] = p;
        n[parts++] = len;
        p += len;
    }
    if (parts == 1)
        return eight_digits(part[0], ret_days);
    if (parts != 3)
        return false;
    int y, m, d;
    if (n[0] == 4 && isdigit((unsigned char)part[0][3])) // 2004-03-12, unlike 21st March 2004
        return number_part(part[0], 4, &y) && number_part(part[1], n[1], &m) && n[1] <= 2 &&
               number_part(part[2], n[2], &d) && n[2] <= 2 && date_days(y, m, d, ret_days);
    m = month_named(part[1], n[1]);
    if (!m && (n[1] > 2 || !number_part(part[1], n[1], &m)))
        return false;
    size_t day = n[0]; // 2nd, 21st
    if (day > 2 && !isdigit((unsigned char)part[0][day - 1]))
        day -= 2;
    return day <= 2 && number_part(part[0], day, &d) && (n[2] == 2 || n[2] == 4) &&
           number_part(part[2], n[2], &y) && date_days(full_year(y, n[2], today), m, d, ret_days);
}
