// SPDX-License-Identifier: MIT
// phoenix.conf (one row per option in config.def) and programme.conf (vocabularies, thresholds,
// sites), both read with libconfuse. Read once at start; read-only afterwards.
#pragma once

#include "base/ctx.h"

#include <stdbool.h>

struct config {
#define OPTION_STR(name, dflt, words) const char *name;
#define OPTION_INT(name, dflt, least, most, words) long name;
#define OPTION_BOOL(name, dflt, words) bool name;
#include "config/config.def"
#undef OPTION_STR
#undef OPTION_INT
#undef OPTION_BOOL
};

struct programme_site {
    const char *code, *name;
    // Thresholds of engagement status (lib/domain/README.md), days and counts.
    int engaged_days, wavering_days, wavering_missed, disengaged_missed;
};
struct programme {
    const char *version;
    const struct programme_site *sites;
    size_t n_sites;
};

/** Reads FILE; unknown options, wrong types and out-of-range values are refused with file and line
 *  in ctx->problem.detail. Relative paths inside are taken from the file's folder. */
enum err config_read(struct ctx *ctx, const char *path, const struct config **ret) MUST_CHECK;
/** Reads the programme file and installs its vocabularies (base/vocab.h). The result lives until the
 *  next call, whatever becomes of ctx: vocabularies are used by every thread for the whole run. */
enum err programme_read(struct ctx *ctx, const char *path, const struct programme **ret) MUST_CHECK;
/** The site of that code, or NULL. */
const struct programme_site *programme_site(const struct programme *p, const char *code);
/** The example configuration, one commented line per option, made from config.def. */
const char *config_example(struct arena *a);
