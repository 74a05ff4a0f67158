// SPDX-License-Identifier: MIT
// Contacts through THE route table: the pages a navigator uses and the API, with bad input, retries
// and the walls between roles.
#include "journey.h"
#include "test.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "http/route.h"

#include <stdlib.h>
#include <string.h>

static struct arena *a;

static const char *path(const char *ref, const char *rest)
{
    if (!a)
        a = arena_new();
    return arena_printf(a, "/participants/%s%s", ref, rest);
}

static const char *api_path(const char *ref, const char *rest)
{
    return arena_printf(a ? a : (a = arena_new()), "/api/v1/participants/%s/contacts%s", ref, rest);
}

static long contacts_of(const char *ref)
{
    return strtol(
        journey_sql(arena_printf(a,
                                 "select count(*) from app.contact c join app.participant p "
                                 "on p.id = c.participant_id where p.ref = '%s'",
                                 ref)),
        NULL, 10);
}

static const char *an_hour_ago(void)
{
    return time_iso(a, clock_now_us() / 1000000 * 1000000 - 3600 * 1000000LL);
}

static const char *json(const char *change, const char *value)
{
    static const char *const pairs[][2] = {
        {"happened_at", NULL},
        {"direction", "\"outbound\""},
        {"mode", "\"phone\""},
        {"outcome", "\"spoke\""},
        {"minutes", "10"},
        {"purposes", "[\"review\"]"},
        {"note", "\"Spoke to him\""},
        {"summary", "\"Going well\""},
        {"concern", "false"},
    };
    struct buf b;
    buf_init(&b, a);
    buf_putc(&b, '{');
    bool named = false;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const char *v = pairs[i][1] ? pairs[i][1] : arena_printf(a, "\"%s\"", an_hour_ago());
        bool this_one = change && strcmp(change, pairs[i][0]) == 0;
        named = named || this_one;
        if (!this_one || value)
            buf_printf(&b, "%s\"%s\":%s", b.n > 1 ? "," : "", pairs[i][0], this_one ? value : v);
    }
    if (change && !named)
        buf_printf(&b, ",\"%s\":%s", change, value);
    buf_putc(&b, '}');
    return b.p;
}

static bool has_error(const struct answer *answer, const char *field)
{
    for (int i = 0; i < answer_json_count(answer, "errors"); i++) {
        const char *p = answer_json(answer, arena_printf(a, "errors.%d.pointer", i));
        if (p && strstr(p, field))
            return true;
    }
    return false;
}

TEST(the_form_has_sensible_defaults)
{
    const char *ref = journey_person("navigator");
    const struct answer *got = visit_get(journey_visitor("navigator"), path(ref, "/contacts/new"));
    CHECK_INT(got->status, 200);
    CHECK_INT(got->flushes, 1);
    CHECK(answer_has(got, "Record a contact"));
    const char *today = time_local_date(a, clock_now_us());
    CHECK(answer_input(got, "happened_at-day") &&
          atoi(answer_input(got, "happened_at-day")) == atoi(today + 8));
    CHECK(answer_input(got, "happened_at-year") &&
          strncmp(answer_input(got, "happened_at-year"), today, 4) == 0);
    CHECK(answer_input(got, "client_ref") && uuid_ok(answer_input(got, "client_ref")));
}

TEST(a_contact_is_recorded_and_shown)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const char *note = "It's O'Brien's <b>SELECT</b> \xf0\x9f\x98\x80\nsecond line";
    const struct answer *got =
        visit_post(nav, path(ref, "/contacts"), "mode", "phone", "outcome", "spoke", "direction",
                   "outbound", "minutes", "12", "purposes", "review", "purposes", "family", "note",
                   note, "happened_at-day", "1", "happened_at-month", "Jan", "happened_at-year",
                   "2026", "happened_at-time", "9.30am", "next_contact_choice", "none", NULL);
    CHECK_INT(got->status, 303);
    CHECK(strstr(got->location, "#contact-") != NULL);
    CHECK(got->flushes <= 2);
    const char *id = arena_strdup(a, strstr(got->location, "#contact-") + 9);
    got = visit_get(nav, path(ref, arena_printf(a, "/contacts/%s", id)));
    CHECK_INT(got->status, 200);
    CHECK(answer_has(got, note));
    CHECK(answer_has(got, "1 January 2026 at 9:30am"));
    CHECK(answer_has(got, "12 minutes"));
    CHECK(answer_has(got, "Review, Family") || answer_has(got, "Family, Review"));
    CHECK_STR(answer_json(visit_api(nav, "GET", api_path(ref, arena_printf(a, "/%s", id)), NULL),
                          "happened_at"),
              "2026-01-01T09:30:00Z");
}

