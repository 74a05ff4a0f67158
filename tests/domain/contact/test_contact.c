// SPDX-License-Identifier: MIT
// Recording, correcting and reading contacts against a real database, as each role.
#include "test.h"
#include "world.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "base/vocab.h"
#include "cluster.h"
#include "crypto/keys.h"
#include "domain/person/birth.h"
#include "domain/caseload/case.h"
#include "domain/contact/contact.h"
#include "record/cursor.h"
#include "domain/caseload/home.h"

#include <stdlib.h>
#include <string.h>

static const struct create_reply nowhere = {.before = "/contacts/"};

static const char *hours_ago(struct ctx *ctx, long hours)
{
    return time_iso(ctx->arena, clock_now_us() / 1000000 * 1000000 - hours * 3600 * 1000000LL);
}

static struct contact_input input(struct ctx *ctx, long ago, const char *outcome)
{
    return (struct contact_input){.happened_at = hours_ago(ctx, ago),
                                  .direction = "outbound",
                                  .mode = "phone",
                                  .outcome = outcome,
                                  .minutes = "15",
                                  .purposes = "{welfare_check,review}",
                                  .note = "Spoke about the flat",
                                  .summary = "Doing well",
                                  .concern = "true",
                                  .next_step = "try_again",
                                  .next_contact_due = date_iso(ctx->arena, date_today() + 7)};
}

static struct contact record(const char *ref, long ago, const char *outcome)
{
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = input(ctx, ago, outcome);
    struct contact saved = {0};
    CHECK_INT(contact_record(ctx, ref, &in, &nowhere, &saved), ERR_OK);
    world_explain(ctx);
    return saved;
}

static struct contact_list list_as(const char *role, const char *ref)
{
    struct contact_list list = {0};
    CHECK_INT(contact_list_read(world_as(role), ref, &(struct contact_query){0}, NULL, &list),
              ERR_OK);
    return list;
}

static const char *status_of(const char *ref)
{
    struct case_file c = {0};
    CHECK_INT(case_read(world_as("police"), ref, &c), ERR_OK);
    return c.header.status;
}

TEST(every_fact_comes_back)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct contact saved = record(ref, 2, "spoke");
    struct contact_list list = list_as("navigator", ref);
    CHECK_INT(list.n, 1);
    if (list.n != 1)
        return;
    const struct contact *c = list.rows[0];
    CHECK_STR(c->id, saved.id);
    CHECK_STR(c->ref, ref);
    CHECK_STR(c->happened_at, saved.happened_at);
    CHECK_STR(c->mode, "phone");
    CHECK_STR(c->outcome, "spoke");
    CHECK_STR(c->direction, "outbound");
    CHECK_STR(c->minutes, "15");
    CHECK_STR(c->purposes, "{welfare_check,review}");
    CHECK_STR(c->concern, "true");
    CHECK_STR(c->next_step, "try_again");
    CHECK_STR(c->next_contact_due, saved.next_contact_due);
    CHECK_STR(c->note, "Spoke about the flat");
    CHECK_STR(c->summary, "Doing well");
    CHECK_STR(c->corrects, NULL);
    CHECK_STR(c->superseded_by, NULL);
    CHECK(c->author && strcmp(c->author, "Worker 0") == 0);
    CHECK(c->received_at != NULL);
    CHECK_STR(list.next, NULL);
}

TEST(recording_and_reading_are_one_round_trip_each)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    record(ref, 3, "spoke"); // the first may have to fetch the birth date
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = input(ctx, 1, "replied");
    struct contact saved;
    ctx->idempotency_key = uuid_new(ctx->arena);
    ctx->body_hash = keys_body_hash(ctx, "x", 1);
    unsigned long before = world_flushes();
    CHECK_INT(contact_record(ctx, ref, &in, &nowhere, &saved), ERR_OK);
    CHECK_INT(world_flushes() - before, 1);
    struct case_file c;
    before = world_flushes();
    CHECK_INT(case_read(world_as("navigator"), ref, &c), ERR_OK);
    CHECK_INT(world_flushes() - before, 1);
    struct home home;
    before = world_flushes();
    ctx = world_as("navigator");
    CHECK_INT(home_read(ctx, &home), ERR_OK);
    world_explain(ctx);
    CHECK_INT(world_flushes() - before, 1);
    struct person_file file;
    struct contact_list list;
    before = world_flushes();
    CHECK_INT(contact_read(world_as("navigator"), PERM_contact_read, ref, saved.id, &file, &list),
              ERR_OK);
    CHECK_INT(world_flushes() - before, 1);
}

