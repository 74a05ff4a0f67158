// SPDX-License-Identifier: MIT
// What sealing costs, in microseconds for each operation. Ends 1 if a figure is past its limit.
#include "base/clock.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ctx ctx;
static struct seal_at at;
static struct bytes wrapped, sealed;
static char text[201];

static enum err do_seal(void)
{
    struct bytes out;
    return seal_text(&ctx, &at, text, &out);
}

static enum err do_open(void)
{
    const char *out;
    return seal_open(&ctx, &at, sealed, &out);
}

static enum err do_load(void)
{
    return keys_person_load(&ctx, at.person, wrapped);
}

static enum err do_new(void)
{
    struct bytes out;
    return keys_person_new(&ctx, uuid_new(ctx.arena), &out);
}

static bool run(const char *name, enum err (*op)(void), int times, double limit)
{
    struct arena *kept = ctx.arena;
    ctx.arena = arena_new();
    uint64_t start = clock_mono_us();
    bool ok = true;
    for (int i = 0; i < times; i++) {
        ok = op() == ERR_OK && ok;
        if (i % 64 == 63)
            arena_reset(ctx.arena);
    }
    double each = (double)(clock_mono_us() - start) / times;
    arena_free(ctx.arena);
    ctx.arena = kept;
    printf("bench %s value %.2f limit %.0f us\n", name, each, limit);
    return ok && each <= limit;
}

int main(void)
{
    char folder[] = "/tmp/phxbenchXXXXXX", path[64];
    ctx.arena = arena_new();
    if (crypto_start() || !mkdtemp(folder))
        return 2;
    snprintf(path, sizeof(path), "%s/ring", folder);
    at = (struct seal_at){SEAL_NOTES, uuid_new(ctx.arena), "app.contact_note", uuid_new(ctx.arena),
                          "note"};
    memset(text, 'n', 200);
    if (keys_create(&ctx, path) || keys_open(&ctx, path, &ctx.keys) ||
        keys_person_new(&ctx, at.person, &wrapped) || seal_text(&ctx, &at, text, &sealed))
        return 2;
    bool ok = run("seal_200_bytes", do_seal, 200000, 10);
    ok = run("open_200_bytes", do_open, 200000, 10) && ok;
    ok = run("data_key_cached", do_load, 500000, 2) && ok;
    ok = run("data_key_new", do_new, 100000, 20) && ok;
    keys_close(ctx.keys);
    unlink(path);
    rmdir(folder);
    arena_free(ctx.arena);
    return ok ? 0 : 1;
}
