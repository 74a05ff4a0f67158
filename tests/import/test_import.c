// SPDX-License-Identifier: MIT
// A team's spreadsheets: every verdict as expected, stored sealed and once, or not at all.
#include "import/import.h"

#include "access/access.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/vocab.h"
#include "config/config.h"
#include "crypto/keys.h"
#include "db/db.h"
#include "domain/person/source_ref.h"

#include "cluster.h"
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_MOST = 2000 };

static struct ctx owner;
static struct cluster *cluster;
static const struct mapping *team;
static struct {
    long row;
    const char *text; // "reject: surname missing"
    const char *column;
} got[ROWS_MOST];
static size_t n_got;

static void must(enum err e, const char *what)
{
    if (!e)
        return;
    fprintf(stderr, "%s: %s: %s %s\n", what, err_row(e)->name,
            owner.problem.detail ? owner.problem.detail : "",
            owner.problem.log ? owner.problem.log : "");
    exit(1);
}

static const char *beside(const char *relative) // to programme.conf
{
    const char *slash = strrchr(TEST_PROGRAMME, '/');
    return arena_printf(owner.arena, "%.*s/%s", (int)(slash - TEST_PROGRAMME), TEST_PROGRAMME,
                        relative);
}

static void start(void)
{
    if (cluster)
        return;
    owner.arena = arena_new();
    log_setup(LOG_ERROR, 0);
    must(crypto_start(), "crypto");
    clock_set_zone("Europe/London");
    cluster = cluster_migrated();
    const char *keyring = arena_printf(owner.arena, "%s/import.keys", cluster_dir(cluster));
    must(keys_create(&owner, keyring), "keyring");
    must(keys_open(&owner, keyring, &owner.keys), "keyring");
    owner.db = db_new(cluster_database(cluster, "import"), DB_OWNER);
    must(db_ready(&owner, owner.db), "owner");
    const struct programme *programme;
    must(programme_read(&owner, TEST_PROGRAMME, &programme), "programme");
    must(access_sync(&owner, programme), "sync");
    must(mapping_read(&owner, beside("import/team-spreadsheet.conf"), &team), "mapping");
}

static long number(const char *sql)
{
    return strtol(cluster_sql(cluster, "import", sql), NULL, 10);
}

static enum err keep(void *arg, const struct import_verdict *v)
{
    (void)arg;
    CHECK_FATAL(n_got < ROWS_MOST);
    got[n_got].row = v->row;
    got[n_got].column = arena_strdup(owner.arena, v->column);
    got[n_got++].text = arena_printf(owner.arena, "%s%s%s", import_state_code(v->state),
                                     *v->message ? ": " : "", v->message);
    return ERR_OK;
}

static enum err run(struct import_setup s, struct import_result *ret)
{
    n_got = 0;
    memset(&owner.problem, 0, sizeof(owner.problem));
    s.mapping = s.mapping ? s.mapping : team;
    s.site = "leicester";
    s.name = "file.csv";
    s.verdict = keep;
    enum err e = import_run(&owner, &s, ret);
    (void)fclose(s.file);
    return e;
}

static enum err run_file(enum import_kind kind, bool dry, bool accept, struct import_result *ret)
{
    FILE *f = fopen(beside(kind == IMPORT_PARTICIPANTS
                               ? "../tests/import/data/spreadsheet-participants.csv"
                               : "../tests/import/data/spreadsheet-contacts.csv"),
                    "re");
    CHECK_FATAL(f != NULL);
    return run((struct import_setup){.kind = kind, .file = f, .dry_run = dry,
                                     .accept_valid = accept},
               ret);
}

static enum err run_text(enum import_kind kind, const char *text, struct import_result *ret)
{
    FILE *f = tmpfile();
    CHECK_FATAL(f != NULL);
    fputs(text, f);
    return run((struct import_setup){.kind = kind, .file = f}, ret);
}

static const char *read_all(const char *path)
{
    struct buf b;
    buf_init(&b, owner.arena);
    FILE *f = fopen(path, "re");
    CHECK_FATAL(f != NULL);
    for (int c; (c = fgetc(f)) != EOF;)
        buf_putc(&b, (char)c);
    (void)fclose(f);
    return b.p;
}

