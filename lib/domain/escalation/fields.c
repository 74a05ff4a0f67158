// SPDX-License-Identifier: MIT
// The field tables of escalations: what comes in, what goes out, and to whom.
#include "domain/escalation/escalation.h"

#include "record/cursor.h"
#include "record/step.h"

#include <stddef.h>

#define IN(member) FIELD_AT(struct escalation_input, member)
static const struct field input_rows[] = {
    {IN(trigger), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "trigger",
     .label = "Trigger", .help = "What made it necessary."},
    {IN(triggered_on), .type = FIELD_DATE, .flags = FIELD_NOT_FUTURE, .label = "Date it happened",
     .help = "The day of the trigger: today unless said."},
    {IN(evidence), .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_SEALED | FIELD_LINES,
     .max = 20000, .label = "Evidence", .help = "What happened, in words. Stored encrypted."},
};
const struct field_table escalation_input_table =
    FIELD_TABLE("EscalationInput", struct escalation_input, input_rows);

#define MOVE(member) FIELD_AT(struct escalation_move, member)
static const struct field move_rows[] = {
    {MOVE(to), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "escalation_state",
     .label = "Decision", .help = "The state to move to."},
    {MOVE(actions), .type = FIELD_CODES, .vocab = "action", .label = "Actions",
     .help = "With approved or action_due: those agreed. With action_taken or reviewed: those "
             "taken, today."},
    {MOVE(reason), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 5000,
     .label = "Reason", .help = "Why, in words. Stored encrypted."},
    {MOVE(re_offered_on), .type = FIELD_DATE, .flags = FIELD_NOT_FUTURE,
     .label = "Date the offer was made again", .help = "When the programme was offered again."},
    {MOVE(version), .type = FIELD_INT, .min = 1, .max = 2000000000, .label = "Version",
     .help = "Of the escalation as it was seen: refused when somebody has changed it since."},
};
const struct field_table escalation_move_table =
    FIELD_TABLE("EscalationMove", struct escalation_move, move_rows);

#define ACT(member) FIELD_AT(struct action_input, member)
static const struct field action_rows[] = {
    {ACT(action), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "action", .label = "Action",
     .help = "What was done."},
    {ACT(taken_on), .type = FIELD_DATE, .flags = FIELD_REQUIRED | FIELD_NOT_FUTURE,
     .label = "Date of the action", .help = "The day it was taken."},
    {ACT(note), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 20000,
     .label = "Note", .help = "How it went, in words. Stored encrypted."},
};
const struct field_table action_input_table =
    FIELD_TABLE("ActionInput", struct action_input, action_rows);

#define AOUT(member) FIELD_AT(struct escalation_action, member)
static const struct field action_out_rows[] = {
    {AOUT(id), .type = FIELD_UUID, .label = "Record", .help = "Id of the action."},
    {AOUT(action), .type = FIELD_CODE, .vocab = "action", .label = "Action", .help = "What it is."},
    {AOUT(taken_on), .type = FIELD_DATE, .label = "Date",
     .help = "The day it was taken; null when it is agreed and not taken yet."},
    {AOUT(note), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Note",
     .help = "How it went.", .sealed = {SEAL_NOTES, "app.escalation_action", "note"}},
    {AOUT(at), .type = FIELD_TIME, .label = "Recorded at", .help = "When it was recorded."},
    {AOUT(by), .type = FIELD_TEXT, .label = "Recorded by", .help = "Who recorded it, by name."},
};
const struct field_table escalation_action_table =
    FIELD_TABLE("EscalationAction", struct escalation_action, action_out_rows);

