// SPDX-License-Identifier: MIT
#include "config/mapping.h"

#include "base/clock.h"
#include "base/vocab.h"
#include "config/pattern.h"
#include "config/reader.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct map_field participant_fields[] = {
#define MAP_FIELD(name, words, vocab, required, most) {#name, words, vocab, required, most},
    MAP_PARTICIPANT_FIELDS(MAP_FIELD)
#undef MAP_FIELD
    {0},
};
static const struct map_field contact_fields[] = {
#define MAP_FIELD(name, words, vocab, required, most) {#name, words, vocab, required, most},
    MAP_CONTACT_FIELDS(MAP_FIELD)
#undef MAP_FIELD
    {0},
};
static const char *const kinds[] = {"participants", "contacts"};

const struct map_field *map_fields(enum import_kind kind)
{
    return kind == IMPORT_PARTICIPANTS ? participant_fields : contact_fields;
}

// ---- reading: what can be told while parsing is told with its line ----

static const char *latest(cfg_opt_t *opt)
{
    unsigned n = cfg_opt_size(opt);
    const char *s = n ? cfg_opt_getnstr(opt, n - 1) : NULL;
    return s ? s : "";
}

static int find_field(enum import_kind kind, const char *name)
{
    const struct map_field *f = map_fields(kind);
    for (int i = 0; f[i].name; i++)
        if (strcmp(f[i].name, name) == 0)
            return i;
    return -1;
}

static int check_field(cfg_t *cfg, cfg_opt_t *opt, enum import_kind kind)
{
    if (find_field(kind, latest(opt)) >= 0)
        return 0;
    cfg_error(cfg, "\"%s\" is not a field of %s", latest(opt), kinds[kind]);
    return -1;
}

static int check_participant_field(cfg_t *cfg, cfg_opt_t *opt)
{
    return check_field(cfg, opt, IMPORT_PARTICIPANTS);
}

static int check_contact_field(cfg_t *cfg, cfg_opt_t *opt)
{
    return check_field(cfg, opt, IMPORT_CONTACTS);
}

static int check_pattern(cfg_t *cfg, cfg_opt_t *opt)
{
    const char *wrong = pattern_check(latest(opt));
    if (!wrong)
        return 0;
    cfg_error(cfg, "\"%s\": %s", latest(opt), wrong);
    return -1;
}

static void prepare(cfg_t *cfg)
{
    cfg_set_validate_func(cfg, "participants|column|field", check_participant_field);
    cfg_set_validate_func(cfg, "contacts|column|field", check_contact_field);
    cfg_set_validate_func(cfg, "dates", check_pattern);
    cfg_set_validate_func(cfg, "times", check_pattern);
    cfg_set_validate_func(cfg, "lengths", check_pattern);
}

static enum err bad(struct ctx *ctx, cfg_t *cfg, const char *name, const char *what)
{
    return ctx_refuse(ctx, ERR_CONFIG, "%s, line %d: %s %s", cfg->filename, cfg->line, name, what);
}