// Every row of the list `kind` of the expected verdicts against what came.
static void check_expected(const char *kind)
{
    const char *p = strstr(read_all(beside("../tests/import/data/spreadsheet-expected.json")),
                           arena_printf(owner.arena, "\"%s\"", kind));
    CHECK_FATAL(p != NULL);
    const char *end = strchr(p, ']');
    size_t n = 0;
    while ((p = strstr(p, "\"row\":")) && p < end) {
        long row = strtol(p + 6, NULL, 10);
        p = strstr(p, "\"verdict\": \"") + 12;
        const char *want = arena_strndup(owner.arena, p, strcspn(p, "\""));
        CHECK_FATAL(n < n_got);
        CHECK_INT(got[n].row, row);
        CHECK_STR(got[n].text, want);
        n++;
    }
    CHECK_INT(n_got, n);
    CHECK(n > 100);
}

TEST(nothing_unless_all_is_right)
{
    start();
    struct import_result r;
    CHECK_INT(run_file(IMPORT_PARTICIPANTS, false, false, &r), ERR_OK);
    check_expected("participants");
    CHECK(!r.stored);
    CHECK_INT(r.rows, 119 + 1);
    CHECK_INT(r.rejected, 7);
    CHECK_INT(number("select count(*) from app.participant"), 0);
    CHECK_INT(run_file(IMPORT_PARTICIPANTS, true, true, &r), ERR_OK);
    CHECK(!r.stored);
    CHECK_INT(number("select count(*) from app.participant"), 0);
}

TEST(people_come_in_as_active)
{
    start();
    struct import_result r;
    must(run_file(IMPORT_PARTICIPANTS, false, true, &r), "import");
    check_expected("participants");
    CHECK(r.stored);
    CHECK_INT(r.added, 113);
    CHECK_INT(r.present, 0);
    CHECK_INT(number("select count(*) from app.participant where stage = 'active' and "
                     "app.local_day(accepted_at) = started_on"),
              113);
    CHECK_INT(number("select count(*) from app.engagement where accepted_on is not null"), 113);
    CHECK_INT(number("select count(*) from app.identity where sites <> '{}' and family_name is not null"),
              113);
    CHECK_INT(number("select count(*) from app.identifier where warning is not null"), 3);
    CHECK_INT(number("select count(distinct worker_id) from app.participant"), 5);
    CHECK_INT(number("select count(*) from access.\"user\" where disabled_at is null"), 0);
    CHECK_INT(number("select sum(cardinality(subjects)) from audit.event "
                     "where action = 'import_done'"),
              113);
}

TEST(people_again_add_nothing)
{
    start();
    struct import_result r;
    must(run_file(IMPORT_PARTICIPANTS, false, true, &r), "import");
    CHECK_INT(r.added, 0);
    CHECK_INT(r.present, 113);
    CHECK_INT(number("select count(*) from app.participant"), 113);
    CHECK_STR(got[0].text, "ok: already here");
}

TEST(contacts_come_in)
{
    start();
    struct import_result r;
    must(run_file(IMPORT_CONTACTS, false, false, &r), "import");
    check_expected("contacts");
    CHECK(!r.stored);
    CHECK_INT(number("select count(*) from app.contact"), 0);
    must(run_file(IMPORT_CONTACTS, false, true, &r), "import");
    check_expected("contacts");
    CHECK_INT(r.added, 895);
    CHECK_INT(number("select count(*) from app.contact"), 895);
    CHECK_INT(number("select count(*) from app.contact where author_id in "
                     "(select id from access.\"user\" where display_name = 'Tom B')") > 100,
              1);
    CHECK_INT(number("select count(*) from app.contact c join app.contact_detail d "
                     "on d.contact_id = c.id where d.minutes not in (30, 45, 60, 90)"),
              0);
    CHECK_INT(number("select sum(contacts) from app.engagement"), 895);
}

TEST(contacts_again_add_nothing)
{
    start();
    struct import_result r;
    must(run_file(IMPORT_CONTACTS, false, true, &r), "import");
    CHECK_INT(r.added, 0);
    CHECK_INT(r.present, 895);
    CHECK_INT(number("select count(*) from app.contact"), 895);
}

