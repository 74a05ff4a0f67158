// SPDX-License-Identifier: MIT
#include "export/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

// The quickest level: tables of codes and dates shrink to a tenth with any.
enum { LEVEL = 1, DOS_TIME = 0, DOS_DATE = (1 << 5) + 1 /* 1 January 1980, the first there is */ };

struct telling {
    export_zip_fn fn;
    void *arg;
    bool stopped;
};

static void tell(zip_t *z, double part, void *arg)
{
    (void)z;
    struct telling *t = arg;
    if (t->fn && !t->fn(t->arg, part))
        t->stopped = true;
}

static int asked_to_stop(zip_t *z, void *arg)
{
    (void)z;
    return ((struct telling *)arg)->stopped;
}

static enum err zip_failed(struct ctx *ctx, zip_error_t *why)
{
    if (zip_error_system_type(why) == ZIP_ET_SYS)
        return export_io(ctx, zip_error_code_system(why), "zip");
    (void)ctx_fail(ctx, ERR_IO, "zip: %s", zip_error_strerror(why));
    return ctx_refuse(ctx, ERR_IO, "The file could not be written on the server");
}

static bool add(zip_t *z, const struct export_entry *e)
{
    zip_source_t *source = e->path ? zip_source_file(z, e->path, 0, -1)
                                   : zip_source_buffer(z, e->content.p, e->content.n, 0);
    if (!source)
        return false;
    zip_int64_t i = zip_file_add(z, e->name, source, ZIP_FL_ENC_UTF_8);
    if (i < 0) {
        zip_source_free(source);
        return false;
    }
    zip_uint64_t at = (zip_uint64_t)i;
    return zip_set_file_compression(z, at, ZIP_CM_DEFLATE, LEVEL) == 0 &&
           zip_file_set_dostime(z, at, DOS_TIME, DOS_DATE, 0) == 0 &&
           zip_file_set_external_attributes(z, at, 0, ZIP_OPSYS_UNIX,
                                            (zip_uint32_t)0100644 << 16) == 0;
}

static enum err sync_file(struct ctx *ctx, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int error = fd < 0 || fchmod(fd, 0600) != 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return error ? export_io(ctx, error, "zip") : ERR_OK;
}

enum err export_zip(struct ctx *ctx, const char *path, const struct export_entry *entries, size_t n,
                    export_zip_fn progress, void *arg)
{
    int code;
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
    if (!z) {
        zip_error_t why;
        zip_error_init_with_code(&why, code);
        enum err e = zip_failed(ctx, &why);
        zip_error_fini(&why);
        return e;
    }
    struct telling telling = {progress, arg, false};
    bool fine = true;
    for (size_t i = 0; fine && i < n; i++)
        fine = add(z, &entries[i]);
    if (fine)
        fine = zip_register_progress_callback_with_state(z, 0.02, tell, NULL, &telling) == 0 &&
               zip_register_cancel_callback_with_state(z, asked_to_stop, NULL, &telling) == 0;
    if (fine && zip_close(z) == 0)
        return sync_file(ctx, path);
    enum err e = telling.stopped ? ctx_fail(ctx, ERR_UNAVAILABLE, "told to stop")
                                 : zip_failed(ctx, zip_get_error(z));
    zip_discard(z);
    return e;
}
