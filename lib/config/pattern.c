// SPDX-License-Identifier: MIT
#include "config/pattern.h"

#include "base/calendar.h"

#include <ctype.h>
#include <string.h>

enum token {
    DAY,
    MONTH,
    MON,
    YEAR2,
    YEAR4,
    HOUR,
    MINUTE,
    SECOND,
    HHMM,
    HOURS,
    AMPM,
    SERIAL,
    TOKENS
};
static const struct {
    const char *name;
    int least, most; // digits
} tokens[TOKENS] = {
    [DAY] = {"{d}", 1, 2},       [MONTH] = {"{m}", 1, 2},    [MON] = {"{mon}", 0, 0},
    [YEAR2] = {"{yy}", 2, 2},    [YEAR4] = {"{yyyy}", 4, 4}, [HOUR] = {"{h}", 1, 2},
    [MINUTE] = {"{min}", 1, 4},  [SECOND] = {"{s}", 1, 2},   [HHMM] = {"{hhmm}", 4, 4},
    [HOURS] = {"{hours}", 1, 2}, [AMPM] = {"{ampm}", 0, 0},  [SERIAL] = {"{serial}", 4, 6},
};

static int token_at(const char *p)
{
    for (int i = 0; i < TOKENS; i++)
        if (strncmp(p, tokens[i].name, strlen(tokens[i].name)) == 0)
            return i;
    return TOKENS;
}

const char *pattern_check(const char *pattern)
{
    bool seen[TOKENS] = {0}, any = false;
    for (const char *p = pattern; *p;) {
        if (*p == '}')
            return "a } without its {";
        if (*p != '{') {
            p++;
            continue;
        }
        int t = token_at(p);
        if (t == TOKENS)
            return "what is in { } is not known";
        if (seen[t])
            return "the same part twice";
        seen[t] = any = true;
        p += strlen(tokens[t].name);
    }
    bool date = seen[DAY] || seen[MONTH] || seen[MON] || seen[YEAR2] || seen[YEAR4];
    bool whole = seen[DAY] && seen[MONTH] != seen[MON] && seen[YEAR2] != seen[YEAR4];
    if (!any)
        return "there is no part in { }";
    return date && !whole ? "a date needs a day, a month and a year" : NULL;
}

static bool take_number(const char **s, int token, long *ret)
{
    int n = 0;
    long value = 0;
    for (; n < tokens[token].most && isdigit((unsigned char)(*s)[n]); n++)
        value = value * 10 + ((*s)[n] - '0');
    if (n < tokens[token].least || isdigit((unsigned char)(*s)[n]))
        return false;
    *s += n;
    *ret = value;
    return true;
}

static bool take_month(const char **s, long *ret)
{
    size_t n = 0;
    while (islower((unsigned char)(*s)[n]))
        n++;
    int month = month_named(*s, n);
    // In a spreadsheet "Janua" is a slip, not a short form.
    bool whole = month && (n == 3 || n == strlen(month_name(month)));
    bool sept = month == 9 && n == 4; // the one month with a longer short form
    if (!whole && !sept)
        return false;
    *s += n;
    *ret = month;
    return true;
}

// "am", "a.m." or "a.m"
static bool take_half(const char **s, int *ret)
{
    size_t dot = (*s)[0] && (*s)[1] == '.';
    if ((**s != 'a' && **s != 'p') || (*s)[1 + dot] != 'm')
        return false;
    *ret = **s == 'a' ? 1 : 2;
    *s += 2 + dot;
    *s += dot && **s == '.';
    return true;
}

// The digits after a decimal point, if there are any, as thousandths.
static long take_fraction(const char **s)
{
    long value = 0, place = 100;
    if (**s != '.' || !isdigit((unsigned char)(*s)[1]))
        return 0;
    for (++*s; isdigit((unsigned char)**s); ++*s, place /= 10)
        value += (**s - '0') * place;
    return value;
}

static bool take_hours(const char **s, long *ret_minutes)
{
    long hours;
    if (!take_number(s, HOURS, &hours))
        return false;
    *ret_minutes = hours * 60 + (take_fraction(s) * 60 + 500) / 1000;
    return true;
}

static bool take_serial(const char **s, long *ret)
{
    if (!take_number(s, SERIAL, ret))
        return false;
    (void)take_fraction(s);
    return true;
}

static bool take_hhmm(const char **s, struct pattern_parts *p)
{
    long both;
    if (!take_number(s, HHMM, &both))
        return false;
    p->hour = both / 100;
    p->minute = both % 100;
    return true;
}

static bool take_token(int token, const char **s, struct pattern_parts *p)
{
    switch (token) {
    case DAY:
        return take_number(s, token, &p->day);
    case MONTH:
        return take_number(s, token, &p->month);
    case MON:
        return take_month(s, &p->month);
    case YEAR2:
        p->short_year = true;
        return take_number(s, token, &p->year);
    case YEAR4:
        return take_number(s, token, &p->year);
    case HOUR:
        return take_number(s, token, &p->hour);
    case MINUTE:
        return take_number(s, token, &p->minute);
    case SECOND:
        return take_number(s, token, &p->second);
    case HHMM:
        return take_hhmm(s, p);
    case HOURS:
        return take_hours(s, &p->hours);
    case AMPM:
        return take_half(s, &p->half);
    case SERIAL:
        return take_serial(s, &p->serial);
    default:
        return false;
    }
}

bool pattern_match(const char *pattern, const char *text, struct pattern_parts *ret)
{
    struct pattern_parts p = {-1, -1, -1, -1, -1, -1, -1, -1, false, 0};
    const char *s = text;
    for (const char *at = pattern; *at;) {
        if (*at == '{') {
            int t = token_at(at);
            if (t == TOKENS || !take_token(t, &s, &p))
                return false;
            at += strlen(tokens[t].name);
        } else if (*at == ' ') {
            while (*s == ' ')
                s++;
            at++;
        } else {
            if (!*s || tolower((unsigned char)*at) != (unsigned char)*s)
                return false;
            s++;
            at++;
        }
    }
    if (*s)
        return false;
    *ret = p;
    return true;
}
