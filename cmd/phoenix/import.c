// SPDX-License-Identifier: MIT
#include "import/import.h"

#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct option_row import_options[] = {
    {"mapping", "FILE", "what the spreadsheet's headings and words mean (needed)"},
    {"report", "FILE", "write every row's verdict to FILE as CSV"},
    {"dry-run", NULL, "only judge the rows"},
    {"accept-valid", NULL, "store the other rows when some are rejected"},
    {"site", "CODE", "where the people belong (default: the mapping's site)"},
    {0},
};
const char import_help[] =
    "Brings in a team's spreadsheet, saved as CSV: people first, then their contacts. Every row\n"
    "gets a verdict: ok, warn (kept, and worth a look) or reject. All rows are stored or none, "
    "unless\n"
    "--accept-valid is given; the same file again adds nothing. Ends with 0 if no row was "
    "rejected, 3\n"
    "if one was. People are brought in as active since their start date.";

static void close_file(void *f)
{
    (void)fclose(f);
}

static enum err open_input(struct cli *cli, const char *path, FILE **ret)
{
    struct stat st;
    FILE *f = fopen(path, "re");
    if (!f)
        return ctx_refuse(cli->ctx, ERR_IO, "%s: %s", path, strerror(errno));
    arena_defer(cli->ctx->arena, close_file, f);
    if (fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode))
        return ctx_refuse(cli->ctx, ERR_IO, "%s is not a file", path);
    *ret = f;
    return ERR_OK;
}

// References and what is wrong with somebody's record: for the operator's eyes only.
static enum err open_report(struct cli *cli, const char *path, FILE *input, FILE **ret)
{
    struct stat st, in;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && fstat(fd, &st) == 0 && fstat(fileno(input), &in) == 0 &&
        st.st_ino == in.st_ino && st.st_dev == in.st_dev) {
        close(fd);
        return ctx_refuse(cli->ctx, ERR_USAGE, "the report would be written over %s", path);
    }
    bool empty = fd >= 0 && (!S_ISREG(st.st_mode) || ftruncate(fd, 0) == 0);
    FILE *f = empty ? fdopen(fd, "w") : NULL;
    if (!f) {
        if (fd >= 0)
            close(fd);
        return ctx_refuse(cli->ctx, ERR_IO, "%s: %s", path, strerror(errno));
    }
    struct buf line;
    buf_init(&line, cli->ctx->arena);
    import_report_heading(&line);
    fputs(line.p, f);
    *ret = f;
    return ERR_OK;
}

struct report {
    FILE *f;
    struct buf line;
};

static enum err report_row(void *arg, const struct import_verdict *v)
{
    struct report *report = arg;
    if (!report->f)
        return ERR_OK;
    buf_clear(&report->line);
    import_report_line(&report->line, v);
    fputs(report->line.p, report->f); // ferror() is asked once, at the end
    return ERR_OK;
}

static enum err setup_read(struct cli *cli, struct import_setup *setup)
{
    const char *mapping;
    if (cli->n_args != 2)
        return ctx_refuse(cli->ctx, ERR_USAGE, "say participants or contacts, and the file");
    if (strcmp(cli->args[0], "participants") == 0)
        setup->kind = IMPORT_PARTICIPANTS;
    else if (strcmp(cli->args[0], "contacts") == 0)
        setup->kind = IMPORT_CONTACTS;
    else
        return ctx_refuse(cli->ctx, ERR_USAGE, "\"%s\" is neither participants nor contacts",
                          cli->args[0]);
    setup->name = cli->args[1];
    setup->dry_run = cli_option(cli, "dry-run") != NULL;
    setup->accept_valid = cli_option(cli, "accept-valid") != NULL;
    enum err e = cli_required(cli, "mapping", &mapping);
    if (!e)
        e = mapping_read(cli->ctx, mapping, &setup->mapping);
    if (e)
        return e;
    const char *site = cli_option(cli, "site");
    setup->site = site ? site : setup->mapping->site;
    if (!setup->site)
        return ctx_refuse(cli->ctx, ERR_USAGE, "--site is needed: the mapping names none");
    return open_input(cli, setup->name, &setup->file);
}

static void say(const struct import_setup *setup, const struct import_result *r)
{
    printf("%s: %ld rows: %ld ok, %ld with a warning, %ld rejected\n", setup->name, r->rows, r->ok,
           r->warned, r->rejected);
    if (r->unread)
        printf("Columns that the mapping does not name were left out: %s\n", r->unread);
    if (r->stored)
        printf("Added %ld; %ld were here already\n", r->added, r->present);
    else if (setup->dry_run)
        printf("Nothing was stored: this was a dry run\n");
    else
        printf("Nothing was stored: correct the rejected rows, or give --accept-valid\n");
}

enum err run_import(struct cli *cli)
{
    struct report report = {0};
    struct import_setup setup = {.verdict = report_row, .arg = &report};
    struct import_result result;
    const char *path = cli_option(cli, "report");
    buf_init(&report.line, cli->ctx->arena);
    enum err e = setup_read(cli, &setup);
    if (!e)
        e = cli_keys(cli);
    if (!e)
        e = cli_connect(cli, CLI_OWNER);
    if (!e && path)
        e = open_report(cli, path, setup.file, &report.f);
    if (!e)
        e = import_run(cli->ctx, &setup, &result);
    // A report that could not be written must not hide what happened to the rows: it is reported last.
    bool written = !report.f || (!ferror(report.f) && fflush(report.f) == 0);
    if (report.f)
        written = fclose(report.f) == 0 && written;
    if (e)
        return e;
    say(&setup, &result);
    if (!written)
        return ctx_refuse(cli->ctx, ERR_IO, "%s could not be written", path);
    return result.rejected ? ctx_refuse(cli->ctx, ERR_ROWS_REJECTED, "%ld of %ld rows",
                                        result.rejected, result.rows)
                           : ERR_OK;
}