// Row 4 of the contacts: a Windows-1252 note, opened with the person's key.
TEST(notes_are_sealed_and_exact)
{
    start();
    struct bytes hash = source_ref_blind(&owner, "phx055"); // however it is typed
    char blind[33];
    for (size_t i = 0; i < hash.n; i++)
        sprintf(blind + 2 * i, "%02x", hash.p[i]);
    CHECK_INT(number("select count(*) from app.participant where source_ref is null"
                     " or position('PHX'::bytea in source_ref) > 0"),
              0);
    const char *row = cluster_sql(
        cluster, "import",
        arena_printf(owner.arena,
                     "select n.contact_id || ' ' || p.person_id || ' ' || encode(k.wrapped, 'hex') || ' ' || "
        "encode(n.note, 'hex') from app.contact c join app.contact_note n on n.contact_id = c.id "
        "join app.participant p on p.id = c.participant_id join app.data_key k on "
        "k.person_id = p.person_id where p.source_blind = '\\x%s' and "
        "c.happened_at = '2024-10-07T09:00:00+01:00'", blind));
    char contact[37], person[37], *wrapped = arena_strdup(owner.arena, row),
         *note = arena_strdup(owner.arena, row);
    CHECK_FATAL(sscanf(row, "%36s %36s %s %s", contact, person, wrapped, note) == 4);
    const char *text = NULL;
    struct seal_at at = {SEAL_NOTES, person, "app.contact_note", contact, "note"};
    const char *w = arena_printf(owner.arena, "\\x%s", wrapped);
    must(keys_person_load(&owner, person, db_bytes_decode(owner.arena, w)), "key");
    const char *n = arena_printf(owner.arena, "\\x%s", note);
    must(seal_open(&owner, &at, db_bytes_decode(owner.arena, n), &text), "note");
    CHECK_STR(text, "caf\xc3\xa9 meet, 2 coffees \xc2\xa3" "6.40");
}

#define CONTACT_HEADING "Ref,Date,Time,How,Outcome,Length,By,Notes,Next due\n"

TEST(what_a_careful_import_catches)
{
    start();
    static const struct {
        const char *row, *want, *column;
    } all[] = {
        {"PHX001,01/01/2099,,phone,spoke,,,,", "reject: date in the future", "Date"},
        {"PHX001,01/01/1980,,phone,spoke,,,,", "reject: date before birth", "Date"},
        {"PHX001,01/02/2025,25:10,phone,spoke,,,,", "reject: no such time", "Time"},
        {"PHX001,01/02/2025,noonish,phone,spoke,,,,", "reject: time not understood", "Time"},
        {"PHX001,01/02/2025,,phone,spoke,1500,,,", "reject: length over 24 hours", "Length"},
        {"PHX001,01/02/2025,,phone,spoke,ages,,,", "reject: length not understood", "Length"},
        {"PHX001,01/02/2025,,pigeon,spoke,,,,", "reject: how not mapped", "How"},
        {"PHX001,01/02/2025,,phone,spoke,,Nobody,,", "warn: worker not mapped", "By"},
        {"PHX001,01/02/2025,,phone,spoke,,,,31/01/2025", "reject: next due before the contact",
         "Next due"},
        {"PHX001,31/02/2025,,phone,,,,,", "reject: outcome missing; no such date", "Outcome"},
        {",,,,,,,,", "warn: empty row", ""},
        {"PHX001,01/02/2025,,phone,spoke,,,,,oh", "reject: more cells than headings", ""},
        {"phx001,1 Feb 2025,9.30 pm,PHONE,  Spoke ,1hr,tom b,,", "ok", ""},
    };
    struct buf b;
    buf_init(&b, owner.arena);
    buf_puts(&b, CONTACT_HEADING);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        buf_printf(&b, "%s\n", all[i].row);
    struct import_result r;
    must(run_text(IMPORT_CONTACTS, b.p, &r), "import");
    CHECK_INT(n_got, sizeof(all) / sizeof(all[0]));
    for (size_t i = 0; i < n_got; i++) {
        CHECK_STR(got[i].text, all[i].want);
        CHECK_STR(got[i].column, all[i].column);
    }
    CHECK(!r.stored);
}

#define PERSON_HEADING                                                                             \
    "Ref,Surname,First name(s),Known as,D.O.B,Gender,Ethnicity,Address,Postcode,Mobile,CRN,"       \
    "PNC ID,Navigator,Supervised by,Start,Notes\n"

