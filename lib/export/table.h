// SPDX-License-Identifier: MIT
// THE variable table of the evaluation export: one row per variable makes its column in the CSV,
// its rows in the codebook, and its field in the datapackage. Constant; any thread.
#pragma once

#include "db/db.h"

#include <stdbool.h>
#include <stddef.h>

enum export_type {
    EXPORT_STUDY,   // study_id of the person, the first of each table
    EXPORT_NUMBER,  // 1, 2, 3 among the person's rows
    EXPORT_CODE,    // one code of `vocab`
    EXPORT_CODES,   // codes of `vocab`, separated by semicolons
    EXPORT_INTEGER,
    EXPORT_BOOLEAN,
    EXPORT_DATE,    // YYYY-MM-DD
    EXPORT_TIME,    // RFC 3339, UTC, whole seconds
    EXPORT_WORKER,  // keyed pseudonyms of a member of staff and of an agency
    EXPORT_AGENCY,
    EXPORT_SEALED,  // a code that is stored encrypted
    EXPORT_AGE,     // whole years at start, from the sealed birth date
};

struct export_variable {
    const char *name;
    enum export_type type;
    const char *vocab; // of codes, or NULL
    bool required;
    const char *label, *help;
};

struct export_table_row {
    const char *name; // "participants": participants.csv
    const char *title, *help;
    const char *key[2]; // primary key; the second may be NULL
    const char *refers[2]; // {"escalations", "escalation_no"}: what else it belongs to; or NULL
    enum query query;
    const struct export_variable *variables; // in the order of the query's columns
    size_t n;
};

enum { EXPORT_PARTICIPANTS, EXPORT_CONTACTS, EXPORT_REFERRALS, EXPORT_ESCALATIONS, EXPORT_ACTIONS,
       EXPORT_HISTORY, EXPORT_TABLES };
extern const struct export_table_row export_tables[EXPORT_TABLES];

/** The type as Frictionless names it: "string", "integer", "boolean", "date", "datetime". */
const char *export_type_name(enum export_type t);
