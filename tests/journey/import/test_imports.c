// SPDX-License-Identifier: MIT
// A team lead brings the team's spreadsheets in through THE route table: what each row gets,
// accept, result; twice and too late; what the walls keep; what happens to the file.
#include "journey.h"
#include "test.h"

#include "base/uuid.h"
#include "cluster.h"
#include "db/db.h"
#include "domain/person/source_ref.h"
#include "import/session.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *a;

static void start(void)
{
    if (!a)
        a = arena_new();
}

static const char *count(const char *where)
{
    return arena_strdup(a, journey_sql(arena_printf(a, "select count(*) from %s", where)));
}

static const char *hash_of(const char *source_ref)
{
    struct bytes hash = source_ref_blind(journey_ctx(), source_ref);
    char *text = arena_alloc(a, 2 * hash.n + 3);
    strcpy(text, "\\x");
    for (size_t i = 0; i < hash.n; i++)
        sprintf(text + 2 + 2 * i, "%02x", hash.p[i]);
    return text;
}

// The database holds no reference that could be read: a case is found by its keyed hash.
static const char *called(const char *source_ref)
{
    return arena_printf(a, "source_blind = '%s'", hash_of(source_ref));
}

// Anybody of the spreadsheet of participants.
static const char *of_the_file(void)
{
    const char *all = "";
    for (int i = 1; i < 200; i++)
        all = arena_printf(a, "%s%s'%s'", all, i > 1 ? "," : "",
                           hash_of(arena_printf(a, "PHX%03d", i)));
    return arena_printf(a, "source_blind = any (array[%s]::bytea[])", all);
}

static const char *cases(const char *condition)
{
    return count(arena_printf(a, "app.participant where %s", condition));
}

struct file {
    const char *p;
    size_t n;
};

static const char *data_path(const char *name)
{
    const char *programme = JOURNEY_PROGRAMME;
    const char *slash = strrchr(programme, '/');
    return arena_printf(a, "%.*s/../tests/import/data/%s", (int)(slash - programme), programme,
                        name);
}

static struct file read_file(const char *name)
{
    FILE *f = fopen(data_path(name), "re");
    CHECK_FATAL(f != NULL);
    char *p = arena_alloc(a, 1 << 20);
    size_t n = fread(p, 1, 1 << 20, f);
    (void)fclose(f);
    return (struct file){p, n};
}

static const struct answer *upload(struct visitor *v, const char *kind, struct file f)
{
    return visit_upload(v, "/imports", "team.csv", f.p, f.n, "kind", kind, "mapping",
                        "team-spreadsheet", NULL);
}

static const struct answer *upload_text(struct visitor *v, const char *kind, const char *text)
{
    return upload(v, kind, (struct file){text, strlen(text)});
}

// Uploads and gives the address of the preview.
static const char *preview(struct visitor *v, const char *kind, struct file f)
{
    const struct answer *got = upload(v, kind, f);
    CHECK_INT(got->status, 303);
    CHECK_FATAL(strncmp(got->location, "/imports/", 9) == 0);
    return arena_strdup(a, got->location);
}

static const struct answer *press(struct visitor *v, const char *address, const char *button)
{
    return visit_post(v, arena_printf(a, "%s/%s", address, button), NULL);
}

// The report has a line for each row, with the verdict that is expected of it.
static void check_verdicts(struct visitor *v, const char *address, const char *kind)
{
    json_t *all = json_load_file(data_path("spreadsheet-expected.json"), 0, NULL);
    json_t *want = json_object_get(all, kind), *row;
    size_t i;
    const struct answer *got = visit_get(v, arena_printf(a, "%s/report", address));
    CHECK_INT(got->status, 200);
    CHECK_STR(got->type, "text/csv; charset=utf-8");
    const char *line = strstr(got->body, "\r\n");
    json_array_foreach(want, i, row)
    {
        CHECK_FATAL(line != NULL);
        const char *verdict = json_string_value(json_object_get(row, "verdict"));
        const char *words = strstr(verdict, ": ");
        size_t n = words ? (size_t)(words - verdict) : strlen(verdict);
        const char *starts = arena_printf(
            a, "\r\n%lld,%.*s,", json_integer_value(json_object_get(row, "row")), (int)n, verdict);
        CHECK_INT(strncmp(line, starts, strlen(starts)), 0);
        line = strstr(line + 2, "\r\n");
    }
    CHECK(line && !line[2]);
    json_decref(all);
}

