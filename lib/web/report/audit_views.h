// SPDX-License-Identifier: MIT
// What the page of the audit log is given.
#pragma once

#include "domain/report/audit_log.h"
#include "web/ui/components.h"
#include "web/ui/page.h"

struct audit_line {
    const char *when, *who, *role, *what, *operation, *people, *remote;
};

struct audit_page_view {
    const struct page *page;
    const struct audit_line *lines;
    size_t n;
    const char *from, *to, *user, *ref, *action, *from_error, *to_error;
    struct ui_options actions;
    const char *next;
    bool filtered;
};
