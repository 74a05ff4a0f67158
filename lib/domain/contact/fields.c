// SPDX-License-Identifier: MIT
// The field tables of contacts: what may be sent, what is answered, and under which permission.
#include "domain/contact/contact.h"
#include "record/cursor.h"

// struct contact_correction begins with its contact_input, so the rows serve both.
#define IN(member) FIELD_AT(struct contact_input, member)
#define INPUT_ROWS                                                                                 \
    {IN(happened_at), .type = FIELD_TIME, .flags = FIELD_REQUIRED | FIELD_NOT_FUTURE,              \
     .label = "Date and time of the contact",                                                      \
     .help = "When it happened. Not in the future and not before the person was born."},           \
        {IN(direction),                                                                            \
         .type = FIELD_CODE,                                                                       \
         .flags = FIELD_REQUIRED,                                                                  \
         .vocab = "direction",                                                                     \
         .label = "Who made contact",                                                              \
         .help = "Whether the service or the participant began it."},                              \
        {IN(mode),                                                                                 \
         .type = FIELD_CODE,                                                                       \
         .flags = FIELD_REQUIRED,                                                                  \
         .vocab = "mode",                                                                          \
         .label = "How you made contact",                                                          \
         .help = "How it happened."},                                                              \
        {IN(outcome),                                                                              \
         .type = FIELD_CODE,                                                                       \
         .flags = FIELD_REQUIRED,                                                                  \
         .vocab = "outcome",                                                                       \
         .label = "What happened",                                                                 \
         .help = "What came of it. An attempt without success is a contact too."},                 \
        {IN(minutes),                                                                              \
         .type = FIELD_INT,                                                                        \
         .flags = FIELD_REQUIRED,                                                                  \
         .min = 0,                                                                                 \
         .max = 1440,                                                                              \
         .label = "Minutes",                                                                       \
         .help = "How long it took, without travel."},                                             \
        {IN(purposes), .type = FIELD_CODES, .vocab = "purpose", .label = "What it was for",        \
         .help = "One or more purposes."},                                                         \
        {IN(note),     .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,                    \
         .max = 20000, .label = "Note",    .help = "What happened, in words. Stored encrypted."},  \
        {IN(summary),                                                                              \
         .type = FIELD_TEXT,                                                                       \
         .flags = FIELD_SEALED | FIELD_LINES,                                                      \
         .max = 2000,                                                                              \
         .label = "Summary to share",                                                              \
         .help = "What probation and youth justice may read. Stored encrypted."},                  \
        {IN(concern), .type = FIELD_BOOL, .label = "Concern",                                      \
         .help = "Something about this contact worries the worker."},                              \
        {IN(next_step), .type = FIELD_CODE, .vocab = "next_step", .label = "Next step",            \
         .help = "What the worker will do next."},                                                 \
        {IN(next_contact_due), .type = FIELD_DATE, .label = "Next contact due",                    \
         .help = "The day by which the next contact should happen."},                              \
    {                                                                                              \
        IN(captured_at), .type = FIELD_TIME, .label = "Time on the device",                        \
                         .help = "When the device took it down, by its own clock, as claimed."     \
    }

static const struct field input_rows[] = {INPUT_ROWS};
const struct field_table contact_input_table =
    FIELD_TABLE("ContactInput", struct contact_input, input_rows);

static const struct field correction_rows[] = {
    INPUT_ROWS,
    {.name = "reason",
     .type = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_SEALED | FIELD_LINES,
     .offset = offsetof(struct contact_correction, reason),
     .max = 500,
     .label = "Why you are correcting it",
     .help = "The reason of the correction. Stored encrypted."},
};
const struct field_table contact_correction_table =
    FIELD_TABLE("ContactCorrection", struct contact_correction, correction_rows);

