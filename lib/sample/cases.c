// SPDX-License-Identifier: MIT
// Referrals and escalations of made-up people, in every state, with the steps that led there.
#include "sample/rows.h"

#include <string.h>

static struct rng rng_for(const struct sample_rows *rows, enum rng_stream stream)
{
    return rng_new(rows->plan->seed, (uint64_t)(rows->person - rows->plan->people), stream);
}

static const char *user_id(const struct plan *plan, int user)
{
    return user == NOBODY ? NULL : plan->users[user].id;
}

struct step {
    const char *from, *to, *reason, *by;
    int day;
};

enum { MOST_STEPS = 8, MOST_THINGS = 3 };

struct thing {
    const char *id, *code; // code: service or trigger
    struct step steps[MOST_STEPS];
    size_t n;
    int provider; // agency
};

static void step(struct thing *t, const char *to, int day, const char *by, const char *reason)
{
    if (t->n == MOST_STEPS)
        return;
    t->steps[t->n] = (struct step){t->n ? t->steps[t->n - 1].to : NULL, to, reason, by, day};
    t->n++;
}

static const struct step *last(const struct thing *t)
{
    return &t->steps[t->n - 1];
}

/** The day of the step to that state, 0 if there was none. */
static int day_of(const struct thing *t, const char *to)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->steps[i].to, to) == 0)
            return t->steps[i].day;
    return 0;
}

static const char *by_of(const struct thing *t, const char *to)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->steps[i].to, to) == 0)
            return t->steps[i].by;
    return NULL;
}

// ---- referrals ----

static void referral_steps(const struct sample_rows *rows, struct thing *t, struct rng *r, int made)
{
    const struct plan *plan = rows->plan;
    const char *worker = plan_worker(plan, rows->person)->id;
    const char *provider =
        user_id(plan, plan_user_of(plan, "provider", rows->person->site, t->provider, 0));
    int today = plan->today, day = made;
    uint32_t luck = rng_below(r, 100);
    step(t, "draft", day, worker, NULL);
    if (luck < 6)
        return;
    step(t, "sent", day, worker, NULL);
    if (luck < 10 && (day += 2) <= today) {
        step(t, "withdrawn", day, worker, "note");
        return;
    }
    day += rng_between(r, 1, 6);
    if (luck < 20 || day > today)
        return;
    if (luck < 28) {
        step(t, "declined", day, provider, rng_chance(r, 50) ? "no_capacity" : "not_suitable");
        return;
    }
    step(t, "accepted", day, provider, NULL);
    day += rng_between(r, 2, 9);
    if (luck < 36 || day > today)
        return;
    step(t, "started", day, provider, NULL);
    day += rng_between(r, 30, 90);
    if (luck >= 60 && day <= today)
        step(t, "ended", day, provider, "note");
}

static size_t referrals(const struct sample_rows *rows, struct thing *ret)
{
    static const char *const services[] = {
        "mentoring", "housing",           "employment",
        "training",  "mental_health",     "substance_misuse",
        "education", "debt_and_benefits", "sport_and_activities"};
    const struct plan_person *p = rows->person;
    const struct plan *plan = rows->plan;
    struct rng r = rng_for(rows, RNG_REFERRAL);
    if (!p->accepted)
        return 0;
    int until = p->closed ? p->closed : p->suspended ? p->suspended : plan->today;
    size_t n = rng_below(&r, MOST_THINGS + 1);
    for (size_t i = 0; i < n; i++) {
        int made = until > p->accepted ? rng_between(&r, p->accepted, until) : until;
        // One in three is recent, so that somebody always has something to answer.
        if (rng_chance(&r, 33) && until - 8 > p->accepted)
            made = rng_between(&r, until - 8, until);
        ret[i] = (struct thing){.id = rng_uuid(&r, rows->seal.arena, rows_noon(rows, made)),
                                .code = services[rng_below(&r, 9)]};
        ret[i].provider = NOBODY;
        int choice = rng_between(&r, 0, 1);
        for (size_t a = 0; a < plan->n_agencies; a++)
            if (strcmp(plan->agencies[a].kind, "provider") == 0 &&
                plan->agencies[a].site == p->site && choice-- == 0)
                ret[i].provider = (int)a;
        referral_steps(rows, &ret[i], &r, made);
    }
    return n;
}

