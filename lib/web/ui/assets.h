// SPDX-License-Identifier: MIT
// Style sheets, scripts and pictures, embedded in the program by assets/assets.py. The address
// holds a hash of the content, so an answer may be cached for ever. Constant; any thread.
#pragma once

#include <stddef.h>

struct asset {
    const char *name; // as templates say it: "app.css"
    const char *file; // "app-0123456789ab.css"
    const char *path; // "/assets/app-0123456789ab.css"
    const char *type; // media type
    const char *etag; // with its quotes
    const unsigned char *bytes;
    size_t length;
    const unsigned char *gzip; // NULL when it would not be smaller
    size_t gzip_length;
};

extern const struct asset assets_all[];
extern const size_t assets_count;

/** The asset that is served as /assets/FILE, or NULL. */
const struct asset *asset_find(const char *file);

/** The address of a named asset, or "#" if there is none of that name. */
const char *asset_url(const char *name);
