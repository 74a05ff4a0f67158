// SPDX-License-Identifier: MIT
#include "cluster.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGS_MAX = 40, SHORT_ENOUGH = 40 };

struct cluster {
    struct arena *arena;
    char *dir;
    int guard_fd; // closing it (by dying, say) tells the guard to clean up
    pid_t guard;
    bool template_made;
};

extern char **environ;
static struct cluster *shared;

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "cluster: %s: %s\n", what, why);
    exit(2);
}

/** Runs a program to its end, taking what it prints if `out` is not NULL. Returns its exit status.
 */
static int run(const char *const *argv, struct buf *out)
{
    int ends[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (out) {
        if (pipe2(ends, O_CLOEXEC))
            give_up("pipe", strerror(errno));
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    }
    pid_t pid;
    int error =
        posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(const void *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        give_up(argv[0], strerror(error));
    if (out) {
        char piece[4096];
        ssize_t n;
        close(ends[1]);
        while ((n = read(ends[0], piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR))
            buf_add(out, piece, n > 0 ? (size_t)n : 0);
        close(ends[0]);
    }
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            give_up("waitpid", strerror(errno));
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int script(const struct cluster *c, const char *command, const char *option)
{
    return run((const char *const[]){CLUSTER_SCRIPT, command, c->dir, option, NULL}, NULL);
}

static void script_must(const struct cluster *c, const char *command, const char *option)
{
    if (script(c, command, option))
        give_up("cluster.sh", command);
}

/** A short directory: a Unix socket's path has about 100 characters. The cluster's user, who need
 *  not be ours, must be able to reach it. */
static char *make_dir(struct arena *a)
{
    const char *tmp = getenv("TMPDIR");
    bool fits = tmp && tmp[0] == '/' && strlen(tmp) <= SHORT_ENOUGH && geteuid() != 0;
    char *dir = arena_printf(a, "%s/pxXXXXXX", fits ? tmp : "/tmp");
    if (!mkdtemp(dir))
        give_up(dir, strerror(errno));
    return dir;
}

static void start_guard(struct cluster *c)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        give_up("pipe", strerror(errno));
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    // A session of its own: a harness that kills our process group must not kill the cleaner.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    const char *const argv[] = {CLUSTER_SCRIPT, "guard", c->dir, NULL};
    int error = posix_spawn(&c->guard, CLUSTER_SCRIPT, &actions, &attributes,
                            (char *const *)(const void *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error)
        give_up(CLUSTER_SCRIPT, strerror(error));
    close(ends[0]);
    c->guard_fd = ends[1];
}

static struct cluster *start_from(const char *from, bool durable, const char *const *settings)
{
    struct arena *a = arena_new();
    struct cluster *c = ARENA_NEW(a, struct cluster);
    c->arena = a;
    c->dir = make_dir(a);
    const char *argv[ARGS_MAX] = {CLUSTER_SCRIPT, "start", c->dir};
    size_t n = 3;
    if (durable)
        argv[n++] = "--durable";
    if (from) {
        argv[n++] = "--from";
        argv[n++] = from;
    }
    for (; settings && *settings && n < ARGS_MAX - 3; settings++) {
        argv[n++] = "--set";
        argv[n++] = *settings;
    }
    start_guard(c);
    if (run(argv, NULL))
        give_up("cluster.sh", "start");
    return c;
}

struct cluster *cluster_start_with(bool durable, const char *const *settings)
{
    return start_from(NULL, durable, settings);
}

struct cluster *cluster_start(void)
{
    return cluster_start_with(false, NULL);
}

static void stop_shared(void)
{
    cluster_stop(shared);
    shared = NULL;
}

struct cluster *cluster_shared(void)
{
    if (!shared) {
        shared = cluster_start();
        atexit(stop_shared);
    }
    return shared;
}

void cluster_stop(struct cluster *c)
{
    if (!c)
        return;
    int status;
    close(c->guard_fd);
    while (waitpid(c->guard, &status, 0) < 0 && errno == EINTR)
        ;
    arena_free(c->arena);
}

const char *cluster_dir(const struct cluster *c)
{
    return c->dir;
}

const char *cluster_files(struct cluster *c)
{
    return arena_printf(c->arena, "%s/files", c->dir);
}

const char *cluster_conninfo(struct cluster *c, const char *dbname)
{
    return arena_printf(c->arena, "host=%s port=5432 dbname=%s", c->dir, dbname);
}

const char *cluster_superuser(struct cluster *c, const char *dbname)
{
    return arena_printf(c->arena, "%s user=postgres", cluster_conninfo(c, dbname));
}

const char *cluster_sql_try(struct cluster *c, const char *dbname, const char *sql)
{
    struct buf out;
    buf_init(&out, c->arena);
    buf_puts(&out, "");
    const char *const argv[] = {
        "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", cluster_superuser(c, dbname),
        "-c",   sql,     NULL};
    if (run(argv, &out))
        return NULL;
    if (out.n && out.p[out.n - 1] == '\n')
        out.p[out.n - 1] = '\0';
    return out.p;
}

const char *cluster_sql(struct cluster *c, const char *dbname, const char *sql)
{
    const char *out = cluster_sql_try(c, dbname, sql);
    if (!out)
        give_up("psql", sql);
    return out;
}

static const char *why_failed(const struct problem *p)
{
    const char *why = p->log ? p->log : p->detail;
    return why ? why : "failed";
}

static void make_template(struct cluster *c)
{
    struct ctx ctx = {.arena = arena_new()};
    if (db_bootstrap(&ctx, cluster_superuser(c, "phoenix_t")))
        give_up("bootstrap", why_failed(&ctx.problem));
    ctx.db = db_new(cluster_conninfo(c, "phoenix_t"), DB_OWNER);
    if (db_migrate(&ctx, NULL, NULL))
        give_up("migrate", why_failed(&ctx.problem));
    db_free(ctx.db);
    arena_free(ctx.arena);
    c->template_made = true;
}

/** Held by one program at a time; the others wait for what it prepares. */
static int prepared_lock(const char *path)
{
    char name[512];
    snprintf(name, sizeof(name), "%s.lock", path);
    int fd = open(name, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    while (fd >= 0 && flock(fd, LOCK_EX)) {
        if (errno != EINTR)
            give_up(name, strerror(errno));
    }
    if (fd < 0)
        give_up(name, strerror(errno));
    return fd;
}

struct cluster *cluster_prepared(const char *name, void (*fill)(struct cluster *c))
{
    const char *folder = getenv("PHOENIX_TEST_PREPARED");
    if (shared)
        return shared;
    if (!folder || !*folder) {
        fill(cluster_shared());
        return shared;
    }
    char path[400];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    int lock = prepared_lock(path);
    bool ready = access(path, F_OK) == 0;
    if (ready) {
        close(lock);
        shared = start_from(path, false, NULL);
        shared->template_made = true;
        atexit(stop_shared);
    } else {
        fill(cluster_shared());
        script_must(shared, "save", path);
        close(lock);
        cluster_up(shared);
    }
    return shared;
}

struct cluster *cluster_migrated(void)
{
    return cluster_prepared("migrated", make_template);
}

const char *cluster_database(struct cluster *c, const char *name)
{
    if (!c->template_made)
        make_template(c);
    // The template's last connection may still be on its way out.
    const char *sql = arena_printf(
        c->arena, "create database \"%s\" template phoenix_t owner phoenix_owner", name);
    for (int i = 0; i < 50; i++) {
        if (cluster_sql(c, "postgres",
                        "select count(*) from pg_stat_activity where datname = 'phoenix_t'")[0] ==
            '0')
            break;
        usleep(20000);
    }
    cluster_sql(c, "postgres", sql);
    return cluster_conninfo(c, name);
}

void cluster_template_drop(struct cluster *c)
{
    cluster_sql(c, "postgres", "drop database if exists phoenix_t with (force)");
    c->template_made = false;
}

void cluster_shutdown(struct cluster *c)
{
    script_must(c, "stop", "fast");
}

void cluster_crash(struct cluster *c)
{
    script_must(c, "stop", "immediate");
}

void cluster_kill(struct cluster *c)
{
    script_must(c, "kill", NULL);
}

void cluster_up(struct cluster *c)
{
    script_must(c, "start", NULL);
}

void cluster_restart(struct cluster *c)
{
    cluster_shutdown(c);
    cluster_up(c);
}
