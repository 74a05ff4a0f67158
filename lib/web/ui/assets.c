// SPDX-License-Identifier: MIT
#include "web/ui/assets.h"

#include <string.h>

const struct asset *asset_find(const char *file)
{
    for (size_t i = 0; i < assets_count; i++)
        if (strcmp(assets_all[i].file, file) == 0)
            return &assets_all[i];
    return NULL;
}

const char *asset_url(const char *name)
{
    for (size_t i = 0; i < assets_count; i++)
        if (strcmp(assets_all[i].name, name) == 0)
            return assets_all[i].path;
    return "#";
}