TEST(what_is_caught_about_people)
{
    start();
    static const char *const all[][2] = {
        {"Z1,Doe,Ann,,01/01/2099,,,,,,,,,,1/2/2025,", "reject: birth date in the future"},
        {"Z2,Doe,Ben,,01/01/2000,,,,,,,,,,1/2/2099,", "reject: start date in the future"},
        {"Z3,Doe,Cat,,29/02/2008,,,,,,,,,,28/02/2022,", "reject: under 14 at start"},
        {"Z4,Doe,Dan,,29/02/2008,,,,,,,,,,01/03/2022,", "ok"},
        {"Z5,Doe,Eve,,01/01/1920,,,,,,,,,,1/2/2025,", "warn: 100 or over at start"},
        {"Z6,,,,,,,,,,,,,,,",
         "reject: surname missing; first name missing; birth date missing; start date missing"},
        {",Doe,Fay,,1/1/2000,,,,,,,,,,1/2/2025,", "reject: reference missing"},
        {"Z8,Doe,Gus,,1/1/2000,robot,Martian,,,,,,,,1/2/2025,",
         "reject: gender not mapped; ethnicity not mapped"},
        {"Z9,Doe,Hal,,1/1/2000,,,,,call mum,,,,,1/2/2025,", "warn: phone shape"},
        {"PHX001,Doe,Ivy,,1/1/2000,,,,,,,,,,1/2/2025,",
         "reject: reference is another person's here"},
        {"Z10,MCDONALD,rhys,,08/09/2002,,,,,,,,,,1/2/2025,",
         "warn: same name and birth date as somebody here"},
        {"z4,Doe,Joy,,1/1/2000,,,,,,,,,,1/2/2025,", "reject: reference used twice"},
    };
    struct buf b;
    buf_init(&b, owner.arena);
    buf_puts(&b, PERSON_HEADING);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        buf_printf(&b, "%s\n", all[i][0]);
    struct import_result r;
    must(run_text(IMPORT_PARTICIPANTS, b.p, &r), "import");
    CHECK_INT(n_got, sizeof(all) / sizeof(all[0]));
    for (size_t i = 0; i < n_got; i++)
        CHECK_STR(got[i].text, all[i][1]);
}

static void check_refused(const char *text, const char *words)
{
    struct import_result r;
    CHECK_INT(run_text(IMPORT_CONTACTS, text, &r), ERR_MALFORMED);
    CHECK_STR(owner.problem.detail, words);
}

TEST(headings_must_be_there_once)
{
    start();
    check_refused("Ref,Date,Time,How,Outcome,Length,Notes,Next due\n",
                  "file.csv, row 1, column 7: the heading \"By\" is missing");
    check_refused("Ref,Date,Time,How,Outcome,Length,By,Notes,Next due,date \n",
                  "file.csv, row 1, column 10: the heading \"date \" is there twice");
    struct import_result r;
    must(run_text(IMPORT_CONTACTS, "Next due,By,Ref,Date,Time,How,Outcome,Length,Notes,Mood\n", &r),
         "import");
    CHECK_STR(r.unread, "Mood");
}

TEST(nothing_is_dropped_in_silence)
{
    start();
    struct import_result r;
    must(run_text(IMPORT_CONTACTS,
                  "Ref,Date,Time,How,Outcome,Length,By,Notes,Next due,,\n"
                  "PHX001,01/02/2025,,phone,spoke,,,,,,\n"
                  "PHX001,02/02/2025,,phone,spoke,,,,, \xc2\xa0,rude\n"
                  ",,,,,,,,,,left alone\n",
                  &r),
         "import");
    CHECK_STR(got[0].text, "ok");
    CHECK_STR(got[1].text, "warn: a cell without a heading is left out");
    CHECK_STR(got[2].text, "warn: empty row; a cell without a heading is left out");
}

static const struct mapping *other_mapping(const char *text, enum err want, const char *words)
{
    const struct mapping *m = NULL;
    char *path = arena_printf(owner.arena, "%s/m.conf", cluster_dir(cluster));
    FILE *f = fopen(path, "we");
    CHECK_FATAL(f != NULL);
    fputs(text, f);
    (void)fclose(f);
    memset(&owner.problem, 0, sizeof(owner.problem));
    CHECK_INT(mapping_read(&owner, path, &m), want);
    if (want)
        CHECK(owner.problem.detail && strstr(owner.problem.detail, words));
    return m;
}

#define OTHER                                                                                      \
    "separator = semicolon\ndates = {\"{yyyy}-{m}-{d}\"}\n"                                        \
    "contacts {\n column \"Wer\" { field = source_ref }\n column \"Wann\" { field = date }\n"      \
    " column \"Wie\" { field = mode }\n column \"Was\" { field = outcome }\n}\n"

