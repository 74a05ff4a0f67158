// SPDX-License-Identifier: MIT
// The field tables of referrals: what comes in, what goes out, and to whom.
#include "domain/referral/referral.h"

#include "record/cursor.h"
#include "record/step.h"

#include <stddef.h>

#define IN(member) FIELD_AT(struct referral_input, member)
static const struct field input_rows[] = {
    {IN(service), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "service",
     .label = "Service", .help = "What the referral asks for."},
    {IN(provider), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 120, .label = "Provider",
     .help = "Id of the provider's agency, or its exact name."},
    {IN(urgency), .type = FIELD_CODE, .vocab = "urgency", .label = "Urgency",
     .help = "How soon it needs an answer: routine unless said."},
    {IN(needs), .type = FIELD_CODES, .vocab = "need", .label = "Needs",
     .help = "The needs that it is meant to meet."},
    {IN(reason), .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_SEALED | FIELD_LINES,
     .max = 5000, .label = "Reason for the referral",
     .help = "Why it is made, in words. Stored encrypted."},
    {IN(risk_summary), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 2000,
     .label = "Risk summary",
     .help = "The least that the provider must know to work safely. Stored encrypted."},
    {IN(outcomes_wanted), .type = FIELD_LIST, .flags = FIELD_SEALED, .max = 200,
     .label = "Outcomes wanted",
     .help = "What should come of it, one text each. Stored encrypted."},
    {IN(draft), .type = FIELD_BOOL, .label = "Draft",
     .help = "Keep it as a draft; otherwise it is sent at once."},
};
const struct field_table referral_input_table =
    FIELD_TABLE("ReferralInput", struct referral_input, input_rows);

#define MOVE(member) FIELD_AT(struct referral_move, member)
static const struct field move_rows[] = {
    {MOVE(to), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "referral_state",
     .label = "Step", .help = "The state to move to."},
    {MOVE(decline_reason), .type = FIELD_CODE, .vocab = "decline_reason",
     .label = "Reason for declining", .help = "With `declined` only; `reason` may say more."},
    {MOVE(reason), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 5000,
     .label = "Reason",
     .help = "Why, in words: needed to withdraw, decline or end. Stored encrypted."},
    {MOVE(end_report), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 20000,
     .label = "End report",
     .help = "With `ended`: what was done and what came of it. Stored encrypted."},
    {MOVE(version), .type = FIELD_INT, .min = 1, .max = 2000000000, .label = "Version",
     .help = "Of the referral as it was seen: refused when somebody has changed it since."},
};
const struct field_table referral_move_table =
    FIELD_TABLE("ReferralMove", struct referral_move, move_rows);

#define SIN(member) FIELD_AT(struct session_input, member)
static const struct field session_rows[] = {
    {SIN(held_on), .type = FIELD_DATE, .flags = FIELD_REQUIRED | FIELD_NOT_FUTURE,
     .label = "Date of the session", .help = "The day for which it was planned."},
    {SIN(result), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "session_result",
     .label = "Result", .help = "Whether it happened, and if not why."},
    {SIN(late), .type = FIELD_BOOL, .label = "Late", .help = "The person came late."},
    {SIN(minutes), .type = FIELD_INT, .min = 0, .max = 1440, .label = "Minutes",
     .help = "How long it took."},
    {SIN(feedback), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 20000,
     .label = "Feedback",
     .help = "What was done, how the person responded, what is next. Stored encrypted."},
    {SIN(concern), .type = FIELD_BOOL, .label = "Concern",
     .help = "Something about it worries the provider: the navigator should look."},
};
const struct field_table session_input_table =
    FIELD_TABLE("SessionInput", struct session_input, session_rows);

