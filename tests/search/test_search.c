// SPDX-License-Identifier: MIT
// The name index by itself: what is found and what is not.
#include "search/search.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "search/base.h"

#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct search_index *idx;
static struct arena *a;

static const char *id_of(int n)
{
    return arena_printf(a, "00000000-0000-7000-8000-%012x", n);
}

static void put(int n, const char *site, const char *given, const char *family, const char *known,
                const char *aliases, const char *born)
{
    search_index_put(idx, &(struct search_person){.id = id_of(n),
                                                  .ref = arena_printf(a, "PX%05dZ", n),
                                                  .site = site,
                                                  .given_name = given,
                                                  .family_name = family,
                                                  .known_as = known,
                                                  .aliases = aliases,
                                                  .date_of_birth = born});
}

static void start(void)
{
    a = arena_new();
    idx = search_index_new();
    put(1, "leicester", "Darnell", "Johnson", NULL, NULL, "2004-03-12");
    put(2, "leicester", "Patryk", "\xc5\x81ukasik", "Pat", NULL, "1997-10-28");
    put(3, "rutland", "Siobh\xc3\xa1n",
        "O\xe2\x80\x99"
        "Brien",
        NULL, "{\"Big Sh\",\"Wrecker\"}", "2001-12-03");
    put(4, "leicester", "Mohammed", "Hussain", NULL, NULL, "2003-01-09");
    put(5, "leicester", "John", "Smith-Jones", NULL, NULL, "1999-07-26");
    put(6, "rutland", "J\xc3\xb6rg", "M\xc3\xbcller", NULL, NULL, NULL);
}

static void end(void)
{
    search_index_free(idx);
    arena_free(a);
}

// The number of the first hit, 0 for none.
static int first(const struct search_scope *scope, const char *query)
{
    const struct search_hit *hits;
    size_t n = search_find(idx, a, scope, query, 50, &hits);
    return n ? (int)strtol(hits[0].id + 24, NULL, 16) : 0;
}

static size_t count(const struct search_scope *scope, const char *query)
{
    const struct search_hit *hits;
    return search_find(idx, a, scope, query, 50, &hits);
}

TEST(finds_misspelt_names)
{
    start();
    static const struct {
        const char *typed;
        int who;
    } cases[] = {
        {"Johnson", 1},          {"Jonson", 1},        {"Jhonson", 1},
        {"johnsen", 1},          {"Darnel Jonson", 1}, {"johnson darnell", 1},
        {"JOHNSON, Darnell", 1}, {"Lukasik", 2},       {"\xc5\x82ukasik", 2},
        {"lukasick", 2},         {"Pat", 2},           {"patrik lukasik", 2},
        {"O'Brien", 3},          {"OBrien", 3},        {"o brien", 3},
        {"Siobhan", 3},          {"Shioban", 3},       {"wrecker", 3},
        {"big sh", 3},           {"Mohamed", 4},       {"Muhammad Husain", 4},
        {"Jhon Smith", 5},       {"Jones", 5},         {"smith-jones", 5},
        {"J Smith", 5},          {"Muller", 6},        {"Jorg", 6},
        {"Mueller", 6},          {"Moham", 4},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int got = first(NULL, cases[i].typed);
        if (got != cases[i].who)
            fprintf(stderr, "query %s\n", cases[i].typed);
        CHECK_INT(got, cases[i].who);
    }
    CHECK_INT(count(NULL, "Zbigniew"), 0);
    CHECK_INT(count(NULL, "xq"), 0);
    CHECK_INT(count(NULL, ""), 0);
    CHECK_INT(count(NULL, "   ,; "), 0);
    CHECK_INT(count(NULL, "' - '"), 0);
    end();
}

TEST(finds_by_birth_date_and_reference)
{
    start();
    static const char *const typed[] = {"12/03/2004",    "12.3.04",          "12-Mar-04",
                                        "12 March 2004", "2004-03-12",       "12th mar 04",
                                        "12032004",      "johnson 12/3/2004"};
    for (size_t i = 0; i < 8; i++) {
        if (first(NULL, typed[i]) != 1)
            fprintf(stderr, "query %s\n", typed[i]);
        CHECK_INT(first(NULL, typed[i]), 1);
    }
    // day and month the other way round is a slip people make: the right day comes first
    put(7, "leicester", "Kofi", "Mensah", NULL, NULL, "2001-03-12");
    CHECK_INT(count(NULL, "3/12/2001"), 2);
    CHECK_INT(first(NULL, "3/12/2001"), 3);
    CHECK_INT(first(NULL, "12/3/2001"), 7);
    CHECK_INT(count(NULL, "13/13/2001"), 0);
    end();
}

