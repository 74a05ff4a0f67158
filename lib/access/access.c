// SPDX-License-Identifier: MIT
#include "access/private.h"

#include "crypto/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bytes token_param(const struct ctx *ctx)
{
    return ctx->token_hash ? BYTES(ctx->token_hash, 32) : (struct bytes){0};
}

static struct access_tx begin(struct ctx *ctx, enum permission p, const char *ref)
{
    return (struct access_tx){.pl = db_pipeline_new(ctx), .permission = p, .ref = ref};
}

struct access_tx access_begin(struct ctx *ctx, enum permission p, const char *ref)
{
    struct access_tx tx = begin(ctx, p, ref);
    db_add(tx.pl, DB_CALL(access_begin, .token_hash = token_param(ctx),
                          .permission = permission_row(p)->code, .ref = ref,
                          .request_id = ctx->request_id, .remote = ctx->remote));
    return tx;
}

struct access_tx access_begin_for(struct ctx *ctx, enum permission p, const char *kind,
                                  const char *id)
{
    struct access_tx tx = begin(ctx, p, NULL);
    db_add(tx.pl, DB_CALL(access_begin_for, .token_hash = token_param(ctx),
                          .permission = permission_row(p)->code, .kind = kind, .id = id,
                          .request_id = ctx->request_id, .remote = ctx->remote));
    return tx;
}

void access_idempotent(struct ctx *ctx, struct access_tx *tx, int status, const char *location,
                       const char *body)
{
    static const uint8_t none[32];
    if (!ctx->idempotency_key)
        return;
    tx->idempotent = true;
    db_add(tx->pl, DB_CALL(access_claim, .key = ctx->idempotency_key,
                           .body_hash = BYTES(ctx->body_hash ? ctx->body_hash : none, 32),
                           .route = ctx->route ? ctx->route : "", .status = status,
                           .location = location, .body = body));
}

void access_audit(struct ctx *ctx, struct access_tx *tx, enum audit_action a, const char *object_id,
                  const char *subjects, const char *detail)
{
    (void)ctx;
    db_add(tx->pl, DB_CALL(access_audit, .action = audit_row(a)->code, .object_id = object_id,
                           .subjects = subjects, .detail = detail));
}

/** The person of row 0 of the begin statement, if one was opened: remembered, and the key loaded.
 */
static enum err person_row(struct ctx *ctx, const struct access_tx *tx, struct person *ret)
{
    const char *id = db_get(tx->pl, 0, 0, "person_id");
    if (!id)
        return ERR_OK;
    const char *version = db_get(tx->pl, 0, 0, "person_version");
    struct person p = {.id = arena_strdup(ctx->arena, id),
                       .participant =
                           arena_strdup(ctx->arena, db_get(tx->pl, 0, 0, "participant_id")),
                       .ref = arena_strdup(ctx->arena, db_get(tx->pl, 0, 0, "person_ref")),
                       .site = arena_strdup(ctx->arena, db_get(tx->pl, 0, 0, "person_site")),
                       .version = version ? strtol(version, NULL, 10) : 0};
    struct bytes wrapped = db_bytes(tx->pl, 0, 0, "wrapped");
    if (ctx->keys && wrapped.n) {
        enum err e = keys_person_load(ctx, p.id, wrapped);
        if (e)
            return e;
    }
    access_person_remember(ctx, &p);
    *ret = p;
    return ERR_OK;
}

enum err access_run(struct ctx *ctx, struct access_tx *tx, struct person *ret_person)
{
    enum err e = db_run(ctx, tx->pl);
    if (e)
        return e;
    if (db_nrows(tx->pl, 0) != 1)
        return ctx_fail(ctx, ERR_INTERNAL, "access.begin gave no row");
    const struct actor *actor = access_actor_row(ctx, tx->pl, 0);
    if (!actor)
        return ctx_fail(ctx, ERR_SCHEMA, "the database has a role this program lacks");
    struct person person = {0};
    e = person_row(ctx, tx, &person);
    if (e)
        return e;
    ctx->actor = actor;
    if (ret_person)
        *ret_person = person;
    return ERR_OK;
}

enum err access_replay(struct ctx *ctx, struct stored_answer *ret)
{
    if (!ctx->idempotency_key)
        return ctx_fail(ctx, ERR_INTERNAL, "a replay without a key");
    struct access_tx tx = access_begin(ctx, PERM_self, NULL);
    size_t i = db_add(tx.pl, DB_CALL(access_replay, .key = ctx->idempotency_key));
    enum err e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    if (db_nrows(tx.pl, i) != 1)
        return ctx_fail(ctx, ERR_INTERNAL, "no stored answer under the key");
    const char *location = db_get(tx.pl, i, 0, "location");
    const char *body = db_get(tx.pl, i, 0, "body");
    *ret = (struct stored_answer){.status = (int)strtol(db_get(tx.pl, i, 0, "status"), NULL, 10),
                                  .location = location ? arena_strdup(ctx->arena, location) : NULL,
                                  .body = body ? arena_strdup(ctx->arena, body) : NULL};
    return ERR_OK;
}