static const char *sent_to(const struct sample_rows *rows, const struct thing *t)
{
    return day_of(t, "sent") ? rows->plan->agencies[t->provider].id : NULL;
}

static enum err fill_referrals(struct sample_rows *rows)
{
    struct thing list[MOST_THINGS];
    size_t n = referrals(rows, list);
    for (size_t i = 0; i < n; i++) {
        const struct thing *t = &list[i];
        int sent = day_of(t, "sent"), accepted = day_of(t, "accepted");
#define AT(state) DB_TEXT(rows_time(rows, rows_noon(rows, day_of(t, state))))
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(t->id), DB_TEXT(rows->participant),
            DB_TEXT(rows->person->id), DB_TEXT(rows->person->ref), DB_TEXT(t->code),
            DB_TEXT(rows->plan->agencies[t->provider].id), DB_TEXT(last(t)->to),
            DB_TEXT(rows_time(rows, rows_noon(rows, last(t)->day))), DB_TEXT(last(t)->by),
            DB_TEXT(last(t)->reason), DB_TEXT(t->steps[0].by), AT("draft"), AT("sent"),
            AT("accepted"), AT("declined"), AT("withdrawn"), AT("started"), AT("ended"),
            DB_TEXT(rows_day(rows, sent ? plan_working_days(sent, 5) : 0)),
            DB_TEXT(rows_day(rows, accepted ? plan_working_days(accepted, 10) : 0)));
#undef AT
    }
    return ERR_OK;
}

static enum err fill_referral_events(struct sample_rows *rows)
{
    struct thing list[MOST_THINGS];
    size_t n = referrals(rows, list);
    struct rng r = rng_for(rows, RNG_REFERRAL);
    r.state ^= 0x68bc21eb;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < list[i].n; k++) {
            const struct step *s = &list[i].steps[k];
            const char *at = rows_time(rows, rows_noon(rows, s->day));
            ROW(rows, DB_TEXT(rows->site),
                DB_TEXT(rng_uuid(&r, rows->seal.arena, rows_noon(rows, s->day))),
                DB_TEXT(list[i].id), DB_TEXT(rows->participant), DB_TEXT(sent_to(rows, &list[i])),
                DB_TEXT(s->from), DB_TEXT(s->to), DB_TEXT(at), DB_TEXT(s->by), DB_TEXT(s->reason),
                DB_TEXT(at));
        }
    }
    return ERR_OK;
}

static enum err fill_referral_details(struct sample_rows *rows)
{
    static const char *const needs[] = {"{ete}", "{accommodation,finance}", "{drugs_alcohol}",
                                        "{wellbeing,relationships}", "{lifestyle_and_associates}"};
    static const char *const urgency[] = {"routine", "routine", "routine", "urgent", "immediate"};
    struct thing list[MOST_THINGS];
    size_t n = referrals(rows, list);
    struct rng r = rng_for(rows, RNG_REFERRAL);
    r.state ^= 0x02e5be93;
    for (size_t i = 0; i < n; i++)
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(list[i].id), DB_TEXT(rows->participant),
            DB_TEXT(sent_to(rows, &list[i])), DB_TEXT(urgency[rng_below(&r, 5)]),
            DB_TEXT(needs[rng_below(&r, 5)]));
    return ERR_OK;
}

static enum err referral_note(struct sample_rows *rows, struct rng *r, const struct thing *t,
                              const char *kind, const struct word_list *words, int day,
                              const char *by)
{
    const char *id = rng_uuid(r, rows->seal.arena, rows_noon(rows, day));
    struct bytes sealed;
    enum err e =
        rows_seal(rows, SEAL_NOTES, "app.referral_note", id, "note", rng_word(r, words), &sealed);
    if (!e)
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(id), DB_TEXT(t->id), DB_TEXT(rows->participant),
            DB_TEXT(sent_to(rows, t)), DB_TEXT(kind), DB_SEALED(sealed),
            DB_TEXT(rows_time(rows, rows_noon(rows, day))), DB_TEXT(by));
    return e;
}

