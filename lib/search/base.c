// SPDX-License-Identifier: MIT
#include "search/base.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

uint32_t search_letters(const char *s, size_t n)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++)
        bits |= 1u << ((unsigned char)s[i] & 31);
    return bits;
}

// Jaro-Winkler of words with m letters in common in the best order, and the same first four.
static int best_likeness(size_t qn, size_t n, size_t m)
{
    if (!m)
        return 0;
    double jaro = ((double)m / (double)qn + (double)m / (double)n + 1) / 3;
    return (int)(1000 * (jaro + 0.4 * (1 - jaro)) + 1);
}

void query_word_set(struct query_word *q, const char *text, size_t n, int least)
{
    *q = (struct query_word){.n = n, .letters = search_letters(text, n), .least = least};
    memcpy(q->text, text, n);
    for (size_t i = 0; i < n; i++)
        q->where[(unsigned char)text[i]] |= 1u << i;
    for (size_t len = 1; len <= SEARCH_WORD; len++) {
        size_t most = n < len ? n : len, m = 1;
        while (m <= most && best_likeness(n, len, m) < least)
            m++;
        // A name that starts as the query does is taken whatever its length.
        q->need[len] = (uint8_t)(len > n && m > n ? n : m);
    }
}

// Jaro-Winkler. Each letter of the name takes the first free place of the query within the window
// that has it: a whole window at once, since the places are bits. Gives up once too few letters can
// be in common.
static int likeness(const struct query_word *q, const char *text, size_t n)
{
    size_t longest = q->n > n ? q->n : n, window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    uint64_t used = 0;
    char taken[SEARCH_WORD];
    size_t matches = 0;
    for (size_t i = 0; i < n; i++) {
        if (matches + (n - i) < q->need[n])
            return 0;
        size_t from = i > window ? i - window : 0;
        uint64_t near = ((2ull << (i + window)) - 1) >> from << from;
        uint64_t place = q->where[(unsigned char)text[i]] & near & ~used;
        if (place) {
            used |= place & -place;
            taken[matches++] = text[i];
        }
    }
    if (!matches || matches < q->need[n])
        return 0;
    size_t swapped = 0;
    for (size_t i = 0; i < matches; i++, used &= used - 1)
        swapped += taken[i] != q->text[__builtin_ctzll(used)];
    double m = (double)matches;
    double jaro = (m / (double)q->n + m / (double)n + (m - (double)swapped / 2) / m) / 3;
    size_t same = 0;
    while (same < 4 && same < q->n && same < n && q->text[same] == text[same])
        same++;
    return (int)(1000 * (jaro + 0.1 * (double)same * (1 - jaro)) + 0.5);
}

int search_match(const struct query_word *q, const char *text, size_t n, uint32_t letters)
{
    if (!search_may_match(q, n, letters))
        return 0;
    if (q->n <= n && memcmp(q->text, text, q->n) == 0) {
        if (q->n == n)
            return 1000;
        // What is typed may be the start of a name; an initial alone counts less.
        return q->n == 1 ? 800 : q->n == 2 ? 880 : 940;
    }
    if (q->n == 1)
        return 0;
    int like = likeness(q, text, n);
    return like >= q->least ? like : 0;
}

// ---- memory: an index without memory is no index, so running out ends the process ----

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

static void *grow(void *p, size_t old_n, size_t new_n)
{
    void *fresh = must(calloc(1, new_n));
    if (p) {
        memcpy(fresh, p, old_n);
        explicit_bzero(p, old_n);
        free(p);
    }
    return fresh;
}

static void wipe_free(void *p, size_t n)
{
    if (p)
        explicit_bzero(p, n);
    free(p);
}

// ---- building ----

struct post {
    uint32_t word, slot;
};

struct base_builder {
    struct base *base;
    uint32_t cap_slots;
    struct post *pairs;
    size_t n_pairs, cap_pairs;
    uint32_t *table; // open addressing over words: word + 1
    uint32_t table_mask;
};

struct base_builder *base_builder_new(uint32_t people)
{
    struct base_builder *b = must(calloc(1, sizeof(*b)));
    b->base = must(calloc(1, sizeof(*b->base)));
    b->cap_slots = people ? people : 1;
    b->base->slots = must(calloc(b->cap_slots, sizeof(struct slot)));
    b->table_mask = 1023;
    b->table = must(calloc(b->table_mask + 1, sizeof(*b->table)));
    return b;
}

static void table_grow(struct base_builder *b)
{
    uint32_t mask = b->table_mask * 2 + 1;
    uint32_t *table = must(calloc((size_t)mask + 1, sizeof(*table)));
    for (uint32_t w = 0; w < b->base->n_words; w++) {
        const struct word *word = &b->base->words[w];
        uint32_t at = (uint32_t)hash_bytes(b->base->text + word->at, word->n) & mask;
        while (table[at])
            at = (at + 1) & mask;
        table[at] = w + 1;
    }
    free(b->table);
    b->table = table;
    b->table_mask = mask;
}

static uint32_t word_add(struct base *base, const char *text, size_t n)
{
    if (base->n_words == base->cap_words) {
        uint32_t cap = base->cap_words ? base->cap_words * 2 : 1024;
        base->words =
            grow(base->words, base->cap_words * sizeof(struct word), cap * sizeof(struct word));
        base->cap_words = cap;
    }
    if (base->n_text + n > base->cap_text) {
        uint32_t cap = base->cap_text ? base->cap_text * 2 : 16384;
        base->text = grow(base->text, base->cap_text, cap);
        base->cap_text = cap;
    }
    memcpy(base->text + base->n_text, text, n);
    base->words[base->n_words] =
        (struct word){.letters = search_letters(text, n), .at = base->n_text, .n = (uint8_t)n};
    base->n_text += (uint32_t)n;
    return base->n_words++;
}

