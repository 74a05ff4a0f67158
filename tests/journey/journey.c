// SPDX-License-Identifier: MIT
#include "journey.h"

#include "access/access.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "cluster.h"
#include "config/config.h"
#include "config/mapping.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "db/db.h"
#include "sample/sample.h"
#include "search/search.h"
#include "http/dispatch.h"
#include "http/router.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { RING = 16, VISITORS = 64, PEOPLE = 80, HEADERS = 8 };

struct visitor {
    struct arena *ring[RING];
    unsigned turn;
    char username[80], password[80];
    char token[TOKEN_TEXT];
    bool signed_in;
    enum err turned_away;
    struct pair extra[HEADERS];
    size_t n_extra;
};

static struct world {
    struct ctx ctx; // the harness's own, as the owner
    struct cluster *cluster;
    const char *dir, *conninfo; // the harness's files, and the database
    const struct programme *programme;
    const struct config *config;
    struct db *app, *auth, *worker;
    const struct sample_account *accounts;
    size_t n_accounts;
    struct visitor visitors[VISITORS];
    const char *keys_of[VISITORS]; // role text of a shared visitor
    size_t n_visitors;
    bool up;
} world;

static void must(enum err e, const char *what)
{
    if (!e)
        return;
    const struct problem *p = &world.ctx.problem;
    fprintf(stderr, "journey: %s: %s %s %s\n", what, err_row(e)->words, p->detail ? p->detail : "",
            p->log ? p->log : "");
    exit(1);
}

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "journey: %s %s\n", what, which);
    exit(1);
}

// ---- the world ----

static const char *write_config(const char *dir, const char *conninfo)
{
    struct arena *a = world.ctx.arena;
    const char *path = arena_printf(a, "%s/phoenix.conf", dir);
    FILE *f = fopen(path, "w");
    if (!f)
        fail("cannot write", path);
    const char *slash = strrchr(JOURNEY_PROGRAMME, '/');
    fprintf(
        f,
        "database = \"%s\"\nkeyring = \"%s/phoenix.keys\"\nprogramme = \"%s\"\ndata_dir = \"%s\"\n"
        "mappings = \"%.*s/import\"\n",
        conninfo, dir, JOURNEY_PROGRAMME, dir, (int)(slash - JOURNEY_PROGRAMME), JOURNEY_PROGRAMME);
    fclose(f);
    return path;
}

// The accounts of the made-up people, kept beside their database: one a line.
static const char *accounts_path(void)
{
    return arena_printf(world.ctx.arena, "%s/accounts", world.dir);
}

static void keep_accounts(const struct sample_account *accounts, size_t n)
{
    FILE *f = fopen(accounts_path(), "w");
    if (!f)
        fail("cannot write", accounts_path());
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%s\t%s\t%s\t%s\n", accounts[i].role, accounts[i].username,
                accounts[i].password, accounts[i].site ? accounts[i].site : "");
    fclose(f);
}

static void read_accounts(void)
{
    enum { ACCOUNTS = 200 };
    struct arena *a = world.ctx.arena;
    struct sample_account *all = ARENA_ARRAY(a, struct sample_account, ACCOUNTS);
    char line[512];
    FILE *f = fopen(accounts_path(), "r");
    if (!f)
        fail("cannot read", accounts_path());
    size_t n = 0;
    while (n < ACCOUNTS && fgets(line, sizeof(line), f)) {
        char *rest = arena_strdup(a, line), *part[4];
        for (int i = 0; i < 4; i++)
            part[i] = strsep(&rest, "\t\n");
        all[n++] = (struct sample_account){part[0], part[1], part[2], *part[3] ? part[3] : NULL};
    }
    fclose(f);
    world.accounts = all;
    world.n_accounts = n;
}

static void open_owner(void)
{
    struct ctx *ctx = &world.ctx;
    must(config_read(ctx, write_config(world.dir, world.conninfo), &world.config), "config");
    if (!clock_set_zone(world.config->timezone))
        fail("no time zone", world.config->timezone);
    must(keys_open(ctx, world.config->keyring, &ctx->keys), "keyring");
    ctx->db = db_new(world.config->database, DB_OWNER);
    must(db_ready(ctx, ctx->db), "owner");
}

