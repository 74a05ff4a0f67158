// SPDX-License-Identifier: MIT
#include "app/app.h"

#include "access/session.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"
#include "export/export.h"
#include "import/session.h"
#include "search/search.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// One thread beside the requests: its own memory, its own connection, stopped by a flag that it
// looks at several times a second.
struct helper {
    pthread_t thread;
    struct ctx ctx;
    void (*run)(struct helper *h);
    atomic_bool *stop;
    const struct config *config;
    bool started;
};

enum { INDEX, JOBS, HELPERS };
enum { WAIT_MS = 500 }; // between looks at the stop flag
enum { TIDY_US = 60 * 1000 * 1000 }; // between looks for imports that nobody decided

struct app {
    struct helper helpers[HELPERS];
    atomic_bool stop;
};

static void run_index(struct helper *h)
{
    search_index_run(&h->ctx, search_index_current(), h->stop);
}

static void ignore(const char *channel, const char *payload, void *arg)
{
    (void)channel;
    (void)payload;
    (void)arg;
}

// Waits for a new job; also where a database that is away is waited for.
static void wait_for_job(struct helper *h)
{
    enum err e = db_ready(&h->ctx, h->ctx.db);
    if (!e)
        e = db_listen(&h->ctx, "phoenix_exports");
    if (!e)
        e = db_notifications(&h->ctx, WAIT_MS, ignore, NULL);
    if (e)
        nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
}

static void run_jobs(struct helper *h)
{
    uint64_t tidied = 0;
    while (!*h->stop) {
        bool did = false;
        enum err e = db_ready(&h->ctx, h->ctx.db);
        if (!e && (!tidied || clock_mono_us() - tidied > TIDY_US)) {
            e = import_expire(&h->ctx);
            tidied = clock_mono_us();
        }
        if (!e)
            e = export_job_run_next(&h->ctx, h->config, &did);
        if ((e || !did) && !*h->stop)
            wait_for_job(h);
        h->ctx.problem = (struct problem){0};
        arena_reset(h->ctx.arena);
    }
}

static void (*const runs[HELPERS])(struct helper *) = {[INDEX] = run_index, [JOBS] = run_jobs};

static void *helper_main(void *arg)
{
    struct helper *h = arg;
    h->run(h);
    return NULL;
}

static enum err helper_start(struct ctx *ctx, struct helper *h)
{
    h->ctx.arena = arena_new();
    h->ctx.db = db_new(h->config->database, DB_WORKER);
    h->ctx.keys = ctx->keys;
    memcpy(h->ctx.request_id, uuid_new(h->ctx.arena), sizeof(h->ctx.request_id));
    int failed = pthread_create(&h->thread, NULL, helper_main, h);
    h->started = !failed;
    return failed ? ctx_fail(ctx, ERR_INTERNAL, "thread: %s", strerror(failed)) : ERR_OK;
}

static void helper_stop(struct helper *h)
{
    if (h->started)
        pthread_join(h->thread, NULL);
    db_free(h->ctx.db);
    arena_free(h->ctx.arena);
}

enum err app_start(struct ctx *ctx, const struct config *config, struct keys *keys,
                   struct app **ret)
{
    struct app *app = calloc(1, sizeof(*app));
    if (!app)
        abort();
    export_jobs_stop(false);
    access_session_lifetime((int)config->session_idle_minutes, (int)config->session_hours);
    ctx->keys = keys;
    enum err e = ERR_OK;
    for (size_t i = 0; i < HELPERS && !e; i++) {
        app->helpers[i] = (struct helper){.run = runs[i], .stop = &app->stop, .config = config};
        e = helper_start(ctx, &app->helpers[i]);
    }
    if (e)
        app_stop(app);
    else
        *ret = app;
    return e;
}

void app_stop(struct app *app)
{
    if (!app)
        return;
    app->stop = true;
    export_jobs_stop(true);
    for (size_t i = 0; i < HELPERS; i++)
        helper_stop(&app->helpers[i]);
    free(app);
}
