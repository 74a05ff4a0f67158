// SPDX-License-Identifier: MIT
// The composition root: THE route table, and what runs beside requests (the name index kept fresh,
// the export job worker).
#pragma once

#include "config/config.h"
#include "http/route.h"

struct app;

const struct route_table *app_route_table(void);

/** Starts the background threads: name index and jobs. They wait by themselves for a database that is
 *  not there. */
enum err app_start(struct ctx *ctx, const struct config *config, struct keys *keys,
                   struct app **ret) MUST_CHECK;
void app_stop(struct app *app);
