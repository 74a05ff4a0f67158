// SPDX-License-Identifier: MIT
// What goes into the zip beside the data: codebook, datapackage, manifest, README. Made from the
// variable table, the vocabularies and the request alone, so that the same request gives the same
// bytes.
#pragma once

#include "export/export.h"
#include "export/out.h"
#include "export/table.h"

/** A file of the zip, described. */
struct export_entry {
    const char *name;
    const char *path;   // on disk, or NULL:
    struct buf content; // in memory
    const char *sha256;
    long long bytes;
    long rows; // -1 when it is no table
};

/** Engagement thresholds of a site, as the status column used them. */
struct export_threshold {
    const char *site, *engaged_days, *wavering_days, *wavering_missed, *disengaged_missed;
};

struct export_book {
    const struct export_ask *ask;
    const char *as_of; // canonical RFC 3339
    const struct export_threshold *thresholds;
    size_t n_thresholds;
    int schema; // migrations
};

enum { EXPORT_ENTRIES = EXPORT_TABLES + 5 };

/** Adds codebook.csv, codebook.html, datapackage.json, README.txt and manifest.json, in that order,
 *  after the n data files that are in `entries` already; returns how many there are. */
size_t export_book_add(struct ctx *ctx, const struct export_book *book,
                       struct export_entry entries[EXPORT_ENTRIES], size_t n);

/** JSON string with its quotes; null for NULL. */
void export_json(struct buf *out, const char *s);
