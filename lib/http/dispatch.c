// SPDX-License-Identifier: MIT
// The one gate: every check a request passes, in order, then its handler.
#include "http/dispatch.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/url.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "db/db.h"
#include "http/form.h"
#include "http/gate.h"
#include "http/router.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct passage {
    const struct route_table *table;
    struct request *r;
    struct response *res;
    const char *allow; // for 405
};

static bool is_read(const struct request *r)
{
    return strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
}

size_t dispatch_body_limit(const struct config *config, const struct route *route)
{
    if (route && route->flags & ROUTE_UPLOAD)
        return DISPATCH_UPLOAD_MAX;
    return config ? (size_t)config->body_limit : DISPATCH_BODY_DEFAULT;
}

static enum err find_route(struct passage *p)
{
    struct request *r = p->r;
    struct route_match m;
    enum err e = router_match(router_of(p->table), r->ctx.arena, r->method, r->path, &m);
    p->allow = m.allow;
    if (e)
        return e;
    struct pair *params = ARENA_ARRAY(r->ctx.arena, struct pair, m.n_params + 1);
    memcpy(params, m.params, m.n_params * sizeof(*params));
    r->route = m.route;
    r->params = params;
    r->n_params = m.n_params;
    r->ctx.route = m.route->pattern;
    return ERR_OK;
}

// True if the media type (without parameters) is `want`.
static bool type_is(const char *header, const char *want)
{
    size_t n = strlen(want);
    return header && strncasecmp(header, want, n) == 0 &&
           (header[n] == '\0' || header[n] == ';' || header[n] == ' ');
}

static enum err check_media(struct passage *p)
{
    const struct request *r = p->r;
    const char *type = request_header(r, "Content-Type");
    if (is_read(r))
        return r->n_body ? ctx_fail(&p->r->ctx, ERR_MALFORMED, "body on a read") : ERR_OK;
    if (!r->n_body && !type)
        return ERR_OK;
    if (r->api && !(r->route->flags & ROUTE_UPLOAD))
        return type_is(type, "application/json") ? ERR_OK : ERR_MEDIA_TYPE;
    if (type_is(type, "application/x-www-form-urlencoded"))
        return ERR_OK;
    if (r->route->flags & ROUTE_UPLOAD && type_is(type, "multipart/form-data"))
        return ERR_OK;
    return ERR_MEDIA_TYPE;
}

static enum err check_size(struct passage *p)
{
    const struct request *r = p->r;
    size_t most = dispatch_body_limit(r->host ? r->host->config : NULL, r->route);
    return r->n_body > most ? ERR_TOO_LARGE : ERR_OK;
}

static enum err find_token(struct passage *p)
{
    struct request *r = p->r;
    bool tls = r->host && r->host->config && r->host->config->tls;
    const char *auth = request_header(r, "Authorization"), *token = NULL;
    if (auth && strncasecmp(auth, "Bearer ", 7) == 0) {
        token = auth + 7 + strspn(auth + 7, " ");
        r->bearer = true;
    } else if (!auth) {
        token = request_cookie(r, tls ? "__Host-phoenix" : "phoenix");
    }
    uint8_t *hash = arena_alloc(r->ctx.arena, 32);
    r->csrf = "";
    if (!token || !token_hash(token, hash))
        return ERR_OK;
    r->token = token;
    r->ctx.token_hash = hash;
    if (!r->bearer)
        r->csrf = token_csrf(r->ctx.arena, token);
    return ERR_OK;
}

static enum err decode_body(struct passage *p)
{
    struct request *r = p->r;
    const char *type = request_header(r, "Content-Type");
    if (type_is(type, "multipart/form-data")) {
        struct multipart m;
        enum err e = form_multipart(r->ctx.arena, type, r->body, r->n_body, &m);
        if (e)
            return e;
        r->form = m.pairs;
        r->n_form = m.n_pairs;
        r->uploads = m.uploads;
        r->n_uploads = m.n_uploads;
        return ERR_OK;
    }
    if (r->n_body && memchr(r->body, 0, r->n_body))
        return ctx_fail(&r->ctx, ERR_MALFORMED, "NUL in the body");
    if (type_is(type, "application/x-www-form-urlencoded"))
        return form_urlencoded(r->ctx.arena, r->body, r->n_body, &r->form, &r->n_form);
    return ERR_OK;
}

