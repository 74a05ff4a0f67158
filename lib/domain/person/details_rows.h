// SPDX-License-Identifier: MIT
// Rows of the field tables of a participant, shared by what is sent, what is read, and the case's answer.
#pragma once

#include "domain/person/details.h"

#include <stddef.h>

#define AT(member) FIELD_AT(struct participant_input, member)
#define SEALED(extra) .flags = FIELD_SEALED | (extra)
// Who may see it beyond the route's own permission; not asked of what is sent.
#define NAMES .read = "identity_read"
#define DETAIL .read = "identity_detail_read"

#define NAME(member) AT(member), .sealed = {SEAL_IDENTITY, "app.identity", #member}
#define DETAIL_AT(member) AT(member), .sealed = {SEAL_IDENTITY, "app.identity_detail", #member}

// struct participant begins with its participant_input, so the rows serve both.
#define NAME_ROWS(need)                                                                            \
    {NAME(given_name), .type = FIELD_TEXT, SEALED(need), .max = 100, .label = "First names",         \
     .help = "Given names.", NAMES},                                                               \
    {NAME(family_name), .type = FIELD_TEXT, SEALED(need), .max = 100, .label = "Last name",          \
     .help = "Family name.", NAMES},                                                               \
    {NAME(known_as), .type = FIELD_TEXT, SEALED(0), .max = 100, .label = "Known as",                 \
     .help = "The name the person goes by.", NAMES},                                               \
    {NAME(address), .type = FIELD_TEXT, SEALED(FIELD_LINES), .max = 500, .label = "Address",         \
     .help = "As it would be written on a letter, or NFA.", NAMES},                                \
    {NAME(postcode), .type = FIELD_TEXT, SEALED(0), .max = 16, .label = "Postcode",                  \
     .help = "As given.", NAMES},                                                                  \
    {NAME(phone), .type = FIELD_TEXT, SEALED(0), .max = 32, .label = "Phone",                        \
     .help = "A number to reach the person on.", NAMES},                                           \
    {NAME(email), .type = FIELD_TEXT, SEALED(0), .max = 254, .label = "Email",                       \
     .help = "An address to reach the person at.", NAMES}
#define DETAIL_ROWS(need)                                                                          \
    {DETAIL_AT(date_of_birth), .type = FIELD_DATE, SEALED(FIELD_NOT_FUTURE | (need)),                     \
     .label = "Date of birth", .help = "People are 14 or over when they start.", DETAIL},          \
    {DETAIL_AT(aliases), .type = FIELD_LIST, SEALED(0), .max = 100, .label = "Aliases",                   \
     .help = "Other names.", DETAIL},                                                              \
    {DETAIL_AT(sex), .type = FIELD_CODE, SEALED(0), .vocab = "sex", .label = "Sex",                       \
     .help = "As recorded by the agencies.", DETAIL},                                              \
    {DETAIL_AT(gender), .type = FIELD_CODE, SEALED(0), .vocab = "gender", .label = "Gender",              \
     .help = "As the person says.", DETAIL},                                                       \
    {DETAIL_AT(ethnicity), .type = FIELD_CODE, SEALED(0), .vocab = "ethnicity", .label = "Ethnicity",     \
     .help = "As the person says: police 18+1 codes and those of the 2021 census.", DETAIL},       \
    {DETAIL_AT(officer_ethnicity), .type = FIELD_CODE, SEALED(0), .vocab = "officer_ethnicity",           \
     .label = "Ethnicity as seen by an officer", .help = "Six-point code.", DETAIL},               \
    {DETAIL_AT(language), .type = FIELD_TEXT, SEALED(0), .max = 60, .label = "First language",            \
     .help = "Language.", DETAIL},                                                                 \
    {DETAIL_AT(interpreter), .type = FIELD_TEXT, SEALED(0), .max = 60, .label = "Interpreter needed",     \
     .help = "Language of the interpreter; empty when none is needed.", DETAIL},                   \
    {DETAIL_AT(notes), .type = FIELD_TEXT, SEALED(FIELD_LINES), .max = 4000, .label = "Background",       \
     .help = "What else to know.", DETAIL}
#define ID_ROW(member, words)                                                                      \
    {AT(member), .type = FIELD_TEXT, SEALED(0), .max = 32, .label = words,                         \
     .help = "A wrong shape is refused; a check letter that does not fit is warned about.", DETAIL}
#define IDENTIFIER_ROWS                                                                            \
    ID_ROW(pnc, "PNC number"), ID_ROW(cro, "CRO number"), ID_ROW(crn, "CRN"),                      \
        ID_ROW(nomis, "NOMIS number"), ID_ROW(nhs, "NHS number"), ID_ROW(upn, "UPN"),              \
        ID_ROW(nino, "National Insurance number"), ID_ROW(uprn, "UPRN")
#define CASE_ROWS                                                                                  \
    {AT(supervision), .type = FIELD_CODE, .vocab = "supervision", .label = "Supervised by",        \
     .help = "Under a court order or licence."},                                                   \
    {AT(agency), .type = FIELD_UUID, .label = "Supervising agency",                                \
     .help = "Id of the probation or youth justice office."},                                      \
    {AT(started_on), .type = FIELD_DATE, .flags = FIELD_NOT_FUTURE, .label = "Start date",         \
     .help = "The day the person came to the programme; today when left out."},                    \
    {AT(source_ref), .type = FIELD_TEXT, .max = 64, .label = "Reference elsewhere",                \
     .help = "What the person is called in the records this came from."}

#define OUT(member) FIELD_AT(struct participant, member)
// What is answered about a participant, in the order of the answer.
#define PARTICIPANT_ROWS                                                                            \
    {OUT(ref), .type = FIELD_TEXT, .label = "Reference", .help = "What people call the case by."},  \
    {OUT(name), .type = FIELD_TEXT, .flags = FIELD_SEALED, .label = "Name",                         \
     .help = "First names and last name.", NAMES},                                                  \
    NAME_ROWS(0),                                                                                   \
    DETAIL_ROWS(0),                                                                                 \
    IDENTIFIER_ROWS,                                                                                \
    {OUT(warnings), .type = FIELD_LIST, .label = "Warnings",                                        \
     .help = "Identifiers whose check letter does not fit.", DETAIL},                               \
    CASE_ROWS,                                                                                      \
    {OUT(stage), .type = FIELD_CODE, .vocab = "stage", .label = "Stage",                            \
     .help = "Where the person stands in the programme."},                                          \
    {OUT(closure_reason), .type = FIELD_CODE, .vocab = "closure", .label = "Closed because",        \
     .help = "When closed."},                                                                       \
    {OUT(status), .type = FIELD_CODE, .vocab = "status", .label = "Engagement status",              \
     .help = "Worked out from dated facts whenever it is asked for."},                              \
    {OUT(since), .type = FIELD_DATE, .label = "Since", .help = "The day the status began."},        \
    {OUT(basis), .type = FIELD_TEXT, .label = "Basis", .help = "Why, in words."},                   \
    {OUT(last_contact), .type = FIELD_TIME, .label = "Last contact", .help = "Or attempt."},        \
    {OUT(next_contact_due), .type = FIELD_DATE, .label = "Next contact due", .help = "By that day."}, \
    {OUT(worker), .type = FIELD_TEXT, .label = "Worker", .help = "By name."},                       \
    {OUT(team), .type = FIELD_TEXT, .label = "Team", .help = "By name."},                           \
    {OUT(agency_name), .type = FIELD_TEXT, .label = "Supervising agency", .help = "By name."},      \
    {OUT(version), .type = FIELD_INT, .label = "Version", .help = "Counts changes."}
