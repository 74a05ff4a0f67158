// SPDX-License-Identifier: MIT
// The server's name index with 100,000 people: how long a search takes where the server runs it, and what
// the index holds a person. Names are as spread as names are: a few that hundreds share, and thousands
// that few have. Prints "p50 MS p99 MS bytes N built SECONDS".
#include "domain/search.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 100000, QUERIES = 4000, GIVEN = 5000, FAMILY = 60000 };

static uint32_t seed = 12345;
static struct arena *a;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)seed * below >> 32);
}

// Small numbers come far more often, as common names do.
static uint32_t draw_common(uint32_t below)
{
    uint32_t x = draw(below), y = draw(below), z = draw(below);
    x = x < y ? x : y;
    return x < z ? x : z;
}

static const char *made_name(uint32_t n)
{
    static const char *const parts[] = {"ma", "dan", "ko", "ra", "bel", "shi", "wil", "son", "ford", "kha",
                                        "ny", "tor", "el", "brad", "hus", "gre", "ley", "mir", "os", "ton"};
    char name[64] = "";
    for (n += 20; n; n /= 20)
        strcat(name, parts[n % 20]);
    *name = (char)(*name - 32);
    return arena_strdup(a, name);
}

static int by_time(const void *x, const void *y)
{
    uint64_t p = *(const uint64_t *)x, q = *(const uint64_t *)y;
    return p < q ? -1 : p > q;
}

// What people type: the whole name, a name alone, letters swapped or left out, the beginning.
static const char *typed(const struct search_person *p, int kind)
{
    char *family = arena_strdup(a, p->family_name);
    size_t n = strlen(family);
    switch (kind % 5) {
    case 0:
        return arena_printf(a, "%s %s", p->given_name, p->family_name);
    case 1:
        return family;
    case 2: {
        char c = family[1];
        family[1] = family[2], family[2] = c;
        return arena_printf(a, "%s %s", p->given_name, family);
    }
    case 3:
        memmove(family + n / 2, family + n / 2 + 1, n - n / 2);
        return arena_printf(a, "%s %s", family, p->given_name);
    default:
        return arena_strndup(a, family, n < 4 ? n : 4);
    }
}

int main(void)
{
    struct search_person *people = calloc(PEOPLE, sizeof(*people));
    struct search_index *idx = search_index_new();
    static uint64_t took[QUERIES];
    a = arena_new();
    struct arena *own = arena_new();
    if (!people)
        return 1;
    for (uint32_t i = 0; i < PEOPLE; i++)
        people[i] = (struct search_person){
            .id = arena_printf(a, "00000000-0000-7000-8000-%012x", i + 1),
            .ref = arena_printf(a, "PX%05uZ", i),
            .site = i % 3 ? "leicester" : "rutland",
            .given_name = made_name(draw_common(GIVEN)),
            .family_name = made_name(draw_common(FAMILY)),
            .known_as = i % 5 ? NULL : made_name(draw(GIVEN)),
            .date_of_birth = arena_printf(a, "%u-%02u-%02u", 1985 + draw(25), 1 + draw(12), 1 + draw(28))};
    uint64_t began = clock_mono_us();
    search_index_set(idx, people, PEOPLE);
    double built = (double)(clock_mono_us() - began) / 1e6;
    size_t found = 0;
    for (int i = 0; i < QUERIES; i++) {
        const char *query = typed(&people[draw(PEOPLE)], i);
        const struct search_hit *hits;
        uint64_t t = clock_mono_us();
        found += search_find(idx, own, NULL, query, 50, &hits) > 0;
        took[i] = clock_mono_us() - t;
        arena_reset(own);
    }
    qsort(took, QUERIES, sizeof(took[0]), by_time);
    printf("p50 %.3f p99 %.3f bytes %.1f built %.3f found %zu of %d\n", (double)took[QUERIES / 2] / 1e3,
           (double)took[QUERIES * 99 / 100] / 1e3, (double)search_index_bytes(idx) / PEOPLE, built, found,
           QUERIES);
    search_index_free(idx);
    free(people);
    arena_free(own);
    arena_free(a);
    return found == QUERIES ? 0 : 1;
}
