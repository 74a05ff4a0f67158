// SPDX-License-Identifier: MIT
// The audit log, read only: who looked at or changed what, when. An auditor reads all of it, a manager
// the own site's, everybody else what they did themselves. Looking at it is itself on the log.
#pragma once

#include "access/access.h"
#include "base/field.h"

struct audit_query {
    const char *from, *to, *user, *action, *operation, *ref, *limit, *after;
};
struct audit_event {
    const char *id, *at, *user_name, *role, *site, *action, *operation, *people, *refs, *remote,
        *request_id, *detail;
};
extern const struct field_table audit_query_table, audit_event_table;

struct audit_list {
    struct field_rows rows; // of struct audit_event
    const char *next;
};

enum err audit_list_read(struct ctx *ctx, const struct audit_query *q,
                         struct audit_list *ret) MUST_CHECK;
