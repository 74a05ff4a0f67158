// SPDX-License-Identifier: MIT
// Expected values follow DOMAIN rules: the check letters are worked out by hand in the comments.
#include "domain/person/identifier.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

static struct arena *a;

static void is(const char *kind, const char *typed, enum identifier_verdict want,
               const char *canonical)
{
    const char *got = NULL;
    enum identifier_verdict v = identifier_check(a, kind, typed, &got);
    if (v != want)
        fprintf(stderr, "%s %s\n", kind, typed);
    CHECK_INT(v, want);
    CHECK_STR(got, canonical);
}

TEST(pnc)
{
    a = arena_new();
    // 040123456 mod 23: 23 * 1744498 = 40123454, remainder 2 -> B
    is("pnc", "2004/0123456B", IDENTIFIER_OK, "2004/0123456B");
    is("pnc", " 2004/123456b ", IDENTIFIER_OK, "2004/0123456B");
    is("pnc", "04/123456B", IDENTIFIER_OK, "2004/0123456B");
    is("pnc", "20040123456B", IDENTIFIER_OK, "2004/0123456B");
    is("pnc", "04123456B", IDENTIFIER_OK, "2004/0123456B");
    is("pnc", "2004/0123456X", IDENTIFIER_WARN, "2004/0123456X");
    // 980000001 mod 23: 23 * 42608695 = 979999985, remainder 16 -> R; a two-digit year ahead of
    // today's belongs to the last century
    is("pnc", "98/1R", IDENTIFIER_OK, "1998/0000001R");
    is("pnc", "2004/0123456I", IDENTIFIER_SHAPE, NULL);
    is("pnc", "2004/0123456O", IDENTIFIER_SHAPE, NULL);
    is("pnc", "2004/0123456S", IDENTIFIER_SHAPE, NULL);
    is("pnc", "2004/12345678B", IDENTIFIER_SHAPE, NULL);
    is("pnc", "204/123456B", IDENTIFIER_SHAPE, NULL);
    is("pnc", "2004/B", IDENTIFIER_SHAPE, NULL);
    is("pnc", "2004//1B", IDENTIFIER_SHAPE, NULL);
    is("pnc", "", IDENTIFIER_SHAPE, NULL);
    arena_free(a);
}

TEST(cro)
{
    a = arena_new();
    // 04123456 mod 23: 23 * 179280 = 4123440, remainder 16 -> R
    is("cro", "123456/04R", IDENTIFIER_OK, "123456/04R");
    // 98000001 mod 23: 23 * 4260869 = 97999987, remainder 14 -> P
    is("cro", "1/98P", IDENTIFIER_OK, "000001/98P");
    is("cro", "123456/04Z", IDENTIFIER_WARN, "123456/04Z");
    is("cro", "SF98/12345", IDENTIFIER_OK, "SF98/12345");
    is("cro", "sf98/12345h", IDENTIFIER_OK, "SF98/12345H");
    is("cro", "SF98/", IDENTIFIER_SHAPE, NULL);
    is("cro", "SF", IDENTIFIER_SHAPE, NULL);
    is("cro", "SF9", IDENTIFIER_SHAPE, NULL);
    is("cro", "1234567/04R", IDENTIFIER_SHAPE, NULL);
    is("cro", "123456/04S", IDENTIFIER_SHAPE, NULL);
    is("cro", "123456/4R", IDENTIFIER_SHAPE, NULL);
    arena_free(a);
}

TEST(probation_and_prison)
{
    a = arena_new();
    is("crn", "x123456", IDENTIFIER_OK, "X123456");
    is("crn", "X12345", IDENTIFIER_SHAPE, NULL);
    is("crn", "1X23456", IDENTIFIER_SHAPE, NULL);
    is("crn", "X1234567", IDENTIFIER_SHAPE, NULL);
    is("nomis", "A1234BC", IDENTIFIER_OK, "A1234BC");
    is("nomis", "a1234 bc", IDENTIFIER_OK, "A1234BC");
    is("nomis", "A12345C", IDENTIFIER_SHAPE, NULL);
    arena_free(a);
}

