// SPDX-License-Identifier: MIT
// Evaluation exports (lib/domain/README.md): asked for by a request, made by a
// job worker off the request path, downloaded once ready, expired. One zip of tidy tables keyed by
// study_id; no names, references, case ids or free text.
//
// Same cut-off, same bytes: only what was recorded up to the cut-off counts, as it stood then.
// Nothing in a zip tells when it was made. Asked for again by another person or for another reason,
// only manifest.json differs, which says who and why. What the data mean may differ after the
// programme's thresholds or words change, or the program is brought up to date: manifest.json
// states all three.
//
// Records live in ctx->arena. One thread per ctx; several job workers may run at once, here or on
// other machines, since jobs are rows claimed with SKIP LOCKED.
#pragma once

#include "access/access.h"
#include "base/field.h"
#include "config/config.h"
#include "record/reply.h"

/** What a person sends to ask for one. */
struct export_input {
    const char *kind, *as_of, *reason;
};

/** One export as the people who may ask for it see it. */
struct export
{
    const char *id, *kind, *state, *as_of, *site, *reason;
    const char *requested_by, *requested_at, *ready_at, *expires_at;
    const char *progress, *rows, *bytes, *sha256;
    const char *error; // in words, when it failed
};

struct export_query {
    const char *state, *limit, *after;
};

struct export_list {
    struct field_rows rows; // of struct export
    const char *next;       // cursor of the next page, or NULL
};

extern const struct field_table export_input_table, export_table, export_query_table;
extern const struct field_table export_saved_table; // what a POST answers

/** Any cut-off that people type as RFC 3339: a time stays itself, a day is its end (now if that is
 *  today), NULL is now. ERR_INVALID with an error of the field as_of. */
enum err export_cut_off(struct ctx *ctx, const char *typed, const char **ret) MUST_CHECK;

/** Stores the request in one round trip. as_of is an RFC 3339 time, or a day (its end); now unless
 *  given. A manager's export is of his or her own site. ERR_IDEMPOTENCY_REPLAY: asked before. */
enum err export_request(struct ctx *ctx, const struct export_input *in,
                        const struct create_reply *reply, struct export *ret) MUST_CHECK;
/** Newest first. */
enum err export_list_read(struct ctx *ctx, const struct export_query *q,
                          struct export_list *ret) MUST_CHECK;
enum err export_read(struct ctx *ctx, const char *id, struct export *ret) MUST_CHECK;

struct export_file {
    const char *path; // to be sent
    const char *name; // for the person who saves it: "phoenix-evaluation-2026-11-23.zip"
};
/** The zip of a finished export; writes the disclosure into the audit log first. ERR_NOT_READY
 * while it is being made, ERR_GONE when it has expired or failed. `data_dir` is the option of that
 * name. */
enum err export_download(struct ctx *ctx, const char *data_dir, const char *id,
                         struct export_file *ret) MUST_CHECK;

/** What goes into a zip, for the job and for the command line. */
struct export_ask {
    const char *kind;   // "evaluation"
    const char *as_of;  // RFC 3339, not in the future
    const char *site;   // code, or NULL for all sites
    const char *who;    // username, for the manifest
    const char *reason; // or NULL
};
struct export_made {
    const char *sha256; // of the zip, hex
    long rows, participants;
    long long bytes;
};
/** Told now and then how far it is; anything but ERR_OK stops the work. May be NULL. */
typedef enum err (*export_progress_fn)(void *arg, int percent, long rows);

/**
 * Makes the zip at `path` (0600; in place only when complete: no part of it is left after a
 * failure). ctx->db is a DB_WORKER connection with no transaction open. Memory stays flat whatever
 * the number of contacts. ERR_IO with problem.detail in plain words when the disk is full.
 */
enum err export_write(struct ctx *ctx, const struct export_ask *ask, const char *path,
                      export_progress_fn progress, void *arg, struct export_made *ret) MUST_CHECK;

/**
 * Removes what has expired, then claims the next job and makes it; ctx->db is a DB_WORKER
 * connection. *ret_did says whether there was one. A job that fails is told so on its row, and is
 * not an error here; ERR_UNAVAILABLE when the database is. A job whose worker died is taken up
 * again after a minute. Channel "phoenix_exports" is notified when there is a new one.
 */
enum err export_job_run_next(struct ctx *ctx, const struct config *config,
                             bool *ret_did) MUST_CHECK;
/** Makes running jobs of this process stop soon; they are taken up again by the next worker. */
void export_jobs_stop(bool stop);