static enum err fill_referral_notes(struct sample_rows *rows)
{
    static const struct {
        const char *state, *kind;
        const struct word_list *words;
    } notes[] = {
        {"draft", "reason", &sample_reasons},
        {"draft", "risk_summary", &sample_risks},
        {"declined", "decline_reason", &sample_reports},
        {"withdrawn", "withdraw_reason", &sample_decisions},
        {"ended", "end_report", &sample_reports},
    };
    struct thing list[MOST_THINGS];
    size_t n = referrals(rows, list);
    struct rng r = rng_for(rows, RNG_REFERRAL);
    r.state ^= 0x3c6ef372;
    enum err e = ERR_OK;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof(notes) / sizeof(notes[0]) && !e; k++)
            if (day_of(&list[i], notes[k].state))
                e = referral_note(rows, &r, &list[i], notes[k].kind, notes[k].words,
                                  day_of(&list[i], notes[k].state),
                                  by_of(&list[i], notes[k].state));
    return e;
}

static enum err session(struct sample_rows *rows, struct rng *r, const struct thing *t, int day)
{
    const char *id = rng_uuid(r, rows->seal.arena, rows_noon(rows, day));
    bool happened = rng_chance(r, 80);
    struct bytes sealed = {NULL, 0};
    enum err e = ERR_OK;
    if (happened)
        e = rows_seal(rows, SEAL_NOTES, "app.referral_session", id, "feedback",
                      rng_word(r, &sample_feedback), &sealed);
    if (!e)
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(id), DB_TEXT(t->id), DB_TEXT(rows->participant),
            DB_TEXT(sent_to(rows, t)), DB_TEXT(rows_day(rows, day)),
            DB_TEXT(happened ? "happened" : "logistics"),
            DB_TEXT(happened && rng_chance(r, 15) ? "true" : "false"),
            DB_TEXT(happened ? "60" : NULL), DB_SEALED(sealed),
            DB_TEXT(rows_time(rows, rows_noon(rows, day))), DB_TEXT(by_of(t, "started")));
    return e;
}

static enum err fill_referral_sessions(struct sample_rows *rows)
{
    struct thing list[MOST_THINGS];
    size_t n = referrals(rows, list);
    struct rng r = rng_for(rows, RNG_REFERRAL);
    r.state ^= 0x1f83d9ab;
    enum err e = ERR_OK;
    for (size_t i = 0; i < n; i++) {
        int day = day_of(&list[i], "started"), until = day_of(&list[i], "ended");
        if (!until)
            until = rows->plan->today;
        for (int k = 0; day && k < 6 && day <= until && !e; k++, day += 7)
            e = session(rows, &r, &list[i], day);
    }
    return e;
}

// ---- escalations ----

static void escalation_steps(const struct sample_rows *rows, struct thing *t, struct rng *r,
                             int raised)
{
    const struct plan *plan = rows->plan;
    int site = rows->person->site, today = plan->today, day = raised;
    const char *worker = plan_worker(plan, rows->person)->id;
    const char *manager = user_id(plan, plan_user_of(plan, "manager", site, NOBODY, 0));
    const char *police = user_id(plan, plan_user_of(plan, "police", site, NOBODY, rng_below(r, 2)));
    uint32_t luck = rng_below(r, 100);
    bool old = raised < today - 30;
    step(t, "raised", day, worker, t->code);
    if (!old && luck < 30)
        return;
    if (luck < 38 && ++day <= today) {
        step(t, "suspended", day, manager, "note");
        return;
    }
    if ((day += rng_between(r, 0, 2)) > today)
        return;
    step(t, "under_review", day, manager, NULL);
    if ((day += rng_between(r, 0, 2)) > today || (!old && luck < 50))
        return;
    if (luck < 60) {
        step(t, "deferred", day, manager, "note");
        return;
    }
    if (luck < 70) {
        step(t, "not_approved", day, manager, "note");
        if (old)
            step(t, "closed", day + 1, manager, "note");
        return;
    }
    step(t, "approved", day, manager, NULL);
    if ((day += 1) > today || (!old && luck < 78))
        return;
    step(t, "action_due", day, police, NULL);
    if ((day += rng_between(r, 1, 4)) > today || (!old && luck < 88))
        return;
    step(t, "action_taken", day, police, NULL);
    if ((day += rng_between(r, 5, 14)) > today)
        return;
    step(t, "reviewed", day, manager, NULL);
    if ((day += 2) <= today && old)
        step(t, "closed", day, manager, "note");
}

