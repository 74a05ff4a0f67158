// SPDX-License-Identifier: MIT
#include "http/router.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct node {
    const char *word; // literal segment, NULL for a capture
    size_t n_word;
    struct node *child, *next; // children: literals first, a capture last
    const struct route **routes;
    size_t n_routes;
};

struct router {
    struct node root;
};

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

static const char *segment_end(const char *p)
{
    while (*p && *p != '/')
        p++;
    return p;
}

static bool is_capture(const char *p, size_t n)
{
    return n > 2 && p[0] == '{' && p[n - 1] == '}';
}

static struct node *node_child(struct node *parent, const char *p, size_t n)
{
    bool capture = is_capture(p, n);
    struct node **at = &parent->child;
    for (; *at; at = &(*at)->next) {
        struct node *c = *at;
        if (!c->word)
            break; // the capture is the last child
        if (!capture && c->n_word == n && memcmp(c->word, p, n) == 0)
            return c;
    }
    if (capture && *at)
        return *at;
    struct node *made = must(calloc(1, sizeof(*made)));
    made->word = capture ? NULL : p;
    made->n_word = n;
    made->next = *at;
    *at = made;
    return made;
}

static void router_add(struct router *router, const struct route *route)
{
    struct node *node = &router->root;
    const char *p = route->pattern + 1;
    while (*p) {
        const char *end = segment_end(p);
        node = node_child(node, p, (size_t)(end - p));
        p = *end ? end + 1 : end;
    }
    node->routes = must(realloc(node->routes, (node->n_routes + 1) * sizeof(struct route *)));
    node->routes[node->n_routes++] = route;
}

struct router *router_new(const struct route_table *t)
{
    struct router *router = must(calloc(1, sizeof(*router)));
    for (size_t i = 0; i < t->n; i++)
        router_add(router, &t->routes[i]);
    return router;
}

static void node_done(struct node *node)
{
    for (struct node *c = node->child, *next; c; c = next) {
        next = c->next;
        node_done(c);
        free(c);
    }
    free(node->routes);
}

void router_free(struct router *router)
{
    if (!router)
        return;
    node_done(&router->root);
    free(router);
}

const struct router *router_of(const struct route_table *t)
{
    // A process has one table, a test program a few: kept for good, as the tables are.
    enum { MOST = 32 };
    static struct {
        const struct route_table *_Atomic table;
        struct router *router;
    } kept[MOST];
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    for (size_t i = 0; i < MOST && kept[i].table; i++)
        if (kept[i].table == t)
            return kept[i].router;
    pthread_mutex_lock(&lock);
    size_t i = 0;
    while (i < MOST && kept[i].table && kept[i].table != t)
        i++;
    if (i == MOST)
        abort();
    if (!kept[i].table) {
        kept[i].router = router_new(t);
        kept[i].table = t; // last: readers look at it first, without the lock
    }
    pthread_mutex_unlock(&lock);
    return kept[i].router;
}

struct walk {
    const char *method;
    const struct route *found;
    struct span_pair {
        const char *p;
        size_t n;
    } captured[ROUTER_CAPTURES_MAX], kept[ROUTER_CAPTURES_MAX];
    size_t n_kept;
    unsigned methods; // bits of `names`
};

static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

static bool method_serves(const char *row, const char *asked)
{
    return strcmp(row, asked) == 0 || (strcmp(asked, "HEAD") == 0 && strcmp(row, "GET") == 0);
}

static void leaf_visit(const struct node *node, struct walk *w, size_t depth)
{
    for (size_t i = 0; i < node->n_routes; i++) {
        const struct route *route = node->routes[i];
        for (size_t m = 0; m < N_NAMES; m++)
            if (method_serves(route->method, names[m]))
                w->methods |= 1u << m;
        if (!w->found && method_serves(route->method, w->method)) {
            w->found = route;
            memcpy(w->kept, w->captured, sizeof(w->kept));
            w->n_kept = depth;
        }
    }
}

// Depth first, literals before captures: the first route found is the most literal one. The walk
// goes on until something is found, so that Allow names every method of the path.
static void node_visit(const struct node *node, const char *path, struct walk *w, size_t depth)
{
    if (!*path) {
        leaf_visit(node, w, depth);
        return;
    }
    const char *end = segment_end(path);
    size_t n = (size_t)(end - path);
    if (!n || (*end && !end[1]))
        return; // an empty segment or a closing slash is no page of ours
    const char *rest = *end ? end + 1 : end;
    for (const struct node *c = node->child; c && !w->found; c = c->next) {
        if (c->word) {
            if (c->n_word == n && memcmp(c->word, path, n) == 0)
                node_visit(c, rest, w, depth);
        } else if (depth < ROUTER_CAPTURES_MAX) {
            w->captured[depth] = (struct span_pair){path, n};
            node_visit(c, rest, w, depth + 1);
        }
    }
}

