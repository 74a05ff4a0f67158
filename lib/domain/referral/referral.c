// SPDX-License-Identifier: MIT
#include "domain/referral/referral.h"

#include "base/buf.h"
#include "base/uuid.h"
#include "record/cursor.h"
#include "record/name.h"
#include "record/rows.h"
#include "record/step.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char note_table[] = "app.referral_note";
static const char session_table[] = "app.referral_session";

// ---- reading: one ----

struct reading {
    size_t show, events, notes, sessions;
};

static struct reading reading_add(struct access_tx *tx, const char *id)
{
    return (struct reading){
        .show = db_add(tx->pl, DB_CALL(referral_show, .id = id)),
        .events = db_add(tx->pl, DB_CALL(referral_events, .id = id)),
        .notes = db_add(tx->pl, DB_CALL(referral_notes, .id = id)),
        .sessions = db_add(tx->pl, DB_CALL(referral_sessions, .id = id)),
    };
}

// Each kind of words has a place of its own; of several the latest is shown there.
static void place_notes(struct arena *a, const struct step_note *notes, size_t n,
                        struct referral *r)
{
    const struct {
        const char *kind;
        const char **at;
    } places[] = {
        {"reason", &r->reason},
        {"risk_summary", &r->risk_summary},
        {"decline_reason", &r->decline_reason},
        {"withdraw_reason", &r->withdraw_reason},
        {"end_report", &r->end_report},
        {"outcomes", &r->outcomes_wanted},
    };
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++)
            if (strcmp(notes[i].kind, places[p].kind) == 0)
                *places[p].at = notes[i].note;
    r->outcomes_wanted = field_lines_list(a, r->outcomes_wanted); // sealed as lines
}

static enum err read_sessions(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                              const char *person, const struct field_rows **ret)
{
    const void *rows;
    size_t n;
    enum err e =
        rows_open(ctx, pl, i, &referral_session_table, session_table, person, &rows, &n);
    if (e)
        return e;
    *ret = rows_answer(ctx, &referral_session_table, rows, n);
    return ERR_OK;
}

static enum err reading_get(struct ctx *ctx, const struct db_pipeline *pl, const struct reading *at,
                            const struct person *person, struct referral *ret)
{
    if (db_nrows(pl, at->show) == 0)
        return ERR_NOT_FOUND;
    struct referral r = {0};
    db_row_record(pl, at->show, 0, &referral_table, &r);
    r.ref = person->ref;
    size_t n_events, n_notes;
    const struct step_event *events = step_events(pl, at->events, &n_events);
    const struct step_note *notes;
    enum err e = step_notes(ctx, pl, at->notes, person->id, note_table, &notes, &n_notes);
    if (!e)
        e = read_sessions(ctx, pl, at->sessions, person->id, &r.sessions);
    if (e)
        return e;
    r.events = rows_answer(ctx, &step_event_table, events, n_events);
    r.notes = rows_answer(ctx, &step_note_table, notes, n_notes);
    place_notes(ctx->arena, notes, n_notes, &r);
    *ret = r;
    return ERR_OK;
}

enum err referral_read(struct ctx *ctx, const char *id, struct person_file *ret_person,
                       struct referral *ret)
{
    id = uuid_or_nil(id);
    struct access_tx tx = access_begin_for(ctx, PERM_referral_read, "referral", id);
    struct reading at = reading_add(&tx, id);
    size_t header = person_file_add(ctx, &tx);
    access_audit(ctx, &tx, AUDIT_referral_viewed, id, NULL, NULL);
    struct person person;
    struct person_file file;
    enum err e = access_run(ctx, &tx, &person);
    if (!e)
        e = person_file_get(ctx, &tx, header, &person, &file);
    if (!e)
        e = reading_get(ctx, tx.pl, &at, &person, ret);
    if (e)
        return e;
    ret->name = file.name;
    if (ret_person)
        *ret_person = file;
    return ERR_OK;
}

// ---- reading: lists ----

