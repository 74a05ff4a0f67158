// SPDX-License-Identifier: MIT
#include "config/reader.h"

#include <errno.h>
#include <stdio.h>
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
        arena_printf(ctx->arena, "%s, line %d: %s", cfg->filename ? cfg->filename : parsing_path,
                     cfg->line, what);
}

enum err confuse_parse(struct ctx *ctx, const char *path, cfg_opt_t *opts,
                       void (*prepare)(cfg_t *cfg), cfg_t **ret)
{
    struct stat st;
    // cfg_parse() would expand ~ and end the process on a folder, so the file is opened here.
    FILE *f = fopen(path, "re");
    if (!f || fstat(fileno(f), &st) != 0) {
        enum err e = ctx_refuse(ctx, ERR_CONFIG, "%s cannot be opened: %s", path, strerror(errno));
        if (f)
            fclose(f);
        return e;
    }
    if (!S_ISREG(st.st_mode) || st.st_size > FILE_MOST) {
        fclose(f);
        return ctx_refuse(ctx, ERR_CONFIG, "%s is not a configuration file", path);
    }
    cfg_t *cfg = cfg_init(opts, CFGF_NONE);
    if (!cfg) {
        fclose(f);
        return ctx_fail(ctx, ERR_INTERNAL, "cfg_init failed");
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
