// SPDX-License-Identifier: MIT
// Made-up people themselves: participant, names, identifiers, offers, flags, contacts.
#include "sample/rows.h"

#include "base/field.h"
#include "domain/person/identifier.h"

#include <string.h>

static struct rng rng_for(const struct sample_rows *rows, enum rng_stream stream)
{
    return rng_new(rows->plan->seed, (uint64_t)(rows->person - rows->plan->people), stream);
}

static const char *user_id(const struct plan *plan, int user)
{
    return user == NOBODY ? NULL : plan->users[user].id;
}

static const char *by_worker(const struct sample_rows *rows)
{
    return plan_worker(rows->plan, rows->person)->id;
}

// ---- participant ----

static int stage_day(const struct plan_person *p)
{
    switch ((enum person_kind)p->kind) {
    case KIND_NOT_YET:
        return p->start;
    case KIND_OFFERED:
        return p->offered;
    case KIND_ACCEPTED:
        return p->accepted;
    case KIND_DECLINED:
        return p->declined;
    case KIND_ESCALATED:
        return p->declined + 1;
    case KIND_REOFFERED:
        return p->offered;
    case KIND_CLOSED:
        return p->closed;
    case KIND_REOPENED:
        return p->accepted + 60;
    default:
        return p->accepted + 1;
    }
}

static enum err fill_person(struct sample_rows *rows)
{
    const struct plan_person *p = rows->person;
    ROW(rows, DB_TEXT(p->id), DB_TEXT(rows_time(rows, rows_noon(rows, p->start))));
    return ERR_OK;
}

static enum err fill_participant(struct sample_rows *rows)
{
    const struct plan_person *p = rows->person;
    const struct plan *plan = rows->plan;
    const char *worker = user_id(plan, p->worker);
    const char *reason = p->closure ? p->closure
                         : strcmp(p->stage, "declined") == 0 || strcmp(p->stage, "re_opened") == 0
                             ? "note"
                             : NULL;
    ROW(rows, DB_TEXT(rows->site), DB_TEXT(p->participant), DB_TEXT(p->id), DB_TEXT(p->ref),
        DB_TEXT(p->stage),
        DB_TEXT(rows_time(rows, rows_noon(rows, stage_day(p)))), DB_TEXT(by_worker(rows)),
        DB_TEXT(reason), DB_TEXT(worker),
        DB_TEXT(p->team == NOBODY ? NULL : plan->teams[p->team].id),
        DB_TEXT(p->agency == NOBODY ? NULL : plan->agencies[p->agency].id), DB_TEXT(p->supervision),
        DB_TEXT(rows_day(rows, p->start)), DB_TEXT(rows_time(rows, rows_noon(rows, p->offered))),
        DB_TEXT(rows_time(rows, rows_noon(rows, p->accepted))),
        DB_TEXT(rows_time(rows, rows_noon(rows, p->declined))),
        DB_TEXT(rows_time(rows, rows_noon(rows, p->closed))), DB_TEXT(p->closure),
        DB_TEXT(rows_time(rows, rows_noon(rows, p->suspended))), DB_TEXT(p->suspension),
        DB_TEXT(rows_time(rows, rows_noon(rows, p->start))), DB_TEXT(by_worker(rows)));
    return ERR_OK;
}

struct events {
    struct sample_rows *rows;
    struct rng r;
    const char *from;
};

static void event(struct events *e, const char *kind, const char *from, const char *to, int day,
                  const char *reason)
{
    struct sample_rows *rows = e->rows;
    int64_t at = rows_noon(rows, day);
    ROW(rows, DB_TEXT(rows->site), DB_TEXT(rng_uuid(&e->r, rows->seal.arena, at)),
        DB_TEXT(rows->participant), DB_TEXT(kind), DB_TEXT(from), DB_TEXT(to), DB_TEXT(rows_time(rows, at)),
        DB_TEXT(by_worker(rows)), DB_TEXT(reason), DB_TEXT(rows_time(rows, at)));
}

