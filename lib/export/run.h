// SPDX-License-Identifier: MIT
// Private to the export: the people of a run, and how its rows become lines. One run is one
// thread's.
#pragma once

#include "export/book.h"

#include <stdatomic.h>
#include <stdint.h>

/** A case of the export, and whose it is. */
struct export_person {
    uint8_t id[16];
    uint8_t person[16];
    char study[18]; // "S..." as keys_study_id() gives it
    uint16_t site;  // place in export_people.sites
    bool changed;   // has contacts that came in after the cut-off
    int contacts;   // about how many: to share out the memory
};

/** Everybody up to the cut-off, in order of study_id. Memory is the run's. */
struct export_people {
    struct export_person *rows;
    size_t n, cap;
    const char **sites;
    size_t n_sites;
    uint32_t *slots; // by id: index + 1
    size_t n_slots;
    long contacts; // sum
};

struct export_run {
    struct ctx *ctx;     // the caller's
    struct ctx work;     // the same connection, with memory that is emptied after each batch
    struct arena *arena; // of the run
    const struct export_ask *ask;
    const char *as_of;
    const char *dir; // where the parts are made
    struct export_people people;
    struct export_out *out[EXPORT_TABLES];
    struct buf line, words;
    export_progress_fn progress;
    void *progress_arg;
    uint64_t told_us;
    long rows;
    atomic_bool *failed; // set by whichever of the two threads cannot go on
};

/** Tells how far it is, at most twice a second; ERR_UNAVAILABLE when told to stop. */
enum err export_tell(struct export_run *r, int percent) MUST_CHECK;

/** Reads everybody. */
enum err export_people_read(struct export_run *r) MUST_CHECK;
/** The person of that id text; NULL if not of this export. */
const struct export_person *export_people_find(const struct export_people *p, const char *id);

/** Appends the cells of one row: `values` are the query's columns for all variables but study_id
 * and the number, which are written only when `study` is given. */
void export_cells(struct export_run *r, const struct export_table_row *t, const char *study,
                  long number, const char *const *values);
/** Column titles. */
void export_heading(struct export_run *r, const struct export_table_row *t);

/** Every table but contacts, by batches of people; and contacts, which are too many to sort in
 * memory. Each writes its files and leaves them open; the two run side by side, each with a struct
 * of its own that shares people and files. */
enum err export_tables_write(struct export_run *r) MUST_CHECK;
enum err export_contacts_write(struct export_run *r) MUST_CHECK;