TEST(both_spreadsheets_come_in)
{
    start();
    struct visitor *lead = journey_visitor("team_lead");
    const struct answer *got = visit_get(lead, "/imports");
    CHECK_INT(got->status, 200);
    CHECK(answer_has(got, "Import a spreadsheet"));
    CHECK_STR(answer_input(got, "mapping"), "team-spreadsheet");

    // Before the people are here nobody's contacts can come.
    const char *early = preview(lead, "contacts", read_file("spreadsheet-contacts.csv"));
    got = visit_get(lead, early);
    CHECK(answer_has(got, "No row can be imported"));
    CHECK_INT(press(lead, early, "cancel")->status, 303);

    const char *people = preview(lead, "participants", read_file("spreadsheet-participants.csv"));
    got = visit_get(lead, people);
    CHECK_INT(got->status, 200);
    CHECK(answer_has(got, "Check what will be imported"));
    CHECK(answer_has(got, "team.csv"));
    CHECK(answer_has(got, "under 14 at start"));
    CHECK_STR(cases(of_the_file()), "0");
    check_verdicts(lead, people, "participants");
    got = press(lead, people, "accept");
    CHECK_INT(got->status, 303);
    CHECK_STR(got->location, people);
    got = visit_get(lead, people);
    CHECK(answer_has(got, "Spreadsheet imported"));
    CHECK_STR(
        cases(of_the_file()),
        count(arena_printf(a, "app.import_verdict where import_id = '%s' and verdict <> 'reject'",
                           people + 9)));
    CHECK_STR(cases(arena_printf(a,
                                 "%s and team_id is distinct from (select team_id from"
                                 " access.\"user\" where role = 'team_lead' and site_id ="
                                 " 'leicester' order by username limit 1)",
                                 of_the_file())),
              "0");
    CHECK_STR(cases("position('PHX'::bytea in source_ref) > 0"), "0");

    const char *contacts = preview(lead, "contacts", read_file("spreadsheet-contacts.csv"));
    check_verdicts(lead, contacts, "contacts");
    CHECK_INT(press(lead, contacts, "accept")->status, 303);
    const char *stored =
        count(arena_printf(a,
                           "app.contact c join app.participant p on p.id = c.participant_id"
                           " where %s",
                           of_the_file()));
    CHECK_STR(stored, count(arena_printf(
                          a, "app.import_verdict where import_id = '%s' and verdict <> 'reject'",
                          contacts + 9)));
    // Nobody is left as if never seen: the facts are what all contacts say, folded anew.
    CHECK_STR(journey_sql(
                  "select count(*) from app.engagement e cross join lateral"
                  " app.engagement_fold(e, 'infinity') f where row(e.*) is distinct from row(f.*)"),
              "0");
    // Records keep their author.
    CHECK_STR(
        journey_sql(arena_printf(
            a,
            "select string_agg(distinct u.username, ' ' order by u.username) from app.contact c"
            " join app.participant p on p.id = c.participant_id join access.\"user\" u"
            " on u.id = c.author_id where %s",
            of_the_file())),
        "d.clarke femi.a marcia.w s.hussain tom.b");
}

TEST(the_same_again_adds_nothing)
{
    start();
    struct visitor *lead = journey_visitor("team_lead");
    const char *before = count("app.participant"), *contacts = count("app.contact");
    CHECK_INT(press(lead, preview(lead, "participants", read_file("spreadsheet-participants.csv")),
                    "accept")
                  ->status,
              303);
    const char *again = preview(lead, "contacts", read_file("spreadsheet-contacts.csv"));
    CHECK_INT(press(lead, again, "accept")->status, 303);
    CHECK_STR(count("app.participant"), before);
    CHECK_STR(count("app.contact"), contacts);
    CHECK_STR(
        journey_sql(arena_printf(a, "select added from app.import where id = '%s'", again + 9)),
        "0");
}

static const char heading[] =
    "Ref,Surname,First name(s),Known as,D.O.B,Gender,Ethnicity,Address,Postcode,Mobile,"
    "CRN,PNC ID,Navigator,Supervised by,Start,Notes\n";

static const char *person(const char *ref, const char *family)
{
    return arena_printf(a, "%s%s,%s,Ruth,,12/3/2001,F,W1,,,,,,Tom B,none,1/2/2026,\n", heading, ref,
                        family);
}

