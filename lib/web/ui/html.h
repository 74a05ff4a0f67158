// SPDX-License-Identifier: MIT
// What compiled templates write with: one function per place in HTML. Only compiled
// templates call these; handlers fill structs and call tpl_NAME(). `struct html` is markup
// that a template has made (and so has escaped); nothing else is printed unescaped.
// The bytes live in the arena of the buffer they were made in. One thread at a time.
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct html {
    const char *made; // by html_made() in compiled templates only
    size_t n;
};

/** An extra attribute of a component; a list ends with a NULL name. */
struct attr {
    const char *name, *value;
};

/** Markup from a compiled template's own output. Do not call it by hand. */
static inline struct html html_made(const char *p, size_t n)
{
    return (struct html){p, n};
}

/** Literal markup of known length. */
static inline void html_lit(struct buf *out, const char *s, size_t n)
{
    if (out->cap - out->n > n) {
        memcpy(out->p + out->n, s, n);
        out->n += n;
        out->p[out->n] = '\0';
    } else {
        buf_add(out, s, n);
    }
}

/** Escaped for text and for a double-quoted attribute. NULL prints nothing. */
void html_text(struct buf *out, const char *s);

/** As html_text(), for inside a textarea, where a browser drops a first line break. */
void html_textarea(struct buf *out, const char *s);

/** A whole URL: a path, fragment, relative address, or one of http, https, mailto, tel; else "#".
 */
void html_url(struct buf *out, const char *s);

/** One value inside a URL, percent-encoded. */
void html_url_part(struct buf *out, const char *s);

/** A space and then s, for one more class; nothing if s is NULL or empty. */
void html_more(struct buf *out, const char *s);

/** A JSON string (or null), escaped for a double-quoted attribute. */
void html_json(struct buf *out, const char *s);

void html_int(struct buf *out, long long n);

/** Markup that a template has made. */
void html_add(struct buf *out, struct html h);

/** The markup if there is any, else the text, escaped. */
void html_content(struct buf *out, struct html h, const char *text);

/** ` name="value"` for each; a name that could run code or load something is left out. */
void html_attrs(struct buf *out, const struct attr *list);

/** True if html_url() would print s rather than "#". */
bool html_url_ok(const char *s);
