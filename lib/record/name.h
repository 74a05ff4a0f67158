// SPDX-License-Identifier: MIT
// A person's name from the sealed columns given_name and family_name of a row (app.identity).
#pragma once

#include "db/db.h"

/** Opens "Given Family"; NULL when the row has neither. The data key must be in the cache. */
enum err person_name_open(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                          const char *person_id, const char **ret_name) MUST_CHECK;

/** The same in a list of many people, where the row brings `person_id` and the data key
 *  (`wrapped`). NULL when the actor may not see it. */
enum err person_name_load(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                          const char **ret_name) MUST_CHECK;
