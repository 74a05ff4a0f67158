// SPDX-License-Identifier: MIT
#include "config/reader.h"

#include "base/assert.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MOST = 1024 * 1024 };

// libconfuse hands its error function no pointer of ours.
static _Thread_local struct ctx *parsing;
static _Thread_local const char *parsing_path; // sections being read do not name it

static void complain(cfg_t *cfg, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

static void complain(cfg_t *cfg, const char *fmt, va_list ap)
{
    struct ctx *ctx = parsing;
    if (!ctx || ctx->problem.detail)
        return; // the first complaint is the cause
    const char *what = arena_vprintf(ctx->arena, fmt, ap);
    ctx->problem.detail =
        arena_printf(ctx->arena, "%s, line %d: %s", parsing_path, cfg->line, what);
}

// libconfuse 3.3 counts a comment as three lines, so it gets none to see: they are made blank.
// `text` ends with NUL.
static void blank_comments(char *text)
{
    bool word = false; // within one only # begins a comment
    for (char *p = text; *p; p++) {
        char quote = *p == '"' || *p == '\'' ? *p : 0;
        if (quote) {
            for (p++; *p && *p != quote; p++)
                if (*p == '\\' && p[1])
                    p++;
        } else if (!word && p[0] == '/' && p[1] == '*') {
            const char *end = strstr(p + 2, "*/");
            for (; end && p < end + 2; p++)
                *p = *p == '\n' ? '\n' : ' ';
            p -= end ? 1 : 0;
        } else if (*p == '#' || (!word && p[0] == '/' && p[1] == '/')) {
            for (; *p && *p != '\n'; p++)
                *p = ' ';
        }
        if (!*p)
            return;
        word = !quote && !strchr(" \t\r\n={}(),+", *p);
    }
}

// cfg_parse() would expand ~ and end the process on a folder, so the file is read here.
static enum err read_text(struct ctx *ctx, const char *path, char **ret)
{
    struct stat st;
    FILE *f = fopen(path, "re");
    if (!f || fstat(fileno(f), &st) != 0) {
        enum err e = ctx_refuse(ctx, ERR_CONFIG, "%s cannot be opened: %s", path, strerror(errno));
        if (f)
            fclose(f);
        return e;
    }
    bool fits = S_ISREG(st.st_mode) && st.st_size <= FILE_MOST;
    char *text = arena_alloc(ctx->arena, fits ? (size_t)st.st_size + 2 : 2);
    size_t n = fits ? fread(text, 1, (size_t)st.st_size, f) : 0;
    fclose(f);
    if (!fits || memchr(text, 0, n))
        return ctx_refuse(ctx, ERR_CONFIG, "%s is not a configuration file", path);
    text[n] = '\n'; // never empty
    blank_comments(text);
    *ret = text;
    return ERR_OK;
}

enum err confuse_parse(struct ctx *ctx, const char *path, cfg_opt_t *opts,
                       void (*prepare)(cfg_t *cfg), cfg_t **ret)
{
    char *text = NULL;
    enum err e = read_text(ctx, path, &text);
    if (e)
        return e;
    ASSERT(text); // read_text() sets it on success
    cfg_t *cfg = cfg_init(opts, CFGF_NONE);
    FILE *f = fmemopen(text, strlen(text), "r");
    if (!cfg || !f) {
        if (f)
            fclose(f);
        if (cfg)
            cfg_free(cfg);
        return ctx_fail(ctx, ERR_INTERNAL, "no memory to read %s", path);
    }
    cfg->filename = strdup(path);
    cfg_set_error_function(cfg, complain);
    if (prepare)
        prepare(cfg);
    parsing = ctx;
    parsing_path = path;
    int got = cfg_parse_fp(cfg, f);
    parsing = NULL;
    parsing_path = NULL;
    fclose(f);
    if (got == CFG_SUCCESS) {
        *ret = cfg;
        return ERR_OK;
    }
    cfg_free(cfg);
    if (ctx->problem.detail)
        return ERR_CONFIG;
    return ctx_refuse(ctx, ERR_CONFIG, "%s cannot be understood", path);
}