/** Makes the people: once for all programs that share a prepared cluster. */
static void fill_world(struct cluster *c)
{
    struct ctx *ctx = &world.ctx;
    // The cluster's own folder goes away with it, however the program ends.
    world.dir = cluster_files(c);
    world.conninfo = cluster_database(c, "journey");
    if (mkdir(world.dir, 0700) != 0)
        fail("cannot make", world.dir);
    must(keys_create(ctx, arena_printf(ctx->arena, "%s/phoenix.keys", world.dir)), "keyring");
    open_owner();
    must(access_sync(ctx, world.programme), "access_sync");
    struct sample_setup setup = {.people = PEOPLE, .seed = 7};
    const struct sample_account *accounts;
    size_t n;
    must(sample_make(ctx, &setup, &accounts, &n), "sample");
    keep_accounts(accounts, n);
    db_free(ctx->db);
    keys_close(ctx->keys);
}

static void start_world(void)
{
    if (world.up)
        return;
    world.up = true;
    struct ctx *ctx = &world.ctx;
    ctx->arena = arena_new();
    memcpy(ctx->request_id, uuid_new(ctx->arena), sizeof(ctx->request_id));
    log_setup(getenv("JOURNEY_LOG") ? LOG_DEBUG : LOG_ERROR, 0);
    must(crypto_start(), "crypto");
    must(programme_read(ctx, JOURNEY_PROGRAMME, &world.programme), "programme");
    world.cluster = cluster_prepared("journey", fill_world);
    world.dir = cluster_files(world.cluster);
    world.conninfo = cluster_conninfo(world.cluster, "journey");
    open_owner();
    must(mappings_read(ctx, world.config->mappings), "mappings");
    read_accounts();
    world.app = db_new(world.config->database, DB_APP);
    world.auth = db_new(world.config->database, DB_AUTH);
    world.worker = db_new(world.config->database, DB_WORKER);
    journey_index();
}

void journey_index(void)
{
    start_world();
    struct ctx ctx = {.arena = arena_new(), .db = world.worker, .keys = world.ctx.keys};
    enum err e = db_ready(&ctx, ctx.db);
    if (!e)
        e = search_index_load(&ctx, search_index_current());
    world.ctx.problem.log = ctx.problem.log ? arena_strdup(world.ctx.arena, ctx.problem.log) : NULL;
    must(e, "name index");
    arena_free(ctx.arena);
}

struct ctx *journey_ctx(void)
{
    start_world();
    return &world.ctx;
}

const struct config *journey_config(void)
{
    start_world();
    return world.config;
}

const struct route_table *journey_routes(void)
{
    return app_route_table();
}

const char *journey_sql(const char *sql)
{
    start_world();
    return cluster_sql(world.cluster, "journey", sql);
}

void journey_database_kill(void)
{
    cluster_kill(world.cluster);
}

void journey_database_up(void)
{
    cluster_up(world.cluster);
}

// ---- one request ----

static struct arena *next_arena(struct visitor *v)
{
    struct arena **a = &v->ring[v->turn++ % RING];
    arena_free(*a);
    return *a = arena_new();
}

static void add_header(struct request *r, const char *name, const char *value)
{
    struct pair *p = (struct pair *)(void *)(uintptr_t)r->headers; // made by new_request()
    if (value)
        p[r->n_headers++] = (struct pair){name, value};
}

static struct request *new_request(struct visitor *v, const char *method, const char *target)
{
    start_world();
    struct arena *a = next_arena(v);
    struct request *r = ARENA_NEW(a, struct request);
    struct request_host *host = ARENA_NEW(a, struct request_host);
    *host = (struct request_host){.config = world.config, .auth_db = world.auth};
    r->ctx =
        (struct ctx){.arena = a, .db = world.app, .keys = world.ctx.keys, .remote = "127.0.0.1"};
    memcpy(r->ctx.request_id, uuid_new(a), sizeof(r->ctx.request_id));
    r->method = method;
    r->host = host;
    r->headers = ARENA_ARRAY(a, struct pair, HEADERS + 8);
    r->body = "";
    if (request_set_target(r, target))
        fail("not an address:", target);
    add_header(r, "Host", "localhost");
    for (size_t i = 0; i < v->n_extra; i++)
        add_header(r, v->extra[i].name, v->extra[i].value);
    return r;
}

