// SPDX-License-Identifier: MIT
// Prints the OpenAPI description as the server would answer it: for the linter.
#include "api/openapi.h"
#include "app/app.h"
#include "config/config.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct ctx ctx = {.arena = arena_new()};
    const struct programme *programme;
    if (argc != 2 || programme_read(&ctx, argv[1], &programme)) {
        fprintf(stderr, "usage: openapi_print PROGRAMME\n");
        return 2;
    }
    struct buf out;
    buf_init(&out, ctx.arena);
    api_openapi_write(ctx.arena, app_route_table(), &out);
    bool written = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0;
    arena_free(ctx.arena);
    return written ? 0 : 1;
}
