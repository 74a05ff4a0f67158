// SPDX-License-Identifier: MIT
// Contacts in JSON.
#include "domain/contact/contact.h"

#include "api/api.h"
#include "api/handlers.h"
#include <strings.h>

static const char *saved_body(void *arg, const struct contact *contact)
{
    return api_record_text(arg, &contact_saved_table, contact);
}

static struct contact_reply api_reply(struct request *r)
{
    return (struct contact_reply){
        .body = saved_body, .arg = r, .before = "/api/v1/participants/", .between = "/contacts/"};
}

enum err api_contact_list(struct request *r, struct response *res)
{
    struct contact_query q = {0};
    struct contact_list list;
    enum err e = api_query(r, &q);
    if (!e)
        e = contact_list_read(&r->ctx, request_ref(r), &q, NULL, &list);
    if (e)
        return e;
    const void *const *rows = (const void *const *)list.rows;
    api_list(r, res, &(struct field_rows){&contact_table, rows, list.n}, list.next);
    return ERR_OK;
}

static enum err created(struct request *r, struct response *res, enum err e,
                        const struct contact *saved)
{
    if (e)
        return api_replay(r, res, e);
    response_header(
        res, "Location",
        arena_printf(r->ctx.arena, "/api/v1/participants/%s/contacts/%s", saved->ref, saved->id));
    api_record(r, res, 201, &contact_saved_table, saved);
    return ERR_OK;
}

enum err api_contact_create(struct request *r, struct response *res)
{
    struct contact_input in = {0};
    struct contact saved;
    struct contact_reply reply = api_reply(r);
    enum err e = api_body(r, &in);
    if (!e)
        e = contact_record(&r->ctx, request_ref(r), &in, &reply, &saved);
    return created(r, res, e, &saved);
}

enum err api_contact_get(struct request *r, struct response *res)
{
    struct contact_list list;
    const char *id = request_param(r, "id");
    enum err e = contact_read(&r->ctx, PERM_contact_read, request_ref(r), id, NULL, &list);
    if (e)
        return e;
    // The address names one version: that one is answered, and says what replaced it.
    for (size_t i = 0; i < list.n; i++)
        if (strcasecmp(list.rows[i]->id, id) == 0)
            api_record(r, res, 200, &contact_table, list.rows[i]);
    return ERR_OK;
}

enum err api_contact_correct(struct request *r, struct response *res)
{
    struct contact_correction in = {0};
    struct contact saved;
    struct contact_reply reply = api_reply(r);
    enum err e = api_body(r, &in);
    if (!e)
        e = contact_correct(&r->ctx, request_ref(r), request_param(r, "id"), &in, &reply, &saved);
    return created(r, res, e, &saved);
}
