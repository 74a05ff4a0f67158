// SPDX-License-Identifier: MIT
// The name index: decrypted names, dates of birth and references of every participant, in memory
// only, so that a misspelt name is found although the database holds nothing but sealed text.
//
// An immutable base (trigrams of the distinct name parts, then Jaro-Winkler on the few that share
// enough of them) and a short list of the people changed since, folded into a new base now and
// then. Readers may be many; one thread at a time loads and refreshes. Hits are ids for the
// database to filter: nothing found here is shown before row-level security has agreed.
#pragma once

#include "base/ctx.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct search_index;

/** What the index knows of one case and the person it is about (a person with two cases is here
 *  twice); texts are as stored (not folded), NULL when absent. */
struct search_person {
    const char *id, *ref, *site; // of the case: uuid text, canonical reference, site code
    const char *given_name, *family_name, *known_as;
    const char *aliases;       // PostgreSQL array text
    const char *date_of_birth; // YYYY-MM-DD
};

struct search_hit {
    const char *id; // uuid text
    int score;      // 0-1000, best first
};

enum { SEARCH_MOST = 200 }; // hits at most

struct search_index *search_index_new(void);
/** Wipes and frees it. NULL is allowed. */
void search_index_free(struct search_index *idx);

/** Replaces the content with these people (tests and benchmarks; search_index_load() uses it). */
void search_index_set(struct search_index *idx, const struct search_person *people, size_t n);
/** Adds or changes one person; a person without any name, date of birth and reference is taken out.
 */
void search_index_put(struct search_index *idx, const struct search_person *person);

/** Reads everybody on ctx->db (a DB_WORKER connection), opening their names. */
enum err search_index_load(struct ctx *ctx, struct search_index *idx) MUST_CHECK;
/** Reads one person again. */
enum err search_index_refresh(struct ctx *ctx, struct search_index *idx,
                              const char *participant_id) MUST_CHECK;
/**
 * Loads, then keeps the index fresh by LISTEN phoenix_people until *stop, waiting by itself for a
 * database that is away and loading again when it is back. ctx->arena is reset between steps.
 */
void search_index_run(struct ctx *ctx, struct search_index *idx, const atomic_bool *stop);

/**
 * Where the actor may look at all: a site (NULL: every site) or, for a caseload or team, these ids.
 * This narrows so that people elsewhere cannot push the right ones out; it is not the wall.
 */
struct search_scope {
    const char *site;
    const char *const *ids;
    size_t n_ids;
    bool only_ids;
};

/**
 * The people whose names, date of birth or reference are like the query, best first, at most
 * `limit` (never more than SEARCH_MOST). Texts are in the arena; the answer is the number of hits.
 */
size_t search_find(struct search_index *idx, struct arena *a, const struct search_scope *scope,
                   const char *query, size_t limit, const struct search_hit **ret);

/** Days since 1970 of the person's birth; false if the index does not know (it may not be loaded).
 */
bool search_birth_date(struct search_index *idx, const char *participant_id, int64_t *ret_days);
/** True once loaded. */
bool search_index_ready(struct search_index *idx);
size_t search_index_count(struct search_index *idx);
/** Bytes held, for tests and metrics. */
size_t search_index_bytes(struct search_index *idx);

/** The index of the process, used by handlers: made at first use, empty until loaded. */
struct search_index *search_index_current(void);

// ---- parts that have tests of their own ----

/** Lower-case letters without accents; words parted by one space, apostrophes and hyphens dropped
 *  or turned into a gap ("O’Brien-Łukasik" gives "obrien lukasik"). */
const char *search_fold(struct arena *a, const char *name);
