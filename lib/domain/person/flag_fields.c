// SPDX-License-Identifier: MIT
// The field tables of safety flags.
#include "domain/person/flag.h"

#define IN(member) FIELD_AT(struct flag_input, member)
static const struct field input_rows[] = {
    {IN(kind), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "safety_flag",
     .label = "What people must know", .help = "Kind of the flag."},
    {IN(detail), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .max = 500,
     .label = "Details", .help = "Everybody who may meet the person sees this. Stored encrypted."},
    {IN(review_due), .type = FIELD_DATE, .flags = FIELD_NOT_PAST, .label = "Review date",
     .help = "When to look again at whether it still holds."},
};
const struct field_table flag_input_table = FIELD_TABLE("FlagInput", struct flag_input, input_rows);

#define OUT(member) FIELD_AT(struct safety_flag, member)
static const struct field rows[] = {
    {OUT(id), .type = FIELD_UUID, .label = "Flag", .help = "Id of the flag."},
    {OUT(kind), .type = FIELD_CODE, .vocab = "safety_flag", .label = "Kind",
     .help = "What people must know."},
    {OUT(detail), .type = FIELD_TEXT, .flags = FIELD_SEALED | FIELD_LINES, .label = "Details",
     .help = "In words. Stored encrypted.", .sealed = {SEAL_IDENTITY, "app.safety_flag", "detail"}},
    {OUT(added_at), .type = FIELD_TIME, .label = "Added", .help = "When."},
    {OUT(added_by), .type = FIELD_TEXT, .label = "Added by", .help = "Who, by name."},
    {OUT(review_due), .type = FIELD_DATE, .label = "Review date", .help = "When to look again."},
};
const struct field_table flag_table = FIELD_TABLE("SafetyFlag", struct safety_flag, rows);