TEST(reading_the_case_lets_the_first_record_be_one_round_trip)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct case_file c;
    CHECK_INT(case_read(world_as("navigator"), ref, &c), ERR_OK);
    unsigned long before = world_flushes();
    record(ref, 1, "spoke");
    CHECK_INT(world_flushes() - before, 1);
}

TEST(each_role_sees_what_it_may)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    record(ref, 2, "spoke");
    static const struct {
        const char *role;
        bool detail, summary, note;
    } rows[] = {
        {"navigator", true, true, true},   {"team_lead", true, true, true},
        {"manager", true, true, true},     {"police", false, false, false},
        {"probation", false, true, false}, {"youth_justice", false, true, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct contact_list list = list_as(rows[i].role, ref);
        CHECK_INT(list.n, 1);
        if (list.n != 1)
            continue;
        const struct contact *c = list.rows[0];
        CHECK_STR(c->mode, "phone");
        CHECK_STR(c->outcome, "spoke");
        CHECK_STR(c->minutes, rows[i].detail ? "15" : NULL);
        CHECK_STR(c->purposes, rows[i].detail ? "{welfare_check,review}" : NULL);
        CHECK_STR(c->summary, rows[i].summary ? "Doing well" : NULL);
        CHECK_STR(c->note, rows[i].note ? "Spoke about the flat" : NULL);
    }
}

TEST(others_find_nobody)
{
    static const char *const invisible[] = {"navigator@rutland", "manager@rutland",
                                            "navigator@other"};
    static const char *const forbidden[] = {"provider", "evaluator", "trial_manager",
                                            "administrator", "auditor"};
    const char *ref = world_person("2001-05-17", "active", 5);
    struct contact saved = record(ref, 2, "spoke");
    struct contact_list list;
    struct case_file c;
    for (size_t i = 0; i < sizeof(invisible) / sizeof(invisible[0]); i++) {
        struct contact_query q = {0};
        CHECK_INT(contact_list_read(world_as(invisible[i]), ref, &q, NULL, &list), ERR_NOT_FOUND);
        CHECK_INT(case_read(world_as(invisible[i]), ref, &c), ERR_NOT_FOUND);
        CHECK_INT(
            contact_read(world_as(invisible[i]), PERM_contact_read, ref, saved.id, NULL, &list),
            ERR_NOT_FOUND);
    }
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
        struct contact_query q = {0};
        CHECK_INT(contact_list_read(world_as(forbidden[i]), ref, &q, NULL, &list), ERR_FORBIDDEN);
        CHECK_INT(case_read(world_as(forbidden[i]), ref, &c), ERR_FORBIDDEN);
    }
    CHECK_INT(contact_list_read(world_nobody(), ref, &(struct contact_query){0}, NULL, &list),
              ERR_UNAUTHENTICATED);
}

TEST(only_the_worker_and_the_team_may_record)
{
    static const struct {
        const char *role;
        enum err want;
    } rows[] = {
        {"team_lead", ERR_OK},
        {"manager", ERR_FORBIDDEN},
        {"police", ERR_FORBIDDEN},
        {"probation", ERR_FORBIDDEN},
        {"provider", ERR_FORBIDDEN},
        {"navigator@other", ERR_NOT_FOUND},
        {"navigator@rutland", ERR_NOT_FOUND},
    };
    const char *ref = world_person("2001-05-17", "active", 5);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ctx *ctx = world_as(rows[i].role);
        struct contact_input in = input(ctx, 1, "spoke");
        struct contact saved;
        CHECK_INT(contact_record(ctx, ref, &in, &nowhere, &saved), rows[i].want);
    }
    CHECK_INT(list_as("navigator", ref).n, 1);
}

