// SPDX-License-Identifier: MIT
#include "http/request.h"

#include "crypto/secret.h"
#include "http/form.h"
#include "http/gate.h"

#include <string.h>
#include <strings.h>

static const char *pair_value(const struct pair *pairs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return NULL;
}

const char *request_param(const struct request *r, const char *name)
{
    return pair_value(r->params, r->n_params, name);
}

const char *request_query(const struct request *r, const char *name)
{
    return pair_value(r->query, r->n_query, name);
}

const char *request_form(const struct request *r, const char *name)
{
    return pair_value(r->form, r->n_form, name);
}

size_t request_form_all(const struct request *r, const char *name, const char *const **ret)
{
    const char **all = ARENA_ARRAY(r->ctx.arena, const char *, r->n_form + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->n_form; i++)
        if (strcmp(r->form[i].name, name) == 0)
            all[n++] = r->form[i].value;
    *ret = all;
    return n;
}

const char *request_header(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (strcasecmp(r->headers[i].name, name) == 0)
            return r->headers[i].value;
    return NULL;
}

const char *request_cookie(struct request *r, const char *name)
{
    const char *found = NULL;
    size_t n_name = strlen(name);
    for (size_t i = 0; i < r->n_headers; i++) {
        if (strcasecmp(r->headers[i].name, "Cookie") != 0)
            continue;
        for (const char *p = r->headers[i].value; *p;) {
            p += strspn(p, " \t;");
            size_t n = strcspn(p, ";");
            if (n > n_name && strncmp(p, name, n_name) == 0 && p[n_name] == '=') {
                if (found)
                    return NULL; // two of one name: somebody planted one, trust neither
                while (n > n_name + 1 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
                    n--;
                found = arena_strndup(r->ctx.arena, p + n_name + 1, n - n_name - 1);
            }
            p += strcspn(p, ";");
        }
    }
    return found;
}

enum err request_set_target(struct request *r, const char *target)
{
    struct span t = {target, strlen(target)};
    enum gate_verdict v = gate_check_target(t);
    if (v != GATE_OK)
        return v == GATE_LONG_URI ? ERR_URI_TOO_LONG : ERR_MALFORMED;
    char *path = arena_alloc(r->ctx.arena, t.n + 1);
    if (!gate_decode_path(t, path))
        return ERR_MALFORMED;
    const char *query = strchr(target, '?');
    const struct pair *pairs = NULL;
    size_t n = 0;
    if (query) {
        enum err e = form_urlencoded(r->ctx.arena, query + 1, strlen(query + 1), &pairs, &n);
        if (e)
            return ERR_MALFORMED;
    }
    r->target = arena_strdup(r->ctx.arena, target);
    r->path = path;
    r->query = pairs;
    r->n_query = n;
    r->api = strncmp(path, "/api/", 5) == 0 || strcmp(path, "/api") == 0;
    return ERR_OK;
}

const char *request_ref(const struct request *r)
{
    return reference_or_typed(r->ctx.arena, request_param(r, "ref"));
}

struct db *request_auth_db(const struct request *r)
{
    return r->host ? r->host->auth_db : NULL;
}