// A session cookie set or cleared by the answer, as a browser would take it.
static void take_cookie(struct visitor *v, const struct response *res)
{
    for (size_t i = 0; i < res->n_headers; i++) {
        const char *c = res->headers[i].value;
        if (strcasecmp(res->headers[i].name, "Set-Cookie") != 0 || strncmp(c, "phoenix=", 8) != 0)
            continue;
        size_t n = strcspn(c + 8, ";");
        snprintf(v->token, sizeof(v->token), "%.*s", (int)n, c + 8);
        v->signed_in = n > 0;
    }
}

// As the server does it: the route is known, nothing else has been looked at.
static void turn_away(struct visitor *v, struct request *r, struct response *res)
{
    const struct route_table *t = app_route_table();
    struct route_match m;
    if (router_match(router_of(t), r->ctx.arena, r->method, r->path, &m) == ERR_OK)
        r->route = m.route;
    route_refuse(t, r, v->turned_away, res);
    v->turned_away = ERR_OK;
}

static const struct answer *go(struct visitor *v, struct request *r)
{
    struct response *res = ARENA_NEW(r->ctx.arena, struct response);
    struct answer *a = ARENA_NEW(r->ctx.arena, struct answer);
    unsigned long before = db_flushes(world.app);
    if (v->turned_away)
        turn_away(v, r, res);
    else
        route_dispatch(app_route_table(), r, res);
    take_cookie(v, res);
    *a = (struct answer){.status = res->status,
                         .type = res->type ? res->type : "",
                         .body = res->body.p ? res->body.p : "",
                         .n = res->body.n,
                         .flushes = db_flushes(world.app) - before,
                         .headers = res->headers,
                         .n_headers = res->n_headers,
                         .arena = r->ctx.arena};
    if (res->static_bytes) {
        a->body = arena_strndup(r->ctx.arena, res->static_bytes, res->n_static);
        a->n = res->n_static;
    }
    const char *location = answer_header(a, "Location");
    a->location = location ? location : "";
    return a;
}

static void add_cookie(struct visitor *v, struct request *r)
{
    if (v->signed_in)
        add_header(r, "Cookie", arena_printf(r->ctx.arena, "phoenix=%s", v->token));
}

const struct answer *visit_get(struct visitor *v, const char *target)
{
    struct request *r = new_request(v, "GET", target);
    add_cookie(v, r);
    return go(v, r);
}

static void encode(struct buf *b, const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        buf_printf(b, plain ? "%c" : "%%%02X", c);
    }
}

const struct answer *visit_form(struct visitor *v, const char *target, const struct pair *pairs,
                                size_t n)
{
    struct request *r = new_request(v, "POST", target);
    struct buf body;
    buf_init(&body, r->ctx.arena);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_putc(&body, '&');
        encode(&body, pairs[i].name);
        buf_putc(&body, '=');
        encode(&body, pairs[i].value);
    }
    add_cookie(v, r);
    add_header(r, "Content-Type", "application/x-www-form-urlencoded");
    add_header(r, "Sec-Fetch-Site", "same-origin");
    r->body = body.p ? body.p : "";
    r->n_body = body.n;
    return go(v, r);
}

enum { PAIRS_MOST = 64 };

// The pairs given, and what every form of ours holds besides.
static size_t take_pairs(struct visitor *v, struct arena *a, va_list ap, struct pair *pairs)
{
    size_t n = 0;
    bool named = false;
    for (const char *name; n < PAIRS_MOST - 2 && (name = va_arg(ap, const char *));) {
        pairs[n++] = (struct pair){name, va_arg(ap, const char *)};
        named = named || strcmp(name, "client_ref") == 0;
    }
    if (v->signed_in)
        pairs[n++] = (struct pair){"csrf", token_csrf(a, v->token)};
    if (!named)
        pairs[n++] = (struct pair){"client_ref", uuid_new(a)};
    return n;
}

const struct answer *visit_upload(struct visitor *v, const char *target, const char *file_name,
                                  const void *file, size_t n_file, ...)
{
    struct request *r = new_request(v, "POST", target);
    struct pair pairs[PAIRS_MOST];
    struct buf body;
    va_list ap;
    va_start(ap, n_file);
    size_t n = take_pairs(v, r->ctx.arena, ap, pairs);
    va_end(ap);
    // As browsers do: another boundary for each request.
    const char *boundary = uuid_new(r->ctx.arena);
    buf_init(&body, r->ctx.arena);
    for (size_t i = 0; i < n; i++)
        buf_printf(&body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
                   boundary, pairs[i].name, pairs[i].value);
    buf_printf(&body,
               "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
               "Content-Type: text/csv\r\n\r\n",
               boundary, file_name);
    buf_add(&body, file, n_file);
    buf_printf(&body, "\r\n--%s--\r\n", boundary);
    add_cookie(v, r);
    add_header(r, "Content-Type",
               arena_printf(r->ctx.arena, "multipart/form-data; boundary=%s", boundary));
    add_header(r, "Sec-Fetch-Site", "same-origin");
    r->body = body.p;
    r->n_body = body.n;
    return go(v, r);
}

