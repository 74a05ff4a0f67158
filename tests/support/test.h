// SPDX-License-Identifier: MIT
// A thin skin over CUnit: one program per area, tests listed once.
//
//     TEST(arena_wipes) { CHECK_INT(arena_size(a), 0); }
//     TESTS("arena", T(arena_wipes), T(arena_defers))
#pragma once

#include <CUnit/CUnit.h>
#include <stddef.h>

struct test {
    const char *name;
    void (*run)(void);
};

#define TEST(name) static void test_##name(void)
#define T(name) {#name, test_##name}
#define TESTS(area, ...)                                                                           \
    const char *const test_area = area;                                                            \
    const struct test test_list[] = {__VA_ARGS__, {NULL, NULL}};

extern const char *const test_area;
extern const struct test test_list[];

#define CHECK(cond) CU_ASSERT(cond)
#define CHECK_FATAL(cond) CU_ASSERT_FATAL(cond)
#define CHECK_INT(got, want) test_check_int((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define CHECK_STR(got, want) test_check_str((got), (want), #got, __FILE__, __LINE__)

void test_check_int(long long got, long long want, const char *expr, const char *file, int line);
void test_check_str(const char *got, const char *want, const char *expr, const char *file, int line);
