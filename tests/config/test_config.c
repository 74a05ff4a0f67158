// SPDX-License-Identifier: MIT
#include "base/buf.h"
#include "base/vocab.h"
#include "config/config.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ctx ctx;
static char folder[64];

static void begin(void)
{
    ctx = (struct ctx){.arena = arena_new()};
    strcpy(folder, "/tmp/phxconfXXXXXX");
    CHECK_FATAL(mkdtemp(folder) != NULL);
}

static void end(void)
{
    unlink(arena_printf(ctx.arena, "%s/f.conf", folder));
    rmdir(folder);
    arena_free(ctx.arena);
}

static const char *file(const char *text)
{
    const char *path = arena_printf(ctx.arena, "%s/f.conf", folder);
    FILE *f = fopen(path, "w");
    CHECK_FATAL(f != NULL);
    fputs(text, f);
    fclose(f);
    return path;
}

static const char *shipped(const char *name)
{
    const char *from = getenv("PHOENIX_CONFIG_FOLDER");
    return arena_printf(ctx.arena, "%s/%s", from ? from : "config", name);
}

static const char *slurp(const char *path)
{
    struct buf b;
    buf_init(&b, ctx.arena);
    FILE *f = fopen(path, "r");
    CHECK_FATAL(f != NULL);
    for (int c; (c = getc(f)) != EOF;)
        buf_putc(&b, (char)c);
    fclose(f);
    return b.p;
}

static void check_refused(const char *text, const char *words)
{
    const struct config *c = NULL;
    ctx.problem = (struct problem){0};
    CHECK_INT(config_read(&ctx, file(text), &c), ERR_CONFIG);
    CHECK(c == NULL);
    CHECK_FATAL(ctx.problem.detail != NULL);
    if (!strstr(ctx.problem.detail, words))
        CHECK_STR(ctx.problem.detail, words);
}

TEST(an_empty_file_gives_the_defaults)
{
    begin();
    const struct config *c;
    CHECK_INT(config_read(&ctx, file(""), &c), ERR_OK);
#define OPTION_STR(name, dflt, words) CHECK_STR(c->name, dflt);
#define OPTION_PATH(name, dflt, words)                                                             \
    CHECK_STR(c->name, arena_printf(ctx.arena, "%s/%s", folder, dflt));
#define OPTION_INT(name, dflt, least, most, words) CHECK_INT(c->name, dflt);
#define OPTION_BOOL(name, dflt, words) CHECK_INT(c->name, dflt);
#include "config/config.def"
#undef OPTION_STR
#undef OPTION_PATH
#undef OPTION_INT
#undef OPTION_BOOL
    end();
}

TEST(values_are_taken)
{
    begin();
    const struct config *c;
    CHECK_INT(
        config_read(&ctx,
                    file("# a remark\nlisten = \"::1\"\nport=0\nworkers = 64\ntls = yes\n"
                         "log_json = true\nkeyring = \"credential:phoenix.keys\"\n"
                         "programme = /etc/phoenix/programme.conf\ndata_dir = \"out files\"\n"),
                    &c),
        ERR_OK);
    CHECK_STR(c->listen, "::1");
    CHECK_INT(c->port, 0);
    CHECK_INT(c->workers, 64);
    CHECK(c->tls && c->log_json);
    CHECK_STR(c->keyring, "credential:phoenix.keys");
    CHECK_STR(c->programme, "/etc/phoenix/programme.conf");
    CHECK_STR(c->data_dir, arena_printf(ctx.arena, "%s/out files", folder));
    end();
}

