// SPDX-License-Identifier: MIT
#include "export/export.h"

#include "base/clock.h"
#include "command.h"
#include "db/db.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const struct option_row export_options[] = {
    {"output", "FILE", "where the zip goes (needed)"},
    {"kind", "KIND", "what kind of export (default evaluation)"},
    {"as-of", "TIME", "cut-off: a day, or a time like 2026-11-02T10:30:00Z (default now)"},
    {"site", "CODE", "one site only (default every site)"},
    {"reason", "WORDS", "why, for the manifest and the audit log"},
    {0},
};
const char export_help[] = "Makes the same zip as the export page: pseudonymous tables with a "
                           "codebook, without names and\n"
                           "without free text. The same cut-off gives the same bytes. It is in the "
                           "audit log as a disclosure.";

static enum err cut_off(struct cli *cli, const char **ret)
{
    enum err e = export_cut_off(cli->ctx, cli_option(cli, "as-of"), ret);
    const struct field_error *first = cli->ctx->problem.first;
    cli->ctx->problem.first = NULL; // reported under the option's name
    return e && first ? ctx_refuse(cli->ctx, ERR_USAGE, "--as-of: %s", first->message) : e;
}

// Whoever runs the command is whom the data go to.
static const char *operator_name(void)
{
    const char *before = getenv("SUDO_USER");
    const struct passwd *me = getpwuid(getuid());
    return before && *before ? before : me ? me->pw_name : "system";
}

static enum err progress(void *arg, int percent, long rows)
{
    (void)arg;
    (void)rows;
    cli_progress("export, per cent", percent, 100);
    return ERR_OK;
}

static enum err note_disclosure(struct cli *cli, const struct export_ask *ask)
{
    struct db_pipeline *pl = db_pipeline_new(cli->ctx);
    const char *detail = arena_printf(
        cli->ctx->arena, "command line: kind=%s as_of=%s site=%s recipient=%s reason=%s", ask->kind,
        ask->as_of, ask->site ? ask->site : "all", ask->who,
        ask->reason ? ask->reason : "not given");
    db_add(pl, DB_CALL(access_audit_system, .action = "export_downloaded", .object_id = NULL,
                       .subjects = NULL, .detail = detail));
    return db_run(cli->ctx, pl);
}

enum err run_export(struct cli *cli)
{
    const char *output;
    struct export_made made;
    struct export_ask ask = {.kind = cli_option(cli, "kind"),
                             .site = cli_option(cli, "site"),
                             .who = operator_name(),
                             .reason = cli_option(cli, "reason")};
    ask.kind = ask.kind ? ask.kind : "evaluation";
    enum err e = cli_required(cli, "output", &output);
    if (!e)
        e = cut_off(cli, &ask.as_of);
    if (!e && ask.site && !programme_site(cli->programme, ask.site))
        e = ctx_refuse(cli->ctx, ERR_USAGE, "there is no site \"%s\"", ask.site);
    if (!e)
        e = cli_keys(cli);
    if (!e)
        e = cli_connect(cli, CLI_WORKER);
    if (!e)
        e = note_disclosure(cli, &ask); // before there is anything to disclose
    if (!e)
        e = export_write(cli->ctx, &ask, output, progress, NULL, &made);
    if (e)
        return e;
    cli_progress_end();
    printf("%s: %ld participants, %ld rows, %lld bytes, SHA-256 %s\n", output, made.participants,
           made.rows, made.bytes, made.sha256);
    return ERR_OK;
}
