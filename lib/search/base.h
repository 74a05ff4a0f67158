// SPDX-License-Identifier: MIT
// The immutable part of the name index: people in slots, and for each distinct name part the slots
// that carry it. Name parts are few beside people, so a query compares itself with all of them: a
// letter signature bounds the Jaro-Winkler likeness from above, and only parts whose bound reaches
// the threshold are compared in full. (Trigrams would miss "Jhon" for "John": they share none.)
// Private to domain/search*.c. Memory is malloc'd and wiped before it is freed.
#pragma once

#include "search/search.h"

enum { SEARCH_NO_BIRTH = INT32_MIN, SEARCH_WORDS = 12, SEARCH_WORD = 31, SEARCH_NO_SLOT = -1 };

struct slot {
    uint8_t id[16];
    char ref[9];
    uint8_t site; // number in the index's list of sites
    bool dead;    // changed since: the newer one is in the list of changes
    int32_t birth;
};

/** A name part of 1 to SEARCH_WORD bytes. */
struct word {
    uint32_t letters; // one bit per letter
    uint32_t at;      // of its text in the pool
    uint8_t n;
};

/** One person ready to be indexed: distinct folded name parts, as offsets into `text`. */
struct entry {
    struct slot slot;
    uint8_t n_words;
    uint8_t len[SEARCH_WORDS];
    char text[SEARCH_WORDS * SEARCH_WORD];
};

struct base {
    struct slot *slots;
    uint32_t n_slots;
    uint32_t *by_id; // open addressing: slot + 1, 0 empty
    uint32_t id_mask;
    struct word *words;
    uint32_t n_words, cap_words;
    uint32_t *first; // n_words + 1 offsets into posts
    uint32_t *posts; // slots
    uint32_t n_posts;
    char *text;
    uint32_t n_text, cap_text;
};

/** What a query looks for. */
struct query_word {
    char text[SEARCH_WORD + 1];
    size_t n;
    uint32_t letters;
    int least;                     // likeness below this is no match
    uint8_t need[SEARCH_WORD + 1]; // common letters at least, by length of the name part
    uint32_t where[256]; // for each byte the places in `text` that it stands at, a bit each
};

/** Fills a query's word of 1 to SEARCH_WORD bytes. */
void query_word_set(struct query_word *q, const char *text, size_t n, int least);

uint32_t search_letters(const char *s, size_t n);
/** False if a name part of these letters and length cannot be like enough: most are not, and are
 *  passed by without reading their text. Never false for a true match. */
static inline bool search_may_match(const struct query_word *q, size_t n, uint32_t letters);
/** The likeness of a query's word and a name part of 1 to SEARCH_WORD bytes, or 0 if it is under
 * the query's least: 1000 for the same, 800 to 940 for how one begins, else Jaro-Winkler (letters
 * in common near each other, and a bonus for the same first four) in thousandths. */
int search_match(const struct query_word *q, const char *text, size_t n, uint32_t letters);

static inline size_t search_bits(uint32_t v)
{
    v -= v >> 1 & 0x55555555u;
    v = (v & 0x33333333u) + (v >> 2 & 0x33333333u);
    return ((v + (v >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}

static inline bool search_may_match(const struct query_word *q, size_t n, uint32_t letters)
{
    size_t mine = q->n - search_bits(q->letters & ~letters);
    size_t theirs = n - search_bits(letters & ~q->letters);
    return (mine < theirs ? mine : theirs) >= q->need[n];
}

/** Everybody anew, a person at a time: the old content answers until search_loading_end(). */
struct search_loading;
struct search_loading *search_loading_new(struct search_index *idx, uint32_t people);
void search_loading_add(struct search_loading *l, const struct search_person *person);
/** Puts the new content in place, or with `keep` false forgets it. Frees. */
void search_loading_end(struct search_loading *l, bool keep);

struct base_builder;
struct base_builder *base_builder_new(uint32_t people);
void base_builder_add(struct base_builder *b, const struct entry *e);
/** Takes over everybody of `old` who is not dead. */
void base_builder_take(struct base_builder *b, const struct base *old);
/** Makes the base and frees the builder. */
struct base *base_builder_end(struct base_builder *b);
void base_free(struct base *b);
size_t base_bytes(const struct base *b);
/** The slot of that id, or SEARCH_NO_SLOT. */
int64_t base_find(const struct base *b, const uint8_t id[16]);