TEST(mistakes_are_told_with_their_line)
{
    begin();
    check_refused("port = 80\nprot = 81\n", "f.conf, line 2: no such option 'prot'");
    check_refused("\n\nport = eighty\n", "f.conf, line 3: invalid integer value for option 'port'");
    check_refused("port = 65536\n", "line 1: port must be between 0 and 65535, not 65536");
    check_refused("workers = 0\n", "workers must be between 1 and 64, not 0");
    check_refused("workers = -1\n", "workers must be between 1 and 64, not -1");
    check_refused("tls = maybe\n", "line 1: invalid boolean value for option 'tls'");
    check_refused("port = 1\nport = 2\n", "line 2: port is set twice");
    check_refused("log_level = \"loud\"\n",
                  "log_level must be one of debug, info, notice, warn or error");
    check_refused("timezone = \"Europe/Leicester\"\n", "timezone is not known here");
    check_refused("keyring = \"\"\n", "keyring must not be empty");
    check_refused("port 80\n", "line 1");
    // libconfuse by itself counts three lines for each of these.
    check_refused("# one\n# two\n  // three\nport = 1 # four\nprot = 81\n", "line 5: no such");
    check_refused("/* one\n two */\nprot = 81\n", "line 3: no such");
    check_refused("data_dir = \"a#b//c\"\nprot = 81\n", "line 2: no such");
    check_refused("data_dir = \"a\\\"# b\" # \"\nprot = 81\n", "line 2: no such");
    check_refused("listen = \"unclosed\n", "f.conf, line");
    check_refused("port = 99999999999999999999999\n", "port");
    end();
}

TEST(files_that_are_none)
{
    begin();
    const struct config *c = NULL;
    CHECK_INT(config_read(&ctx, "/nonexistent/phoenix.conf", &c), ERR_CONFIG);
    CHECK_STR(ctx.problem.detail,
              "/nonexistent/phoenix.conf cannot be opened: No such file or directory");
    ctx.problem = (struct problem){0};
    CHECK_INT(config_read(&ctx, folder, &c), ERR_CONFIG);
    CHECK(strstr(ctx.problem.detail, "is not a configuration file") != NULL);
    CHECK(c == NULL);
    end();
}

TEST(the_shipped_example_is_the_table)
{
    begin();
    const struct config *c;
    const char *path = shipped("phoenix.conf.example");
    CHECK_STR(slurp(path), config_example(ctx.arena));
    CHECK_INT(config_read(&ctx, path, &c), ERR_OK);
    // With every remark sign taken away it must be accepted too: each default is a valid value.
    struct buf b;
    buf_init(&b, ctx.arena);
    for (const char *p = config_example(ctx.arena); *p; p++)
        if (!(*p == '#' && p[1] != ' '))
            buf_putc(&b, *p);
    CHECK_INT(config_read(&ctx, file(b.p), &c), ERR_OK);
    CHECK_INT(c->body_limit, 262144);
    end();
}

TEST(the_shipped_programme_is_read)
{
    begin();
    const struct programme *p;
    CHECK_INT(programme_read(&ctx, shipped("programme.conf"), &p), ERR_OK);
    CHECK_STR(ctx.problem.detail, NULL);
    CHECK_INT(p->n_sites, 2);
    CHECK_STR(p->version, vocab_version());
    const struct programme_site *s = programme_site(p, "leicester");
    CHECK_FATAL(s != NULL);
    CHECK_STR(s->name, "Leicester");
    CHECK(s->engaged_days == 14 && s->wavering_days == 28);
    CHECK(s->wavering_missed == 2 && s->disengaged_missed == 3);
    CHECK_STR(programme_site(p, "rutland")->name, "Leicestershire and Rutland");
    CHECK(programme_site(p, "york") == NULL && programme_site(p, NULL) == NULL);
    arena_reset(ctx.arena); // vocabularies do not live in it
    CHECK_STR(vocab_label("mode", "in_person_home"), "In person, at home");
    end();
}