static void stage(struct events *e, const char *to, int day, const char *reason)
{
    event(e, "stage", e->from, to, day, reason);
    e->from = to;
}

static enum err fill_events(struct sample_rows *rows)
{
    const struct plan_person *p = rows->person;
    struct events e = {rows, rng_for(rows, RNG_OFFER), NULL};
    stage(&e, "awaiting_offer", p->start, NULL);
    if (p->kind == KIND_NOT_YET)
        return ERR_OK;
    stage(&e, "offered", p->kind == KIND_REOFFERED ? p->start + 3 : p->offered, NULL);
    if (p->declined)
        stage(&e, "declined", p->declined, "note");
    if (p->accepted)
        stage(&e, "accepted", p->accepted, NULL);
    if (p->accepted && p->kind != KIND_ACCEPTED)
        stage(&e, "active", p->accepted + 1, NULL);
    if (p->kind == KIND_REOPENED)
        stage(&e, "closed", p->accepted + 30, "withdrew");
    if (strcmp(e.from, p->stage) != 0)
        stage(&e, p->stage, stage_day(p),
              p->closure                 ? p->closure
              : p->kind == KIND_REOPENED ? "note"
                                         : NULL);
    if (p->suspended)
        event(&e, "suspension", NULL, p->suspension, p->suspended, NULL);
    return ERR_OK;
}

// What triggers keep beside the person's own rows: where the cases are, and whose. Each made-up
// person has one.
static const char *case_sites(struct sample_rows *rows)
{
    return field_array(rows->seal.arena, &rows->site, 1);
}

static const char *case_keys(struct sample_rows *rows)
{
    const struct plan_person *p = rows->person;
    const char *keys[2];
    size_t n = 0;
    if (p->worker != NOBODY)
        keys[n++] = user_id(rows->plan, p->worker);
    if (p->team != NOBODY)
        keys[n++] = rows->plan->teams[p->team].id;
    return field_array(rows->seal.arena, keys, n);
}

static enum err fill_data_key(struct sample_rows *rows)
{
    ROW(rows, DB_TEXT(rows->person->id),
        DB_TEXT(arena_printf(rows->seal.arena, "%d", keys_epoch(rows->seal.keys))),
        DB_TEXT(case_sites(rows)), DB_SEALED(rows->person->wrapped));
    return ERR_OK;
}

// ---- identity ----

struct made_identity {
    bool woman;
    const char *given, *family, *known_as, *aliases, *address, *postcode, *phone, *language;
};

static struct made_identity make_identity(const struct sample_rows *rows, struct rng *r)
{
    struct arena *a = rows->seal.arena;
    struct made_identity i = {.woman = rng_chance(r, 12)};
    i.given = rng_word(r, i.woman ? &sample_women : &sample_men);
    i.family = rng_word(r, &sample_families);
    i.known_as = rng_chance(r, 25) ? rng_word(r, &sample_nicknames) : NULL;
    i.aliases =
        rng_chance(r, 12) ? arena_printf(a, "%s %s", i.given, rng_word(r, &sample_families)) : NULL;
    i.address = arena_printf(a, "%d %s\n%s", rng_between(r, 1, 240), rng_word(r, &sample_streets),
                             rows->person->site ? "Oakham" : "Leicester");
    i.postcode = arena_printf(a, "LE%d %d%c%c", rng_between(r, 1, 15), rng_between(r, 1, 9),
                              'A' + rng_between(r, 0, 7), 'R' + rng_between(r, 0, 7));
    // Ofcom keeps 07700 900000 to 900999 for fiction.
    i.phone = rng_chance(r, 85) ? arena_printf(a, "07700 900%03d", rng_between(r, 0, 999)) : NULL;
    i.language = rng_chance(r, 6) ? rng_word(r, &sample_languages) : NULL;
    return i;
}