#define SES(member) FIELD_AT(struct referral_session, member)
#define SESSION_FACTS                                                                              \
    {SES(id), .type = FIELD_UUID, .label = "Session", .help = "Id of the session."},               \
        {SES(held_on), .type = FIELD_DATE, .label = "Date",                                        \
         .help = "The day it was planned for."},                                                   \
        {SES(result), .type = FIELD_CODE, .vocab = "session_result", .label = "Result",            \
         .help = "Whether it happened, and if not why."},                                          \
        {SES(late), .type = FIELD_BOOL, .label = "Late", .help = "The person came late."},         \
        {SES(minutes), .type = FIELD_INT, .label = "Minutes", .help = "How long it took."},        \
    {                                                                                              \
        SES(concern), .type = FIELD_BOOL, .label = "Concern",                                      \
                      .help = "Something worried the provider."                                    \
    }

static const struct field session_out_rows[] = {
    SESSION_FACTS,
    {SES(feedback), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Feedback",
     .help = "What was done and how the person responded.",
     .sealed = {SEAL_NOTES, "app.referral_session", "feedback"}},
    {SES(at), .type = FIELD_TIME, .label = "Recorded at", .help = "When it was recorded."},
    {SES(by), .type = FIELD_TEXT, .label = "Recorded by", .help = "Who recorded it, by name."},
};
const struct field_table referral_session_table =
    FIELD_TABLE("ReferralSession", struct referral_session, session_out_rows);
static const struct field session_saved_rows[] = {SESSION_FACTS};
const struct field_table session_saved_table =
    FIELD_TABLE("SessionSaved", struct referral_session, session_saved_rows);