TEST(outcomes_count_as_the_programme_says)
{
    begin();
    const struct programme *p;
    CHECK_INT(programme_read(&ctx, shipped("programme.conf"), &p), ERR_OK);
    static const char *const good[] = {"attended", "attended_late", "spoke", "replied"};
    static const char *const missed[] = {"no_answer", "not_home", "cancelled_by_participant",
                                         "failed_to_attend", "refused"};
    const struct vocab *v = vocab_find("outcome");
    CHECK_FATAL(v != NULL);
    CHECK_INT(v->n, 10);
    size_t n_good = 0, n_missed = 0;
    for (size_t i = 0; i < v->n; i++) {
        n_good += v->codes[i].successful;
        n_missed += v->codes[i].missed;
    }
    CHECK_INT(n_good, 4);
    CHECK_INT(n_missed, 5);
    for (size_t i = 0; i < 4; i++)
        CHECK(vocab_code("outcome", good[i])->successful);
    for (size_t i = 0; i < 5; i++)
        CHECK(vocab_code("outcome", missed[i])->missed);
    end();
}

TEST(every_vocabulary_is_well_formed)
{
    begin();
    const struct programme *p;
    CHECK_INT(programme_read(&ctx, shipped("programme.conf"), &p), ERR_OK);
    CHECK(vocab_count() >= 27);
    for (size_t i = 0; i < vocab_count(); i++) {
        const struct vocab *v = vocab_at(i);
        for (size_t k = 0; k < v->n; k++) {
            CHECK(strlen(v->codes[k].label) > 1);
            CHECK(vocab_code(v->name, v->codes[k].code) == &v->codes[k]);
            bool flagged = v->codes[k].successful || v->codes[k].missed;
            CHECK(!flagged || strcmp(v->name, "outcome") == 0);
        }
    }
    CHECK_INT(vocab_find("ethnicity")->n, 20); // 18 and Not stated, and Roma
    CHECK_INT(vocab_find("role")->n, 11);
    CHECK_INT(vocab_find("need")->n, 9);
    CHECK_INT(vocab_find("action")->n, 17);
    end();
}

// The shipped file with one piece changed must be refused in these words.
static void check_programme_refused(const char *from, const char *to, const char *words)
{
    const char *text = slurp(shipped("programme.conf"));
    const char *at = strstr(text, from);
    CHECK_FATAL(at != NULL);
    const struct programme *p = NULL;
    const char *path =
        file(arena_printf(ctx.arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)));
    ctx.problem = (struct problem){0};
    CHECK_INT(programme_read(&ctx, path, &p), ERR_CONFIG);
    CHECK(p == NULL);
    if (!ctx.problem.detail || !strstr(ctx.problem.detail, words))
        CHECK_STR(ctx.problem.detail, words);
}

TEST(programme_mistakes_are_told)
{
    begin();
    const struct programme *p;
    CHECK_INT(programme_read(&ctx, shipped("programme.conf"), &p), ERR_OK);
    check_programme_refused("version =", "# version =", "version is missing");
    check_programme_refused("vocabulary mode", "vocabulary moods",
                            "the vocabulary mode is missing");
    check_programme_refused("engaged_days = 14", "engaged_days = 28",
                            "0 < engaged_days < wavering_days");
    check_programme_refused("wavering_missed = 2", "wavering_missed = 3",
                            "0 < wavering_missed < disengaged_missed");
    check_programme_refused("code phone { label = \"Phone call\"", "code phone { label = \"\"",
                            "phone has no label");
    check_programme_refused("code phone {", "code \"pho ne\" {", "pho ne is not a code");
    check_programme_refused("code phone {", "code text {", "text");
    check_programme_refused("successful = true", "succesful = true", "no such option 'succesful'");
    check_programme_refused("successful = true", "successful = true missed = true",
                            "cannot be both successful and missed");
    check_programme_refused("site rutland {", "site leicester {", "leicester");
    // A file refused leaves the vocabularies in use alone.
    CHECK_STR(vocab_label("mode", "phone"), "Phone call");
    end();
}

TESTS("config", T(an_empty_file_gives_the_defaults), T(values_are_taken),
      T(mistakes_are_told_with_their_line), T(files_that_are_none),
      T(the_shipped_example_is_the_table), T(the_shipped_programme_is_read),
      T(outcomes_count_as_the_programme_says), T(every_vocabulary_is_well_formed),
      T(programme_mistakes_are_told))
