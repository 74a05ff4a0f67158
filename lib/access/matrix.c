// SPDX-License-Identifier: MIT
#include "access/access.h"

#include <string.h>

#define NO SCOPE_NO
#define OWN SCOPE_OWN
#define TEAM SCOPE_TEAM
#define AGENCY SCOPE_AGENCY
#define SITE SCOPE_SITE
#define ALL SCOPE_ALL

static const struct permission_row permissions[PERM_COUNT] = {
    [PERM_NONE] = {"", "", {NO}},
#define PERMISSION(code, words, ...) [PERM_##code] = {#code, words, {__VA_ARGS__}},
#include "access/access.def"
#undef PERMISSION
};

static const struct audit_row actions[AUDIT_COUNT] = {
    [AUDIT_NONE] = {"", "", ""},
#define AUDIT(code, operation, words) [AUDIT_##code] = {#code, operation, words},
#include "access/audit.def"
#undef AUDIT
};

static const char *const roles[ROLE_COUNT] = {
    [ROLE_NAVIGATOR] = "navigator",
    [ROLE_TEAM_LEAD] = "team_lead",
    [ROLE_MANAGER] = "manager",
    [ROLE_POLICE] = "police",
    [ROLE_PROBATION] = "probation",
    [ROLE_YOUTH_JUSTICE] = "youth_justice",
    [ROLE_PROVIDER] = "provider",
    [ROLE_EVALUATOR] = "evaluator",
    [ROLE_TRIAL_MANAGER] = "trial_manager",
    [ROLE_ADMINISTRATOR] = "administrator",
    [ROLE_AUDITOR] = "auditor",
};

static const char *const scopes[] = {
    [SCOPE_NO] = "no",         [SCOPE_OWN] = "own",   [SCOPE_TEAM] = "team",
    [SCOPE_AGENCY] = "agency", [SCOPE_SITE] = "site", [SCOPE_ALL] = "all",
};

const struct permission_row *permission_row(enum permission p)
{
    return &permissions[p < PERM_COUNT ? p : PERM_NONE];
}

const struct audit_row *audit_row(enum audit_action a)
{
    return &actions[a < AUDIT_COUNT ? a : AUDIT_NONE];
}

const char *role_code(enum role r)
{
    return r < ROLE_COUNT ? roles[r] : "";
}

bool role_find(const char *code, enum role *ret)
{
    for (size_t i = 0; code && i < ROLE_COUNT; i++) {
        if (strcmp(roles[i], code) == 0) {
            *ret = (enum role)i;
            return true;
        }
    }
    return false;
}

const char *scope_code(enum scope s)
{
    return s <= SCOPE_ALL ? scopes[s] : "";
}