static enum err record_at(const char *role, const char *ref, const char *happened_at)
{
    struct ctx *ctx = world_as(role);
    struct contact_input in = input(ctx, 1, "spoke");
    struct contact saved;
    in.happened_at = happened_at;
    in.next_contact_due = NULL;
    return contact_record(ctx, ref, &in, &nowhere, &saved);
}

TEST(before_birth_is_refused_with_the_field_named)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct ctx *ctx = world_as("navigator");
    CHECK_INT(record_at("navigator", ref, "2001-05-16T12:00:00Z"), ERR_INVALID);
    CHECK(ctx->problem.first != NULL);
    if (ctx->problem.first)
        CHECK_STR(ctx->problem.first->field, "happened_at");
    CHECK_INT(record_at("navigator", ref, "2001-05-16T12:00:00Z"),
              ERR_INVALID); // from the cache too
    CHECK_INT(list_as("navigator", ref).n, 0);
    CHECK_INT(record_at("navigator", ref, "2001-05-17T12:00:00Z"), ERR_OK);
    // Just after midnight in London is still the day before in UTC.
    CHECK_INT(record_at("navigator", ref, "2001-05-16T23:30:00Z"), ERR_OK);
}

TEST(birth_is_never_told_to_those_who_may_not_see)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    record(ref, 1, "spoke"); // the process knows the birth date now
    CHECK_INT(record_at("navigator@rutland", ref, "1990-01-01T12:00:00Z"), ERR_NOT_FOUND);
    CHECK(world_as("navigator@rutland")->problem.first == NULL);
    CHECK_INT(record_at("police", ref, "1990-01-01T12:00:00Z"), ERR_FORBIDDEN);
}

TEST(a_birth_date_changed_elsewhere_is_noticed)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    record(ref, 1, "spoke");
    const char *id = world_person_id(ref);
    struct ctx *ctx = world_as("navigator");
    struct seal_at at = {SEAL_IDENTITY, id, "app.identity_detail", id, "date_of_birth"};
    struct bytes sealed;
    CHECK_FATAL(seal_text(ctx, &at, "2003-01-01", &sealed) == ERR_OK);
    struct buf hex;
    buf_init(&hex, ctx->arena);
    for (size_t i = 0; i < sealed.n; i++)
        buf_printf(&hex, "%02x", sealed.p[i]);
    world_sql("update app.identity_detail set date_of_birth = '\\x%s' where person_id = '%s'",
              hex.p, id);
    CHECK_INT(record_at("navigator", ref, "2002-01-01T12:00:00Z"), ERR_INVALID);
    CHECK_INT(record_at("navigator", ref, "2003-01-01T12:00:00Z"), ERR_OK);
    world_sql("update app.identity_detail set date_of_birth = null where person_id = '%s'",
              id);
    CHECK_INT(record_at("navigator", ref, "1999-01-01T12:00:00Z"), ERR_OK);
}

TEST(the_next_contact_cannot_come_before_this_one)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = input(ctx, 1, "spoke");
    struct contact saved;
    in.next_contact_due = date_iso(ctx->arena, date_today() - 3);
    CHECK_INT(contact_record(ctx, ref, &in, &nowhere, &saved), ERR_INVALID);
    CHECK(ctx->problem.first && strcmp(ctx->problem.first->field, "next_contact_due") == 0);
    CHECK_INT(list_as("navigator", ref).n, 0);
}

