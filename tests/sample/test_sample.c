// SPDX-License-Identifier: MIT
// Made-up people: complete, coherent, the same for the same seed, and sealed: the database's files
// hold none of their names and none of the notes.
#include "sample/sample.h"

#include "access/access.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "config/config.h"
#include "crypto/keys.h"
#include "db/db.h"
#include "sample/words.h"
#include "search/search.h"

#include "cluster.h"
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ctx owner;
static struct cluster *cluster;
static const struct sample_account *accounts;
static size_t n_accounts;

static void must(enum err e, const char *what)
{
    if (!e)
        return;
    fprintf(stderr, "%s: %s: %s %s\n", what, err_row(e)->name,
            owner.problem.detail ? owner.problem.detail : "",
            owner.problem.log ? owner.problem.log : "");
    exit(1);
}

static void open_database(const char *name)
{
    const char *conninfo = cluster_database(cluster, name);
    db_free(owner.db);
    owner.db = db_new(conninfo, DB_OWNER);
    must(db_ready(&owner, owner.db), "owner");
    const struct programme *programme;
    must(programme_read(&owner, TEST_PROGRAMME, &programme), "programme");
    must(access_sync(&owner, programme), "sync");
}

static void make(const char *name, long people, long contacts, uint64_t seed)
{
    open_database(name);
    struct sample_setup setup = {.people = people, .contacts = contacts, .seed = seed};
    must(sample_make(&owner, &setup, &accounts, &n_accounts), "sample");
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
    const char *keyring = arena_printf(owner.arena, "%s/sample.keys", cluster_dir(cluster));
    must(keys_create(&owner, keyring), "keyring");
    must(keys_open(&owner, keyring, &owner.keys), "keyring");
    make("sample", 200, 0, 42);
}

static long number(const char *sql)
{
    return strtol(cluster_sql(cluster, "sample", sql), NULL, 10);
}

TEST(accounts_of_every_role)
{
    start();
    static const struct {
        const char *role;
        size_t least;
    } want[] = {{"navigator", 2},     {"provider", 2},      {"police", 2},        {"team_lead", 1},
                {"manager", 1},       {"probation", 1},     {"youth_justice", 1}, {"evaluator", 1},
                {"trial_manager", 1}, {"administrator", 1}, {"auditor", 1}};
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        size_t n = 0;
        for (size_t k = 0; k < n_accounts; k++)
            n += strcmp(accounts[k].role, want[i].role) == 0 && strlen(accounts[k].password) >= 12;
        CHECK(n >= want[i].least);
    }
    CHECK_INT(number("select count(distinct site_id) from app.participant"), 2);
}

TEST(every_state_there_is)
{
    start();
    CHECK_INT(number("select count(*) from app.participant"), 200);
    // all seven statuses at both sites
    CHECK_INT(
        number("select count(distinct status) from app.engagement_now where site_id = 'leicester'"),
        7);
    CHECK_INT(
        number("select count(distinct status) from app.engagement_now where site_id = 'rutland'"),
        7);
    CHECK_INT(number("select count(distinct stage) from app.participant"), 9);
    CHECK_INT(number("select count(distinct state) from app.referral"), 7);
    CHECK(number("select count(distinct state) from app.escalation") >= 8);
    CHECK_INT(number("select count(distinct suspension) from app.participant"), 2);
    CHECK(number("select count(*) from app.contact") > 5000);
    CHECK(number("select count(*) from app.contact where superseded_by is not null") > 10);
    CHECK(number("select count(*) from app.safety_flag where ended_at is null") > 10);
    CHECK(number("select max(current_date - started_on) from app.participant") > 600);
    CHECK(
        number("select count(*) from app.contact where app.local_day(happened_at) = app.today()") >
        0);
}

