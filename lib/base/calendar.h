// SPDX-License-Identifier: MIT
// Dates without a time: the proleptic Gregorian calendar of the years 1 to 9999, as days since
// 1970-01-01, as YYYY-MM-DD, in words, and as people type them. Nothing here looks at a clock or a time
// zone: what today is, a caller says. Pure functions.
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

/** Days since 1970-01-01; false if there is no such date. */
bool date_days(int y, int m, int d, int64_t *ret_days);
void date_civil(int64_t days, int *y, int *m, int *d);
/** Strict YYYY-MM-DD. */
bool date_parse(const char *s, int64_t *ret_days);
/** The same at the beginning of a longer text: *s moves past it when it is one. */
bool date_scan(const char **s, int64_t *ret_days);
/** Exactly n digits at *s, which then points past them; -1 if they are not there. */
int date_digits(const char **s, int n);
/** The character c at *s, which then points past it. */
bool date_char(const char **s, char c);
char *date_iso(struct arena *a, int64_t days);
/** "2 November 2026"; what is no date as it is, and "" for NULL. */
char *date_words(struct arena *a, const char *iso);

/** "January" to "December" for 1 to 12. */
const char *month_name(int m);
/** 1 to 12 for a month's name or its first three letters or more, in any case; 0 if it is none. */
int month_named(const char *word, size_t n);
/** The same, or a number from 1 to 12 of one or two digits. */
int month_typed(const char *s);
/**
 * A date as it is typed: 7-Nov-01, 7.11.2001, 7th november 2001, 07112001, 2001-11-07. Two digits of a
 * year mean the last hundred years up to the year of `today` (days): the dates are of birth, or past.
 */
bool date_typed(const char *typed, int64_t today, int64_t *ret_days);
