// SPDX-License-Identifier: MIT
#include "command.h"
#include "crypto/keys.h"

#include <stdio.h>
#include <string.h>

const char key_help[] =
    "Writes a keyring that only its owner can read, where the configuration's option `keyring` "
    "says.\n"
    "An existing keyring is never overwritten. Keep a copy in a safe place: what is sealed with a\n"
    "lost keyring cannot be read by anybody, ever.";

enum err run_key(struct cli *cli)
{
    if (cli->n_args != 1 || strcmp(cli->args[0], "new") != 0)
        return ctx_refuse(cli->ctx, ERR_USAGE, "say: phoenix key new");
    enum err e = keys_create(cli->ctx, cli->config->keyring);
    if (!e)
        printf("Wrote a new keyring to %s. Keep a copy of it in a safe place.\n",
               cli->config->keyring);
    return e;
}