TEST(stays_inside_the_scope)
{
    start();
    struct search_scope leicester = {.site = "leicester"}, nowhere = {.site = "york"};
    CHECK_INT(first(&leicester, "Siobhan"), 0);
    CHECK_INT(first(&leicester, "Johnson"), 1);
    CHECK_INT(count(&nowhere, "Johnson"), 0);
    const char *own[] = {id_of(3), id_of(5)};
    struct search_scope mine = {.ids = own, .n_ids = 2, .only_ids = true};
    CHECK_INT(first(&mine, "Siobhan"), 3);
    CHECK_INT(count(&mine, "Darnell"), 0);
    struct search_scope none = {.only_ids = true};
    CHECK_INT(count(&none, "Johnson"), 0);
    // 300 people of another site with the very name do not push the one out
    for (int i = 100; i < 400; i++)
        put(i, "rutland", "Darnell", "Johnson", NULL, NULL, NULL);
    CHECK_INT(count(&leicester, "Darnell Johnson"), 1);
    CHECK_INT(first(&leicester, "Darnell Johnson"), 1);
    const struct search_hit *hits;
    CHECK_INT(search_find(idx, a, NULL, "Johnson", 1000, &hits), SEARCH_MOST);
    end();
}

TEST(follows_changes)
{
    start();
    put(1, "leicester", "Darnell", "Okonkwo", NULL, NULL, "2004-03-13");
    CHECK_INT(first(NULL, "Johnson"), 5); // John Smith-Jones is all that is left of the kind
    CHECK_INT(count(NULL, "Johnson"), 1);
    CHECK_INT(first(NULL, "Okonkwo"), 1);
    int64_t days, want;
    CHECK(search_birth_date(idx, id_of(1), &days));
    CHECK(date_parse("2004-03-13", &want));
    CHECK_INT(days, want);
    CHECK(!search_birth_date(idx, id_of(6), &days));
    CHECK(!search_birth_date(idx, id_of(99), &days));
    size_t before = search_index_count(idx);
    search_index_put(idx, &(struct search_person){.id = id_of(1)});
    CHECK_INT(search_index_count(idx), before - 1);
    CHECK_INT(count(NULL, "Okonkwo"), 0);
    // more changes than the list holds: they are folded into a new base and nothing is lost
    for (int i = 1000; i < 6000; i++)
        put(i % 2500 + 1000, "rutland", "Tobias", i % 2 ? "Winterbourne" : "Achterberg", NULL, NULL,
            NULL);
    CHECK_INT(search_index_count(idx), before - 1 + 2500);
    CHECK_INT(first(NULL, "Lukasik"), 2);
    const struct search_hit *hits;
    CHECK_INT(search_find(idx, a, NULL, "Tobias Winterborne", 200, &hits), 200);
    end();
}

// Jaro-Winkler in thousandths, written plainly: each letter of `b` takes the first free place of
// `a` that has it.
static int jaro_winkler(const char *x, size_t xn, const char *y, size_t yn)
{
    size_t longest = xn > yn ? xn : yn, window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    bool used_x[32] = {false}, used_y[32] = {false};
    double m = 0, swapped = 0;
    for (size_t j = 0; j < yn; j++) {
        for (size_t i = j > window ? j - window : 0; i <= j + window && i < xn && !used_y[j]; i++) {
            if (x[i] == y[j] && !used_x[i]) {
                used_x[i] = used_y[j] = true;
                m++;
            }
        }
    }
    for (size_t i = 0, j = 0; i < xn; i++) {
        if (!used_x[i])
            continue;
        while (!used_y[j])
            j++;
        swapped += x[i] != y[j++];
    }
    double jaro = m > 0 ? (m / (double)xn + m / (double)yn + (m - swapped / 2) / m) / 3 : 0;
    size_t same = 0;
    while (same < 4 && same < xn && same < yn && x[same] == y[same])
        same++;
    return (int)(1000 * (jaro + 0.1 * (double)same * (1 - jaro)) + 0.5);
}

static int match(const char *x, size_t xn, const char *y, size_t yn, int least)
{
    struct query_word q;
    query_word_set(&q, x, xn, least);
    return search_match(&q, y, yn, search_letters(y, yn));
}

