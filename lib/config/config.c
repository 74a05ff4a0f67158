// SPDX-License-Identifier: MIT
#include "config/config.h"

#include "base/buf.h"
#include "base/clock.h"
#include "config/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum option_kind { KIND_STR, KIND_PATH, KIND_INT, KIND_BOOL };

struct option_row {
    const char *name;
    enum option_kind kind;
    size_t offset; // in struct config
    const char *dflt;
    long least, most;
    const char *words;
};

static const struct option_row rows[] = {
#define OPTION_STR(name, dflt, words)                                                              \
    {#name, KIND_STR, offsetof(struct config, name), dflt, 0, 0, words},
#define OPTION_PATH(name, dflt, words)                                                             \
    {#name, KIND_PATH, offsetof(struct config, name), dflt, 0, 0, words},
#define OPTION_INT(name, dflt, least, most, words)                                                 \
    {#name, KIND_INT, offsetof(struct config, name), #dflt, least, most, words},
#define OPTION_BOOL(name, dflt, words)                                                             \
    {#name, KIND_BOOL, offsetof(struct config, name), #dflt, 0, 0, words},
#include "config/config.def"
#undef OPTION_STR
#undef OPTION_PATH
#undef OPTION_INT
#undef OPTION_BOOL
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static _Thread_local bool seen[N_ROWS];

static bool is_level(const char *s)
{
    static const char *const levels[] = {"debug", "info", "notice", "warn", "error"};
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (strcmp(levels[i], s) == 0)
            return true;
    return false;
}

// libconfuse calls this as soon as an option is read, while the line number is still its own.
static int check_option(cfg_t *cfg, cfg_opt_t *opt)
{
    size_t i = 0;
    while (i < N_ROWS && strcmp(rows[i].name, opt->name) != 0)
        i++;
    if (i == N_ROWS)
        return 0;
    const struct option_row *row = &rows[i];
    if (seen[i]) {
        cfg_error(cfg, "%s is set twice", row->name);
        return -1;
    }
    seen[i] = true;
    if (row->kind == KIND_INT) {
        long v = cfg_opt_getnint(opt, 0);
        if (v < row->least || v > row->most) {
            cfg_error(cfg, "%s must be between %ld and %ld, not %ld", row->name, row->least,
                      row->most, v);
            return -1;
        }
    } else if (row->kind != KIND_BOOL) {
        const char *s = cfg_opt_getnstr(opt, 0);
        const char *why = !s || !*s ? "must not be empty"
                          : strcmp(row->name, "log_level") == 0 && !is_level(s) ? row->words
                          : strcmp(row->name, "timezone") == 0 && !clock_zone_ok(s)
                              ? "is not known here"
                              : NULL;
        if (why) {
            cfg_error(cfg, why == row->words ? "%s must be one of %s" : "%s %s", row->name, why);
            return -1;
        }
    }
    return 0;
}

static void prepare(cfg_t *cfg)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        seen[i] = false;
        cfg_set_validate_func(cfg, rows[i].name, check_option);
    }
}

static const char *from_folder_of(struct arena *a, const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    if (path[0] == '/' || strncmp(path, "credential:", 11) == 0 || !slash)
        return arena_strdup(a, path);
    return arena_printf(a, "%.*s/%s", (int)(slash - file), file, path);
}

enum err config_read(struct ctx *ctx, const char *path, const struct config **ret)
{
    cfg_opt_t opts[N_ROWS + 1];
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct option_row *row = &rows[i];
        cfg_opt_t str = CFG_STR(row->name, row->dflt, CFGF_NONE);
        cfg_opt_t num = CFG_INT(row->name, strtol(row->dflt, NULL, 10), CFGF_NONE);
        cfg_opt_t truth = CFG_BOOL(row->name, strcmp(row->dflt, "true") == 0, CFGF_NONE);
        opts[i] = row->kind == KIND_INT ? num : row->kind == KIND_BOOL ? truth : str;
    }
    cfg_opt_t end = CFG_END();
    opts[N_ROWS] = end;
    cfg_t *cfg;
    enum err e = confuse_parse(ctx, path, opts, prepare, &cfg);
    if (e)
        return e;
    struct config *c = ARENA_NEW(ctx->arena, struct config);
    for (size_t i = 0; i < N_ROWS; i++) {
        void *at = (char *)c + rows[i].offset;
        const char *s;
        switch (rows[i].kind) {
        case KIND_INT:
            *(long *)at = cfg_getint(cfg, rows[i].name);
            break;
        case KIND_BOOL:
            *(bool *)at = cfg_getbool(cfg, rows[i].name);
            break;
        case KIND_STR:
            *(const char **)at = arena_strdup(ctx->arena, cfg_getstr(cfg, rows[i].name));
            break;
        case KIND_PATH:
            s = cfg_getstr(cfg, rows[i].name);
            *(const char **)at = from_folder_of(ctx->arena, path, s);
            break;
        }
    }
    cfg_free(cfg);
    *ret = c;
    return ERR_OK;
}

const char *config_example(struct arena *a)
{
    struct buf b;
    buf_init(&b, a);
    buf_puts(&b, "# phoenix.conf: every option with its default.\n"
                 "# Take the # away in front of an option to change it. Relative paths are taken\n"
                 "# from the folder of this file.\n");
    for (size_t i = 0; i < N_ROWS; i++) {
        const struct option_row *row = &rows[i];
        buf_printf(&b, "\n# %s", row->words);
        if (row->kind == KIND_INT)
            buf_printf(&b, ", %ld to %ld", row->least, row->most);
        const char *quote = row->kind == KIND_STR || row->kind == KIND_PATH ? "\"" : "";
        buf_printf(&b, "\n#%s = %s%s%s\n", row->name, quote, row->dflt, quote);
    }
    return b.p;
}
