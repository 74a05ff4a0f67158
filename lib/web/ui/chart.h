// SPDX-License-Identifier: MIT
// Charts as SVG, drawn on the server with classes and attributes alone (the content security policy
// forbids styles). Each has a title and a description, and stands beside a table that says the
// same. Sizes are in units of a drawing 400 wide, so that the words stay readable on a phone.
#pragma once

#include "base/arena.h"

#include <stddef.h>

/** A horizontal bar with its label above it and its value behind it. */
struct chart_bar {
    const char *label, *value; // as shown
    int label_y, bar_y, width, value_x, value_y;
};

/** One of many upright columns: all, and the part of them drawn over it. */
struct chart_column {
    int x, y, height, part_y, part_height;
};

struct chart {
    const char *id, *title, *desc;
    int height;
    const struct chart_bar *bars;
    size_t n_bars;
    const struct chart_column *columns;
    size_t n_columns;
    int base_y, column_width;
    const char *most;                   // the top of the scale
    const char *first, *last;           // what the columns begin and end with
    const char *all_label, *part_label; // legend
};

struct chart_datum {
    const char *label;
    long value, part;
};

/** Bars in the order given. `id` is unique on the page. */
const struct chart *chart_bars(struct arena *a, const char *id, const char *title, const char *desc,
                               const struct chart_datum *data, size_t n);
/** Columns from left to right; labels of the first and the last are shown. At most 60. */
const struct chart *chart_columns(struct arena *a, const char *id, const char *title,
                                  const char *desc, const char *all_label, const char *part_label,
                                  const struct chart_datum *data, size_t n);
