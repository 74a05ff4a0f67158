// SPDX-License-Identifier: MIT
// Error codes: one table (err.def) gives each its HTTP status, problem type, exit code,
// log level and public words. Functions return enum err; 0 is success.
#pragma once

#include "base/log.h"

enum err {
#define ERR(code, status, type, exit_code, level, words) ERR_##code,
#include "base/err.def"
#undef ERR
    ERR_COUNT
};

struct err_row {
    enum err code;
    const char *name;
    int status;       // HTTP
    const char *type; // problem type slug
    int exit_code;
    enum log_level level;
    const char *words; // public, plain English, no personal data
};

/** The row of a code; never NULL. */
const struct err_row *err_row(enum err e);

#define MUST_CHECK __attribute__((warn_unused_result))
