// SPDX-License-Identifier: MIT
// Patterns of dates, times and lengths in a mapping: "{d}/{m}/{yyyy}", "{h}{ampm}", "{h}h{min}".
// {serial} is a spreadsheet's day number (its fraction, the time, is passed over), {hours} a number
// of hours such as 1.5, {hhmm} a time such as 0930. A blank fits any number of blanks; other
// characters are themselves. Pure functions.
#pragma once

#include <stdbool.h>

struct pattern_parts {
    long day, month, year, hour, minute, second, serial; // -1 where the pattern has none
    long hours;                                          // {hours}, in minutes
    bool short_year;                                     // two digits
    int half;                                            // 0 none, 1 am, 2 pm
};

/** NULL, or what is wrong with the pattern. */
const char *pattern_check(const char *pattern);
/** Whether all of `text` (folded, see map_fold) fits. */
bool pattern_match(const char *pattern, const char *text, struct pattern_parts *ret);