static enum err seal_all(struct sample_rows *rows, const char *table, const char *const *columns,
                         const char *const *texts, size_t n, struct bytes *ret)
{
    enum err e = ERR_OK;
    for (size_t i = 0; i < n && !e; i++)
        e = rows_seal(rows, SEAL_IDENTITY, table, rows->person->id, columns[i], texts[i], &ret[i]);
    return e;
}

static enum err fill_identity(struct sample_rows *rows)
{
    static const char *const columns[] = {"given_name", "family_name", "known_as",
                                          "address",    "postcode",    "phone"};
    struct rng r = rng_for(rows, RNG_IDENTITY);
    struct made_identity i = make_identity(rows, &r);
    struct bytes s[6];
    enum err e = seal_all(
        rows, "app.identity", columns,
        (const char *const[]){i.given, i.family, i.known_as, i.address, i.postcode, i.phone}, 6, s);
    if (e)
        return e;
    ROW(rows, DB_TEXT(rows->person->id), DB_TEXT(case_sites(rows)), DB_TEXT(case_keys(rows)),
        DB_SEALED(s[0]), DB_SEALED(s[1]), DB_SEALED(s[2]), DB_SEALED(s[3]), DB_SEALED(s[4]),
        DB_SEALED(s[5]));
    return ERR_OK;
}

static enum err fill_identity_detail(struct sample_rows *rows)
{
    static const char *const columns[] = {"date_of_birth", "aliases",    "sex",
                                          "gender",        "ethnicity",  "officer_ethnicity",
                                          "language",      "interpreter"};
    static const char *const ethnicity[] = {"W1", "W1", "W1", "W9", "M1",
                                            "A1", "A2", "B1", "B2", "NS"};
    static const char *const officer[] = {"IC1", "IC1", "IC1", "IC2", "IC3",
                                          "IC4", "IC4", "IC3", "IC3", "IC9"};
    struct rng r = rng_for(rows, RNG_IDENTITY);
    struct made_identity i = make_identity(rows, &r);
    uint32_t group = rng_below(&r, 10);
    struct bytes s[8];
    enum err e =
        seal_all(rows, "app.identity_detail", columns,
                 (const char *const[]){rows_day(rows, rows->person->born), i.aliases,
                                       i.woman ? "female" : "male", i.woman ? "woman" : "man",
                                       ethnicity[group], officer[group], i.language, i.language},
                 8, s);
    if (e)
        return e;
    ROW(rows, DB_TEXT(rows->person->id), DB_TEXT(case_sites(rows)), DB_SEALED(s[0]), DB_SEALED(s[1]),
        DB_SEALED(s[2]), DB_SEALED(s[3]), DB_SEALED(s[4]), DB_SEALED(s[5]), DB_SEALED(s[6]),
        DB_SEALED(s[7]));
    return ERR_OK;
}

static enum err identifier(struct sample_rows *rows, struct rng *r, const char *kind,
                           const char *typed)
{
    struct arena *a = rows->seal.arena;
    const char *canonical = NULL;
    enum identifier_verdict v = identifier_check(a, kind, typed, &canonical);
    if (v == IDENTIFIER_SHAPE)
        return ERR_OK;
    const char *id = rng_uuid(r, a, rows_noon(rows, rows->person->start));
    struct bytes value, blind = keys_blind(&rows->seal, kind, canonical);
    enum err e = rows_seal(rows, SEAL_IDENTITY, "app.identifier", id, "value", canonical, &value);
    if (e)
        return e;
    ROW(rows, DB_TEXT(rows->person->id), DB_TEXT(id), DB_TEXT(case_sites(rows)), DB_TEXT(kind),
        DB_SEALED(value),
        DB_SEALED(blind), DB_TEXT(v == IDENTIFIER_WARN ? identifier_warn_words(a, kind) : NULL));
    return ERR_OK;
}

