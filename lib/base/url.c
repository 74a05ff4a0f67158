// SPDX-License-Identifier: MIT
#include "base/url.h"

#include "base/assert.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

static bool unreserved(unsigned char c)
{
    // Not isalnum(): what a locale takes for letters is encoded.
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
}

void url_encode(struct buf *b, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (unreserved(c))
            buf_putc(b, *text);
        else
            buf_add(b, (const char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
    }
}

void url_query_add(struct buf *b, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    // A fragment comes last: a parameter behind it would never be sent.
    ASSERT(b->n && !memchr(b->p, '#', b->n));
    buf_putc(b, memchr(b->p, '?', b->n) ? '&' : '?');
    url_encode(b, name);
    buf_putc(b, '=');
    url_encode(b, value);
}

const char *url_make(struct arena *a, const char *path, ...)
{
    struct buf b;
    buf_init(&b, a);
    buf_puts(&b, path);
    va_list ap;
    va_start(ap, path);
    for (const char *name; (name = va_arg(ap, const char *));)
        url_query_add(&b, name, va_arg(ap, const char *));
    va_end(ap);
    return b.p;
}
