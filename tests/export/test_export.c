// SPDX-License-Identifier: MIT
#include "access/access.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "cluster.h"
#include "crypto/secret.h"
#include "domain/contact/contact.h"
#include "export/export.h"
#include "table/csv_write.h"
#include "test.h"
#include "world.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct arena *all;
static struct config config;
static struct ctx worker;
static const char *people[3];

static const char *shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *shell(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    FILE *f = popen(arena_vprintf(all, fmt, ap), "r");
    va_end(ap);
    struct buf b;
    buf_init(&b, all);
    char some[4096];
    for (size_t n; f && (n = fread(some, 1, sizeof(some), f)) > 0;)
        buf_add(&b, some, n);
    int status = f ? pclose(f) : -1;
    if (status)
        fprintf(stderr, "%s\n", b.n ? b.p : "a command failed");
    if (status)
        return NULL;
    return b.n ? b.p : "";
}

static const char *beside(const char *name)
{
    const char *end = strstr(TEST_PROGRAMME, "/config/programme.conf");
    return arena_printf(all, "%.*s/tests/export/%s", (int)(end - TEST_PROGRAMME), TEST_PROGRAMME,
                        name);
}

static const char *contact(const char *ref, const char *at, const char *outcome)
{
    struct ctx *ctx = world_as("navigator");
    struct contact_input in = {.happened_at = at,
                               .direction = "outbound",
                               .mode = "phone",
                               .outcome = outcome,
                               .minutes = "20",
                               .purposes = "{support_session,review}",
                               .note = "Quibblethwaite said =SUM(1) at Zorbington Road"};
    struct create_reply reply = {.before = "/"};
    struct contact c = {0};
    enum err e = contact_record(ctx, ref, &in, &reply, &c);
    world_explain(ctx);
    CHECK_INT(e, ERR_OK);
    return c.id;
}

static const char *days_ago(int days)
{
    return time_iso(all, clock_now_us() - (int64_t)days * 86400 * 1000000);
}

static void owner_sql(const char *sql)
{
    (void)world_sql("set session authorization phoenix_owner; %s", sql);
}

static void start(void)
{
    if (all)
        return;
    all = arena_new();
    (void)world_as("manager");
    const char *dir = cluster_dir(world_cluster());
    config = (struct config){.database = cluster_conninfo(world_cluster(), "domain"),
                             .data_dir = arena_printf(all, "%s/files", dir),
                             .export_keep_hours = 72};
    worker = (struct ctx){
        .arena = all, .db = db_new(config.database, DB_WORKER), .keys = world_as("manager")->keys};
    for (int i = 0; i < 3; i++) {
        people[i] = world_person(i ? "1999-05-17" : NULL, "active", 60 + i);
        for (int k = 0; k < 4 + i; k++)
            contact(people[i], days_ago(50 - 9 * k), k % 3 ? "spoke" : "no_answer");
    }
    const char *id = world_participant_id(people[0]);
    owner_sql(arena_printf(
        all,
        "insert into app.referral (site_id, id, participant_id, service, provider_id, state, "
        "state_at,"
        " made_at) values ('leicester', gen_random_uuid(), '%s', 'housing', '%s', 'sent',"
        " now() - interval '9 days', now() - interval '9 days');"
        "insert into app.referral_detail (site_id, referral_id, participant_id, urgency, needs)"
        " select site_id, id, participant_id, 'urgent', '{finance,ete}' from app.referral;"
        "insert into app.escalation (site_id, id, participant_id, trigger, raised_at, triggered_on)"
        " values ('leicester', gen_random_uuid(), '%s', 'disengaged', now() - interval '5 days',"
        " current_date - 6);"
        "insert into app.escalation_action (site_id, id, escalation_id, participant_id, action, "
        "taken_on)"
        " select site_id, gen_random_uuid(), id, participant_id, 'joint_visit', d"
        " from app.escalation, (values (null::date), (current_date - 1)) v (d)",
        id, world_provider(), id));
}