TEST(notes_save_and_show_exactly)
{
    static const char *const notes[] = {
        "It's \"O'Brien\"; DROP TABLE app.contact; -- SELECT * FROM x",
        "<script>alert(1)</script> & <b>bold</b>",
        ("\xf0\x9f\x98\x80 \xd8\xa7\xd9\x84\xd8\xb9\xd8\xb1"
         "\xd8\xa8\xd9\x8a\xd8\xa9 \xe2\x80\xae"),
        "line one\nline two\n\n\tfour",
    };
    const char *ref = world_person("2001-05-17", "active", 5);
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        struct ctx *ctx = world_as("navigator");
        struct contact_input in = input(ctx, 1, "spoke");
        struct contact saved;
        struct contact_list list = {0};
        in.note = notes[i];
        CHECK_INT(contact_record(ctx, ref, &in, &nowhere, &saved), ERR_OK);
        CHECK_INT(
            contact_read(world_as("navigator"), PERM_contact_read, ref, saved.id, NULL, &list),
            ERR_OK);
        CHECK(list.n == 1 && list.rows[0]->note && strcmp(list.rows[0]->note, notes[i]) == 0);
    }
    char *longest = malloc(20001);
    memset(longest, 'x', 20000);
    longest[20000] = '\0';
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = input(ctx, 1, "spoke");
    CHECK(field_set(ctx, field_find(&contact_input_table, "note"), &in, longest));
    struct contact saved;
    CHECK_INT(contact_record(ctx, ref, &in, &nowhere, &saved), ERR_OK);
    free(longest);
}

TEST(nothing_is_stored_in_clear)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = input(ctx, 1, "spoke");
    struct contact saved;
    in.note = "Quincunx embroidery";
    in.summary = "Periwinkle harmonium";
    ctx->idempotency_key = uuid_new(ctx->arena);
    ctx->body_hash = keys_body_hash(ctx, "y", 1);
    CHECK_INT(contact_record(ctx, ref, &in, &nowhere, &saved), ERR_OK);
    CHECK_STR(world_sql("select count(*) from app.contact_note n where encode(n.note, 'escape') "
                        "like '%%Quincunx%%'"),
              "0");
    CHECK_STR(
        world_sql("select count(*) from access.idempotency i where i::text like '%%uincunx%%' "
                  "or i::text like '%%eriwinkle%%'"),
        "0");
    CHECK_STR(world_sql("select count(*) from audit.event e where e::text like '%%uincunx%%'"),
              "0");
}

TEST(a_repeat_with_the_same_key_is_one_row)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = input(ctx, 1, "spoke");
    const char *key = uuid_new(ctx->arena);
    struct contact saved, again;
    struct create_reply reply = {
        .before = arena_printf(ctx->arena, "/participants/%s#contact-", ref)};
    ctx->idempotency_key = key;
    ctx->body_hash = keys_body_hash(ctx, "one", 3);
    CHECK_INT(contact_record(ctx, ref, &in, &reply, &saved), ERR_OK);
    CHECK_INT(contact_record(ctx, ref, &in, &reply, &again), ERR_IDEMPOTENCY_REPLAY);
    struct stored_answer first;
    CHECK_INT(access_replay(ctx, &first), ERR_OK);
    CHECK_STR(first.location,
              arena_printf(ctx->arena, "/participants/%s#contact-%s", ref, saved.id));
    ctx->body_hash = keys_body_hash(ctx, "two", 3);
    CHECK_INT(contact_record(ctx, ref, &in, &reply, &again), ERR_IDEMPOTENCY_MISMATCH);
    CHECK_INT(list_as("navigator", ref).n, 1);
}

static struct contact_correction correction(struct ctx *ctx, const char *outcome, const char *why)
{
    struct contact_correction c = {.contact = input(ctx, 2, outcome), .reason = why};
    c.contact.note = "What really happened";
    return c;
}

