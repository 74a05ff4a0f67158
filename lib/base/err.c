// SPDX-License-Identifier: MIT
#include "base/err.h"

static const struct err_row rows[] = {
#define ERR(code, status, type, exit_code, level, words)                                           \
    {ERR_##code, #code, status, type, exit_code, LOG_##level, words},
#include "base/err.def"
#undef ERR
};

const struct err_row *err_row(enum err e)
{
    // A code out of range is a programming fault: answer as one rather than read past the table.
    if ((unsigned)e >= ERR_COUNT)
        e = ERR_INTERNAL;
    return &rows[e];
}
