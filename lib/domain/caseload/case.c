// SPDX-License-Identifier: MIT
#include "domain/caseload/case.h"

#include "domain/person/flag.h"
#include "record/rows.h"

#include <stddef.h>

#define REFERRAL(member) FIELD_AT(struct case_referral, member)
static const struct field referral_rows[] = {
    {REFERRAL(id), .type = FIELD_UUID, .label = "Referral", .help = "Id of the referral."},
    {REFERRAL(service), .type = FIELD_CODE, .vocab = "service", .label = "Service",
     .help = "What is asked for."},
    {REFERRAL(provider), .type = FIELD_TEXT, .label = "Provider", .help = "By name."},
    {REFERRAL(state), .type = FIELD_CODE, .vocab = "referral_state", .label = "State",
     .help = "Where it stands."},
    {REFERRAL(made_at), .type = FIELD_TIME, .label = "Made", .help = "When."},
    {REFERRAL(due), .type = FIELD_DATE, .label = "Due",
     .help = "By when the provider answers or starts."},
};
const struct field_table case_referral_table =
    FIELD_TABLE("CaseReferral", struct case_referral, referral_rows);

#define ESCALATION(member) FIELD_AT(struct case_escalation, member)
static const struct field escalation_rows[] = {
    {ESCALATION(id), .type = FIELD_UUID, .label = "Escalation", .help = "Id of the escalation."},
    {ESCALATION(trigger), .type = FIELD_CODE, .vocab = "trigger", .label = "Trigger",
     .help = "What it was raised for."},
    {ESCALATION(state), .type = FIELD_CODE, .vocab = "escalation_state", .label = "State",
     .help = "Where it stands."},
    {ESCALATION(raised_at), .type = FIELD_TIME, .label = "Raised", .help = "When."},
    {ESCALATION(due), .type = FIELD_DATE, .label = "Decision due", .help = "By that day."},
};
const struct field_table case_escalation_table =
    FIELD_TABLE("CaseEscalation", struct case_escalation, escalation_rows);

#define STAGE(member, type) FIELD_COLUMN(struct case_stage, member, type)
static const struct field stage_rows[] = {
    STAGE(kind, FIELD_TEXT), STAGE(stage, FIELD_TEXT),  STAGE(at, FIELD_TIME),
    STAGE(by, FIELD_TEXT),   STAGE(reason, FIELD_TEXT),
};
static const struct field_table stage_table =
    FIELD_TABLE("CaseStage", struct case_stage, stage_rows);

size_t case_add(struct ctx *ctx, struct access_tx *tx)
{
    size_t at = person_file_add(ctx, tx);
    contact_list_add(ctx, tx, CASE_CONTACTS);
    db_add(tx->pl, DB_CALL0(case_referrals));
    db_add(tx->pl, DB_CALL0(case_escalations));
    db_add(tx->pl, DB_CALL0(case_stages));
    return at;
}

enum err case_get(struct ctx *ctx, struct access_tx *tx, size_t at, const struct person *person,
                  struct case_file *ret)
{
    // In the order of case_add(); the header is two statements.
    size_t contacts = at + 2, referrals = at + 3, escalations = at + 4, stages = at + 5;
    struct case_file c = {0};
    enum err e = person_file_get(ctx, tx, at, person, &c.header);
    if (!e)
        e = contact_list_get(ctx, tx, contacts, CASE_CONTACTS, person, &c.contacts);
    if (e)
        return e;
    c.referrals = rows_read(tx->pl, referrals, &case_referral_table, &c.n_referrals);
    c.escalations = rows_read(tx->pl, escalations, &case_escalation_table, &c.n_escalations);
    c.stages = rows_read(tx->pl, stages, &stage_table, &c.n_stages);
    *ret = c;
    return ERR_OK;
}

enum err case_read(struct ctx *ctx, const char *ref, struct case_file *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_status_read, ref);
    size_t at = case_add(ctx, &tx);
    access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, NULL);
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    return e ? e : case_get(ctx, &tx, at, &person, ret);
}

enum err participant_case_read(struct ctx *ctx, const char *ref, struct participant_case *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_status_read, ref);
    size_t details = participant_add_reading(&tx);
    size_t file = case_add(ctx, &tx);
    access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, NULL);
    struct person person;
    struct case_file c;
    struct participant_case p = {0};
    enum err e = access_run(ctx, &tx, &person);
    if (!e)
        e = participant_get(ctx, &tx, details, &person, &p.participant);
    if (!e)
        e = case_get(ctx, &tx, file, &person, &c);
    if (e)
        return e;
    struct field_rows *contacts = ARENA_NEW(ctx->arena, struct field_rows);
    *contacts = (struct field_rows){&contact_table, (const void *const *)c.contacts.rows,
                                    c.contacts.n};
    p.contacts = contacts;
    p.flags = rows_answer(ctx, &flag_table, c.header.flags, c.header.n_flags);
    p.referrals = rows_answer(ctx, &case_referral_table, c.referrals, c.n_referrals);
    p.escalations = rows_answer(ctx, &case_escalation_table, c.escalations, c.n_escalations);
    *ret = p;
    return ERR_OK;
}
