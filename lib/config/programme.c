// SPDX-License-Identifier: MIT
#include "config/config.h"

#include "base/vocab.h"
#include "config/reader.h"

#include <string.h>

// The vocabularies that forms and statements name. Their codes are the file's own affair; a file
// that lacks a whole one is refused at start rather than found out by a page.
static const char *const needed[] = {
    "action",       "agency_kind",    "closure", "decline_reason",  "direction", "escalation_state",
    "ethnicity",    "export_state",   "gender",  "identifier_kind", "import_kind", "import_state",
    "import_verdict", "mode", "need",
    "offer_answer", "outcome",        "purpose", "referral_state",  "role",      "safety_flag",
    "service",      "session_result", "sex",     "stage",           "status",    "supervision",
    "suspension",   "trigger",        "urgency",
};

// Vocabularies outlive every request, so they have memory of their own, kept till the next read.
static struct arena *kept;

static bool code_ok(const char *s)
{
    size_t n = strlen(s);
    return n > 0 && n <= 40 &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == n;
}

static enum err bad(struct ctx *ctx, cfg_t *cfg, const char *what, const char *name)
{
    return ctx_refuse(ctx, ERR_CONFIG, "%s, line %d: %s %s", cfg->filename, cfg->line, name, what);
}

static enum err take_vocab(struct ctx *ctx, struct arena *a, cfg_t *from, struct vocab *to)
{
    to->name = arena_strdup(a, cfg_title(from));
    if (!code_ok(to->name))
        return bad(ctx, from, "is not a name: use letters, digits and _", to->name);
    to->n = cfg_size(from, "code");
    if (!to->n)
        return bad(ctx, from, "has no codes", to->name);
    struct vocab_code *codes = ARENA_ARRAY(a, struct vocab_code, to->n);
    for (size_t i = 0; i < to->n; i++) {
        cfg_t *code = cfg_getnsec(from, "code", (unsigned)i);
        const char *label = cfg_getstr(code, "label");
        const char *also = cfg_getstr(code, "also");
        codes[i] = (struct vocab_code){
            .code = arena_strdup(a, cfg_title(code)),
            .label = arena_strdup(a, label ? label : ""),
            .also = also ? arena_strdup(a, also) : NULL,
            .successful = cfg_getbool(code, "successful"),
            .missed = cfg_getbool(code, "missed"),
        };
        if (!code_ok(codes[i].code))
            return bad(ctx, code, "is not a code: use letters, digits and _", codes[i].code);
        if (!*codes[i].label)
            return bad(ctx, code, "has no label", codes[i].code);
        if (codes[i].successful && codes[i].missed)
            return bad(ctx, code, "cannot be both successful and missed", codes[i].code);
    }
    to->codes = codes;
    return ERR_OK;
}

static enum err take_site(struct ctx *ctx, struct arena *a, cfg_t *from, struct programme_site *to)
{
    const char *name = cfg_getstr(from, "name");
    *to = (struct programme_site){
        .code = arena_strdup(a, cfg_title(from)),
        .name = arena_strdup(a, name ? name : ""),
        .engaged_days = (int)cfg_getint(from, "engaged_days"),
        .wavering_days = (int)cfg_getint(from, "wavering_days"),
        .wavering_missed = (int)cfg_getint(from, "wavering_missed"),
        .disengaged_missed = (int)cfg_getint(from, "disengaged_missed"),
    };
    if (!code_ok(to->code))
        return bad(ctx, from, "is not a code: use letters, digits and _", to->code);
    if (!*to->name)
        return bad(ctx, from, "has no name", to->code);
    if (to->engaged_days < 1 || to->wavering_days <= to->engaged_days || to->wavering_days > 3650)
        return bad(ctx, from, "needs 0 < engaged_days < wavering_days", to->code);
    if (to->wavering_missed < 1 || to->disengaged_missed <= to->wavering_missed ||
        to->disengaged_missed > 1000)
        return bad(ctx, from, "needs 0 < wavering_missed < disengaged_missed", to->code);
    return ERR_OK;
}

