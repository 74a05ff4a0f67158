// SPDX-License-Identifier: MIT
#include "domain/account/user.h"

#include "base/uuid.h"
#include "crypto/secret.h"
#include "record/cursor.h"


#include <stdlib.h>
#include <string.h>

// ---- reading ----

static long page_limit(const char *limit)
{
    return limit ? strtol(limit, NULL, 10) : LIST_LIMIT;
}

enum err user_list_read(struct ctx *ctx, const struct user_query *q, struct user_list *ret)
{
    const char *after;
    enum err e = cursor_query(ctx, "after", q->after, &after, 1);
    if (!e && q->state && strcmp(q->state, "active") != 0 && strcmp(q->state, "disabled") != 0) {
        ctx_field_error(ctx, "state", "State must be active or disabled");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    long limit = page_limit(q->limit);
    struct access_tx tx = access_begin(ctx, PERM_user_read, NULL);
    // One row more than asked for says whether there is another page.
    size_t at = db_add(tx.pl, DB_CALL(user_list, .q = q->q, .role = q->role, .site = q->site,
                                      .state = q->state, .limit = limit + 1, .after = after));
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    struct user_list list = {0};
    db_records(tx.pl, at, &user_table, &list.rows);
    if (list.rows.n > (size_t)limit) {
        list.rows.n = (size_t)limit;
        const struct user *last = list.rows.rows[limit - 1];
        list.next = cursor_make(ctx->arena, (const char *const[]){last->username}, 1);
    }
    *ret = list;
    return ERR_OK;
}

static void places_add(struct access_tx *tx, size_t *ret_at)
{
    *ret_at = db_add(tx->pl, DB_CALL(agency_list, .kind = NULL, .limit = 500, .after_name = NULL,
                                     .after_id = NULL));
    db_add(tx->pl, DB_CALL0(team_list));
}

static void places_get(const struct access_tx *tx, size_t at, struct place_list *ret)
{
    db_records(tx->pl, at, &agency_table, &ret->agencies);
    db_records(tx->pl, at + 1, &team_table, &ret->teams);
}

enum err user_read(struct ctx *ctx, const char *id, struct user *ret, struct place_list *ret_places)
{
    struct access_tx tx = access_begin(ctx, PERM_user_read, NULL);
    size_t at = db_add(tx.pl, DB_CALL(user_get, .id = uuid_or_nil(id))), places = 0;
    if (ret_places)
        places_add(&tx, &places);
    enum err e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    struct user u = {0};
    db_row_record(tx.pl, at, 0, &user_table, &u);
    *ret = u;
    if (ret_places)
        places_get(&tx, places, ret_places);
    return ERR_OK;
}

enum err place_list_read(struct ctx *ctx, enum permission need, struct place_list *ret)
{
    struct access_tx tx = access_begin(ctx, need, NULL);
    size_t at;
    places_add(&tx, &at);
    enum err e = access_run(ctx, &tx, NULL);
    if (!e)
        places_get(&tx, at, ret);
    return e;
}

enum err agency_list_read(struct ctx *ctx, const struct agency_query *q, struct agency_list *ret)
{
    const char *key[2];
    enum err e = cursor_query(ctx, "after", q->after, key, 2);
    if (!e && key[1] && !uuid_ok(key[1])) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    long limit = page_limit(q->limit);
    struct access_tx tx = access_begin(ctx, PERM_self, NULL);
    size_t at = db_add(tx.pl, DB_CALL(agency_list, .kind = q->kind, .limit = limit + 1,
                                      .after_name = key[0], .after_id = key[1]));
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    struct agency_list list = {0};
    db_records(tx.pl, at, &agency_table, &list.rows);
    if (list.rows.n > (size_t)limit) {
        list.rows.n = (size_t)limit;
        const struct agency *last = list.rows.rows[limit - 1];
        list.next = cursor_make(ctx->arena, (const char *const[]){last->name, last->id}, 2);
    }
    *ret = list;
    return ERR_OK;
}

// ---- changing ----

static bool username_ok(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    return strspn(s, letters) > 0 && s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
                                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-")] == '\0';
}

enum err user_add(struct ctx *ctx, const struct user_input *in, const char **ret_id,
                  const char **ret_password)
{
    if (!username_ok(in->username)) {
        ctx_field_error(ctx, "username",
                        "Username must have letters, numbers, dots, hyphens and @ only");
        return ERR_INVALID;
    }
    const char *id = uuid_new(ctx->arena), *password = password_random(ctx), *hash;
    enum err e = password_hash(ctx, password, &hash);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    access_idempotent(ctx, &tx, 303, arena_printf(ctx->arena, "/users/%s", id), NULL);
    db_add(tx.pl, DB_CALL(user_insert, .id = id, .username = in->username,
                          .display_name = in->display_name, .role = in->role, .site = in->site,
                          .team = in->team, .agency = in->agency, .hash = hash));
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    *ret_id = id;
    *ret_password = password;
    return ERR_OK;
}

enum err user_save(struct ctx *ctx, const char *id, const char *version,
                   const struct user_change *in)
{
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    db_add(tx.pl, DB_CALL(user_update, .id = uuid_or_nil(id), .version = version,
                          .display_name = in->display_name, .role = in->role, .site = in->site,
                          .team = in->team, .agency = in->agency));
    return access_run(ctx, &tx, NULL);
}

static enum err user_switch(struct ctx *ctx, struct db_call call)
{
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    db_add(tx.pl, call);
    return access_run(ctx, &tx, NULL);
}

enum err user_disable(struct ctx *ctx, const char *id)
{
    return user_switch(ctx, DB_CALL(user_set_disabled, .id = uuid_or_nil(id)));
}

enum err user_enable(struct ctx *ctx, const char *id)
{
    return user_switch(ctx, DB_CALL(user_set_enabled, .id = uuid_or_nil(id)));
}

enum err user_reset(struct ctx *ctx, const char *id, const char **ret_password)
{
    const char *password = password_random(ctx), *hash;
    enum err e = password_hash(ctx, password, &hash);
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_user_write, NULL);
    db_add(tx.pl, DB_CALL(user_set_password, .id = uuid_or_nil(id), .hash = hash));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret_password = password;
    return e;
}

// A name that is taken comes back as a conflict: said at the field.
static enum err name_taken(struct ctx *ctx, enum err e, const char *words)
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
    db_add(tx.pl,
           DB_CALL(agency_insert, .id = id, .name = in->name, .kind = in->kind, .site = in->site));
    access_audit(ctx, &tx, AUDIT_agency_changed, id, NULL, "agency added");
    return name_taken(ctx, access_run(ctx, &tx, NULL), "There is an agency of that name already");
}

enum err team_add(struct ctx *ctx, const struct team_input *in)
{
    const char *id = uuid_new(ctx->arena);
    struct access_tx tx = access_begin(ctx, PERM_agency_write, NULL);
    access_idempotent(ctx, &tx, 303, "/agencies", NULL);
    db_add(tx.pl, DB_CALL(team_insert, .id = id, .name = in->name, .site = in->site,
                          .agency = in->agency));
    access_audit(ctx, &tx, AUDIT_agency_changed, id, NULL, "team added");
    return name_taken(ctx, access_run(ctx, &tx, NULL), "There is a team of that name already");
}
