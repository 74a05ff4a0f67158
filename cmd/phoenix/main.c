// SPDX-License-Identifier: MIT
// phoenix: finds the command in the table, reads its options, runs it, says what went wrong.
#include "command.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "crypto/keys.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define DEFAULT_CONFIG "/etc/phoenix/phoenix.conf"

static const struct option global_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

static void print_help(void)
{
    puts("Usage: phoenix [--config FILE] COMMAND [OPTIONS]\n\n"
         "  --config FILE   configuration (default " DEFAULT_CONFIG ")\n"
         "  --version       print the version\n"
         "  --help          print this; after a command, print its options\n\nCommands:");
    for (const struct command *c = commands; c->name; c++) {
        char left[64];
        snprintf(left, sizeof(left), "%s %s", c->name, c->args);
        printf("  %-37s %s\n", left, c->summary);
    }
}

static void print_command_help(const struct command *c)
{
    printf("Usage: phoenix [--config FILE] %s%s%s%s\n\n%s.\n", c->name, *c->args ? " " : "",
           c->args, c->options ? " [OPTIONS]" : "", c->summary);
    if (c->options)
        printf("\nOptions:\n");
    for (const struct option_row *o = c->options; o && o->name; o++) {
        char left[64];
        snprintf(left, sizeof(left), "--%s %s", o->name, o->value ? o->value : "");
        printf("  %-24s %s\n", left, o->words);
    }
    if (c->help)
        printf("\n%s\n", c->help);
}

static const struct command *find_command(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static enum err read_config(struct cli *cli)
{
    struct ctx *ctx = cli->ctx;
    enum err e = config_read(ctx, cli->config_path, &cli->config);
    if (e)
        return e;
    if (!clock_set_zone(cli->config->timezone))
        return ctx_refuse(ctx, ERR_CONFIG, "timezone: this system does not know %s",
                          cli->config->timezone);
    return programme_read(ctx, cli->config->programme, &cli->programme);
}

// Reads the command's own options by its table. True if --help was answered.
static enum err read_options(struct cli *cli, int argc, char **argv, bool *ret_helped)
{
    enum { MOST = 32 };
    struct option longs[MOST] = {{"help", no_argument, NULL, MOST}};
    const struct option_row *rows = cli->command->options;
    size_t n = 0;
    for (; rows && rows[n].name; n++)
        longs[n + 1] = (struct option){
            rows[n].name, rows[n].value ? required_argument : no_argument, NULL, (int)n};
    const char **values = ARENA_ARRAY(cli->ctx->arena, const char *, n + 1);
    optind = 0; // begin anew
    for (int o; (o = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        if (o == MOST) {
            print_command_help(cli->command);
            *ret_helped = true;
            return ERR_OK;
        }
        if (o < 0 || (size_t)o >= n)
            return ERR_USAGE; // getopt has said why
        values[o] = optarg ? optarg : "";
    }
    cli->values = values;
    cli->args = (const char *const *)&argv[optind];
    cli->n_args = (size_t)(argc - optind);
    return ERR_OK;
}

static enum err run(struct cli *cli, int argc, char **argv)
{
    bool helped = false;
    cli->command = find_command(argv[0]);
    if (!cli->command)
        return ctx_refuse(cli->ctx, ERR_USAGE, "there is no command \"%s\"", argv[0]);
    enum err e = read_options(cli, argc, argv, &helped);
    if (e || helped)
        return e;
    if (cli->n_args && !*cli->command->args)
        return ctx_refuse(cli->ctx, ERR_USAGE, "%s takes no \"%s\"", argv[0], cli->args[0]);
    e = crypto_start();
    if (!e && (cli->command->needs & NEEDS_CONFIG))
        e = read_config(cli);
    return e ? e : cli->command->run(cli);
}

static int finish(struct cli *cli, enum err e)
{
    cli_progress_end();
    if (e)
        cli_complain(cli->ctx, e);
    if (fflush(stdout) != 0 && !e)
        e = ERR_IO;
    return err_row(e)->exit_code;
}

int main(int argc, char **argv)
{
    const char *config = DEFAULT_CONFIG;
    int o;
    while ((o = getopt_long(argc, argv, "+", global_options, NULL)) != -1) {
        if (o == 'c') {
            config = optarg;
        } else if (o == 'h') {
            print_help();
            return 0;
        } else if (o == 'V') {
            puts("phoenix " PHOENIX_VERSION);
            return 0;
        } else {
            return err_row(ERR_USAGE)->exit_code;
        }
    }
    if (optind >= argc) {
        print_help();
        return err_row(ERR_USAGE)->exit_code;
    }
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); // a core would hold keys
    log_setup(LOG_WARN, 0);
    struct ctx ctx = {.arena = arena_new()};
    memcpy(ctx.request_id, uuid_new(ctx.arena), sizeof(ctx.request_id));
    struct cli cli = {.ctx = &ctx, .config_path = config};
    int status = finish(&cli, run(&cli, argc - optind, argv + optind));
    if (ctx.keys)
        keys_close(ctx.keys);
    arena_free(ctx.arena);
    return status;
}
