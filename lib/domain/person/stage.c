// SPDX-License-Identifier: MIT
#include "domain/person/stage.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "base/vocab.h"

#include <string.h>

#define STAGE(member) FIELD_AT(struct stage_input, member)
static const struct field stage_rows[] = {
    {STAGE(to), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 40, .label = "Next stage",
     .help = "A stage that may follow the present one, or \"suspended\" or \"resumed\"."},
    {STAGE(reason), .type = FIELD_TEXT, .max = 40, .label = "Reason",
     .help = "Code: of closure when closing, of decline_offer when declined, of reopening when "
             "re-opened."},
    {STAGE(suspension), .type = FIELD_CODE, .vocab = "suspension", .label = "Where the person is",
     .help = "When suspending."},
    {STAGE(on), .type = FIELD_DATE, .flags = FIELD_NOT_FUTURE, .label = "Date",
     .help = "The day it happened; today when left out."},
    {STAGE(version), .type = FIELD_INT, .max = 2000000000, .label = "Version",
     .help = "Version of the participant that this was decided on."},
};
const struct field_table stage_input_table =
    FIELD_TABLE("StageInput", struct stage_input, stage_rows);

#define NOW(member) FIELD_AT(struct stage_now, member)
static const struct field now_rows[] = {
    {NOW(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},
    {NOW(stage), .type = FIELD_CODE, .vocab = "stage", .label = "Stage", .help = "The stage now."},
    {NOW(suspension), .type = FIELD_CODE, .vocab = "suspension", .label = "Suspension",
     .help = "Custody or hospital, or null."},
    {NOW(version), .type = FIELD_INT, .label = "Version", .help = "Of the participant, now."},
};
const struct field_table stage_now_table = FIELD_TABLE("StageNow", struct stage_now, now_rows);

#define OFFER(member) FIELD_AT(struct offer_input, member)
static const struct field offer_rows[] = {
    {OFFER(made_at), .type = FIELD_TIME, .flags = FIELD_REQUIRED | FIELD_NOT_FUTURE,
     .label = "Date and time of the offer", .help = "When the person was met, or the attempt made."},
    {OFFER(answer), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "offer_answer",
     .label = "Answer", .help = "What the person said."},
    {OFFER(reason), .type = FIELD_CODE, .vocab = "decline_offer", .label = "Reason for declining",
     .help = "Needed when the answer is declined."},
    {OFFER(delivered), .type = FIELD_BOOL, .label = "Deterrence message delivered",
     .help = "Whether it was said plainly what continued violence will bring."},
    {OFFER(understood), .type = FIELD_BOOL, .label = "Message understood",
     .help = "In the worker's judgement."},
    {OFFER(interpreter), .type = FIELD_BOOL, .label = "Interpreter used",
     .help = "Whether somebody interpreted."},
    {OFFER(message_version), .type = FIELD_TEXT, .max = 32, .label = "Wording of the message",
     .help = "Version of the wording that was used."},
};
const struct field_table offer_input_table =
    FIELD_TABLE("OfferInput", struct offer_input, offer_rows);

#define SAVED(member) FIELD_AT(struct offer_saved, member)
static const struct field saved_rows[] = {
    {SAVED(id), .type = FIELD_UUID, .label = "Offer", .help = "Id of the attempt."},
    {SAVED(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},
    {SAVED(made_at), .type = FIELD_TIME, .label = "Date and time", .help = "Of the attempt."},
    {SAVED(answer), .type = FIELD_CODE, .vocab = "offer_answer", .label = "Answer",
     .help = "What the person said."},
};
const struct field_table offer_saved_table =
    FIELD_TABLE("OfferSaved", struct offer_saved, saved_rows);

// ---- one step ----

// The vocabulary of a step's reason, or NULL when the step takes none.
static const char *reason_vocab(const char *to)
{
    return strcmp(to, "closed") == 0     ? "closure"
           : strcmp(to, "declined") == 0 ? "decline_offer"
           : strcmp(to, "re_opened") == 0 ? "reopening"
                                          : NULL;
}

static enum err step_input_check(struct ctx *ctx, const struct stage_input *in)
{
    const char *vocab = reason_vocab(in->to);
    bool suspending = strcmp(in->to, "suspended") == 0;
    if (!suspending && strcmp(in->to, "resumed") != 0 && !vocab_code("stage", in->to))
        ctx_field_error(ctx, "to", "Select what happens next from the list");
    if (vocab && !in->reason)
        ctx_field_error(ctx, "reason", "Select a reason");
    else if (vocab && !vocab_code(vocab, in->reason))
        ctx_field_error(ctx, "reason", "Select a reason from the list");
    if (suspending && !in->suspension)
        ctx_field_error(ctx, "suspension", "Select where the person is");
    return ctx->problem.first ? ERR_INVALID : ERR_OK;
}

// Midday of a day before today, so that the step falls on that day in every season; NULL (now) for today.
static const char *step_instant(struct ctx *ctx, const char *on)
{
    int64_t days, us;
    if (!on || !date_parse(on, &days) || days == date_today() || !time_from_local(on, "12:00", &us))
        return NULL;
    return time_iso(ctx->arena, us);
}

static void now_get(const struct access_tx *tx, size_t at, const struct person *person,
                    struct stage_now *ret)
{
    *ret = (struct stage_now){.ref = person->ref};
    db_row_record(tx->pl, at, 0, &stage_now_table, ret);
    ret->ref = person->ref;
}

enum err stage_move(struct ctx *ctx, const char *ref, const struct stage_input *in,
                    struct stage_now *ret)
{
    enum err e = step_input_check(ctx, in);
    if (e)
        return e;
    const char *at = step_instant(ctx, in->on);
    struct access_tx tx = access_begin(ctx, PERM_participant_stage, ref);
    size_t step;
    if (strcmp(in->to, "suspended") == 0)
        step = DB_ADD(tx.pl, Q_STAGE_SUSPEND, DB_TEXT(in->suspension), DB_TEXT(at),
                      DB_TEXT(in->version));
    else if (strcmp(in->to, "resumed") == 0)
        step = DB_ADD(tx.pl, Q_STAGE_RESUME, DB_TEXT(in->version));
    else
        step = DB_ADD(tx.pl, Q_STAGE_MOVE, DB_TEXT(in->to),
                      DB_TEXT(reason_vocab(in->to) ? in->reason : NULL), DB_TEXT(at),
                      DB_TEXT(in->version));
    access_audit(ctx, &tx, AUDIT_stage_changed, NULL, NULL,
                 arena_printf(ctx->arena, "to=%s", in->to));
    struct person person;
    e = access_run(ctx, &tx, &person);
    if (e)
        return e;
    now_get(&tx, step, &person, ret);
    return ERR_OK;
}

enum err stage_options_read(struct ctx *ctx, const char *ref, struct stage_options *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_participant_stage, ref);
    size_t header = person_file_add(ctx, &tx);
    size_t options = DB_ADD0(tx.pl, Q_STAGE_OPTIONS);
    access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, NULL);
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    struct stage_options o = {0};
    if (!e)
        e = person_file_get(ctx, &tx, header, &person, &o.file);
    if (e)
        return e;
    o.n_next = field_list(ctx->arena, db_get(tx.pl, options, 0, "next"), &o.next);
    o.suspension = db_get(tx.pl, options, 0, "suspension");
    *ret = o;
    return ERR_OK;
}

