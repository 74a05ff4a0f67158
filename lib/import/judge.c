// SPDX-License-Identifier: MIT
// The verdict on a row. Nothing here knows a heading, a spelling or a format: they are the
// mapping's.
#include "import/row.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "domain/person/identifier.h"
#include "domain/person/source_ref.h"

#include <string.h>

enum { YOUNGEST = 14, OLDEST = 100 };

// ---- problems ----

static void problem(struct import_judge *j, struct import_row *row, enum import_state state,
                    int field, const char *words)
{
    struct buf *b = state == IMPORT_REJECT ? &row->rejects : &row->warns;
    if (!b->arena)
        buf_init(b, j->row.arena);
    buf_printf(b, "%s%s", b->n ? "; " : "", words);
    // The column is that of the first of the worst problems.
    if (row->column < 0 || state > row->state)
        row->column = field;
    row->state = state > row->state ? state : row->state;
}

static void field_problem(struct import_judge *j, struct import_row *row, enum import_state state,
                          int field, const char *words)
{
    problem(j, row, state, field,
            arena_printf(j->row.arena, "%s %s", j->fields[field].words, words));
}

struct import_verdict import_row_verdict(const struct import_judge *j, struct import_row *row)
{
    const char *column = "";
    const struct map_columns *c = &j->setup->mapping->columns[j->setup->kind];
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].field == row->column)
            column = c->at[i].heading;
    struct buf all;
    buf_init(&all, j->row.arena);
    buf_puts(&all, row->rejects.n ? row->rejects.p : "");
    if (row->warns.n)
        buf_printf(&all, "%s%s", all.n ? "; " : "", row->warns.p);
    const char *message = row->state == IMPORT_OK && row->present ? "already here" : all.p;
    return (struct import_verdict){row->number, row->state, column, message ? message : ""};
}

// ---- what every kind has ----

static void judge_fields(struct import_judge *j, struct import_row *row)
{
    for (int i = 0; j->fields[i].name; i++) {
        const char *text = row->cell[i];
        if (!text) {
            if (j->fields[i].required)
                field_problem(j, row, IMPORT_REJECT, i, "missing");
            continue;
        }
        if (utf8_count(text) > j->fields[i].most)
            field_problem(j, row, IMPORT_REJECT, i, "too long");
        if (!j->fields[i].vocab)
            continue;
        row->code[i] = map_code(j->row.arena, j->setup->mapping, j->fields[i].vocab, text);
        if (!row->code[i])
            field_problem(j, row, IMPORT_REJECT, i, "not mapped");
    }
}

static bool judge_date(struct import_judge *j, struct import_row *row, int field, int64_t *ret)
{
    if (!row->cell[field])
        return false;
    switch (map_date(j->row.arena, j->setup->mapping, row->cell[field], ret)) {
    case MAP_OK:
        return true;
    case MAP_IMPOSSIBLE:
        problem(j, row, IMPORT_REJECT, field, "no such date");
        return false;
    default:
        problem(j, row, IMPORT_REJECT, field, "date not understood");
        return false;
    }
}

static void judge_worker(struct import_judge *j, struct import_row *row, int field)
{
    if (!row->cell[field])
        return;
    row->worker = map_worker_find(j->row.arena, j->setup->mapping, row->cell[field]);
    if (!row->worker)
        field_problem(j, row, IMPORT_WARN, field, "not mapped");
}

// ---- people ----

// The day somebody born then turns that old; born on 29 February: 1 March where there is no such
// day.
static int64_t turns(int64_t born, int years)
{
    int y, m, d;
    int64_t day = born;
    date_civil(born, &y, &m, &d);
    if (!date_days(y + years, m, d, &day) && !date_days(y + years, 3, 1, &day))
        return born;
    return day;
}

static void judge_age(struct import_judge *j, struct import_row *row)
{
    int64_t born, start, today = date_today();
    bool has_birth = judge_date(j, row, MAP_P_date_of_birth, &born);
    bool has_start = judge_date(j, row, MAP_P_started_on, &start);
    if (has_birth && born > today) {
        field_problem(j, row, IMPORT_REJECT, MAP_P_date_of_birth, "in the future");
        has_birth = false;
    }
    if (has_start && start > today) {
        field_problem(j, row, IMPORT_REJECT, MAP_P_started_on, "in the future");
        has_start = false;
    }
    if (has_birth)
        row->born = date_iso(j->row.arena, born);
    if (has_start)
        row->started = date_iso(j->row.arena, start);
    if (!has_birth || !has_start)
        return;
    if (turns(born, YOUNGEST) > start)
        problem(j, row, IMPORT_REJECT, MAP_P_date_of_birth, "under 14 at start");
    else if (turns(born, OLDEST) <= start)
        problem(j, row, IMPORT_WARN, MAP_P_date_of_birth, "100 or over at start");
}

