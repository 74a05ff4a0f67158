// SPDX-License-Identifier: MIT
// phoenixd: reads the configuration, opens the keys, checks the database, serves until a signal stops it.
#include "access/access.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "config/mapping.h"
#include "crypto/keys.h"
#include "db/db.h"
#include "http/server.h"

#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

#define DEFAULT_CONFIG "/etc/phoenix/phoenix.conf"

struct daemon {
    struct ctx ctx;
    const char *config_path;
    const struct config *config;
    const struct programme *programme;
    struct app *app;
    struct server *server;
    bool checked; // schema and key were seen to be right
};

static const char usage[] =
    "Usage: phoenixd [--config FILE] [--check-config]\n\n"
    "  --config FILE    configuration (default " DEFAULT_CONFIG ")\n"
    "  --check-config   read configuration, programme and keyring, say what is wrong, and stop\n"
    "  --version        print the version\n"
    "  --help           print this\n\n"
    "SIGTERM and SIGINT: finish the requests in hand and stop. SIGHUP is ignored.\n";

static void tell_systemd(const char *state)
{
#ifdef HAVE_SYSTEMD
    if (sd_notify(0, state) < 0)
        log_event(LOG_WARN, "sd_notify_failed", NULL);
#else
    (void)state;
#endif
}

static enum err set_up_log(struct ctx *ctx, const struct config *config)
{
    static const char *const names[] = {"debug", "info", "notice", "warn", "error"};
    for (int i = 0; i < 5; i++)
        if (strcmp(config->log_level, names[i]) == 0) {
            log_setup((enum log_level)i, config->log_json);
            return ERR_OK;
        }
    return ctx_refuse(ctx, ERR_CONFIG, "log_level: \"%s\" is none of debug, info, notice, warn, error",
                      config->log_level);
}

static enum err read_all(struct daemon *d)
{
    struct ctx *ctx = &d->ctx;
    enum err e = config_read(ctx, d->config_path, &d->config);
    if (!e)
        e = set_up_log(ctx, d->config);
    if (!e && !clock_set_zone(d->config->timezone))
        e = ctx_refuse(ctx, ERR_CONFIG, "timezone: this system does not know \"%s\"",
                       d->config->timezone);
    if (!e)
        e = programme_read(ctx, d->config->programme, &d->programme);
    if (!e)
        e = mappings_read(ctx, d->config->mappings);
    if (!e)
        e = crypto_start();
    if (!e)
        e = keys_open(ctx, d->config->keyring, &ctx->keys);
    return e;
}

// --- the database at start -----------------------------------------------------------------------

/** ERR_UNAVAILABLE: not to be known yet. */
static enum err check_database(struct daemon *d)
{
    struct arena *a = arena_new();
    struct ctx ctx = {.arena = a, .keys = d->ctx.keys};
    d->ctx.problem = (struct problem){0}; // what the last look found is past
    ctx.db = db_new(d->config->database, DB_APP);
    enum err e = db_schema_check(&ctx);
    if (!e)
        e = db_ready(&ctx, ctx.db);
    if (!e)
        e = access_context_check(&ctx);
    if (!e)
        e = access_keyring_check(&ctx);
    if (!e)
        d->checked = true;
    else if (ctx.problem.detail)
        d->ctx.problem.detail = arena_strdup(d->ctx.arena, ctx.problem.detail);
    if (e && ctx.problem.log)
        d->ctx.problem.log = arena_strdup(d->ctx.arena, ctx.problem.log);
    db_free(ctx.db);
    arena_free(a);
    return e;
}

// A database that is down does not keep the server from starting: it says 503 until it is back.
static enum err check_database_at_start(struct daemon *d)
{
    enum err e = check_database(d);
    if (e != ERR_UNAVAILABLE)
        return e;
    log_event(LOG_WARN, "database_unreachable", "why",
              d->ctx.problem.log ? d->ctx.problem.log : "", NULL);
    d->ctx.problem = (struct problem){0};
    return ERR_OK;
}