// The check letter that fits; now and then one that does not, as in life.
static const char *make_pnc(struct arena *a, struct rng *r)
{
    const char *number =
        arena_printf(a, "%d/%07d", rng_between(r, 2010, 2024), rng_between(r, 1, 999999));
    bool slip = rng_chance(r, 4);
    for (const char *c = "ABCDEFGHJKLMNPQRTUVWXYZ"; *c; c++) {
        const char *typed = arena_printf(a, "%s%c", number, *c), *canonical;
        if ((identifier_check(a, "pnc", typed, &canonical) == IDENTIFIER_OK) != slip)
            return typed;
    }
    return number;
}

static enum err fill_identifiers(struct sample_rows *rows)
{
    struct arena *a = rows->seal.arena;
    struct rng r = rng_for(rows, RNG_FLAG);
    enum err e = ERR_OK;
    if (rng_chance(&r, 70))
        e = identifier(rows, &r, "pnc", make_pnc(a, &r));
    if (!e && strcmp(rows->person->supervision, "probation") == 0)
        e = identifier(
            rows, &r, "crn",
            arena_printf(a, "%c%06d", 'A' + rng_between(&r, 0, 25), rng_between(&r, 1, 999999)));
    if (!e && rng_chance(&r, 15))
        e = identifier(rows, &r, "nomis",
                       arena_printf(a, "A%04d%c%c", rng_between(&r, 1, 9999),
                                    'A' + rng_between(&r, 0, 25), 'A' + rng_between(&r, 0, 25)));
    return e;
}

// ---- offers and flags ----

static void offer(struct sample_rows *rows, struct rng *r, int attempt, int day, const char *answer)
{
    bool met = strcmp(answer, "not_met") != 0;
    int64_t at = rows_noon(rows, day);
    ROW(rows, DB_TEXT(rows->site), DB_TEXT(rng_uuid(r, rows->seal.arena, at)), DB_TEXT(rows->participant),
        DB_TEXT(arena_printf(rows->seal.arena, "%d", attempt)), DB_TEXT(by_worker(rows)),
        DB_TEXT(rows_time(rows, at)), DB_TEXT(met ? "2026-1" : NULL),
        DB_TEXT(met ? "true" : "false"), DB_TEXT(met ? "true" : NULL), DB_TEXT("false"),
        DB_TEXT(answer), DB_TEXT(rows_time(rows, at)));
}

static enum err fill_offers(struct sample_rows *rows)
{
    const struct plan_person *p = rows->person;
    struct rng r = rng_for(rows, RNG_OFFER);
    int attempt = 1;
    if (!p->offered)
        return ERR_OK;
    if (rng_chance(&r, 40))
        offer(rows, &r, attempt++, p->start + 1, "not_met");
    if (p->declined)
        offer(rows, &r, attempt++, p->declined, "declined");
    if (p->accepted)
        offer(rows, &r, attempt, p->accepted, "accepted");
    else if (p->kind == KIND_OFFERED || p->kind == KIND_REOFFERED)
        offer(rows, &r, attempt, p->offered, "undecided");
    return ERR_OK;
}

static enum err fill_flags(struct sample_rows *rows)
{
    static const char *const kinds[] = {"visit_in_pairs", "do_not_meet_place", "dog_at_address",
                                        "known_weapons", "no_home_visits"};
    const struct plan_person *p = rows->person;
    const struct plan *plan = rows->plan;
    struct rng r = rng_for(rows, RNG_FLAG);
    for (int i = 0; i < 2; i++) {
        if (!rng_chance(&r, i ? 6 : 16))
            continue;
        uint32_t kind = rng_below(&r, 5);
        int day = p->start + rng_between(&r, 1, 10);
        bool ended = i && rng_chance(&r, 50);
        const char *id = rng_uuid(&r, rows->seal.arena, rows_noon(rows, day));
        struct bytes detail;
        enum err e = rows_seal(rows, SEAL_IDENTITY, "app.safety_flag", id, "detail",
                               sample_flags.words[kind], &detail);
        if (e)
            return e;
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(id), DB_TEXT(rows->participant), DB_TEXT(kinds[kind]),
            DB_SEALED(detail), DB_TEXT(rows_time(rows, rows_noon(rows, day))),
            DB_TEXT(by_worker(rows)), DB_TEXT(rows_day(rows, plan->today + rng_between(&r, 3, 80))),
            DB_TEXT(ended ? rows_time(rows, rows_noon(rows, day + 1)) : NULL),
            DB_TEXT(ended ? by_worker(rows) : NULL));
    }
    return ERR_OK;
}

