// SPDX-License-Identifier: MIT
// Reads a spreadsheet saved as CSV, a row at a time with flat memory: RFC 4180 and what spreadsheets
// make of it (BOM, a line "sep=;", line breaks and doubled quotes in cells), in UTF-8 or Windows-1252, told apart by
// looking at the whole file first. Anything that is no such file is refused with file, row and column
// (the heading is row 1). One thread per reader.
#pragma once

#include "base/ctx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct csv;

enum { CSV_ROW_MOST = 1024 * 1024, CSV_COLUMNS_MOST = 512 };

struct csv_row {
    long number;
    const char *const *cells; // UTF-8, good until the next row
    size_t n;
};

/** Looks through `f` (seekable, the caller closes it) and goes to its first row. `name` is how
 *  errors call the file. ERR_MALFORMED, with the place, for what is not such a file. */
enum err csv_open(struct ctx *ctx, FILE *f, const char *name, char separator,
                  struct csv **ret) MUST_CHECK;
/** The next row; *ret_more is false after the last one. */
enum err csv_next(struct ctx *ctx, struct csv *csv, struct csv_row *ret, bool *ret_more) MUST_CHECK;
/** Back to the first row. */
enum err csv_rewind(struct ctx *ctx, struct csv *csv) MUST_CHECK;
bool csv_is_utf8(const struct csv *csv);