TEST(recording_and_the_case_page_take_one_flush)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    CHECK_INT(visit_get(nav, path(ref, ""))->flushes, 1);
    const struct answer *got =
        visit_api_with(nav, "POST", api_path(ref, ""), json(NULL, NULL), uuid_new(a), NULL);
    CHECK_INT(got->status, 201);
    CHECK_INT(got->flushes, 1);
    CHECK_INT(visit_get(nav, path(ref, "/contacts"))->flushes, 1);
}

TEST(errors_come_all_at_once_and_nothing_is_lost)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    long before = contacts_of(ref);
    const char *client_ref = uuid_new(a);
    const struct answer *got =
        visit_post(nav, path(ref, "/contacts"), "client_ref", client_ref, "minutes", "1441", "note",
                   "Do not <lose> me", "happened_at-day", "31", "happened_at-month", "2",
                   "happened_at-year", "2026", "happened_at-time", "half past",
                   "next_contact_choice", "other", "next_contact_due-day", "",
                   "next_contact_due-month", "", "next_contact_due-year", "", NULL);
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "There is a problem"));
    CHECK(answer_has(got, "Error: Record a contact"));
    CHECK(strstr(got->body, "href=\"#mode\"") && strstr(got->body, "id=\"mode\""));
    CHECK(strstr(got->body, "href=\"#outcome\"") && strstr(got->body, "id=\"outcome\""));
    CHECK(strstr(got->body, "href=\"#minutes\"") && strstr(got->body, "id=\"minutes\""));
    CHECK(strstr(got->body, "href=\"#happened_at-day\"") &&
          strstr(got->body, "id=\"happened_at-day\""));
    CHECK(strstr(got->body, "href=\"#next_contact_due-day\"") &&
          strstr(got->body, "id=\"next_contact_due-day\""));
    CHECK(answer_has(got, "Do not <lose> me"));
    CHECK_STR(answer_input(got, "minutes"), "1441");
    CHECK_STR(answer_input(got, "happened_at-day"), "31");
    CHECK_STR(answer_input(got, "happened_at-time"), "half past");
    CHECK_STR(answer_input(got, "client_ref"), client_ref);
    CHECK_INT(contacts_of(ref), before);
}

TEST(pressing_twice_saves_once)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    long before = contacts_of(ref);
    const char *client_ref = uuid_new(a);
    const char *locations[2];
    for (int i = 0; i < 2; i++) {
        const struct answer *got = visit_post(
            nav, path(ref, "/contacts"), "client_ref", client_ref, "direction", "outbound", "mode",
            "text", "outcome", "replied", "minutes", "3", "note", "Twice", "happened_at-day", "2",
            "happened_at-month", "1", "happened_at-year", "2026", "happened_at-time", "10:00",
            "next_contact_choice", "none", NULL);
        CHECK_INT(got->status, 303);
        locations[i] = arena_strdup(a, got->location);
    }
    CHECK_STR(locations[1], locations[0]);
    CHECK_INT(contacts_of(ref), before + 1);
}

