// SPDX-License-Identifier: MIT
// Contacts in JSON.
#include "domain/contact/contact.h"

#include "api/handlers.h"
#include "api/resource.h"

#include <strings.h>

static enum err get(struct request *r, void *ret)
{
    struct contact_list list;
    const char *id = request_param(r, "id");
    enum err e = contact_read(&r->ctx, PERM_contact_read, request_ref(r), id, NULL, &list);
    // The address names one version: that one is answered, and says what replaced it.
    for (size_t i = 0; !e && i < list.n; i++)
        if (strcasecmp(list.rows[i]->id, id) == 0)
            *(struct contact *)ret = *list.rows[i];
    return e;
}

static enum err list(struct request *r, const void *query, struct api_page *ret)
{
    struct contact_list list;
    enum err e = contact_list_read(&r->ctx, request_ref(r), query, NULL, &list);
    if (!e)
        *ret = (struct api_page){(const void *const *)list.rows, list.n, list.next};
    return e;
}

static enum err record(struct request *r, const void *in, const struct create_reply *reply,
                       void *ret)
{
    return contact_record(&r->ctx, request_ref(r), in, reply, ret);
}

static enum err correct(struct request *r, const void *in, const struct create_reply *reply,
                        void *ret)
{
    return contact_correct(&r->ctx, request_ref(r), request_param(r, "id"), in, reply, ret);
}

#define ADDRESS "/api/v1/participants/{ref}/contacts/"

const struct resource api_contact = {
    .address = ADDRESS,
    .read = {get, sizeof(struct contact)},
    .list = {list, sizeof(struct contact_query)},
    .create = {record, sizeof(struct contact_input), sizeof(struct contact)},
};
const struct resource api_correction = { // a correction is a contact as well
    .address = ADDRESS,
    .create = {correct, sizeof(struct contact_correction), sizeof(struct contact)},
};
