// SPDX-License-Identifier: MIT
// The keyring file: text, so that it can be kept on paper, and checked as a whole, so that a slip
// in copying is told before anything is opened with it.
//
//     phoenix-keyring 1
//     id 0123...            16 bytes, hex: names the keyring, not secret
//     epoch 1 0123...       32 bytes; one line per epoch, ascending
//     index 0123...         32 bytes each
//     study ...
//     body ...
//     draft ...
//     check 0123...         16 bytes, BLAKE2b of every line above
#include "crypto/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MOST = 16 * 1024, CHECK_BYTES = 16 };

static const char heading[] = "phoenix-keyring 1\n";

// ---- reading ----

static enum err check_file(struct ctx *ctx, const char *path, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return ctx_refuse(ctx, ERR_KEY, "The keyring %s is not a file", path);
    // Root may use the keyring of the service's own user.
    if (geteuid() != 0 && st.st_uid != geteuid())
        return ctx_refuse(ctx, ERR_KEY, "The keyring %s belongs to another user", path);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return ctx_refuse(ctx, ERR_KEY, "The keyring %s can be read by others: run chmod 600 on it",
                          path);
    return ERR_OK;
}

static int open_source(struct ctx *ctx, const char *path, bool *ret_credential)
{
    static const char prefix[] = "credential:";
    *ret_credential = strncmp(path, prefix, sizeof(prefix) - 1) == 0;
    if (!*ret_credential)
        return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const char *name = path + sizeof(prefix) - 1;
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (!folder || !*name || strchr(name, '/')) {
        errno = ENOENT;
        return -1;
    }
    return open(arena_printf(ctx->arena, "%s/%s", folder, name), O_RDONLY | O_CLOEXEC);
}