TEST(an_attempt_that_reached_nobody_takes_no_minutes)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const struct answer *got =
        visit_post(nav, path(ref, "/contacts"), "direction", "outbound", "mode", "door_knock",
                   "outcome", "not_home", "minutes", "", "happened_at-day", "3",
                   "happened_at-month", "1", "happened_at-year", "2026", "happened_at-time",
                   "10:00", "next_contact_choice", "none", NULL);
    CHECK_INT(got->status, 303);
    got = visit_post(nav, path(ref, "/contacts"), "direction", "outbound", "mode", "phone",
                     "outcome", "spoke", "minutes", "", "happened_at-day", "3", "happened_at-month",
                     "1", "happened_at-year", "2026", "happened_at-time", "10:00",
                     "next_contact_choice", "none", NULL);
    CHECK_INT(got->status, 422);
    CHECK(strstr(got->body, "href=\"#minutes\"") != NULL);
}

TEST(bad_json_is_422_naming_the_field)
{
    static const struct {
        const char *field, *value;
    } rows[] = {
        {"happened_at", "\"2099-01-01T10:00:00Z\""},
        {"happened_at", "\"1890-01-01T10:00:00Z\""},
        {"happened_at", "\"yesterday\""},
        {"happened_at", NULL},
        {"mode", "\"pigeon\""},
        {"mode", "7"},
        {"outcome", "\"\""},
        {"direction", "\"sideways\""},
        {"minutes", "-1"},
        {"minutes", "1441"},
        {"minutes", "\"ten\""},
        {"minutes", "1.5"},
        {"purposes", "[\"gossip\"]"},
        {"purposes", "\"review\""},
        {"concern", "\"maybe\""},
        {"next_contact_due", "\"2026-02-30\""},
        {"next_contact_due", "\"2001-01-01\""},
        {"nickname", "\"x\""},
    };
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    api_path(ref, "");
    long before = contacts_of(ref);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct answer *got = visit_api_with(
            nav, "POST", api_path(ref, ""), json(rows[i].field, rows[i].value), uuid_new(a), NULL);
        CHECK_INT(got->status, 422);
        CHECK(has_error(got, rows[i].field));
    }
    CHECK_INT(contacts_of(ref), before);
}

TEST(a_note_over_20000_characters_is_refused)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    char *note = arena_alloc(a ? a : (a = arena_new()), 20010);
    memset(note, 'n', 20003);
    note[0] = note[20002] = '"';
    const struct answer *got =
        visit_api_with(nav, "POST", api_path(ref, ""), json("note", note), uuid_new(a), NULL);
    CHECK_INT(got->status, 422);
    CHECK(has_error(got, "note"));
    note[20001] = '"';
    note[20002] = '\0';
    got = visit_api_with(nav, "POST", api_path(ref, ""), json("note", note), uuid_new(a), NULL);
    CHECK_INT(got->status, 201);
}

TEST(a_retry_gives_the_first_answer_again)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator"), *key = uuid_new(a ? a : (a = arena_new()));
    const char *body = json(NULL, NULL);
    const struct answer *first = visit_api_with(nav, "POST", api_path(ref, ""), body, key, NULL);
    CHECK_INT(first->status, 201);
    const struct answer *again = visit_api_with(nav, "POST", api_path(ref, ""), body, key, NULL);
    CHECK_INT(again->status, 201);
    CHECK_STR(again->body, first->body);
    CHECK_STR(again->location, first->location);
    CHECK_STR(answer_json(first, "note"), NULL);
    CHECK(!strstr(first->body, "Spoke to him"));
    again = visit_api_with(nav, "POST", api_path(ref, ""), json("minutes", "11"), key, NULL);
    CHECK_INT(again->status, 422);
}

