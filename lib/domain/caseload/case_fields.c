// SPDX-License-Identifier: MIT
// The answer about a participant with the case's lists.
#include "domain/caseload/case.h"

#include "domain/person/details_rows.h"
#include "domain/person/flag.h"

#define CASE(member) FIELD_AT(struct participant_case, member)
static const struct field rows[] = {
    PARTICIPANT_ROWS,
    {CASE(flags), .type = FIELD_OBJECTS, .sub = &flag_table, .label = "Safety flags",
     .help = "What everybody who meets the person must know first.", .read = "flag_read"},
    {CASE(contacts), .type = FIELD_OBJECTS, .sub = &contact_table, .label = "Contacts",
     .help = "The last 20, newest first.", .read = "contact_read"},
    {CASE(referrals), .type = FIELD_OBJECTS, .sub = &case_referral_table, .label = "Referrals",
     .help = "The open ones.", .read = "referral_read"},
    {CASE(escalations), .type = FIELD_OBJECTS, .sub = &case_escalation_table, .label = "Escalations",
     .help = "The open ones.", .read = "escalation_read"},
};
const struct field_table participant_case_table =
    FIELD_TABLE("Participant", struct participant_case, rows);