TEST(likeness_is_jaro_winkler)
{
    // Winkler's own examples (1990), rounded to thousandths
    CHECK_INT(match("martha", 6, "marhta", 6, 800), 961);
    CHECK_INT(match("dixon", 5, "dicksonx", 8, 800), 813);
    CHECK_INT(match("dwayne", 6, "duane", 5, 800), 840);
    CHECK_INT(match("abc", 3, "xyz", 3, 1), 0);
    // What passes most names by, and gives up early, must never pass by or change a true match.
    static const char letters[] = "abcdeilmnorst";
    srand(7);
    size_t likes = 0, wrong = 0;
    for (int i = 0; i < 200000; i++) {
        char x[SEARCH_WORD], y[SEARCH_WORD];
        size_t most = i % 10 ? 9 : SEARCH_WORD - 1;
        size_t xn = 2 + (size_t)rand() % most, yn = 2 + (size_t)rand() % most;
        for (size_t k = 0; k < xn; k++)
            x[k] = letters[rand() % 13];
        for (size_t k = 0; k < yn; k++)
            y[k] = rand() % 3 && k < xn ? x[k] : letters[rand() % 13];
        if (xn <= yn && memcmp(x, y, xn) == 0)
            continue; // how a name begins counts by itself
        int like = jaro_winkler(x, xn, y, yn), got = match(x, xn, y, yn, 800);
        likes += like >= 800;
        wrong += got != (like >= 800 ? like : 0);
    }
    CHECK(likes > 10000);
    CHECK_INT(wrong, 0);
}

// ---- many ----

static const char *made_word(uint32_t n)
{
    static const char *const part[] = {"ba", "den", "kor",  "li",  "mon", "ra", "shi", "ten",
                                       "vo", "wel", "hart", "son", "ker", "mi", "o",   "fre"};
    return arena_printf(a, "%s%s%s%s", part[n % 16], part[n / 16 % 16], part[n / 256 % 16],
                        n / 4096 % 4 ? part[n / 4096 % 16] : "");
}

TEST(finds_one_of_100000)
{
    enum { N = 100000, QUERIES = 100 };
    start();
    struct search_person *people = calloc(N, sizeof(*people));
    uint32_t r = 12345;
    for (int i = 0; i < N; i++) {
        uint32_t g = (r = r * 1664525u + 1013904223u) >> 12,
                 f = (r = r * 1664525u + 1013904223u) >> 10;
        people[i] = (struct search_person){.id = id_of(i + 1),
                                           .ref = arena_printf(a, "PX%05dZ", i % 100000),
                                           .site = "leicester",
                                           .given_name = made_word(g % 5000),
                                           .family_name = made_word(f % 60000),
                                           .known_as = i % 5 ? NULL : made_word(g % 3000),
                                           .date_of_birth = "2001-02-03"};
    }
    search_index_set(idx, people, N);
    CHECK_INT(search_index_count(idx), N);
    struct arena *qa = arena_new();
    for (int i = 0; i < QUERIES; i++) {
        const struct search_person *p = &people[i * (N / QUERIES)];
        char *given = arena_strdup(a, p->given_name);
        char swap = given[1];
        given[1] = given[2], given[2] = swap;
        const struct search_hit *hits;
        size_t n =
            search_find(idx, qa, NULL, arena_printf(qa, "%s %s", given, p->family_name), 50, &hits);
        bool found = false;
        for (size_t h = 0; h < n; h++)
            found |= strcmp(hits[h].id, p->id) == 0;
        CHECK(found);
        arena_reset(qa);
    }
    arena_free(qa);
    free(people);
    end();
}

static void *reader(void *arg)
{
    atomic_bool *stop = arg;
    struct arena *mine = arena_new();
    size_t missed = 0;
    while (!atomic_load(stop)) {
        const struct search_hit *hits;
        missed += search_find(idx, mine, NULL, "Patryk Lukasik", 5, &hits) == 0;
        arena_reset(mine);
    }
    arena_free(mine);
    return (void *)missed;
}

TEST(readers_and_a_writer)
{
    start();
    atomic_bool stop = false;
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        CHECK_FATAL(pthread_create(&t[i], NULL, reader, &stop) == 0);
    for (int i = 0; i < 5000; i++)
        put(100 + i, "leicester", "Tobias", "Winterbourne", NULL, NULL, NULL);
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++) {
        void *missed;
        pthread_join(t[i], &missed);
        CHECK(missed == NULL);
    }
    end();
}

TESTS("search", T(finds_misspelt_names), T(finds_by_birth_date_and_reference),
      T(stays_inside_the_scope), T(follows_changes), T(likeness_is_jaro_winkler),
      T(finds_one_of_100000), T(readers_and_a_writer))