TEST(a_correction_keeps_the_original)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct contact first = record(ref, 2, "spoke"), second, third;
    struct ctx *ctx = world_as("navigator");
    struct contact_correction c = correction(ctx, "no_answer", "Wrong box");
    CHECK_INT(contact_correct(ctx, ref, first.id, &c, &nowhere, &second), ERR_OK);
    c = correction(ctx, "attended", "Wrong again");
    CHECK_INT(contact_correct(world_as("team_lead"), ref, second.id, &c, &nowhere, &third), ERR_OK);
    struct contact_list list = list_as("navigator", ref);
    CHECK_INT(list.n, 1);
    CHECK_STR(list.rows[0]->outcome, "attended");
    CHECK_STR(list.rows[0]->corrects, second.id);
    CHECK_STR(list.rows[0]->correction_reason, "Wrong again");
    CHECK_STR(list.rows[0]->author, "Worker 1");
    const char *const ids[] = {first.id, second.id, third.id};
    for (size_t i = 0; i < 3; i++) { // from any version, the whole chain
        struct contact_list all = {0};
        CHECK_INT(contact_read(world_as("navigator"), PERM_contact_read, ref, ids[i], NULL, &all),
                  ERR_OK);
        CHECK_INT(all.n, 3);
        if (all.n != 3)
            continue;
        CHECK_STR(all.rows[0]->id, third.id);
        CHECK_STR(all.rows[1]->id, second.id);
        CHECK_STR(all.rows[2]->id, first.id);
        CHECK_STR(all.rows[2]->note, "Spoke about the flat");
        CHECK_STR(all.rows[2]->superseded_by, second.id);
        CHECK_STR(all.rows[1]->correction_reason, "Wrong box");
    }
    struct contact_list seen = list_as("police", ref);
    CHECK_INT(seen.n, 1);
    CHECK_STR(seen.rows[0]->correction_reason, NULL);
}

TEST(two_corrections_of_one_version_do_not_merge)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    struct contact first = record(ref, 2, "spoke"), saved;
    struct ctx *ctx = world_as("navigator");
    struct contact_correction c = correction(ctx, "no_answer", "One");
    CHECK_INT(contact_correct(ctx, ref, first.id, &c, &nowhere, &saved), ERR_OK);
    CHECK_INT(contact_correct(world_as("team_lead"), ref, first.id, &c, &nowhere, &saved), ERR_STALE);
    CHECK_STR(list_as("navigator", ref).rows[0]->correction_reason, "One");
}

TEST(a_correction_needs_that_persons_contact)
{
    const char *mine = world_person("2001-05-17", "active", 5);
    const char *another = world_person("2001-05-17", "active", 5);
    struct contact other = record(another, 2, "spoke"), saved;
    struct ctx *ctx = world_as("navigator");
    struct contact_correction c = correction(ctx, "no_answer", "One");
    CHECK_INT(contact_correct(ctx, mine, other.id, &c, &nowhere, &saved), ERR_NOT_FOUND);
    CHECK_INT(contact_correct(ctx, mine, uuid_new(ctx->arena), &c, &nowhere, &saved), ERR_NOT_FOUND);
    CHECK_INT(contact_correct(ctx, mine, "not-an-id", &c, &nowhere, &saved), ERR_NOT_FOUND);
    struct contact_list list;
    CHECK_INT(contact_read(ctx, PERM_contact_read, mine, other.id, NULL, &list), ERR_NOT_FOUND);
    CHECK_INT(list_as("navigator", mine).n, 0);
    CHECK_STR(list_as("navigator", another).rows[0]->outcome, "spoke");
}

TEST(lists_page_and_filter)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    for (long i = 0; i < 7; i++)
        record(ref, 24 * i + 1, i % 2 ? "no_answer" : "spoke");
    struct contact_query q = {.limit = "3"};
    size_t seen = 0;
    const char *before = "9999";
    for (int page = 0; page < 4; page++) {
        struct contact_list list = {0};
        CHECK_INT(contact_list_read(world_as("navigator"), ref, &q, NULL, &list), ERR_OK);
        for (size_t i = 0; i < list.n; i++) {
            CHECK(strcmp(list.rows[i]->happened_at, before) < 0);
            before = list.rows[i]->happened_at;
        }
        seen += list.n;
        q.after = list.next;
        if (!list.next)
            break;
    }
    CHECK_INT(seen, 7);
    CHECK_STR(q.after, NULL);
    struct contact_list list = {0};
    q = (struct contact_query){.outcome = "no_answer"};
    CHECK_INT(contact_list_read(world_as("navigator"), ref, &q, NULL, &list), ERR_OK);
    CHECK_INT(list.n, 3);
    q = (struct contact_query){.mode = "email"};
    CHECK_INT(contact_list_read(world_as("navigator"), ref, &q, NULL, &list), ERR_OK);
    CHECK_INT(list.n, 0);
    q = (struct contact_query){.after = "not a cursor"};
    CHECK_INT(contact_list_read(world_as("navigator"), ref, &q, NULL, &list), ERR_INVALID);
}

