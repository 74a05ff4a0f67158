// SPDX-License-Identifier: MIT
#include "domain/escalation/escalation.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "record/cursor.h"
#include "record/name.h"
#include "record/rows.h"
#include "record/step.h"

#include <stdlib.h>
#include <string.h>

static const char note_table[] = "app.escalation_note";
static const char action_table[] = "app.escalation_action";

// ---- reading: one ----

struct reading {
    size_t show, events, notes, actions;
};

static struct reading reading_add(struct access_tx *tx, const char *id)
{
    return (struct reading){
        .show = db_add(tx->pl, DB_CALL(escalation_show, .id = id)),
        .events = db_add(tx->pl, DB_CALL(escalation_events, .id = id)),
        .notes = db_add(tx->pl, DB_CALL(escalation_notes, .id = id)),
        .actions = db_add(tx->pl, DB_CALL(escalation_actions, .id = id)),
    };
}

static enum err read_actions(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                             const char *person, const struct field_rows **ret)
{
    const void *rows;
    size_t n;
    enum err e = rows_open(ctx, pl, i, &escalation_action_table, action_table, person, &rows, &n);
    if (e)
        return e;
    *ret = rows_answer(ctx, &escalation_action_table, rows, n);
    return ERR_OK;
}

static enum err reading_get(struct ctx *ctx, const struct db_pipeline *pl, const struct reading *at,
                            const struct person *person, struct escalation *ret)
{
    if (db_nrows(pl, at->show) == 0)
        return ERR_NOT_FOUND;
    struct escalation s = {0};
    db_row_record(pl, at->show, 0, &escalation_table, &s);
    s.ref = person->ref;
    size_t n_events, n_notes;
    const struct step_event *events = step_events(pl, at->events, &n_events);
    const struct step_note *notes;
    enum err e = step_notes(ctx, pl, at->notes, person->id, note_table, &notes, &n_notes);
    if (!e)
        e = read_actions(ctx, pl, at->actions, person->id, &s.actions);
    if (e)
        return e;
    s.events = rows_answer(ctx, &step_event_table, events, n_events);
    s.notes = rows_answer(ctx, &step_note_table, notes, n_notes);
    for (size_t i = 0; i < n_notes && !s.evidence; i++)
        if (strcmp(notes[i].kind, "evidence") == 0)
            s.evidence = notes[i].note;
    *ret = s;
    return ERR_OK;
}

