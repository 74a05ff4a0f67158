// SPDX-License-Identifier: MIT
#include "record/name.h"

#include "record/column.h"

static const char *joined_name(struct arena *a, const char *given, const char *family)
{
    if (given && family)
        return arena_printf(a, "%s %s", given, family);
    return given ? given : family;
}

enum err person_name_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                          const char *person_id, const char **ret_name)
{
    struct seal_at at = {SEAL_IDENTITY, person_id, "app.identity", person_id, "given_name"};
    const char *given, *family;
    enum err e = column_open(ctx, pl, i, row, &at, "given_name", &given);
    at.column = "family_name";
    if (!e)
        e = column_open(ctx, pl, i, row, &at, "family_name", &family);
    if (!e)
        *ret_name = joined_name(ctx->arena, given, family);
    return e;
}

enum err person_name_load(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                          const char **ret_name)
{
    const char *person = db_get(pl, i, row, "person_id");
    struct bytes wrapped = db_bytes(pl, i, row, "wrapped");
    *ret_name = NULL;
    if (!wrapped.p)
        return ERR_OK;
    enum err e = keys_person_load(ctx, person, wrapped);
    return e ? e : person_name_open(ctx, pl, i, row, person, ret_name);
}
