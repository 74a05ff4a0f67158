// SPDX-License-Identifier: MIT
#include "support.h"

#include "base/arena.h"
#include "config/config.h"
#include "crypto/keys.h"
#include "crypto/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char words[1024];

static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(99);
}

PGconn *sql_connect(const char *conninfo, const char *login)
{
    char text[1024];
    snprintf(text, sizeof(text), "%s user=%s", conninfo, login);
    PGconn *c = PQconnectdb(text);
    if (PQstatus(c) != CONNECTION_OK)
        die(login, PQerrorMessage(c));
    PQclear(PQexec(c, "set client_min_messages = error"));
    return c;
}

__attribute__((format(printf, 2, 0))) static PGresult *run(PGconn *c, const char *fmt, va_list ap)
{
    char *text;
    if (vasprintf(&text, fmt, ap) < 0)
        die("sql", "no memory");
    PGresult *r = PQexec(c, text);
    free(text);
    snprintf(words, sizeof(words), "%s",
             PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)
                 ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)
                 : "");
    return r;
}

static bool good(const PGresult *r)
{
    return PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK;
}

static const char *kept(const char *fmt, const char *s)
{
    static char ring[8][4096];
    static unsigned at;
    char *out = ring[at++ % 8];
    if (*fmt == '!')
        snprintf(out, sizeof(ring[0]), "!%s", s);
    else
        snprintf(out, sizeof(ring[0]), "%s", s);
    return out;
}

static const char *state_of(const PGresult *r)
{
    const char *s = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    return good(r) ? "" : s ? s : "08000";
}

const char *sql_state(PGconn *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    PGresult *r = run(c, fmt, ap);
    va_end(ap);
    const char *s = kept("", state_of(r));
    PQclear(r);
    return s;
}

const char *sql_value(PGconn *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    PGresult *r = run(c, fmt, ap);
    va_end(ap);
    const char *s =
        !good(r) ? kept("!", state_of(r)) : kept("", PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    return s;
}

int sql_changed(PGconn *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    PGresult *r = run(c, fmt, ap);
    va_end(ap);
    int n = good(r) ? atoi(PQcmdTuples(r)) : -1;
    PQclear(r);
    return n;
}

const char *sql_words(void)
{
    return words;
}

const char *sql_begin(PGconn *c, const char *username, const char *permission, const char *ref)
{
    return sql_state(
        c,
        "rollback; begin; select access.begin(sha256('%s'), '%s', %s%s%s, 'request', '192.0.2.1')",
        username, permission, ref ? "'" : "", ref ? ref : "null", ref ? "'" : "");
}

static void load_fixture(const char *conninfo)
{
    FILE *f = fopen(FIXTURE, "r");
    static char text[65536];
    size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
    if (f)
        fclose(f);
    if (!n || n == sizeof(text) - 1)
        die(FIXTURE, "cannot be read");
    text[n] = '\0';
    PGconn *c = sql_connect(conninfo, "phoenix_owner");
    PGresult *r = PQexec(c, text);
    if (!good(r))
        die("fixture", PQresultErrorMessage(r));
    PQclear(r);
    PQfinish(c);
}

const char *access_database(const char *name, bool fixture)
{
    if (crypto_start())
        die("crypto", "does not start");
    const char *conninfo = cluster_database(cluster_migrated(), name);
    struct ctx ctx = access_ctx(conninfo, DB_OWNER, NULL);
    static struct arena *programme_memory; // vocabularies stay installed
    if (!programme_memory)
        programme_memory = arena_new();
    struct ctx reader = {.arena = programme_memory};
    const struct programme *programme;
    if (programme_read(&reader, PROGRAMME, &programme))
        die(PROGRAMME, reader.problem.detail ? reader.problem.detail : "refused");
    if (access_sync(&ctx, programme))
        die("sync", ctx.problem.log ? ctx.problem.log : "failed");
    access_ctx_done(&ctx);
    if (fixture)
        load_fixture(conninfo);
    return conninfo;
}

struct ctx access_ctx(const char *conninfo, enum db_login login, const char *username)
{
    struct ctx ctx = {.arena = arena_new(), .db = db_new(conninfo, login)};
    snprintf(ctx.request_id, sizeof(ctx.request_id), "request");
    if (!username)
        return ctx;
    struct sha256 *s = sha256_new(ctx.arena);
    sha256_add(s, username, strlen(username));
    const char *hex = sha256_hex(ctx.arena, s);
    uint8_t *hash = arena_alloc(ctx.arena, 32);
    for (int i = 0; i < 32; i++) {
        unsigned byte;
        sscanf(hex + 2 * i, "%2x", &byte);
        hash[i] = (uint8_t)byte;
    }
    ctx.token_hash = hash;
    return ctx;
}

void access_ctx_done(struct ctx *ctx)
{
    db_free(ctx->db);
    arena_free(ctx->arena);
}
