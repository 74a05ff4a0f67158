// SPDX-License-Identifier: MIT
// The time to draw a case page with 20 contacts, each with a note of 400 characters.
#include "base/clock.h"
#include "case.gen.h"
#include "web/ui/page.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONTACTS = 20, ROUNDS = 2000, LIMIT_US = 100 };

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    struct arena *a = arena_new();
    char note[401];
    for (int i = 0; i < 400; i++)
        note[i] = "Spoke by phone; isn't sure about the \"course\".\n"[i % 47];
    note[400] = '\0';
    struct ui_timeline_item contacts[CONTACTS];
    for (int i = 0; i < CONTACTS; i++)
        contacts[i] = (struct ui_timeline_item){.label = {.text = "Phone call: spoke"},
                                                .byline = {.text = "Sam O'Neil"},
                                                .timestamp = "2026-11-02T10:30:00Z",
                                                .when = "2 November 2026 at 10:30am",
                                                .text = note};
    const struct page page = {.title = "Jo Bloggs", .user_name = "Sam", .user_role = "Navigator"};
    static uint64_t took[ROUNDS];
    size_t bytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
        arena_reset(a);
        struct buf out;
        buf_init(&out, a);
        uint64_t start = clock_mono_us();
        tpl_bench_case(&out, &page, &(struct ui_timeline_items){contacts, CONTACTS});
        took[i] = clock_mono_us() - start;
        bytes = out.n;
    }
    arena_free(a);
    qsort(took, ROUNDS, sizeof took[0], compare);
    uint64_t median = took[ROUNDS / 2];
    printf("case page: %zu bytes, median %llu us, 99th %llu us, limit %d us\n", bytes,
           (unsigned long long)median, (unsigned long long)took[ROUNDS * 99 / 100], LIMIT_US);
    return median < LIMIT_US ? 0 : 1;
}
