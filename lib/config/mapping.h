// SPDX-License-Identifier: MIT
// How a team's spreadsheet is read: which heading is which field, and what its dates, times, lengths
// and free words mean. Read with libconfuse from a file such as config/import/team-spreadsheet.conf,
// after the programme file, whose codes it names. Read-only afterwards; the memory is the arena's.
#pragma once

#include "base/ctx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum import_kind { IMPORT_PARTICIPANTS, IMPORT_CONTACTS };

// MAP_FIELD(name, words for messages, vocabulary of its codes or NULL, must not be empty, most bytes)
#define MAP_PARTICIPANT_FIELDS(MAP_FIELD)                                                          \
    MAP_FIELD(source_ref, "reference", NULL, true, 64)                                             \
    MAP_FIELD(family_name, "surname", NULL, true, 100)                                             \
    MAP_FIELD(given_name, "first name", NULL, true, 100)                                           \
    MAP_FIELD(known_as, "known as", NULL, false, 100)                                              \
    MAP_FIELD(date_of_birth, "birth date", NULL, true, 40)                                         \
    MAP_FIELD(sex, "sex", "sex", false, 100)                                                       \
    MAP_FIELD(gender, "gender", "gender", false, 100)                                              \
    MAP_FIELD(ethnicity, "ethnicity", "ethnicity", false, 100)                                     \
    MAP_FIELD(officer_ethnicity, "ethnicity as seen", "officer_ethnicity", false, 100)             \
    MAP_FIELD(address, "address", NULL, false, 500)                                                \
    MAP_FIELD(postcode, "postcode", NULL, false, 16)                                               \
    MAP_FIELD(phone, "phone", NULL, false, 32)                                                     \
    MAP_FIELD(email, "email", NULL, false, 254)                                                    \
    MAP_FIELD(language, "language", NULL, false, 60)                                               \
    MAP_FIELD(interpreter, "interpreter", NULL, false, 60)                                         \
    MAP_FIELD(pnc, "PNC", NULL, false, 32)                                                         \
    MAP_FIELD(cro, "CRO", NULL, false, 32)                                                         \
    MAP_FIELD(crn, "CRN", NULL, false, 32)                                                         \
    MAP_FIELD(nomis, "NOMIS", NULL, false, 32)                                                     \
    MAP_FIELD(nhs, "NHS number", NULL, false, 32)                                                  \
    MAP_FIELD(upn, "UPN", NULL, false, 32)                                                         \
    MAP_FIELD(nino, "NI number", NULL, false, 32)                                                  \
    MAP_FIELD(uprn, "UPRN", NULL, false, 32)                                                       \
    MAP_FIELD(worker, "worker", NULL, false, 120)                                                  \
    MAP_FIELD(supervision, "supervised by", "supervision", false, 100)                             \
    MAP_FIELD(started_on, "start date", NULL, true, 40)                                            \
    MAP_FIELD(notes, "notes", NULL, false, 4000)

#define MAP_CONTACT_FIELDS(MAP_FIELD)                                                              \
    MAP_FIELD(source_ref, "reference", NULL, true, 64)                                             \
    MAP_FIELD(date, "date", NULL, true, 40)                                                        \
    MAP_FIELD(time, "time", NULL, false, 40)                                                       \
    MAP_FIELD(mode, "how", "mode", true, 100)                                                      \
    MAP_FIELD(outcome, "outcome", "outcome", true, 100)                                            \
    MAP_FIELD(direction, "direction", "direction", false, 100)                                     \
    MAP_FIELD(minutes, "length", NULL, false, 40)                                                  \
    MAP_FIELD(worker, "worker", NULL, false, 120)                                                  \
    MAP_FIELD(next_contact_due, "next due", NULL, false, 40)                                       \
    MAP_FIELD(note, "notes", NULL, false, 20000)

enum map_participant_field {
#define MAP_FIELD(name, ...) MAP_P_##name,
    MAP_PARTICIPANT_FIELDS(MAP_FIELD)
#undef MAP_FIELD
    MAP_P_COUNT
};
enum map_contact_field {
#define MAP_FIELD(name, ...) MAP_C_##name,
    MAP_CONTACT_FIELDS(MAP_FIELD)
#undef MAP_FIELD
    MAP_C_COUNT
};
enum { MAP_FIELDS_MOST = MAP_P_COUNT };

struct map_field {
    const char *name, *words, *vocab;
    bool required;
    size_t most; // characters
};

/** The fields of a kind, ended by a NULL name. */
const struct map_field *map_fields(enum import_kind kind);

struct map_column {
    const char *heading;
    int field; // index in map_fields()
};
struct map_columns {
    const struct map_column *at;
    size_t n;
};
struct map_word {
    const char *vocab, *word, *code;
};
struct map_worker {
    const char *word, *folded, *username;
};

struct mapping {
    const char *path, *site;
    const char *title; // what people call it: "Team spreadsheet"; NULL unless given
    char separator;
    const char *default_time; // "12:00": a contact without a time
    int years_from;           // two-digit years are those from here on: 1931 is 1931 to 2030
    struct map_columns columns[2];
    const char *const *dates, *const *times, *const *lengths; // patterns, tried in this order
    size_t n_dates, n_times, n_lengths;
    const struct map_word *words;
    size_t n_words;
    const struct map_worker *workers;
    size_t n_workers;
};

/** Reads FILE. What it does not know is refused with file and line in ctx->problem.detail. */
enum err mapping_read(struct ctx *ctx, const char *path, const struct mapping **ret) MUST_CHECK;

/** Reads every *.conf of a folder for the pages that offer them; a folder that is not there has none. Once, at
 *  start: what was read before is freed. */
enum err mappings_read(struct ctx *ctx, const char *folder) MUST_CHECK;
/** Those, in order of their file names. */
const struct mapping *const *mapping_list(size_t *ret_n);
/** The file's name without folder and .conf, which is how requests name it. */
const char *mapping_name(struct arena *a, const struct mapping *m);

/** How words and headings compare: trimmed, runs of white space made one blank, letters made small,
 *  curly quotes and long dashes made plain. */
const char *map_fold(struct arena *a, const char *text);
/** Bytes of the blank (a no-break space is one) that `text` begins with, or 0. */
size_t map_blank(const char *text);

enum map_verdict { MAP_OK, MAP_UNKNOWN, MAP_IMPOSSIBLE };

/** A day by the first pattern that fits. IMPOSSIBLE: it fits one and there is no such day. */
enum map_verdict map_date(struct arena *a, const struct mapping *m, const char *text,
                          int64_t *ret_days);
/** A time of day as "HH:MM". */
enum map_verdict map_time(struct arena *a, const struct mapping *m, const char *text,
                          const char **ret_hhmm);
/** Minutes; IMPOSSIBLE when more than a day. */
enum map_verdict map_length(struct arena *a, const struct mapping *m, const char *text,
                            long *ret_minutes);
/** The code of a word, by the mapping or because it is a code already; NULL when it is neither. */
const char *map_code(struct arena *a, const struct mapping *m, const char *vocab, const char *text);
/** The worker of that name, or NULL. */
const struct map_worker *map_worker_find(struct arena *a, const struct mapping *m,
                                         const char *text);
