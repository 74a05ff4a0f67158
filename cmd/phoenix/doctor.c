// SPDX-License-Identifier: MIT
// Looks at everything the server needs, in the order in which one thing needs another, and says in
// words what is wrong and what to do. Every check runs that can: one fault should not hide the
// next.
#include "access/access.h"
#include "base/clock.h"
#include "command.h"
#include "db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

// Below these the server still starts, and fails later in a way that is hard to understand.
enum {
    MEMLOCK_LEAST = 1024 * 1024,
    DISK_LEAST_MB = 512,
    DISK_INODES_LEAST = 1000,
    CLOCK_APART_S = 5,
    YEAR_LEAST = 2024,
};

struct checkup {
    struct cli *cli;
    bool wrong;
    bool configured; // config and programme were read
    bool connected;  // as the owner
};

static void passed(const char *what, const char *detail)
{
    printf("ok     %-10s %s\n", what, detail);
}

static void failed(struct checkup *c, const char *what, const char *detail)
{
    c->wrong = true;
    printf("WRONG  %-10s %s\n", what, detail);
}

// What an error left behind, in words; and a clean slate for the next check.
static const char *why(struct ctx *ctx, enum err e)
{
    const struct problem p = ctx->problem;
    ctx->problem = (struct problem){0};
    if (p.detail)
        return p.detail;
    return p.log ? arena_printf(ctx->arena, "%s (%s)", err_row(e)->words, p.log)
                 : err_row(e)->words;
}

static void judge(struct checkup *c, const char *what, enum err e, const char *fine)
{
    if (e)
        failed(c, what, why(c->cli->ctx, e));
    else
        passed(what, fine);
}

static void check_config(struct checkup *c)
{
    struct cli *cli = c->cli;
    enum err e = config_read(cli->ctx, cli->config_path, &cli->config);
    judge(c, "config", e, cli->config_path);
    if (e)
        return;
    bool zone = clock_set_zone(cli->config->timezone);
    if (!zone)
        failed(c, "timezone",
            arena_printf(cli->ctx->arena,
                         "this system does not know \"%s\": is tzdata "
                         "installed?",
                         cli->config->timezone));
    e = programme_read(cli->ctx, cli->config->programme, &cli->programme);
    judge(c, "programme", e, cli->config->programme);
    c->configured = !e;
}

static void check_clock(struct checkup *c)
{
    // A board without a battery begins in 1970, where every certificate and session is "not yet valid".
    time_t now = time(NULL);
    struct tm t;
    if (!gmtime_r(&now, &t) || t.tm_year + 1900 < YEAR_LEAST)
        failed(c, "clock", "this machine's clock is years behind: set it, and keep it with NTP");
    else
        passed("clock", time_words(c->cli->ctx->arena, time_iso(c->cli->ctx->arena, clock_now_us())));
}

static void check_memlock(struct checkup *c)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
        (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < MEMLOCK_LEAST && geteuid() != 0))
        failed(c, "memlock",
            "keys could be written to swap: allow at least 1 MiB of locked memory "
            "(ulimit -l, or LimitMEMLOCK= in the unit)");
    else
        passed("memlock", "keys can be kept out of swap");
}

static void check_disk(struct checkup *c)
{
    struct arena *a = c->cli->ctx->arena;
    const char *dir = c->cli->config->data_dir;
    struct stat st;
    struct statvfs fs;
    if (stat(dir, &st) != 0) {
        failed(c, "disk", arena_printf(a, "data_dir %s: %s", dir, strerror(errno)));
        return;
    }
    if (!S_ISDIR(st.st_mode) || access(dir, W_OK | X_OK) != 0 || statvfs(dir, &fs) != 0) {
        failed(c, "disk", arena_printf(a, "data_dir %s is no folder that can be written to", dir));
        return;
    }
    // f_bavail leaves out what the file system keeps for root: that is not the service's to use.
    unsigned long long mb = (unsigned long long)fs.f_bavail * fs.f_frsize / (1024 * 1024);
    if (mb < DISK_LEAST_MB || (fs.f_files && fs.f_favail < DISK_INODES_LEAST))
        failed(c, "disk", arena_printf(a, "%s has only %llu MB free: make room", dir, mb));
    else
        passed("disk", arena_printf(a, "%llu MB free at %s", mb, dir));
}

static void check_key(struct checkup *c)
{
    enum err e = cli_keys(c->cli);
    judge(c, "key", e, c->cli->config->keyring);
}

static void check_database(struct checkup *c)
{
    enum err e = cli_connect(c->cli, CLI_OWNER);
    c->connected = !e;
    if (e)
        failed(c, "database",
            arena_printf(c->cli->ctx->arena,
                         "%s. Is PostgreSQL running, is `database` right, was "
                         "\"phoenix migrate --bootstrap\" run?",
                         why(c->cli->ctx, e)));
    else
        passed("database", "answers");
}

static void check_schema(struct checkup *c)
{
    struct ctx *ctx = c->cli->ctx;
    enum err e = db_schema_check(ctx);
    if (e)
        failed(c, "schema", why(ctx, e));
    else
        passed("schema", arena_printf(ctx->arena, "version %d", db_schema_wanted()));
}

static void check_database_clock(struct checkup *c)
{
    struct ctx *ctx = c->cli->ctx;
    struct db_pipeline *pl = db_pipeline_new(ctx);
    size_t i = db_add(pl, DB_CALL0(cli_clock));
    enum err e = db_run(ctx, pl);
    long apart = e ? 0 : strtol(db_value(pl, i, 0, 0), NULL, 10) - (long)time(NULL);
    if (e)
        failed(c, "clocks", why(ctx, e));
    else if (labs(apart) > CLOCK_APART_S)
        failed(c, "clocks",
            arena_printf(ctx->arena,
                         "the database's clock is %ld seconds from this "
                         "machine's: keep both with NTP",
                         apart));
    else
        passed("clocks", "this machine and the database agree");
}

static void check_key_fits(struct checkup *c)
{
    judge(c, "context", access_context_check(c->cli->ctx), "can be set by phoenix_owner alone");
    judge(c, "key fits", access_keyring_check(c->cli->ctx), "the keyring is this database's");
}

static void check_logins(struct checkup *c)
{
    static const struct {
        enum db_login login;
        const char *name;
    } logins[] = {
        {DB_APP, "phoenix_app"}, {DB_AUTH, "phoenix_auth"}, {DB_WORKER, "phoenix_worker"}};
    struct ctx *ctx = c->cli->ctx;
    // db_ready() prepares every statement of the login, so a missing grant shows here too.
    struct db *owner = ctx->db;
    for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
        ctx->db = db_new(c->cli->config->database, logins[i].login);
        enum err e = db_ready(ctx, ctx->db);
        if (e)
            failed(c, "login", arena_printf(ctx->arena, "%s: %s", logins[i].name, why(ctx, e)));
        else
            passed("login", logins[i].name);
        db_free(ctx->db);
    }
    ctx->db = owner;
}

enum err run_doctor(struct cli *cli)
{
    struct checkup c = {.cli = cli};
    check_config(&c);
    check_clock(&c);
    check_memlock(&c);
    if (cli->config) {
        check_disk(&c);
        check_key(&c);
        check_database(&c);
    }
    if (c.connected) {
        check_schema(&c);
        check_database_clock(&c);
        if (cli->ctx->keys)
            check_key_fits(&c);
        check_logins(&c);
    }
    if (!c.wrong)
        return ERR_OK;
    return ctx_refuse(cli->ctx, ERR_CONFIG, "see the lines marked WRONG");
}
