// SPDX-License-Identifier: MIT
#include "test.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

void test_check_int(long long got, long long want, const char *expr, const char *file, int line)
{
    if (got != want)
        fprintf(stderr, "%s:%d: %s is %lld, expected %lld\n", file, line, expr, got, want);
    CU_assertImplementation(got == want, (unsigned)line, expr, file, "", CU_FALSE);
}

void test_check_str(const char *got, const char *want, const char *expr, const char *file, int line)
{
    int same = got && want ? strcmp(got, want) == 0 : got == want;
    if (!same)
        fprintf(stderr, "%s:%d: %s is \"%s\", expected \"%s\"\n", file, line, expr,
                got ? got : "(null)", want ? want : "(null)");
    CU_assertImplementation(same, (unsigned)line, expr, file, "", CU_FALSE);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite(test_area, NULL, NULL);
    for (const struct test *t = test_list; suite && t->name; t++)
        if (!CU_add_test(suite, t->name, t->run))
            return 2;
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures();
    unsigned run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed || !run ? 1 : 0;
}