#define OUT(member) FIELD_AT(struct escalation, member)
#define DETAIL .read = "escalation_detail_read"
#define FACT_ROWS                                                                                  \
    {OUT(id), .type = FIELD_UUID, .label = "Escalation", .help = "Id of the escalation."},         \
        {OUT(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},       \
        {OUT(trigger), .type = FIELD_CODE, .vocab = "trigger", .label = "Trigger",                 \
         .help = "What made it necessary."},                                                       \
        {OUT(state), .type = FIELD_CODE, .vocab = "escalation_state", .label = "State",            \
         .help = "Where it stands."},                                                              \
    {                                                                                              \
        OUT(triggered_on), .type = FIELD_DATE, .label = "Date it happened",                        \
                           .help = "The day of the trigger."                                       \
    }

#define ROW_ROWS                                                                                   \
    FACT_ROWS,                                                                                     \
        {OUT(name),                                                                                \
         .type = FIELD_TEXT,                                                                       \
         .flags = FIELD_SEALED,                                                                    \
         .label = "Name",                                                                          \
         .help = "Of the participant.",                                                            \
         .read = "identity_read"},                                                                 \
        {OUT(state_at), .type = FIELD_TIME, .label = "In this state since",                        \
         .help = "When the latest step was taken."},                                               \
        {OUT(raised_at), .type = FIELD_TIME, .label = "Raised at", .help = "When it was raised."}, \
        {OUT(raised_by), .type = FIELD_TEXT, .label = "Raised by",                                 \
         .help = "Who raised it, by name."},                                                       \
        {OUT(decision_due), .type = FIELD_DATE, .label = "Decision due",                           \
         .help = "2 working days after it was raised."},                                           \
        {OUT(overdue), .type = FIELD_BOOL, .label = "Overdue",                                     \
         .help = "There is no decision yet, and that day has passed."},                            \
        {OUT(decided_at), .type = FIELD_TIME, .label = "Decided at",                               \
         .help = "The latest decision."},                                                          \
        {OUT(decided_by), .type = FIELD_TEXT, .label = "Decided by",                               \
         .help = "Who decided, by name."},                                                         \
        {OUT(first_action_at), .type = FIELD_TIME, .label = "First action at",                     \
         .help = "When the first action was recorded."},                                           \
        {OUT(re_offered_at), .type = FIELD_TIME, .label = "Offered again at",                      \
         .help = "When the programme was offered again."},                                         \
        {OUT(closed_at), .type = FIELD_TIME, .label = "Closed at", .help = "When it was closed."}, \
        {OUT(days), .type = FIELD_INT, .label = "Days since the trigger",                          \
         .help = "Until it was closed, or until today."},                                          \
        {OUT(days_to_decision), .type = FIELD_INT, .label = "Days to the decision",                \
         .help = "From the trigger to the latest decision."},                                      \
        {OUT(days_to_action), .type = FIELD_INT, .label = "Days to the first action",              \
         .help = "From the trigger to the first action."},                                         \
    {                                                                                              \
        OUT(re_engaged_at),                                                                        \
            .type = FIELD_TIME, .label = "Re-engaged at",                                          \
            .help = "A successful contact after it was raised: think again before enforcing."      \
    }

static const struct field row_rows[] = {ROW_ROWS};
const struct field_table escalation_row_table =
    FIELD_TABLE("EscalationRow", struct escalation, row_rows);

static const struct field escalation_rows[] = {
    ROW_ROWS,
    {OUT(version), .type = FIELD_INT, .label = "Version", .help = "Counts the changes."},
    {OUT(possible), .type = FIELD_CODES, .vocab = "escalation_state", .label = "Possible next",
     .help = "Steps that the user may take now."},
    {OUT(with_reason), .type = FIELD_CODES, .vocab = "escalation_state",
     .label = "Steps with a reason", .help = "Those of them that need a reason."},
    {OUT(may_act), .type = FIELD_BOOL, .label = "May act",
     .help = "The user may record actions now."},
    {OUT(reason_code), .type = FIELD_TEXT, .label = "Reason of the latest step",
     .help = "Its code; \"note\" when it was given in words.", DETAIL},
    {OUT(evidence), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Evidence",
     .help = "What happened, in words.", DETAIL},
    {OUT(actions), .type = FIELD_OBJECTS, .sub = &escalation_action_table, .label = "Actions",
     .help = "Enforcement actions agreed and taken.", DETAIL},
    {OUT(events), .type = FIELD_OBJECTS, .sub = &step_event_table, .label = "Steps",
     .help = "Every step taken, in order.", DETAIL},
    {OUT(notes), .type = FIELD_OBJECTS, .sub = &step_note_table, .label = "Reasons",
     .help = "What was written with each step.", DETAIL},
};
const struct field_table escalation_table =
    FIELD_TABLE("Escalation", struct escalation, escalation_rows);

// What a POST answers, kept in clear for a retry: so without anything that is sealed.
static const struct field saved_rows[] = {FACT_ROWS};
const struct field_table escalation_saved_table =
    FIELD_TABLE("EscalationSaved", struct escalation, saved_rows);

#define QUERY(member) FIELD_AT(struct escalation_query, member)
static const struct field query_rows[] = {
    {QUERY(state), .type = FIELD_CODE, .vocab = "escalation_state", .label = "State",
     .help = "Only in this state."},
    {QUERY(trigger), .type = FIELD_CODE, .vocab = "trigger", .label = "Trigger",
     .help = "Only of this trigger."},
    {QUERY(limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",
     .help = "Rows a page, 50 unless said."},
    {QUERY(after), .type = FIELD_TEXT, .max = 1024, .label = "Page marker",
     .help = "`next` of the page before."},
};
const struct field_table escalation_query_table =
    FIELD_TABLE("EscalationQuery", struct escalation_query, query_rows);