TEST(another_team_another_mapping)
{
    start();
    const struct mapping *m = other_mapping(
        OTHER "words mode { code phone { from = {\"Telefon\"} } }\n", ERR_OK, NULL);
    FILE *f = tmpfile();
    CHECK_FATAL(f && m);
    fputs("Was;Wann;Wie;Wer\nspoke;2025-02-03;telefon;PHX001\nspoke;3.2.25;telefon;PHX001\n", f);
    struct import_result r;
    must(run((struct import_setup){.kind = IMPORT_CONTACTS, .file = f, .mapping = m,
                                   .dry_run = true},
             &r),
         "import");
    CHECK_STR(got[0].text, "ok");
    CHECK_STR(got[1].text, "reject: date not understood");
}

TEST(a_wrong_mapping_is_told_with_its_line)
{
    start();
    other_mapping("dates = {\"{d}/{q}/{yy}\"}\n", ERR_CONFIG, "m.conf, line 1: \"{d}/{q}/{yy}\"");
    other_mapping("dates = {\"{serial}\"}\ncontacts {\n column \"A\" {\n field = shoe\n }\n}\n",
                  ERR_CONFIG, "m.conf, line 4: \"shoe\" is not a field");
    other_mapping(OTHER "words mode {\n code pigeon { from = {\"p\"} }\n}\n", ERR_CONFIG,
                  "m.conf, line 10: pigeon is not a code of mode");
    other_mapping(OTHER "colour = 3\n", ERR_CONFIG, "m.conf, line 9: no such option 'colour'");
    other_mapping("dates = {\"{serial}\"}\ncontacts {\n column \"A\" { field = date }\n}\n",
                  ERR_CONFIG, "source_ref has no column");
}

// Beyond 2,000 rows engagement is worked out at the end: it must come to the same.
TEST(many_contacts_at_once)
{
    start();
    enum { ROWS = 2100 };
    struct buf b;
    buf_init(&b, owner.arena);
    buf_puts(&b, CONTACT_HEADING);
    for (int i = 0; i < ROWS; i++)
        buf_printf(&b, "PHX%03d,%02d/%02d/2025,%02d:%02d,phone,%s,5,S Hussain,,\n", 1 + i % 16,
                   1 + i * 7 % 28, 1 + i * 5 % 10, 8 + i % 10, i % 60, i % 3 ? "spoke" : "DNA");
    long before = number("select count(*) from app.contact");
    const struct import_setup setup = {.kind = IMPORT_CONTACTS, .file = tmpfile(), .mapping = team,
                                       .site = "leicester", .name = "many.csv"};
    CHECK_FATAL(setup.file != NULL);
    fputs(b.p, setup.file);
    struct import_result r;
    must(import_run(&owner, &setup, &r), "import");
    (void)fclose(setup.file);
    CHECK_INT(r.added, ROWS);
    CHECK_INT(number("select count(*) from app.contact"), before + ROWS);
    CHECK_INT(number("select count(*) from pg_trigger where tgrelid = 'app.contact'::regclass "
                     "and tgname = 'a_after' and tgenabled = 'O'"),
              1);
    CHECK_INT(number("select sum(contacts) from app.engagement"), before + ROWS);
    CHECK_INT(number("select count(*) from app.engagement e where e is distinct from "
                     "app.engagement_fold(e, 'infinity')"),
              0);
    // And so are the counts by week.
    CHECK_INT(number("select sum(contacts) from app.contact_week"), before + ROWS);
    CHECK_INT(number("select sum(successful) from app.contact_week"),
              number("select count(*) from app.contact where successful"));
    CHECK_INT(number("select count(*) from (select site_id, app.week_of(happened_at), count(*) from "
                     "app.contact group by 1, 2 except select site_id, week, sum(contacts) from "
                     "app.contact_week group by 1, 2) x"),
              0);
}

TESTS("import", T(nothing_unless_all_is_right), T(people_come_in_as_active),
      T(people_again_add_nothing), T(contacts_come_in), T(contacts_again_add_nothing),
      T(notes_are_sealed_and_exact), T(what_a_careful_import_catches),
      T(what_is_caught_about_people),
      T(headings_must_be_there_once), T(nothing_is_dropped_in_silence), T(another_team_another_mapping),
      T(a_wrong_mapping_is_told_with_its_line),
      T(many_contacts_at_once))
