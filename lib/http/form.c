// SPDX-License-Identifier: MIT
#include "http/form.h"

#include "base/utf8.h"
#include "http/gate.h"

#include <string.h>
#include <strings.h>

static char *decode(struct arena *a, const char *p, size_t n)
{
    char *out = arena_alloc(a, n + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int hi = i + 2 < n ? gate_hex(p[i + 1]) : -1;
            int lo = hi >= 0 ? gate_hex(p[i + 2]) : -1;
            if (lo < 0)
                return NULL;
            c = (char)(hi * 16 + lo);
            i += 2;
        }
        if (!c)
            return NULL;
        out[len++] = c;
    }
    out[len] = '\0';
    return utf8_ok(out, len) ? out : NULL;
}

static size_t count_pairs(const char *p, size_t n)
{
    size_t count = n ? 1 : 0;
    for (size_t i = 0; i < n; i++)
        count += p[i] == '&';
    return count;
}

enum err form_urlencoded(struct arena *a, const char *p, size_t n, const struct pair **ret,
                         size_t *ret_n)
{
    size_t most = count_pairs(p, n), count = 0;
    if (most > FORM_PAIRS_MAX)
        return ERR_TOO_LARGE;
    struct pair *pairs = ARENA_ARRAY(a, struct pair, most + 1);
    for (size_t at = 0; at < n;) {
        const char *amp = memchr(p + at, '&', n - at);
        size_t len = amp ? (size_t)(amp - (p + at)) : n - at;
        const char *eq = memchr(p + at, '=', len);
        size_t n_name = eq ? (size_t)(eq - (p + at)) : len;
        if (len) {
            char *name = decode(a, p + at, n_name);
            char *value = eq ? decode(a, eq + 1, len - n_name - 1) : arena_strdup(a, "");
            if (!name || !*name || n_name > FORM_NAME_MAX || !value)
                return ERR_MALFORMED;
            pairs[count++] = (struct pair){name, value};
        }
        at += len + 1;
    }
    *ret = pairs;
    *ret_n = count;
    return ERR_OK;
}

void form_without(struct buf *out, const char *p, size_t n, const char *name)
{
    size_t n_name = strlen(name);
    for (size_t at = 0; at < n;) {
        const char *amp = memchr(p + at, '&', n - at);
        size_t len = amp ? (size_t)(amp - (p + at)) : n - at;
        bool drop = len > n_name && memcmp(p + at, name, n_name) == 0 && p[at + n_name] == '=';
        if (!drop) {
            buf_add(out, p + at, len);
            buf_putc(out, '&');
        }
        at += len + 1;
    }
}

// --- multipart/form-data -------------------------------------------------------------------------

static bool boundary_find(const char *type, char out[80], size_t *ret_n)
{
    const char *p = strcasestr(type, "boundary=");
    if (!p || p == type || (p[-1] != ' ' && p[-1] != ';'))
        return false;
    p += strlen("boundary=");
    bool quoted = *p == '"';
    p += quoted;
    size_t n = strcspn(p, quoted ? "\"" : " ;\t");
    if (n < 1 || n > 70)
        return false;
    memcpy(out, "\r\n--", 4);
    for (size_t i = 0; i < n; i++)
        if (!gate_token_char(p[i]) && !strchr("(),/:=? ", p[i]))
            return false;
    memcpy(out + 4, p, n);
    *ret_n = n + 4;
    return true;
}

// A parameter of Content-Disposition: ; name="value". Quotes inside come percent-encoded from browsers.
static enum err parameter(struct arena *a, const char *p, size_t n, const char *name,
                          const char **ret)
{
    size_t n_name = strlen(name);
    *ret = NULL;
    for (size_t i = 0; i + n_name + 3 < n; i++) {
        if (p[i] == '"') { // skip quoted text: a name inside a value is not a parameter
            const char *close = memchr(p + i + 1, '"', n - i - 1);
            if (!close)
                return ERR_MALFORMED;
            i = (size_t)(close - p);
            continue;
        }
        if ((p[i] != ' ' && p[i] != ';') || strncasecmp(p + i + 1, name, n_name) != 0 ||
            p[i + 1 + n_name] != '=' || p[i + 2 + n_name] != '"')
            continue;
        const char *value = p + i + 3 + n_name;
        const char *end = memchr(value, '"', n - (size_t)(value - p));
        if (!end || *ret)
            return ERR_MALFORMED;
        if (!utf8_ok(value, (size_t)(end - value)) || memchr(value, 0, (size_t)(end - value)))
            return ERR_MALFORMED;
        *ret = arena_strndup(a, value, (size_t)(end - value));
        i = (size_t)(end - p);
    }
    return ERR_OK;
}