const struct answer *visit_post(struct visitor *v, const char *target, ...)
{
    struct pair pairs[PAIRS_MOST];
    struct arena *a = arena_new();
    va_list ap;
    va_start(ap, target);
    size_t n = take_pairs(v, a, ap, pairs);
    va_end(ap);
    const struct answer *answer = visit_form(v, target, pairs, n);
    arena_free(a);
    return answer;
}

const struct answer *visit_api_with(struct visitor *v, const char *method, const char *target,
                                    const char *json, const char *key, const char *if_match)
{
    struct request *r = new_request(v, method, target);
    if (v->signed_in)
        add_header(r, "Authorization", arena_printf(r->ctx.arena, "Bearer %s", v->token));
    add_header(r, "Content-Type", json ? "application/json" : NULL);
    add_header(r, "Idempotency-Key", key);
    add_header(r, "If-Match", if_match);
    if (json) {
        r->body = arena_strdup(r->ctx.arena, json);
        r->n_body = strlen(json);
    }
    return go(v, r);
}

const struct answer *visit_api(struct visitor *v, const char *method, const char *target,
                               const char *json)
{
    return visit_api_with(v, method, target, json, NULL, NULL);
}

// ---- visitors ----

struct visitor *journey_stranger(void)
{
    start_world();
    if (world.n_visitors == VISITORS)
        fail("too many visitors", "");
    return &world.visitors[world.n_visitors++];
}

struct visitor *journey_sign_in(const char *username, const char *password)
{
    struct visitor *v = journey_stranger();
    snprintf(v->username, sizeof(v->username), "%s", username);
    snprintf(v->password, sizeof(v->password), "%s", password);
    const struct answer *a =
        visit_post(v, "/sign-in", "username", username, "password", password, NULL);
    if (a->status != 303 || !v->signed_in)
        fail(arena_printf(a->arena, "signing in answers %d for", a->status), username);
    return v;
}

struct visitor *journey_visitor(const char *role)
{
    start_world();
    if (!role)
        return journey_stranger();
    for (size_t i = 0; i < world.n_visitors; i++)
        if (world.keys_of[i] && strcmp(world.keys_of[i], role) == 0)
            return &world.visitors[i];
    size_t n_role = strcspn(role, "0123456789");
    int which = role[n_role] ? atoi(role + n_role) : 1;
    for (size_t i = 0; i < world.n_accounts; i++) {
        const struct sample_account *acc = &world.accounts[i];
        if (strlen(acc->role) != n_role || strncmp(acc->role, role, n_role) != 0 || --which)
            continue;
        struct visitor *v = journey_sign_in(acc->username, acc->password);
        world.keys_of[v - world.visitors] = arena_strdup(world.ctx.arena, role);
        return v;
    }
    fail("no account for", role);
    return NULL;
}

void visitor_turn_away(struct visitor *v, enum err e)
{
    v->turned_away = e;
}

const char *visitor_username(const struct visitor *v)
{
    return v->username;
}

const char *visitor_password(const struct visitor *v)
{
    return v->password;
}

const char *visitor_token(const struct visitor *v)
{
    return v->token;
}

void visitor_set_token(struct visitor *v, const char *token)
{
    v->signed_in = token != NULL;
    snprintf(v->token, sizeof(v->token), "%s", token ? token : "");
}

void visitor_set_header(struct visitor *v, const char *name, const char *value)
{
    size_t i = 0;
    while (i < v->n_extra && strcasecmp(v->extra[i].name, name) != 0)
        i++;
    if (i == v->n_extra && value && v->n_extra < HEADERS)
        v->n_extra++;
    if (i < v->n_extra)
        v->extra[i] = (struct pair){name, value};
    if (!value && i < v->n_extra)
        v->extra[i] = v->extra[--v->n_extra];
}

// ---- people ----