static enum err list_rows(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t limit,
                          struct referral_list *ret)
{
    size_t n = db_nrows(pl, i), shown = n > limit ? limit : n;
    struct referral *rows = ARENA_ARRAY(ctx->arena, struct referral, shown + 1);
    const struct referral **each = ARENA_ARRAY(ctx->arena, const struct referral *, shown + 1);
    for (size_t row = 0; row < shown; row++) {
        db_row_record(pl, i, row, &referral_row_table, &rows[row]);
        enum err e = person_name_load(ctx, pl, i, row, &rows[row].name);
        if (e)
            return e;
        each[row] = &rows[row];
    }
    ret->rows = each;
    ret->n = shown;
    ret->next = NULL;
    if (n > shown)
        ret->next = cursor_make(
            ctx->arena, (const char *const[]){db_get(pl, i, shown - 1, "key"), rows[shown - 1].id},
            2);
    return ERR_OK;
}

static enum err query_check(struct ctx *ctx, const struct referral_query *q, const char *key[2])
{
    enum err e = cursor_query(ctx, "after", q->after, key, 2);
    if (!e && key[0] && (strspn(key[0], "-0123456789.") != strlen(key[0]) || !uuid_ok(key[1]))) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        return ERR_INVALID;
    }
    return e;
}

enum err referral_list_read(struct ctx *ctx, const char *ref, const struct referral_query *q,
                            struct person_file *ret_person, struct referral_list *ret)
{
    const char *key[2];
    enum err e = query_check(ctx, q, key);
    if (e)
        return e;
    long limit = q->limit ? strtol(q->limit, NULL, 10) : LIST_LIMIT;
    const char *states = q->state ? field_array(ctx->arena, &q->state, 1) : q->states;
    struct access_tx tx = access_begin(ctx, PERM_referral_read, ref);
    size_t list = db_add(tx.pl, DB_CALL(referral_list, .states = states, .service = q->service,
                                        .by_due = q->by_due ? "true" : "false", .limit = limit,
                                        .after_key = key[0], .after_id = key[1]));
    size_t counts = db_add(tx.pl, DB_CALL(referral_counts, .service = q->service)), header = 0;
    bool file = ref && ret_person;
    if (file) {
        header = person_file_add(ctx, &tx);
        access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, NULL);
    }
    struct person person;
    struct referral_list found = {0};
    e = access_run(ctx, &tx, &person);
    if (!e && file)
        e = person_file_get(ctx, &tx, header, &person, ret_person);
    if (!e)
        e = list_rows(ctx, tx.pl, list, (size_t)limit, &found);
    if (e)
        return e;
    found.counts = (struct referral_counts){
        db_get(tx.pl, counts, 0, "draft"), db_get(tx.pl, counts, 0, "waiting"),
        db_get(tx.pl, counts, 0, "open"), db_get(tx.pl, counts, 0, "ended")};
    *ret = found;
    return ERR_OK;
}

// ---- making one ----

#define PROVIDER(member) FIELD_COLUMN(struct provider, member, FIELD_TEXT)
static const struct field provider_rows[] = {PROVIDER(id), PROVIDER(name)};
static const struct field_table provider_table =
    FIELD_TABLE("Provider", struct provider, provider_rows);

enum err referral_form_read(struct ctx *ctx, const char *ref, struct referral_form *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_referral_write, ref);
    size_t providers = db_add(tx.pl, DB_CALL0(referral_providers));
    size_t header = person_file_add(ctx, &tx);
    access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, NULL);
    struct person person;
    struct referral_form f = {0};
    enum err e = access_run(ctx, &tx, &person);
    if (!e)
        e = person_file_get(ctx, &tx, header, &person, &f.person);
    if (e)
        return e;
    f.providers = rows_read(tx.pl, providers, &provider_table, &f.n_providers);
    *ret = f;
    return ERR_OK;
}

struct input_words {
    struct sealed_words reason, risk, outcomes;
};

