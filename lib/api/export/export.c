// SPDX-License-Identifier: MIT
// Evaluation exports in JSON.
#include "export/export.h"

#include "api/handlers.h"
#include "api/resource.h"
#include "http/server.h"

static enum err get(struct request *r, void *ret)
{
    return export_read(&r->ctx, request_param(r, "id"), ret);
}

static enum err list(struct request *r, const void *query, struct api_page *ret)
{
    struct export_list list;
    enum err e = export_list_read(&r->ctx, query, &list);
    if (!e)
        *ret = (struct api_page){list.rows.rows, list.rows.n, list.next};
    return e;
}

static enum err ask(struct request *r, const void *in, const struct create_reply *reply, void *ret)
{
    return export_request(&r->ctx, in, reply, ret);
}

const struct resource api_export = {
    .address = "/api/v1/exports/",
    .read = {get, sizeof(struct export)},
    .list = {list, sizeof(struct export_query)},
    .create = {ask, sizeof(struct export_input), sizeof(struct export)},
};

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
