// SPDX-License-Identifier: MIT
// The field tables of accounts, agencies and teams.
#include "domain/account/user.h"
#include "record/cursor.h"

#define IN(s, member) .name = #member, .offset = offsetof(struct s, member)
#define PLACE_ROWS(s)                                                                              \
    {IN(s, display_name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 120,                 \
     .label = "Name", .help = "What colleagues see."},                                             \
    {IN(s, role), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "role", .label = "Role",   \
     .help = "What the person may see and do."},                                                   \
    {IN(s, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",                            \
     .help = "Left out for people who work for every site."},                                      \
    {IN(s, team), .type = FIELD_UUID, .label = "Team", .help = "Id of a team of the same site."},  \
    {IN(s, agency), .type = FIELD_UUID, .label = "Agency",                                         \
     .help = "Id of the agency: providers and supervisors need one."}

static const struct field input_rows[] = {
    {IN(user_input, username), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 2, .max = 64,
     .label = "Username", .help = "Letters, numbers, dots, hyphens; does not change."},
    PLACE_ROWS(user_input),
};
const struct field_table user_input_table = FIELD_TABLE("UserInput", struct user_input, input_rows);

static const struct field change_rows[] = {PLACE_ROWS(user_change)};
const struct field_table user_change_table =
    FIELD_TABLE("UserChange", struct user_change, change_rows);

static const struct field agency_rows_in[] = {
    {IN(agency_input, name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 120,
     .label = "Name of the agency", .help = "What people call it."},
    {IN(agency_input, kind), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "agency_kind",
     .label = "Kind of agency", .help = "Providers can be sent referrals."},
    {IN(agency_input, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Left out when it works at every site."},
};
const struct field_table agency_input_table =
    FIELD_TABLE("AgencyInput", struct agency_input, agency_rows_in);

static const struct field team_rows_in[] = {
    {IN(team_input, name), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 120,
     .label = "Name of the team", .help = "What people call it."},
    {IN(team_input, site), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "site",
     .label = "Site", .help = "Where it works."},
    {IN(team_input, agency), .type = FIELD_UUID, .label = "Agency", .help = "Whose team it is."},
};
const struct field_table team_input_table = FIELD_TABLE("TeamInput", struct team_input, team_rows_in);

static const struct field user_rows[] = {
    {IN(user, id), .type = FIELD_UUID, .label = "User", .help = "Id of the account."},
    {IN(user, username), .type = FIELD_TEXT, .label = "Username", .help = "For signing in."},
    {IN(user, display_name), .type = FIELD_TEXT, .label = "Name", .help = "What colleagues see."},
    {IN(user, role), .type = FIELD_CODE, .vocab = "role", .label = "Role", .help = "Of the user."},
    {IN(user, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Null for every site."},
    {IN(user, team_id), .type = FIELD_UUID, .label = "Team id", .help = "Of the team."},
    {IN(user, team), .type = FIELD_TEXT, .label = "Team", .help = "By name."},
    {IN(user, agency_id), .type = FIELD_UUID, .label = "Agency id", .help = "Of the agency."},
    {IN(user, agency), .type = FIELD_TEXT, .label = "Agency", .help = "By name."},
    {IN(user, disabled), .type = FIELD_BOOL, .label = "Disabled", .help = "Cannot sign in."},
    {IN(user, must_change_password), .type = FIELD_BOOL, .label = "First password",
     .help = "Must be changed at the next sign-in."},
    {IN(user, created_at), .type = FIELD_TIME, .label = "Added", .help = "When."},
    {IN(user, last_sign_in), .type = FIELD_TIME, .label = "Last sign-in", .help = "When."},
    {IN(user, version), .type = FIELD_INT, .label = "Version", .help = "Counts changes."},
};
const struct field_table user_table = FIELD_TABLE("User", struct user, user_rows);

static const struct field agency_rows[] = {
    {IN(agency, id), .type = FIELD_UUID, .label = "Agency", .help = "Id of the agency."},
    {IN(agency, name), .type = FIELD_TEXT, .label = "Name", .help = "What people call it."},
    {IN(agency, kind), .type = FIELD_CODE, .vocab = "agency_kind", .label = "Kind",
     .help = "Providers can be sent referrals."},
    {IN(agency, site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Null when it works at every site."},
    {IN(agency, version), .type = FIELD_INT, .label = "Version", .help = "Counts changes."},
};
const struct field_table agency_table = FIELD_TABLE("Agency", struct agency, agency_rows);

static const struct field team_rows[] = {
    {IN(team, id), .type = FIELD_UUID, .label = "Team", .help = "Id of the team."},
    {IN(team, name), .type = FIELD_TEXT, .label = "Name", .help = "What people call it."},
    {IN(team, site), .type = FIELD_CODE, .vocab = "site", .label = "Site", .help = "Where it works."},
    {IN(team, agency), .type = FIELD_TEXT, .label = "Agency", .help = "Whose team it is."},
    {IN(team, version), .type = FIELD_INT, .label = "Version", .help = "Counts changes."},
};
const struct field_table team_table = FIELD_TABLE("Team", struct team, team_rows);

#define PAGE_ROWS(s)                                                                               \
    {IN(s, limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",          \
     .help = "Items of a page."},                                                                  \
    {IN(s, after), .type = FIELD_TEXT, .max = 400, .label = "Page",               \
     .help = "The `next` of the page before."}

static const struct field user_query_rows[] = {
    {IN(user_query, q), .type = FIELD_TEXT, .max = 120, .label = "Name or username",
     .help = "Part of either."},
    {IN(user_query, role), .type = FIELD_CODE, .vocab = "role", .label = "Role", .help = "Only these."},
    {IN(user_query, site), .type = FIELD_CODE, .vocab = "site", .label = "Site", .help = "Only its."},
    {IN(user_query, state), .type = FIELD_TEXT, .max = 8, .label = "State",
     .help = "active or disabled."},
    PAGE_ROWS(user_query),
};
const struct field_table user_query_table =
    FIELD_TABLE("UserQuery", struct user_query, user_query_rows);

static const struct field agency_query_rows[] = {
    {IN(agency_query, kind), .type = FIELD_CODE, .vocab = "agency_kind", .label = "Kind",
     .help = "Only these."},
    PAGE_ROWS(agency_query),
};
const struct field_table agency_query_table =
    FIELD_TABLE("AgencyQuery", struct agency_query, agency_query_rows);
