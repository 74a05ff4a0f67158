// SPDX-License-Identifier: MIT
// Making one export: wait until the cut-off is settled, write the tables from one snapshot into a
// folder of parts beside the target, zip them, and put the zip in place.
#include "base/clock.h"
#include "base/vocab.h"
#include "export/run.h"
#include "export/zip.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TELL_US = 500 * 1000 };

static atomic_bool stopping;

void export_jobs_stop(bool stop)
{
    atomic_store(&stopping, stop);
}

enum err export_tell(struct export_run *r, int percent)
{
    if (atomic_load(&stopping))
        return ctx_fail(&r->work, ERR_UNAVAILABLE, "told to stop");
    if (atomic_load(r->failed))
        return ctx_fail(&r->work, ERR_UNAVAILABLE, "the other thread failed");
    uint64_t now = clock_mono_us();
    if (!r->progress || now - r->told_us < TELL_US)
        return ERR_OK;
    r->told_us = now;
    return r->progress(r->progress_arg, percent, r->rows);
}

// ---- the cut-off ----

// Sleeps a twentieth of a second; tells that work goes on.
static enum err pause_a_little(struct export_run *r)
{
    (void)nanosleep(&(const struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    arena_reset(r->work.arena);
    return export_tell(r, 0);
}

static enum err ask_one(struct export_run *r, enum query q, const struct db_param *params, size_t n,
                        struct db_pipeline **ret)
{
    *ret = db_pipeline_new(&r->work);
    (void)db_add_params(*ret, q, params, n);
    return db_run(&r->work, *ret);
}

// A transaction that began before the cut-off and ends after the snapshot is taken would be missing
// now and there the next time. So those under way at the cut-off are waited for: each for two
// seconds, then requests for the 15 that they may last, then only what has written something, an
// import say.
static enum err settle(struct export_run *r)
{
    enum { SECOND_STAGE_US = 2000000, THIRD_STAGE_US = 20000000, GIVE_UP_US = 600000000 };
    struct db_pipeline *pl;
    const char *transactions = NULL;
    enum err e;
    while (!transactions) {
        e = ask_one(r, Q_EXPORT_WRITERS, &DB_TEXT(r->as_of), 1, &pl);
        if (e)
            return e;
        if (strcmp(db_get(pl, 0, 0, "passed"), "t") == 0)
            transactions = arena_strdup(r->arena, db_get(pl, 0, 0, "transactions"));
        else if ((e = pause_a_little(r)))
            return e;
    }
    for (uint64_t from = clock_mono_us();;) {
        uint64_t waited = clock_mono_us() - from;
        const char *stage = waited < SECOND_STAGE_US ? "0" : waited < THIRD_STAGE_US ? "1" : "2";
        const struct db_param params[] = {DB_TEXT(transactions), DB_TEXT(stage)};
        e = ask_one(r, Q_EXPORT_WRITERS_LEFT, params, 2, &pl);
        if (e || strcmp(db_get(pl, 0, 0, "left"), "0") == 0)
            return e;
        if (waited > GIVE_UP_US)
            return ctx_refuse(
                &r->work, ERR_OVERLOADED,
                "Something that began before the cut-off is still being saved. Ask for "
                "the export again later");
        e = pause_a_little(r);
        if (e)
            return e;
    }
}

// ---- the folder of parts ----

static void remove_folder(const char *dir)
{
    DIR *d = opendir(dir);
    if (d) {
        for (const struct dirent *f; (f = readdir(d));)
            if (strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0)
                (void)unlinkat(dirfd(d), f->d_name, 0);
        closedir(d);
    }
    (void)rmdir(dir);
}

static enum err open_tables(struct export_run *r)
{
    for (size_t i = 0; i < EXPORT_TABLES; i++) {
        const char *name = arena_printf(r->arena, "%s.csv", export_tables[i].name);
        struct ctx files = r->work;
        files.arena = r->arena; // their memory lasts the run
        enum err e = export_out_open(&files, r->dir, name, &r->out[i]);
        r->work.problem = files.problem;
        if (e)
            return e;
        export_heading(r, &export_tables[i]);
        export_out_add(r->out[i], "\xef\xbb\xbf", 3);
        export_out_add(r->out[i], r->line.p, r->line.n);
    }
    return ERR_OK;
}

static enum err close_tables(struct export_run *r, struct export_entry *entries)
{
    for (size_t i = 0; i < EXPORT_TABLES; i++) {
        struct export_out *o = r->out[i];
        enum err e = export_out_close(&r->work, o);
        if (e)
            return e;
        entries[i] = (struct export_entry){
            .name = o->name,
            .path = o->path,
            .sha256 = sha256_hex(r->arena, o->hash),
            .bytes = o->bytes,
            .rows = o->rows,
        };
    }
    return ERR_OK;
}

// ---- the snapshot ----

static enum err read_thresholds(struct export_run *r, struct export_book *book)
{
    struct db_pipeline *pl;
    enum err e = ask_one(r, Q_EXPORT_THRESHOLDS, &DB_TEXT(r->ask->site), 1, &pl);
    if (e)
        return e;
    size_t n = db_nrows(pl, 0);
    struct export_threshold *rows = ARENA_ARRAY(r->arena, struct export_threshold, n + 1);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct export_threshold){
            .site = arena_strdup(r->arena, db_value(pl, 0, i, 0)),
            .engaged_days = arena_strdup(r->arena, db_value(pl, 0, i, 1)),
            .wavering_days = arena_strdup(r->arena, db_value(pl, 0, i, 2)),
            .wavering_missed = arena_strdup(r->arena, db_value(pl, 0, i, 3)),
            .disengaged_missed = arena_strdup(r->arena, db_value(pl, 0, i, 4)),
        };
    book->thresholds = rows;
    book->n_thresholds = n;
    return ERR_OK;
}

static enum err begin_snapshot(struct export_run *r)
{
    struct db_pipeline *pl;
    enum err e = db_begin(&r->work, true);
    return e ? e : ask_one(r, Q_EXPORT_SETUP, NULL, 0, &pl);
}

// The tables by batches, on a connection of their own beside the contacts: the cut-off has settled,
// so that two snapshots have the same rows in them.
struct side {
    struct export_run run;
    pthread_t thread;
    enum err e;
};

static void *side_main(void *arg)
{
    struct side *s = arg;
    s->e = begin_snapshot(&s->run);
    if (!s->e)
        s->e = export_tables_write(&s->run);
    db_rollback(&s->run.work);
    if (s->e)
        atomic_store(s->run.failed, true);
    return NULL;
}

static enum err side_start(struct export_run *r, struct side *s)
{
    *s = (struct side){.run = *r};
    s->run.progress = NULL; // the contacts take longer, and tell
    s->run.arena = arena_new();
    s->run.work.arena = arena_new();
    s->run.work.db = db_another(r->work.db);
    buf_init(&s->run.line, s->run.arena);
    buf_init(&s->run.words, s->run.arena);
    int failed = pthread_create(&s->thread, NULL, side_main, s);
    return failed ? ctx_fail(&r->work, ERR_INTERNAL, "thread: %s", strerror(failed)) : ERR_OK;
}

static void side_free(struct side *s)
{
    db_free(s->run.work.db);
    arena_free(s->run.work.arena);
    arena_free(s->run.arena);
}

// Which of two failures counts: the one that was first, not the one that followed from it.
static enum err side_join(struct export_run *r, struct side *s, enum err e)
{
    if (e)
        atomic_store(r->failed, true);
    pthread_join(s->thread, NULL);
    const struct problem *p = &s->run.work.problem;
    bool first = s->e && (!e || (p->log && !strstr(p->log, "other thread")));
    if (first) {
        r->work.problem.detail = p->detail ? arena_strdup(r->arena, p->detail) : NULL;
        r->work.problem.log = p->log ? arena_strdup(r->arena, p->log) : NULL;
    }
    r->rows += s->run.rows;
    return first ? s->e : e;
}

static enum err read_both(struct export_run *r)
{
    struct side side;
    enum err e = side_start(r, &side);
    if (!e)
        e = side_join(r, &side, export_contacts_write(r));
    side_free(&side);
    return e;
}

static enum err read_snapshot(struct export_run *r, struct export_book *book)
{
    enum err e = begin_snapshot(r);
    if (!e)
        e = read_thresholds(r, book);
    if (!e)
        e = export_people_read(r);
    if (!e)
        e = read_both(r);
    db_rollback(&r->work); // it has only read
    return e;
}

// ---- the zip ----

static bool zip_tell(void *arg, double part)
{
    return export_tell(arg, 85 + (int)(14 * part)) == ERR_OK;
}

static enum err hash_file(struct export_run *r, const char *path, struct export_made *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return export_io(&r->work, errno, "zip");
    size_t size = 64 * 1024;
    char *block = arena_alloc(r->arena, size);
    struct sha256 *hash = sha256_new(r->arena);
    ssize_t n;
    while ((n = read(fd, block, size)) > 0) {
        sha256_add(hash, block, (size_t)n);
        ret->bytes += n;
    }
    int error = errno;
    close(fd);
    if (n < 0)
        return export_io(&r->work, error, "zip");
    ret->sha256 = arena_strdup(r->ctx->arena, sha256_hex(r->arena, hash));
    return ERR_OK;
}

static enum err put_in_place(struct export_run *r, const char *from, const char *to)
{
    char *folder = arena_strdup(r->arena, to);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';
    if (rename(from, to) != 0)
        return export_io(&r->work, errno, "zip");
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return error ? export_io(&r->work, error, "zip") : ERR_OK;
}

static enum err make_zip(struct export_run *r, const struct export_book *book, const char *path,
                         struct export_made *ret)
{
    struct export_entry entries[EXPORT_ENTRIES];
    enum err e = close_tables(r, entries);
    if (e)
        return e;
    size_t n = export_book_add(&r->work, book, entries, EXPORT_TABLES);
    const char *zip = arena_printf(r->arena, "%s/zip", r->dir);
    e = export_zip(&r->work, zip, entries, n, zip_tell, r);
    ret->participants = (long)r->people.n;
    ret->rows = 0;
    ret->bytes = 0;
    for (size_t i = 0; i < EXPORT_TABLES; i++)
        ret->rows += entries[i].rows;
    if (!e)
        e = hash_file(r, zip, ret);
    return e ? e : put_in_place(r, zip, path);
}

// ---- the whole ----

static enum err check(struct ctx *ctx, const struct export_ask *ask, const char **ret_as_of)
{
    int64_t us;
    if (!ask->kind || strcmp(ask->kind, "evaluation") != 0)
        return ctx_refuse(ctx, ERR_INVALID, "There is no such kind of export");
    if (!ask->as_of || (!time_parse(ask->as_of, &us) && !time_parse_pg(ask->as_of, &us)))
        return ctx_refuse(ctx, ERR_INVALID, "The cut-off is not a date and time");
    if (us > clock_now_us() + 5 * 1000000)
        return ctx_refuse(ctx, ERR_INVALID, "The cut-off must not be in the future");
    *ret_as_of = time_iso(ctx->arena, us);
    return ERR_OK;
}

static enum err make(struct export_run *r, const char *path, struct export_made *ret)
{
    struct export_book book = {.ask = r->ask, .as_of = r->as_of, .schema = db_schema_wanted()};
    char *dir = arena_printf(r->arena, "%s.part-XXXXXX", path);
    enum err e = settle(r);
    if (e)
        return e;
    if (!mkdtemp(dir))
        return export_io(&r->work, errno, "folder");
    r->dir = dir;
    e = open_tables(r);
    if (!e)
        e = read_snapshot(r, &book);
    if (!e)
        e = make_zip(r, &book, path, ret);
    for (size_t i = 0; i < EXPORT_TABLES; i++)
        export_out_drop(r->out[i]);
    remove_folder(dir);
    return e;
}

// A limit on the size of files would otherwise end the program instead of failing the write.
static void size_signal(bool hold, sigset_t *was)
{
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGXFSZ);
    if (hold) {
        (void)pthread_sigmask(SIG_BLOCK, &one, was);
        return;
    }
    while (sigtimedwait(&one, NULL, &(const struct timespec){0}) > 0)
        ;
    (void)pthread_sigmask(SIG_SETMASK, was, NULL);
}

enum err export_write(struct ctx *ctx, const struct export_ask *ask, const char *path,
                      export_progress_fn progress, void *arg, struct export_made *ret)
{
    atomic_bool failed = false;
    struct export_run run = {
        .ctx = ctx, .ask = ask, .progress = progress, .progress_arg = arg, .failed = &failed};
    enum err e = check(ctx, ask, &run.as_of);
    if (e)
        return e;
    run.arena = arena_new();
    run.work = *ctx;
    run.work.arena = arena_new();
    run.work.problem = (struct problem){0};
    buf_init(&run.line, run.arena);
    buf_init(&run.words, run.arena);
    struct export_made made = {0};
    sigset_t was;
    size_signal(true, &was);
    e = make(&run, path, &made);
    size_signal(false, &was);
    if (e && run.work.problem.detail)
        ctx->problem.detail = arena_strdup(ctx->arena, run.work.problem.detail);
    if (e && run.work.problem.log)
        ctx->problem.log = arena_strdup(ctx->arena, run.work.problem.log);
    arena_free(run.work.arena);
    arena_free(run.arena);
    if (!e)
        *ret = made;
    return e;
}
