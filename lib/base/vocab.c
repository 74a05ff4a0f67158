// SPDX-License-Identifier: MIT
#include "base/vocab.h"

#include <string.h>

// Set once at start, before threads; read-only afterwards, hence no lock.
static const struct vocab *installed;
static size_t installed_n;
static const char *installed_version = "";

void vocab_install(const struct vocab *all, size_t n, const char *version)
{
    installed = all;
    installed_n = n;
    installed_version = version ? version : "";
}

const char *vocab_version(void)
{
    return installed_version;
}

size_t vocab_count(void)
{
    return installed_n;
}

const struct vocab *vocab_at(size_t i)
{
    return i < installed_n ? &installed[i] : NULL;
}

const struct vocab *vocab_find(const char *name)
{
    for (size_t i = 0; name && i < installed_n; i++)
        if (strcmp(installed[i].name, name) == 0)
            return &installed[i];
    return NULL;
}

const struct vocab_code *vocab_code(const char *name, const char *code)
{
    const struct vocab *v = vocab_find(name);
    for (size_t i = 0; v && code && i < v->n; i++)
        if (strcmp(v->codes[i].code, code) == 0 ||
            (v->codes[i].also && strcmp(v->codes[i].also, code) == 0))
            return &v->codes[i];
    return NULL;
}

const char *vocab_label(const char *name, const char *code)
{
    const struct vocab_code *c = vocab_code(name, code);
    if (c)
        return c->label;
    return code ? code : "";
}