static enum err seal_input(struct ctx *ctx, const char *person, const struct referral_input *in,
                           struct input_words *ret)
{
    const char *outcomes = field_list_lines(ctx->arena, in->outcomes_wanted);
    enum err e = step_seal(ctx, person, note_table, "note", in->reason, &ret->reason);
    if (!e)
        e = step_seal(ctx, person, note_table, "note", in->risk_summary, &ret->risk);
    if (!e)
        e = step_seal(ctx, person, note_table, "note", outcomes, &ret->outcomes);
    return e;
}

enum err referral_make(struct ctx *ctx, const char *ref, const struct referral_input *in,
                       const struct create_reply *reply, struct referral *ret)
{
    struct person person;
    enum err e = access_person(ctx, PERM_referral_write, ref, &person);
    struct input_words words;
    if (!e)
        e = seal_input(ctx, person.id, in, &words);
    if (e)
        return e;
    bool draft = in->draft && strcmp(in->draft, "true") == 0;
    struct referral r = {
        .id = uuid_new(ctx->arena),
        .ref = ref,
        .service = in->service,
        .provider = in->provider,
        .state = draft ? "draft" : "sent",
        .urgency = in->urgency ? in->urgency : "routine",
        .needs = in->needs ? in->needs : "{}",
    };
    struct access_tx tx = access_begin(ctx, PERM_referral_write, ref);
    create_claim(ctx, &tx, reply, r.id, &r);
    size_t insert = db_add(
        tx.pl, DB_CALL(referral_insert, .id = r.id, .service = r.service, .provider = r.provider,
                       .state = r.state, .urgency = r.urgency, .needs = r.needs,
                       .reason_id = words.reason.id, .reason = words.reason.sealed,
                       .risk_id = words.risk.id, .risk = words.risk.sealed,
                       .outcomes_id = words.outcomes.id, .outcomes = words.outcomes.sealed));
    access_audit(ctx, &tx, AUDIT_referral_made, r.id, NULL,
                 arena_printf(ctx->arena, "service=%s state=%s", r.service, r.state));
    e = access_run(ctx, &tx, NULL);
    if (e == ERR_INVALID && db_failed(tx.pl) == insert && !ctx->problem.first)
        ctx_field_error(ctx, "provider", "Provider must be one of the list for this site");
    if (!e)
        *ret = r;
    return e;
}

// ---- steps ----

// The words that go with a step, what kind they are, and the code that says why.
struct step_words {
    const char *kind, *text, *code;
};

static struct step_words words_of(struct arena *a, const struct referral_move *in)
{
    struct step_words w = {.kind = "step_note", .text = in->reason};
    if (strcmp(in->to, "declined") == 0)
        w.kind = "decline_reason";
    else if (strcmp(in->to, "withdrawn") == 0)
        w.kind = "withdraw_reason";
    else if (strcmp(in->to, "ended") == 0)
        w.kind = "end_report";
    if (in->end_report)
        w.text = w.text ? arena_printf(a, "%s\n\n%s", w.text, in->end_report) : in->end_report;
    w.code = in->decline_reason ? in->decline_reason : w.text ? "note" : NULL;
    return w;
}

static enum err move_check(struct ctx *ctx, const struct referral_move *in)
{
    if (in->decline_reason && strcmp(in->to, "declined") != 0)
        ctx_field_error(ctx, "decline_reason", "A reason for declining goes with declining only");
    if (in->end_report && strcmp(in->to, "ended") != 0)
        ctx_field_error(ctx, "end_report", "An end report goes with ending only");
    return ctx->problem.first ? ERR_INVALID : ERR_OK;
}

// Opens the referral's person, so that words can be sealed for him or her: on this path only.
static enum err person_of(struct ctx *ctx, enum permission p, const char *id, struct person *ret)
{
    struct access_tx tx = access_begin_for(ctx, p, "referral", id);
    return access_run(ctx, &tx, ret);
}

static enum err move_refused(struct ctx *ctx, const char *id)
{
    struct access_tx tx = access_begin_for(ctx, PERM_referral_read, "referral", id);
    size_t at = db_add(tx.pl, DB_CALL(referral_steps, .id = id));
    enum err e = access_run(ctx, &tx, NULL);
    if (e || !db_nrows(tx.pl, at))
        return e ? e : ERR_NOT_FOUND;
    return step_refuse(ctx, db_get(tx.pl, at, 0, "state"), db_get(tx.pl, at, 0, "possible"));
}