#define OUT(member) FIELD_AT(struct referral, member)
#define DETAIL .read = "referral_detail_read"
#define FACT_ROWS                                                                                  \
    {OUT(id), .type = FIELD_UUID, .label = "Referral", .help = "Id of the referral."},             \
        {OUT(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},       \
        {OUT(service), .type = FIELD_CODE, .vocab = "service", .label = "Service",                 \
         .help = "What it asks for."},                                                             \
        {OUT(provider), .type = FIELD_TEXT, .label = "Provider", .help = "Name of the agency."},   \
    {                                                                                              \
        OUT(state), .type = FIELD_CODE, .vocab = "referral_state", .label = "State",               \
                    .help = "Where it stands."                                                     \
    }

#define ROW_ROWS                                                                                   \
    FACT_ROWS,                                                                                     \
        {OUT(name),                                                                                \
         .type = FIELD_TEXT,                                                                       \
         .flags = FIELD_SEALED,                                                                    \
         .label = "Name",                                                                          \
         .help = "Of the participant.",                                                            \
         .read = "identity_read"},                                                                 \
        {OUT(provider_id), .type = FIELD_UUID, .label = "Provider id",                             \
         .help = "Id of the agency."},                                                             \
        {OUT(state_at), .type = FIELD_TIME, .label = "In this state since",                        \
         .help = "When the latest step was taken."},                                               \
        {OUT(made_at), .type = FIELD_TIME, .label = "Made at", .help = "When it was made."},       \
        {OUT(sent_at), .type = FIELD_TIME, .label = "Sent at",                                     \
         .help = "When the provider got it."},                                                     \
        {OUT(accepted_at), .type = FIELD_TIME, .label = "Accepted at",                             \
         .help = "When it was accepted."},                                                         \
        {OUT(declined_at), .type = FIELD_TIME, .label = "Declined at",                             \
         .help = "When it was declined."},                                                         \
        {OUT(withdrawn_at), .type = FIELD_TIME, .label = "Withdrawn at",                           \
         .help = "When it was withdrawn."},                                                        \
        {OUT(started_at), .type = FIELD_TIME, .label = "Started at",                               \
         .help = "When support started."},                                                         \
        {OUT(ended_at), .type = FIELD_TIME, .label = "Ended at", .help = "When support ended."},   \
        {OUT(reply_due), .type = FIELD_DATE, .label = "Reply due",                                 \
         .help = "5 working days after sending."},                                                 \
        {OUT(start_due), .type = FIELD_DATE, .label = "Start due",                                 \
         .help = "10 working days after acceptance."},                                             \
        {OUT(due), .type = FIELD_DATE, .label = "Due", .help = "Of the clock that runs now."},     \
        {OUT(overdue), .type = FIELD_BOOL, .label = "Overdue", .help = "That day has passed."},    \
        {OUT(waiting_days), .type = FIELD_INT, .label = "Days waited",                             \
         .help = "From sending to the answer, or until today."},                                   \
    {                                                                                              \
        OUT(urgency), .type = FIELD_CODE, .vocab = "urgency", .label = "Urgency",                  \
                      .help = "How soon it needs an answer.", DETAIL                               \
    }

static const struct field row_rows[] = {ROW_ROWS};
const struct field_table referral_row_table = FIELD_TABLE("ReferralRow", struct referral, row_rows);

static const struct field referral_rows[] = {
    ROW_ROWS,
    {OUT(version), .type = FIELD_INT, .label = "Version", .help = "Counts the changes."},
    {OUT(possible), .type = FIELD_CODES, .vocab = "referral_state", .label = "Possible next",
     .help = "Steps that the user may take now."},
    {OUT(with_reason), .type = FIELD_CODES, .vocab = "referral_state",
     .label = "Steps with a reason", .help = "Those of them that need a reason."},
    {OUT(needs), .type = FIELD_CODES, .vocab = "need", .label = "Needs",
     .help = "The needs that it is meant to meet.", DETAIL},
    {OUT(made_by), .type = FIELD_TEXT, .label = "Made by", .help = "Who made it, by name.", DETAIL},
    {OUT(reason_code), .type = FIELD_TEXT, .label = "Reason of the latest step",
     .help = "Its code; \"note\" when it was given in words.", DETAIL},
    {OUT(reason), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,
     .label = "Reason for the referral", .help = "Why it was made.", DETAIL},
    {OUT(risk_summary), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,
     .label = "Risk summary", .help = "What the provider must know to work safely.", DETAIL},
    {OUT(outcomes_wanted), .type = FIELD_LIST, .flags = FIELD_SEALED, .label = "Outcomes wanted",
     .help = "What should come of it.", DETAIL},
    {OUT(decline_reason), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,
     .label = "Why it was declined", .help = "In words.", DETAIL},
    {OUT(withdraw_reason), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,
     .label = "Why it was withdrawn", .help = "In words.", DETAIL},
    {OUT(end_report), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,
     .label = "End report", .help = "What was done and what came of it.", DETAIL},
    {OUT(sessions), .type = FIELD_OBJECTS, .sub = &referral_session_table, .label = "Sessions",
     .help = "Sessions with the provider.", DETAIL},
    {OUT(events), .type = FIELD_OBJECTS, .sub = &step_event_table, .label = "Steps",
     .help = "Every step taken, in order.", DETAIL},
};
const struct field_table referral_table = FIELD_TABLE("Referral", struct referral, referral_rows);

// What a POST answers, kept in clear for a retry: so without anything that is sealed.
static const struct field saved_rows[] = {
    FACT_ROWS,
    {OUT(urgency), .type = FIELD_CODE, .vocab = "urgency", .label = "Urgency",
     .help = "How soon it needs an answer."},
    {OUT(needs), .type = FIELD_CODES, .vocab = "need", .label = "Needs",
     .help = "The needs that it is meant to meet."},
};
const struct field_table referral_saved_table =
    FIELD_TABLE("ReferralSaved", struct referral, saved_rows);

#define QUERY(member) FIELD_AT(struct referral_query, member)
static const struct field query_rows[] = {
    {QUERY(state), .type = FIELD_CODE, .vocab = "referral_state", .label = "State",
     .help = "Only in this state."},
    {QUERY(service), .type = FIELD_CODE, .vocab = "service", .label = "Service",
     .help = "Only for this service."},
    {QUERY(limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",
     .help = "Rows a page, 50 unless said."},
    {QUERY(after), .type = FIELD_TEXT, .max = 1024, .label = "Page marker",
     .help = "`next` of the page before."},
};
const struct field_table referral_query_table =
    FIELD_TABLE("ReferralQuery", struct referral_query, query_rows);
