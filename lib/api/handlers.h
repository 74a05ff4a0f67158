// SPDX-License-Identifier: MIT
// What rows of THE route table (lib/app/routes.def) name: handlers, and the resources that the first
// four of them serve (api/resource.h).
#pragma once

#include "http/route.h"

/** One record; a list; a POST that creates, with its Location and the stored answer for a retry; a
 *  step or change that answers the record as it is then. */
enum err api_read(struct request *r, struct response *res);
enum err api_list(struct request *r, struct response *res);
enum err api_create(struct request *r, struct response *res);
enum err api_move(struct request *r, struct response *res);

enum err api_session_create(struct request *r, struct response *res);
enum err api_session_end(struct request *r, struct response *res);
enum err api_me(struct request *r, struct response *res);
enum err api_export_file(struct request *r, struct response *res);
enum err api_openapi(struct request *r, struct response *res);

extern const struct resource api_participant, api_people, api_status, api_stage, api_offer,
    api_flag, api_assignment, api_contact, api_correction, api_referral, api_session,
    api_escalation, api_export, api_user, api_agency, api_audit, api_report;
