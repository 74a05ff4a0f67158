// SPDX-License-Identifier: MIT
// Jobs: rows of app.export claimed with SKIP LOCKED. A running row carries a heartbeat, and the
// number of the attempt, which fences off a worker that was thought dead.
#include "export/export.h"

#include "base/clock.h"
#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS_MOST = 3 };

struct job {
    struct ctx *ctx;
    const struct config *config;
    struct db *beat_db; // the heartbeat's own: the job's connection is inside a transaction
    const char *id, *attempt;
    struct export_ask ask;
    bool lost; // somebody else has it
};

static const char *folder(struct ctx *ctx, const char *data_dir)
{
    return arena_printf(ctx->arena, "%s/exports", data_dir);
}

static enum err run_one(struct ctx *ctx, enum query q, const struct db_param *params, size_t n,
                        struct db_pipeline **ret)
{
    *ret = db_pipeline_new(ctx);
    (void)db_add_params(*ret, q, params, n);
    return db_run(ctx, *ret);
}

// ---- files ----

static enum err make_folder(struct ctx *ctx, const char *data_dir)
{
    const char *dirs[] = {data_dir, folder(ctx, data_dir)};
    for (size_t i = 0; i < 2; i++)
        if (mkdir(dirs[i], 0700) != 0 && errno != EEXIST) {
            (void)ctx_fail(ctx, ERR_IO, "%s: %s", dirs[i], strerror(errno));
            return ctx_refuse(ctx, ERR_IO, "The server has no folder to put exports in");
        }
    return ERR_OK;
}

static void remove_part(struct ctx *ctx, const char *dir, const char *name)
{
    const char *part = arena_printf(ctx->arena, "%s/%s", dir, name);
    DIR *inside = opendir(part);
    for (const struct dirent *g; inside && (g = readdir(inside));)
        if (strcmp(g->d_name, ".") != 0 && strcmp(g->d_name, "..") != 0)
            (void)unlinkat(dirfd(inside), g->d_name, 0);
    if (inside)
        closedir(inside);
    (void)rmdir(part);
}

// What an attempt that died has left: "ID.zip.part-XXXXXX".
static void sweep(struct ctx *ctx, const char *dir, const char *id)
{
    const char *begins = arena_printf(ctx->arena, "%s.zip.part-", id);
    DIR *d = opendir(dir);
    if (!d)
        return;
    for (const struct dirent *f; (f = readdir(d));)
        if (strncmp(f->d_name, begins, strlen(begins)) == 0)
            remove_part(ctx, dir, f->d_name);
    closedir(d);
}

