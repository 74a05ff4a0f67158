// SPDX-License-Identifier: MIT
#include "api/json.h"
#include "command.h"
#include "sample/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct option_row sample_options[] = {
    {"people", "N", "how many people (default 200)"},
    {"contacts", "N", "how many contacts in all (default: as many as such people have)"},
    {"seed", "S", "the same seed makes the same people (default 1)"},
    {"accounts", "FILE", "write the accounts and their passwords to FILE as JSON"},
    {0},
};
const char sample_help[] = "Fills an empty, migrated database with made-up people, contacts, "
                           "referrals and escalations of\n"
                           "the last two years, at two sites, with accounts for every role. For "
                           "demonstrations, training and\n"
                           "tests; it refuses a database that holds participants.";

static const char *accounts_text(struct arena *a, const struct sample_account *all, size_t n)
{
    struct buf out;
    buf_init(&out, a);
    buf_putc(&out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_puts(&out, i ? ",\n {" : "\n {");
        json_write_pair(&out, "role", all[i].role);
        json_write_pair(&out, "username", all[i].username);
        json_write_pair(&out, "password", all[i].password);
        json_write_pair(&out, "site", all[i].site);
        buf_putc(&out, '}');
    }
    buf_puts(&out, "\n]\n");
    return out.p;
}

// Passwords: only the owner of the file may read it.
static enum err write_private(struct ctx *ctx, const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *f = fd >= 0 && fchmod(fd, 0600) == 0 ? fdopen(fd, "w") : NULL;
    bool ok = f && fputs(text, f) >= 0;
    if (f)
        ok = fclose(f) == 0 && ok;
    else if (fd >= 0)
        close(fd);
    return ok ? ERR_OK : ctx_refuse(ctx, ERR_IO, "%s: %s", path, strerror(errno));
}

static void progress(const char *what, long done, long of, void *arg)
{
    (void)arg;
    cli_progress(what, done, of);
}

enum err run_sample(struct cli *cli)
{
    struct sample_setup setup = {.progress = progress};
    const struct sample_account *accounts;
    size_t n;
    long seed;
    enum err e = cli_number(cli, "people", 1, 1000000, 200, &setup.people);
    if (!e)
        e = cli_number(cli, "contacts", 0, 100000000, 0, &setup.contacts);
    if (!e)
        e = cli_number(cli, "seed", 0, 1000000000, 1, &seed);
    if (!e)
        e = cli_keys(cli);
    if (!e)
        e = cli_connect(cli, CLI_OWNER);
    if (e)
        return e;
    setup.seed = (uint64_t)seed;
    e = sample_make(cli->ctx, &setup, &accounts, &n);
    if (e)
        return e;
    cli_progress_end();
    const char *file = cli_option(cli, "accounts");
    const char *text = accounts_text(cli->ctx->arena, accounts, n);
    if (file)
        e = write_private(cli->ctx, file, text);
    else
        fputs(text, stdout);
    if (!e && file)
        printf("Made %ld people and %zu accounts; the passwords are in %s\n", setup.people, n,
               file);
    return e;
}