TEST(pressing_twice_and_too_late)
{
    start();
    struct visitor *lead = journey_visitor("team_lead");
    const char *text = person("TWICE1", "Twice");
    const char *ref = uuid_new(a);
    const char *first = NULL;
    for (int i = 0; i < 2; i++) {
        const struct answer *got =
            visit_upload(lead, "/imports", "a.csv", text, strlen(text), "kind", "participants",
                         "mapping", "team-spreadsheet", "client_ref", ref, NULL);
        CHECK_INT(got->status, 303);
        if (first)
            CHECK_STR(got->location, first);
        first = arena_strdup(a, got->location);
    }
    // Back in the browser and another file: the same hidden key, and another import all the same.
    text = person("TWICE2", "Other");
    const struct answer *got =
        visit_upload(lead, "/imports", "b.csv", text, strlen(text), "kind", "participants",
                     "mapping", "team-spreadsheet", "client_ref", ref, NULL);
    CHECK_INT(got->status, 303);
    CHECK(strcmp(got->location, first) != 0);
    CHECK_INT(press(lead, first, "accept")->status, 303);
    CHECK_INT(press(lead, first, "accept")->status, 303);
    CHECK_INT(press(lead, first, "cancel")->status, 303);
    CHECK(answer_has(visit_get(lead, first), "Spreadsheet imported"));
    CHECK_STR(cases(called("TWICE1")), "1");
    CHECK_STR(
        journey_sql(arena_printf(a, "select state from app.import where id = '%s'", first + 9)),
        "stored");

    const char *late = preview(lead, "participants", (struct file){text, strlen(text)});
    journey_sql(arena_printf(
        a, "update app.import set expires_at = now() - interval '1 second' where id = '%s'",
        late + 9));
    CHECK(answer_has(visit_get(lead, late), "Nothing was imported"));
    CHECK_INT(press(lead, late, "accept")->status, 303);
    CHECK_STR(cases(called("TWICE2")), "0");
    struct ctx worker = {.arena = a,
                         .db = db_new(cluster_conninfo(cluster_shared(), "journey"), DB_WORKER)};
    CHECK_INT(import_expire(&worker), ERR_OK);
    db_free(worker.db);
    CHECK_STR(
        journey_sql(arena_printf(a, "select state from app.import where id = '%s'", late + 9)),
        "expired");
    CHECK_STR(count(arena_printf(a, "app.import where id = '%s' and file is not null", late + 9)),
              "0");
}

TEST(the_file_is_sealed_and_goes)
{
    start();
    struct visitor *lead = journey_visitor("team_lead");
    const char *text = person("SEALED1", "Unmistakable");
    const char *at = preview(lead, "participants", (struct file){text, strlen(text)});
    CHECK_STR(count(arena_printf(a, "app.import where id = '%s' and file is not null", at + 9)),
              "1");
    CHECK_STR(count("app.import i where i::text like '%Unmistakable%'"), "0");
    CHECK_STR(
        count(
            "app.import_verdict v where v::text like '%Unmistakable%' or v::text like '%SEALED1%'"),
        "0");
    CHECK_INT(press(lead, at, "cancel")->status, 303);
    CHECK(answer_has(visit_get(lead, at), "Nothing was imported"));
    CHECK_STR(count("app.import where file is not null and state <> 'checked'"), "0");
    CHECK_STR(cases(called("SEALED1")), "0");
    CHECK_STR(journey_sql(arena_printf(
                  a,
                  "select string_agg(action, ' ' order by at, action) from audit.event where"
                  " object_id = '%s'",
                  at + 9)),
              "import_checked");
}

TEST(only_who_may_and_only_ones_own)
{
    start();
    struct visitor *lead = journey_visitor("team_lead");
    const char *text = person("OWN1", "Owner");
    const char *at = preview(lead, "participants", (struct file){text, strlen(text)});
    static const char *const others[] = {"navigator", "police",    "probation",     "youth_justice",
                                         "provider",  "evaluator", "administrator", "auditor"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct visitor *v = journey_visitor(others[i]);
        CHECK_INT(visit_get(v, "/imports")->status, 403);
        CHECK_INT(visit_get(v, at)->status, 403);
        CHECK_INT(upload_text(v, "participants", text)->status, 403);
        CHECK_INT(press(v, at, "accept")->status, 403);
    }
    // Somebody else who may import sees nothing of it: like one that does not exist.
    struct visitor *manager = journey_visitor("manager");
    const char *none = "/imports/01990000-0000-7000-8000-000000000000";
    CHECK_INT(visit_get(manager, at)->status, 404);
    CHECK_INT(visit_get(manager, none)->status, 404);
    CHECK_INT(press(manager, at, "accept")->status, 404);
    CHECK_INT(press(manager, at, "cancel")->status, 404);
    CHECK_INT(visit_get(manager, arena_printf(a, "%s/report", at))->status, 404);
    CHECK_INT(visit_get(lead, at)->status, 200);
    CHECK_STR(cases(called("OWN1")), "0");
}

