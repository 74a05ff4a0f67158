// SPDX-License-Identifier: MIT
// Evaluation exports through THE route table: a manager asks on the page, an evaluator over the
// API; the job is run as the server's worker would; who may not, may not.
#include "journey.h"
#include "test.h"

#include "base/uuid.h"
#include "cluster.h"
#include "db/db.h"
#include "export/export.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *a;
static struct ctx worker;
static struct config config;

static void start(void)
{
    if (a)
        return;
    a = arena_new();
    struct ctx *own = journey_ctx();
    config = (struct config){
        .database = cluster_conninfo(cluster_shared(), "journey"),
        .data_dir = cluster_files(cluster_shared()),
        .export_keep_hours = 72,
    };
    worker = (struct ctx){.arena = a, .db = db_new(config.database, DB_WORKER), .keys = own->keys};
}

static bool job(void)
{
    bool did = false;
    worker.problem = (struct problem){0};
    CHECK_INT(export_job_run_next(&worker, &config, &did), ERR_OK);
    return did;
}

static const char *count(const char *where)
{
    return journey_sql(arena_printf(a, "select count(*) from %s", where));
}

TEST(manager_asks_on_the_page)
{
    start();
    struct visitor *m = journey_visitor("manager");
    const struct answer *got = visit_get(m, "/exports");
    CHECK_INT(got->status, 200);
    CHECK(answer_has(got, "Ask for an export"));
    const char *ref = arena_strdup(a, answer_input(got, "client_ref"));
    const char *target = NULL;
    for (int twice = 0; twice < 2; twice++) {
        got = visit_post(m, "/exports", "kind", "evaluation", "as_of", "", "reason",
                         "Interim report", "client_ref", ref, NULL);
        CHECK_INT(got->status, 303);
        CHECK(strncmp(got->location, "/exports/", 9) == 0);
        CHECK(!target || strcmp(target, got->location) == 0);
        target = arena_strdup(a, got->location);
    }
    CHECK_STR(count("app.export"), "1");
    CHECK_STR(count("app.export where site_id is not null"), "1");
    got = visit_get(m, target);
    CHECK_INT(got->status, 200);
    CHECK(answer_has(got, "Requested"));
    CHECK(answer_has(got, "Check again"));
    CHECK(answer_has(got, "Interim report"));
    CHECK(!answer_has(got, "Download the zip"));
    const char *file = arena_printf(a, "%s/file", target);
    CHECK_INT(visit_get(m, file)->status, 409);
    CHECK(job());
    got = visit_get(m, target);
    CHECK(answer_has(got, "Ready"));
    CHECK(answer_has(got, "Download the zip"));
    got = visit_get(m, file);
    CHECK_INT(got->status, 200);
    CHECK_STR(got->type, "application/zip");
    const char *saved = answer_header(got, "Content-Disposition");
    CHECK(saved && strncmp(saved, "attachment; filename=\"phoenix-evaluation-", 41) == 0);
    CHECK_STR(count("audit.event where action = 'export_downloaded'"), "1");
    CHECK_STR(count("audit.event where action = 'export_requested'"), "1");
    CHECK_STR(count("audit.event where action = 'export_made'"), "1");
    got = visit_get(m, "/exports");
    CHECK(answer_has(got, "Ready"));
}

TEST(progress_is_shown)
{
    start();
    struct visitor *m = journey_visitor("manager");
    const struct answer *got = visit_post(m, "/exports", "kind", "evaluation", "as_of", "",
                                          "reason", "", "client_ref", uuid_new(a), NULL);
    CHECK_INT(got->status, 303);
    const char *page = arena_strdup(a, got->location), *id = page + strlen("/exports/");
    (void)journey_sql(arena_printf(a,
                                   "set session authorization phoenix_owner; update app.export set "
                                   "state = 'running', progress = 42, rows = 1234, heartbeat_at = "
                                   "now() where id = '%s'",
                                   id));
    got = visit_get(m, page);
    CHECK(answer_has(got, "It is being made: 42% done"));
    CHECK(answer_has(got, "1234"));
    CHECK(answer_has(got, "data-check-again"));
    CHECK(answer_header(got, "Refresh") == NULL);
    got = visit_api(m, "GET", arena_printf(a, "/api/v1/exports/%s", id), NULL);
    CHECK_STR(answer_json(got, "state"), "running");
    CHECK_STR(answer_json(got, "progress"), "42");
    // Without scripts, on request, and not for ever.
    got = visit_get(m, arena_printf(a, "%s?watch=1", page));
    CHECK_STR(answer_header(got, "Refresh"), arena_printf(a, "5; url=%s?watch=2", page));
    CHECK(answer_has(got, "Stop looking"));
    CHECK(answer_header(visit_get(m, arena_printf(a, "%s?watch=241", page)), "Refresh") == NULL);
    CHECK(answer_header(visit_get(m, arena_printf(a, "%s?watch=x", page)), "Refresh") == NULL);
    (void)journey_sql("set session authorization phoenix_owner; update app.export set heartbeat_at "
                      "= now() - interval '2 minutes' where state = 'running'");
    CHECK(job());
    got = visit_get(m, arena_printf(a, "%s?watch=3", page));
    CHECK(answer_has(got, "Download the zip"));
    CHECK(answer_header(got, "Refresh") == NULL);
}

TEST(wrong_cut_off_refills_the_form)
{
    start();
    struct visitor *m = journey_visitor("manager");
    const char *before = arena_strdup(a, count("app.export"));
    const struct answer *got = visit_post(m, "/exports", "kind", "evaluation", "as_of", "31/2/2026",
                                          "reason", "For the <panel>", NULL);
    CHECK_INT(got->status, 422);
    CHECK(answer_has(got, "There is a problem"));
    CHECK(answer_has(got, "Cut-off must be a real date, like 17/5/2026"));
    CHECK_STR(answer_input(got, "as_of"), "31/2/2026");
    CHECK(answer_has(got, "For the <panel>"));
    CHECK_STR(count("app.export"), before);
}