TEST(late_entries_count_in_the_order_they_happened)
{
    // Three missed in a row disengage; a success typed in late between them does not let that
    // stand.
    const char *ref = world_person("2001-05-17", "active", 10);
    CHECK_STR(status_of(ref), "engaged");
    record(ref, 24 * 6, "no_answer");
    record(ref, 24 * 5, "not_home");
    CHECK_STR(status_of(ref), "wavering");
    record(ref, 24 * 4, "failed_to_attend");
    CHECK_STR(status_of(ref), "disengaged");
    struct contact late = record(ref, 24 * 5 - 12, "attended");
    CHECK_STR(status_of(ref), "engaged");
    struct ctx *ctx = world_as("navigator");
    struct contact_correction c = correction(ctx, "failed_to_attend", "Somebody else came");
    struct contact saved;
    c.contact.happened_at = late.happened_at;
    CHECK_INT(contact_correct(ctx, ref, late.id, &c, &nowhere, &saved), ERR_OK);
    CHECK_STR(status_of(ref), "disengaged");
}

TEST(the_case_holds_what_the_role_may_see)
{
    const char *ref = world_person("2001-05-17", "active", 5);
    record(ref, 2, "spoke");
    world_sql(
        "set session authorization phoenix_owner; insert into app.safety_flag (site_id, id, "
        "participant_id, kind) values ('leicester', gen_random_uuid(), '%s', 'visit_in_pairs')",
        world_participant_id(ref));
    struct case_file c;
    CHECK_INT(case_read(world_as("navigator"), ref, &c), ERR_OK);
    CHECK_STR(c.header.name, "Zebedee Quillfeather");
    CHECK_STR(c.header.date_of_birth, "2001-05-17");
    CHECK_STR(c.header.status, "engaged");
    CHECK_STR(c.header.worker, "Worker 0");
    CHECK_STR(c.header.supervising_agency, "Probation one");
    CHECK_INT(c.header.n_flags, 1);
    CHECK_STR(c.header.flags[0].kind, "visit_in_pairs");
    CHECK_INT(c.contacts.n, 1);
    CHECK_STR(c.contacts.rows[0]->note, "Spoke about the flat");
    CHECK(c.n_stages >= 1);
    CHECK_INT(case_read(world_as("youth_justice"), ref, &c), ERR_OK); // not its agency's: no name
    CHECK_STR(c.header.name, NULL);
    CHECK_STR(c.header.date_of_birth, NULL);
    CHECK_STR(c.header.status, "engaged");
    CHECK_INT(c.header.n_flags, 1);
    CHECK_STR(c.contacts.rows[0]->note, NULL);
    CHECK_STR(
        world_sql("select count(*) from audit.event where action = 'person_viewed' and subject = "
                  "'%s' and user_id = '%s'",
                  world_participant_id(ref), world_user("youth_justice")),
        "1");
}

static long home_total(const char *role, const char *code, const char *ref, bool *ret_listed)
{
    struct home home;
    CHECK_INT(home_read(world_as(role), &home), ERR_OK);
    const struct home_section *s = home_section(&home, code);
    *ret_listed = false;
    for (size_t i = 0; i < s->n; i++) {
        bool same = ref && strcmp(s->items[i].ref, ref) == 0;
        *ret_listed = *ret_listed || same;
        if (same)
            CHECK_STR(s->items[i].name, "Zebedee Quillfeather");
    }
    CHECK_INT(s->n, s->total < 10 ? s->total : 10);
    return s->total;
}

