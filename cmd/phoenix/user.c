// SPDX-License-Identifier: MIT
#include "access/access.h"
#include "base/uuid.h"
#include "command.h"
#include "crypto/secret.h"
#include "db/db.h"

#include <stdio.h>
#include <string.h>

const struct option_row user_options[] = {
    {"username", "NAME", "whose account"},
    {"role", "ROLE", "add: the role, for example navigator (see: phoenix access)"},
    {"name", "NAME", "add: the person's name as colleagues see it"},
    {"site", "CODE", "add: the site; leave out for somebody who works at every site"},
    {"team", "NAME", "add: the team, which must be one of the site's"},
    {"agency", "NAME", "add: the agency, for providers, probation and youth justice"},
    {0},
};
const char user_help[] =
    "add      makes an account and prints its first password, which must be changed at sign-in\n"
    "reset    gives a new first password and ends every session\n"
    "disable  ends every session and refuses sign-in\n"
    "enable   lets the person sign in again\n"
    "list     prints every account\n"
    "Every change is in the audit log under the system's name.";

struct place {
    const char *site, *team, *agency; // code, ids
};

static enum err find_place(struct cli *cli, struct place *ret)
{
    struct ctx *ctx = cli->ctx;
    const char *site = cli_option(cli, "site"), *team = cli_option(cli, "team"),
               *agency = cli_option(cli, "agency");
    struct db_pipeline *pl = db_pipeline_new(ctx);
    size_t i = db_add(pl, DB_CALL(cli_place, .site = site, .team = team, .agency = agency));
    enum err e = db_run(ctx, pl);
    if (e)
        return e;
    *ret = (struct place){db_get(pl, i, 0, "site"), db_get(pl, i, 0, "team"),
                          db_get(pl, i, 0, "agency")};
    if (site && !ret->site)
        return ctx_refuse(ctx, ERR_INVALID, "there is no site \"%s\"", site);
    if (team && !ret->team)
        return ctx_refuse(ctx, ERR_INVALID, "there is no team \"%s\" at that site", team);
    if (agency && !ret->agency)
        return ctx_refuse(ctx, ERR_INVALID, "there is no agency \"%s\"", agency);
    return ERR_OK;
}

static enum err new_password(struct ctx *ctx, const char **ret_password, const char **ret_hash)
{
    *ret_password = password_random(ctx);
    return password_hash(ctx, *ret_password, ret_hash);
}

static void print_password(const char *username, const char *password)
{
    printf("%s\n", password);
    fprintf(stderr,
            "That is the first password of %s. It is not kept anywhere: pass it on safely.\n",
            username);
}

// The database holds the same rule; here it is said in words.
static bool username_ok(const char *s)
{
    static const char all[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-";
    size_t n = strlen(s);
    return n >= 2 && n <= 64 && strspn(s, all) == n && !strchr("._@-", s[0]);
}

static enum err add(struct cli *cli)
{
    struct ctx *ctx = cli->ctx;
    const char *username, *role, *name, *password, *hash;
    enum role known;
    struct place place;
    enum err e = cli_required(cli, "username", &username);
    if (!e)
        e = cli_required(cli, "role", &role);
    if (!e)
        e = cli_required(cli, "name", &name);
    if (!e && !username_ok(username))
        e = ctx_refuse(ctx, ERR_USAGE,
                       "a username is 2 to 64 letters, digits and . _ @ -, and begins "
                       "with a letter or digit");
    if (!e && !role_find(role, &known))
        e = ctx_refuse(ctx, ERR_USAGE, "there is no role \"%s\"", role);
    if (!e)
        e = find_place(cli, &place);
    if (!e)
        e = new_password(ctx, &password, &hash);
    if (e)
        return e;
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, DB_CALL(access_user_add, .id = uuid_new(ctx->arena), .username = username,
                       .display_name = name, .role = role, .site = place.site, .team = place.team,
                       .agency = place.agency, .hash = hash));
    e = db_run(ctx, pl);
    if (!e)
        print_password(username, password);
    return e;
}

static enum err find_user(struct cli *cli, const char **ret_username, const char **ret_id)
{
    struct ctx *ctx = cli->ctx;
    enum err e = cli_required(cli, "username", ret_username);
    if (e)
        return e;
    struct db_pipeline *pl = db_pipeline_new(ctx);
    size_t i = db_add(pl, DB_CALL(cli_user_find, .username = *ret_username));
    e = db_run(ctx, pl);
    if (!e && !db_nrows(pl, i))
        return ctx_refuse(ctx, ERR_NOT_FOUND, "there is no account \"%s\"", *ret_username);
    if (!e)
        *ret_id = db_value(pl, i, 0, 0);
    return e;
}

static enum err set_disabled(struct cli *cli, bool disabled)
{
    const char *username, *id;
    enum err e = find_user(cli, &username, &id);
    if (e)
        return e;
    struct db_pipeline *pl = db_pipeline_new(cli->ctx);
    db_add(pl, disabled ? DB_CALL(access_user_disable, .id = id)
                        : DB_CALL(access_user_enable, .id = id));
    e = db_run(cli->ctx, pl);
    if (!e)
        printf("%s is %s.\n", username, disabled ? "disabled" : "enabled");
    return e;
}

static enum err disable(struct cli *cli)
{
    return set_disabled(cli, true);
}

static enum err enable(struct cli *cli)
{
    return set_disabled(cli, false);
}

static enum err reset(struct cli *cli)
{
    const char *username, *id, *password, *hash;
    enum err e = find_user(cli, &username, &id);
    if (!e)
        e = new_password(cli->ctx, &password, &hash);
    if (e)
        return e;
    struct db_pipeline *pl = db_pipeline_new(cli->ctx);
    db_add(pl, DB_CALL(access_user_reset, .id = id, .hash = hash));
    e = db_run(cli->ctx, pl);
    if (!e)
        print_password(username, password);
    return e;
}

static const char *shown(const char *s)
{
    return s && *s ? s : "-";
}

static enum err list(struct cli *cli)
{
    struct db_pipeline *pl = db_pipeline_new(cli->ctx);
    size_t i = db_add(pl, DB_CALL(access_users, .id = NULL));
    enum err e = db_run(cli->ctx, pl);
    if (e)
        return e;
    printf("%-24s %-14s %-12s %-20s %-24s %s\n", "USERNAME", "ROLE", "SITE", "TEAM", "AGENCY",
           "STATE");
    for (size_t row = 0; row < db_nrows(pl, i); row++)
        printf("%-24s %-14s %-12s %-20s %-24s %s\n", db_get(pl, i, row, "username"),
               db_get(pl, i, row, "role"), shown(db_get(pl, i, row, "site")),
               shown(db_get(pl, i, row, "team")), shown(db_get(pl, i, row, "agency")),
               db_get(pl, i, row, "disabled_at") ? "disabled" : "");
    return ERR_OK;
}

static const struct {
    const char *name;
    enum err (*run)(struct cli *cli);
} actions[] = {
    {"add", add}, {"disable", disable}, {"enable", enable}, {"reset", reset}, {"list", list}};

enum err run_user(struct cli *cli)
{
    for (size_t i = 0; cli->n_args == 1 && i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(cli->args[0], actions[i].name) != 0)
            continue;
        enum err e = cli_connect(cli, CLI_OWNER);
        return e ? e : actions[i].run(cli);
    }
    return ctx_refuse(cli->ctx, ERR_USAGE, "say what to do: add, disable, enable, reset or list");
}