static const char *const *take_list(struct arena *a, cfg_t *cfg, const char *name, size_t *ret_n)
{
    size_t n = cfg_size(cfg, name);
    const char **to = ARENA_ARRAY(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        to[i] = arena_strdup(a, cfg_getnstr(cfg, name, (unsigned)i));
    *ret_n = n;
    return to;
}

static enum err take_columns(struct ctx *ctx, cfg_t *cfg, enum import_kind kind,
                             struct map_columns *ret)
{
    cfg_t *from = cfg_size(cfg, kinds[kind]) ? cfg_getnsec(cfg, kinds[kind], 0) : NULL;
    size_t n = from ? cfg_size(from, "column") : 0;
    struct map_column *to = ARENA_ARRAY(ctx->arena, struct map_column, n + 1);
    bool seen[MAP_FIELDS_MOST] = {0};
    for (size_t i = 0; i < n; i++) {
        cfg_t *c = cfg_getnsec(from, "column", (unsigned)i);
        const char *field = cfg_getstr(c, "field"), *title = cfg_title(c);
        if (!field)
            return bad(ctx, c, title, "has no field");
        to[i] = (struct map_column){arena_strdup(ctx->arena, title), find_field(kind, field)};
        if (to[i].field < 0)
            return bad(ctx, c, field, "is not a field");
        if (seen[to[i].field])
            return bad(ctx, c, field, "is given to two columns");
        seen[to[i].field] = true;
    }
    const struct map_field *f = map_fields(kind);
    for (int i = 0; n && f[i].name; i++)
        if (f[i].required && !seen[i])
            return bad(ctx, from, f[i].name, "has no column");
    *ret = (struct map_columns){to, n};
    return ERR_OK;
}

static bool known_vocab(const char *name)
{
    for (int kind = 0; kind < 2; kind++)
        for (const struct map_field *f = map_fields(kind); f->name; f++)
            if (f->vocab && strcmp(f->vocab, name) == 0)
                return true;
    return false;
}

static size_t count_words(cfg_t *cfg)
{
    size_t n = 0;
    for (unsigned i = 0; i < cfg_size(cfg, "words"); i++) {
        cfg_t *set = cfg_getnsec(cfg, "words", i);
        for (unsigned k = 0; k < cfg_size(set, "code"); k++)
            n += cfg_size(cfg_getnsec(set, "code", k), "from");
    }
    return n;
}

static enum err take_code(struct ctx *ctx, cfg_t *code, const char *vocab, struct map_word *words,
                          size_t *n)
{
    const char *name = cfg_title(code);
    if (!vocab_code(vocab, name))
        return bad(ctx, code, name,
                   arena_printf(ctx->arena, "is not a code of %s", vocab));
    for (unsigned i = 0; i < cfg_size(code, "from"); i++) {
        struct map_word w = {vocab, map_fold(ctx->arena, cfg_getnstr(code, "from", i)),
                             arena_strdup(ctx->arena, name)};
        for (size_t k = 0; k < *n; k++)
            if (strcmp(words[k].vocab, vocab) == 0 && strcmp(words[k].word, w.word) == 0)
                return bad(ctx, code, w.word, "is given to two codes");
        words[(*n)++] = w;
    }
    return ERR_OK;
}

static enum err take_words(struct ctx *ctx, cfg_t *cfg, struct mapping *m)
{
    struct map_word *words = ARENA_ARRAY(ctx->arena, struct map_word, count_words(cfg) + 1);
    for (unsigned i = 0; i < cfg_size(cfg, "words"); i++) {
        cfg_t *set = cfg_getnsec(cfg, "words", i);
        const char *vocab = arena_strdup(ctx->arena, cfg_title(set));
        if (!known_vocab(vocab) || !vocab_find(vocab))
            return bad(ctx, set, vocab, "is not a vocabulary that columns have");
        for (unsigned k = 0; k < cfg_size(set, "code"); k++) {
            enum err e =
                take_code(ctx, cfg_getnsec(set, "code", k), vocab, words, &m->n_words);
            if (e)
                return e;
        }
    }
    m->words = words;
    return ERR_OK;
}

static bool username_ok(const char *s)
{
    size_t n = strlen(s);
    return n >= 2 && n <= 64 && (islower((unsigned char)*s) || isdigit((unsigned char)*s)) &&
           strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._@-") == n;
}

static enum err take_workers(struct ctx *ctx, cfg_t *cfg, struct mapping *m)
{
    m->n_workers = cfg_size(cfg, "worker");
    struct map_worker *to = ARENA_ARRAY(ctx->arena, struct map_worker, m->n_workers + 1);
    for (size_t i = 0; i < m->n_workers; i++) {
        cfg_t *w = cfg_getnsec(cfg, "worker", (unsigned)i);
        const char *name = cfg_getstr(w, "username");
        if (!name || !username_ok(name))
            return bad(ctx, w, cfg_title(w), "needs a username");
        to[i] = (struct map_worker){arena_strdup(ctx->arena, cfg_title(w)),
                                    map_fold(ctx->arena, cfg_title(w)),
                                    arena_strdup(ctx->arena, name)};
        if (!*to[i].folded || strlen(to[i].word) > 120)
            return bad(ctx, w, "worker", "needs a name of 1 to 120 characters");
    }
    m->workers = to;
    return ERR_OK;
}

static enum err take_plain(struct ctx *ctx, cfg_t *cfg, struct mapping *m)
{
    static const char *const names[] = {"comma", "semicolon", "tab"};
    const char *sep = cfg_getstr(cfg, "separator"), *site = cfg_getstr(cfg, "site");
    size_t i = 0;
    while (i < 3 && strcmp(names[i], sep) != 0)
        i++;
    if (i == 3)
        return ctx_refuse(ctx, ERR_CONFIG, "%s: separator must be comma, semicolon or tab",
                          m->path);
    m->separator = ",;\t"[i];
    const char *title = cfg_getstr(cfg, "title");
    m->title = title ? arena_strdup(ctx->arena, title) : NULL;
    if (site && !vocab_code("site", site))
        return ctx_refuse(ctx, ERR_CONFIG, "%s: there is no site \"%s\"", m->path, site);
    m->site = site ? arena_strdup(ctx->arena, site) : NULL;
    m->years_from = (int)cfg_getint(cfg, "years_from");
    if (m->years_from < 1900 || m->years_from > 2000)
        return ctx_refuse(ctx, ERR_CONFIG, "%s: years_from must be from 1900 to 2000", m->path);
    int h, min, end = 0;
    const char *t = cfg_getstr(cfg, "default_time");
    if (sscanf(t, "%2d:%2d%n", &h, &min, &end) != 2 || end != 5 || t[5] || h < 0 || h > 23 ||
        min < 0 || min > 59)
        return ctx_refuse(ctx, ERR_CONFIG, "%s: default_time must look like 12:00", m->path);
    m->default_time = arena_strdup(ctx->arena, t);
    m->dates = take_list(ctx->arena, cfg, "dates", &m->n_dates);
    m->times = take_list(ctx->arena, cfg, "times", &m->n_times);
    m->lengths = take_list(ctx->arena, cfg, "lengths", &m->n_lengths);
    if (!m->n_dates)
        return ctx_refuse(ctx, ERR_CONFIG, "%s: dates is missing", m->path);
    return ERR_OK;
}

static enum err take(struct ctx *ctx, cfg_t *cfg, struct mapping *m)
{
    enum err e = take_plain(ctx, cfg, m);
    for (int kind = 0; kind < 2 && !e; kind++)
        e = take_columns(ctx, cfg, kind, &m->columns[kind]);
    if (!e)
        e = take_words(ctx, cfg, m);
    if (!e)
        e = take_workers(ctx, cfg, m);
    return e;
}

enum err mapping_read(struct ctx *ctx, const char *path, const struct mapping **ret)
{
    enum { MANY = CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES };
    cfg_opt_t column[] = {CFG_STR("field", NULL, CFGF_NONE), CFG_END()};
    cfg_opt_t columns[] = {CFG_SEC("column", column, MANY), CFG_END()};
    cfg_opt_t code[] = {CFG_STR_LIST("from", NULL, CFGF_NONE), CFG_END()};
    cfg_opt_t words[] = {CFG_SEC("code", code, MANY), CFG_END()};
    cfg_opt_t worker[] = {CFG_STR("username", NULL, CFGF_NONE), CFG_END()};
    cfg_opt_t opts[] = {CFG_STR("title", NULL, CFGF_NONE),
                        CFG_STR("site", NULL, CFGF_NONE),
                        CFG_STR("separator", "comma", CFGF_NONE),
                        CFG_STR("default_time", "12:00", CFGF_NONE),
                        CFG_INT("years_from", 1931, CFGF_NONE),
                        CFG_STR_LIST("dates", NULL, CFGF_NONE),
                        CFG_STR_LIST("times", NULL, CFGF_NONE),
                        CFG_STR_LIST("lengths", NULL, CFGF_NONE),
                        CFG_SEC("participants", columns, CFGF_NONE),
                        CFG_SEC("contacts", columns, CFGF_NONE),
                        CFG_SEC("words", words, MANY),
                        CFG_SEC("worker", worker, MANY),
                        CFG_END()};
    cfg_t *cfg;
    enum err e = confuse_parse(ctx, path, opts, prepare, &cfg);
    if (e)
        return e;
    struct mapping *m = ARENA_NEW(ctx->arena, struct mapping);
    m->path = arena_strdup(ctx->arena, path);
    e = take(ctx, cfg, m);
    cfg_free(cfg);
    if (!e)
        *ret = m;
    return e;
}

// ---- what cells mean ----

enum map_verdict map_date(struct arena *a, const struct mapping *m, const char *text,
                          int64_t *ret_days)
{
    enum { SERIAL_ZERO = -25569, SERIAL_LEAST = 5000, SERIAL_MOST = 80000 }; // 1899-12-30
    const char *s = map_fold(a, text);
    enum map_verdict v = MAP_UNKNOWN;
    for (size_t i = 0; i < m->n_dates; i++) {
        struct pattern_parts p;
        if (!pattern_match(m->dates[i], s, &p))
            continue;
        if (p.hour > 23 || p.minute > 59 || p.second > 59) {
            v = MAP_IMPOSSIBLE; // a time of day that comes with the date
            continue;
        }
        if (p.serial >= 0) {
            if (p.serial >= SERIAL_LEAST && p.serial <= SERIAL_MOST) {
                *ret_days = p.serial + SERIAL_ZERO;
                return MAP_OK;
            }
            continue;
        }
        long year = p.year;
        if (p.short_year) {
            year += m->years_from / 100 * 100;
            year += year < m->years_from ? 100 : 0;
        }
        if (date_days((int)year, (int)p.month, (int)p.day, ret_days))
            return MAP_OK;
        v = MAP_IMPOSSIBLE;
    }
    return v;
}

enum map_verdict map_time(struct arena *a, const struct mapping *m, const char *text,
                          const char **ret_hhmm)
{
    const char *s = map_fold(a, text);
    enum map_verdict v = MAP_UNKNOWN;
    for (size_t i = 0; i < m->n_times; i++) {
        struct pattern_parts p;
        if (!pattern_match(m->times[i], s, &p))
            continue;
        long h = p.hour, min = p.minute < 0 ? 0 : p.minute;
        bool fits = h <= 23 && min <= 59 && p.second <= 59;
        if (p.half) {
            fits = fits && h >= 1 && h <= 12;
            h = h % 12 + (p.half == 2 ? 12 : 0);
        }
        if (fits) {
            *ret_hhmm = arena_printf(a, "%02ld:%02ld", h, min);
            return MAP_OK;
        }
        v = MAP_IMPOSSIBLE;
    }
    return v;
}

enum map_verdict map_length(struct arena *a, const struct mapping *m, const char *text,
                            long *ret_minutes)
{
    enum { DAY = 1440 };
    const char *s = map_fold(a, text);
    for (size_t i = 0; i < m->n_lengths; i++) {
        struct pattern_parts p;
        if (!pattern_match(m->lengths[i], s, &p))
            continue;
        long minutes = p.hours >= 0 ? p.hours : p.hour < 0 ? 0 : p.hour * 60;
        minutes += p.minute < 0 ? 0 : p.minute;
        if (minutes > DAY)
            return MAP_IMPOSSIBLE;
        *ret_minutes = minutes;
        return MAP_OK;
    }
    return MAP_UNKNOWN;
}

const char *map_code(struct arena *a, const struct mapping *m, const char *vocab, const char *text)
{
    const char *s = map_fold(a, text);
    for (size_t i = 0; i < m->n_words; i++)
        if (strcmp(m->words[i].vocab, vocab) == 0 && strcmp(m->words[i].word, s) == 0)
            return m->words[i].code;
    const struct vocab *v = vocab_find(vocab);
    for (size_t i = 0; v && i < v->n; i++)
        if (strcasecmp(v->codes[i].code, s) == 0)
            return v->codes[i].code;
    return NULL;
}

const struct map_worker *map_worker_find(struct arena *a, const struct mapping *m,
                                         const char *text)
{
    const char *s = map_fold(a, text);
    for (size_t i = 0; i < m->n_workers; i++)
        if (strcmp(m->workers[i].folded, s) == 0)
            return &m->workers[i];
    return NULL;
}