TEST(home_counts_what_it_lists)
{
    static const char *const roles[] = {"navigator", "team_lead", "manager"};
    bool listed;
    long overdue_before = home_total("navigator", "overdue", NULL, &listed);
    long lost_before = home_total("navigator", "escalate", NULL, &listed);
    const char *overdue = world_person("2001-05-17", "active", 9);
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = input(ctx, 24 * 5, "spoke");
    struct contact saved;
    in.next_contact_due = date_iso(ctx->arena, date_today() - 1);
    CHECK_INT(contact_record(ctx, overdue, &in, &nowhere, &saved), ERR_OK);
    const char *lost = world_person("2001-05-17", "active", 60);
    for (size_t r = 0; r < 3; r++) {
        CHECK_INT(home_total(roles[r], "overdue", overdue, &listed), overdue_before + 1);
        CHECK(listed);
        CHECK_INT(home_total(roles[r], "escalate", lost, &listed), lost_before + 1);
        CHECK(listed);
    }
    world_sql(
        "set session authorization phoenix_owner; insert into app.escalation (site_id, id, "
        "participant_id, trigger, decision_due) values ('leicester', gen_random_uuid(), '%s', "
        "'disengaged', app.today())",
        world_participant_id(lost));
    CHECK_INT(home_total("navigator", "escalate", lost, &listed), lost_before);
    CHECK(!listed);
    CHECK(home_total("manager", "decide", lost, &listed) > 0);
    CHECK(listed);
    struct home home;
    CHECK_INT(home_read(world_as("manager@rutland"), &home), ERR_OK);
    CHECK_INT(home_section(&home, "overdue")->total, 0);
    CHECK_INT(home_read(world_as("police"), &home), ERR_OK);
    CHECK_INT(home_section(&home, "overdue")->total, 0);
    CHECK_INT(home_read(world_as("administrator"), &home), ERR_OK);
    CHECK_INT(home_section(&home, "accounts")->total, 14);
    CHECK_INT(home_read(world_as("auditor"), &home), ERR_OK);
    CHECK(home_section(&home, "log")->total > 10);
}

TEST(cursors_are_read_back_and_nothing_else)
{
    struct arena *a = world_as("navigator")->arena;
    const char *parts[2],
        *made = cursor_make(a, (const char *const[]){"2026-11-02T10:30:00Z", "b"}, 2);
    CHECK(cursor_read(a, made, parts, 2));
    CHECK_STR(parts[0], "2026-11-02T10:30:00Z");
    CHECK_STR(parts[1], "b");
    CHECK(!cursor_read(a, made, parts, 1));
    CHECK(!cursor_read(a, "!!", parts, 1));
    CHECK(!cursor_read(a, "", parts, 1));
    CHECK(!cursor_read(a, NULL, parts, 1));
    CHECK(!cursor_read(a, arena_printf(a, "%sA", made), parts, 2));
}

TESTS("contact", T(every_fact_comes_back), T(recording_and_reading_are_one_round_trip_each),
      T(reading_the_case_lets_the_first_record_be_one_round_trip), T(each_role_sees_what_it_may),
      T(others_find_nobody), T(only_the_worker_and_the_team_may_record),
      T(before_birth_is_refused_with_the_field_named),
      T(birth_is_never_told_to_those_who_may_not_see), T(a_birth_date_changed_elsewhere_is_noticed),
      T(the_next_contact_cannot_come_before_this_one), T(notes_save_and_show_exactly),
      T(nothing_is_stored_in_clear), T(a_repeat_with_the_same_key_is_one_row),
      T(a_correction_keeps_the_original), T(two_corrections_of_one_version_do_not_merge),
      T(a_correction_needs_that_persons_contact), T(lists_page_and_filter),
      T(late_entries_count_in_the_order_they_happened), T(the_case_holds_what_the_role_may_see),
      T(home_counts_what_it_lists), T(cursors_are_read_back_and_nothing_else))
