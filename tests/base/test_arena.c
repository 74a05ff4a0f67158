// SPDX-License-Identifier: MIT
#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "test.h"

#include <stdint.h>
#include <string.h>

static bool all_zero(const void *p, size_t n)
{
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++)
        if (b[i])
            return false;
    return true;
}

TEST(gives_zeroed_aligned_memory)
{
    struct arena *a = arena_new();
    for (size_t n = 0; n < 300; n++) {
        char *p = arena_alloc(a, n);
        CHECK_INT((uintptr_t)p % 16, 0);
        CHECK(all_zero(p, n));
        memset(p, 0xa5, n);
    }
    arena_free(a);
}

TEST(reset_wipes_what_was_written)
{
    struct arena *a = arena_new();
    char *p = arena_alloc(a, 4000);
    memset(p, 'x', 4000);
    arena_reset(a);
    // The first block is kept, so its memory may still be looked at.
    CHECK(all_zero(p, 4000));
    CHECK(arena_alloc(a, 4000) == p);
    CHECK(all_zero(p, 4000));
    arena_free(a);
}

TEST(reset_returns_the_large_blocks)
{
    struct arena *a = arena_new();
    arena_alloc(a, 10);
    size_t small = arena_size(a);
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(a, 100000), 1, 100000);
    CHECK(arena_size(a) >= 100 * 100000);
    arena_reset(a);
    CHECK_INT(arena_size(a), small);
    arena_free(a);
}

TEST(a_first_allocation_too_large_for_the_first_block)
{
    struct arena *a = arena_new();
    char *p = arena_alloc(a, 5 * 1024 * 1024);
    p[5 * 1024 * 1024 - 1] = 1;
    arena_reset(a);
    CHECK(arena_size(a) <= 64 * 1024);
    CHECK_STR(arena_strdup(a, "again"), "again");
    arena_free(a);
}

static int order[3], ordered;

static void note(void *p)
{
    order[ordered++] = *(int *)p;
}

TEST(defers_run_last_first_and_once)
{
    static int one = 1, two = 2, three = 3;
    struct arena *a = arena_new();
    ordered = 0;
    arena_defer(a, note, &one);
    arena_defer(a, note, &two);
    arena_defer(a, note, &three);
    arena_reset(a);
    CHECK_INT(ordered, 3);
    CHECK(order[0] == 3 && order[1] == 2 && order[2] == 1);
    arena_free(a);
    CHECK_INT(ordered, 3);
    arena_free(NULL);
}

TEST(grows_in_place_or_moves_and_wipes)
{
    struct arena *a = arena_new();
    char *p = arena_grow(a, NULL, 0, 100);
    memset(p, 's', 100);
    CHECK(arena_grow(a, p, 100, 1000) == p);
    memset(p, 's', 1000);
    arena_alloc(a, 1);
    char *q = arena_grow(a, p, 1000, 2000);
    CHECK(q != p);
    CHECK(q[0] == 's' && q[999] == 's' && all_zero(q + 1000, 1000));
    CHECK(all_zero(p, 1000));
    arena_free(a);
}

TEST(makes_texts)
{
    struct arena *a = arena_new();
    char longer[1001];
    memset(longer, 'y', 1000);
    longer[1000] = '\0';
    CHECK_STR(arena_strdup(a, ""), "");
    CHECK_STR(arena_strndup(a, "abcdef", 3), "abc");
    CHECK_STR(arena_printf(a, "%s-%d", "n", 7), "n-7");
    char *s = arena_printf(a, "<%s>", longer);
    CHECK_INT(strlen(s), 1002);
    CHECK(s[1] == 'y' && s[1000] == 'y' && s[1001] == '>');
    for (size_t n = 250; n < 262; n++) // around the size of the stack buffer
        CHECK_INT(strlen(arena_printf(a, "%.*s", (int)n, longer)), n);
    arena_free(a);
}

TEST(buffers_grow_and_end_in_nul)
{
    struct arena *a = arena_new();
    struct buf b;
    buf_init(&b, a);
    buf_add(&b, NULL, 0);
    CHECK_STR(b.p, "");
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%03d,", i);
    CHECK_INT(b.n, 4000);
    CHECK_INT(strlen(b.p), 4000);
    CHECK(strncmp(b.p + 3996, "999,", 5) == 0);
    buf_clear(&b);
    CHECK_STR(b.p, "");
    buf_puts(&b, "it's");
    buf_putc(&b, '!');
    buf_add(&b, "\0z", 2);
    CHECK_INT(b.n, 7);
    CHECK(memcmp(b.p, "it's!\0z", 8) == 0);
    buf_clear(&b);
    char wide[600];
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    buf_printf(&b, "%s|%s", wide, wide);
    CHECK_INT(b.n, 2 * 599 + 1);
    arena_free(a);
}

TEST(context_keeps_field_errors_in_order)
{
    struct ctx ctx = {.arena = arena_new()};
    ctx_field_error(&ctx, "a", "first");
    ctx_field_error(&ctx, "b", "second");
    CHECK_STR(ctx.problem.first->field, "a");
    CHECK_STR(ctx.problem.first->next->message, "second");
    CHECK(ctx.problem.last == ctx.problem.first->next && !ctx.problem.last->next);
    CHECK_INT(ctx_fail(&ctx, ERR_IO, "errno %d", 5), ERR_IO);
    CHECK_STR(ctx.problem.log, "errno 5");
    CHECK_INT(ctx_refuse(&ctx, ERR_CONFLICT, "no %s", "way"), ERR_CONFLICT);
    CHECK_STR(ctx.problem.detail, "no way");
    arena_free(ctx.arena);
}

TEST(every_error_has_its_row)
{
    for (int e = 0; e < ERR_COUNT; e++) {
        const struct err_row *row = err_row((enum err)e);
        CHECK_INT(row->code, e);
        CHECK(row->status >= 200 && row->status < 600);
        CHECK(row->exit_code >= 0 && row->exit_code < 126);
        CHECK((row->exit_code == 0) == (row->status == 200));
        CHECK(row->type[strspn(row->type, "abcdefghijklmnopqrstuvwxyz-")] == '\0');
        CHECK(strlen(row->words) > 3);
    }
    CHECK_INT(err_row((enum err)9999)->code, ERR_INTERNAL);
    CHECK_STR(err_row(ERR_STALE)->name, "STALE");
}

TESTS("arena", T(gives_zeroed_aligned_memory), T(reset_wipes_what_was_written),
      T(reset_returns_the_large_blocks), T(a_first_allocation_too_large_for_the_first_block),
      T(defers_run_last_first_and_once), T(grows_in_place_or_moves_and_wipes), T(makes_texts),
      T(buffers_grow_and_end_in_nul), T(context_keeps_field_errors_in_order),
      T(every_error_has_its_row))
