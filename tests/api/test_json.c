// SPDX-License-Identifier: MIT
#include "api/api.h"
#include "api/json.h"
#include "base/vocab.h"
#include "test.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct thing {
    const char *name, *count, *sure, *day, *at, *kind, *kinds, *words, *secret, *version, *note;
    const struct field_rows *parts;
};

static const struct field part_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .offset = offsetof(struct thing, name), .label = "Name"},
};
static const struct field_table part_table = FIELD_TABLE("Part", struct thing, part_fields);

#define ROW(n, t, ...)                                                                             \
    {                                                                                              \
        .name = #n, .type = t, .offset = offsetof(struct thing, n), .label = #n, __VA_ARGS__       \
    }
static const struct field thing_fields[] = {
    ROW(name, FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 10),
    ROW(count, FIELD_INT, .min = 0, .max = 1440),
    ROW(sure, FIELD_BOOL, .flags = 0),
    ROW(day, FIELD_DATE, .flags = 0),
    ROW(at, FIELD_TIME, .flags = FIELD_NOT_FUTURE),
    ROW(kind, FIELD_CODE, .vocab = "kind"),
    ROW(kinds, FIELD_CODES, .vocab = "kind"),
    ROW(words, FIELD_LIST, .max = 5),
    ROW(secret, FIELD_TEXT, .read = "contact_note_read"),
    ROW(version, FIELD_INT, .flags = FIELD_READONLY),
    ROW(note, FIELD_TEXT, .flags = FIELD_LINES, .max = 20000),
    ROW(parts, FIELD_OBJECTS, .sub = &part_table),
};
static const struct field_table thing_table = FIELD_TABLE("Thing", struct thing, thing_fields);

static const struct route post = {
    .method = "POST", .pattern = "/api/v1/things", .body = &thing_table, .params = &thing_table};
static const struct route patch = {
    .method = "PATCH", .pattern = "/api/v1/things/{id}", .body = &thing_table};

static struct arena *arena;
static struct request request;
static struct thing thing;

static void begin(void)
{
    static const struct vocab_code codes[] = {{.code = "red", .label = "Red"},
                                              {.code = "blue", .label = "Blue"}};
    static const struct vocab all[] = {{"kind", codes, 2}};
    vocab_install(all, 1, "test");
    if (arena)
        arena_free(arena);
    arena = arena_new();
    memset(&request, 0, sizeof(request));
    memset(&thing, 0, sizeof(thing));
    request.ctx.arena = arena;
    request.route = &post;
}

static enum err read_bytes(const char *json, size_t n)
{
    begin();
    request.body = json;
    request.n_body = n;
    return api_body(&request, &thing);
}

static enum err read_text(const char *json)
{
    return read_bytes(json, strlen(json));
}

static const char *told(const char *field)
{
    for (const struct field_error *e = request.ctx.problem.first; e; e = e->next)
        if (strcmp(e->field, field) == 0)
            return e->message;
    return NULL;
}

TEST(takes_every_type)
{
    CHECK_INT(
        read_text(
            "{\"name\":\"O'Brien\",\"count\":7,\"sure\":true,\"day\":\"2026-11-02\","
            "\"at\":\"2026-01-02T03:04:05+01:00\",\"kind\":\"red\",\"kinds\":[\"red\",\"blue\"],"
            "\"words\":[\"a,b\",\"c\"],\"note\":\"line 1\\nSELECT \\u2603\"}"),
        ERR_OK);
    CHECK_STR(thing.name, "O'Brien");
    CHECK_STR(thing.count, "7");
    CHECK_STR(thing.sure, "true");
    CHECK_STR(thing.day, "2026-11-02");
    CHECK_STR(thing.at, "2026-01-02T02:04:05Z");
    CHECK_STR(thing.kinds, "{red,blue}");
    CHECK_STR(thing.words, "{\"a,b\",c}");
    CHECK_STR(thing.note, "line 1\nSELECT \xE2\x98\x83");
    CHECK(api_body_has(&request, "name"));
    CHECK(!api_body_has(&request, "secret"));
}

TEST(null_is_absent_but_named)
{
    CHECK_INT(read_text("{\"name\":\"a\",\"count\":null,\"kinds\":null}"), ERR_OK);
    CHECK(thing.count == NULL);
    CHECK(api_body_has(&request, "count"));
    CHECK_INT(read_text("{\"name\":null}"), ERR_INVALID);
    CHECK(told("name") != NULL);
}