TEST(evaluator_asks_over_the_api)
{
    start();
    struct visitor *e = journey_visitor("evaluator");
    const char *key = uuid_new(a);
    const char *ask = "{\"kind\": \"evaluation\", \"reason\": \"Annual\"}";
    const struct answer *got = visit_api_with(e, "POST", "/api/v1/exports", ask, key, NULL);
    CHECK_INT(got->status, 202);
    CHECK_STR(answer_json(got, "state"), "requested");
    const char *first = arena_strdup(a, got->body);
    const char *at = arena_strdup(a, got->location);
    CHECK(strncmp(at, "/api/v1/exports/", 16) == 0);
    got = visit_api_with(e, "POST", "/api/v1/exports", ask, key, NULL);
    CHECK_INT(got->status, 202);
    CHECK_STR(got->body, first);
    CHECK_STR(got->location, at);
    got = visit_api_with(e, "POST", "/api/v1/exports", "{\"kind\": \"evaluation\"}", key, NULL);
    CHECK_INT(got->status, 422);
    CHECK(job());
    got = visit_api(e, "GET", at, NULL);
    CHECK_STR(answer_json(got, "state"), "ready");
    CHECK_STR(answer_json(got, "site"), NULL);
    CHECK_INT(strlen(answer_json(got, "sha256")), 64);
    got = visit_api(e, "GET", arena_printf(a, "%s/file", at), NULL);
    CHECK_INT(got->status, 200);
    CHECK_STR(got->type, "application/zip");
    got = visit_api(e, "GET", "/api/v1/exports?limit=1", NULL);
    CHECK_INT(answer_json_count(got, "items"), 1);
    CHECK(answer_json(got, "next") != NULL);
}

TEST(bad_requests_name_the_field)
{
    start();
    struct visitor *e = journey_visitor("evaluator");
    static const struct {
        const char *json, *pointer;
    } rows[] = {
        {"{}", "/kind"},
        {"{\"kind\": \"names\"}", "/kind"},
        {"{\"kind\": \"evaluation\", \"as_of\": \"2999-01-01T00:00:00Z\"}", "/as_of"},
        {"{\"kind\": \"evaluation\", \"as_of\": \"soon\"}", "/as_of"},
        {"{\"kind\": \"evaluation\", \"format\": \"sav\"}", "/format"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct answer *got =
            visit_api_with(e, "POST", "/api/v1/exports", rows[i].json, uuid_new(a), NULL);
        CHECK_INT(got->status, 422);
        CHECK_STR(answer_json(got, "errors.0.pointer"), rows[i].pointer);
    }
}

TEST(others_may_not)
{
    start();
    const char *id = arena_strdup(a, journey_sql("select id from app.export where site_id is null"
                                                 " and state = 'ready' limit 1"));
    const char *one = arena_printf(a, "/api/v1/exports/%s", id);
    const char *file = arena_printf(a, "%s/file", one);
    static const char *const none[] = {"navigator", "team_lead", "police",
                                       "probation", "provider",  "administrator"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        struct visitor *v = journey_visitor(none[i]);
        CHECK_INT(visit_api(v, "GET", "/api/v1/exports", NULL)->status, 403);
        CHECK_INT(visit_api(v, "GET", one, NULL)->status, 403);
        CHECK_INT(visit_api(v, "GET", file, NULL)->status, 403);
        CHECK_INT(visit_get(v, "/exports")->status, 403);
    }
    // A manager has the own site's, and another's is as absent as none.
    struct visitor *m = journey_visitor("manager");
    const struct answer *hidden = visit_api(m, "GET", one, NULL);
    CHECK_INT(hidden->status, 404);
    CHECK_INT(visit_api(m, "GET", file, NULL)->status, 404);
    // An auditor has the list, and no data.
    struct visitor *o = journey_visitor("auditor");
    CHECK_INT(visit_api(o, "GET", one, NULL)->status, 200);
    CHECK_INT(visit_api(o, "GET", file, NULL)->status, 403);
    const struct answer *page = visit_get(o, "/exports");
    CHECK_INT(page->status, 200);
    CHECK(!answer_has(page, "Ask for an export"));
    page = visit_get(o, arena_printf(a, "/exports/%s", id));
    CHECK(!answer_has(page, "Download the zip"));
    CHECK_INT(visit_api_with(o, "POST", "/api/v1/exports", "{\"kind\": \"evaluation\"}",
                             uuid_new(a), NULL)
                  ->status,
              403);
}

TEST(expired_is_gone)
{
    start();
    (void)journey_sql("set session authorization phoenix_owner;"
                      "update app.export set expires_at = now() - interval '1 minute'");
    (void)job();
    const char *id =
        arena_strdup(a, journey_sql("select id from app.export where site_id is null limit 1"));
    struct visitor *e = journey_visitor("evaluator");
    CHECK_INT(visit_api(e, "GET", arena_printf(a, "/api/v1/exports/%s/file", id), NULL)->status,
              410);
    const struct answer *page = visit_get(e, arena_printf(a, "/exports/%s", id));
    CHECK(answer_has(page, "Expired"));
    CHECK(answer_has(page, "Ask for it again"));
}

TESTS("exports", T(manager_asks_on_the_page), T(progress_is_shown),
      T(wrong_cut_off_refills_the_form), T(evaluator_asks_over_the_api),
      T(bad_requests_name_the_field), T(others_may_not), T(expired_is_gone))
