// SPDX-License-Identifier: MIT
// The field tables of contacts, made from contact.def: what may be sent, what is answered, and under
// which permission. Each list below includes it once for every class of rows, in the order of the list.
#include "domain/contact/contact.h"
#include "crypto/keys.h"
#include "record/cursor.h"

#define OPEN(...) __VA_ARGS__ // the members of a row, out of their brackets
#define IN_NOTES(kind) {SEAL_NOTES, "app.contact_note", #kind}
#define IN_SUMMARY {SEAL_NOTES, "app.contact_summary", "summary"}

// ---- what is sent ----

// struct contact_correction begins with its contact_input, so the rows serve both.
#define SENT_FACT(name, ftype, vocabulary, sent, answered)                                         \
    {FIELD_AT(struct contact_input, name), .type = FIELD_##ftype, .vocab = (vocabulary), OPEN sent},
#define SENT_SUMMARY(name, lines, sent, answered)                                                  \
    {FIELD_AT(struct contact_input, name), .type = FIELD_TEXT, .flags = FIELD_SEALED | (lines),    \
     .sealed = IN_SUMMARY, OPEN sent},
#define SENT_WORDS(name, lines, sent, answered)                                                    \
    {FIELD_AT(struct contact_input, name), .type = FIELD_TEXT, .flags = FIELD_SEALED | (lines),    \
     .sealed = IN_NOTES(name), OPEN sent},

static const struct field input_rows[] = {
#define FACT SENT_FACT
#define DETAIL SENT_FACT
#define SHARED SENT_SUMMARY
#define WORDS SENT_WORDS
#include "domain/contact/contact.def"
};
const struct field_table contact_input_table =
    FIELD_TABLE("ContactInput", struct contact_input, input_rows);

static const struct field correction_rows[] = {
#define FACT SENT_FACT
#define DETAIL SENT_FACT
#define SHARED SENT_SUMMARY
#define WORDS SENT_WORDS
#define REASON(sent_name, name, sent, answered)                                                    \
    {FIELD_AT(struct contact_correction, sent_name), .type = FIELD_TEXT,                           \
     .flags = FIELD_REQUIRED | FIELD_SEALED | FIELD_LINES, .sealed = IN_NOTES(name), OPEN sent},
#include "domain/contact/contact.def"
};
const struct field_table contact_correction_table =
    FIELD_TABLE("ContactCorrection", struct contact_correction, correction_rows);

// ---- what is answered ----

#define ROW(name, ftype, answered)                                                                 \
    {FIELD_AT(struct contact, name), .type = FIELD_##ftype, OPEN answered},
#define ROW_READ_BY(name, ftype, vocabulary, permission, answered)                                 \
    {FIELD_AT(struct contact, name), .type = FIELD_##ftype, .vocab = (vocabulary),                 \
     .read = (permission), OPEN answered},
#define ROW_SEALED(name, lines, place, permission, answered)                                       \
    {FIELD_AT(struct contact, name), .type = FIELD_TEXT, .flags = FIELD_SEALED | (lines),          \
     .sealed = place, .read = (permission), OPEN answered},

static const struct field contact_rows[] = {
#define KEY ROW
#include "domain/contact/contact.def"
#define FACT(name, ftype, vocabulary, sent, answered)                                              \
    ROW_READ_BY(name, ftype, vocabulary, NULL, answered)
#include "domain/contact/contact.def"
#define DETAIL(name, ftype, vocabulary, sent, answered)                                            \
    ROW_READ_BY(name, ftype, vocabulary, "contact_detail_read", answered)
#include "domain/contact/contact.def"
#define VERSION ROW
#include "domain/contact/contact.def"
#define REPLACED ROW
#include "domain/contact/contact.def"
#define ADDED(name, ftype, answered)                                                               \
    ROW_READ_BY(name, ftype, NULL, "contact_detail_read", answered)
#include "domain/contact/contact.def"
#define SHARED(name, lines, sent, answered)                                                        \
    ROW_SEALED(name, lines, IN_SUMMARY, "contact_summary_read", answered)
#include "domain/contact/contact.def"
#define WORDS(name, lines, sent, answered)                                                         \
    ROW_SEALED(name, lines, IN_NOTES(name), "contact_note_read", answered)
#define REASON(sent_name, name, sent, answered)                                                    \
    ROW_SEALED(name, FIELD_LINES, IN_NOTES(name), "contact_note_read", answered)
#include "domain/contact/contact.def"
};
const struct field_table contact_table = FIELD_TABLE("Contact", struct contact, contact_rows);

// What a POST answers, kept in clear for a retry: so without anything that is sealed. It is made
// before the database has said who asks; whoever may record a contact may see its facts.
static const struct field saved_rows[] = {
#define KEY ROW
#include "domain/contact/contact.def"
#define FACT(name, ftype, vocabulary, sent, answered)                                              \
    ROW_READ_BY(name, ftype, vocabulary, NULL, answered)
#include "domain/contact/contact.def"
#define DETAIL(name, ftype, vocabulary, sent, answered)                                            \
    ROW_READ_BY(name, ftype, vocabulary, NULL, answered)
#include "domain/contact/contact.def"
#define VERSION ROW
#include "domain/contact/contact.def"
};
const struct field_table contact_saved_table =
    FIELD_TABLE("ContactSaved", struct contact, saved_rows);

// ---- the filters of a list ----

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
