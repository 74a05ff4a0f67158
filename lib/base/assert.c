// SPDX-License-Identifier: MIT
#include "base/assert.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void assert_failed(const char *file, int line, const char *condition)
{
    char place[256];
    // The compiler names a file from the build's folder; a reader looks from the tree's.
    while (strncmp(file, "../", 3) == 0)
        file += 3;
    snprintf(place, sizeof(place), "%s:%d", file, line);
    log_event(LOG_ERROR, "assertion_failed", "at", place, "condition", condition, NULL);
    abort(); // and not exit(): what exit would run may rest on what is not true
}