static enum err ask_as(const char *role, struct export *ret)
{
    struct ctx *ctx = world_as(role);
    struct export_input in = {.kind = "evaluation", .reason = "Interim \"report\""};
    struct create_reply reply = {.before = "/exports/"};
    enum err e = export_request(ctx, &in, &reply, ret);
    if (e)
        world_explain(ctx);
    return e;
}

static enum err run_job(bool *did)
{
    worker.problem = (struct problem){0};
    enum err e = export_job_run_next(&worker, &config, did);
    world_explain(&worker);
    return e;
}

static enum err write_at(const char *as_of, const char *path, struct export_made *made)
{
    struct export_ask ask = {
        .kind = "evaluation", .as_of = as_of, .site = "leicester", .who = "u2"};
    worker.problem = (struct problem){0};
    return export_write(&worker, &ask, path, NULL, NULL, made);
}

static int files_in(const char *dir)
{
    int n = 0;
    DIR *d = opendir(dir);
    for (const struct dirent *f; d && (f = readdir(d));)
        n += f->d_name[0] != '.';
    if (d)
        closedir(d);
    return n;
}

// ---- CSV ----

static const char *cells(const char *a, const char *b)
{
    struct buf line;
    buf_init(&line, all);
    csv_text(&line, a);
    csv_text(&line, b);
    csv_end(&line);
    return line.p;
}

TEST(cells_are_quoted)
{
    start();
    CHECK_STR(cells("a", "b"), "a,b\r\n");
    CHECK_STR(cells(NULL, "b"), ",b\r\n");
    CHECK_STR(cells("a", NULL), "a,\r\n");
    CHECK_STR(cells("one, two", "say \"no\""), "\"one, two\",\"say \"\"no\"\"\"\r\n");
    CHECK_STR(cells(" padded ", "caf\xc3\xa9"), "\" padded \",caf\xc3\xa9\r\n");
    CHECK_STR(cells("two\r\nlines", "x"), "twolines,x\r\n");
}

TEST(formulas_are_defused)
{
    start();
    CHECK_STR(cells("=1+1", "+44"), "'=1+1,'+44\r\n");
    CHECK_STR(cells("-2", "@SUM(A1)"), "'-2,'@SUM(A1)\r\n");
    CHECK_STR(cells("\t=cmd", "\r\n=x"), "'=cmd,'=x\r\n");
    CHECK_STR(cells(" =1", "\x01 \x02@x"), "\"' =1\",\"' @x\"\r\n");
    CHECK_STR(cells("\x01\x02=HYPERLINK(\"a\",\"b\")", "a=b"),
              "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\",a=b\r\n");
}

// ---- asking ----

TEST(who_may_ask)
{
    start();
    struct export x;
    CHECK_INT(ask_as("navigator", &x), ERR_FORBIDDEN);
    CHECK_INT(ask_as("administrator", &x), ERR_FORBIDDEN);
    CHECK_INT(ask_as("manager", &x), ERR_OK);
    struct export y;
    struct ctx *ctx = world_as("manager");
    CHECK_INT(export_read(ctx, x.id, &y), ERR_OK);
    CHECK_STR(y.state, "requested");
    CHECK_STR(y.site, "leicester");
    CHECK_STR(y.as_of, x.as_of);
    CHECK_STR(y.reason, "Interim \"report\"");
    CHECK_INT(export_read(world_as("manager@rutland"), x.id, &y), ERR_NOT_FOUND);
    CHECK_INT(export_read(world_as("evaluator"), x.id, &y), ERR_OK);
    CHECK_INT(export_read(world_as("evaluator"), "no id", &y), ERR_NOT_FOUND);
    struct export_file f;
    CHECK_INT(export_download(world_as("manager"), config.data_dir, x.id, &f), ERR_NOT_READY);
    CHECK_STR(world_sql("select count(*) from audit.event where action = 'export_requested' and "
                        "object_id = '%s'",
                        x.id),
              "1");
    bool did;
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK(did);
}