struct part {
    const char *name, *filename, *type;
    const char *p;
    size_t n;
};

static enum err part_header(struct arena *a, const char *line, size_t n, struct part *part)
{
    static const char disposition[] = "Content-Disposition:", type[] = "Content-Type:";
    if (n > sizeof(disposition) && strncasecmp(line, disposition, sizeof(disposition) - 1) == 0) {
        const char *p = line + sizeof(disposition) - 1;
        size_t left = n - (sizeof(disposition) - 1);
        while (left && *p == ' ')
            p++, left--;
        if (part->name || left < 9 || strncasecmp(p, "form-data", 9) != 0)
            return ERR_MALFORMED;
        enum err e = parameter(a, p + 9, left - 9, "name", &part->name);
        return e ? e : parameter(a, p + 9, left - 9, "filename", &part->filename);
    }
    if (n > sizeof(type) && strncasecmp(line, type, sizeof(type) - 1) == 0) {
        const char *p = line + sizeof(type) - 1;
        size_t left = n - (sizeof(type) - 1);
        while (left && *p == ' ')
            p++, left--;
        part->type = arena_strndup(a, p, left < 100 ? left : 100);
    }
    return ERR_OK;
}

// Reads the header lines of a part; `*at` moves past the empty line.
static enum err part_headers(struct arena *a, const char *p, size_t n, size_t *at,
                             struct part *part)
{
    for (int lines = 0; lines < 16; lines++) {
        const char *end = memmem(p + *at, n - *at, "\r\n", 2);
        if (!end)
            return ERR_MALFORMED;
        size_t len = (size_t)(end - (p + *at));
        const char *line = p + *at;
        *at += len + 2;
        if (!len)
            return part->name && *part->name && strlen(part->name) <= FORM_NAME_MAX
                       ? ERR_OK : ERR_MALFORMED;
        enum err e = len > 1024 ? ERR_MALFORMED : part_header(a, line, len, part);
        if (e)
            return e;
    }
    return ERR_MALFORMED;
}

struct parts {
    struct pair *pairs;
    struct upload *uploads;
    size_t n_pairs, n_uploads;
};

static enum err part_keep(struct arena *a, const struct part *part, struct parts *all)
{
    if (part->filename) {
        all->uploads[all->n_uploads++] =
            (struct upload){part->name, part->filename, part->type ? part->type : "", part->p,
                            part->n};
        return ERR_OK;
    }
    if (memchr(part->p, 0, part->n) || !utf8_ok(part->p, part->n))
        return ERR_MALFORMED;
    all->pairs[all->n_pairs++] = (struct pair){part->name, arena_strndup(a, part->p, part->n)};
    return ERR_OK;
}

static size_t count_parts(const char *p, size_t n, const char *mark, size_t n_mark)
{
    size_t count = 1;
    for (const char *at = p; count <= FORM_PAIRS_MAX + 1; count++) {
        at = memmem(at, n - (size_t)(at - p), mark, n_mark);
        if (!at)
            break;
        at += n_mark;
    }
    return count;
}

enum err form_multipart(struct arena *a, const char *type, const char *p, size_t n,
                        struct multipart *ret)
{
    char mark[80];
    size_t n_mark;
    if (!boundary_find(type, mark, &n_mark))
        return ERR_MALFORMED;
    size_t most = count_parts(p, n, mark, n_mark);
    if (most > FORM_PAIRS_MAX)
        return ERR_TOO_LARGE;
    struct parts all = {.pairs = ARENA_ARRAY(a, struct pair, most + 1),
                        .uploads = ARENA_ARRAY(a, struct upload, most + 1)};
    // The first boundary has no CRLF before it.
    if (n < n_mark || memcmp(p, mark + 2, n_mark - 2) != 0)
        return ERR_MALFORMED;
    size_t at = n_mark - 2;
    while (n - at >= 2 && memcmp(p + at, "\r\n", 2) == 0) {
        struct part part = {0};
        at += 2;
        enum err e = part_headers(a, p, n, &at, &part);
        if (e)
            return e;
        const char *end = memmem(p + at, n - at, mark, n_mark);
        if (!end)
            return ERR_MALFORMED;
        part.p = p + at;
        part.n = (size_t)(end - part.p);
        e = part_keep(a, &part, &all);
        if (e)
            return e;
        at = (size_t)(end - p) + n_mark;
    }
    if (n - at < 2 || memcmp(p + at, "--", 2) != 0 || n - at > 4)
        return ERR_MALFORMED;
    *ret = (struct multipart){all.pairs, all.n_pairs, all.uploads, all.n_uploads};
    return ERR_OK;
}