static enum err check_needed(struct ctx *ctx, const char *path, const struct vocab *all, size_t n)
{
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        size_t k = 0;
        while (k < n && strcmp(all[k].name, needed[i]) != 0)
            k++;
        if (k == n)
            return ctx_refuse(ctx, ERR_CONFIG, "%s: the vocabulary %s is missing", path, needed[i]);
    }
    return ERR_OK;
}

// Sites are codes with labels too: pages, forms and codebooks take them from the vocabulary `site`.
static struct vocab site_vocab(struct arena *a, const struct programme *p)
{
    struct vocab_code *codes = ARENA_ARRAY(a, struct vocab_code, p->n_sites);
    for (size_t i = 0; i < p->n_sites; i++)
        codes[i] = (struct vocab_code){.code = p->sites[i].code, .label = p->sites[i].name};
    return (struct vocab){.name = "site", .codes = codes, .n = p->n_sites};
}

static enum err take(struct ctx *ctx, struct arena *a, const char *path, cfg_t *cfg,
                     struct programme **ret)
{
    struct programme *p = ARENA_NEW(a, struct programme);
    const char *version = cfg_getstr(cfg, "version");
    if (!version || !*version)
        return ctx_refuse(ctx, ERR_CONFIG, "%s: version is missing", path);
    p->version = arena_strdup(a, version);
    p->n_sites = cfg_size(cfg, "site");
    if (!p->n_sites)
        return ctx_refuse(ctx, ERR_CONFIG, "%s: there is no site", path);
    struct programme_site *sites = ARENA_ARRAY(a, struct programme_site, p->n_sites);
    p->sites = sites;
    for (size_t i = 0; i < p->n_sites; i++) {
        enum err e = take_site(ctx, a, cfg_getnsec(cfg, "site", (unsigned)i), &sites[i]);
        if (e)
            return e;
    }
    size_t n = cfg_size(cfg, "vocabulary");
    struct vocab *all = ARENA_ARRAY(a, struct vocab, n + 1);
    for (size_t i = 0; i < n; i++) {
        enum err e = take_vocab(ctx, a, cfg_getnsec(cfg, "vocabulary", (unsigned)i), &all[i]);
        if (e)
            return e;
    }
    enum err e = check_needed(ctx, path, all, n);
    if (e)
        return e;
    all[n++] = site_vocab(a, p);
    vocab_install(all, n, p->version);
    *ret = p;
    return ERR_OK;
}

enum err programme_read(struct ctx *ctx, const char *path, const struct programme **ret)
{
    cfg_opt_t code[] = {CFG_STR("label", NULL, CFGF_NONE), CFG_STR("also", NULL, CFGF_NONE),
                        CFG_BOOL("successful", cfg_false, CFGF_NONE),
                        CFG_BOOL("missed", cfg_false, CFGF_NONE), CFG_END()};
    cfg_opt_t vocabulary[] = {CFG_SEC("code", code, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
                              CFG_END()};
    cfg_opt_t site[] = {
        CFG_STR("name", NULL, CFGF_NONE),           CFG_INT("engaged_days", 14, CFGF_NONE),
        CFG_INT("wavering_days", 28, CFGF_NONE),    CFG_INT("wavering_missed", 2, CFGF_NONE),
        CFG_INT("disengaged_missed", 3, CFGF_NONE), CFG_END()};
    cfg_opt_t opts[] = {
        CFG_STR("version", NULL, CFGF_NONE),
        CFG_SEC("site", site, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_SEC("vocabulary", vocabulary, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
        CFG_END()};
    cfg_t *cfg;
    enum err e = confuse_parse(ctx, path, opts, NULL, &cfg);
    if (e)
        return e;
    struct arena *a = arena_new();
    struct programme *p = NULL;
    e = take(ctx, a, path, cfg, &p);
    cfg_free(cfg);
    if (e) {
        arena_free(a);
        return e;
    }
    arena_free(kept);
    kept = a;
    *ret = p;
    return ERR_OK;
}

const struct programme_site *programme_site(const struct programme *p, const char *code)
{
    for (size_t i = 0; code && i < p->n_sites; i++)
        if (strcmp(p->sites[i].code, code) == 0)
            return &p->sites[i];
    return NULL;
}