TEST(the_walls_hold_for_another_team)
{
    start();
    struct visitor *lead = journey_visitor("team_lead"), *manager = journey_visitor("manager");
    // The manager's people belong to no team, or to their worker's.
    const char *text = person("WALL1", "Walls");
    CHECK_INT(press(manager, preview(manager, "participants", (struct file){text, strlen(text)}),
                    "accept")
                  ->status,
              303);
    const char *wall = called("WALL1");
    journey_sql(arena_printf(a,
                             "set session_replication_role = replica;"
                             "update app.participant set team_id = null where %s;"
                             "update app.identity i set keys = '{}' from app.participant p"
                             " where p.person_id = i.person_id and %s;"
                             "update app.engagement e set team_id = null from app.participant p"
                             " where p.id = e.participant_id and %s",
                             wall, wall, wall));
    // The same person under the same reference: taken, and not said by whom.
    const char *at = preview(lead, "participants", (struct file){text, strlen(text)});
    const struct answer *got = visit_get(lead, at);
    CHECK(answer_has(got, "reference is another person's here"));
    CHECK(!answer_has(got, "already here"));
    // The same name and birth date under another reference: not a word.
    text = person("WALL2", "Walls");
    got = visit_get(lead, preview(lead, "participants", (struct file){text, strlen(text)}));
    CHECK(!answer_has(got, "same name and birth date"));
    // Contacts of somebody whom the lead does not have: like those of nobody.
    text = "Ref,Date,Time,How,Outcome,Length,By,Notes,Next due\n"
           "WALL1,1/3/2026,10:00,phone,no answer,,Tom B,,\nNOBODY,1/3/2026,10:00,phone,no "
           "answer,,Tom B,,\n";
    at = preview(lead, "contacts", (struct file){text, strlen(text)});
    got = visit_get(lead, arena_printf(a, "%s/report", at));
    CHECK(answer_has(got, "2,reject,Ref,unknown reference"));
    CHECK(answer_has(got, "3,reject,Ref,unknown reference"));
}

TEST(what_is_no_spreadsheet_is_told_on_the_form)
{
    start();
    struct visitor *lead = journey_visitor("team_lead");
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "team.csv is empty"},
        {"\x89PNG\r\n\x1a\n", "this is not a CSV file"},
        {"Ref,Surname\nA,B\n", "is missing"},
        {"Ref,Ref\nA,B\n", "is there twice"},
        {"Ref,\"Surname\nA,B\n", "the quote that opens here is not closed"},
        {"Ref,Surname\rA,B\r", "lines end with CR alone"},
        {"Ref,Surname\nA\xe9,\xc3\xa9\n", "mixes UTF-8 with another encoding"},
    };
    const char *before = count("app.import");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct answer *got = upload_text(lead, "participants", rows[i].text);
        CHECK_INT(got->status, 422);
        CHECK(answer_has(got, rows[i].words));
        CHECK(answer_has(got, "There is a problem"));
    }
    const struct answer *got = visit_upload(lead, "/imports", "", "", 0, NULL);
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "Choose a file"));
    got = visit_upload(lead, "/imports", "a.csv", "a", 1, "kind", "people", "mapping", "nonsense",
                       NULL);
    CHECK_INT(got->status, 422);
    CHECK_STR(count("app.import"), before);
    // What the file is called comes back as text.
    got = visit_upload(lead, "/imports", "<b>x.csv", "", 0, "kind", "contacts", "mapping",
                       "team-spreadsheet", NULL);
    CHECK_INT(got->status, 422);
    CHECK(strstr(got->body, "<b>x.csv") == NULL);
}

TEST(every_row_is_shown)
{
    start();
    struct visitor *lead = journey_visitor("team_lead");
    const char *at = preview(lead, "contacts", read_file("spreadsheet-contacts.csv"));
    size_t rows = 0;
    char seen[1000] = {0};
    for (const char *next = at; next;) {
        const struct answer *got = visit_get(lead, next);
        CHECK_INT(got->status, 200);
        for (const char *p = got->body; (p = strstr(p, "data-label=\"Row\">")); rows++) {
            p += strlen("data-label=\"Row\">");
            CHECK(!seen[atoi(p)]++);
        }
        const char *more = strstr(got->body, "?after=");
        next = more ? arena_printf(a, "%s?after=%d", at, atoi(more + 7)) : NULL;
    }
    CHECK_INT(rows, 900);
    CHECK(!answer_has(visit_get(lead, arena_printf(a, "%s?show=reject", at)), ">OK<"));
    CHECK_INT(visit_get(lead, arena_printf(a, "%s?show=nonsense&after=x'", at))->status, 200);
}

TESTS("imports", T(both_spreadsheets_come_in), T(the_same_again_adds_nothing),
      T(pressing_twice_and_too_late), T(the_file_is_sealed_and_goes),
      T(only_who_may_and_only_ones_own), T(the_walls_hold_for_another_team),
      T(what_is_no_spreadsheet_is_told_on_the_form), T(every_row_is_shown))
