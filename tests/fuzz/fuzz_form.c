// SPDX-License-Identifier: MIT
// Any bytes as an urlencoded body and as a multipart one (whose boundary is their first line).
#include "base/utf8.h"
#include "http/form.h"
#include "http/gate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void claim(bool holds)
{
    if (!holds)
        abort();
}

static void check_pairs(const struct pair *pairs, size_t n)
{
    claim(n <= FORM_PAIRS_MAX);
    for (size_t i = 0; i < n; i++) {
        claim(*pairs[i].name && utf8_ok(pairs[i].name, strlen(pairs[i].name)));
        claim(utf8_ok(pairs[i].value, strlen(pairs[i].value)));
    }
}

static void multipart(struct arena *a, const char *p, size_t n)
{
    struct multipart m;
    const char *line = memchr(p, '\n', n);
    size_t n_line = line ? (size_t)(line - p) : 0;
    if (!n_line || n_line > 100 || memchr(p, 0, n_line))
        return;
    const char *type =
        arena_printf(a, "multipart/form-data; boundary=%s", arena_strndup(a, p, n_line));
    if (form_multipart(a, type, line + 1, n - n_line - 1, &m))
        return;
    check_pairs(m.pairs, m.n_pairs);
    for (size_t i = 0; i < m.n_uploads; i++) {
        claim(m.uploads[i].p >= p && m.uploads[i].p + m.uploads[i].n <= p + n);
        claim(utf8_ok(m.uploads[i].filename, strlen(m.uploads[i].filename)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new();
    char *p = malloc(n ? n : 1);
    const struct pair *pairs;
    size_t n_pairs;
    if (!p)
        return 0;
    memcpy(p, data, n);
    if (form_urlencoded(a, p, n, &pairs, &n_pairs) == ERR_OK) {
        check_pairs(pairs, n_pairs);
        struct buf rest;
        buf_init(&rest, a);
        form_without(&rest, p, n, "csrf");
        claim(rest.n <= n + 1);
    }
    multipart(a, p, n);
    free(p);
    arena_free(a);
    return 0;
}