TEST(refuses_unknown_and_duplicate_keys)
{
    CHECK_INT(read_text("{\"name\":\"a\",\"nmae\":\"b\"}"), ERR_INVALID);
    CHECK(told("nmae") != NULL);
    CHECK_INT(read_text("{\"name\":\"a\",\"count\":1,\"count\":2}"), ERR_INVALID);
    CHECK(told("count") != NULL);
    CHECK_INT(read_text("{\"name\":\"a\",\"version\":1}"), ERR_INVALID);
    CHECK(told("version") != NULL);
    CHECK_INT(read_text("{\"name\":\"a\",\"parts\":[]}"), ERR_INVALID);
    CHECK(told("parts") != NULL);
    // A key that may hold somebody's words is not repeated.
    CHECK_INT(read_text("{\"name\":\"a\",\"Jo Smith 01/02/2003\":1}"), ERR_INVALID);
    CHECK(told("Jo Smith 01/02/2003") == NULL);
    CHECK(told("") != NULL);
}

TEST(duplicate_in_the_depth_is_refused)
{
    CHECK_INT(read_text("{\"name\":{\"a\":1,\"a\":2}}"), ERR_INVALID);
}

TEST(tells_every_fault_at_once)
{
    CHECK_INT(
        read_text("{\"count\":1441,\"sure\":\"yes\",\"day\":\"2026-02-30\",\"kind\":\"green\","
                  "\"words\":[\"too long\"],\"count\":3,\"other\":1}"),
        ERR_INVALID);
    CHECK(told("name") && told("count") && told("sure") && told("day") && told("kind") &&
          told("words") && told("other"));
}

