// SPDX-License-Identifier: MIT
// What the files of the import share: a row being judged, who is known at the site, and what was
// seen in the file. Private to domain/import*.c.
#pragma once

#include "base/buf.h"
#include "crypto/keys.h"
#include "import/import.h"
#include "import/seen.h"

#include <stdint.h>

enum { IMPORT_KEY = 16 };

/** A person who is here already. */
struct known {
    const char *ref;
    struct bytes source; // keyed hash of the team's own reference; {NULL, 0} when there is none
    const char *id, *participant; // the person's own, and the case's
    struct bytes wrapped;
    int64_t born;
    bool has_birth, touched;
    uint8_t person[IMPORT_KEY]; // keyed hash of name and birth date
};

struct identity_number {
    const char *kind, *canonical, *warning;
};
enum { IMPORT_NUMBERS = 8 };

/** A row, judged. Texts are in the judge's row arena. */
struct import_row {
    long number;
    const char *cell[MAP_FIELDS_MOST]; // as typed, NULL when blank
    enum import_state state;
    bool blank, present, stray; // stray: there is a cell in a column without a heading
    int column; // field of the first problem, -1 for none
    struct buf rejects, warns;
    // Understood:
    const char *code[MAP_FIELDS_MOST]; // of coded fields
    const char *born, *started, *due, *happened_at, *minutes, *phone;
    const struct map_worker *worker;
    struct identity_number numbers[IMPORT_NUMBERS];
    size_t n_numbers;
    struct known *person;
    uint8_t client_ref[IMPORT_KEY];
};

struct import_judge {
    struct ctx *ctx; // whose arena lives as long as the import
    struct ctx row;  // whose arena is emptied for every row (or batch)
    const struct import_setup *setup;
    const struct map_field *fields;
    struct seen refs, people, rows;
    struct seen taken; // keyed hashes of references of people who may not be seen
    // by our reference, folded, and by the keyed hash of the team's own
    struct known **index;
    size_t n_known, cap_index;
    struct known **all;
    struct seen known_people;
};

/** Begins a transaction of the owner's or of whoever asks. */
enum err import_begin(struct import_judge *j, bool reading) MUST_CHECK;
/** Reads everybody at the site, or those of them whom the actor may see. */
enum err import_known_load(struct import_judge *j) MUST_CHECK;
/** Who is known by that reference, the team's own (`source` is its keyed hash) or ours; or NULL. */
struct known *import_known_find(const struct import_judge *j, struct arena *a, const char *ref,
                                struct bytes source);

/** Judges the cells; fills the rest of *row. */
void import_judge_row(struct import_judge *j, struct import_row *row);
void import_judge_restart(struct import_judge *j);
struct import_verdict import_row_verdict(const struct import_judge *j, struct import_row *row);
/** A keyed hash of name and birth date. */
void import_person_key(struct ctx *ctx, const char *family, const char *given, const char *born,
                       uint8_t ret[IMPORT_KEY]);

/** Queues the row's statements; the ids of those it adds go to the audit log. */
struct db_pipeline;
enum err import_store_participant(struct import_judge *j, struct ctx *batch, struct db_pipeline *pl,
                                  const struct import_row *row, const char *worker_id,
                                  const char **ret_id) MUST_CHECK;
enum err import_store_contact(struct import_judge *j, struct ctx *batch, struct db_pipeline *pl,
                              const struct import_row *row, const char *author_id) MUST_CHECK;
