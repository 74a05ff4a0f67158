// SPDX-License-Identifier: MIT
// Page handlers, one per row of THE route table (lib/app/routes.def), which says what each is for.
#pragma once

#include "http/route.h"

enum err web_sign_in_form(struct request *r, struct response *res);
enum err web_sign_in(struct request *r, struct response *res);
enum err web_sign_out(struct request *r, struct response *res);
enum err web_home(struct request *r, struct response *res);
enum err web_account(struct request *r, struct response *res);
enum err web_password_change(struct request *r, struct response *res);
enum err web_help(struct request *r, struct response *res);
enum err web_asset(struct request *r, struct response *res);
enum err web_participant_list(struct request *r, struct response *res);
enum err web_participant_new(struct request *r, struct response *res);
enum err web_participant_create(struct request *r, struct response *res);
enum err web_case(struct request *r, struct response *res);
enum err web_status(struct request *r, struct response *res);
enum err web_details(struct request *r, struct response *res);
enum err web_details_edit(struct request *r, struct response *res);
enum err web_details_save(struct request *r, struct response *res);
enum err web_stage(struct request *r, struct response *res);
enum err web_stage_save(struct request *r, struct response *res);
enum err web_offer_new(struct request *r, struct response *res);
enum err web_offer_create(struct request *r, struct response *res);
enum err web_flag_new(struct request *r, struct response *res);
enum err web_flag_create(struct request *r, struct response *res);
enum err web_flag_end(struct request *r, struct response *res);
enum err web_assign(struct request *r, struct response *res);
enum err web_assign_save(struct request *r, struct response *res);
enum err web_caseloads(struct request *r, struct response *res);
enum err web_contact_list(struct request *r, struct response *res);
enum err web_contact_new(struct request *r, struct response *res);
enum err web_contact_create(struct request *r, struct response *res);
enum err web_contact_show(struct request *r, struct response *res);
enum err web_contact_correct(struct request *r, struct response *res);
enum err web_contact_correct_save(struct request *r, struct response *res);
enum err web_referral_list(struct request *r, struct response *res);
enum err web_referral_show(struct request *r, struct response *res);
enum err web_referral_new(struct request *r, struct response *res);
enum err web_referral_create(struct request *r, struct response *res);
enum err web_referral_move(struct request *r, struct response *res);
enum err web_referral_session(struct request *r, struct response *res);
enum err web_escalation_list(struct request *r, struct response *res);
enum err web_escalation_show(struct request *r, struct response *res);
enum err web_escalation_new(struct request *r, struct response *res);
enum err web_escalation_create(struct request *r, struct response *res);
enum err web_escalation_move(struct request *r, struct response *res);
enum err web_escalation_action(struct request *r, struct response *res);
enum err web_reports(struct request *r, struct response *res);
enum err web_export_list(struct request *r, struct response *res);
enum err web_export_create(struct request *r, struct response *res);
enum err web_export_show(struct request *r, struct response *res);
enum err web_export_file(struct request *r, struct response *res);
enum err web_user_list(struct request *r, struct response *res);
enum err web_user_new(struct request *r, struct response *res);
enum err web_user_create(struct request *r, struct response *res);
enum err web_user_show(struct request *r, struct response *res);
enum err web_user_save(struct request *r, struct response *res);
enum err web_user_disable(struct request *r, struct response *res);
enum err web_user_enable(struct request *r, struct response *res);
enum err web_user_reset(struct request *r, struct response *res);
enum err web_agency_list(struct request *r, struct response *res);
enum err web_agency_create(struct request *r, struct response *res);
enum err web_team_create(struct request *r, struct response *res);
enum err web_audit(struct request *r, struct response *res);