static void judge_numbers(struct import_judge *j, struct import_row *row)
{
    static const int fields[IMPORT_NUMBERS] = {MAP_P_pnc, MAP_P_cro, MAP_P_crn,  MAP_P_nomis,
                                               MAP_P_nhs, MAP_P_upn, MAP_P_nino, MAP_P_uprn};
    for (size_t i = 0; i < IMPORT_NUMBERS; i++) {
        int f = fields[i];
        struct identity_number n = {.kind = j->fields[f].name};
        if (!row->cell[f])
            continue;
        enum identifier_verdict v =
            identifier_check(j->row.arena, n.kind, row->cell[f], &n.canonical);
        if (v == IDENTIFIER_SHAPE) {
            field_problem(j, row, IMPORT_REJECT, f, "shape");
            continue;
        }
        if (v == IDENTIFIER_WARN) {
            field_problem(j, row, IMPORT_WARN, f, "check letter");
            n.warning = identifier_warn_words(j->row.arena, n.kind);
        }
        row->numbers[row->n_numbers++] = n;
    }
    const char *typed = row->cell[MAP_P_phone];
    row->phone = typed;
    if (typed && identifier_check(j->row.arena, "phone", typed, &row->phone) == IDENTIFIER_SHAPE)
        field_problem(j, row, IMPORT_WARN, MAP_P_phone, "shape");
}

void import_person_key(struct ctx *ctx, const char *family, const char *given, const char *born,
                       uint8_t ret[IMPORT_KEY])
{
    const char *text = arena_printf(ctx->arena, "%s\n%s\n%s", map_fold(ctx->arena, family),
                                    map_fold(ctx->arena, given), born);
    memcpy(ret, keys_blind(ctx, "import_person", text).p, IMPORT_KEY);
}

static const char another_person[] = "reference is another person's here";

static void judge_doubles(struct import_judge *j, struct import_row *row)
{
    uint8_t key[IMPORT_KEY];
    const char *ref = row->cell[MAP_P_source_ref];
    if (ref) {
        struct bytes source = source_ref_blind(&j->row, ref);
        if (seen_add(&j->refs, source.p))
            problem(j, row, IMPORT_REJECT, MAP_P_source_ref, "reference used twice");
        row->person = import_known_find(j, j->row.arena, ref, source);
        if (seen_count(&j->taken, source.p))
            problem(j, row, IMPORT_REJECT, MAP_P_source_ref, another_person);
    }
    if (!row->born || !row->cell[MAP_P_family_name] || !row->cell[MAP_P_given_name])
        return;
    import_person_key(&j->row, row->cell[MAP_P_family_name], row->cell[MAP_P_given_name], row->born,
                      key);
    if (seen_add(&j->people, key))
        problem(j, row, IMPORT_WARN, MAP_P_family_name, "same name and birth date as another row");
    if (row->state == IMPORT_REJECT)
        return;
    if (row->person) {
        row->present = memcmp(row->person->person, key, IMPORT_KEY) == 0;
        if (!row->present)
            problem(j, row, IMPORT_REJECT, MAP_P_source_ref, another_person);
    } else if (seen_count(&j->known_people, key)) {
        problem(j, row, IMPORT_WARN, MAP_P_family_name,
                "same name and birth date as somebody here");
    }
}

static void judge_participant(struct import_judge *j, struct import_row *row)
{
    judge_age(j, row);
    judge_numbers(j, row);
    judge_worker(j, row, MAP_P_worker);
    judge_doubles(j, row);
}

// ---- contacts ----

