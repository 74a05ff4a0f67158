// SPDX-License-Identifier: MIT
// The only user of libzip: entries in the given order with a fixed date, so that the same content
// makes the same bytes.
#pragma once

#include "export/book.h"

/** Told how far the compression is, 0 to 1; false stops it. */
typedef bool (*export_zip_fn)(void *arg, double part);

/** Makes the zip at `path` from files and memory, and syncs it to the disk. Nothing is left after a
 *  failure. Memory use does not depend on the sizes. */
enum err export_zip(struct ctx *ctx, const char *path, const struct export_entry *entries, size_t n,
                    export_zip_fn progress, void *arg) MUST_CHECK;
