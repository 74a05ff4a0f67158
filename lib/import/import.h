// SPDX-License-Identifier: MIT
// Brings a team's spreadsheet in: every row gets a verdict, and what is not rejected is stored in
// one transaction, or nothing is: on the owner's connection, or on a request's under the walls of
// whoever asks. The same file again adds nothing: people are known by their reference, contacts by
// a keyed hash of their row. Two passes over the file, flat memory. One thread.
#pragma once

#include "base/buf.h"
#include "base/ctx.h"
#include "config/mapping.h"

#include <stdbool.h>
#include <stdio.h>

enum import_state { IMPORT_OK, IMPORT_WARN, IMPORT_REJECT };

struct import_verdict {
    long row; // the heading is row 1
    enum import_state state;
    const char *column;  // heading of the first problem, or ""
    const char *message; // no personal data; "" when there is nothing to say
};
const char *import_state_code(enum import_state s); // "ok", "warn", "reject"
/** The report as CSV: its heading, and a row's line. */
void import_report_heading(struct buf *out);
void import_report_line(struct buf *out, const struct import_verdict *v);

struct import_result {
    long rows, ok, warned, rejected;
    bool stored;         // false: a dry run, or rows were rejected and not accept_valid
    long added, present; // present: here already
    const char *unread;  // headings that the mapping does not name, or NULL
};

struct import_setup {
    enum import_kind kind;
    const struct mapping *mapping;
    const char *site; // code
    FILE *file;       // seekable
    const char *name; // as errors call it
    bool dry_run;
    bool accept_valid; // store the rest when rows are rejected
    bool as_actor;     // ctx->token_hash asks (import_write); else ctx->db is the owner's
    /** In the transaction that stores, before anything else and last of all: a failure undoes it.
     *  May be NULL. */
    enum err (*storing)(void *arg);
    enum err (*stored)(void *arg, const struct import_result *r);
    enum err (*verdict)(void *arg,
                        const struct import_verdict *v); // each row, in order; may be NULL
    void *arg;
};

/** ERR_MALFORMED with the place for a file that cannot be read. Rejected rows are no error here. */
enum err import_run(struct ctx *ctx, const struct import_setup *setup,
                    struct import_result *ret) MUST_CHECK;
