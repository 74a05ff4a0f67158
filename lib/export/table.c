// SPDX-License-Identifier: MIT
#include "export/table.h"

#define STUDY                                                                                      \
    {"study_id", EXPORT_STUDY, NULL, true, "Study identifier",                                     \
     "Keyed pseudonym of the participant. The same person has the same identifier in every table " \
     "and in every export of this installation."}

static const struct export_variable participants[] = {
    STUDY,
    {"site", EXPORT_CODE, "site", true, "Site", "Site that delivers the programme to the person."},
    {"started_on", EXPORT_DATE, NULL, true, "Date started",
     "Day the person came to the programme."},
    {"age_at_start", EXPORT_AGE, NULL, false, "Age at start",
     "Whole years on the day of started_on. Empty when the birth date is not known."},
    {"sex", EXPORT_SEALED, "sex", false, "Sex", "Sex as recorded by the police."},
    {"gender", EXPORT_SEALED, "gender", false, "Gender", "Gender as the person describes it."},
    {"ethnicity", EXPORT_SEALED, "ethnicity", false, "Self-defined ethnicity",
     "Police 18+1 codes and the list of the census of 2021."},
    {"supervision", EXPORT_CODE, "supervision", true, "Supervision",
     "Who supervises the person under a court order or licence, at the cut-off."},
    {"worker_id", EXPORT_WORKER, NULL, false, "Named worker",
     "Keyed pseudonym of the named worker at the cut-off. The same worker has the same identifier "
     "in every table."},
    {"stage", EXPORT_CODE, "stage", true, "Stage", "Stage of delivery at the cut-off."},
    {"stage_on", EXPORT_DATE, NULL, false, "Date of stage", "Day of the latest change of stage."},
    {"offered_on", EXPORT_DATE, NULL, false, "Date offered", "Day of the latest offer."},
    {"accepted_on", EXPORT_DATE, NULL, false, "Date accepted", "Day the offer was accepted."},
    {"declined_on", EXPORT_DATE, NULL, false, "Date declined", "Day the offer was declined."},
    {"closed_on", EXPORT_DATE, NULL, false, "Date closed", "Day delivery was closed."},
    {"closure_reason", EXPORT_CODE, "closure", false, "Reason closed",
     "Why delivery was closed. Empty while it is open."},
    {"suspended_on", EXPORT_DATE, NULL, false, "Date suspended",
     "Day from which engagement could not be expected, if that is so at the cut-off."},
    {"suspension", EXPORT_CODE, "suspension", false, "Suspension", "Why it could not be expected."},
    {"status", EXPORT_CODE, "status", true, "Engagement status",
     "Engagement status on the day of the cut-off, from dated facts and the thresholds stated in "
     "manifest.json."},
    {"status_since", EXPORT_DATE, NULL, false, "Status since", "Day the status first became true."},
    {"contacts", EXPORT_INTEGER, NULL, true, "Contacts",
     "Number of contacts up to the cut-off, attempts included: rows of contacts.csv."},
    {"last_contact_at", EXPORT_TIME, NULL, false, "Last contact",
     "When the latest contact or attempt happened."},
    {"last_success_at", EXPORT_TIME, NULL, false, "Last success",
     "When the latest successful contact happened."},
};

// What a field's type is called in an export.
#define EXPORT_OF_TIME EXPORT_TIME
#define EXPORT_OF_DATE EXPORT_DATE
#define EXPORT_OF_CODE EXPORT_CODE
#define EXPORT_OF_CODES EXPORT_CODES
#define EXPORT_OF_INT EXPORT_INTEGER
#define EXPORT_OF_BOOL EXPORT_BOOLEAN