TEST(cut_off_is_checked)
{
    start();
    struct create_reply reply = {.before = "/exports/"};
    struct export x;
    static const char *const wrong[] = {"tomorrow", "31/2/2026", "2999-01-01T00:00:00Z",
                                        "1/1/2999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct ctx *ctx = world_as("manager");
        struct export_input in = {.kind = "evaluation", .as_of = wrong[i]};
        CHECK_INT(export_request(ctx, &in, &reply, &x), ERR_INVALID);
        CHECK_FATAL(ctx->problem.first != NULL);
        CHECK_STR(ctx->problem.first->field, "as_of");
    }
    struct export_input day = {.kind = "evaluation", .as_of = "1/7/2024"};
    CHECK_INT(export_request(world_as("manager"), &day, &reply, &x), ERR_OK);
    CHECK_STR(x.as_of, "2024-07-01T22:59:59.999999Z");
    owner_sql("update app.export set state = 'failed' where state = 'requested'");
}

// ---- making ----

TEST(job_makes_a_file_that_reads)
{
    start();
    struct export x, y;
    bool did;
    CHECK_INT(ask_as("manager", &x), ERR_OK);
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK(did);
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK(!did);
    CHECK_INT(export_read(world_as("manager"), x.id, &y), ERR_OK);
    CHECK_STR(y.state, "ready");
    CHECK_STR(y.progress, "100");
    struct export_file f;
    CHECK_FATAL(export_download(world_as("manager"), config.data_dir, x.id, &f) == ERR_OK);
    CHECK_STR(world_sql("select count(*) from audit.event where action = 'export_downloaded' and "
                        "object_id = '%s' and operation = 'disclosure'",
                        x.id),
              "1");
    CHECK_STR(shell("sha256sum %s | cut -c1-64 | tr -d '\\n'", f.path), y.sha256);
    const char *out = arena_printf(all, "%s/read", config.data_dir);
    const char *said = shell("python3 %s %s %s", beside("read_export.py"), f.path, out);
    CHECK_STR(said,
              "participants 3\ncontacts 15\nreferrals 1\nescalations 1\nescalation_actions 2\n"
              "status_history 3\n");
    // Names, references, ids, birth dates, words: none may be there.
    for (int i = 0; i < 3; i++)
        CHECK(shell("! grep -rq -e %s -e %s %s", people[i], world_person_id(people[i]), out) !=
              NULL);
    CHECK(shell("! grep -rqi -e quibblethwaite -e zorbington -e 1999-05-17 -e zebedee -e "
                "quillfeather %s",
                out) != NULL);
    CHECK(shell("! grep -rqE '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}' %s", out) != NULL);
    if (shell("command -v Rscript")) {
        CHECK(shell("Rscript --vanilla %s %s 2>&1", beside("read_export.R"), out) != NULL);
    } else {
        puts("R is not installed: the reading in R is left out");
    }
    (void)shell("rm -rf %s", out);
}

