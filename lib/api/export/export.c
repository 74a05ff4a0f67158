// SPDX-License-Identifier: MIT
// Evaluation exports in JSON.
#include "export/export.h"

#include "api/api.h"

static const char *saved_body(void *arg, const struct export *x)
{
    return api_record_text(arg, &export_saved_table, x);
}

enum err api_export_create(struct request *r, struct response *res)
{
    struct export_input in = {0};
    struct export x;
    struct export_reply reply = {.body = saved_body, .arg = r, .before = "/api/v1/exports/"};
    enum err e = api_body(r, &in);
    if (!e)
        e = export_request(&r->ctx, &in, &reply, &x);
    if (e)
        return api_replay(r, res, e);
    response_header(res, "Location", arena_printf(r->ctx.arena, "/api/v1/exports/%s", x.id));
    api_record(r, res, 202, &export_saved_table, &x);
    return ERR_OK;
}

enum err api_export_list(struct request *r, struct response *res)
{
    struct export_query q = {0};
    struct export_list list;
    enum err e = api_query(r, &q);
    if (!e)
        e = export_list_read(&r->ctx, &q, &list);
    if (!e)
        api_list(r, res, &list.rows, list.next);
    return e;
}

enum err api_export_get(struct request *r, struct response *res)
{
    struct export x;
    enum err e = export_read(&r->ctx, request_param(r, "id"), &x);
    if (!e)
        api_record(r, res, 200, &export_table, &x);
    return e;
}

enum err api_export_file(struct request *r, struct response *res)
{
    struct export_file file;
    const struct config *config = r->host ? r->host->config : NULL;
    enum err e = config ? export_download(&r->ctx, config->data_dir, request_param(r, "id"), &file)
                        : ctx_fail(&r->ctx, ERR_INTERNAL, "no configuration");
    if (e)
        return e;
    res->file = file.path;
    res->type = "application/zip";
    response_header(res, "Content-Disposition",
                    arena_printf(r->ctx.arena, "attachment; filename=\"%s\"", file.name));
    return ERR_OK;
}
