// SPDX-License-Identifier: MIT
#include "table/csv_write.h"

#include <stdbool.h>
#include <string.h>

// Each cell ends with a comma; the line's end takes the place of the last one.
void csv_plain(struct buf *line, const char *s, size_t n)
{
    if (n)
        buf_add(line, s, n);
    buf_putc(line, ',');
}

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

// What an Excel or LibreOffice cell must not begin with, after the control characters that would
// hide it are gone; nor after blanks, which an import may trim.
static bool is_formula(const char *s)
{
    while (*s && (*s == ' ' || is_control((unsigned char)*s)))
        s++;
    return *s && strchr("=+-@", *s) != NULL;
}

// Letters, digits and what codes and dates are made of: nearly every cell, written as it is.
static bool is_simple(const char *s, size_t *ret_n)
{
    const unsigned char *c = (const unsigned char *)s;
    while ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
           *c == '_' || *c == ';')
        c++;
    *ret_n = (size_t)(c - (const unsigned char *)s);
    return *c == '\0';
}

void csv_text(struct buf *line, const char *s)
{
    const char *first = s ? s : "";
    size_t n;
    if (is_simple(first, &n)) {
        csv_plain(line, first, n);
        return;
    }
    while (*first && is_control((unsigned char)*first))
        first++;
    bool formula = is_formula(first);
    n = strlen(first);
    bool quoted = strpbrk(first, ",\"") || *first == ' ' || (n && first[n - 1] == ' ');
    if (quoted)
        buf_putc(line, '"');
    if (formula)
        buf_putc(line, '\'');
    for (const char *c = first; *c; c++) {
        if (is_control((unsigned char)*c))
            continue;
        if (*c == '"')
            buf_putc(line, '"');
        buf_putc(line, *c);
    }
    if (quoted)
        buf_putc(line, '"');
    buf_putc(line, ',');
}

void csv_end(struct buf *line)
{
    if (line->n)
        line->n--;
    buf_puts(line, "\r\n");
}
