// SPDX-License-Identifier: MIT
// Every published fixture of GOV.UK Frontend: its options in, its HTML out. The fixtures come with
// the npm package; without it the program says so and is skipped.
#include "options.h"

#include "test.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *folder, *path;
} unsupported[] = {
#define COMPONENT(FOLDER, WHY) {FOLDER, NULL},
#define OPTION(FOLDER, PATH, WHY) {FOLDER, PATH},
#include "unsupported.def"
#undef COMPONENT
#undef OPTION
};

static bool is_unsupported(const char *folder, const char *path)
{
    for (size_t i = 0; i < sizeof unsupported / sizeof unsupported[0]; i++)
        if (strcmp(unsupported[i].folder, folder) == 0 &&
            (path ? unsupported[i].path && strcmp(unsupported[i].path, path) == 0
                  : !unsupported[i].path))
            return true;
    return false;
}

static const char *fixtures_dir;
static const char *moj_file;

__attribute__((constructor)) static void find_fixtures(void)
{
    const char *npm = getenv("PHOENIX_NPM");
    moj_file = getenv("PHOENIX_MOJ_GOLDEN");
    static char path[4096];
    snprintf(path, sizeof path, "%s/govuk-frontend/dist/govuk/components", npm ? npm : ".");
    DIR *d = opendir(path);
    if (!d) {
        puts("Skipped: GOV.UK Frontend is not installed (npm ci in packaging/npm).");
        exit(77);
    }
    closedir(d);
    fixtures_dir = path;
}

// ---- white space that a browser does not show ----

static bool is_inline(const char *name, size_t n)
{
    static const char *const tags[] = {"a",      "span",  "strong", "b",      "em",  "input",
                                       "button", "label", "time",   "select", "img", "code"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (strlen(tags[i]) == n && strncmp(tags[i], name, n) == 0)
            return true;
    return false;
}

static const char *copy_tag(struct buf *out, const char *s)
{
    bool quoted = false;
    for (; *s; s++) {
        if (*s == '"')
            quoted = !quoted;
        if (!quoted && isspace((unsigned char)*s)) {
            while (isspace((unsigned char)s[1]))
                s++;
            if (s[1] != '>')
                buf_putc(out, ' ');
            continue;
        }
        buf_putc(out, *s);
        if (*s == '>' && !quoted)
            return s + 1;
    }
    return s;
}

static bool tag_is_inline(const char *s)
{
    s += s[1] == '/' ? 2 : 1;
    return is_inline(s, strcspn(s, " \n\t/>"));
}

// A run of white space is one space, and nothing next to the tag of a block; a textarea is kept.
static const char *normal(struct arena *a, const char *s)
{
    struct buf out;
    buf_init(&out, a);
    bool after_block = true;
    while (*s) {
        if (*s == '<') {
            after_block = !tag_is_inline(s);
            bool textarea = strncmp(s, "<textarea", 9) == 0;
            s = copy_tag(&out, s);
            const char *end = textarea ? strstr(s, "</textarea>") : NULL;
            if (end) {
                buf_add(&out, s, (size_t)(end - s));
                s = end;
            }
        } else if (isspace((unsigned char)*s)) {
            while (isspace((unsigned char)*s))
                s++;
            if (!after_block && *s && !(*s == '<' && !tag_is_inline(s)))
                buf_putc(&out, ' ');
        } else {
            after_block = false;
            buf_putc(&out, *s++);
        }
    }
    return out.p ? out.p : "";
}

// ---- the fixtures ----

struct tally {
    unsigned passed, skipped, failed;
};

static void check_fixture(struct arena *a, const struct component *c, json_t *fixture,
                          struct tally *t)
{
    const char *name = json_string_value(json_object_get(fixture, "name"));
    struct option_map m = {.arena = a};
    void *options = arena_alloc(a, c->options->size);
    if (!options_map(&m, c->options, json_object_get(fixture, "options"), options)) {
        bool listed = is_unsupported(c->folder, m.unknown);
        if (!listed)
            fprintf(stderr, "%s, \"%s\": the option %s is neither supported nor listed\n",
                    c->folder, name, m.unknown);
        CHECK(listed);
        *(listed ? &t->skipped : &t->failed) += 1;
        return;
    }
    struct buf out;
    buf_init(&out, a);
    c->draw(&out, options);
    const char *got = normal(a, out.p ? out.p : "");
    const char *want = normal(a, json_string_value(json_object_get(fixture, "html")));
    bool same = strcmp(got, want) == 0;
    if (!same)
        fprintf(stderr, "%s, \"%s\":\n  got  %s\n  want %s\n", c->folder, name, got, want);
    CHECK(same);
    *(same ? &t->passed : &t->failed) += 1;
}

static void check_file(const struct component *c, json_t *file, struct tally *t)
{
    struct arena *a = arena_new();
    size_t i;
    json_t *fixture;
    json_array_foreach(json_object_get(file, "fixtures"), i, fixture)
    {
        check_fixture(a, c, fixture, t);
        arena_reset(a);
    }
    arena_free(a);
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    if (!file)
        fprintf(stderr, "%s: %s\n", path, error.text);
    CHECK_FATAL(file != NULL);
    return file;
}

TEST(govuk_fixtures_come_out_the_same)
{
    struct tally all = {0};
    size_t seen = 0, covered = 0;
    DIR *d = opendir(fixtures_dir);
    CHECK_FATAL(d != NULL);
    for (struct dirent *e; (e = readdir(d));) {
        char path[4400];
        snprintf(path, sizeof path, "%s/%s/fixtures.json", fixtures_dir, e->d_name);
        FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (!f)
            continue;
        fclose(f);
        seen++;
        const struct component *c = component_find(e->d_name);
        if (!c) {
            if (!is_unsupported(e->d_name, NULL))
                fprintf(stderr, "%s is neither supported nor listed\n", e->d_name);
            CHECK(is_unsupported(e->d_name, NULL));
            continue;
        }
        covered++;
        json_t *file = load(path);
        struct tally t = {0};
        check_file(c, file, &t);
        printf("\n  %-22s %3u passed %3u skipped %3u failed", c->folder, t.passed, t.skipped,
               t.failed);
        all.passed += t.passed;
        all.skipped += t.skipped;
        all.failed += t.failed;
        json_decref(file);
    }
    closedir(d);
    printf("\n  GOV.UK: %zu of %zu components, %u fixtures passed, %u skipped, %u failed ", covered,
           seen, all.passed, all.skipped, all.failed);
    CHECK(covered == components_count || seen == 0);
    CHECK(all.passed > 500);
}

// MoJ Frontend publishes no fixtures: moj.json holds options and what its own Nunjucks templates
// made of them, with the repeated and empty class names taken out.
TEST(moj_templates_come_out_the_same)
{
    CHECK_FATAL(moj_file != NULL);
    json_t *all = load(moj_file);
    struct tally t = {0};
    size_t i;
    json_t *file;
    json_array_foreach(all, i, file)
    {
        const struct component *c =
            component_find(json_string_value(json_object_get(file, "component")));
        CHECK_FATAL(c != NULL);
        check_file(c, file, &t);
    }
    printf("\n  MoJ: %u components, %u fixtures passed, %u skipped, %u failed ", (unsigned)i,
           t.passed, t.skipped, t.failed);
    CHECK(t.passed >= 30);
    CHECK_INT(t.skipped, 0);
    json_decref(all);
}

TESTS("golden", T(govuk_fixtures_come_out_the_same), T(moj_templates_come_out_the_same))
