// SPDX-License-Identifier: MIT
// The status card: what police, probation and youth justice ask. One round trip; the status comes from
// the one SQL function (app.engagement_status), never from a stored value.
#pragma once

#include "domain/person/file.h"

struct status_card {
    const char *ref, *status, *since, *basis, *last_contact, *next_contact_due, *worker;
    const struct field_rows *flags;
};
extern const struct field_table status_card_table;

/** The card and the person's header in one round trip, audited as a look at the status. */
enum err status_card_read(struct ctx *ctx, const char *ref, struct person_file *ret_file,
                          struct status_card *ret) MUST_CHECK;
