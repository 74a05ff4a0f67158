// SPDX-License-Identifier: MIT
// Navigation: one table for every role. A row is shown to whoever holds its permission.
#include "web/ui/view.h"

#include <string.h>

static const struct {
    const char *text, *href;
    enum permission permission;
} rows[] = {
    {"Home", "/", PERM_self},
    {"People", "/participants", PERM_participant_find},
    {"Caseloads", "/caseloads", PERM_caseload_read},
    {"Referrals", "/referrals", PERM_referral_read},
    {"Escalations", "/escalations", PERM_escalation_read},
    {"Import", "/imports", PERM_import_write},
    {"Reports", "/reports", PERM_report_read},
    {"Exports", "/exports", PERM_export_log},
    {"Users", "/users", PERM_user_read},
    {"Agencies and teams", "/agencies", PERM_user_read},
    {"Audit log", "/audit", PERM_audit_read},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool in_section(const char *path, const char *href)
{
    size_t n = strlen(href);
    return n > 1 && strncmp(path, href, n) == 0 && path[n] == '/';
}

struct ui_nav_items nav_items(struct request *r)
{
    struct ui_nav_item *items = ARENA_ARRAY(r->ctx.arena, struct ui_nav_item, ROWS);
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++) {
        if (!actor_may(r->ctx.actor, rows[i].permission))
            continue;
        items[n++] = (struct ui_nav_item){
            .text = rows[i].text,
            .href = rows[i].href,
            .current = r->path && strcmp(r->path, rows[i].href) == 0,
            .active = r->path && in_section(r->path, rows[i].href),
        };
    }
    return (struct ui_nav_items){items, n};
}

const char *role_words(enum role role)
{
    static const char *const words[ROLE_COUNT] = {
        [ROLE_NAVIGATOR] = "Navigator",
        [ROLE_TEAM_LEAD] = "Team lead",
        [ROLE_MANAGER] = "Manager",
        [ROLE_POLICE] = "Police",
        [ROLE_PROBATION] = "Probation",
        [ROLE_YOUTH_JUSTICE] = "Youth justice",
        [ROLE_PROVIDER] = "Provider",
        [ROLE_EVALUATOR] = "Evaluator",
        [ROLE_TRIAL_MANAGER] = "Trial manager",
        [ROLE_ADMINISTRATOR] = "Administrator",
        [ROLE_AUDITOR] = "Auditor",
    };
    return (unsigned)role < ROLE_COUNT ? words[role] : "";
}
