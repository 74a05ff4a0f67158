// SPDX-License-Identifier: MIT
// What forms, query strings and headers are made of. Bytes belong to whoever made them.
#pragma once

#include <stddef.h>

struct pair {
    const char *name, *value;
};

struct upload {
    const char *field, *filename, *type;
    const char *p;
    size_t n;
};