TEST(same_cut_off_same_bytes)
{
    start();
    struct export_made one, two;
    const char *as_of = time_iso(all, clock_now_us());
    const char *a = arena_printf(all, "%s/a.zip", config.data_dir);
    const char *b = arena_printf(all, "%s/b.zip", config.data_dir);
    CHECK_INT(write_at(as_of, a, &one), ERR_OK);
    CHECK_INT(write_at(as_of, b, &two), ERR_OK);
    CHECK_STR(two.sha256, one.sha256);
    // All that can change: a contact more, one corrected, one recorded late, stages, details.
    contact(people[0], days_ago(0), "attended");
    contact(people[1], days_ago(44), "spoke");
    const char *id = world_sql("select c.id from app.contact c join app.participant p on p.id = "
                               "c.participant_id where p.ref = '%s' order by happened_at limit 1",
                               people[2]);
    struct ctx *ctx = world_as("navigator");
    struct contact_correction fix = {{.happened_at = days_ago(40),
                                      .direction = "inbound",
                                      .mode = "video",
                                      .outcome = "attended",
                                      .minutes = "5"},
                                     "Wrong day"};
    struct create_reply reply = {.before = "/"};
    struct contact c;
    CHECK_INT(contact_correct(ctx, people[2], id, &fix, &reply, &c), ERR_OK);
    owner_sql(
        "update app.participant set stage = 'closed', reason_code = 'completed', stage_at = now();"
        "update app.participant set supervision = 'none', worker_id = null, started_on = "
        "started_on - 9;"
        "update app.identity_detail set date_of_birth = null, sex = null;"
        "update app.referral_detail set urgency = 'immediate', needs = '{}';"
        "update app.referral set state = 'accepted', state_at = now();"
        "update app.escalation set state = 'under_review', state_at = now(),"
        " re_offered_at = now() - interval '1 day';"
        "insert into app.escalation_action (site_id, id, escalation_id, participant_id, action, "
        "taken_on)"
        " select site_id, gen_random_uuid(), id, participant_id, 'arrest', current_date"
        " from app.escalation");
    world_person("2001-01-01", "active", 3);
    CHECK_INT(write_at(as_of, b, &two), ERR_OK);
    CHECK_STR(two.sha256, one.sha256);
    CHECK_STR(two.sha256 ? shell("cmp %s %s && echo same", a, b) : NULL, "same\n");
    // And all of it shows at a later one.
    CHECK_INT(write_at(time_iso(all, clock_now_us()), b, &two), ERR_OK);
    CHECK(strcmp(two.sha256, one.sha256) != 0);
    CHECK_INT(two.participants, one.participants + 1);
    CHECK_INT(two.rows, one.rows + 1 /* person */ + 2 /* contacts */ + 1 /* action */ +
                            3 /* closed */ + 1 /* the new person's stage */);
    CHECK(shell("python3 %s %s", beside("read_export.py"), b) != NULL);
    unlink(a);
    unlink(b);
}

static void *write_slowly(void *arg)
{
    FILE *f = popen(arg, "w");
    if (f)
        pclose(f);
    return NULL;
}

// A transaction that began before the cut-off and commits after the job was taken up.
TEST(waits_for_what_was_under_way)
{
    start();
    char *command =
        arena_printf(all,
                     "psql -qX '%s' -c \"set session authorization phoenix_owner; begin;"
                     "insert into app.contact (site_id, id, participant_id, happened_at, mode, "
                     "outcome, author_id)"
                     " select 'leicester', gen_random_uuid(), '%s', now() - interval '1 day', "
                     "'phone', 'spoke', '%s';"
                     "select pg_sleep(1.2)\" -c commit >/dev/null",
                     cluster_superuser(world_cluster(), "domain"), world_participant_id(people[0]),
                     world_user("navigator"));
    pthread_t thread;
    pthread_create(&thread, NULL, write_slowly, command);
    usleep(500 * 1000);
    const char *as_of = time_iso(all, clock_now_us());
    const char *count = "select count(*) from app.contact";
    const char *before = world_sql("%s", count);
    struct export_made one, two;
    const char *a = arena_printf(all, "%s/late.zip", config.data_dir);
    CHECK_INT(write_at(as_of, a, &one), ERR_OK);
    pthread_join(thread, NULL);
    CHECK_INT(atoi(world_sql("%s", count)), atoi(before) + 1);
    CHECK_INT(write_at(as_of, a, &two), ERR_OK);
    CHECK_STR(two.sha256, one.sha256);
    unlink(a);
}

// ---- faults ----

