// SPDX-License-Identifier: MIT
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static enum log_level least_level = LOG_INFO;
static bool as_json;

void log_setup(enum log_level least, int json)
{
    least_level = least;
    as_json = json != 0;
}

// A line is built in one buffer and written in one call, so that threads do not mix theirs.
// A line too long is cut, never grown: logging must not fail for want of memory.
struct line {
    char p[4096];
    size_t n;
};

static void put(struct line *l, char c)
{
    // Four bytes stay free for the closing quote, brace and newline.
    if (l->n < sizeof(l->p) - 4)
        l->p[l->n++] = c;
}

static void puts_(struct line *l, const char *s)
{
    while (*s)
        put(l, *s++);
}

static void put_escaped(struct line *l, const char *s)
{
    static const char digits[] = "0123456789abcdef";
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') {
            put(l, '\\');
            put(l, (char)c);
        } else if (c == '\n') {
            puts_(l, "\\n");
        } else if (c < 0x20 || c >= 0x7f) {
            // Also every byte beyond ASCII: a log reader's terminal must not be steered.
            puts_(l, "\\u00");
            put(l, digits[c >> 4]);
            put(l, digits[c & 15]);
        } else {
            put(l, (char)c);
        }
    }
}

static bool plain(const char *s)
{
    if (!*s)
        return true;
    for (; *s; s++)
        if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7f || *s == '"' || *s == '=' ||
            *s == '\\')
            return false;
    return true;
}

static void put_pair(struct line *l, const char *key, const char *value)
{
    bool first = l->n == 0;
    if (as_json) {
        puts_(l, first ? "{\"" : ",\"");
        put_escaped(l, key);
        puts_(l, "\":\"");
        put_escaped(l, value);
        put(l, '"');
        return;
    }
    if (!first)
        put(l, ' ');
    puts_(l, key);
    put(l, '=');
    if (plain(value)) {
        puts_(l, value);
        return;
    }
    put(l, '"');
    put_escaped(l, value);
    put(l, '"');
}

static void write_all(const char *p, size_t n)
{
    while (n > 0) {
        ssize_t w = write(STDERR_FILENO, p, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return; // nowhere is left to complain to
        p += w;
        n -= (size_t)w;
    }
}

void log_event(enum log_level level, const char *event, ...)
{
    static const char *const names[] = {"debug", "info", "notice", "warn", "error"};
    if (level < least_level)
        return;
    int saved = errno;
    struct line l;
    l.n = 0;
    struct timespec now;
    struct tm tm;
    char stamp[48];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    size_t n = strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(stamp + n, sizeof(stamp) - n, ".%03dZ", (int)(now.tv_nsec / 1000000));
    put_pair(&l, "time", stamp);
    put_pair(&l, "level", names[level]);
    put_pair(&l, "event", event);
    va_list ap;
    va_start(ap, event);
    for (const char *key; (key = va_arg(ap, const char *));) {
        const char *value = va_arg(ap, const char *);
        put_pair(&l, key, value ? value : "");
    }
    va_end(ap);
    if (l.n >= sizeof(l.p) - 4 && as_json)
        l.p[l.n++] = '"';
    if (as_json)
        l.p[l.n++] = '}';
    l.p[l.n++] = '\n';
    write_all(l.p, l.n);
    errno = saved;
}
