// SPDX-License-Identifier: MIT
#include "http/response.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

void response_init(struct response *res, struct arena *a)
{
    memset(res, 0, sizeof(*res));
    buf_init(&res->body, a);
    res->personal = true;
}

void response_header(struct response *res, const char *name, const char *value)
{
    bool clean = name && value;
    for (const char *p = clean ? value : ""; *p; p++)
        clean = clean && (unsigned char)*p >= 0x20 && *p != 0x7f;
    if (!clean || res->n_headers == RESPONSE_HEADERS_MAX) {
        // Naming the header is enough: its value may be what somebody tried to inject.
        log_event(LOG_ERROR, "response_header_dropped", "name", name ? name : "", NULL);
        return;
    }
    res->headers[res->n_headers++] = (struct pair){name, value};
}

void response_redirect(struct response *res, const char *location)
{
    res->status = 303;
    response_header(res, "Location", location);
}

static bool over_tls(const struct request *r)
{
    return r->host && r->host->config && r->host->config->tls;
}

static void cookie_set(struct request *r, struct response *res, const char *name, const char *value,
                       const char *age)
{
    bool tls = over_tls(r);
    response_header(res, "Set-Cookie",
                    arena_printf(r->ctx.arena, "%s%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
                                 tls ? "__Host-" : "", name, value, age, tls ? "; Secure" : ""));
}

void response_session(struct request *r, struct response *res, const char *token)
{
    cookie_set(r, res, "phoenix", token ? token : "", token ? "" : "; Max-Age=0");
    if (!token)
        response_header(res, "Clear-Site-Data", "\"cache\"");
}

static bool flash_code_ok(const char *code)
{
    size_t n = strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return n && n <= 64 && !code[n];
}

void response_flash(struct request *r, struct response *res, const char *code)
{
    if (flash_code_ok(code))
        cookie_set(r, res, "phoenix_flash", code, "; Max-Age=120");
}

const char *request_flash(struct request *r, struct response *res)
{
    const char *code =
        request_cookie(r, over_tls(r) ? "__Host-phoenix_flash" : "phoenix_flash");
    if (!code)
        return NULL;
    cookie_set(r, res, "phoenix_flash", "", "; Max-Age=0");
    return flash_code_ok(code) ? code : NULL;
}
