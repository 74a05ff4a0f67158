// SPDX-License-Identifier: MIT
// Nothing typed is lost: a form whose session has ended comes back after sign-in, to the same
// person only. The server keeps nothing; the sealed text travels in the sign-in page's own form.
#include "web/ui/draft.h"

#include "crypto/keys.h"
#include "crypto/secret.h"
#include "http/dispatch.h"

#include <string.h>

// Values hold neither (field tables refuse control characters), so nothing needs escaping.
#define PAIR_END '\x1e'
#define NAME_END '\x1f'
enum { DRAFT_AGE_S = 12 * 60 * 60 };

bool local_address(const char *s)
{
    if (!s || s[0] != '/' || s[1] == '/' || s[1] == '\\')
        return false;
    for (const char *p = s; *p; p++)
        if (*p <= ' ' || *p == 0x7f || *p == '\\')
            return false;
    return strncmp(s, "/sign-", 6) != 0 && strncmp(s, "/api/", 5) != 0;
}

static const struct route *find_page(const struct route_table *t, const char *pattern)
{
    for (size_t i = 0; t && i < t->n; i++)
        if (strcmp(t->routes[i].method, "GET") == 0 && strcmp(t->routes[i].pattern, pattern) == 0)
            return &t->routes[i];
    return NULL;
}

// The pattern with this request's own captures put in.
static const char *fill_pattern(struct request *r, const char *pattern)
{
    struct buf b;
    buf_init(&b, r->ctx.arena);
    while (*pattern) {
        if (*pattern == '{') {
            const char *name = arena_strndup(r->ctx.arena, pattern + 1, strcspn(pattern, "}") - 1);
            const char *value = request_param(r, name);
            buf_puts(&b, value ? value : "");
            pattern += strcspn(pattern, "}") + 1;
        } else {
            buf_putc(&b, *pattern++);
        }
    }
    return b.p;
}

// The page with the form: ".../new" beside the address it posts to, that address itself, or the
// nearest page above it.
const char *form_page_address(struct request *r)
{
    if (!r->route)
        return NULL;
    char *pattern = arena_strdup(r->ctx.arena, r->route->pattern);
    const char *fresh = arena_printf(r->ctx.arena, "%s/new", pattern);
    if (find_page(r->table, fresh))
        return fill_pattern(r, fresh);
    while (*pattern && !find_page(r->table, pattern))
        *strrchr(pattern, '/') = '\0';
    return *pattern ? fill_pattern(r, pattern) : NULL;
}

size_t form_kept(struct request *r, const struct pair **ret)
{
    struct pair *kept = ARENA_ARRAY(r->ctx.arena, struct pair, r->n_form + 1);
    const struct field_table *t = r->route ? r->route->body : NULL;
    size_t n = 0;
    for (size_t i = 0; i < r->n_form; i++) {
        const struct field *f = t ? field_find(t, r->form[i].name) : NULL;
        if (strcmp(r->form[i].name, "csrf") != 0 && !(f && (f->flags & FIELD_SECRET)))
            kept[n++] = r->form[i];
    }
    *ret = kept;
    return n;
}

static bool is_clean(const char *s)
{
    return !strchr(s, PAIR_END) && !strchr(s, NAME_END);
}

const char *draft_seal(struct request *r, const char *user_id)
{
    const char *address = form_page_address(r);
    const struct pair *pairs;
    size_t n = form_kept(r, &pairs);
    if (!address || !n || r->n_uploads || !user_id || !r->ctx.keys)
        return NULL;
    struct buf b;
    buf_init(&b, r->ctx.arena);
    buf_puts(&b, address);
    for (size_t i = 0; i < n; i++) {
        if (!is_clean(pairs[i].name) || !is_clean(pairs[i].value))
            continue;
        buf_putc(&b, PAIR_END);
        buf_puts(&b, pairs[i].name);
        buf_putc(&b, NAME_END);
        buf_puts(&b, pairs[i].value);
    }
    return keys_draft_seal(&r->ctx, user_id, b.p);
}

static size_t split(struct arena *a, char *text, const struct pair **ret)
{
    size_t n = 0, most = 1;
    for (const char *p = text; *p; p++)
        most += *p == PAIR_END;
    struct pair *pairs = ARENA_ARRAY(a, struct pair, most);
    for (char *p = strchr(text, PAIR_END); p;) {
        char *name = p + 1, *next = strchr(name, PAIR_END);
        *p = '\0';
        if (next)
            *next = '\0';
        char *value = strchr(name, NAME_END);
        if (value) {
            *value = '\0';
            pairs[n++] = (struct pair){name, value + 1};
        }
        if (next)
            *next = PAIR_END;
        p = next;
    }
    *ret = pairs;
    return n;
}

// Runs a GET of the page with the pairs as its form: form_value() and friends do the rest, and
// form_hidden() keeps the client_ref, so that a form which had been saved after all is not saved
// twice.
static bool show_page(struct request *r, const char *address, const struct pair *pairs, size_t n,
                      const char *token, struct response *res)
{
    struct arena *a = r->ctx.arena;
    struct request *again = ARENA_NEW(a, struct request);
    struct response *page = ARENA_NEW(a, struct response);
    bool tls = r->host && r->host->config && r->host->config->tls;
    struct pair *cookie = ARENA_NEW(a, struct pair);
    *cookie = (struct pair){"Cookie",
                            arena_printf(a, "%s=%s", tls ? "__Host-phoenix" : "phoenix", token)};
    *again = (struct request){.method = "GET",
                              .form = pairs,
                              .n_form = n,
                              .headers = cookie,
                              .n_headers = 1,
                              .host = r->host};
    again->ctx =
        (struct ctx){.arena = a, .db = r->ctx.db, .keys = r->ctx.keys, .remote = r->ctx.remote};
    memcpy(again->ctx.request_id, r->ctx.request_id, sizeof(again->ctx.request_id));
    if (request_set_target(again, address))
        return false;
    route_dispatch(r->table, again, page);
    if (page->status != 200)
        return false;
    res->status = 200;
    res->type = page->type;
    res->body = page->body;
    return true;
}

bool draft_show(struct request *r, const char *draft, const char *user_id, const char *token,
                struct response *res)
{
    const char *text = keys_draft_open(&r->ctx, user_id, draft, DRAFT_AGE_S);
    if (!text)
        return false;
    const struct pair *pairs;
    char *parts = arena_strdup(r->ctx.arena, text);
    size_t n = split(r->ctx.arena, parts, &pairs);
    parts[strcspn(parts, "\x1e")] = '\0';
    return n > 0 && local_address(parts) && show_page(r, parts, pairs, n, token, res);
}

bool form_show_again(struct request *r, struct response *res)
{
    const struct pair *pairs;
    const char *address = form_page_address(r);
    size_t n = form_kept(r, &pairs);
    return address && n && r->token && show_page(r, address, pairs, n, r->token, res);
}
