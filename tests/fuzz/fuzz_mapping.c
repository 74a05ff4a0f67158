// SPDX-License-Identifier: MIT
// Any bytes as a mapping file (up to a NUL) and, after it, as cells that a fixed mapping reads.
#include "config/mapping.h"
#include "config/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void claim(bool holds)
{
    if (!holds)
        abort();
}

// In memory: a disk would be what is tested.
static const char *path_made(void)
{
    static char path[64];
    if (!*path) {
        int fd = memfd_create("mapping", 0);
        claim(fd >= 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    return path;
}

static void read_file(struct ctx *ctx, const uint8_t *data, size_t n)
{
    const struct mapping *m;
    FILE *f = fopen(path_made(), "we");
    claim(f && fwrite(data, 1, n, f) == n && fclose(f) == 0);
    enum err e = mapping_read(ctx, path_made(), &m);
    claim(e == ERR_OK ? m->n_dates > 0 : ctx->problem.detail != NULL);
}

static void read_cell(struct ctx *ctx, const char *text)
{
    static const char *const dates[] = {"{d}/{m}/{yyyy}", "{d}-{mon}-{yy}", "{serial}",
                                        "{yyyy}-{m}-{d} {h}:{min}:{s}"};
    static const char *const times[] = {"{h}:{min}", "{h} {ampm}", "{hhmm}"};
    static const char *const lengths[] = {"{min}", "{h}h{min}", "{min} mins", "{hours} hrs"};
    const struct mapping m = {.years_from = 1931, .dates = dates, .n_dates = 4, .times = times,
                              .n_times = 3, .lengths = lengths, .n_lengths = 4};
    int64_t day = 0;
    long minutes = 0;
    const char *hhmm = NULL;
    if (map_date(ctx->arena, &m, text, &day) == MAP_OK)
        claim(day > -800000 && day < 3000000);
    if (map_time(ctx->arena, &m, text, &hhmm) == MAP_OK)
        claim(strlen(hhmm) == 5);
    if (map_length(ctx->arena, &m, text, &minutes) == MAP_OK)
        claim(minutes >= 0 && minutes <= 1440);
    const char *folded = map_fold(ctx->arena, text);
    claim(strlen(folded) <= strlen(text) && !map_blank(folded));
    claim(strcmp(map_fold(ctx->arena, folded), folded) == 0);
    struct pattern_parts p;
    if (!pattern_check(text))
        (void)pattern_match(text, text, &p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct ctx ctx = {.arena = arena_new()};
    const uint8_t *nul = n ? memchr(data, 0, n) : NULL;
    size_t first = nul ? (size_t)(nul - data) : n;
    read_file(&ctx, data, first);
    if (nul)
        read_cell(&ctx, arena_strndup(ctx.arena, (const char *)nul + 1, n - first - 1));
    arena_free(ctx.arena);
    return 0;
}
