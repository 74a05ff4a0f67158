// SPDX-License-Identifier: MIT
#include "domain/person/engagement.h"

#include "domain/person/flag.h"
#include "record/rows.h"

#define CARD(member) FIELD_AT(struct status_card, member)
static const struct field rows[] = {
    {CARD(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},
    {CARD(status), .type = FIELD_CODE, .vocab = "status", .label = "Engagement status",
     .help = "Worked out from dated facts whenever it is asked for."},
    {CARD(since), .type = FIELD_DATE, .label = "Since", .help = "The day the status began."},
    {CARD(basis), .type = FIELD_TEXT, .label = "Basis", .help = "Why, in words."},
    {CARD(last_contact), .type = FIELD_TIME, .label = "Last contact",
     .help = "When the last contact or attempt was."},
    {CARD(next_contact_due), .type = FIELD_DATE, .label = "Next contact due",
     .help = "The day by which the next contact should happen."},
    {CARD(worker), .type = FIELD_TEXT, .label = "Worker", .help = "The named worker."},
    {CARD(flags), .type = FIELD_OBJECTS, .sub = &flag_table, .label = "Safety flags",
     .help = "What everybody who meets the person must know first.", .read = "flag_read"},
};
const struct field_table status_card_table = FIELD_TABLE("StatusCard", struct status_card, rows);

enum err status_card_read(struct ctx *ctx, const char *ref, struct person_file *ret_file,
                          struct status_card *ret)
{
    struct person_file f;
    enum err e = person_file_read(ctx, PERM_status_read, ref, AUDIT_status_viewed, &f);
    if (e)
        return e;
    *ret = (struct status_card){
        .ref = f.person.ref,
        .status = f.status,
        .since = f.since,
        .basis = f.basis,
        .last_contact = f.last_contact,
        .next_contact_due = f.next_contact_due,
        .worker = f.worker,
        .flags = rows_answer(ctx, &flag_table, f.flags, f.n_flags),
    };
    if (ret_file)
        *ret_file = f;
    return ERR_OK;
}
