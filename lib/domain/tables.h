// SPDX-License-Identifier: MIT
// Every field table that a route names. Each is defined beside its domain functions.
#pragma once

#include "base/field.h"

extern const struct field_table sign_in_input_table, password_input_table; // domain/account.c
extern const struct field_table participant_input_table, stage_input_table, offer_input_table,
    flag_input_table, assign_input_table;                                   // domain/participant*.c
extern const struct field_table participant_table, participant_added_table; // domain/details_fields.c
extern const struct field_table status_card_table, stage_now_table, offer_saved_table, flag_table,
    assigned_table;                       // domain/engagement.c, stage.c, flag.c, assign.c
extern const struct field_table contact_input_table, contact_correction_table, contact_table,
    contact_saved_table, contact_query_table;                                // domain/contact_fields.c
extern const struct field_table referral_input_table, referral_move_table, session_input_table,
    referral_table, referral_row_table, referral_saved_table, session_saved_table,
    referral_query_table;                                                    // domain/referral_fields.c
extern const struct field_table escalation_input_table, escalation_move_table, action_input_table,
    escalation_table, escalation_row_table, escalation_saved_table,
    escalation_query_table;                                                  // domain/escalation_fields.c
extern const struct field_table import_input_table;                          // domain/import_desk.c
extern const struct field_table export_input_table, export_saved_table, export_table,
    export_query_table;                                                      // domain/export.c
extern const struct field_table report_table;                                // domain/report.c
extern const struct field_table audit_event_table, audit_query_table;       // domain/audit_log.c
extern const struct field_table user_table, user_query_table, agency_table,
    agency_query_table;                                                      // domain/user_fields.c
extern const struct field_table user_input_table, user_change_table, agency_input_table,
    team_input_table;                                                        // domain/user.c
extern const struct field_table people_query_table, person_item_table;           // domain/people.c