static uint32_t word_find(struct base_builder *b, const char *text, size_t n)
{
    uint32_t at = (uint32_t)hash_bytes(text, n) & b->table_mask;
    for (; b->table[at]; at = (at + 1) & b->table_mask) {
        const struct word *w = &b->base->words[b->table[at] - 1];
        if (w->n == n && memcmp(b->base->text + w->at, text, n) == 0)
            return b->table[at] - 1;
    }
    uint32_t word = word_add(b->base, text, n);
    b->table[at] = word + 1;
    if (b->base->n_words * 2 > b->table_mask)
        table_grow(b);
    return word;
}

static uint32_t slot_add(struct base_builder *b, const struct slot *slot)
{
    struct base *base = b->base;
    if (base->n_slots == b->cap_slots) {
        base->slots = grow(base->slots, b->cap_slots * sizeof(struct slot),
                           b->cap_slots * 2 * sizeof(struct slot));
        b->cap_slots *= 2;
    }
    base->slots[base->n_slots] = *slot;
    return base->n_slots++;
}

static void pair_add(struct base_builder *b, uint32_t word, uint32_t slot)
{
    if (b->n_pairs == b->cap_pairs) {
        size_t cap = b->cap_pairs ? b->cap_pairs * 2 : 4096;
        b->pairs = grow(b->pairs, b->cap_pairs * sizeof(struct post), cap * sizeof(struct post));
        b->cap_pairs = cap;
    }
    b->pairs[b->n_pairs++] = (struct post){word, slot};
}

void base_builder_add(struct base_builder *b, const struct entry *e)
{
    uint32_t slot = slot_add(b, &e->slot);
    const char *text = e->text;
    for (size_t i = 0; i < e->n_words; text += e->len[i++])
        pair_add(b, word_find(b, text, e->len[i]), slot);
}

void base_builder_take(struct base_builder *b, const struct base *old)
{
    uint32_t *moved = must(calloc(old->n_slots + 1u, sizeof(*moved)));
    for (uint32_t s = 0; s < old->n_slots; s++)
        if (!old->slots[s].dead)
            moved[s] = slot_add(b, &old->slots[s]) + 1;
    for (uint32_t w = 0; w < old->n_words; w++)
        for (uint32_t p = old->first[w]; p < old->first[w + 1]; p++)
            if (moved[old->posts[p]])
                pair_add(b, word_find(b, old->text + old->words[w].at, old->words[w].n),
                         moved[old->posts[p]] - 1);
    free(moved);
}

static void index_ids(struct base *base)
{
    uint32_t size = 16;
    while (size < base->n_slots + base->n_slots / 2)
        size *= 2;
    base->by_id = must(calloc(size, sizeof(*base->by_id)));
    base->id_mask = size - 1;
    for (uint32_t s = 0; s < base->n_slots; s++) {
        uint32_t at = (uint32_t)hash_bytes(base->slots[s].id, 16) & base->id_mask;
        while (base->by_id[at])
            at = (at + 1) & base->id_mask;
        base->by_id[at] = s + 1;
    }
}

struct base *base_builder_end(struct base_builder *b)
{
    struct base *base = b->base;
    base->n_posts = (uint32_t)b->n_pairs;
    base->first = must(calloc(base->n_words + 2u, sizeof(*base->first)));
    base->posts = must(calloc(b->n_pairs + 1, sizeof(*base->posts)));
    for (size_t i = 0; i < b->n_pairs; i++)
        base->first[b->pairs[i].word + 2]++;
    for (uint32_t w = 0; w < base->n_words; w++)
        base->first[w + 2] += base->first[w + 1];
    // first[w + 1] is where the next slot of w goes; when all are placed it is where w ends.
    for (size_t i = 0; i < b->n_pairs; i++)
        base->posts[base->first[b->pairs[i].word + 1]++] = b->pairs[i].slot;
    index_ids(base);
    wipe_free(b->pairs, b->cap_pairs * sizeof(struct post));
    free(b->table);
    free(b);
    // What doubling left over would count against the memory kept a person.
    if (base->cap_words > base->n_words && base->n_words) {
        struct word *w = realloc(base->words, base->n_words * sizeof(*w));
        base->words = w ? w : base->words;
        base->cap_words = w ? base->n_words : base->cap_words;
    }
    return base;
}

void base_free(struct base *b)
{
    if (!b)
        return;
    wipe_free(b->slots, b->n_slots * sizeof(struct slot));
    wipe_free(b->words, b->n_words * sizeof(struct word));
    wipe_free(b->text, b->n_text);
    free(b->by_id);
    free(b->first);
    free(b->posts);
    free(b);
}

size_t base_bytes(const struct base *b)
{
    return sizeof(*b) + b->n_slots * sizeof(struct slot) + (b->id_mask + 1) * sizeof(uint32_t) +
           b->cap_words * sizeof(struct word) + b->cap_text +
           (b->n_words + 2 + b->n_posts + 1) * sizeof(uint32_t);
}

int64_t base_find(const struct base *b, const uint8_t id[16])
{
    for (uint32_t at = (uint32_t)hash_bytes(id, 16) & b->id_mask; b->by_id[at]; at = (at + 1) & b->id_mask)
        if (memcmp(b->slots[b->by_id[at] - 1].id, id, 16) == 0)
            return b->by_id[at] - 1;
    return SEARCH_NO_SLOT;
}
