// SPDX-License-Identifier: MIT
// Rows for COPY, a person at a time: a pass calls its `fill` for each person, which adds that
// person's rows of one table. Private to domain/sample*.c.
#pragma once

#include "db/db.h"
#include "sample/plan.h"

struct sample_rows {
    const struct plan *plan;
    const struct plan_person *person;
    struct ctx seal; // its arena holds the person's rows and is emptied for the next one
    const char *site, *participant;
    size_t columns;
    struct db_param *cells;
    size_t n, cap;
};

typedef enum err (*sample_fill)(struct sample_rows *rows);
struct sample_pass {
    const char *words; // what progress says
    enum query query;
    size_t columns;
    sample_fill fill;
};
extern const struct sample_pass sample_person_passes[], sample_case_passes[]; // ended by columns 0

/** Adds a row; the params are copied, what they point to is in the rows' arena. */
void rows_add(struct sample_rows *rows, const struct db_param *cells, size_t n);
#define ROW(rows, ...)                                                                             \
    rows_add((rows), (const struct db_param[]){__VA_ARGS__},                                       \
             sizeof((const struct db_param[]){__VA_ARGS__}) / sizeof(struct db_param))

/** Seals for the person at hand. */
enum err rows_seal(struct sample_rows *rows, enum seal_domain domain, const char *table,
                   const char *row, const char *column, const char *text,
                   struct bytes *ret) MUST_CHECK;
/** Noon of a day, or a minute ago when that is still to come; 0 for 0. Noon UTC is the same day in
 *  England all year. */
int64_t rows_noon(const struct sample_rows *rows, int day);
const char *rows_time(struct sample_rows *rows, int64_t us); // NULL for 0
const char *rows_day(struct sample_rows *rows, int day);     // NULL for 0
