// SPDX-License-Identifier: MIT
#include "command.h"

#include "crypto/keys.h"
#include "db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool progress_open;

const char *cli_option(const struct cli *cli, const char *name)
{
    const struct option_row *rows = cli->command->options;
    for (size_t i = 0; rows && rows[i].name; i++)
        if (strcmp(rows[i].name, name) == 0)
            return cli->values[i];
    return NULL;
}

enum err cli_number(struct cli *cli, const char *name, long least, long most, long dflt, long *ret)
{
    const char *s = cli_option(cli, name);
    char *end = NULL;
    if (!s) {
        *ret = dflt;
        return ERR_OK;
    }
    errno = 0;
    long n = strtol(s, &end, 10);
    if (end == s || *end || errno || n < least || n > most)
        return ctx_refuse(cli->ctx, ERR_USAGE, "--%s must be a number from %ld to %ld", name, least,
                          most);
    *ret = n;
    return ERR_OK;
}

enum err cli_required(struct cli *cli, const char *name, const char **ret)
{
    const char *s = cli_option(cli, name);
    if (!s || !*s)
        return ctx_refuse(cli->ctx, ERR_USAGE, "--%s is needed", name);
    *ret = s;
    return ERR_OK;
}

static void free_db(void *db)
{
    db_free(db);
}

enum err cli_connect(struct cli *cli, enum db_login_tag login)
{
    struct ctx *ctx = cli->ctx;
    ctx->db = db_new(cli->config->database, login == CLI_OWNER ? DB_OWNER : DB_WORKER);
    arena_defer(ctx->arena, free_db, ctx->db);
    return db_ready(ctx, ctx->db);
}

enum err cli_keys(struct cli *cli)
{
    return keys_open(cli->ctx, cli->config->keyring, &cli->ctx->keys);
}

void cli_progress(const char *what, long done, long of)
{
    if (!isatty(STDERR_FILENO))
        return;
    progress_open = true;
    if (of > 0)
        fprintf(stderr, "\r\033[K%s: %ld of %ld", what, done, of);
    else
        fprintf(stderr, "\r\033[K%s", what);
    fflush(stderr);
}

void cli_progress_end(void)
{
    if (progress_open)
        fputc('\n', stderr);
    progress_open = false;
}

void cli_complain(const struct ctx *ctx, enum err e)
{
    const struct problem *p = &ctx->problem;
    const char *words = err_row(e)->words;
    if (p->detail)
        fprintf(stderr, "phoenix: %s: %s\n", words, p->detail);
    else if (p->log)
        fprintf(stderr, "phoenix: %s (%s)\n", words, p->log);
    else
        fprintf(stderr, "phoenix: %s\n", words);
    for (const struct field_error *f = p->first; f; f = f->next)
        fprintf(stderr, "  %s%s%s\n", f->field, *f->field ? ": " : "", f->message);
}
