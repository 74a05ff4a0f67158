// SPDX-License-Identifier: MIT
// Style sheets, scripts and pictures. Addresses carry a hash of the content: kept for a year.
#include "web/ui/assets.h"
#include "web/handlers.h"

#include <string.h>

enum err web_asset(struct request *r, struct response *res)
{
    const char *file = request_param(r, "file");
    const struct asset *a = file ? asset_find(file) : NULL;
    if (!a)
        return ERR_NOT_FOUND;
    res->type = a->type;
    res->personal = false;
    response_header(res, "Cache-Control", "public, max-age=31536000, immutable");
    response_header(res, "ETag", a->etag);
    const char *known = request_header(r, "If-None-Match");
    if (known && strcmp(known, a->etag) == 0) {
        res->status = 304;
        return ERR_OK;
    }
    const char *accepts = request_header(r, "Accept-Encoding");
    bool gzip = a->gzip && accepts && strstr(accepts, "gzip");
    res->static_bytes = gzip ? a->gzip : a->bytes;
    res->n_static = gzip ? a->gzip_length : a->length;
    response_header(res, "Vary", "Accept-Encoding");
    if (gzip)
        response_header(res, "Content-Encoding", "gzip");
    return ERR_OK;
}
