// SPDX-License-Identifier: MIT
#include "domain/person/identifier.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// The 23 letters of check characters: I, O and S are left out because they are misread.
static const char PNC_LETTERS[] = "ZABCDEFGHJKLMNPQRTUVWXY";
static const char UPN_LETTERS[] = "ABCDEFGHJKLMNPQRTUVWXYZ";

const struct identifier_kind identifier_kinds[] = {
    {"pnc", "PNC number", "2004/0123456X", true},
    {"cro", "CRO number", "123456/04X", true},
    {"crn", "CRN", "X123456", true},
    {"nomis", "NOMIS number", "A1234BC", true},
    {"nhs", "NHS number", "943 476 5919", true},
    {"upn", "UPN", "A123456789012", true},
    {"nino", "National Insurance number", "AB 12 34 56 C", true},
    {"uprn", "UPRN", "100030342890", false},
    {"phone", "phone number", "07700 900123", false},
    {"other", "number", "any text of up to 32 characters", false},
    {NULL, NULL, NULL, false},
};

const struct identifier_kind *identifier_kind(const char *code)
{
    for (const struct identifier_kind *k = identifier_kinds; k->code && code; k++)
        if (strcmp(k->code, code) == 0)
            return k;
    return NULL;
}

// Upper case without blanks and, when `dashes` is set, without hyphens, dots and brackets.
static char *tidy(struct arena *a, const char *typed, bool dashes)
{
    char *out = arena_strdup(a, typed), *to = out;
    for (const char *p = typed; *p; p++) {
        if (isspace((unsigned char)*p) || strncmp(p, "\xc2\xa0", 2) == 0) {
            p += (unsigned char)*p == 0xc2;
            continue;
        }
        if (dashes && strchr("-.()", *p))
            continue;
        *to++ = (char)toupper((unsigned char)*p);
    }
    *to = '\0';
    return out;
}

static bool check_letter_ok(const char *yy, const char *serial, size_t width, char letter)
{
    char digits[16] = "";
    size_t n = strlen(serial);
    memcpy(digits, yy, 2);
    memset(digits + 2, '0', width);
    memcpy(digits + 2 + width - n, serial, n);
    return PNC_LETTERS[strtol(digits, NULL, 10) % 23] == letter;
}

static bool serial_letter(char c)
{
    return c != '\0' && strchr(PNC_LETTERS, c) != NULL;
}

static char *pnc_make(struct arena *a, const char *year, size_t n_year, const char *serial,
                      char letter)
{
    int y = atoi(arena_strndup(a, year, n_year));
    if (n_year == 2) {
        int this_year, m, d;
        date_civil(date_today(), &this_year, &m, &d);
        y += y > this_year % 100 ? 1900 : 2000;
    }
    return arena_printf(a, "%04d/%07ld%c", y, strtol(serial, NULL, 10), letter);
}

// Without a stroke the year may be two digits or four: the one whose check letter fits is meant.
static enum identifier_verdict check_pnc(struct arena *a, char *s, const char **ret)
{
    size_t n = strlen(s);
    if (n < 4 || !serial_letter(s[n - 1]))
        return IDENTIFIER_SHAPE;
    char letter = s[n - 1];
    s[n - 1] = '\0';
    char *stroke = strchr(s, '/');
    size_t digits = strspn(s, "0123456789");
    enum identifier_verdict verdict = IDENTIFIER_SHAPE;
    for (size_t year = 2; year <= 4; year += 2) {
        const char *serial = stroke ? stroke + 1 : s + year;
        if (digits < year || (stroke ? digits != year || stroke != s + year : s[digits] != '\0'))
            continue;
        size_t len = strlen(serial);
        if (len < 1 || len > 7 || strspn(serial, "0123456789") != len)
            continue;
        bool fits = check_letter_ok(s + year - 2, serial, 7, letter);
        if (verdict == IDENTIFIER_OK || (!fits && verdict == IDENTIFIER_WARN))
            continue;
        verdict = fits ? IDENTIFIER_OK : IDENTIFIER_WARN;
        *ret = pnc_make(a, s, year, serial, letter);
    }
    return verdict;
}

