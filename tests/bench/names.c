// SPDX-License-Identifier: MIT
// The server's name index by itself with 100,000 people: what a search of a misspelt name takes and
// what a person takes of memory. Twice: with few names that many share, and with tens of thousands
// of family names. Prints "few p50_us N p99_us N bytes N" and the same of "many".
#include "search/search.h"

#include "base/clock.h"
#include "sample/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 100000, SEARCHES = 4000, HITS = 50 };

static uint32_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(seed >> 4) * n) >> 28);
}

static const char *word_of(const struct word_list *list)
{
    return list->words[below((uint32_t)list->n)];
}

static const char *made_name(struct arena *a)
{
    static const char *const part[] = {"ba", "den", "kor",  "li",  "mon", "ra", "shi", "ten",
                                       "vo", "wel", "hart", "son", "ker", "mi", "o",   "fre"};
    return arena_printf(a, "%s%s%s%s", part[below(16)], part[below(16)], part[below(16)],
                        below(2) ? part[below(16)] : "");
}

static struct search_person person(struct arena *a, int i, bool many)
{
    const char *family = many && below(10) < 7 ? made_name(a) : word_of(&sample_families);
    if (below(20) == 0)
        family = arena_printf(a, "%s-%s", family, word_of(&sample_families));
    return (struct search_person){
        .id = arena_printf(a, "019a%04x-%04x-7000-8000-%012x", i >> 16, i & 0xffff, i),
        .ref = arena_printf(a, "PX%05dZ", i),
        .site = below(10) < 7 ? "leicester" : "rutland",
        .given_name = word_of(below(10) ? &sample_men : &sample_women),
        .family_name = family,
        .known_as = below(5) ? NULL : word_of(&sample_nicknames),
        .date_of_birth = arena_printf(a, "%d-%02d-%02d", 1985 + (int)below(25), 1 + (int)below(12),
                                      1 + (int)below(28)),
    };
}

// As people type: two letters the wrong way round, one too few, or one twice.
static const char *misspelt(struct arena *a, const char *name)
{
    size_t n = strlen(name), at = 1 + below((uint32_t)(n > 3 ? n - 2 : 1));
    char *typed = arena_printf(a, "%s ", name);
    switch (below(3)) {
    case 0:
        typed[at] = name[at + 1];
        typed[at + 1] = name[at];
        break;
    case 1:
        memmove(typed + at, typed + at + 1, n - at);
        break;
    default:
        memmove(typed + at + 1, name + at, n - at);
    }
    return typed;
}

// Full names mostly, then a family name alone, or how one begins.
static const char *typed_name(struct arena *a, const struct search_person *p)
{
    const char *family = misspelt(a, p->family_name);
    switch (below(8)) {
    case 0:
        return arena_strndup(a, p->family_name, 4);
    case 1:
    case 2:
        return family;
    default:
        return arena_printf(a, "%s %s", p->given_name, family);
    }
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int measure(const char *words, bool many)
{
    static struct search_person people[PEOPLE];
    static uint64_t took[SEARCHES];
    struct arena *a = arena_new(), *scratch = arena_new();
    struct search_index *idx = search_index_new();
    size_t found = 0;
    seed = 12345;
    for (int i = 0; i < PEOPLE; i++)
        people[i] = person(a, i, many);
    search_index_set(idx, people, PEOPLE);
    struct search_scope scope = {.site = "leicester"};
    for (size_t i = 0; i < SEARCHES; i++) {
        const char *typed = typed_name(scratch, &people[below(PEOPLE)]);
        const struct search_hit *hits;
        uint64_t began = clock_mono_us();
        // Every other by somebody of one site, as the server narrows a search.
        found += search_find(idx, scratch, i % 2 ? &scope : NULL, typed, HITS, &hits) > 0;
        took[i] = clock_mono_us() - began;
        arena_reset(scratch);
    }
    qsort(took, SEARCHES, sizeof(took[0]), by_size);
    printf("%s p50_us %lu p99_us %lu bytes %zu\n", words, (unsigned long)took[SEARCHES / 2],
           (unsigned long)took[SEARCHES * 99 / 100],
           search_index_bytes(idx) / search_index_count(idx));
    search_index_free(idx);
    arena_free(scratch);
    arena_free(a);
    return found > SEARCHES / 2 ? 0 : 1; // a search that finds nobody is no figure
}

int main(void)
{
    return measure("few", false) | measure("many", true);
}
