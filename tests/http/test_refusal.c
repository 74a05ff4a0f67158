// SPDX-License-Identifier: MIT
#include "http/refusal.h"

#include "test.h"

#include <string.h>

TEST(each_verdict_has_its_answer)
{
    CHECK_INT(refusal_of(GATE_BAD)->status, 400);
    CHECK_INT(refusal_of(GATE_LONG_URI)->status, 414);
    CHECK_INT(refusal_of(GATE_LARGE)->status, 431);
    for (enum gate_verdict v = GATE_BAD; v <= GATE_LARGE; v++)
        CHECK_INT(refusal_of(v)->verdict, v);
}

TEST(every_error_fits_and_needs_no_escape)
{
    for (int e = 0; e < ERR_COUNT; e++) {
        char out[REFUSAL_MAX];
        size_t n = refusal_json(out, (enum err)e, 500);
        CHECK_INT(n, strlen(out));
        CHECK(out[0] == '{' && out[n - 1] == '}');
        CHECK(!strpbrk(err_row((enum err)e)->words, "\"\\\n"));
        CHECK(!strpbrk(err_row((enum err)e)->type, "\"\\\n"));
    }
}

TEST(transport_security_only_over_tls)
{
    CHECK_STR(security_headers(true)->name, "Strict-Transport-Security");
    for (const struct pair *h = security_headers(false); h->name; h++)
        CHECK(strcmp(h->name, "Strict-Transport-Security") != 0);
}

TESTS("http refusal", T(each_verdict_has_its_answer), T(every_error_fits_and_needs_no_escape),
      T(transport_security_only_over_tls))