TEST(roles_see_only_their_part)
{
    static const struct {
        const char *role;
        bool detail, summary, note;
    } rows[] = {{"navigator", true, true, true},
                {"police", false, false, false},
                {"probation", false, true, false},
                {"manager", true, true, true}};
    const char *ref = journey_person("navigator");
    const struct answer *got =
        visit_api_with(journey_visitor("navigator"), "POST", api_path(ref, ""),
                       json("note", "\"Marmalade cathedral\""), uuid_new(a), NULL);
    CHECK_INT(got->status, 201);
    const char *id = arena_strdup(a, answer_json(got, "id"));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visitor *v = journey_visitor(rows[i].role);
        got = visit_api(v, "GET", api_path(ref, arena_printf(a, "/%s", id)), NULL);
        CHECK_INT(got->status, 200);
        CHECK_STR(answer_json(got, "mode"), "phone");
        CHECK((strstr(got->body, "\"minutes\"") != NULL) == rows[i].detail);
        CHECK((strstr(got->body, "\"summary\"") != NULL) == rows[i].summary);
        CHECK((strstr(got->body, "\"note\"") != NULL) == rows[i].note);
        CHECK((strstr(got->body, "Marmalade cathedral") != NULL) == rows[i].note);
        static const char *const pages[] = {"", "/contacts", "/contacts?view=print"};
        for (size_t p = 0; p < 3; p++) {
            got = visit_get(v, path(ref, pages[p]));
            CHECK_INT(got->status, 200);
            CHECK((strstr(got->body, "Marmalade cathedral") != NULL) == rows[i].note);
            CHECK((strstr(got->body, "Going well") != NULL) == rows[i].summary);
        }
    }
}

static bool same_but_for_request(const struct answer *x, const struct answer *y)
{
    return x->status == y->status && x->n == y->n && strcmp(x->type, y->type) == 0;
}

TEST(an_invisible_person_is_like_nobody)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *hidden = journey_hidden_person("navigator"), *nobody = journey_nobody();
    static const char *const pages[] = {"", "/contacts", "/contacts/new"};
    for (size_t i = 0; i < 3; i++) {
        const struct answer *h = visit_get(nav, path(hidden, pages[i]));
        CHECK_INT(h->status, 404);
        CHECK(same_but_for_request(h, visit_get(nav, path(nobody, pages[i]))));
        CHECK(!strstr(h->body, hidden));
    }
    const struct answer *h = visit_api(nav, "GET", api_path(hidden, ""), NULL);
    CHECK_INT(h->status, 404);
    CHECK(same_but_for_request(h, visit_api(nav, "GET", api_path(nobody, ""), NULL)));
    h = visit_api_with(nav, "POST", api_path(hidden, ""),
                       json("happened_at", "\"1890-01-01T10:00:00Z\""), uuid_new(a), NULL);
    CHECK_INT(h->status, 404);
    const struct answer *n =
        visit_api_with(nav, "POST", api_path(nobody, ""),
                       json("happened_at", "\"1890-01-01T10:00:00Z\""), uuid_new(a), NULL);
    CHECK(same_but_for_request(h, n));
}

TEST(a_correction_is_marked_and_the_original_kept)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const struct answer *got = visit_api_with(nav, "POST", api_path(ref, ""),
                                              json("note", "\"Wombat ledger\""), uuid_new(a), NULL);
    const char *id = arena_strdup(a, answer_json(got, "id"));
    const char *correct = path(ref, arena_printf(a, "/contacts/%s/correct", id));
    got = visit_get(nav, correct);
    CHECK_INT(got->status, 200);
    CHECK(answer_has(got, "Wombat ledger"));
    CHECK_STR(answer_input(got, "minutes"), "10");
    got = visit_post(nav, correct, "direction", "outbound", "mode", "video", "outcome", "spoke",
                     "minutes", "10", "note", "Walrus ledger", "happened_at-day", "4",
                     "happened_at-month", "1", "happened_at-year", "2026", "happened_at-time",
                     "10:00", "next_contact_choice", "none", NULL);
    CHECK_INT(got->status, 422); // the reason is missing
    CHECK(answer_has(got, "Walrus ledger"));
    got = visit_post(nav, correct, "direction", "outbound", "mode", "video", "outcome", "spoke",
                     "minutes", "10", "note", "Walrus ledger", "reason", "It was a walrus",
                     "happened_at-day", "4", "happened_at-month", "1", "happened_at-year", "2026",
                     "happened_at-time", "10:00", "next_contact_choice", "none", NULL);
    CHECK_INT(got->status, 303);
    const char *new_id = arena_strdup(a, strstr(got->location, "#contact-") + 9);
    got = visit_get(nav, path(ref, arena_printf(a, "/contacts/%s", new_id)));
    CHECK(answer_has(got, "Corrected by"));
    CHECK(answer_has(got, "It was a walrus"));
    CHECK(answer_has(got, "Wombat ledger"));
    got = visit_get(nav, path(ref, "/contacts?view=print"));
    CHECK(answer_has(got, "Walrus ledger"));
    CHECK(!answer_has(got, "Wombat ledger"));
    // Somebody who still had the old version open keeps what was typed and sees what is stored now.
    got = visit_post(nav, correct, "direction", "outbound", "mode", "video", "outcome", "spoke",
                     "minutes", "10", "note", "My own words", "reason", "Late to this",
                     "happened_at-day", "4", "happened_at-month", "1", "happened_at-year", "2026",
                     "happened_at-time", "10:00", "next_contact_choice", "none", NULL);
    CHECK_INT(got->status, 412);
    CHECK(answer_has(got, "My own words"));
    CHECK(answer_has(got, "Walrus ledger"));
    CHECK(strstr(got->body, arena_printf(a, "/contacts/%s/correct", new_id)) != NULL);
}

