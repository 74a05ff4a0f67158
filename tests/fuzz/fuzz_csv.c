// SPDX-License-Identifier: MIT
// Any bytes as a spreadsheet (the first byte picks the separator): read twice, it must say the same.
#include "table/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void claim(bool holds)
{
    if (!holds)
        abort();
}

static unsigned long read_all(struct ctx *ctx, struct csv *csv, enum err *ret)
{
    unsigned long sum = 5381;
    bool more = true;
    struct csv_row row;
    long number = 0;
    while (!(*ret = csv_next(ctx, csv, &row, &more)) && more) {
        claim(row.n >= 1 && row.n <= CSV_COLUMNS_MOST && row.number == ++number);
        for (size_t i = 0; i < row.n; i++)
            for (const char *p = row.cells[i]; *p; p++)
                sum = sum * 33 + (unsigned char)*p;
    }
    claim(!*ret || ctx->problem.detail);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2)
        return 0;
    struct ctx ctx = {.arena = arena_new()};
    FILE *f = fmemopen((void *)(uintptr_t)(data + 1), n - 1, "rb");
    struct csv *csv;
    claim(f != NULL);
    if (csv_open(&ctx, f, "fuzz.csv", ",;\t"[data[0] % 3], &csv) == ERR_OK) {
        enum err first, second;
        unsigned long a = read_all(&ctx, csv, &first);
        claim(csv_rewind(&ctx, csv) == ERR_OK);
        unsigned long b = read_all(&ctx, csv, &second);
        claim(a == b && first == second);
    } else {
        claim(ctx.problem.detail != NULL);
    }
    (void)fclose(f);
    arena_free(ctx.arena);
    return 0;
}