TEST(wrong_types_name_the_field)
{
    static const char *const bad[][2] = {
        {"name", "{\"name\":1}"},
        {"name", "{\"name\":[\"a\"]}"},
        {"name", "{\"name\":{}}"},
        {"name", "{\"name\":true}"},
        {"name", "{\"name\":\"\"}"},
        {"name", "{\"name\":\"12345678901\"}"},
        {"count", "{\"name\":\"a\",\"count\":\"7\"}"},
        {"count", "{\"name\":\"a\",\"count\":7.5}"},
        {"count", "{\"name\":\"a\",\"count\":-1}"},
        {"count", "{\"name\":\"a\",\"count\":[7]}"},
        {"count", "{\"name\":\"a\",\"count\":99999999999999999999}"},
        {"count", "{\"name\":\"a\",\"count\":1e18}"},
        {"sure", "{\"name\":\"a\",\"sure\":1}"},
        {"day", "{\"name\":\"a\",\"day\":20261102}"},
        {"day", "{\"name\":\"a\",\"day\":\"2 Nov\"}"},
        {"at", "{\"name\":\"a\",\"at\":\"2999-01-01T00:00:00Z\"}"},
        {"at", "{\"name\":\"a\",\"at\":\"2026-01-01\"}"},
        {"kinds", "{\"name\":\"a\",\"kinds\":\"red\"}"},
        {"kinds", "{\"name\":\"a\",\"kinds\":[1]}"},
        {"kinds", "{\"name\":\"a\",\"kinds\":[\"red\",\"green\"]}"},
        {"kinds", "{\"name\":\"a\",\"kinds\":[[\"red\"]]}"},
        {"name", "{\"name\":\"a\\u0000b\"}"},
        {"name", "{\"name\":\"a\\u0007b\"}"},
        {"words", "{\"name\":\"a\",\"words\":[null]}"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_INT(read_text(bad[i][1]), ERR_INVALID);
        if (!told(bad[i][0]))
            CHECK_STR(bad[i][1], "an error naming the field");
    }
}

TEST(what_is_not_json_is_malformed)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "{\"name\":\"a\"",
                                      "{\"name\":\"a\"} x",
                                      "{'name':'a'}",
                                      "{\"name\":\"a\",}",
                                      "nul",
                                      "{\"name\":\"\\ud800\"}",
                                      "{\"name\":\"a\"}{\"name\":\"b\"}",
                                      "\xEF\xBB\xBF{\"name\":\"a\"}",
                                      "{\"name\":\"\xFF\"}",
                                      "{\"name\":\"\xC0\xAF\"}",
                                      "{\"name\":\"a\nb\"}",
                                      "{\"na\\u0000me\":\"a\"}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_INT(read_text(bad[i]), ERR_MALFORMED);
    CHECK_INT(read_bytes("{\"name\":\"a\"}\0", 13), ERR_MALFORMED);
    static const char *const others[] = {"[]", "[{\"name\":\"a\"}]"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        CHECK_INT(read_text(others[i]), ERR_INVALID);
}

TEST(depth_bombs_are_refused)
{
    enum { DEEP = 100000 };
    char *bomb = malloc(DEEP * 5 + 1);
    memset(bomb, '[', DEEP);
    CHECK_INT(read_bytes(bomb, DEEP), ERR_MALFORMED);
    for (int i = 0; i < DEEP; i++)
        memcpy(bomb + i * 5, "{\"a\":", 5);
    CHECK_INT(read_bytes(bomb, DEEP * 5), ERR_MALFORMED);
    free(bomb);
}

TEST(long_notes_and_every_script_pass)
{
    struct buf b;
    begin();
    struct arena *own = arena_new();
    buf_init(&b, own);
    buf_puts(&b, "{\"name\":\"a\",\"note\":\"");
    for (int i = 0; i < 20000; i++)
        buf_puts(&b, "\xF0\x9F\x8C\x88");
    buf_puts(&b, "\"}");
    CHECK_INT(read_bytes(b.p, b.n), ERR_OK);
    CHECK_INT(strlen(thing.note), 80000);
    buf_clear(&b);
    buf_puts(&b, "{\"name\":\"a\",\"note\":\"");
    for (int i = 0; i < 20001; i++)
        buf_putc(&b, 'x');
    buf_puts(&b, "\"}");
    CHECK_INT(read_bytes(b.p, b.n), ERR_INVALID);
    CHECK(told("note") != NULL);
    arena_free(own);
}

TEST(patch_needs_nothing)
{
    begin();
    request.body = "{\"count\":3}";
    request.n_body = strlen(request.body);
    request.route = &patch;
    CHECK_INT(api_body(&request, &thing), ERR_OK);
    CHECK_STR(thing.count, "3");
    CHECK(!api_body_has(&request, "name"));
}

TEST(query_parameters)
{
    static const struct pair good[] = {{"name", "a"}, {"kinds", "red"}, {"kinds", "blue"}};
    begin();
    request.query = good;
    request.n_query = 3;
    CHECK_INT(api_query(&request, &thing), ERR_OK);
    CHECK_STR(thing.kinds, "{red,blue}");
    static const struct pair bad[] = {{"name", "a"}, {"name", "b"}, {"what", "c"}, {"count", "x"}};
    begin();
    request.query = bad;
    request.n_query = 4;
    CHECK_INT(api_query(&request, &thing), ERR_INVALID);
    CHECK(told("name") && told("what") && told("count"));
}

// True if fn stops the program that runs it: a child of this one.
static bool stops(void (*fn)(void))
{
    int status = 0;
    pid_t pid = fork();
    CHECK_FATAL(pid >= 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        close(STDERR_FILENO);
        fn();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void body_into_another_struct(void)
{
    struct {
        const char *name;
    } other;
    request.body = "{\"name\":\"a\"}";
    request.n_body = strlen(request.body);
    (void)!api_body(&request, &other);
}

static void query_into_another_struct(void)
{
    struct {
        const char *name;
    } other;
    (void)!api_query(&request, &other);
}

static void body_of_a_route_without_one(void)
{
    static const struct route route = {.method = "GET", .pattern = "/api/v1/things"};
    request.route = &route;
    (void)!api_body(&request, &thing);
}

TEST(a_record_that_is_not_the_tables_stops_the_program)
{
    begin();
    CHECK(stops(body_into_another_struct));
    CHECK(stops(query_into_another_struct));
    CHECK(stops(body_of_a_route_without_one));
}

static json_t *answer(const struct actor *actor, struct response *res)
{
    request.ctx.actor = actor;
    response_init(res, arena);
    api_record(&request, res, 200, &thing_table, &thing);
    return json_loadb(res->body.p, res->body.n, JSON_REJECT_DUPLICATES, NULL);
}

TEST(writes_records_by_type)
{
    begin();
    const struct thing part = {.name = "x\"y\\z\x01\n\t/"};
    const void *const rows[] = {&part};
    const struct field_rows parts = {&part_table, rows, 1};
    thing = (struct thing){.name = "a",
                           .count = "7",
                           .sure = "false",
                           .kinds = "{red,blue}",
                           .secret = "s",
                           .version = "3",
                           .parts = &parts};
    const struct actor navigator = {.role = ROLE_NAVIGATOR}, police = {.role = ROLE_POLICE};
    struct response res;
    json_t *j = answer(&navigator, &res);
    CHECK_FATAL(j != NULL);
    CHECK_STR(res.type, "application/json");
    CHECK_INT(json_integer_value(json_object_get(j, "count")), 7);
    CHECK(json_is_false(json_object_get(j, "sure")));
    CHECK(json_is_null(json_object_get(j, "day")));
    CHECK_INT(json_array_size(json_object_get(j, "kinds")), 2);
    CHECK_INT(json_array_size(json_object_get(j, "words")), 0);
    CHECK_STR(json_string_value(json_object_get(j, "secret")), "s");
    json_t *first = json_array_get(json_object_get(j, "parts"), 0);
    CHECK_STR(json_string_value(json_object_get(first, "name")), part.name);
    CHECK_STR(res.headers[0].name, "ETag");
    CHECK_STR(res.headers[0].value, "\"3\"");
    json_decref(j);
    // What the role may not read is not there at all, not even as null.
    j = answer(&police, &res);
    CHECK(j && !json_object_get(j, "secret"));
    json_decref(j);
    j = answer(NULL, &res);
    CHECK(j && !json_object_get(j, "secret"));
    json_decref(j);
}

TEST(writes_lists)
{
    begin();
    const struct thing one = {.name = "1"}, two = {.name = "2"};
    const void *const rows[] = {&one, &two};
    const struct field_rows all = {&part_table, rows, 2}, none = {&part_table, NULL, 0};
    struct response res;
    response_init(&res, arena);
    api_rows(&request, &res, &all, "abc");
    CHECK_STR(res.body.p, "{\"items\":[{\"name\":\"1\"},{\"name\":\"2\"}],\"next\":\"abc\"}");
    response_init(&res, arena);
    api_rows(&request, &res, &none, NULL);
    CHECK_STR(res.body.p, "{\"items\":[],\"next\":null}");
}

TEST(problems)
{
    begin();
    ctx_field_error(&request.ctx, "count", "must be less");
    struct response res;
    response_init(&res, arena);
    api_error(&request, ERR_INVALID, &res);
    CHECK_INT(res.status, 422);
    CHECK_STR(res.type, "application/problem+json");
    json_t *j = json_loadb(res.body.p, res.body.n, JSON_REJECT_DUPLICATES, NULL);
    CHECK_FATAL(j != NULL);
    CHECK_STR(json_string_value(json_object_get(j, "type")), "urn:phoenix:problem:invalid");
    CHECK_INT(json_integer_value(json_object_get(j, "status")), 422);
    json_t *first = json_array_get(json_object_get(j, "errors"), 0);
    CHECK_STR(json_string_value(json_object_get(first, "pointer")), "/count");
    json_decref(j);
    // Not found says nothing more, whatever was learned on the way.
    ctx_refuse(&request.ctx, ERR_NOT_FOUND, "belongs to another site");
    response_init(&res, arena);
    api_error(&request, ERR_NOT_FOUND, &res);
    CHECK(strstr(res.body.p, "another site") == NULL);
    CHECK(strstr(res.body.p, "must be less") == NULL);
}

TESTS("json", T(takes_every_type), T(null_is_absent_but_named),
      T(refuses_unknown_and_duplicate_keys), T(duplicate_in_the_depth_is_refused),
      T(tells_every_fault_at_once), T(wrong_types_name_the_field), T(what_is_not_json_is_malformed),
      T(depth_bombs_are_refused), T(long_notes_and_every_script_pass), T(patch_needs_nothing),
      T(query_parameters), T(a_record_that_is_not_the_tables_stops_the_program),
      T(writes_records_by_type), T(writes_lists), T(problems))
