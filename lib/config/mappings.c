// SPDX-License-Identifier: MIT
// The mappings that pages offer: every *.conf of a folder, in order of their file names.
#include "config/mapping.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 64 };

// They outlive every request, so they have memory of their own, kept till the next read.
static struct arena *kept;
static const struct mapping *const *all;
static size_t n_all;

// "team-spreadsheet" of "team-spreadsheet.conf"; NULL for a file that is no mapping.
static const char *name_of(struct arena *a, const char *file)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t n = strlen(file), stem = n > 5 ? n - 5 : 0;
    bool fits = stem && stem <= NAME_MOST && strcmp(file + stem, ".conf") == 0 &&
                strspn(file, letters) == stem && *file != '-' && *file != '_';
    return fits ? arena_strndup(a, file, stem) : NULL;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum err read_one(struct ctx *ctx, const char *folder, const char *file,
                         const struct mapping **to, size_t *n)
{
    const char *name = name_of(ctx->arena, file);
    if (!name)
        return ERR_OK;
    const struct mapping *m;
    enum err e = mapping_read(ctx, arena_printf(ctx->arena, "%s/%s", folder, file), &m);
    if (!e)
        to[(*n)++] = m;
    return e;
}

enum err mappings_read(struct ctx *ctx, const char *folder)
{
    struct ctx own = {.arena = arena_new()};
    struct dirent **files = NULL;
    const struct mapping **to = NULL;
    size_t n = 0;
    enum err e = ERR_OK;
    int found = scandir(folder, &files, NULL, by_name);
    if (found < 0 && errno != ENOENT)
        e = ctx_refuse(ctx, ERR_CONFIG, "mappings: %s: %s", folder, strerror(errno));
    if (found > 0)
        to = ARENA_ARRAY(own.arena, const struct mapping *, (size_t)found);
    for (int i = 0; i < found; i++) {
        if (!e)
            e = read_one(&own, folder, files[i]->d_name, to, &n);
        free(files[i]);
    }
    free(files);
    if (e) {
        if (own.problem.detail)
            ctx->problem.detail = arena_strdup(ctx->arena, own.problem.detail);
        arena_free(own.arena);
        return e;
    }
    arena_free(kept);
    kept = own.arena;
    all = to;
    n_all = n;
    return ERR_OK;
}

const struct mapping *const *mapping_list(size_t *ret_n)
{
    *ret_n = n_all;
    return all;
}

const char *mapping_name(struct arena *a, const struct mapping *m)
{
    const char *slash = strrchr(m->path, '/');
    return name_of(a, slash ? slash + 1 : m->path);
}