enum err escalation_read(struct ctx *ctx, const char *id, struct person_file *ret_person,
                         struct contact_list *ret_contacts, struct escalation *ret)
{
    id = uuid_or_nil(id);
    struct access_tx tx = access_begin_for(ctx, PERM_escalation_read, "escalation", id);
    struct reading at = reading_add(&tx, id);
    size_t header = person_file_add(ctx, &tx), contacts = 0;
    if (ret_contacts)
        contacts = contact_list_add(ctx, &tx, ESCALATION_CONTACTS);
    access_audit(ctx, &tx, AUDIT_escalation_viewed, id, NULL, NULL);
    struct person person;
    struct person_file file;
    enum err e = access_run(ctx, &tx, &person);
    if (!e)
        e = person_file_get(ctx, &tx, header, &person, &file);
    if (!e && ret_contacts)
        e = contact_list_get(ctx, &tx, contacts, ESCALATION_CONTACTS, &person, ret_contacts);
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
                          struct escalation_list *ret)
{
    size_t n = db_nrows(pl, i), shown = n > limit ? limit : n;
    struct escalation *rows = ARENA_ARRAY(ctx->arena, struct escalation, shown + 1);
    const struct escalation **each = ARENA_ARRAY(ctx->arena, const struct escalation *, shown + 1);
    for (size_t row = 0; row < shown; row++) {
        db_row_record(pl, i, row, &escalation_row_table, &rows[row]);
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

static void list_add(struct ctx *ctx, struct access_tx *tx, const struct escalation_query *q,
                     long limit, const char *const key[2], size_t ret_at[2])
{
    const char *states = q->state ? field_array(ctx->arena, &q->state, 1) : q->states;
    ret_at[0] = db_add(tx->pl, DB_CALL(escalation_list, .states = states, .trigger = q->trigger,
                                       .by_due = q->by_due ? "true" : "false", .limit = limit,
                                       .after_key = key[0], .after_id = key[1]));
    ret_at[1] = db_add(tx->pl, DB_CALL(escalation_counts, .trigger = q->trigger));
}

static enum err list_get(struct ctx *ctx, const struct access_tx *tx, const size_t at[2],
                         long limit, struct escalation_list *ret)
{
    struct escalation_list found = {0};
    enum err e = list_rows(ctx, tx->pl, at[0], (size_t)limit, &found);
    if (e)
        return e;
    found.counts = (struct escalation_counts){
        db_get(tx->pl, at[1], 0, "decide"), db_get(tx->pl, at[1], 0, "act"),
        db_get(tx->pl, at[1], 0, "open"), db_get(tx->pl, at[1], 0, "closed")};
    *ret = found;
    return ERR_OK;
}

static enum err list_run(struct ctx *ctx, enum permission p, const char *ref,
                         const struct escalation_query *q, struct person_file *ret_person,
                         struct escalation_list *ret)
{
    const char *key[2];
    enum err e = cursor_query(ctx, "after", q->after, key, 2);
    if (!e && key[0] && (strspn(key[0], "-0123456789.") != strlen(key[0]) || !uuid_ok(key[1]))) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    long limit = q->limit ? strtol(q->limit, NULL, 10) : LIST_LIMIT;
    struct access_tx tx = access_begin(ctx, p, ref);
    size_t at[2], header = 0;
    list_add(ctx, &tx, q, limit, key, at);
    bool file = ref && ret_person;
    if (file) {
        header = person_file_add(ctx, &tx);
        access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, NULL);
    }
    struct person person;
    e = access_run(ctx, &tx, &person);
    if (!e && file)
        e = person_file_get(ctx, &tx, header, &person, ret_person);
    return e ? e : list_get(ctx, &tx, at, limit, ret);
}

enum err escalation_list_read(struct ctx *ctx, const char *ref, const struct escalation_query *q,
                              struct person_file *ret_person, struct escalation_list *ret)
{
    return list_run(ctx, PERM_escalation_read, ref, q, ret_person, ret);
}

enum err escalation_form_read(struct ctx *ctx, const char *ref, struct person_file *ret_person,
                              struct escalation_list *ret_open)
{
    static const struct escalation_query open = {
        .states = "{raised,under_review,deferred,approved,action_due,action_taken,suspended}"};
    return list_run(ctx, PERM_escalation_raise, ref, &open, ret_person, ret_open);
}

// ---- raising ----

enum err escalation_raise(struct ctx *ctx, const char *ref, const struct escalation_input *in,
                          const struct create_reply *reply, struct escalation *ret)
{
    struct person person;
    struct sealed_words evidence;
    enum err e = access_person(ctx, PERM_escalation_raise, ref, &person);
    if (!e)
        e = step_seal(ctx, person.id, note_table, "note", in->evidence, &evidence);
    if (e)
        return e;
    struct escalation s = {
        .id = uuid_new(ctx->arena),
        .ref = ref,
        .trigger = in->trigger,
        .state = "raised",
        .triggered_on = in->triggered_on ? in->triggered_on : date_iso(ctx->arena, date_today()),
    };
    struct access_tx tx = access_begin(ctx, PERM_escalation_raise, ref);
    create_claim(ctx, &tx, reply, s.id, &s);
    db_add(tx.pl, DB_CALL(escalation_insert, .id = s.id, .trigger = s.trigger,
                          .triggered_on = s.triggered_on, .evidence_id = evidence.id,
                          .evidence = evidence.sealed));
    access_audit(ctx, &tx, AUDIT_escalation_raised, s.id, NULL,
                 arena_printf(ctx->arena, "trigger=%s", s.trigger));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = s;
    return e;
}

// ---- steps ----

static bool among(const char *code, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

// With which steps actions go: agreed with the first two, taken with the others.
static const char *const with_actions[] = {"approved", "action_due", "action_taken", "reviewed"};

static bool actions_taken(const char *to)
{
    return among(to, with_actions + 2, 2);
}

static enum err move_check(struct ctx *ctx, const struct escalation_move *in)
{
    if (!in->actions || among(in->to, with_actions, 4))
        return ERR_OK;
    ctx_field_error(ctx, "actions", "Actions go with approving, acting or reviewing only");
    return ERR_INVALID;
}

// Opens the escalation's person, so that words can be sealed for him or her: on this path only.
static enum err person_of(struct ctx *ctx, enum permission p, const char *id, struct person *ret)
{
    struct access_tx tx = access_begin_for(ctx, p, "escalation", id);
    return access_run(ctx, &tx, ret);
}

static enum err refused(struct ctx *ctx, const char *id)
{
    struct access_tx tx = access_begin_for(ctx, PERM_escalation_read, "escalation", id);
    size_t at = db_add(tx.pl, DB_CALL(escalation_steps, .id = id));
    enum err e = access_run(ctx, &tx, NULL);
    if (e || !db_nrows(tx.pl, at))
        return e ? e : ERR_NOT_FOUND;
    return step_refuse(ctx, db_get(tx.pl, at, 0, "state"), db_get(tx.pl, at, 0, "possible"));
}

static const char *new_ids(struct arena *a, size_t n)
{
    const char **ids = ARENA_ARRAY(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = uuid_new(a);
    return field_array(a, ids, n);
}

// Noon of a local day, as the instant of something of which only the day is known; but never later
// than now.
static const char *day_instant(struct arena *a, const char *day)
{
    int64_t us, now = clock_now_us();
    if (!day || !time_from_local(day, "12:00", &us))
        return NULL;
    return time_iso(a, us < now ? us : now);
}

enum err escalation_move(struct ctx *ctx, const char *id, const struct escalation_move *in,
                         struct escalation *ret)
{
    id = uuid_or_nil(id);
    struct person person;
    struct sealed_words reason = {0};
    enum err e = move_check(ctx, in);
    if (!e && in->reason)
        e = person_of(ctx, PERM_escalation_read, id, &person);
    if (!e && in->reason)
        e = step_seal(ctx, person.id, note_table, "note", in->reason, &reason);
    if (e)
        return e;
    const char *const *actions;
    size_t n_actions = field_list(ctx->arena, in->actions, &actions);
    struct access_tx tx = access_begin_for(ctx, PERM_escalation_read, "escalation", id);
    db_add(tx.pl,
           DB_CALL(escalation_move, .id = id, .version = in->version, .to = in->to,
                   .reason_code = in->reason ? "note" : NULL, .note_id = reason.id,
                   .note = reason.sealed, .re_offered = day_instant(ctx->arena, in->re_offered_on),
                   .action_ids = new_ids(ctx->arena, n_actions),
                   .actions = in->actions ? in->actions : "{}",
                   .taken = actions_taken(in->to) ? "true" : "false"));
    access_audit(ctx, &tx, AUDIT_escalation_changed, id, NULL,
                 arena_printf(ctx->arena, "to=%s actions=%zu", in->to, n_actions));
    struct reading at = reading_add(&tx, id);
    e = access_run(ctx, &tx, &person);
    if (e == ERR_CONFLICT)
        return refused(ctx, id);
    return e ? e : reading_get(ctx, tx.pl, &at, &person, ret);
}

enum err escalation_act(struct ctx *ctx, const char *id, const struct action_input *in,
                        const struct create_reply *reply)
{
    id = uuid_or_nil(id);
    struct person person;
    struct sealed_words note = {0};
    enum err e = in->note ? person_of(ctx, PERM_escalation_act, id, &person) : ERR_OK;
    if (!e && in->note)
        e = step_seal(ctx, person.id, action_table, "note", in->note, &note);
    if (e)
        return e;
    const char *action = note.id ? note.id : uuid_new(ctx->arena);
    struct access_tx tx = access_begin_for(ctx, PERM_escalation_act, "escalation", id);
    create_claim(ctx, &tx, reply, action, in);
    db_add(tx.pl, DB_CALL(escalation_advance, .id = id, .from = "approved", .to = "action_due"));
    db_add(tx.pl,
           DB_CALL(escalation_advance, .id = id, .from = "action_due", .to = "action_taken"));
    db_add(tx.pl, DB_CALL(escalation_action_insert, .escalation = id, .id = action,
                          .action = in->action, .taken_on = in->taken_on, .note = note.sealed));
    access_audit(ctx, &tx, AUDIT_escalation_changed, id, NULL,
                 arena_printf(ctx->arena, "action=%s", in->action));
    e = access_run(ctx, &tx, NULL);
    return e == ERR_CONFLICT ? refused(ctx, id) : e;
}
