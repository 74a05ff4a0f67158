// SPDX-License-Identifier: MIT
#include "domain/export_csv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024 };

// Each cell ends with a comma; the line's end takes the place of the last one.
void csv_plain(struct buf *line, const char *s, size_t n)
{
    if (n)
        buf_add(line, s, n);
    buf_putc(line, ',');
}

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

// What an Excel or LibreOffice cell must not begin with, after the control characters that would
// hide it are gone; nor after blanks, which an import may trim.
static bool is_formula(const char *s)
{
    while (*s && (*s == ' ' || is_control((unsigned char)*s)))
        s++;
    return *s && strchr("=+-@", *s) != NULL;
}

// Letters, digits and what codes and dates are made of: nearly every cell, written as it is.
static bool is_simple(const char *s, size_t *ret_n)
{
    const unsigned char *c = (const unsigned char *)s;
    while ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
           *c == '_' || *c == ';')
        c++;
    *ret_n = (size_t)(c - (const unsigned char *)s);
    return *c == '\0';
}

void csv_text(struct buf *line, const char *s)
{
    const char *first = s ? s : "";
    size_t n;
    if (is_simple(first, &n)) {
        csv_plain(line, first, n);
        return;
    }
    while (*first && is_control((unsigned char)*first))
        first++;
    bool formula = is_formula(first);
    n = strlen(first);
    bool quoted = strpbrk(first, ",\"") || *first == ' ' || (n && first[n - 1] == ' ');
    if (quoted)
        buf_putc(line, '"');
    if (formula)
        buf_putc(line, '\'');
    for (const char *c = first; *c; c++) {
        if (is_control((unsigned char)*c))
            continue;
        if (*c == '"')
            buf_putc(line, '"');
        buf_putc(line, *c);
    }
    if (quoted)
        buf_putc(line, '"');
    buf_putc(line, ',');
}

void csv_end(struct buf *line)
{
    if (line->n)
        line->n--;
    buf_puts(line, "\r\n");
}

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