static void judge_moment(struct import_judge *j, struct import_row *row, int64_t day)
{
    struct arena *a = j->row.arena;
    const char *hhmm = j->setup->mapping->default_time, *typed = row->cell[MAP_C_time];
    int64_t us, now = clock_now_us();
    if (day > date_today()) {
        problem(j, row, IMPORT_REJECT, MAP_C_date, "date in the future");
        return;
    }
    enum map_verdict v = typed ? map_time(a, j->setup->mapping, typed, &hhmm) : MAP_OK;
    if (v != MAP_OK) {
        problem(j, row, IMPORT_REJECT, MAP_C_time,
                v == MAP_UNKNOWN ? "time not understood" : "no such time");
        return;
    }
    if (!time_from_local(date_iso(a, day), hhmm, &us)) {
        problem(j, row, IMPORT_REJECT, MAP_C_time, "no such time");
        return;
    }
    if (us > now && typed)
        problem(j, row, IMPORT_REJECT, MAP_C_time, "time in the future");
    row->happened_at = time_iso(a, us > now ? now : us);
}

static void judge_length(struct import_judge *j, struct import_row *row)
{
    long minutes;
    if (!row->cell[MAP_C_minutes])
        return;
    switch (map_length(j->row.arena, j->setup->mapping, row->cell[MAP_C_minutes], &minutes)) {
    case MAP_OK:
        row->minutes = arena_printf(j->row.arena, "%ld", minutes);
        break;
    case MAP_IMPOSSIBLE:
        problem(j, row, IMPORT_REJECT, MAP_C_minutes, "length over 24 hours");
        break;
    default:
        problem(j, row, IMPORT_REJECT, MAP_C_minutes, "length not understood");
    }
}

static void judge_due(struct import_judge *j, struct import_row *row, bool has_day, int64_t day)
{
    int64_t due;
    if (!judge_date(j, row, MAP_C_next_contact_due, &due))
        return;
    row->due = date_iso(j->row.arena, due);
    if (has_day && due < day)
        problem(j, row, IMPORT_REJECT, MAP_C_next_contact_due, "next due before the contact");
}

// What makes the row itself: all that it says, and which of several such rows it is.
static void judge_repeat(struct import_judge *j, struct import_row *row)
{
    struct buf b;
    buf_init(&b, j->row.arena);
    buf_printf(&b, "%s", j->setup->site);
    for (int i = 0; j->fields[i].name; i++)
        buf_printf(&b, "\x1f%s", row->cell[i] ? row->cell[i] : "");
    uint32_t times = seen_add(&j->rows, keys_blind(&j->row, "import_row", b.p).p);
    if (times)
        problem(j, row, IMPORT_WARN, MAP_C_source_ref, "same as another row");
    buf_printf(&b, "\x1f%u", times);
    memcpy(row->client_ref, keys_blind(&j->row, "import_row", b.p).p, IMPORT_KEY);
    row->client_ref[6] = (uint8_t)(0x80 | (row->client_ref[6] & 0x0f)); // a UUID of version 8
    row->client_ref[8] = (uint8_t)(0x80 | (row->client_ref[8] & 0x3f));
}

static void judge_contact(struct import_judge *j, struct import_row *row)
{
    int64_t day = 0;
    bool has_day = judge_date(j, row, MAP_C_date, &day);
    const char *ref = row->cell[MAP_C_source_ref];
    if (ref) {
        row->person = import_known_find(j, j->row.arena, ref, source_ref_blind(&j->row, ref));
        if (!row->person)
            problem(j, row, IMPORT_REJECT, MAP_C_source_ref, "unknown reference");
    }
    if (has_day)
        judge_moment(j, row, day);
    if (has_day && row->person && row->person->has_birth && day < row->person->born)
        problem(j, row, IMPORT_REJECT, MAP_C_date, "date before birth");
    judge_length(j, row);
    judge_due(j, row, has_day, day);
    judge_worker(j, row, MAP_C_worker);
    judge_repeat(j, row);
}

// ---- rows ----

void import_judge_row(struct import_judge *j, struct import_row *row)
{
    row->column = -1;
    row->blank = true;
    for (int i = 0; j->fields[i].name; i++)
        row->blank = row->blank && !row->cell[i];
    if (row->blank)
        problem(j, row, IMPORT_WARN, -1, "empty row");
    if (row->stray)
        problem(j, row, IMPORT_WARN, -1, "a cell without a heading is left out");
    if (row->blank)
        return;
    judge_fields(j, row);
    if (j->setup->kind == IMPORT_PARTICIPANTS)
        judge_participant(j, row);
    else
        judge_contact(j, row);
}

void import_judge_restart(struct import_judge *j)
{
    seen_free(&j->refs);
    seen_free(&j->people);
    seen_free(&j->rows);
}