static enum identifier_verdict check_cro(struct arena *a, char *s, const char **ret)
{
    size_t n = strlen(s);
    if (strncmp(s, "SF", 2) == 0) {
        size_t serial = strspn(s + 5 - (n < 5 ? 5 - n : 0), "0123456789");
        bool shape =
            n >= 6 && isdigit((unsigned char)s[2]) && isdigit((unsigned char)s[3]) && s[4] == '/' &&
            serial >= 1 && serial <= 6 &&
            (s[5 + serial] == '\0' || (serial_letter(s[5 + serial]) && s[6 + serial] == '\0'));
        if (shape)
            *ret = s;
        return shape ? IDENTIFIER_OK : IDENTIFIER_SHAPE;
    }
    size_t serial = strspn(s, "0123456789");
    if (serial < 1 || serial > 6 || n != serial + 4 || s[serial] != '/' ||
        !isdigit((unsigned char)s[serial + 1]) || !isdigit((unsigned char)s[serial + 2]) ||
        !serial_letter(s[serial + 3]))
        return IDENTIFIER_SHAPE;
    const char *number = arena_strndup(a, s, serial);
    *ret = arena_printf(a, "%06ld/%.3s", strtol(number, NULL, 10), s + serial + 1);
    return check_letter_ok(s + serial + 1, number, 6, s[serial + 3]) ? IDENTIFIER_OK
                                                                     : IDENTIFIER_WARN;
}

// A pattern of A (letter) and 9 (digit).
static bool shaped(const char *s, const char *pattern)
{
    for (; *pattern; s++, pattern++)
        if (*pattern == '9' ? !isdigit((unsigned char)*s) : !(*s >= 'A' && *s <= 'Z'))
            return false;
    return *s == '\0';
}

static enum identifier_verdict check_nhs(char *s)
{
    if (!shaped(s, "9999999999"))
        return IDENTIFIER_SHAPE;
    int sum = 0;
    for (int i = 0; i < 9; i++)
        sum += (s[i] - '0') * (10 - i);
    int check = 11 - sum % 11;
    return (check == 11 ? 0 : check) == s[9] - '0' ? IDENTIFIER_OK : IDENTIFIER_WARN;
}

static enum identifier_verdict check_upn(char *s)
{
    size_t n = strlen(s);
    bool last_letter = n == 13 && serial_letter(s[12]);
    if (n != 13 || !serial_letter(s[0]) || strspn(s + 1, "0123456789") < 11 ||
        !(last_letter || isdigit((unsigned char)s[12])))
        return IDENTIFIER_SHAPE;
    long sum = 0;
    for (int i = 1; i < 13; i++) {
        long value =
            isdigit((unsigned char)s[i]) ? s[i] - '0' : strchr(UPN_LETTERS, s[i]) - UPN_LETTERS;
        sum += value * (i + 1);
    }
    return UPN_LETTERS[sum % 23] == s[0] ? IDENTIFIER_OK : IDENTIFIER_WARN;
}