TEST(full_disk_leaves_nothing)
{
    start();
    struct rlimit was, small = {1500, 1500};
    getrlimit(RLIMIT_FSIZE, &was);
    small.rlim_max = was.rlim_max;
    int before = files_in(config.data_dir);
    struct export_made made;
    const char *path = arena_printf(all, "%s/full.zip", config.data_dir);
    setrlimit(RLIMIT_FSIZE, &small);
    enum err e = write_at(time_iso(all, clock_now_us()), path, &made);
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK_INT(e, ERR_IO);
    CHECK_FATAL(worker.problem.detail != NULL);
    CHECK(strstr(worker.problem.detail, "disk of the server is full") != NULL);
    CHECK_INT(files_in(config.data_dir), before);
    // Through a job the reason is on its row, and the next job is not harmed.
    struct export x, y;
    bool did;
    CHECK_INT(ask_as("manager", &x), ERR_OK);
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_INT(run_job(&did), ERR_OK);
    setrlimit(RLIMIT_FSIZE, &was);
    CHECK_INT(export_read(world_as("manager"), x.id, &y), ERR_OK);
    CHECK_STR(y.state, "failed");
    CHECK(y.error && strstr(y.error, "disk of the server is full"));
    struct export_file f;
    CHECK_INT(export_download(world_as("manager"), config.data_dir, x.id, &f), ERR_GONE);
}

TEST(dead_worker_is_replaced)
{
    start();
    struct export x, y;
    bool did;
    CHECK_INT(ask_as("evaluator", &x), ERR_OK);
    const char *dir = arena_printf(all, "%s/exports", config.data_dir);
    CHECK(shell("mkdir -p %s/%s.zip.part-dead && touch %s/%s.zip.part-dead/contacts.csv", dir, x.id,
                dir, x.id) != NULL);
    owner_sql("update app.export set state = 'running', attempts = 1 where state = 'requested'");
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK(!did); // its worker may still live
    owner_sql("update app.export set heartbeat_at = now() - interval '2 minutes' where state = "
              "'running'");
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK(did);
    CHECK_INT(export_read(world_as("evaluator"), x.id, &y), ERR_OK);
    CHECK_STR(y.state, "ready");
    CHECK(y.site == NULL);
    CHECK(shell("ls %s | grep part", dir) == NULL);
    // One that kills its workers is given up.
    CHECK_INT(ask_as("evaluator", &x), ERR_OK);
    owner_sql("update app.export set state = 'running', attempts = 3 where state = 'requested';"
              "update app.export set heartbeat_at = now() - interval '2 minutes' where state = "
              "'running'");
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK_INT(export_read(world_as("evaluator"), x.id, &y), ERR_OK);
    CHECK_STR(y.state, "failed");
}

TEST(told_to_stop_is_taken_up_again)
{
    start();
    struct export x, y;
    bool did;
    CHECK_INT(ask_as("evaluator", &x), ERR_OK);
    export_jobs_stop(true);
    CHECK_INT(run_job(&did), ERR_OK);
    export_jobs_stop(false);
    CHECK_INT(export_read(world_as("evaluator"), x.id, &y), ERR_OK);
    CHECK_STR(y.state, "running");
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK(did);
    CHECK_INT(export_read(world_as("evaluator"), x.id, &y), ERR_OK);
    CHECK_STR(y.state, "ready");
}

TEST(file_goes_when_it_expires)
{
    start();
    struct export x, y;
    bool did;
    CHECK_INT(ask_as("evaluator", &x), ERR_OK);
    CHECK_INT(run_job(&did), ERR_OK);
    struct export_file f;
    CHECK_FATAL(export_download(world_as("evaluator"), config.data_dir, x.id, &f) == ERR_OK);
    CHECK_INT(access(f.path, R_OK), 0);
    // Beside it what a machine that died would have left, and what is still wanted.
    CHECK(shell("cd %s/exports && mkdir a.zip.part-b && touch a.zip.part-b/c a.zip new.zip && "
                "touch -d '80 hours ago' a.zip a.zip.part-b && mkdir other && "
                "touch -d '80 hours ago' other",
                config.data_dir) != NULL);
    owner_sql(arena_printf(all, "update app.export set expires_at = now() where id = '%s'", x.id));
    CHECK_INT(export_download(world_as("evaluator"), config.data_dir, x.id, &f), ERR_GONE);
    CHECK_INT(run_job(&did), ERR_OK);
    CHECK_INT(access(f.path, R_OK), -1);
    CHECK_STR(shell("cd %s/exports && ls -d a.* new.zip other 2>/dev/null; rm -r new.zip other",
                    config.data_dir),
              "new.zip\nother\n");
    CHECK_INT(export_read(world_as("evaluator"), x.id, &y), ERR_OK);
    CHECK_STR(y.state, "expired");
    CHECK_INT(export_download(world_as("evaluator"), config.data_dir, x.id, &f), ERR_GONE);
}