// ---- offers ----

static enum err offer_check(struct ctx *ctx, const struct offer_input *in)
{
    if (strcmp(in->answer, "declined") == 0 && !in->reason)
        ctx_field_error(ctx, "reason", "Select a reason for declining");
    return ctx->problem.first ? ERR_INVALID : ERR_OK;
}

// The stages that an answer leads through, in order. The database skips those that are behind.
static void offer_steps(struct access_tx *tx, const struct offer_input *in)
{
    if (strcmp(in->answer, "not_met") == 0)
        return;
    DB_ADD(tx->pl, Q_OFFER_REOPEN, DB_TEXT(in->made_at));
    DB_ADD(tx->pl, Q_OFFER_MADE, DB_TEXT(in->made_at));
    if (strcmp(in->answer, "undecided") != 0)
        DB_ADD(tx->pl, Q_OFFER_ANSWER, DB_TEXT(in->answer),
               DB_TEXT(strcmp(in->answer, "declined") == 0 ? in->reason : NULL),
               DB_TEXT(in->made_at));
}

enum err offer_record(struct ctx *ctx, const char *ref, const struct offer_input *in,
                      const struct create_reply *reply, struct offer_saved *ret)
{
    enum err e = offer_check(ctx, in);
    if (e)
        return e;
    struct offer_saved saved = {uuid_new(ctx->arena), ref, in->made_at, in->answer};
    struct access_tx tx = access_begin(ctx, PERM_participant_stage, ref);
    create_claim(ctx, &tx, reply, saved.id, &saved);
    DB_ADD(tx.pl, Q_OFFER_INSERT, DB_TEXT(saved.id), DB_TEXT(in->made_at), DB_TEXT(in->answer),
           DB_TEXT(in->delivered), DB_TEXT(in->understood), DB_TEXT(in->interpreter),
           DB_TEXT(in->message_version));
    offer_steps(&tx, in);
    access_audit(ctx, &tx, AUDIT_stage_changed, saved.id, NULL,
                 arena_printf(ctx->arena, "offer=%s", in->answer));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = saved;
    return e;
}
