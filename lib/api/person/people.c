// SPDX-License-Identifier: MIT
// Finding and listing people in JSON.
#include "domain/person/people.h"

#include "api/api.h"
#include "api/handlers.h"

enum err api_participant_list(struct request *r, struct response *res)
{
    struct people_query q = {0};
    struct people people;
    enum err e = api_query(r, &q);
    if (!e)
        e = people_find(&r->ctx, &q, &people);
    if (e)
        return e;
    const void **rows = ARENA_ARRAY(r->ctx.arena, const void *, people.n + 1);
    for (size_t i = 0; i < people.n; i++)
        rows[i] = &people.rows[i];
    api_list(r, res, &(struct field_rows){&person_item_table, rows, people.n}, people.next);
    return ERR_OK;
}