// --- serving -------------------------------------------------------------------------------------

static void announce(const struct daemon *d)
{
    const struct config *config = d->config;
    char url[300];
    bool v6 = strchr(config->listen, ':') != NULL;
    snprintf(url, sizeof(url), "http://%s%s%s:%d", v6 ? "[" : "", config->listen, v6 ? "]" : "",
             server_port(d->server));
    if (config->log_json)
        log_event(LOG_NOTICE, "listening", "url", url, NULL);
    else
        fprintf(stderr, "listening on %s\n", url);
}

static void signals_wanted(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

// Waits for the signal to stop. Until the database has been seen, looks for it every second: a keyring
// that is not its own ends the server as it would have at start.
static enum err wait_to_stop(struct daemon *d)
{
    sigset_t set;
    signals_wanted(&set);
    for (;;) {
        struct timespec second = {1, 0};
        int got = d->checked ? sigwaitinfo(&set, NULL) : sigtimedwait(&set, NULL, &second);
        if (got > 0) {
            log_event(LOG_NOTICE, "stopping", "signal", got == SIGTERM ? "TERM" : "INT", NULL);
            return ERR_OK;
        }
        enum err e = d->checked ? ERR_OK : check_database(d);
        if (e && e != ERR_UNAVAILABLE)
            return e;
    }
}

static enum err serve(struct daemon *d)
{
    sigset_t set;
    signals_wanted(&set);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL); // before any thread, which inherit it
    enum err e = check_database_at_start(d);
    if (!e)
        e = app_start(&d->ctx, d->config, d->ctx.keys, &d->app);
    if (e)
        return e;
    struct server_setup setup = {
        .config = d->config, .keys = d->ctx.keys, .routes = app_route_table()};
    e = server_start(&d->ctx, &setup, &d->server);
    if (!e) {
        announce(d);
        tell_systemd("READY=1");
        e = wait_to_stop(d);
        tell_systemd("STOPPING=1");
        server_stop(d->server);
    }
    app_stop(d->app);
    return e;
}

static void prepare_process(void)
{
    struct rlimit files;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); // a core would hold keys and names
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        rlim_t most = files.rlim_max < 65536 ? files.rlim_max : 65536;
        files.rlim_cur = files.rlim_cur > most ? files.rlim_cur : most;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    mallopt(M_ARENA_MAX, 2); // memory stays flat however many threads there are
    umask(077);
}

static int complain(const struct ctx *ctx, enum err e)
{
    fprintf(stderr, "phoenixd: %s\n", ctx->problem.detail ? ctx->problem.detail : err_row(e)->words);
    if (ctx->problem.log)
        fprintf(stderr, "phoenixd: %s\n", ctx->problem.log);
    return err_row(e)->exit_code;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"check-config", no_argument, NULL, 'n'},
                                            {"version", no_argument, NULL, 'V'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct daemon d = {.config_path = DEFAULT_CONFIG};
    bool check_only = false;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'V')
            return puts("phoenixd " PHOENIX_VERSION) < 0;
        if (o == 'h')
            return fputs(usage, stdout) < 0;
        if (o == 'c')
            d.config_path = optarg;
        else if (o == 'n')
            check_only = true;
        else
            return err_row(ERR_USAGE)->exit_code;
    }
    if (optind < argc) {
        fprintf(stderr, "phoenixd: takes no \"%s\"\n%s", argv[optind], usage);
        return err_row(ERR_USAGE)->exit_code;
    }
    prepare_process();
    d.ctx.arena = arena_new();
    enum err e = read_all(&d);
    if (!e && check_only)
        puts("the configuration is sound");
    else if (!e)
        e = serve(&d);
    int status = e ? complain(&d.ctx, e) : 0;
    if (d.ctx.keys)
        keys_close(d.ctx.keys);
    arena_free(d.ctx.arena);
    return status;
}
