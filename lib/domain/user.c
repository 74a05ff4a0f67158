// SPDX-License-Identifier: MIT
#include "domain/user.h"

#include "base/uuid.h"
#include "crypto/secret.h"
#include "domain/cursor.h"

#include <stdlib.h>
#include <string.h>

static const char nothing[] = "00000000-0000-0000-0000-000000000000";

// ---- fields ----

#define AT(row, field) .name = #field, .offset = offsetof(struct row, field)
#define ACCOUNT_ROWS(record)                                                                         \
    {AT(record, display_name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 120,    \
     .label = "Name", .help = "The person's name as colleagues see it."},                          \
    {AT(record, role), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "role",                 \
     .label = "Role", .help = "What the account may do follows from it."},                         \
    {AT(record, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",                         \
     .help = "Where the person works; nothing for every site."},                                   \
    {AT(record, team), .type = FIELD_UUID, .label = "Team",                                          \
     .help = "Needed for team leads; of the same site."},                                          \
    {AT(record, agency), .type = FIELD_UUID, .label = "Agency",                                      \
     .help = "Needed for providers, probation and youth justice."}

static const struct field input_rows[] = {
    {AT(user_input, username), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 2, .max = 64,
     .label = "Username",
     .help = "What the person signs in with: small letters, digits, dots, hyphens, underscores, @."},
    ACCOUNT_ROWS(user_input),
};
const struct field_table user_input_table = FIELD_TABLE("UserInput", struct user_input, input_rows);

static const struct field change_rows[] = {ACCOUNT_ROWS(user_change)};
const struct field_table user_change_table =
    FIELD_TABLE("UserChange", struct user_change, change_rows);

static const struct field agency_input_rows[] = {
    {AT(agency_input, name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 120,
     .label = "Name of the agency", .help = "What people know it by."},
    {AT(agency_input, kind), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "agency_kind",
     .label = "Kind", .help = "What sort of organisation it is."},
    {AT(agency_input, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Nothing for an agency that works at every site."},
};
const struct field_table agency_input_table =
    FIELD_TABLE("AgencyInput", struct agency_input, agency_input_rows);

static const struct field team_input_rows[] = {
    {AT(team_input, name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 120,
     .label = "Name of the team", .help = "What people know it by."},
    {AT(team_input, site), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "site",
     .label = "Site", .help = "Where the team works."},
    {AT(team_input, agency), .type = FIELD_UUID, .label = "Agency", .help = "That it belongs to."},
};
const struct field_table team_input_table =
    FIELD_TABLE("TeamInput", struct team_input, team_input_rows);

static const struct field user_rows[] = {
    {AT(user, id), .type = FIELD_UUID, .label = "Account", .help = "Id of the account."},
    {AT(user, username), .type = FIELD_TEXT, .label = "Username", .help = "To sign in with."},
    {AT(user, display_name), .type = FIELD_TEXT, .label = "Name", .help = "The person's name."},
    {AT(user, role), .type = FIELD_CODE, .vocab = "role", .label = "Role", .help = "The role."},
    {AT(user, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Null for every site."},
    {AT(user, team_id), .type = FIELD_UUID, .label = "Team id", .help = "Id of the team."},
    {AT(user, team), .type = FIELD_TEXT, .label = "Team", .help = "Name of the team."},
    {AT(user, agency_id), .type = FIELD_UUID, .label = "Agency id", .help = "Id of the agency."},
    {AT(user, agency), .type = FIELD_TEXT, .label = "Agency", .help = "Name of the agency."},
    {AT(user, disabled), .type = FIELD_BOOL, .label = "Disabled", .help = "Cannot sign in."},
    {AT(user, must_change_password), .type = FIELD_BOOL, .label = "First password",
     .help = "The password was given by somebody else and must be changed."},
    {AT(user, created_at), .type = FIELD_TIME, .label = "Added", .help = "When it was added."},
    {AT(user, last_sign_in), .type = FIELD_TIME, .label = "Last sign-in",
     .help = "Of the sessions that are kept."},
    {AT(user, version), .type = FIELD_INT, .label = "Version", .help = "Counts changes."},
};
const struct field_table user_table = FIELD_TABLE("User", struct user, user_rows);

static const struct field agency_rows[] = {
    {AT(agency, id), .type = FIELD_UUID, .label = "Agency", .help = "Id of the agency."},
    {AT(agency, name), .type = FIELD_TEXT, .label = "Name", .help = "What people know it by."},
    {AT(agency, kind), .type = FIELD_CODE, .vocab = "agency_kind", .label = "Kind",
     .help = "What sort of organisation it is."},
    {AT(agency, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Null for every site."},
};
const struct field_table agency_table = FIELD_TABLE("Agency", struct agency, agency_rows);

static const struct field team_rows[] = {
    {AT(team, id), .type = FIELD_UUID, .label = "Team", .help = "Id of the team."},
    {AT(team, name), .type = FIELD_TEXT, .label = "Name", .help = "What people know it by."},
    {AT(team, site), .type = FIELD_CODE, .vocab = "site", .label = "Site", .help = "Where it works."},
    {AT(team, agency), .type = FIELD_TEXT, .label = "Agency", .help = "That it belongs to."},
};
const struct field_table team_table = FIELD_TABLE("Team", struct team, team_rows);

#define PAGING(record)                                                                               \
    {AT(record, limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",       \
     .help = "Rows a page, 50 unless said."},                                                      \
    {AT(record, after), .type = FIELD_TEXT, .max = 1024, .label = "Page marker",                     \
     .help = "`next` of the page before."}
static const struct field user_query_rows[] = {
    {AT(user_query, q), .type = FIELD_TEXT, .max = 120, .label = "Search",
     .help = "Part of a name or username."},
    {AT(user_query, role), .type = FIELD_CODE, .vocab = "role", .label = "Role",
     .help = "Only this role."},
    {AT(user_query, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Only this site."},
    {AT(user_query, state), .type = FIELD_TEXT, .max = 16, .label = "State",
     .help = "active or disabled."},
    PAGING(user_query),
};
const struct field_table user_query_table =
    FIELD_TABLE("UserQuery", struct user_query, user_query_rows);

static const struct field agency_query_rows[] = {
    {AT(agency_query, kind), .type = FIELD_CODE, .vocab = "agency_kind", .label = "Kind",
     .help = "Only this kind."},
    PAGING(agency_query),
};
const struct field_table agency_query_table =
    FIELD_TABLE("AgencyQuery", struct agency_query, agency_query_rows);

// ---- reading accounts ----

static bool fits(const char *s, const char *a, const char *b)
{
    return !s || strcmp(s, a) == 0 || strcmp(s, b) == 0;
}

enum err user_list_read(struct ctx *ctx, const struct user_query *q, struct user_list *ret)
{
    const char *key[1];
    enum err e = cursor_query(ctx, "after", q->after, key, 1);
    if (!e && !fits(q->state, "active", "disabled")) {
        ctx_field_error(ctx, "state", "State must be active or disabled");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    size_t limit = q->limit ? strtoul(q->limit, NULL, 10) : LIST_LIMIT;
    struct access_tx tx = access_begin(ctx, PERM_user_read, NULL);
    size_t at = DB_ADD(tx.pl, Q_USER_LIST, DB_TEXT(q->q), DB_TEXT(q->role), DB_TEXT(q->site),
                       DB_TEXT(q->state), DB_TEXT(arena_printf(ctx->arena, "%zu", limit + 1)),
                       DB_TEXT(key[0]));
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    *ret = (struct user_list){0};
    db_records(tx.pl, at, &user_table, &ret->rows);
    if (ret->rows.n > limit) {
        ret->rows.n = limit;
        const struct user *last = ret->rows.rows[limit - 1];
        ret->next = cursor_make(ctx->arena, (const char *const[]){last->username}, 1);
    }
    return ERR_OK;
}

struct places_at {
    size_t agencies, teams;
};

static struct places_at places_add(struct access_tx *tx)
{
    return (struct places_at){DB_ADD0(tx->pl, Q_PLACE_AGENCIES), DB_ADD0(tx->pl, Q_PLACE_TEAMS)};
}

static void places_get(const struct access_tx *tx, struct places_at at, struct place_list *ret)
{
    *ret = (struct place_list){0};
    db_records(tx->pl, at.agencies, &agency_table, &ret->agencies);
    db_records(tx->pl, at.teams, &team_table, &ret->teams);
}

enum err user_read(struct ctx *ctx, const char *id, struct user *ret, struct place_list *ret_places)
{
    struct access_tx tx = access_begin(ctx, PERM_user_read, NULL);
    size_t at = DB_ADD(tx.pl, Q_USER_GET, DB_TEXT(uuid_ok(id) ? id : nothing));
    struct places_at places = places_add(&tx);
    enum err e = access_run(ctx, &tx, NULL);
    if (!e && db_nrows(tx.pl, at) == 0)
        e = ERR_NOT_FOUND;
    if (e)
        return e;
    *ret = (struct user){0};
    db_row_record(tx.pl, at, 0, &user_table, ret);
    if (ret_places)
        places_get(&tx, places, ret_places);
    return ERR_OK;
}

// ---- changing accounts ----

// The database's own rule (access.user), said before it is asked.
static bool username_fits(struct ctx *ctx, const char *username)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    static const char more[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-";
    if (strchr(letters, username[0]) && strspn(username, more) == strlen(username))
        return true;
    ctx_field_error(ctx, "username",
                    "Username must be letters, digits, dots, hyphens, underscores or @, and begin with "
                    "a letter or digit");
    return false;
}

static enum err new_password(struct ctx *ctx, const char **ret_password, const char **ret_hash)
{
    *ret_password = password_random(ctx);
    return password_hash(ctx, *ret_password, ret_hash);
}

enum err user_add(struct ctx *ctx, const struct user_input *in, const char **ret_id,
                  const char **ret_password)
{
    const char *id = uuid_new(ctx->arena), *password, *hash;
    if (!username_fits(ctx, in->username))
        return ERR_INVALID;
    enum err e = new_password(ctx, &password, &hash);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    access_idempotent(ctx, &tx, 303, arena_printf(ctx->arena, "/users/%s", id), NULL);
    (void)DB_ADD(tx.pl, Q_USER_ADD, DB_TEXT(id), DB_TEXT(in->username), DB_TEXT(in->display_name),
                 DB_TEXT(in->role), DB_TEXT(in->site), DB_TEXT(in->team), DB_TEXT(in->agency),
                 DB_TEXT(hash));
    e = access_run(ctx, &tx, NULL);
    if (!e) {
        *ret_id = id;
        *ret_password = password;
    }
    return e;
}

enum err user_save(struct ctx *ctx, const char *id, const char *version,
                   const struct user_change *in)
{
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    (void)DB_ADD(tx.pl, Q_USER_CHANGE, DB_TEXT(uuid_ok(id) ? id : nothing), DB_TEXT(version),
                 DB_TEXT(in->display_name), DB_TEXT(in->role), DB_TEXT(in->site), DB_TEXT(in->team),
                 DB_TEXT(in->agency));
    return access_run(ctx, &tx, NULL);
}

static enum err change(struct ctx *ctx, enum query q, const char *id)
{
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    (void)DB_ADD(tx.pl, q, DB_TEXT(uuid_ok(id) ? id : nothing));
    return access_run(ctx, &tx, NULL);
}

enum err user_disable(struct ctx *ctx, const char *id)
{
    return change(ctx, Q_USER_DISABLE, id);
}

enum err user_enable(struct ctx *ctx, const char *id)
{
    return change(ctx, Q_USER_ENABLE, id);
}

enum err user_reset(struct ctx *ctx, const char *id, const char **ret_password)
{
    const char *password, *hash;
    enum err e = new_password(ctx, &password, &hash);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    (void)DB_ADD(tx.pl, Q_USER_RESET, DB_TEXT(uuid_ok(id) ? id : nothing), DB_TEXT(hash));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret_password = password;
    return e;
}

// ---- places ----

enum err place_list_read(struct ctx *ctx, enum permission need, struct place_list *ret)
{
    struct access_tx tx = access_begin(ctx, need, NULL);
    struct places_at at = places_add(&tx);
    enum err e = access_run(ctx, &tx, NULL);
    if (!e)
        places_get(&tx, at, ret);
    return e;
}

enum err agency_list_read(struct ctx *ctx, const struct agency_query *q, struct agency_list *ret)
{
    const char *key[2];
    enum err e = cursor_query(ctx, "after", q->after, key, 2);
    if (!e && key[0] && !uuid_ok(key[1])) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    size_t limit = q->limit ? strtoul(q->limit, NULL, 10) : LIST_LIMIT;
    struct access_tx tx = access_begin(ctx, PERM_self, NULL);
    size_t at = DB_ADD(tx.pl, Q_AGENCY_LIST, DB_TEXT(q->kind),
                       DB_TEXT(arena_printf(ctx->arena, "%zu", limit + 1)), DB_TEXT(key[0]),
                       DB_TEXT(key[1]));
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    *ret = (struct agency_list){0};
    db_records(tx.pl, at, &agency_table, &ret->rows);
    if (ret->rows.n > limit) {
        ret->rows.n = limit;
        const struct agency *last = ret->rows.rows[limit - 1];
        ret->next = cursor_make(ctx->arena, (const char *const[]){last->name, last->id}, 2);
    }
    return ERR_OK;
}

// The only conflict there can be is the name.
static enum err place_added(struct ctx *ctx, enum err e, const char *words)
{
    if (e != ERR_CONFLICT)
        return e;
    ctx_field_error(ctx, "name", words);
    return ERR_INVALID;
}

enum err agency_add(struct ctx *ctx, const struct agency_input *in)
{
    const char *id = uuid_new(ctx->arena);
    struct access_tx tx = access_begin(ctx, PERM_agency_write, NULL);
    access_idempotent(ctx, &tx, 303, "/agencies", NULL);
    (void)DB_ADD(tx.pl, Q_AGENCY_ADD, DB_TEXT(id), DB_TEXT(in->name), DB_TEXT(in->kind),
                 DB_TEXT(in->site));
    access_audit(ctx, &tx, AUDIT_agency_changed, id, NULL, "agency added");
    return place_added(ctx, access_run(ctx, &tx, NULL), "There is an agency of that name already");
}

enum err team_add(struct ctx *ctx, const struct team_input *in)
{
    const char *id = uuid_new(ctx->arena);
    struct access_tx tx = access_begin(ctx, PERM_agency_write, NULL);
    access_idempotent(ctx, &tx, 303, "/agencies", NULL);
    (void)DB_ADD(tx.pl, Q_TEAM_ADD, DB_TEXT(id), DB_TEXT(in->site), DB_TEXT(in->name),
                 DB_TEXT(in->agency));
    access_audit(ctx, &tx, AUDIT_agency_changed, id, NULL, "team added");
    return place_added(ctx, access_run(ctx, &tx, NULL), "The site has a team of that name already");
}
