// SPDX-License-Identifier: MIT
// CSV as evaluators and spreadsheets need it: RFC 4180, CRLF, and no cell that a spreadsheet would run
// as a formula. A line is built in a buffer; the caller writes it out. One thread at a time.
#pragma once

#include "base/buf.h"

/** Appends a cell. Control characters are left out; text
 *  that a spreadsheet would take for a formula gets an apostrophe before it. NULL is an empty cell.
 */
void csv_text(struct buf *line, const char *s);
/** The same for canonical values that cannot hold anything of the kind: numbers, dates, codes. */
void csv_plain(struct buf *line, const char *s, size_t n);
/** Ends the line, after its last cell. */
void csv_end(struct buf *line);