static const char *allow_words(struct arena *a, unsigned methods)
{
    struct buf b;
    buf_init(&b, a);
    for (size_t m = 0; m < N_NAMES; m++)
        if (methods & (1u << m)) {
            buf_puts(&b, b.n ? ", " : "");
            buf_puts(&b, names[m]);
        }
    return b.p;
}

static void params_fill(struct arena *a, const struct walk *w, struct route_match *ret)
{
    size_t at = 0;
    for (const char *p = w->found->pattern + 1; *p && at < w->n_kept;) {
        const char *end = segment_end(p);
        if (is_capture(p, (size_t)(end - p))) {
            ret->params[at] = (struct pair){arena_strndup(a, p + 1, (size_t)(end - p) - 2),
                                            arena_strndup(a, w->kept[at].p, w->kept[at].n)};
            at++;
        }
        p = *end ? end + 1 : end;
    }
    ret->n_params = at;
}

enum err router_match(const struct router *router, struct arena *a, const char *method,
                      const char *path, struct route_match *ret)
{
    struct walk w = {.method = method};
    if (path[0] == '/')
        node_visit(&router->root, path + 1, &w, 0);
    *ret = (struct route_match){.route = w.found};
    if (w.found) {
        params_fill(a, &w, ret);
        return ERR_OK;
    }
    if (!w.methods)
        return ERR_NOT_FOUND;
    ret->allow = allow_words(a, w.methods);
    return ERR_METHOD;
}

static bool pattern_ok(const char *p)
{
    if (p[0] != '/')
        return false;
    if (!p[1])
        return true;
    size_t captures = 0;
    for (p++;;) {
        const char *end = segment_end(p);
        size_t n = (size_t)(end - p);
        bool braces = memchr(p, '{', n) || memchr(p, '}', n);
        if (!n || (braces && !is_capture(p, n)))
            return false;
        captures += braces;
        if (!*end)
            return captures <= ROUTER_CAPTURES_MAX;
        p = end + 1;
    }
}

// Same segments in the same places, whatever the captures are called.
static bool same_shape(const char *a, const char *b)
{
    for (;;) {
        const char *ea = segment_end(a), *eb = segment_end(b);
        size_t na = (size_t)(ea - a), nb = (size_t)(eb - b);
        bool both = is_capture(a, na) && is_capture(b, nb);
        if (!both && (na != nb || memcmp(a, b, na) != 0))
            return false;
        if (!*ea || !*eb)
            return *ea == *eb;
        a = ea + 1;
        b = eb + 1;
    }
}

static enum err row_check(struct ctx *ctx, const struct route *r)
{
    bool known = false;
    for (size_t m = 0; m < N_NAMES && r->method; m++)
        known = known || (strcmp(names[m], "HEAD") != 0 && strcmp(names[m], r->method) == 0);
    if (!known || !r->pattern || !pattern_ok(r->pattern))
        return ctx_fail(ctx, ERR_CONFIG, "route %s %s: method or pattern is not sound",
                        r->method ? r->method : "?", r->pattern ? r->pattern : "?");
    bool is_public = r->flags & ROUTE_PUBLIC;
    if (is_public != (r->permission == PERM_NONE))
        return ctx_fail(ctx, ERR_CONFIG, "route %s %s: %s", r->method, r->pattern,
                        is_public ? "public and with a permission" : "no permission, not public");
    if ((r->flags & ROUTE_NO_CSRF) && !is_public)
        return ctx_fail(ctx, ERR_CONFIG, "route %s %s: only a public route may go without CSRF",
                        r->method, r->pattern);
    if (!r->handler)
        return ctx_fail(ctx, ERR_CONFIG, "route %s %s: no handler", r->method, r->pattern);
    if (r->pool == POOL_INLINE && !is_public)
        return ctx_fail(ctx, ERR_CONFIG, "route %s %s: inline, so nothing would check its permission",
                        r->method, r->pattern);
    return ERR_OK;
}

enum err route_table_check(struct ctx *ctx, const struct route_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        enum err e = row_check(ctx, &t->routes[i]);
        if (e)
            return e;
        for (size_t j = 0; j < i; j++)
            if (strcmp(t->routes[i].method, t->routes[j].method) == 0 &&
                same_shape(t->routes[i].pattern, t->routes[j].pattern))
                return ctx_fail(ctx, ERR_CONFIG, "route %s %s is there twice", t->routes[i].method,
                                t->routes[i].pattern);
    }
    return ERR_OK;
}
