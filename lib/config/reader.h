// SPDX-License-Identifier: MIT
// What both files of this module need of libconfuse: opening a file safely and turning its
// complaints into ctx->problem.detail. Private to lib/config; one thread at a time, at start.
#pragma once

#include "base/ctx.h"

#include <confuse.h>

/** Parses the file by the options given; the caller runs cfg_free() on *ret. Failures are
 *  ERR_CONFIG with file, line and reason in ctx->problem.detail. */
enum err confuse_parse(struct ctx *ctx, const char *path, cfg_opt_t *opts,
                       void (*prepare)(cfg_t *cfg), cfg_t **ret) MUST_CHECK;
