// SPDX-License-Identifier: MIT
// Spreadsheets brought in on a page: checked on upload, looked at row by row, then stored or thrown
// away by the same person. Between the two the file lies sealed in the database for an hour at
// most; it is gone once it is decided. Everything happens under the walls of whoever asks
// (import_write): a team lead brings people into the own team and contacts to the own team's
// people. Records live in ctx->arena. One thread per ctx.
#pragma once

#include "base/field.h"
#include "import/import.h"

enum { IMPORT_PAGE = 200 }; // verdicts a page

struct import_input {
    const char *kind, *mapping; // mapping: its name, see mapping_name()
};
struct import_upload {
    const char *name; // as the browser calls the file; only its last part is used
    const void *p;
    size_t n;
};

/** One import as the person who asked for it sees it. */
struct import_record {
    const char *id, *kind, *mapping, *state, *requested_at, *decided_at;
    const char *rows, *ok, *warned, *rejected, *added, *present;
    const char *late; // "true": not decided in time
    // Of the file, while it waits; NULL in lists and afterwards.
    const char *file_name, *unread; // unread: headings that the mapping does not name
    const char *text;
    size_t n_text;
};
/** A row's verdict, or in problems a kind of verdict with how often and where. */
struct import_row_verdict {
    const char *row, *verdict, *heading, *message;
    const char *times, *rows;
};

extern const struct field_table import_input_table, import_record_table, import_row_verdict_table;

/** The mappings that the actor's site may use. */
const struct mapping *const *import_mappings(struct ctx *ctx, size_t *ret_n);

/**
 * Judges the file, keeps it sealed with every row's verdict, and gives the new import's id.
 * ERR_INVALID with an error on "file", "mapping" or "kind" for what cannot be read.
 * ERR_IDEMPOTENCY_REPLAY: sent before.
 */
enum err import_check(struct ctx *ctx, const struct import_input *in,
                      const struct import_upload *file, const char **ret_id) MUST_CHECK;

struct import_list {
    struct field_rows rows; // of struct import_record, newest first
    const char *next;       // cursor, or NULL
};
enum err import_list_read(struct ctx *ctx, const char *after, struct import_list *ret) MUST_CHECK;

struct import_page {
    struct import_record record;
    struct field_rows problems; // of struct import_row_verdict
    struct field_rows rows;     // the same; at most IMPORT_PAGE
    const char *next;           // the row that the next page comes after, or NULL
};
/** The import with the verdicts after a row (NULL: from the first), of one kind (NULL: all). */
enum err import_page_read(struct ctx *ctx, const char *id, const char *verdict, const char *after,
                          struct import_page *ret) MUST_CHECK;
/** Every row's verdict as CSV, as `phoenix import --report` writes it. */
enum err import_report_read(struct ctx *ctx, const char *id, struct buf *out) MUST_CHECK;

/** Judges the file again and stores what is not rejected, at once or not at all. ERR_CONFLICT when
 * it was decided before, or is being decided. */
enum err import_accept(struct ctx *ctx, const char *id) MUST_CHECK;
/** Throws the file away. ERR_CONFLICT when it was decided before. */
enum err import_cancel(struct ctx *ctx, const char *id) MUST_CHECK;

/** Throws away what was not decided in time; ctx->db is a DB_WORKER connection. */
enum err import_expire(struct ctx *ctx) MUST_CHECK;
