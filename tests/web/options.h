// SPDX-License-Identifier: MIT
// Maps the JSON options of a component fixture onto its option struct, by tables.
#pragma once

#include "base/arena.h"
#include "base/buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum option_kind {
    OPT_TEXT,      // const char *; numbers and booleans in decimal and words
    OPT_TEXT_OFF,  // const char *; false is ""
    OPT_HTML,      // struct html
    OPT_BOOL,      // bool
    OPT_SAID,      // enum ui_said
    OPT_INT,       // int
    OPT_ATTRS,     // const struct attr *, from an object
    OPT_SUB,       // an embedded struct, from an object
    OPT_DATE_PART, // struct ui_date_item; false leaves it out
    OPT_LIST,      // {items, count} of structs, from an array; null and false are empty items
    OPT_ROWS,      // {items, count} of {items, count}, from an array of arrays
    OPT_VALUES,    // struct ui_values, from an array of texts
    OPT_PASS,      // only MoJ's own template uses it
    OPT_SLOT_END,  // struct ui_slots's end and end_inline, from a text or {html, align}
};

struct option_table;

struct option {
    const char *json;
    enum option_kind kind;
    size_t offset;
    const struct option_table *sub;
};

struct option_table {
    const struct option *rows;
    size_t n;
    size_t size;
};

struct component {
    const char *folder; // of the fixtures
    const struct option_table *options;
    void (*draw)(struct buf *out, const void *options);
};

/** The component of that folder, or NULL. */
const struct component *component_find(const char *folder);
extern const struct component components[];
extern const size_t components_count;

struct option_map {
    struct arena *arena;
    char unknown[256]; // path of the first option that no table has, or ""
};

/** Fills the struct; false if an option is unknown or of a shape that the tables do not have. */
bool options_map(struct option_map *m, const struct option_table *t, json_t *options, void *ret);
