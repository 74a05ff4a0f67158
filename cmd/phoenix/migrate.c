// SPDX-License-Identifier: MIT
#include "access/access.h"
#include "command.h"
#include "db/db.h"

#include <stdio.h>
#include <string.h>

const struct option_row migrate_options[] = {
    {"bootstrap", "CONNINFO", "first create the login roles and the database as this superuser"},
    {0},
};
const char migrate_help[] =
    "Safe to repeat, and to run from two places at once. Also brings the access matrix, "
    "vocabularies,\n"
    "sites and thresholds of the configuration into the database, and notes which keyring its "
    "sealed\n"
    "fields belong to. CONNINFO is a PostgreSQL connection string of a superuser, for example\n"
    "\"host=/run/postgresql user=postgres\".";

struct applied {
    long n;
    bool schema;
};

static void progress(const char *name, void *arg)
{
    struct applied *applied = arg;
    if (strcmp(name, "schema") == 0)
        applied->schema = true;
    else
        applied->n++;
    cli_progress(name, 0, 0);
}

enum err run_migrate(struct cli *cli)
{
    struct ctx *ctx = cli->ctx;
    struct applied applied = {0};
    const char *superuser = cli_option(cli, "bootstrap");
    enum err e = cli_keys(cli);
    if (!e && superuser)
        e = db_bootstrap(ctx, superuser);
    if (!e)
        e = cli_connect(cli, CLI_OWNER);
    if (!e)
        e = db_migrate(ctx, progress, &applied);
    if (!e)
        e = access_sync(ctx, cli->programme);
    if (!e)
        e = access_keyring_check(ctx);
    cli_progress_end();
    if (!e)
        printf("The database is at schema version %d (%ld migration%s applied now%s).\n",
               db_schema_wanted(), applied.n, applied.n == 1 ? "" : "s",
               applied.schema ? ", functions and policies brought up to date" : "");
    return e;
}