static const struct export_variable contacts[] = {
    STUDY,
    {"contact_no", EXPORT_NUMBER, NULL, true, "Contact number",
     "1 for the person's first contact in order of time, then 2, 3 and so on."},
#define EXPORTED(name, type, vocabulary, required, label, help)                                    \
    {#name, EXPORT_OF_##type, vocabulary, required, label, help},
#include "domain/contact/contact.def"
    {"worker_id", EXPORT_WORKER, NULL, true, "Recorded by",
     "Keyed pseudonym of the worker who recorded it."},
    {"recorded_on", EXPORT_DATE, NULL, true, "Date recorded",
     "Day the service received it, in this version."},
    {"corrected", EXPORT_BOOLEAN, NULL, true, "Corrected",
     "The row is a correction of what was first recorded."},
};

static const struct export_variable referrals[] = {
    STUDY,
    {"referral_no", EXPORT_NUMBER, NULL, true, "Referral number",
     "1 for the person's first referral in order of sending, then 2, 3 and so on."},
    {"service", EXPORT_CODE, "service", true, "Service", "What was asked for."},
    {"provider_id", EXPORT_AGENCY, NULL, true, "Provider",
     "Keyed pseudonym of the organisation asked. The same organisation has the same identifier."},
    {"urgency", EXPORT_CODE, "urgency", false, "Urgency", "How soon an answer was needed."},
    {"needs", EXPORT_CODES, "need", false, "Needs", "Needs that the referral names."},
    {"sent_at", EXPORT_TIME, NULL, true, "Sent",
     "When the referral was sent. Drafts are left out."},
    {"accepted_at", EXPORT_TIME, NULL, false, "Accepted", "When the provider accepted it."},
    {"declined_at", EXPORT_TIME, NULL, false, "Declined", "When the provider declined it."},
    {"withdrawn_at", EXPORT_TIME, NULL, false, "Withdrawn", "When the programme withdrew it."},
    {"started_at", EXPORT_TIME, NULL, false, "Started", "When the service began."},
    {"ended_at", EXPORT_TIME, NULL, false, "Ended", "When the service ended with a report."},
    {"state", EXPORT_CODE, "referral_state", true, "State", "Where it stood at the cut-off."},
    {"decline_reason", EXPORT_CODE, "decline_reason", false, "Reason declined",
     "Why the provider declined. \"note\" when the reason is in words, which are not exported."},
    {"sessions_held", EXPORT_INTEGER, NULL, true, "Sessions held", "Sessions that happened."},
    {"sessions_missed", EXPORT_INTEGER, NULL, true, "Sessions missed",
     "Sessions that did not happen, for whatever reason."},
    {"session_minutes", EXPORT_INTEGER, NULL, false, "Session minutes",
     "Minutes of the sessions held, where they were recorded."},
};

static const struct export_variable escalations[] = {
    STUDY,
    {"escalation_no", EXPORT_NUMBER, NULL, true, "Escalation number",
     "1 for the person's first escalation in order of raising, then 2, 3 and so on."},
    {"trigger", EXPORT_CODE, "trigger", true, "Trigger", "Why it was raised."},
    {"triggered_on", EXPORT_DATE, NULL, true, "Date of trigger", "Day of what triggered it."},
    {"raised_at", EXPORT_TIME, NULL, true, "Raised", "When it was raised."},
    {"state", EXPORT_CODE, "escalation_state", true, "State", "Where it stood at the cut-off."},
    {"decision", EXPORT_CODE, "escalation_state", false, "Decision",
     "The latest decision: approved, not approved or deferred."},
    {"decided_at", EXPORT_TIME, NULL, false, "Decided", "When the latest decision was made."},
    {"first_action_at", EXPORT_TIME, NULL, false, "First action",
     "When the first enforcement action was recorded."},
    {"re_offered_at", EXPORT_TIME, NULL, false, "Offered again",
     "When the offer was made again because of it."},
    {"closed_at", EXPORT_TIME, NULL, false, "Closed", "When it was closed."},
};

static const struct export_variable actions[] = {
    STUDY,
    {"escalation_no", EXPORT_INTEGER, NULL, true, "Escalation number",
     "Row of escalations.csv that the action belongs to."},
    {"action", EXPORT_CODE, "action", true, "Action", "What was agreed or done."},
    {"taken_on", EXPORT_DATE, NULL, false, "Date taken",
     "Day it was done. Empty for what was agreed with the decision; doing it is a row of its own."},
    {"recorded_on", EXPORT_DATE, NULL, true, "Date recorded", "Day it was recorded."},
};

static const struct export_variable history[] = {
    STUDY,
    {"event_no", EXPORT_NUMBER, NULL, true, "Event number",
     "1 for the person's first event in order of time, then 2, 3 and so on."},
    {"kind", EXPORT_CODE, NULL, true, "Kind",
     "\"stage\": a change of stage. \"suspension\": custody or hospital began or ended."},
    {"from_state", EXPORT_CODE, NULL, false, "From",
     "Code of stage or suspension before the change. Empty at the beginning."},
    {"to_state", EXPORT_CODE, NULL, false, "To",
     "Code of stage or suspension after the change. Empty when a suspension ended."},
    {"happened_at", EXPORT_TIME, NULL, true, "Date and time", "When the change happened."},
    {"reason", EXPORT_CODE, NULL, false, "Reason",
     "Code of the reason, where one was given. \"note\" when it is in words, which are not "
     "exported."},
    {"recorded_on", EXPORT_DATE, NULL, true, "Date recorded", "Day the change was recorded."},
};

#define ROWS(t) .variables = (t), .n = sizeof(t) / sizeof((t)[0])
const struct export_table_row export_tables[EXPORT_TABLES] = {
    [EXPORT_PARTICIPANTS] = {"participants", "Participants",
                             "One row for each person in delivery by the cut-off.",
                             {"study_id", NULL}, {NULL, NULL}, Q_EXPORT_PARTICIPANTS,
                             ROWS(participants)},
    [EXPORT_CONTACTS] = {"contacts", "Contacts",
                         "One row for each contact or attempt, in the version that stood at the "
                         "cut-off.",
                         {"study_id", "contact_no"}, {NULL, NULL}, Q_EXPORT_CONTACTS,
                         ROWS(contacts)},
    [EXPORT_REFERRALS] = {"referrals", "Referrals", "One row for each referral sent.",
                          {"study_id", "referral_no"}, {NULL, NULL}, Q_EXPORT_REFERRALS,
                          ROWS(referrals)},
    [EXPORT_ESCALATIONS] = {"escalations", "Escalations", "One row for each escalation raised.",
                            {"study_id", "escalation_no"}, {NULL, NULL}, Q_EXPORT_ESCALATIONS,
                            ROWS(escalations)},
    [EXPORT_ACTIONS] = {"escalation_actions", "Enforcement actions",
                        "One row for each action recorded for an escalation.",
                        {NULL, NULL}, {"escalations", "escalation_no"}, Q_EXPORT_ACTIONS,
                        ROWS(actions)},
    [EXPORT_HISTORY] = {"status_history", "Status history",
                        "One row for each dated change of stage, and for each beginning and end of "
                        "custody or hospital.",
                        {"study_id", "event_no"}, {NULL, NULL}, Q_EXPORT_HISTORY, ROWS(history)},
};

const char *export_type_name(enum export_type t)
{
    switch (t) {
    case EXPORT_NUMBER:
    case EXPORT_INTEGER:
    case EXPORT_AGE: return "integer";
    case EXPORT_BOOLEAN: return "boolean";
    case EXPORT_DATE: return "date";
    case EXPORT_TIME: return "datetime";
    case EXPORT_STUDY:
    case EXPORT_CODE:
    case EXPORT_CODES:
    case EXPORT_WORKER:
    case EXPORT_AGENCY:
    case EXPORT_SEALED: break;
    }
    return "string";
}
