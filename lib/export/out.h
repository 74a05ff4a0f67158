// SPDX-License-Identifier: MIT
// The files of an export, hashed as they are written. An error of a file is kept and reported when it is
// closed, so that writers need not look at each cell. One thread at a time.
#pragma once

#include "base/buf.h"
#include "base/ctx.h"
#include "crypto/secret.h"

#include <stdbool.h>

struct export_out {
    const char *name; // "contacts.csv"
    const char *path;
    int fd;
    char *block;
    size_t n; // bytes waiting in it
    struct sha256 *hash;
    long rows; // lines without the heading: the writer's to count
    long long bytes;
    int error; // errno of the first failure
};

/** Makes DIR/NAME (0600). The struct and its memory live in the arena. */
enum err export_out_open(struct ctx *ctx, const char *dir, const char *name,
                         struct export_out **ret) MUST_CHECK;
void export_out_add(struct export_out *o, const void *p, size_t n);
/** Writes what waits and closes; tells the first error of all. */
enum err export_out_close(struct ctx *ctx, struct export_out *o) MUST_CHECK;
/** Closes without looking, after a failure. NULL is allowed. */
void export_out_drop(struct export_out *o);

/** Why a file could not be written, in words for the person who asked: ERR_IO. */
enum err export_io(struct ctx *ctx, int error, const char *what) MUST_CHECK;
