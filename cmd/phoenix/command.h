// SPDX-License-Identifier: MIT
// The command line: one row per command in command.c. A command is one file with its options and
// one function; adding one is that file, its prototype here and its row.
#pragma once

#include "base/ctx.h"
#include "config/config.h"

#include <stdbool.h>
#include <stdint.h>

struct option_row {
    const char *name;  // "people", without the dashes
    const char *value; // "N" as --help shows it, or NULL for a flag
    const char *words;
};

struct command;

/** One run. Memory is ctx's; nothing outlives the process. */
struct cli {
    struct ctx *ctx;
    const char *config_path;
    const struct config *config;       // NULL unless the command needs it
    const struct programme *programme; // the same
    const struct command *command;
    const char *const *values; // per option row: the value ("" for a flag), or NULL when not given
    const char *const *args;   // what is not an option
    size_t n_args;
};

enum {
    NEEDS_CONFIG = 1 << 0, // read before run(), programme and time zone included
};

struct command {
    const char *name, *args, *summary;
    const char *help; // more lines for --help, or NULL
    unsigned needs;
    const struct option_row *options; // ended by a NULL name; NULL for none
    enum err (*run)(struct cli *cli);
};

extern const struct command commands[]; // ended by a NULL name

/** The value of an option of this command, or NULL; "" for a flag that was given. */
const char *cli_option(const struct cli *cli, const char *name);
/** The same as a number; `dflt` when it was not given. */
enum err cli_number(struct cli *cli, const char *name, long least, long most, long dflt,
                    long *ret) MUST_CHECK;
/** The value, or ERR_USAGE naming the option that is missing. */
enum err cli_required(struct cli *cli, const char *name, const char **ret) MUST_CHECK;

/** Connects ctx->db as that login. */
enum db_login_tag { CLI_OWNER, CLI_WORKER };
enum err cli_connect(struct cli *cli, enum db_login_tag login) MUST_CHECK;
/** Opens the keyring of the configuration into ctx->keys. */
enum err cli_keys(struct cli *cli) MUST_CHECK;

/** "what: 3 of 10", rewritten in place; nothing when stderr is no terminal. */
void cli_progress(const char *what, long done, long of);
/** Ends the line of cli_progress(), if there is one. */
void cli_progress_end(void);
/** `phoenix: words: detail` to stderr, and a line for each field that is wrong. */
void cli_complain(const struct ctx *ctx, enum err e);

extern const struct option_row migrate_options[], user_options[], sample_options[],
    export_options[], import_options[], schema_options[];
extern const char migrate_help[], key_help[], user_help[], sample_help[], export_help[],
    import_help[], schema_help[];

enum err run_migrate(struct cli *cli);
enum err run_key(struct cli *cli);
enum err run_user(struct cli *cli);
enum err run_sample(struct cli *cli);
enum err run_import(struct cli *cli);
enum err run_export(struct cli *cli);
enum err run_routes(struct cli *cli);
enum err run_access(struct cli *cli);
enum err run_schema(struct cli *cli);
enum err run_doctor(struct cli *cli);