static enum identifier_verdict check_nino(char *s)
{
    static const char *const never[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
        if (strncmp(s, never[i], 2) == 0)
            return IDENTIFIER_SHAPE;
    bool shape = shaped(s, "AA999999A") && !strchr("DFIQUV", s[0]) && !strchr("DFIOQUV", s[1]) &&
                 s[8] <= 'D';
    return shape ? IDENTIFIER_OK : IDENTIFIER_SHAPE;
}

// +44 form: a mobile number loses its leading nought in every spreadsheet.
static enum identifier_verdict check_phone(struct arena *a, char *s, const char **ret)
{
    bool plus = s[0] == '+';
    char *d = s + plus;
    size_t n = strlen(d);
    if (strspn(d, "0123456789") != n || n < 7 || n > 15)
        return IDENTIFIER_SHAPE;
    if (!plus && strncmp(d, "00", 2) == 0)
        d += 2, plus = true;
    if (plus && strncmp(d, "440", 3) == 0) // +44 (0)7700 ...
        *ret = arena_printf(a, "+44%s", d + 3);
    else if (plus)
        *ret = arena_printf(a, "+%s", d);
    else if (d[0] == '0')
        *ret = arena_printf(a, "+44%s", d + 1);
    else if (n == 10)
        *ret = arena_printf(a, "+44%s", d);
    else
        *ret = d;
    return IDENTIFIER_OK;
}

static enum identifier_verdict check_other(struct arena *a, const char *typed, const char **ret)
{
    size_t count = utf8_count(typed);
    if (count == 0 || count > 32)
        return IDENTIFIER_SHAPE;
    *ret = arena_strdup(a, typed);
    return IDENTIFIER_OK;
}

enum identifier_verdict identifier_check(struct arena *a, const char *kind, const char *typed,
                                         const char **ret_canonical)
{
    if (strcmp(kind, "other") == 0)
        return check_other(a, typed, ret_canonical);
    bool dashes = strcmp(kind, "pnc") != 0 && strcmp(kind, "cro") != 0;
    char *s = tidy(a, typed, dashes);
    if (strcmp(kind, "pnc") == 0)
        return check_pnc(a, s, ret_canonical);
    if (strcmp(kind, "cro") == 0)
        return check_cro(a, s, ret_canonical);
    if (strcmp(kind, "phone") == 0)
        return check_phone(a, s, ret_canonical);
    enum identifier_verdict v = IDENTIFIER_SHAPE;
    if (strcmp(kind, "crn") == 0)
        v = shaped(s, "A999999") ? IDENTIFIER_OK : IDENTIFIER_SHAPE;
    else if (strcmp(kind, "nomis") == 0)
        v = shaped(s, "A9999AA") ? IDENTIFIER_OK : IDENTIFIER_SHAPE;
    else if (strcmp(kind, "nhs") == 0)
        v = check_nhs(s);
    else if (strcmp(kind, "upn") == 0)
        v = check_upn(s);
    else if (strcmp(kind, "nino") == 0)
        v = check_nino(s);
    else if (strcmp(kind, "uprn") == 0)
        v = *s && strlen(s) <= 12 && strspn(s, "0123456789") == strlen(s) ? IDENTIFIER_OK
                                                                          : IDENTIFIER_SHAPE;
    if (v != IDENTIFIER_SHAPE)
        *ret_canonical = s;
    return v;
}

const char *identifier_shape_words(struct arena *a, const char *kind)
{
    const struct identifier_kind *k = identifier_kind(kind);
    assert(k); // words are wanted about a kind that was checked before
    return arena_printf(a, "Enter a %s in the right form, like %s", k->words, k->example);
}

const char *identifier_warn_words(struct arena *a, const char *kind)
{
    const struct identifier_kind *k = identifier_kind(kind);
    assert(k); // words are wanted about a kind that was checked before
    char *words = arena_strdup(a, k->words);
    words[0] = (char)toupper((unsigned char)words[0]);
    return arena_printf(a, "%s: the check character does not fit, so look for a mistyped one",
                        words);
}

size_t identifier_guess(struct arena *a, const char *typed, struct identifier_guess *ret,
                        size_t most)
{
    size_t n = 0;
    for (const struct identifier_kind *k = identifier_kinds; k->code && n < most; k++) {
        const char *canonical;
        if (k->blind && identifier_check(a, k->code, typed, &canonical) != IDENTIFIER_SHAPE)
            ret[n++] = (struct identifier_guess){k->code, canonical};
    }
    return n;
}