// ---- contacts ----

// Everything that the four tables of one contact agree on.
struct made_contact {
    const char *id, *corrected_id; // the second: a version that replaces the first
    int64_t at;
    const struct plan_contact *plan;
    const char *due, *minutes, *purposes, *note, *summary;
    bool concern;
};

static const char *next_due(struct sample_rows *rows, struct rng *r, const struct plan_contact *c,
                            bool last)
{
    int after = last && rows->person->kind == KIND_ENGAGED ? 10 : rng_between(r, 3, 9);
    return rows->person->closed ? NULL : rows_day(rows, c->day + after);
}

static size_t make_contacts(struct sample_rows *rows, struct made_contact **ret)
{
    static const char *const purposes[] = {
        "{support_session}",     "{support_session,review}",
        "{welfare_check}",       "{deterrence_message,support_session}",
        "{referral_handover}",   "{family}",
        "{court_or_supervision}"};
    struct arena *a = rows->seal.arena;
    struct plan_contact *list;
    size_t n = plan_contacts(rows->plan, rows->person, a, &list);
    struct made_contact *made = ARENA_ARRAY(a, struct made_contact, n + 1);
    struct rng r = rng_for(rows, RNG_CONTACT);
    r.state ^= 0x5bd1e995; // apart from the stream that planned them
    int64_t before = 0;
    for (size_t i = 0; i < n; i++) {
        struct made_contact *m = &made[i];
        const struct plan_contact *c = &list[i];
        int64_t at = plan_time(rows->plan, &r, c->day);
        at = at > before ? at : before + 1000000;
        before = at;
        *m = (struct made_contact){.id = rng_uuid(&r, a, at), .at = at, .plan = c};
        m->due = next_due(rows, &r, c, i + 1 == n);
        m->minutes = c->success ? arena_printf(a, "%d", rng_between(&r, 2, 18) * 5) : "5";
        m->purposes = c->success ? purposes[rng_below(&r, 7)] : "{welfare_check}";
        m->concern = rng_chance(&r, 5);
        if (rng_chance(&r, c->success ? 70 : 40))
            m->note = rng_word(&r, c->success ? &sample_notes : &sample_missed_notes);
        if (c->success && rng_chance(&r, 20))
            m->summary = rng_word(&r, &sample_summaries);
        if (m->note && rng_chance(&r, 2))
            m->corrected_id = rng_uuid(&r, a, at + 3600000000ll);
    }
    *ret = made;
    return n;
}

static void contact_row(struct sample_rows *rows, const struct made_contact *m, const char *id,
                        const char *corrects, const char *superseded_by, int64_t received)
{
    const struct plan_contact *c = m->plan;
    ROW(rows, DB_TEXT(rows->site), DB_TEXT(id), DB_TEXT(rows->participant), DB_TEXT(rows_time(rows, m->at)),
        DB_TEXT(strcmp(c->outcome, "replied") == 0 ? "inbound" : "outbound"), DB_TEXT(c->mode),
        DB_TEXT(c->outcome), DB_TEXT(c->success ? "true" : "false"),
        DB_TEXT(c->missed ? "true" : "false"), DB_TEXT(m->due), DB_TEXT(by_worker(rows)),
        DB_TEXT(rows_time(rows, received)), DB_TEXT(corrects), DB_TEXT(superseded_by));
}

static enum err fill_contacts(struct sample_rows *rows)
{
    struct made_contact *made;
    size_t n = make_contacts(rows, &made);
    for (size_t i = 0; i < n; i++) {
        const struct made_contact *m = &made[i];
        int64_t received = m->at + 600000000ll, later = received + 3600000000ll;
        int64_t now = rows->plan->now_us;
        contact_row(rows, m, m->id, NULL, m->corrected_id, received < now ? received : now);
        if (m->corrected_id)
            contact_row(rows, m, m->corrected_id, m->id, NULL, later < now ? later : now);
    }
    return ERR_OK;
}

