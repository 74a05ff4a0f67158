// SPDX-License-Identifier: MIT
// The field tables of a participant's details.
#include "domain/person/details_rows.h"

static const struct field input_rows[] = {
    NAME_ROWS(FIELD_REQUIRED),
    DETAIL_ROWS(FIELD_REQUIRED),
    IDENTIFIER_ROWS,
    CASE_ROWS,
    {AT(site), .type = FIELD_CODE, .vocab = "site", .label = "Site",
     .help = "Only for people who work for every site."},
    {AT(worker), .type = FIELD_UUID, .label = "Worker", .help = "Id of the named worker."},
    {AT(version), .type = FIELD_INT, .max = 2000000000, .label = "Version",
     .help = "Version that a change was decided on."},
};
const struct field_table participant_input_table =
    FIELD_TABLE("ParticipantInput", struct participant_input, input_rows);

static const struct field out_rows[] = {PARTICIPANT_ROWS};
const struct field_table participant_table =
    FIELD_TABLE("ParticipantDetails", struct participant, out_rows);

#define ADDED(member) FIELD_AT(struct participant_added, member)
static const struct field added_rows[] = {
    {ADDED(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the new participant."},
    {ADDED(stage), .type = FIELD_CODE, .vocab = "stage", .label = "Stage", .help = "The first one."},
    {ADDED(started_on), .type = FIELD_DATE, .label = "Start date", .help = "As stored."},
    {ADDED(warnings), .type = FIELD_LIST, .label = "Warnings",
     .help = "Identifiers whose check letter does not fit."},
};
const struct field_table participant_added_table =
    FIELD_TABLE("ParticipantAdded", struct participant_added, added_rows);