static enum err require_session(struct passage *p)
{
    // Whether the session is alive and may do this, the database says in the handler's first statement.
    return p->r->route->flags & ROUTE_PUBLIC || p->r->token ? ERR_OK : ERR_UNAUTHENTICATED;
}

// What a browser says about where a request comes from. Clients that are no browsers say nothing.
static enum err check_origin(struct passage *p)
{
    const struct request *r = p->r;
    if (is_read(r) || r->bearer)
        return ERR_OK;
    const char *site = request_header(r, "Sec-Fetch-Site");
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return ctx_fail(&p->r->ctx, ERR_CSRF, "cross-site request");
    const char *origin = request_header(r, "Origin"), *host = request_header(r, "Host");
    if (!origin)
        return ERR_OK;
    const char *authority = strstr(origin, "://");
    if (!authority || !host || strcasecmp(authority + 3, host) != 0)
        return ctx_fail(&p->r->ctx, ERR_CSRF, "Origin is another site");
    return ERR_OK;
}

static enum err check_csrf(struct passage *p)
{
    const struct request *r = p->r;
    if (is_read(r) || r->bearer || !r->token || r->route->flags & ROUTE_NO_CSRF)
        return ERR_OK;
    const char *value = request_header(r, "X-CSRF-Token");
    if (!value && !r->api)
        value = request_form(r, "csrf");
    return value && token_csrf_ok(r->token, value) ? ERR_OK : ERR_CSRF;
}

// What a person sent, without the boundary that browsers make anew each time and the csrf value, which
// changes at the next sign-in.
static void hash_parts(struct buf *out, const struct request *r)
{
    for (size_t i = 0; i < r->n_form; i++)
        if (strcmp(r->form[i].name, "csrf") != 0)
            buf_printf(out, "%s=%s&", r->form[i].name, r->form[i].value);
    for (size_t i = 0; i < r->n_uploads; i++) {
        buf_printf(out, "%s=%s:%zu&", r->uploads[i].field, r->uploads[i].filename, r->uploads[i].n);
        buf_add(out, r->uploads[i].p, r->uploads[i].n);
    }
}

static enum err check_idempotency(struct passage *p)
{
    struct request *r = p->r;
    if (!(r->route->flags & ROUTE_CREATES))
        return ERR_OK;
    const char *name = r->api ? "Idempotency-Key" : "client_ref";
    const char *key = r->api ? request_header(r, name) : request_form(r, name);
    if (!key || !*key)
        return ERR_OK;
    if (!uuid_ok(key)) {
        ctx_field_error(&r->ctx, name, "must be a UUID");
        return ERR_INVALID;
    }
    r->ctx.idempotency_key = key;
    if (!r->ctx.keys)
        return ERR_OK;
    struct buf sent;
    buf_init(&sent, r->ctx.arena);
    if (r->n_uploads)
        hash_parts(&sent, r);
    else if (r->n_form)
        form_without(&sent, r->body, r->n_body, "csrf"); // it changes at the next sign-in
    else
        buf_add(&sent, r->body ? r->body : "", r->n_body);
    r->ctx.body_hash = keys_body_hash(&r->ctx, sent.p, sent.n);
    return ERR_OK;
}

static enum err check_if_match(struct passage *p)
{
    struct request *r = p->r;
    if (!(r->route->flags & ROUTE_IF_MATCH))
        return ERR_OK;
    const char *v = r->api ? request_header(r, "If-Match") : request_form(r, "version");
    if (!v || !*v)
        return r->api ? ERR_IF_MATCH_REQUIRED : ERR_OK;
    bool quoted = *v == '"';
    size_t n = strspn(v + quoted, "0123456789");
    const char *rest = v + quoted + n;
    // An entity tag that was never ours matches nothing.
    if (!n || n > 18 || (quoted && *rest++ != '"') || *rest)
        return ERR_STALE;
    r->ctx.if_match = arena_strndup(r->ctx.arena, v + quoted, n);
    return ERR_OK;
}