// The whole file into buf, NUL-terminated; its length, or -1.
static ssize_t slurp(int fd, char *buf, size_t size)
{
    size_t n = 0;
    while (n < size - 1) {
        ssize_t got = read(fd, buf + n, size - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    buf[n] = '\0';
    return (ssize_t)n;
}

static bool take_hex(const char **s, uint8_t *out, size_t n)
{
    size_t got;
    const char *end;
    if (sodium_hex2bin(out, n, *s, 2 * n, NULL, &got, &end) != 0 || got != n || *end != '\n')
        return false;
    *s = end + 1;
    return true;
}

static bool take_line(const char **s, const char *word, uint8_t *out, size_t n)
{
    size_t len = strlen(word);
    if (strncmp(*s, word, len) != 0 || (*s)[len] != ' ')
        return false;
    *s += len + 1;
    return take_hex(s, out, n);
}

static bool take_epochs(const char **s, struct ring *ring)
{
    static const char word[] = "epoch ";
    ring->n_epochs = 0;
    while (strncmp(*s, word, sizeof(word) - 1) == 0) {
        char *end;
        long number = strtol(*s + sizeof(word) - 1, &end, 10);
        long least = ring->n_epochs ? ring->epochs[ring->n_epochs - 1].number + 1 : 1;
        if (*end != ' ' || number < least || number > 65535 || ring->n_epochs == EPOCHS_MOST)
            return false;
        struct ring_epoch *e = &ring->epochs[ring->n_epochs++];
        e->number = (int)number;
        *s = end + 1;
        if (!take_hex(s, e->kek, KEY_BYTES))
            return false;
    }
    return ring->n_epochs > 0;
}

static const char *parse(const char *text, struct ring *ring)
{
    static const char damaged[] =
        "is damaged: a character was lost or changed; restore it from its backup";
    if (strncmp(text, "phoenix-keyring ", 16) != 0)
        return "is not a keyring";
    if (strncmp(text, heading, sizeof(heading) - 1) != 0)
        return "was made by a newer version of this program";
    const char *s = strstr(text, "\ncheck ");
    if (!s)
        return "is incomplete: its end is missing; restore it from its backup";
    uint8_t check[CHECK_BYTES], want[CHECK_BYTES];
    size_t covered = (size_t)(s + 1 - text);
    s += 1;
    if (!take_line(&s, "check", check, sizeof(check)) || *s)
        return damaged;
    crypto_generichash(want, sizeof(want), (const uint8_t *)text, covered, NULL, 0);
    if (sodium_memcmp(check, want, sizeof(check)) != 0)
        return damaged;
    s = text + sizeof(heading) - 1;
    bool ok = take_line(&s, "id", ring->id, sizeof(ring->id)) && take_epochs(&s, ring) &&
              take_line(&s, "index", ring->index, KEY_BYTES) &&
              take_line(&s, "study", ring->study, KEY_BYTES) &&
              take_line(&s, "body", ring->body, KEY_BYTES) &&
              take_line(&s, "draft", ring->draft, KEY_BYTES) && s == text + covered;
    return ok ? NULL : damaged;
}

enum err keyring_read(struct ctx *ctx, const char *path, struct ring *ring)
{
    bool credential;
    int fd = open_source(ctx, path, &credential);
    if (fd < 0 && credential)
        return ctx_refuse(ctx, ERR_KEY,
                          "The keyring %s was not handed over by systemd: see LoadCredential",
                          path);
    if (fd < 0)
        return ctx_refuse(ctx, ERR_KEY, "The keyring %s cannot be opened: %s", path,
                          errno == ELOOP ? "it is a symbolic link" : strerror(errno));
    enum err e = credential ? ERR_OK : check_file(ctx, path, fd);
    char *text = e ? NULL : sodium_malloc(FILE_MOST);
    if (!e && !text)
        e = ctx_fail(ctx, ERR_INTERNAL, "sodium_malloc failed");
    if (!e) {
        ssize_t n = slurp(fd, text, FILE_MOST);
        const char *why = n < 0                       ? "cannot be read"
                          : n == 0                    ? "is empty"
                          : strlen(text) != (size_t)n ? "is not a keyring"
                                                      : parse(text, ring);
        if (why)
            e = ctx_refuse(ctx, ERR_KEY, "The keyring %s %s", path, why);
    }
    sodium_free(text);
    close(fd);
    return e;
}

// ---- writing ----

static void put_line(char **to, const char *word, const uint8_t *p, size_t n)
{
    *to += sprintf(*to, "%s ", word);
    sodium_bin2hex(*to, 2 * n + 1, p, n);
    *to += 2 * n;
    *(*to)++ = '\n';
}

static size_t print(const struct ring *ring, char *text)
{
    char *to = text;
    char word[32];
    uint8_t check[CHECK_BYTES];
    to += sprintf(to, "%s", heading);
    put_line(&to, "id", ring->id, sizeof(ring->id));
    for (int i = 0; i < ring->n_epochs; i++) {
        snprintf(word, sizeof(word), "epoch %d", ring->epochs[i].number);
        put_line(&to, word, ring->epochs[i].kek, KEY_BYTES);
    }
    put_line(&to, "index", ring->index, KEY_BYTES);
    put_line(&to, "study", ring->study, KEY_BYTES);
    put_line(&to, "body", ring->body, KEY_BYTES);
    put_line(&to, "draft", ring->draft, KEY_BYTES);
    crypto_generichash(check, sizeof(check), (const uint8_t *)text, (size_t)(to - text), NULL, 0);
    put_line(&to, "check", check, sizeof(check));
    return (size_t)(to - text);
}

static bool write_file(const char *path, const struct ring *ring)
{
    char *text = sodium_malloc(FILE_MOST);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = text && fd >= 0;
    if (ok) {
        size_t n = print(ring, text), done = 0;
        while (ok && done < n) {
            ssize_t w = write(fd, text + done, n - done);
            ok = w > 0 || (w < 0 && errno == EINTR);
            done += w > 0 ? (size_t)w : 0;
        }
        ok = ok && fsync(fd) == 0;
    }
    int saved = errno;
    sodium_free(text);
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    errno = saved;
    return ok;
}

static void sync_folder(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = !slash          ? "."
                         : slash == path ? "/"
                                         : arena_strndup(a, path, (size_t)(slash - path));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

enum err keyring_write(struct ctx *ctx, const char *path, const struct ring *ring, bool replace)
{
    struct stat st;
    // Written whole under another name first, so that a crash leaves the old file or the new one.
    // link() refuses to overwrite, as a keyring lost is the data lost.
    const char *part = arena_printf(ctx->arena, "%s.%ld.part", path, (long)getpid());
    if (!write_file(part, ring) || (replace && lstat(path, &st) != 0)) {
        int why = errno;
        unlink(part);
        return ctx_refuse(ctx, ERR_IO, "The keyring %s cannot be written: %s", path, strerror(why));
    }
    // Root replacing the service's keyring must leave it the service's.
    bool ok = !replace || geteuid() != 0 || lchown(part, st.st_uid, st.st_gid) == 0;
    ok = ok && (replace ? rename(part, path) : link(part, path)) == 0;
    int why = errno;
    if (!ok || !replace)
        unlink(part);
    if (ok) {
        sync_folder(ctx->arena, path);
        return ERR_OK;
    }
    if (why == EEXIST)
        return ctx_refuse(ctx, ERR_CONFLICT, "The keyring %s exists already and is kept as it is",
                          path);
    return ctx_refuse(ctx, ERR_IO, "The keyring %s cannot be written: %s", path, strerror(why));
}