#define OUT(member) FIELD_AT(struct contact, member)
// `by` is the permission that the facts need beyond seeing that there was a contact.
#define FACT_ROWS(by)                                                                              \
    {OUT(id), .type = FIELD_UUID, .label = "Contact", .help = "Id of this version."},              \
        {OUT(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},       \
        {OUT(happened_at), .type = FIELD_TIME, .label = "Date and time",                           \
         .help = "When it happened."},                                                             \
        {OUT(mode), .type = FIELD_CODE, .vocab = "mode", .label = "How",                           \
         .help = "How it happened."},                                                              \
        {OUT(outcome), .type = FIELD_CODE, .vocab = "outcome", .label = "Outcome",                 \
         .help = "What came of it."},                                                              \
        {OUT(direction),       .type = FIELD_CODE,          .vocab = "direction",                  \
         .label = "Direction", .help = "Who made contact.", .read = by},                           \
        {OUT(minutes), .type = FIELD_INT, .label = "Minutes", .help = "How long it took.",         \
         .read = by},                                                                              \
        {OUT(purposes),       .type = FIELD_CODES,        .vocab = "purpose",                      \
         .label = "Purposes", .help = "What it was for.", .read = by},                             \
        {OUT(concern), .type = FIELD_BOOL, .label = "Concern",                                     \
         .help = "Something about it worried the worker.", .read = by},                            \
        {OUT(next_step),                                                                           \
         .type = FIELD_CODE,                                                                       \
         .vocab = "next_step",                                                                     \
         .label = "Next step",                                                                     \
         .help = "What the worker will do next.",                                                  \
         .read = by},                                                                              \
        {OUT(next_contact_due), .type = FIELD_DATE, .label = "Next contact due",                   \
         .help = "The day by which the next contact should happen.", .read = by},                  \
        {OUT(captured_at), .type = FIELD_TIME, .label = "Time on the device",                      \
         .help = "As the device claimed.", .read = by},                                            \
    {                                                                                              \
        OUT(corrects), .type = FIELD_UUID, .label = "Corrects",                                    \
                       .help = "Id of the version that this one replaces."                         \
    }

static const struct field contact_rows[] = {
    FACT_ROWS("contact_detail_read"),
    {OUT(superseded_by), .type = FIELD_UUID, .label = "Replaced by",
     .help = "Id of the version that replaced this one."},
    {OUT(author), .type = FIELD_TEXT, .label = "Recorded by", .help = "Name of the worker.",
     .read = "contact_detail_read"},
    {OUT(received_at), .type = FIELD_TIME, .label = "Recorded at",
     .help = "When the service received it.", .read = "contact_detail_read"},
    {OUT(summary), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,
     .label = "Summary to share", .help = "The shareable summary.", .read = "contact_summary_read"},
    {OUT(note), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Note",
     .help = "What happened, in words.", .read = "contact_note_read"},
    {OUT(correction_reason), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES,
     .label = "Why it was corrected", .help = "The reason of the correction.",
     .read = "contact_note_read"},
};
const struct field_table contact_table = FIELD_TABLE("Contact", struct contact, contact_rows);

// What a POST answers, kept in clear for a retry: so without anything that is sealed. It is made
// before the database has said who asks; whoever may record a contact may see its facts.
static const struct field saved_rows[] = {FACT_ROWS(NULL)};
const struct field_table contact_saved_table =
    FIELD_TABLE("ContactSaved", struct contact, saved_rows);

#define QUERY(member) FIELD_AT(struct contact_query, member)
static const struct field query_rows[] = {
    {QUERY(from), .type = FIELD_DATE, .label = "From date", .help = "First day, inclusive."},
    {QUERY(to), .type = FIELD_DATE, .label = "To date", .help = "Last day, inclusive."},
    {QUERY(mode), .type = FIELD_CODE, .vocab = "mode", .label = "How", .help = "Only this mode."},
    {QUERY(outcome), .type = FIELD_CODE, .vocab = "outcome", .label = "Outcome",
     .help = "Only this outcome."},
    {QUERY(limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",
     .help = "Rows a page, 50 unless said."},
    {QUERY(after), .type = FIELD_TEXT, .max = 1024, .label = "Page marker",
     .help = "`next` of the page before."},
};
const struct field_table contact_query_table =
    FIELD_TABLE("ContactQuery", struct contact_query, query_rows);
