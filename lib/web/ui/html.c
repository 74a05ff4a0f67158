// SPDX-License-Identifier: MIT
#include "web/ui/html.h"

#include <stdint.h>
#include <stdio.h>
#include <strings.h>

// Indexes of the replacement for each byte; 0 means the byte is printed as it is.
static const uint8_t escape_of[256] = {
    ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5, ['`'] = 6, ['\\'] = 7,
};
static const struct {
    const char *text;
    size_t n;
} escapes[] = {
    {"", 0},       {"&amp;", 5}, {"&lt;", 4},  {"&gt;", 4},
    {"&quot;", 6}, {"&#39;", 5}, {"&#96;", 5}, {"&#92;", 5},
};

void html_text(struct buf *out, const char *s)
{
    if (!s)
        return;
    for (;;) {
        const char *run = s;
        while (*s && !escape_of[(uint8_t)*s])
            s++;
        if (s != run)
            html_lit(out, run, (size_t)(s - run));
        if (!*s)
            return;
        uint8_t e = escape_of[(uint8_t)*s++];
        html_lit(out, escapes[e].text, escapes[e].n);
    }
}

void html_textarea(struct buf *out, const char *s)
{
    if (s && (s[0] == '\n' || s[0] == '\r'))
        html_lit(out, "\n", 1);
    html_text(out, s);
}

void html_more(struct buf *out, const char *s)
{
    if (!s || !*s)
        return;
    html_lit(out, " ", 1);
    html_text(out, s);
}

static bool scheme_ok(const char *s, size_t n)
{
    static const char *const schemes[] = {"http", "https", "mailto", "tel"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strlen(schemes[i]) == n && strncasecmp(schemes[i], s, n) == 0)
            return true;
    return false;
}

bool html_url_ok(const char *s)
{
    // Browsers drop control bytes and read a backslash as a slash: none is ever needed.
    for (const char *p = s; *p; p++)
        if ((uint8_t)*p < 0x20 || *p == 0x7f || *p == '\\')
            return false;
    if (s[0] == ' ' || (s[0] == '/' && s[1] == '/'))
        return false;
    size_t n = strcspn(s, ":/?#");
    return s[n] != ':' || scheme_ok(s, n);
}

void html_url(struct buf *out, const char *s)
{
    if (s)
        html_text(out, html_url_ok(s) ? s : "#");
}

void html_url_part(struct buf *out, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; s && *s; s++) {
        uint8_t c = (uint8_t)*s;
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            html_lit(out, s, 1);
        else
            html_lit(out, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
}

void html_json(struct buf *out, const char *s)
{
    if (!s) {
        html_lit(out, "null", 4);
        return;
    }
    html_lit(out, "&quot;", 6);
    for (; *s; s++) {
        uint8_t c = (uint8_t)*s;
        if (c < 0x20 || c == '"' || c == '\\' || c == '<') {
            char code[8];
            int n = snprintf(code, sizeof code, "\\u%04x", c);
            html_lit(out, code, (size_t)n);
        } else if (escape_of[c]) {
            html_lit(out, escapes[escape_of[c]].text, escapes[escape_of[c]].n);
        } else {
            html_lit(out, s, 1);
        }
    }
    html_lit(out, "&quot;", 6);
}

void html_int(struct buf *out, long long n)
{
    char text[24];
    char *p = text + sizeof text;
    unsigned long long u = n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n;
    do
        *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (n < 0)
        *--p = '-';
    html_lit(out, p, (size_t)(text + sizeof text - p));
}

void html_add(struct buf *out, struct html h)
{
    if (h.n)
        html_lit(out, h.made, h.n);
}

void html_content(struct buf *out, struct html h, const char *text)
{
    if (h.n)
        html_lit(out, h.made, h.n);
    else
        html_text(out, text);
}

// Lower-case names that carry no code, style or address. Words for scripts are in data-i18n.KEY.
static bool attr_name_ok(const char *name)
{
    static const char *const refused[] = {"style",      "href",   "src",        "action",
                                          "formaction", "srcdoc", "srcset",     "ping",
                                          "data",       "poster", "background", "cite"};
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") != strlen(name) || !name[0])
        return false;
    if (name[0] == 'o' && name[1] == 'n')
        return false;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (strcmp(name, refused[i]) == 0)
            return false;
    return true;
}

void html_attrs(struct buf *out, const struct attr *list)
{
    for (; list && list->name; list++) {
        if (!attr_name_ok(list->name))
            continue;
        html_lit(out, " ", 1);
        html_lit(out, list->name, strlen(list->name));
        html_lit(out, "=\"", 2);
        html_text(out, list->value);
        html_lit(out, "\"", 1);
    }
}