static size_t escalations(const struct sample_rows *rows, struct thing *ret)
{
    static const char *const past[] = {"disengaged", "new_offence", "continued_violence",
                                       "breach_of_order", "intelligence"};
    const struct plan_person *p = rows->person;
    struct rng r = rng_for(rows, RNG_ESCALATION);
    size_t n = 0;
    int today = rows->plan->today;
    if (p->accepted && p->accepted < today - 80 && rng_chance(&r, 25)) {
        int day = rng_between(&r, p->accepted + 5, today - 60);
        ret[n++] = (struct thing){.id = rng_uuid(&r, rows->seal.arena, rows_noon(rows, day)),
                                  .code = past[rng_below(&r, 5)]};
        escalation_steps(rows, &ret[0], &r, day);
    }
    bool declined = p->declined != 0;
    unsigned chance = p->kind == KIND_ESCALATED    ? 100
                      : declined                   ? 50
                      : p->kind == KIND_DISENGAGED ? 60
                      : p->kind == KIND_WAVERING   ? 8
                                                   : 0;
    if (rng_chance(&r, chance)) {
        int day = declined ? p->declined + 1 : today - rng_between(&r, 0, 12);
        day = day > today ? today : day;
        struct thing *t = &ret[n++];
        *t = (struct thing){.id = rng_uuid(&r, rows->seal.arena, rows_noon(rows, day)),
                            .code = declined ? "refused_offer" : "disengaged"};
        escalation_steps(rows, t, &r, day);
    }
    return n;
}

static int decided_day(const struct thing *t, const char **ret_by)
{
    static const char *const decisions[] = {"approved", "not_approved", "deferred"};
    for (size_t i = 0; i < 3; i++) {
        *ret_by = by_of(t, decisions[i]);
        if (*ret_by)
            return day_of(t, decisions[i]);
    }
    return 0;
}

static enum err fill_escalations(struct sample_rows *rows)
{
    struct thing list[MOST_THINGS];
    size_t n = escalations(rows, list);
    for (size_t i = 0; i < n; i++) {
        const struct thing *t = &list[i];
        int raised = t->steps[0].day;
        const char *by;
        int decided = decided_day(t, &by);
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(t->id), DB_TEXT(rows->participant), DB_TEXT(t->code),
            DB_TEXT(last(t)->to), DB_TEXT(rows_time(rows, rows_noon(rows, last(t)->day))),
            DB_TEXT(last(t)->by), DB_TEXT(last(t)->reason), DB_TEXT(rows_day(rows, raised)),
            DB_TEXT(rows_time(rows, rows_noon(rows, raised))), DB_TEXT(t->steps[0].by),
            DB_TEXT(rows_day(rows, plan_working_days(raised, 2))),
            DB_TEXT(rows_time(rows, rows_noon(rows, decided))), DB_TEXT(by),
            DB_TEXT(rows_time(rows, rows_noon(rows, day_of(t, "action_taken")))),
            DB_TEXT(rows_time(rows, rows_noon(rows, day_of(t, "closed")))));
    }
    return ERR_OK;
}

static enum err fill_escalation_events(struct sample_rows *rows)
{
    struct thing list[MOST_THINGS];
    size_t n = escalations(rows, list);
    struct rng r = rng_for(rows, RNG_ESCALATION);
    r.state ^= 0x68bc21eb;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < list[i].n; k++) {
            const struct step *s = &list[i].steps[k];
            const char *at = rows_time(rows, rows_noon(rows, s->day));
            ROW(rows, DB_TEXT(rows->site),
                DB_TEXT(rng_uuid(&r, rows->seal.arena, rows_noon(rows, s->day))),
                DB_TEXT(list[i].id), DB_TEXT(rows->participant), DB_TEXT(s->from), DB_TEXT(s->to),
                DB_TEXT(at), DB_TEXT(s->by), DB_TEXT(s->reason), DB_TEXT(at));
        }
    }
    return ERR_OK;
}

