// SPDX-License-Identifier: MIT
#include "http/refusal.h"

#include "base/assert.h"
#include "base/uuid.h"

#include <stdio.h>

static const struct refusal rows[] = {
    {GATE_BAD, 400, "Bad Request", ERR_MALFORMED, "malformed"},
    {GATE_LONG_URI, 414, "URI Too Long", ERR_URI_TOO_LONG, "long target"},
    {GATE_LARGE, 431, "Request Header Fields Too Large", ERR_TOO_LARGE, "large head"},
};

const struct refusal *refusal_of(enum gate_verdict v)
{
    ASSERT(v != GATE_OK && v != GATE_MORE);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].verdict == v)
            return &rows[i];
    return &rows[0];
}

size_t refusal_json(char out[REFUSAL_MAX], enum err e, int status)
{
    struct arena *a = arena_new();
    // The words of err.def hold nothing that JSON would want escaped; a test reads them all.
    int n = snprintf(out, REFUSAL_MAX,
                     "{\"type\":\"urn:phoenix:problem:%s\",\"title\":\"%s\",\"status\":%d,"
                     "\"errors\":[],\"request_id\":\"%s\"}",
                     err_row(e)->type, err_row(e)->words, status, uuid_new(a));
    arena_free(a);
    ASSERT(n > 0 && n < REFUSAL_MAX);
    return (size_t)n;
}

const struct pair *security_headers(bool tls)
{
    static const struct pair headers[] = {
        // The first applies over TLS alone.
        {"Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
         "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
         "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
        {NULL, NULL},
    };
    return tls ? headers : headers + 1;
}