// The values that a form needs besides where it took place.
#define MEETING                                                                                    \
    "direction", "outbound", "mode", "in_person_community", "outcome", "attended", "minutes", "40", \
        "note", "Marmot timetable", "happened_at-day", "4", "happened_at-month", "1",              \
        "happened_at-year", "2026", "happened_at-time", "10:00", "next_contact_choice", "none"

static bool shows(const char *role, const char *page, const char *words)
{
    const struct answer *got = visit_get(journey_visitor(role), page);
    CHECK_INT(got->status, 200);
    return answer_has(got, words);
}

TEST(where_it_took_place_is_for_those_who_read_notes)
{
    static const char place[] = "Caf\xc3\xa9 behind O'Brien's <b>yard</b>";
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const struct answer *got =
        visit_post(nav, path(ref, "/contacts"), MEETING, "venue", place, NULL);
    CHECK_INT(got->status, 303);
    const char *id = arena_strdup(a, strstr(got->location, "#contact-") + 9);
    const char *one = path(ref, arena_printf(a, "/contacts/%s", id));
    const char *const pages[] = {one, path(ref, "/contacts?view=print")};
    for (size_t i = 0; i < 2; i++) {
        CHECK(shows("navigator", pages[i], place));
        CHECK(shows("manager", pages[i], place));
        CHECK(!shows("police", pages[i], place));
        CHECK(!shows("probation", pages[i], place));
        CHECK(!strstr(visit_get(journey_visitor("police"), pages[i])->body, "Where:"));
    }
    CHECK_STR(journey_sql(arena_printf(a,
                                       "select string_agg(kind || ' ' || (encode(note, 'escape') "
                                       "like '%%O''Brien%%'), ', ' order by kind) from "
                                       "app.contact_note where contact_id = '%s'",
                                       id)),
              "note false, venue false");
}

TEST(where_it_took_place_is_corrected)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const struct answer *got =
        visit_post(nav, path(ref, "/contacts"), MEETING, "venue", "Hedgehog Hall", NULL);
    const char *id = arena_strdup(a, strstr(got->location, "#contact-") + 9);
    const char *correct = path(ref, arena_printf(a, "/contacts/%s/correct", id));
    CHECK_STR(answer_input(visit_get(nav, correct), "venue"), "Hedgehog Hall");
    char longest[202];
    memset(longest, 'v', 201);
    longest[201] = '\0';
    got = visit_post(nav, correct, MEETING, "venue", longest, "reason", "Wrong hall", NULL);
    CHECK_INT(got->status, 422);
    CHECK(strstr(got->body, "href=\"#venue\"") && strstr(got->body, "id=\"venue\""));
    CHECK_STR(answer_input(got, "venue"), longest);
    got = visit_post(nav, correct, MEETING, "venue", "Hornbeam Hall", "reason", "Wrong hall", NULL);
    CHECK_INT(got->status, 303);
    const char *now = arena_strdup(a, strstr(got->location, "#contact-") + 9);
    CHECK(shows("navigator", path(ref, "/contacts?view=print"), "Hornbeam Hall"));
    CHECK(!shows("navigator", path(ref, "/contacts?view=print"), "Hedgehog Hall"));
    const char *one = path(ref, arena_printf(a, "/contacts/%s", now));
    CHECK(shows("navigator", one, "Hornbeam Hall") && shows("navigator", one, "Hedgehog Hall"));
}