static enum err escalation_note(struct sample_rows *rows, struct rng *r, const struct thing *t,
                                const struct step *s)
{
    bool evidence = s == &t->steps[0];
    const char *id = rng_uuid(r, rows->seal.arena, rows_noon(rows, s->day));
    struct bytes sealed;
    enum err e = rows_seal(rows, SEAL_NOTES, "app.escalation_note", id, "note",
                           rng_word(r, evidence ? &sample_evidence : &sample_decisions), &sealed);
    if (!e)
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(id), DB_TEXT(t->id), DB_TEXT(rows->participant),
            DB_TEXT(evidence ? "evidence" : "reason"), DB_TEXT(evidence ? NULL : s->to),
            DB_SEALED(sealed), DB_TEXT(rows_time(rows, rows_noon(rows, s->day))), DB_TEXT(s->by));
    return e;
}

static enum err fill_escalation_notes(struct sample_rows *rows)
{
    struct thing list[MOST_THINGS];
    size_t n = escalations(rows, list);
    struct rng r = rng_for(rows, RNG_ESCALATION);
    r.state ^= 0x3c6ef372;
    enum err e = ERR_OK;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n && !e; k++)
            if (list[i].steps[k].reason)
                e = escalation_note(rows, &r, &list[i], &list[i].steps[k]);
    return e;
}

static enum err fill_escalation_actions(struct sample_rows *rows)
{
    static const char *const actions[] = {"warning_letter", "joint_visit", "final_warning",
                                          "curfew_or_bail_checks", "disruption_visit"};
    struct thing list[MOST_THINGS];
    size_t n = escalations(rows, list);
    struct rng r = rng_for(rows, RNG_ESCALATION);
    r.state ^= 0x1f83d9ab;
    for (size_t i = 0; i < n; i++) {
        int day = day_of(&list[i], "action_taken");
        if (!day)
            continue;
        const char *id = rng_uuid(&r, rows->seal.arena, rows_noon(rows, day));
        struct bytes sealed;
        enum err e = rows_seal(rows, SEAL_NOTES, "app.escalation_action", id, "note",
                               rng_word(&r, &sample_evidence), &sealed);
        if (e)
            return e;
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(id), DB_TEXT(list[i].id), DB_TEXT(rows->participant),
            DB_TEXT(actions[rng_below(&r, 5)]), DB_TEXT(rows_day(rows, day)), DB_SEALED(sealed),
            DB_TEXT(rows_time(rows, rows_noon(rows, day))),
            DB_TEXT(by_of(&list[i], "action_taken")));
    }
    return ERR_OK;
}

const struct sample_pass sample_case_passes[] = {
    {"Referrals", Q_SAMPLE_REFERRAL, 21, fill_referrals},
    {"Referral steps", Q_SAMPLE_REFERRAL_EVENT, 11, fill_referral_events},
    {"Referral details", Q_SAMPLE_REFERRAL_DETAIL, 6, fill_referral_details},
    {"Referral notes", Q_SAMPLE_REFERRAL_NOTE, 9, fill_referral_notes},
    {"Sessions", Q_SAMPLE_REFERRAL_SESSION, 12, fill_referral_sessions},
    {"Escalations", Q_SAMPLE_ESCALATION, 16, fill_escalations},
    {"Escalation steps", Q_SAMPLE_ESCALATION_EVENT, 10, fill_escalation_events},
    {"Escalation notes", Q_SAMPLE_ESCALATION_NOTE, 9, fill_escalation_notes},
    {"Actions", Q_SAMPLE_ESCALATION_ACTION, 9, fill_escalation_actions},
    {NULL, Q_SAMPLE_COUNT, 0, NULL},
};