TEST(list_is_paged)
{
    start();
    struct export_list one, two;
    struct export_query q = {.limit = "2"};
    CHECK_INT(export_list_read(world_as("evaluator"), &q, &one), ERR_OK);
    CHECK_INT(one.rows.n, 2);
    CHECK_FATAL(one.next != NULL);
    q.after = one.next;
    CHECK_INT(export_list_read(world_as("evaluator"), &q, &two), ERR_OK);
    CHECK(two.rows.n > 0);
    const struct export *last = one.rows.rows[1], *first = two.rows.rows[0];
    CHECK(strcmp(last->id, first->id) != 0);
    CHECK(strcmp(last->requested_at, first->requested_at) >= 0);
    q.after = "nonsense";
    CHECK_INT(export_list_read(world_as("evaluator"), &q, &two), ERR_INVALID);
    struct export_query rest = {0};
    CHECK_INT(export_list_read(world_as("manager@rutland"), &rest, &two), ERR_OK);
    CHECK_INT(two.rows.n, 0);
    CHECK_INT(export_list_read(world_as("auditor"), &rest, &two), ERR_OK);
    CHECK(two.rows.n > 2);
    CHECK_INT(export_list_read(world_as("police"), &rest, &two), ERR_FORBIDDEN);
}

TEST(two_cases_of_a_person_have_one_study_id)
{
    start();
    const char *ref = world_person("1999-01-01", "active", 3), *other = reference_new(all);
    int age = atoi(date_iso(all, date_today() - 3)) - 1999;
    owner_sql(arena_printf(
        all,
        "insert into app.participant (site_id, id, person_id, ref, stage, stage_at, started_on,"
        " offered_at, accepted_at) select 'rutland', gen_random_uuid(), person_id, '%s', 'active',"
        " now() - interval '2 days', current_date - 3, now() - interval '3 days',"
        " now() - interval '2 days' from app.participant where ref = '%s'",
        other, ref));
    const char *path = arena_printf(all, "%s/cases.zip", config.data_dir);
    struct export_made one;
    struct export_ask every_site = {
        .kind = "evaluation", .as_of = time_iso(all, clock_now_us()), .who = "u2"};
    worker.problem = (struct problem){0};
    CHECK_INT(export_write(&worker, &every_site, path, NULL, NULL, &one), ERR_OK);
    // Both rows are opened with the person's one key.
    CHECK_STR(shell("python3 -c 'import zipfile, csv, io, collections\n"
                    "f = zipfile.ZipFile(\"%s\").open(\"participants.csv\")\n"
                    "rows = list(csv.DictReader(io.TextIOWrapper(f, \"utf-8-sig\")))\n"
                    "n = collections.Counter(r[\"study_id\"] for r in rows)\n"
                    "print(*sorted(r[\"site\"] + \":\" + r[\"age_at_start\"] for r in rows"
                    " if n[r[\"study_id\"]] > 1))'",
                    path),
              arena_printf(all, "leicester:%d rutland:%d\n", age, age));
    unlink(path);
}

TESTS("export", T(cells_are_quoted), T(formulas_are_defused), T(who_may_ask), T(cut_off_is_checked),
      T(job_makes_a_file_that_reads), T(same_cut_off_same_bytes), T(waits_for_what_was_under_way),
      T(full_disk_leaves_nothing), T(dead_worker_is_replaced), T(told_to_stop_is_taken_up_again),
      T(file_goes_when_it_expires), T(list_is_paged), T(two_cases_of_a_person_have_one_study_id))