// Files that nobody will ask for again: their row was marked as expired by another machine, or by a
// server that died before it removed them. One machine's clock, so an hour more is enough.
static void sweep_old(struct ctx *ctx, const char *dir, long keep_hours)
{
    DIR *d = opendir(dir);
    struct stat st;
    if (!d)
        return;
    time_t before = time(NULL) - (keep_hours + 1) * 3600;
    for (const struct dirent *f; (f = readdir(d));) {
        if (f->d_name[0] == '.' || fstatat(dirfd(d), f->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
            st.st_mtime >= before)
            continue;
        if (S_ISDIR(st.st_mode) && strstr(f->d_name, ".zip.part-"))
            remove_part(ctx, dir, f->d_name);
        else if (S_ISREG(st.st_mode) && strstr(f->d_name, ".zip"))
            (void)unlinkat(dirfd(d), f->d_name, 0);
    }
    closedir(d);
}

static enum err expire(struct ctx *ctx, const char *dir, long keep_hours)
{
    static atomic_bool looked; // when the server starts, and whenever something expires
    struct db_pipeline *pl;
    enum err e = run_one(ctx, Q_EXPORT_EXPIRE, NULL, 0, &pl);
    if (!e && (db_nrows(pl, 0) || !atomic_exchange(&looked, true)))
        sweep_old(ctx, dir, keep_hours);
    for (size_t i = 0; !e && i < db_nrows(pl, 0); i++) {
        const char *name = db_value(pl, 0, i, 1);
        const char *path = name ? arena_printf(ctx->arena, "%s/%s", dir, name) : NULL;
        if (path && unlink(path) != 0 && errno != ENOENT)
            log_event(LOG_WARN, "export_not_removed", "id", db_value(pl, 0, i, 0), "why",
                      strerror(errno), NULL);
        log_event(LOG_INFO, "export_expired", "id", db_value(pl, 0, i, 0), NULL);
    }
    return e;
}

// ---- one job ----

static enum err beat(void *arg, int percent, long rows)
{
    struct job *j = arg;
    struct ctx own = {.arena = arena_new(), .db = j->beat_db, .keys = j->ctx->keys};
    const struct db_param params[] = {DB_TEXT(j->id), DB_TEXT(j->attempt),
                                      DB_TEXT(arena_printf(own.arena, "%d", percent)),
                                      DB_TEXT(arena_printf(own.arena, "%ld", rows))};
    struct db_pipeline *pl;
    enum err e = run_one(&own, Q_EXPORT_BEAT, params, 4, &pl);
    // A missed beat is no harm: there is a minute for the next.
    j->lost = !e && db_nrows(pl, 0) == 0;
    arena_free(own.arena);
    return j->lost ? ERR_CONFLICT : ERR_OK;
}

static enum err finish(struct job *j, const char *name, const struct export_made *made)
{
    struct ctx *ctx = j->ctx;
    struct arena *a = ctx->arena;
    struct db_pipeline *pl;
    const struct db_param params[] = {DB_TEXT(j->id),
                                      DB_TEXT(j->attempt),
                                      DB_TEXT(name),
                                      DB_TEXT(made->sha256),
                                      DB_TEXT(arena_printf(a, "%lld", made->bytes)),
                                      DB_TEXT(arena_printf(a, "%ld", made->rows)),
                                      DB_TEXT(arena_printf(a, "%ld", j->config->export_keep_hours)),
                                      DB_TEXT(arena_printf(a, "%ld", made->participants))};
    enum err e = run_one(ctx, Q_EXPORT_FINISH, params, 8, &pl);
    if (!e)
        log_event(LOG_INFO, "export_made", "id", j->id, "sha256", made->sha256, NULL);
    return e;
}

static enum err fail(struct job *j, enum err why)
{
    struct problem was = j->ctx->problem;
    const char *words = was.detail ? was.detail : err_row(why)->words;
    struct db_pipeline *pl;
    const struct db_param params[] = {DB_TEXT(j->id), DB_TEXT(j->attempt), DB_TEXT(words)};
    log_event(LOG_ERROR, "export_failed", "id", j->id, "error", err_row(why)->name, "detail",
              was.log, NULL);
    return run_one(j->ctx, Q_EXPORT_FAIL, params, 3, &pl);
}

static enum err release(struct job *j)
{
    struct db_pipeline *pl;
    const struct db_param params[] = {DB_TEXT(j->id), DB_TEXT(j->attempt)};
    j->ctx->problem = (struct problem){0};
    return run_one(j->ctx, Q_EXPORT_RELEASE, params, 2, &pl);
}

static enum err work(struct job *j)
{
    struct ctx *ctx = j->ctx;
    const char *dir = folder(ctx, j->config->data_dir);
    const char *name = arena_printf(ctx->arena, "%s.zip", j->id);
    const char *path = arena_printf(ctx->arena, "%s/%s", dir, name);
    sweep(ctx, dir, j->id);
    if (atoi(j->attempt) > ATTEMPTS_MOST) {
        (void)ctx_refuse(ctx, ERR_INTERNAL, "It was begun %d times and never finished",
                         ATTEMPTS_MOST);
        return fail(j, ERR_INTERNAL);
    }
    enum err e = make_folder(ctx, j->config->data_dir);
    struct export_made made;
    j->beat_db = db_new(j->config->database, DB_WORKER);
    if (!e)
        e = export_write(ctx, &j->ask, path, beat, j, &made);
    db_free(j->beat_db);
    if (j->lost)
        return ERR_OK;
    if (e == ERR_UNAVAILABLE)
        return release(j); // the database is away, or the server stops: another worker goes on
    return e ? fail(j, e) : finish(j, name, &made);
}

enum err export_job_run_next(struct ctx *ctx, const struct config *config, bool *ret_did)
{
    struct db_pipeline *pl;
    *ret_did = false;
    enum err e = expire(ctx, folder(ctx, config->data_dir), config->export_keep_hours);
    if (!e)
        e = run_one(ctx, Q_EXPORT_CLAIM, NULL, 0, &pl);
    if (e || db_nrows(pl, 0) == 0)
        return e;
    *ret_did = true;
    struct job job = {
        .ctx = ctx,
        .config = config,
        .id = db_get(pl, 0, 0, "id"),
        .attempt = db_get(pl, 0, 0, "attempts"),
        .ask = {.kind = db_get(pl, 0, 0, "kind"),
                .as_of = db_get(pl, 0, 0, "as_of"),
                .site = db_get(pl, 0, 0, "site"),
                .who = db_get(pl, 0, 0, "who"),
                .reason = db_get(pl, 0, 0, "reason")},
    };
    return work(&job);
}