TEST(nhs)
{
    a = arena_new();
    // 9434765919: 9*10+4*9+3*8+4*7+7*6+6*5+5*4+9*3+1*2 = 299; 299 mod 11 = 2; 11 - 2 = 9
    is("nhs", "943 476 5919", IDENTIFIER_OK, "9434765919");
    is("nhs", "943-476-5918", IDENTIFIER_WARN, "9434765918");
    is("nhs", "943476591", IDENTIFIER_SHAPE, NULL);
    is("nhs", "943476591X", IDENTIFIER_SHAPE, NULL);
    arena_free(a);
}

TEST(upn)
{
    a = arena_new();
    // digits 801200001001 with weights 2..13: 16+0+4+10+0+0+0+0+10+0+0+13 = 53; 53 mod 23 = 7 -> H
    is("upn", "H801200001001", IDENTIFIER_OK, "H801200001001");
    is("upn", "A801200001001", IDENTIFIER_WARN, "A801200001001");
    // the same with a letter last: 40 for the first eleven and B (1) * 13 = 53 -> H
    is("upn", "H80120000100B", IDENTIFIER_OK, "H80120000100B");
    is("upn", "I801200001001", IDENTIFIER_SHAPE, NULL);
    is("upn", "H80120000100S", IDENTIFIER_SHAPE, NULL);
    is("upn", "H80120000100", IDENTIFIER_SHAPE, NULL);
    is("upn", "H8012A0001001", IDENTIFIER_SHAPE, NULL);
    arena_free(a);
}

TEST(nino)
{
    a = arena_new();
    is("nino", "ab 12 34 56 c", IDENTIFIER_OK, "AB123456C");
    is("nino", "AB123456E", IDENTIFIER_SHAPE, NULL);
    is("nino", "AB123456", IDENTIFIER_SHAPE, NULL);
    is("nino", "AO123456C", IDENTIFIER_SHAPE, NULL); // O may not be second
    is("nino", "OA123456C", IDENTIFIER_OK, "OA123456C");
    is("nino", "DA123456C", IDENTIFIER_SHAPE, NULL);
    static const char *const never[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    for (size_t i = 0; i < 7; i++)
        is("nino", arena_printf(a, "%s123456C", never[i]), IDENTIFIER_SHAPE, NULL);
    arena_free(a);
}

TEST(others)
{
    a = arena_new();
    is("uprn", "100030342890", IDENTIFIER_OK, "100030342890");
    is("uprn", "1000303428901", IDENTIFIER_SHAPE, NULL);
    is("uprn", "10003A", IDENTIFIER_SHAPE, NULL);
    is("phone", "07700 900123", IDENTIFIER_OK, "+447700900123");
    is("phone", "7700900123", IDENTIFIER_OK, "+447700900123");
    is("phone", "+44 (0)7700 900123", IDENTIFIER_OK, "+447700900123");
    is("phone", "0044 7700 900123", IDENTIFIER_OK, "+447700900123");
    is("phone", "ring his mum", IDENTIFIER_SHAPE, NULL);
    is("other", "GANG/42 \xc3\xa9", IDENTIFIER_OK, "GANG/42 \xc3\xa9");
    is("other", "12345678901234567890123456789012", IDENTIFIER_OK,
       "12345678901234567890123456789012");
    is("other", "123456789012345678901234567890123", IDENTIFIER_SHAPE, NULL);
    is("nonsense", "1", IDENTIFIER_SHAPE, NULL);
    arena_free(a);
}

TEST(guesses)
{
    a = arena_new();
    struct identifier_guess g[8];
    CHECK_INT(identifier_guess(a, "X123456", g, 8), 1);
    CHECK_STR(g[0].kind, "crn");
    CHECK_INT(identifier_guess(a, "Johnson", g, 8), 0);
    CHECK_INT(identifier_guess(a, "943 476 5919", g, 8), 1);
    CHECK_STR(g[0].kind, "nhs");
    CHECK_STR(g[0].canonical, "9434765919");
    CHECK_INT(identifier_guess(a, "07700 900123", g, 8), 0); // eleven digits
    CHECK_STR(identifier_shape_words(a, "pnc"),
              "Enter a PNC number in the right form, like 2004/0123456X");
    CHECK(strstr(identifier_warn_words(a, "phone"), "Phone number:") != NULL);
    arena_free(a);
}

TESTS("identifier", T(pnc), T(cro), T(probation_and_prison), T(nhs), T(upn), T(nino), T(others),
      T(guesses))