TEST(nothing_that_could_not_have_happened)
{
    start();
    CHECK_INT(number("select count(*) from app.contact where happened_at > now()"), 0);
    CHECK_INT(
        number(
            "select count(*) from app.contact c join app.participant p on p.id = c.participant_id"
            " where app.local_day(c.happened_at) < p.started_on"),
        0);
    CHECK_INT(
        number("select count(*) from app.contact c join access.vocabulary v on v.name = 'outcome'"
               " and v.code = c.outcome where (v.successful, v.missed) is distinct from"
               " (c.successful, c.missed)"),
        0);
    CHECK_INT(number("select count(*) from app.referral where coalesce(sent_at, accepted_at, "
                     "ended_at) > now()"),
              0);
    // nobody is tried for a year without an answer
    CHECK(number("select max(missed_run) from app.engagement") < 30);
    // every step is one that the machines know
    CHECK_INT(
        number("select count(*) from app.participant_event e where kind = 'stage' and not exists"
               " (select from app.transition t where t.machine = 'participant'"
               " and t.from_state = coalesce(e.from_state, '') and t.to_state = e.to_state)"),
        0);
    CHECK_INT(number("select count(*) from app.referral_event e where not exists"
                     " (select from app.transition t where t.machine = 'referral'"
                     " and t.from_state = coalesce(e.from_state, '') and t.to_state = e.to_state)"),
              0);
    CHECK_INT(number("select count(*) from app.escalation_event e where not exists"
                     " (select from app.transition t where t.machine = 'escalation'"
                     " and t.from_state = coalesce(e.from_state, '') and t.to_state = e.to_state)"),
              0);
    // the walls are up again
    CHECK_INT(number("select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                     " where n.nspname = 'app' and relkind = 'r' and not relforcerowsecurity"),
              0);
    CHECK_INT(number("select count(*) from pg_trigger where tgenabled = 'D'"), 0);
    CHECK_INT(
        number(
            "select count(*) from app.identity i cross join app.person_cases(i.person_id) c"
            " where (i.sites, i.keys) is distinct from (c.sites, c.keys)"),
        0);
    CHECK_INT(number("select count(*) from (select person_id, sites from app.identity_detail"
                     " union all select person_id, sites from app.identifier"
                     " union all select person_id, sites from app.data_key) x"
                     " cross join app.person_cases(x.person_id) c where x.sites <> c.sites"),
              0);
    CHECK_INT(number("select count(*) from app.participant p join app.person q on q.id = p.person_id"
                     " where p.id <> p.person_id"),
              number("select count(*) from app.participant"));
}

TEST(refuses_a_database_with_people)
{
    start();
    struct sample_setup setup = {.people = 5, .seed = 1};
    const struct sample_account *a;
    size_t n;
    owner.problem = (struct problem){0};
    CHECK_INT(sample_make(&owner, &setup, &a, &n), ERR_CONFLICT);
    setup.people = 0;
    CHECK(sample_make(&owner, &setup, &a, &n) != ERR_OK);
    CHECK_INT(number("select count(*) from app.participant"), 200);
}

static size_t found_in_index(struct search_index *idx, const char *name)
{
    const struct search_hit *hits;
    return search_find(idx, owner.arena, NULL, name, 200, &hits);
}

TEST(the_name_index_opens_them)
{
    start();
    struct ctx worker = {.arena = arena_new(),
                         .keys = owner.keys,
                         .db = db_new(cluster_conninfo(cluster, "sample"), DB_WORKER)};
    struct search_index *idx = search_index_new();
    enum err e = db_ready(&worker, worker.db);
    if (!e)
        e = search_index_load(&worker, idx);
    CHECK_INT(e, ERR_OK);
    if (e)
        fprintf(stderr, "%s\n", worker.problem.log ? worker.problem.log : "");
    CHECK(search_index_ready(idx));
    CHECK_INT(search_index_count(idx), 200);
    size_t n = 0;
    for (size_t i = 0; i < sample_men.n; i++)
        n += found_in_index(idx, sample_men.words[i]) > 0;
    CHECK(n > 50);
    // one person changes: the index follows
    const char *id =
        cluster_sql(cluster, "sample", "select id from app.participant order by id limit 1");
    int64_t born;
    CHECK(search_birth_date(idx, id, &born));
    cluster_sql(
        cluster, "sample",
        arena_printf(
            owner.arena,
            "update app.identity_detail d set date_of_birth = null from app.participant p"
            " where p.id = '%s' and d.person_id = p.person_id",
            id));
    CHECK_INT(search_index_refresh(&worker, idx, id), ERR_OK);
    CHECK(!search_birth_date(idx, id, &born));
    CHECK_INT(search_index_count(idx), 200);
    search_index_free(idx);
    db_free(worker.db);
    arena_free(worker.arena);
}

static struct follower {
    struct ctx ctx;
    struct search_index *idx;
    atomic_bool stop;
} follower;

static void *follow(void *arg)
{
    struct follower *f = arg;
    search_index_run(&f->ctx, f->idx, &f->stop);
    return NULL;
}

// True once the index has (or has not) a birth date of that person; gives up after 20 seconds.
static bool birth_becomes(const char *id, bool known)
{
    for (int i = 0; i < 400; i++) {
        int64_t days;
        if (search_index_ready(follower.idx) && search_birth_date(follower.idx, id, &days) == known)
            return true;
        usleep(50000);
    }
    return false;
}

static const char *nth_id(int n)
{
    return cluster_sql(cluster, "sample",
                       arena_printf(owner.arena,
                                    "select id from app.participant order by id offset %d limit 1",
                                    n));
}

static void forget_birth(const char *id)
{
    cluster_sql(cluster, "sample",
                arena_printf(owner.arena,
                             "update app.identity_detail d set date_of_birth = null"
                             " from app.participant p where p.id = '%s'"
                             " and d.person_id = p.person_id",
                             id));
}

TEST(the_index_follows_changes_and_outlives_the_database)
{
    start();
    const char *one = nth_id(3), *two = nth_id(4), *three = nth_id(5);
    follower.ctx = (struct ctx){.arena = arena_new(),
                                .keys = owner.keys,
                                .db = db_new(cluster_conninfo(cluster, "sample"), DB_WORKER)};
    follower.idx = search_index_new();
    pthread_t thread;
    CHECK_FATAL(pthread_create(&thread, NULL, follow, &follower) == 0);
    CHECK(birth_becomes(one, true));
    forget_birth(one);
    CHECK(birth_becomes(one, false));
    CHECK(birth_becomes(two, true));
    cluster_kill(cluster);
    cluster_up(cluster);
    forget_birth(two); // perhaps before the index listens again: it reads everybody then
    CHECK(birth_becomes(two, false));
    forget_birth(three);
    CHECK(birth_becomes(three, false));
    CHECK_INT(search_index_count(follower.idx), 200);
    atomic_store(&follower.stop, true);
    pthread_join(thread, NULL);
    search_index_free(follower.idx);
    db_free(follower.ctx.db);
    arena_free(follower.ctx.arena);
    db_free(owner.db); // its connection went down with the server
    owner.db = NULL;
}

// ---- the files ----

// True if the database's files hold any of the words: looked for all at once.
static bool files_hold(const char *dir, const struct word_list *list)
{
    char path[128], line[512] = "";
    snprintf(path, sizeof(path), "%s/words", cluster_dir(cluster));
    FILE *f = fopen(path, "w");
    if (!f)
        exit(1);
    // A long text is looked for by its first words: a page may end inside it.
    for (size_t i = 0; i < list->n; i++)
        fprintf(f, "%.24s\n", list->words[i]);
    fclose(f);
    char *command =
        arena_printf(owner.arena, "grep -raoF -m 1 -f %s %s/base %s/pg_wal %s/global | head -1",
                     path, dir, dir, dir);
    FILE *p = popen(command, "r");
    bool found = p && fgets(line, sizeof(line), p);
    if (found)
        fprintf(stderr, "found %s", line);
    if (p)
        pclose(p);
    unlink(path);
    return found;
}

TEST(files_hold_no_name_and_no_note)
{
    start();
    cluster_sql(cluster, "sample", "checkpoint");
    const char *dir = cluster_sql(cluster, "sample", "show data_directory");
    static const char *const control_words[] = {"Carrow"};
    struct word_list control = {control_words, 1};
    fprintf(stderr, "\n(one staff name must be found, to show that looking works)\n");
    CHECK(files_hold(dir, &control));
    const struct word_list *const lists[] = {
        &sample_men,       &sample_women,        &sample_families,  &sample_nicknames,
        &sample_notes,     &sample_missed_notes, &sample_summaries, &sample_reasons,
        &sample_risks,     &sample_reports,      &sample_feedback,  &sample_evidence,
        &sample_decisions, &sample_flags};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        CHECK(!files_hold(dir, lists[i]));
}

static const char *fingerprint(const char *db)
{
    return cluster_sql(
        cluster, db,
        "select md5(string_agg(x, ',')) from (select concat(p.ref, p.id, p.stage, p.started_on,"
        " e.status, e.contacts, (select min(c.id::text) from app.contact c"
        " where c.participant_id = p.id)) as x"
        " from app.participant p join app.engagement_now e on e.participant_id = p.id"
        " order by p.id) s");
}

TEST(same_seed_same_people)
{
    start();
    make("again", 60, 0, 7);
    const char *one = fingerprint("again");
    make("another", 60, 0, 7);
    CHECK_STR(fingerprint("another"), one);
    make("different", 60, 0, 8);
    CHECK(strcmp(fingerprint("different"), one) != 0);
}

TEST(as_many_contacts_as_asked_for)
{
    start();
    uint64_t t = clock_mono_us();
    make("many", 500, 20000, 3);
    printf("\n    500 people and 20,000 contacts in %.1f s\n", (double)(clock_mono_us() - t) / 1e6);
    long n = strtol(cluster_sql(cluster, "many", "select count(*) from app.contact"), NULL, 10);
    CHECK(n > 18000 && n < 23000);
}

static const char *script(const char *database, const char *name)
{
    return cluster_sql(cluster, database,
                       arena_printf(owner.arena, "\\i '%.*s/../tests/sample/data/%s'",
                                    (int)(strrchr(TEST_PROGRAMME, '/') - TEST_PROGRAMME),
                                    TEST_PROGRAMME, name));
}

// Every step, contact and part is written again with the triggers at work, and compared.
TEST(the_triggers_would_have_kept_the_same)
{
    start();
    make("replayed", 240, 0, 11);
    CHECK_STR(script("replayed", "sample_replay.sql"), "");
}

// Totals and first lines of homes and reports, counted by index and counted plainly.
TEST(counts_by_index_are_counts_of_people)
{
    start();
    make("counted", 600, 0, 12);
    CHECK_STR(script("counted", "counts.sql"), "");
}

// Of the things $T: steps without anybody, that do not follow the one before, or do not end where
// it stands.
static const char loose_steps[] =
    "with v as (select e.*, lag(e.to_state) over w as was, lead(e.id) over w as next"
    " from app.$T_event e left join app.transition t on t.machine = '$T'"
    "  and t.from_state = coalesce(e.from_state, '') and t.to_state = e.to_state"
    " where to_jsonb(e) ->> 'kind' is distinct from 'suspension'"
    " window w as (partition by e.$T_id order by e.at, t.position, e.id))"
    " select count(*) from v join app.$T r on r.id = v.$T_id where v.by_user is null"
    " or v.from_state is distinct from v.was or (v.next is null and"
    " (v.to_state, v.at, v.by_user, v.reason_code) is distinct from"
    " (to_jsonb(r) ->> case '$T' when 'participant' then 'stage' else 'state' end,"
    "  coalesce(to_jsonb(r) ->> 'stage_at', to_jsonb(r) ->> 'state_at')::timestamptz,"
    "  coalesce(to_jsonb(r) ->> 'stage_by', to_jsonb(r) ->> 'state_by')::uuid, r.reason_code))";

TEST(steps_hang_together)
{
    start();
    static const char *const things[] = {"participant", "referral", "escalation"};
    for (size_t i = 0; i < 3; i++) {
        struct buf sql;
        buf_init(&sql, owner.arena);
        for (const char *s = loose_steps; *s; s++)
            if (s[0] == '$') {
                buf_puts(&sql, things[i]);
                s++;
            } else {
                buf_putc(&sql, *s);
            }
        CHECK_INT(number(sql.p), 0);
    }
}

// What was put away for the load is back: a fresh database has the same keys, indexes and walls.
TEST(nothing_stays_away)
{
    start();
    static const char sql[] =
        "select string_agg(x, E'\n' order by x) from ("
        " select pg_get_indexdef(indexrelid) from pg_index"
        " union all select conrelid::regclass || conname || pg_get_constraintdef(oid) || "
        "convalidated"
        "  from pg_constraint where conrelid <> 0"
        " union all select tgrelid::regclass || tgname || tgenabled::text from pg_trigger"
        "  where not tgisinternal"
        " union all select oid::regclass::text || relrowsecurity || relforcerowsecurity from "
        "pg_class"
        "  where relkind = 'r') s (x)";
    cluster_database(cluster, "untouched");
    CHECK_STR(cluster_sql(cluster, "sample", sql), cluster_sql(cluster, "untouched", sql));
}

TESTS("sample", T(accounts_of_every_role), T(every_state_there_is),
      T(nothing_that_could_not_have_happened), T(refuses_a_database_with_people),
      T(the_name_index_opens_them), T(the_index_follows_changes_and_outlives_the_database),
      T(files_hold_no_name_and_no_note), T(same_seed_same_people), T(as_many_contacts_as_asked_for),
      T(the_triggers_would_have_kept_the_same), T(counts_by_index_are_counts_of_people),
      T(steps_hang_together), T(nothing_stays_away))
