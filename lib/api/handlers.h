// SPDX-License-Identifier: MIT
// API handlers, one per row of THE route table (lib/app/routes.def), which says what each is for.
#pragma once

#include "http/route.h"

enum err api_session_create(struct request *r, struct response *res);
enum err api_session_end(struct request *r, struct response *res);
enum err api_me(struct request *r, struct response *res);
enum err api_participant_list(struct request *r, struct response *res);
enum err api_participant_create(struct request *r, struct response *res);
enum err api_participant_get(struct request *r, struct response *res);
enum err api_participant_patch(struct request *r, struct response *res);
enum err api_status(struct request *r, struct response *res);
enum err api_stage(struct request *r, struct response *res);
enum err api_offer_create(struct request *r, struct response *res);
enum err api_flag_list(struct request *r, struct response *res);
enum err api_flag_create(struct request *r, struct response *res);
enum err api_assign(struct request *r, struct response *res);
enum err api_contact_list(struct request *r, struct response *res);
enum err api_contact_create(struct request *r, struct response *res);
enum err api_contact_get(struct request *r, struct response *res);
enum err api_contact_correct(struct request *r, struct response *res);
enum err api_person_referral_list(struct request *r, struct response *res);
enum err api_referral_create(struct request *r, struct response *res);
enum err api_referral_list(struct request *r, struct response *res);
enum err api_referral_get(struct request *r, struct response *res);
enum err api_referral_move(struct request *r, struct response *res);
enum err api_referral_session(struct request *r, struct response *res);
enum err api_person_escalation_list(struct request *r, struct response *res);
enum err api_escalation_create(struct request *r, struct response *res);
enum err api_escalation_list(struct request *r, struct response *res);
enum err api_escalation_get(struct request *r, struct response *res);
enum err api_escalation_move(struct request *r, struct response *res);
enum err api_export_create(struct request *r, struct response *res);
enum err api_export_list(struct request *r, struct response *res);
enum err api_export_get(struct request *r, struct response *res);
enum err api_export_file(struct request *r, struct response *res);
enum err api_user_list(struct request *r, struct response *res);
enum err api_agency_list(struct request *r, struct response *res);
enum err api_audit_list(struct request *r, struct response *res);
enum err api_reports(struct request *r, struct response *res);
enum err api_openapi(struct request *r, struct response *res);