static enum err fill_contact_details(struct sample_rows *rows)
{
    struct made_contact *made;
    size_t n = make_contacts(rows, &made);
    for (size_t i = 0; i < n; i++)
        for (int version = 0; version < (made[i].corrected_id ? 2 : 1); version++)
            ROW(rows, DB_TEXT(rows->site), DB_TEXT(version ? made[i].corrected_id : made[i].id),
                DB_TEXT(rows->participant),
                DB_TEXT(version || !made[i].corrected_id ? made[i].minutes : "500"),
                DB_TEXT(made[i].purposes), DB_TEXT(made[i].concern ? "true" : "false"));
    return ERR_OK;
}

static enum err words_row(struct sample_rows *rows, const char *contact, const char *kind,
                          const char *words)
{
    struct bytes sealed;
    enum err e = rows_seal(rows, SEAL_NOTES, "app.contact_note", contact, kind, words, &sealed);
    if (!e)
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(contact), DB_TEXT(rows->participant),
            DB_TEXT(kind), DB_SEALED(sealed));
    return e;
}

static enum err fill_contact_notes(struct sample_rows *rows)
{
    struct made_contact *made;
    size_t n = make_contacts(rows, &made);
    enum err e = ERR_OK;
    for (size_t i = 0; i < n && !e; i++) {
        const char *corrected = made[i].corrected_id;
        if (made[i].note)
            e = words_row(rows, made[i].id, "note", made[i].note);
        if (!e && corrected && made[i].note)
            e = words_row(rows, corrected, "note", made[i].note);
        if (!e && corrected)
            e = words_row(rows, corrected, "correction_reason", "The minutes were mistyped.");
    }
    return e;
}

static enum err fill_contact_summaries(struct sample_rows *rows)
{
    struct made_contact *made;
    size_t n = make_contacts(rows, &made);
    for (size_t i = 0; i < n; i++) {
        const char *id = made[i].corrected_id ? made[i].corrected_id : made[i].id;
        struct bytes sealed;
        if (!made[i].summary)
            continue;
        enum err e = rows_seal(rows, SEAL_NOTES, "app.contact_summary", id, "summary",
                               made[i].summary, &sealed);
        if (e)
            return e;
        ROW(rows, DB_TEXT(rows->site), DB_TEXT(id), DB_TEXT(rows->participant), DB_SEALED(sealed));
    }
    return ERR_OK;
}

const struct sample_pass sample_person_passes[] = {
    {"People", Q_SAMPLE_PERSON, 2, fill_person},
    {"Cases", Q_SAMPLE_PARTICIPANT, 22, fill_participant},
    {"Stages", Q_SAMPLE_PARTICIPANT_EVENT, 10, fill_events},
    {"Keys", Q_SAMPLE_DATA_KEY, 4, fill_data_key},
    {"Names", Q_SAMPLE_IDENTITY, 9, fill_identity},
    {"Details", Q_SAMPLE_IDENTITY_DETAIL, 10, fill_identity_detail},
    {"Identifiers", Q_SAMPLE_IDENTIFIER, 7, fill_identifiers},
    {"Offers", Q_SAMPLE_OFFER, 12, fill_offers},
    {"Safety flags", Q_SAMPLE_FLAG, 10, fill_flags},
    {"Contacts", Q_SAMPLE_CONTACT, 14, fill_contacts},
    {"Contact details", Q_SAMPLE_CONTACT_DETAIL, 6, fill_contact_details},
    {"Contact notes", Q_SAMPLE_CONTACT_NOTE, 5, fill_contact_notes},
    {"Summaries", Q_SAMPLE_CONTACT_SUMMARY, 4, fill_contact_summaries},
    {NULL, Q_SAMPLE_COUNT, 0, NULL},
};