TEST(the_api_takes_and_gives_where_it_took_place)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const struct answer *got =
        visit_api_with(nav, "POST", api_path(ref, ""), json("venue", "\"Ibex library\""), uuid_new(a),
                       NULL);
    CHECK_INT(got->status, 201);
    CHECK(!strstr(got->body, "venue")); // the answer that a retry gets is kept in clear
    const char *id = arena_strdup(a, answer_json(got, "id"));
    const char *one = api_path(ref, arena_printf(a, "/%s", id));
    CHECK_STR(answer_json(visit_api(nav, "GET", one, NULL), "venue"), "Ibex library");
    CHECK_STR(answer_json(visit_api(nav, "GET", api_path(ref, ""), NULL), "items.0.venue"),
              "Ibex library");
    static const char *const others[] = {"police", "probation"};
    for (size_t i = 0; i < 2; i++) {
        got = visit_api(journey_visitor(others[i]), "GET", one, NULL);
        CHECK_INT(got->status, 200);
        CHECK(!strstr(got->body, "venue") && !strstr(got->body, "Ibex"));
    }
    got = visit_api_with(nav, "POST", api_path(ref, ""), json("venue", "7"), uuid_new(a), NULL);
    CHECK_INT(got->status, 422);
    CHECK(has_error(got, "venue"));
    got = visit_api_with(nav, "POST", api_path(ref, ""), json(NULL, NULL), uuid_new(a), NULL);
    id = arena_strdup(a, answer_json(got, "id"));
    got = visit_api(nav, "GET", api_path(ref, arena_printf(a, "/%s", id)), NULL);
    CHECK(strstr(got->body, "\"venue\":null") != NULL);
}

TEST(lists_page_by_cursor)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator");
    const struct answer *got = visit_api(nav, "GET", api_path(ref, "?limit=2"), NULL);
    CHECK_INT(got->status, 200);
    CHECK_INT(answer_json_count(got, "items"), 2);
    const char *next = answer_json(got, "next");
    CHECK(next != NULL);
    const char *first = arena_strdup(a, answer_json(got, "items.1.id"));
    got = visit_api(nav, "GET",
                    api_path(ref, arena_printf(a, "?limit=2&after=%s", next ? next : "")), NULL);
    CHECK_INT(got->status, 200);
    CHECK(answer_json(got, "items.0.id") && strcmp(answer_json(got, "items.0.id"), first) != 0);
    CHECK_INT(visit_api(nav, "GET", api_path(ref, "?limit=201"), NULL)->status, 422);
    CHECK_INT(visit_api(nav, "GET", api_path(ref, "?after=xyz!"), NULL)->status, 422);
    CHECK_INT(visit_api(nav, "GET", api_path(ref, "?colour=red"), NULL)->status, 422);
}

TESTS("contacts", T(the_form_has_sensible_defaults), T(a_contact_is_recorded_and_shown),
      T(recording_and_the_case_page_take_one_flush), T(errors_come_all_at_once_and_nothing_is_lost),
      T(pressing_twice_saves_once), T(an_attempt_that_reached_nobody_takes_no_minutes),
      T(bad_json_is_422_naming_the_field), T(a_note_over_20000_characters_is_refused),
      T(a_retry_gives_the_first_answer_again), T(roles_see_only_their_part),
      T(an_invisible_person_is_like_nobody), T(a_correction_is_marked_and_the_original_kept),
      T(where_it_took_place_is_for_those_who_read_notes), T(where_it_took_place_is_corrected),
      T(the_api_takes_and_gives_where_it_took_place), T(lists_page_by_cursor))
