// SPDX-License-Identifier: MIT
#include "world.h"

#include "access/access.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "cluster.h"
#include "config/config.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "db/db.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { USERS = 16 };

static struct world {
    struct ctx owner;
    struct cluster *cluster;
    struct db *app;
    struct {
        const char *role; // "navigator", "navigator@rutland"
        const char *id;
        uint8_t token[32];
        struct ctx ctx;
    } users[USERS];
    size_t n_users;
    const char *team, *probation, *youth_justice, *provider;
    bool up;
} world;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "world: %s: %s\n", what, why ? why : "");
    exit(1);
}

static void must(enum err e, const char *what)
{
    const struct problem *p = &world.owner.problem;
    if (!e)
        return;
    const char *why = p->log ? p->log : p->detail;
    fail(what, why ? why : err_row(e)->words);
}

static const char *sql_run(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
static const char *sql_run(const char *fmt, va_list ap)
{
    const char *text = arena_vprintf(world.owner.arena, fmt, ap);
    return cluster_sql(world.cluster, "domain", text);
}

static void owner_sql(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void owner_sql(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *text =
        arena_printf(world.owner.arena, "set session authorization phoenix_owner; %s",
                     arena_vprintf(world.owner.arena, fmt, ap));
    va_end(ap);
    cluster_sql(world.cluster, "domain", text);
}

static const char *hex(const void *p, size_t n)
{
    const uint8_t *b = p;
    char *s = arena_alloc(world.owner.arena, 2 * n + 4);
    strcpy(s, "\\x");
    for (size_t i = 0; i < n; i++)
        sprintf(s + 2 + 2 * i, "%02x", b[i]);
    return s;
}

static void add_user(const char *role, const char *site, const char *agency)
{
    size_t i = world.n_users++;
    struct arena *a = world.owner.arena;
    size_t n = strcspn(role, "@");
    world.users[i].role = role;
    world.users[i].id = uuid_new(a);
    random_bytes(world.users[i].token, 32);
    const char *team =
        strcmp(site, "leicester") == 0 ? arena_printf(a, "'%s'", world.team) : "null";
    owner_sql(
        "insert into access.\"user\" (id, username, display_name, role, site_id, team_id, "
        "agency_id, password_hash) values ('%s', 'u%zu', 'Worker %zu', '%.*s', %s, %s, %s, 'x');"
        "insert into access.session (token_hash, user_id, idle, expires_at) values "
        "('%s', '%s', '30 minutes', now() + interval '12 hours')",
        world.users[i].id, i, i, (int)n, role, *site ? arena_printf(a, "'%s'", site) : "null",
        strcmp(role, "navigator") == 0 || strcmp(role, "team_lead") == 0 ? team : "null",
        agency ? arena_printf(a, "'%s'", agency) : "null", hex(world.users[i].token, 32),
        world.users[i].id);
    struct ctx *ctx = &world.users[i].ctx;
    *ctx = (struct ctx){.arena = arena_new(),
                        .db = world.app,
                        .keys = world.owner.keys,
                        .token_hash = world.users[i].token,
                        .route = "/test",
                        .remote = "test"};
}

static void add_users(void)
{
    struct arena *a = world.owner.arena;
    world.team = uuid_new(a);
    world.probation = uuid_new(a);
    world.youth_justice = uuid_new(a);
    world.provider = uuid_new(a);
    owner_sql("insert into access.team (id, site_id, name) values ('%s', 'leicester', 'Team one');"
              "insert into access.agency (id, name, kind, site_id) values "
              "('%s', 'Probation one', 'probation', 'leicester'),"
              "('%s', 'Youth justice one', 'youth_justice', 'leicester'),"
              "('%s', 'Provider one', 'provider', 'leicester')",
              world.team, world.probation, world.youth_justice, world.provider);
    add_user("navigator", "leicester", NULL);
    add_user("team_lead", "leicester", NULL);
    add_user("manager", "leicester", NULL);
    add_user("police", "leicester", NULL);
    add_user("probation", "leicester", world.probation);
    add_user("youth_justice", "leicester", world.youth_justice);
    add_user("provider", "leicester", world.provider);
    add_user("evaluator", "", NULL);
    add_user("trial_manager", "", NULL);
    add_user("administrator", "", NULL);
    add_user("auditor", "", NULL);
    add_user("navigator@rutland", "rutland", NULL);
    add_user("manager@rutland", "rutland", NULL);
    add_user("navigator@other", "leicester", NULL);
}

static void start(void)
{
    if (world.up)
        return;
    world.up = true;
    struct ctx *ctx = &world.owner;
    ctx->arena = arena_new();
    log_setup(getenv("TEST_LOG") ? LOG_DEBUG : LOG_ERROR, 0);
    must(crypto_start(), "crypto");
    if (!clock_set_zone("Europe/London"))
        fail("no time zone", "Europe/London");
    world.cluster = cluster_migrated();
    const char *conninfo = cluster_database(world.cluster, "domain");
    const char *keyring = arena_printf(ctx->arena, "%s/domain.keys", cluster_dir(world.cluster));
    const struct programme *programme;
    must(programme_read(ctx, TEST_PROGRAMME, &programme), "programme");
    must(keys_create(ctx, keyring), "keyring");
    must(keys_open(ctx, keyring, &ctx->keys), "keyring");
    ctx->db = db_new(conninfo, DB_OWNER);
    must(db_ready(ctx, ctx->db), "owner");
    must(access_sync(ctx, programme), "access_sync");
    world.app = db_new(conninfo, DB_APP);
    add_users();
}

static size_t user_index(const char *role)
{
    start();
    for (size_t i = 0; i < world.n_users; i++)
        if (strcmp(world.users[i].role, role) == 0)
            return i;
    fail("no user", role);
    return 0;
}

struct ctx *world_as(const char *role)
{
    struct ctx *ctx = &world.users[user_index(role)].ctx;
    ctx->problem = (struct problem){0};
    ctx->idempotency_key = NULL;
    ctx->body_hash = NULL;
    ctx->actor = NULL;
    return ctx;
}

struct ctx *world_nobody(void)
{
    static struct ctx ctx;
    start();
    ctx = (struct ctx){
        .arena = world.owner.arena, .db = world.app, .keys = world.owner.keys, .route = "/test"};
    return &ctx;
}

const char *world_user(const char *role)
{
    return world.users[user_index(role)].id;
}

const char *world_provider(void)
{
    start();
    return world.provider;
}

const char *world_sql(const char *fmt, ...)
{
    start();
    va_list ap;
    va_start(ap, fmt);
    const char *printed = sql_run(fmt, ap);
    va_end(ap);
    return printed;
}

static const char *sealed(const char *person, const char *table, const char *column,
                          const char *text)
{
    struct seal_at at = {SEAL_IDENTITY, person, table, person, column};
    struct bytes out;
    if (!text)
        return "null";
    must(seal_text(&world.owner, &at, text, &out), "seal");
    return arena_printf(world.owner.arena, "'%s'", hex(out.p, out.n));
}

static void add_identity(const char *id, const char *born)
{
    owner_sql("insert into app.identity (person_id, given_name, family_name) values ('%s', %s, %s);"
              "insert into app.identity_detail (person_id, date_of_birth) values ('%s', %s)",
              id, sealed(id, "app.identity", "given_name", "Zebedee"),
              sealed(id, "app.identity", "family_name", "Quillfeather"), id,
              sealed(id, "app.identity_detail", "date_of_birth", born));
}

const char *world_person(const char *born, const char *stage, int days_ago)
{
    start();
    struct arena *a = world.owner.arena;
    const char *id = uuid_new(a), *ref = reference_new(a);
    struct bytes wrapped;
    must(keys_person_new(&world.owner, id, &wrapped), "data key");
    bool offered = strcmp(stage, "awaiting_offer") != 0;
    const char *at = arena_printf(a, "now() - interval '%d days'", days_ago);
    owner_sql("insert into app.participant (site_id, id, person_id, ref, stage, stage_at, worker_id, team_id, "
              "agency_id, supervision, started_on, offered_at, accepted_at) values ('leicester', "
              "'%s', '%s', '%s', '%s', %s, '%s', '%s', '%s', 'probation', (%s)::date, %s, %s);"
              "insert into app.data_key (person_id, epoch, wrapped) values ('%s', %d, '%s')",
              uuid_new(a), id, ref, stage, at, world_user("navigator"), world.team, world.probation, at,
              offered ? at : "null", strcmp(stage, "active") == 0 ? at : "null", id,
              keys_epoch(world.owner.keys), hex(wrapped.p, wrapped.n));
    add_identity(id, born);
    return ref;
}

const char *world_person_id(const char *ref)
{
    return world_sql("select person_id from app.participant where ref = '%s'", ref);
}

const char *world_participant_id(const char *ref)
{
    return world_sql("select id from app.participant where ref = '%s'", ref);
}

unsigned long world_flushes(void)
{
    start();
    return db_flushes(world.app);
}

struct cluster *world_cluster(void)
{
    start();
    return world.cluster;
}

void world_explain(const struct ctx *ctx)
{
    if (ctx->problem.log)
        fprintf(stderr, "%s\n", ctx->problem.log);
}