static enum err run_handler(struct passage *p)
{
    struct request *r = p->r;
    if (r->ctx.db && r->route->pool != POOL_INLINE) {
        enum err e = db_ready(&r->ctx, r->ctx.db);
        if (e)
            return e;
    }
    return r->route->handler(r, p->res);
}

static enum err (*const steps[])(struct passage *) = {
    find_route,      check_media,  check_size, find_token,        decode_body,
    require_session, check_origin, check_csrf, check_idempotency, check_if_match,
    run_handler,
};

// --- answers -------------------------------------------------------------------------------------

static const char *sign_in_address(struct arena *a, const char *target)
{
    bool home = strcmp(target, "/") == 0; // where signing in leads anyway
    return url_make(a, "/sign-in", "return_to", home ? NULL : target, NULL);
}

static void plain_error(const struct request *r, enum err e, struct response *res)
{
    res->type = "text/plain; charset=utf-8";
    buf_printf(&res->body, "%s\n", r->ctx.problem.detail ? r->ctx.problem.detail : err_row(e)->words);
}

void route_refuse(const struct route_table *t, struct request *r, enum err e, struct response *res)
{
    r->table = t;
    response_init(res, r->ctx.arena);
    if (e == ERR_UNAUTHENTICATED && !r->api && is_read(r)) {
        response_redirect(res, sign_in_address(r->ctx.arena, r->target));
        return;
    }
    void (*render)(struct request *, enum err, struct response *) =
        r->api ? t->api_error : t->page_error;
    if (render)
        render(r, e, res);
    else
        plain_error(r, e, res);
    if (!res->status)
        res->status = err_row(e)->status;
    res->personal = true;
    if (res->status == 401 && r->api)
        response_header(res, "WWW-Authenticate", "Bearer");
    if (res->status == 503 || res->status == 429 || r->ctx.problem.retry_after) {
        int wait = r->ctx.problem.retry_after ? r->ctx.problem.retry_after : 1;
        response_header(res, "Retry-After", arena_printf(r->ctx.arena, "%d", wait));
    }
}

static void log_request(const struct request *r, const struct response *res, enum err e,
                        uint64_t us, unsigned long flushes)
{
    char status[12], micros[24], round_trips[24];
    snprintf(status, sizeof(status), "%d", res->status);
    snprintf(micros, sizeof(micros), "%" PRIu64, us);
    snprintf(round_trips, sizeof(round_trips), "%lu", flushes);
    enum log_level level = e ? err_row(e)->level : LOG_INFO;
    if (level < LOG_INFO && res->status >= 400)
        level = LOG_INFO;
    // The pattern, never the target: that holds references and names.
    log_event(level, "request", "id", r->ctx.request_id, "method", r->method, "route",
              r->route ? r->route->pattern : "-", "status", status, "us", micros, "flushes",
              round_trips, "error", e ? err_row(e)->type : "", "why",
              r->ctx.problem.log ? r->ctx.problem.log : "", NULL);
}

void route_dispatch(const struct route_table *t, struct request *r, struct response *res)
{
    uint64_t began = clock_mono_us();
    unsigned long flushes = r->ctx.db ? db_flushes(r->ctx.db) : 0;
    struct passage p = {t, r, res, NULL};
    enum err e = ERR_OK;
    if (!r->ctx.request_id[0])
        memcpy(r->ctx.request_id, uuid_new(r->ctx.arena), sizeof(r->ctx.request_id));
    r->table = t;
    response_init(res, r->ctx.arena);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !e; i++)
        e = steps[i](&p);
    if (e)
        route_refuse(t, r, e, res);
    if (e == ERR_METHOD && p.allow)
        response_header(res, "Allow", p.allow);
    if (!res->status)
        res->status = 200;
    flushes = r->ctx.db ? db_flushes(r->ctx.db) - flushes : 0;
    log_request(r, res, e, clock_mono_us() - began, flushes);
}