// The trigger asks for "a reason"; on this step it is a report that is wanted.
static void name_report(struct ctx *ctx, const struct referral_move *in)
{
    struct field_error *f = ctx->problem.first;
    if (f && !f->next && strcmp(f->field, "reason") == 0 && strcmp(in->to, "ended") == 0) {
        f->field = "end_report";
        f->message = "Enter an end report";
    } else if (f && !f->next && strcmp(f->field, "reason") == 0 &&
               strcmp(in->to, "declined") == 0) {
        f->field = "decline_reason";
        f->message = "Select a reason for declining, or say why in words";
    }
}

enum err referral_move(struct ctx *ctx, const char *id, const struct referral_move *in,
                       struct referral *ret)
{
    id = uuid_or_nil(id);
    struct step_words w = words_of(ctx->arena, in);
    struct sealed_words sealed = {0};
    struct person person;
    enum err e = move_check(ctx, in);
    if (!e && w.text)
        e = person_of(ctx, PERM_referral_read, id, &person);
    if (!e && w.text)
        e = step_seal(ctx, person.id, note_table, "note", w.text, &sealed);
    if (e)
        return e;
    struct access_tx tx = access_begin_for(ctx, PERM_referral_read, "referral", id);
    db_add(tx.pl, DB_CALL(referral_move, .id = id, .version = in->version, .to = in->to,
                          .reason_code = w.code, .note_id = sealed.id, .kind = w.kind,
                          .note = sealed.sealed));
    access_audit(ctx, &tx, AUDIT_referral_changed, id, NULL,
                 arena_printf(ctx->arena, "to=%s", in->to));
    struct reading at = reading_add(&tx, id);
    e = access_run(ctx, &tx, &person);
    if (e == ERR_CONFLICT)
        return move_refused(ctx, id);
    if (e == ERR_INVALID)
        name_report(ctx, in);
    return e ? e : reading_get(ctx, tx.pl, &at, &person, ret);
}

// ---- sessions ----

static enum err session_check(struct ctx *ctx, const struct session_input *in)
{
    bool happened = strcmp(in->result, "happened") == 0;
    if (!happened && in->late && strcmp(in->late, "true") == 0)
        ctx_field_error(ctx, "late", "Late goes with a session that happened");
    if (!happened && in->minutes && strcmp(in->minutes, "0") != 0)
        ctx_field_error(ctx, "minutes", "Minutes go with a session that happened");
    return ctx->problem.first ? ERR_INVALID : ERR_OK;
}

enum err referral_session_record(struct ctx *ctx, const char *id, const struct session_input *in,
                                 const struct create_reply *reply, struct referral_session *ret)
{
    id = uuid_or_nil(id);
    struct person person;
    struct sealed_words feedback = {0};
    enum err e = session_check(ctx, in);
    if (!e && in->feedback)
        e = person_of(ctx, PERM_referral_deliver, id, &person);
    if (!e && in->feedback)
        e = step_seal(ctx, person.id, session_table, "feedback", in->feedback, &feedback);
    if (e)
        return e;
    struct referral_session s = {
        .id = feedback.id ? feedback.id : uuid_new(ctx->arena),
        .held_on = in->held_on,
        .result = in->result,
        .late = in->late ? in->late : "false",
        .minutes = in->minutes,
        .concern = in->concern ? in->concern : "false",
    };
    struct access_tx tx = access_begin_for(ctx, PERM_referral_deliver, "referral", id);
    create_claim(ctx, &tx, reply, s.id, &s);
    db_add(tx.pl, DB_CALL(referral_session_insert, .referral = id, .id = s.id, .held_on = s.held_on,
                          .result = s.result, .late = s.late, .minutes = s.minutes,
                          .feedback = feedback.sealed, .concern = s.concern));
    access_audit(ctx, &tx, AUDIT_referral_session, id, NULL,
                 arena_printf(ctx->arena, "result=%s", s.result));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = s;
    return e;
}
