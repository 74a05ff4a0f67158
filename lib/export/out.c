// SPDX-License-Identifier: MIT
#include "export/out.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024 };

enum err export_io(struct ctx *ctx, int error, const char *what)
{
    (void)ctx_fail(ctx, ERR_IO, "%s: %s", what, strerror(error));
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        return ctx_refuse(ctx, ERR_IO,
                          "The disk of the server is full. Ask for the export again when there is "
                          "room");
    return ctx_refuse(ctx, ERR_IO, "The file could not be written on the server");
}

enum err export_out_open(struct ctx *ctx, const char *dir, const char *name,
                         struct export_out **ret)
{
    struct export_out *o = ARENA_NEW(ctx->arena, struct export_out);
    o->name = name;
    o->path = arena_printf(ctx->arena, "%s/%s", dir, name);
    o->fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (o->fd < 0)
        return export_io(ctx, errno, name);
    o->block = arena_alloc(ctx->arena, BLOCK);
    o->hash = sha256_new(ctx->arena);
    *ret = o;
    return ERR_OK;
}

static void flush(struct export_out *o)
{
    size_t done = 0;
    while (!o->error && done < o->n) {
        ssize_t n = write(o->fd, o->block + done, o->n - done);
        if (n < 0 && errno != EINTR)
            o->error = errno;
        else if (n > 0)
            done += (size_t)n;
    }
    sha256_add(o->hash, o->block, o->n);
    o->n = 0;
}

void export_out_add(struct export_out *o, const void *p, size_t n)
{
    const char *from = p;
    o->bytes += (long long)n;
    while (n) {
        size_t room = BLOCK - o->n, some = n < room ? n : room;
        memcpy(o->block + o->n, from, some);
        o->n += some;
        from += some;
        n -= some;
        if (o->n == BLOCK)
            flush(o);
    }
}

enum err export_out_close(struct ctx *ctx, struct export_out *o)
{
    flush(o);
    if (close(o->fd) != 0 && !o->error)
        o->error = errno;
    o->fd = -1;
    return o->error ? export_io(ctx, o->error, o->name) : ERR_OK;
}

void export_out_drop(struct export_out *o)
{
    if (o && o->fd >= 0)
        close(o->fd);
    if (o)
        o->fd = -1;
}