// The first reference for which the status card answers as wanted.
static const char *person_where(const char *role, int status)
{
    struct visitor *v = journey_visitor(role);
    const char *refs = journey_sql("select ref from app.participant order by ref");
    struct arena *a = world.ctx.arena;
    for (const char *p = refs; *p;) {
        size_t n = strcspn(p, "\n");
        const char *ref = arena_strndup(a, p, n);
        const struct answer *got =
            visit_api(v, "GET", arena_printf(a, "/api/v1/participants/%s/flags", ref), NULL);
        if (got->status == status)
            return ref;
        p += n + (p[n] == '\n');
    }
    fail(status == 200 ? "nobody visible to" : "nobody hidden from", role);
    return NULL;
}

const char *journey_person(const char *role)
{
    return person_where(role, 200);
}

const char *journey_hidden_person(const char *role)
{
    return person_where(role, 404);
}

const char *journey_nobody(void)
{
    start_world();
    return reference_new(world.ctx.arena);
}

// ---- answers ----

const char *answer_header(const struct answer *a, const char *name)
{
    for (size_t i = 0; i < a->n_headers; i++)
        if (strcasecmp(a->headers[i].name, name) == 0)
            return a->headers[i].value;
    return NULL;
}

static const char *escaped(struct arena *a, const char *s)
{
    struct buf b;
    buf_init(&b, a);
    for (; *s; s++) {
        if (*s == '&')
            buf_puts(&b, "&amp;");
        else if (*s == '<')
            buf_puts(&b, "&lt;");
        else if (*s == '>')
            buf_puts(&b, "&gt;");
        else if (*s == '"')
            buf_puts(&b, "&quot;");
        else if (*s == '\'')
            buf_puts(&b, "&#39;");
        else
            buf_putc(&b, *s);
    }
    return b.p ? b.p : "";
}

bool answer_has(const struct answer *a, const char *text)
{
    bool page = strncmp(a->type, "text/html", 9) == 0;
    return strstr(a->body, page ? escaped(a->arena, text) : text) != NULL;
}

static void free_json(void *p)
{
    json_decref(p);
}

static json_t *json_at(const struct answer *a, const char *path)
{
    json_error_t why;
    json_t *j = json_loadb(a->body, a->n, JSON_REJECT_DUPLICATES, &why);
    if (!j)
        return NULL;
    arena_defer(a->arena, free_json, j);
    while (j && *path) {
        size_t n = strcspn(path, ".");
        const char *step = arena_strndup(a->arena, path, n);
        j = json_is_array(j) ? json_array_get(j, (size_t)atol(step)) : json_object_get(j, step);
        path += n + (path[n] == '.');
    }
    return j;
}

const char *answer_json(const struct answer *a, const char *path)
{
    json_t *j = json_at(a, path);
    if (json_is_string(j))
        return json_string_value(j);
    if (json_is_integer(j))
        return arena_printf(a->arena, "%lld", (long long)json_integer_value(j));
    if (json_is_boolean(j))
        return json_is_true(j) ? "true" : "false";
    return NULL;
}

int answer_json_count(const struct answer *a, const char *path)
{
    json_t *j = json_at(a, path);
    return json_is_array(j) ? (int)json_array_size(j) : -1;
}

static const char *unescaped(struct arena *a, const char *s, size_t n)
{
    static const struct {
        const char *from;
        char to;
    } all[] = {{"&amp;", '&'},  {"&lt;", '<'},  {"&gt;", '>'},  {"&quot;", '"'},
               {"&#39;", '\''}, {"&#96;", '`'}, {"&#92;", '\\'}};
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < n;) {
        size_t k = 0;
        while (k < sizeof(all) / sizeof(all[0]) &&
               strncmp(s + i, all[k].from, strlen(all[k].from)) != 0)
            k++;
        bool known = k < sizeof(all) / sizeof(all[0]);
        buf_putc(&b, known ? all[k].to : s[i]);
        i += known ? strlen(all[k].from) : 1;
    }
    return b.p ? b.p : "";
}

const char *answer_input(const struct answer *a, const char *name)
{
    const char *tag = arena_printf(a->arena, "name=\"%s\"", name);
    const char *p = strstr(a->body, tag);
    if (!p)
        return NULL;
    const char *value = strstr(p, "value=\""), *end = strchr(p, '>');
    if (!value || !end || value > end)
        return "";
    value += strlen("value=\"");
    return unescaped(a->arena, value, strcspn(value, "\""));
}
