// SPDX-License-Identifier: MIT
#include "support.h"

#include "base/field.h"

#include <stdio.h>

struct item {
    const char *id, *name, *note, *seen, *good, *kind, *tags, *absent;
};
static const struct field item_fields[] = {
    {.name = "id", .type = FIELD_INT, .offset = offsetof(struct item, id)},
    {.name = "name", .type = FIELD_TEXT, .offset = offsetof(struct item, name)},
    {.name = "note",
     .type = FIELD_TEXT,
     .flags = FIELD_SEALED,
     .offset = offsetof(struct item, note)},
    {.name = "seen", .type = FIELD_TIME, .offset = offsetof(struct item, seen)},
    {.name = "good", .type = FIELD_BOOL, .offset = offsetof(struct item, good)},
    {.name = "kind", .type = FIELD_CODE, .offset = offsetof(struct item, kind)},
    {.name = "tags", .type = FIELD_CODES, .offset = offsetof(struct item, tags)},
    {.name = "absent", .type = FIELD_TEXT, .offset = offsetof(struct item, absent)},
};
static const struct field_table item_table = FIELD_TABLE("Item", struct item, item_fields);

TEST(pipeline_is_one_flush)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK_INT(db_ready(&ctx, ctx.db), ERR_OK);
    unsigned long before = db_flushes(ctx.db);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, TQ0(item_clear));
    add_item(pl, "1", "one");
    add_item(pl, "2", "two");
    size_t count = db_add(pl, TQ0(item_count));
    CHECK_INT(count, 3);
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_INT(db_flushes(ctx.db) - before, 1);
    CHECK_INT(db_affected(pl, 1), 1);
    CHECK_STR(db_value(pl, count, 0, 0), "2");
    CHECK_STR(db_get(pl, count, 0, "n"), "2");
    CHECK_INT(db_nrows(pl, count), 1);
    CHECK_INT(db_nrows(pl, 99), 0);
    CHECK_STR(db_value(pl, count, 1, 0), NULL);
    CHECK_STR(db_value(pl, count, 0, 7), NULL);
    ctx_close(&ctx);
}

TEST(session_is_as_promised)
{
    static const struct {
        enum db_login login;
        const char *role, *statement, *lock;
    } rows[] = {{DB_APP, "phoenix_app", "15s", "5s"},
                {DB_WORKER, "phoenix_worker", "0", "5s"},
                {DB_OWNER, "phoenix_owner", "0", "0"}};
    for (size_t i = 0; i < 3; i++) {
        struct ctx ctx = ctx_open(rows[i].login);
        struct db_pipeline *pl = db_pipeline_new(&ctx);
        db_add(pl, TQ0(settings));
        CHECK_INT(db_run(&ctx, pl), ERR_OK);
        CHECK_STR(db_get(pl, 0, 0, "role"), rows[i].role);
        CHECK_STR(db_get(pl, 0, 0, "jit"), "off");
        CHECK_STR(db_get(pl, 0, 0, "statement_timeout"), rows[i].statement);
        CHECK_STR(db_get(pl, 0, 0, "lock_timeout"), rows[i].lock);
        CHECK_STR(db_get(pl, 0, 0, "zone"), "UTC");
        CHECK_STR(db_get(pl, 0, 0, "name"), "phoenix");
        ctx_close(&ctx);
    }
}

TEST(error_rolls_back_everything)
{
    struct ctx ctx = ctx_open(DB_APP);
    items_clear(&ctx);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    add_item(pl, "1", "one");
    add_item(pl, "1", "secret words");
    add_item(pl, "3", "three");
    CHECK_INT(db_run(&ctx, pl), ERR_CONFLICT);
    CHECK_INT(db_failed(pl), 1);
    CHECK_INT(db_nrows(pl, 0), 0);
    CHECK_STR(ctx.problem.detail, NULL);
    CHECK_STR(ctx.problem.log, "sqlstate 23505 in item_insert, constraint item_pkey");
    CHECK_INT(item_count(&ctx), 0);
    ctx_close(&ctx);
}

TEST(commit_failure_is_an_error)
{
    struct ctx ctx = ctx_open(DB_APP);
    items_clear(&ctx);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    add_item(pl, "1", "one");
    db_add(pl, TQ(child_insert, .id = "1", .item = "77"));
    CHECK_INT(db_run(&ctx, pl), ERR_CONFLICT);
    CHECK_INT(db_failed(pl), 2);
    CHECK(ctx.problem.log && strstr(ctx.problem.log, "23503 in commit"));
    CHECK_INT(item_count(&ctx), 0);
    ctx_close(&ctx);
}

TEST(params_keep_every_byte)
{
    struct ctx ctx = ctx_open(DB_APP);
    char *text = arena_alloc(ctx.arena, 10001);
    for (int i = 0; i < 10000; i++)
        text[i] = "O'Brien \\ \"x\" \xc3\xa9;--$1\t\n%s"[i % 25];
    uint8_t all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, TQ(echo, .text = text, .bytes = BYTES(all, 256), .length = "5"));
    db_add(pl, TQ(echo, .text = NULL, .bytes = (struct bytes){0}, .length = NULL));
    db_add(pl, TQ(echo, .text = "", .bytes = BYTES("", 0), .length = "0"));
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_INT(strlen(text), 10000);
    CHECK_STR(db_get(pl, 0, 0, "text"), text);
    struct bytes back = db_bytes(pl, 0, 0, "bytes");
    CHECK_INT(back.n, 256);
    CHECK(back.n == 256 && memcmp(back.p, all, 256) == 0);
    CHECK_STR(db_get(pl, 0, 0, "long"), "xxxxx");
    for (size_t c = 0; c < 3; c++)
        CHECK_STR(db_value(pl, 1, 0, c), NULL);
    CHECK(db_bytes(pl, 1, 0, "bytes").p == NULL);
    CHECK_STR(db_get(pl, 2, 0, "text"), "");
    CHECK(db_bytes(pl, 2, 0, "bytes").p != NULL);
    CHECK_INT(db_bytes(pl, 2, 0, "bytes").n, 0);
    ctx_close(&ctx);
}

TEST(big_pipelines_do_not_block)
{
    // 8 MB each way: without reading while writing both sides would wait for each other.
    struct ctx ctx = ctx_open(DB_APP);
    char *text = arena_alloc(ctx.arena, 40001);
    memset(text, 'y', 40000);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    for (int i = 0; i < 200; i++)
        db_add(pl, TQ(echo, .text = text, .bytes = (struct bytes){0}, .length = "1000"));
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_STR(db_get(pl, 199, 0, "text"), text);
    CHECK_INT(strlen(db_get(pl, 199, 0, "long")), 1000);
    ctx_close(&ctx);
}

TEST(misuse_is_refused_before_sending)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK_INT(db_ready(&ctx, ctx.db), ERR_OK);
    unsigned long before = db_flushes(ctx.db);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, (struct db_call){.query = TQ_item_get}); // without its parameter
    CHECK_INT(db_run(&ctx, pl), ERR_INTERNAL);
    pl = db_pipeline_new(&ctx);
    db_add(pl, TQ0(auth_only));
    CHECK_INT(db_run(&ctx, pl), ERR_INTERNAL);
    CHECK(strstr(ctx.problem.log, "auth_only") != NULL);
    pl = db_pipeline_new(&ctx);
    db_add(pl, TQ0(item_copy));
    CHECK_INT(db_run(&ctx, pl), ERR_INTERNAL);
    pl = db_pipeline_new(&ctx);
    db_add(pl, (struct db_call){.query = (enum query)TQ_COUNT});
    CHECK_INT(db_run(&ctx, pl), ERR_INTERNAL);
    CHECK_INT(db_flushes(ctx.db), before);
    ctx_close(&ctx);
}

static enum err raised(struct ctx *ctx, const char *state, const char *message, const char *detail)
{
    memset(&ctx->problem, 0, sizeof(ctx->problem));
    struct db_pipeline *pl = db_pipeline_new(ctx);
    db_add(pl, TQ(raise, .state = state, .message = message, .detail = detail));
    return db_run(ctx, pl);
}

TEST(sqlstates_become_errors)
{
    static const struct {
        const char *state;
        enum err err;
    } rows[] = {
        {"PX001", ERR_IDEMPOTENCY_REPLAY},
        {"PX002", ERR_IDEMPOTENCY_MISMATCH},
        {"PX003", ERR_RUNNING},
        {"PX004", ERR_CONFLICT},
        {"PX005", ERR_STALE},
        {"PX008", ERR_BAD_SIGN_IN},
        {"PX999", ERR_INTERNAL},
        {"28000", ERR_UNAUTHENTICATED},
        {"42501", ERR_FORBIDDEN},
        {"P0002", ERR_NOT_FOUND},
        {"23505", ERR_CONFLICT},
        {"23P01", ERR_CONFLICT},
        {"23502", ERR_INVALID},
        {"23514", ERR_INVALID},
        {"22P02", ERR_INVALID},
        {"55P03", ERR_OVERLOADED},
        {"57014", ERR_OVERLOADED},
        {"53100", ERR_UNAVAILABLE},
        {"57P01", ERR_UNAVAILABLE},
        {"08006", ERR_UNAVAILABLE},
        {"25006", ERR_UNAVAILABLE},
        {"58030", ERR_UNAVAILABLE},
        {"P0001", ERR_INTERNAL},
        {"XX000", ERR_INTERNAL},
        {"42703", ERR_INTERNAL},
        {"0A000", ERR_INTERNAL},
    };
    struct ctx ctx = ctx_open(DB_APP);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum err e = raised(&ctx, rows[i].state, "Aaron Aardvark", "a detail");
        if (e != rows[i].err)
            fprintf(stderr, "SQLSTATE %s\n", rows[i].state);
        CHECK_INT(e, rows[i].err);
        CHECK(ctx.problem.log && strstr(ctx.problem.log, rows[i].state));
        CHECK(ctx.problem.log && !strstr(ctx.problem.log, "Aardvark"));
        // Words go out only under our own codes.
        bool ours = strncmp(rows[i].state, "PX0", 3) == 0;
        CHECK_STR(ctx.problem.detail, ours ? "Aaron Aardvark" : NULL);
    }
    ctx_close(&ctx);
}

TEST(own_errors_carry_their_words)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK_INT(raised(&ctx, "PX006", "reason: Enter a reason: at least one word", NULL),
              ERR_INVALID);
    CHECK(ctx.problem.first && ctx.problem.first == ctx.problem.last);
    if (ctx.problem.first) {
        CHECK_STR(ctx.problem.first->field, "reason");
        CHECK_STR(ctx.problem.first->message, "Enter a reason: at least one word");
    }
    CHECK_INT(raised(&ctx, "PX006", "Nothing fits", NULL), ERR_INVALID);
    CHECK_STR(ctx.problem.detail, "Nothing fits");
    CHECK_INT(raised(&ctx, "PX007", "Wait", "42"), ERR_TOO_MANY);
    CHECK_INT(ctx.problem.retry_after, 42);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, TQ(raise, .state = "PX001", .message = "done", .detail = "{\"id\":7}"));
    CHECK_INT(db_run(&ctx, pl), ERR_IDEMPOTENCY_REPLAY);
    CHECK_STR(db_error_detail(pl), "{\"id\":7}");
    CHECK_INT(raised(&ctx, "23514", "reason: hidden", NULL), ERR_INVALID);
    CHECK(ctx.problem.first == NULL);
    ctx_close(&ctx);
}

TEST(warnings_of_our_own_are_no_doubt)
{
    struct ctx ctx = ctx_open(DB_APP);
    CHECK_STR(ask(&ctx, TQ0(warn)), "1");
    ctx_close(&ctx);
}

TEST(rows_become_records)
{
    struct ctx ctx = ctx_open(DB_APP);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, TQ0(item_clear));
    db_add(pl, TQ(item_insert, .id = "1", .name = "one", .note = BYTES("\1\2", 2),
                  .seen = "2026-07-02T10:30:00+01:00", .good = "true"));
    db_add(pl, TQ(item_insert, .id = "2", .name = "two", .note = (struct bytes){0}, .seen = NULL,
                  .good = "false"));
    size_t get = db_add(pl, TQ(item_get, .id = "1"));
    size_t list = db_add(pl, TQ0(item_list));
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    struct item one = {.absent = "kept", .kind = "kept"};
    db_row_record(pl, get, 0, &item_table, &one);
    CHECK_STR(one.id, "1");
    CHECK_STR(one.name, "one");
    CHECK_STR(one.seen, "2026-07-02T09:30:00Z");
    CHECK_STR(one.good, "true");
    CHECK_STR(one.note, NULL);
    CHECK_STR(one.kind, "kept");
    CHECK_STR(one.absent, "kept");
    struct bytes note = db_bytes(pl, get, 0, "note");
    CHECK(note.n == 2 && note.p[0] == 1 && note.p[1] == 2);
    struct field_rows rows;
    db_records(pl, list, &item_table, &rows);
    CHECK_INT(rows.n, 2);
    CHECK(rows.table == &item_table);
    const struct item *two = rows.n == 2 ? rows.rows[1] : &one;
    CHECK_STR(two->name, "two");
    CHECK_STR(two->seen, NULL);
    CHECK_STR(two->good, "false");
    ctx_close(&ctx);
}

TEST(arrays_of_bytes_go_both_ways)
{
    static const uint8_t every[] = {0, 1, 'x', '"', '\\', ',', '{', 255};
    const struct bytes items[] = {{every, sizeof(every)}, {(const uint8_t *)"", 0}, {every, 1}};
    struct ctx ctx = ctx_open(DB_APP);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    for (size_t n = 0; n <= 3; n++)
        DB_ADD(pl, TQ_ARRAYS, DB_TEXT("{}"), DB_SEALED(db_bytes_array(ctx.arena, items, n)));
    size_t none = DB_ADD(pl, TQ_ARRAYS, DB_NULL, DB_NULL);
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    const struct bytes *got;
    for (size_t n = 0; n <= 3; n++) {
        CHECK_INT(db_bytes_list(pl, n, 0, "words", &got), n);
        for (size_t i = 0; i < n; i++)
            CHECK(got[i].n == items[i].n && memcmp(got[i].p, items[i].p, items[i].n) == 0);
    }
    CHECK_INT(db_bytes_list(pl, none, 0, "words", &got), 0);
    ctx_close(&ctx);
}

struct counted {
    long rows, holes, stop_at, filler;
};

static enum err count_row(void *arg, const char *const *values, const int *lengths, size_t n)
{
    struct counted *c = arg;
    c->rows++;
    c->holes += n == 4 && !values[2];
    c->filler += lengths[1];
    return c->rows == c->stop_at ? ERR_GONE : ERR_OK;
}

TEST(stream_gives_rows_one_by_one)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    struct counted c = {0};
    size_t before = arena_size(ctx.arena);
    CHECK_INT(db_begin(&ctx, true), ERR_OK);
    struct db_call all = TQ(series, .n = "50000", .hole = "-1");
    CHECK_INT(db_stream(&ctx, all, count_row, &c), ERR_OK);
    CHECK_INT(c.rows, 50000);
    CHECK_INT(c.holes, 1);
    CHECK_INT(c.filler, 50000 * 50);
    CHECK(arena_size(ctx.arena) - before < 256 * 1024);
    CHECK_INT(item_count(&ctx) >= 0, 1);
    CHECK_INT(db_commit(&ctx), ERR_OK);
    ctx_close(&ctx);
}

TEST(stream_stops_and_fails)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    struct counted c = {.stop_at = 3};
    struct db_call all = TQ(series, .n = "3000000", .hole = "-1");
    uint64_t start = clock_mono_us();
    CHECK_INT(db_stream(&ctx, all, count_row, &c), ERR_GONE);
    CHECK_INT(c.rows, 3);
    CHECK(clock_mono_us() - start < 5000000);
    CHECK(db_connected(ctx.db));
    // A failure after some rows: division by zero at row 100.
    c = (struct counted){0};
    struct db_call halfway = TQ(series, .n = "200", .hole = "100");
    CHECK_INT(db_stream(&ctx, halfway, count_row, &c), ERR_INVALID);
    CHECK(ctx.problem.log && strstr(ctx.problem.log, "22012"));
    CHECK_INT(c.rows, 99);
    CHECK(item_count(&ctx) >= 0);
    CHECK_INT(db_stream(&ctx, TQ0(item_copy), count_row, &c), ERR_INTERNAL);
    ctx_close(&ctx);
}

TEST(transactions_hold_together)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    struct ctx other = ctx_open(DB_APP);
    items_clear(&ctx);
    CHECK_INT(db_begin(&ctx, false), ERR_OK);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    add_item(pl, "1", "one");
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_INT(item_count(&other), 0);
    CHECK_INT(db_begin(&ctx, false), ERR_INTERNAL);
    CHECK_INT(db_commit(&ctx), ERR_OK);
    CHECK_INT(item_count(&other), 1);
    CHECK_INT(db_begin(&ctx, false), ERR_OK);
    items_clear(&ctx);
    db_rollback(&ctx);
    CHECK_INT(item_count(&other), 1);
    // A commit after a failed statement must not pass for one.
    CHECK_INT(db_begin(&ctx, false), ERR_OK);
    pl = db_pipeline_new(&ctx);
    add_item(pl, "1", "again");
    CHECK_INT(db_run(&ctx, pl), ERR_CONFLICT);
    CHECK_INT(db_commit(&ctx), ERR_INTERNAL);
    // Read only means it.
    CHECK_INT(db_begin(&ctx, true), ERR_OK);
    pl = db_pipeline_new(&ctx);
    db_add(pl, TQ0(item_clear));
    CHECK(db_run(&ctx, pl) != ERR_OK);
    db_rollback(&ctx);
    CHECK_INT(item_count(&ctx), 1);
    ctx_close(&other);
    ctx_close(&ctx);
}

struct source {
    int at, n, fail_at;
    char id[16];
};

static enum err next_row(void *arg, struct db_param *row, bool *ret_more)
{
    struct source *s = arg;
    if (s->at == s->fail_at)
        return ERR_IO;
    if (s->at == s->n) {
        *ret_more = false;
        return ERR_OK;
    }
    snprintf(s->id, sizeof(s->id), "%d", ++s->at);
    row[0] = DB_TEXT(s->id);
    row[1] = DB_TEXT("tab\t line\n return\r back\\slash \\N 'q' \xf0\x9f\x99\x82");
    if (s->at % 2)
        row[2] = DB_BYTES("\0\\\t\n\xff", 5);
    return ERR_OK;
}

TEST(copy_in_loads_exactly)
{
    struct ctx ctx = ctx_open(DB_OWNER);
    items_clear(&ctx);
    struct source s = {.n = 5000, .fail_at = -1};
    long rows = 0;
    CHECK_INT(db_copy_in(&ctx, TQ_item_copy, 3, next_row, &s, &rows), ERR_OK);
    CHECK_INT(rows, 5000);
    struct db_pipeline *pl = db_pipeline_new(&ctx);
    db_add(pl, TQ(item_get, .id = "4999"));
    db_add(pl, TQ(item_get, .id = "5000"));
    db_add(pl, TQ0(item_count));
    CHECK_INT(db_run(&ctx, pl), ERR_OK);
    CHECK_STR(db_get(pl, 0, 0, "name"),
              "tab\t line\n return\r back\\slash \\N 'q' \xf0\x9f\x99\x82");
    struct bytes note = db_bytes(pl, 0, 0, "note");
    CHECK(note.n == 5 && memcmp(note.p, "\0\\\t\n\xff", 5) == 0);
    CHECK_STR(db_get(pl, 1, 0, "note"), NULL);
    CHECK_STR(db_get(pl, 2, 0, "n"), "5000");
    ctx_close(&ctx);
}

TEST(copy_in_is_all_or_nothing)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    items_clear(&ctx);
    long rows = -1;
    struct source s = {.n = 5000, .fail_at = 4000};
    CHECK_INT(db_copy_in(&ctx, TQ_item_copy, 3, next_row, &s, &rows), ERR_IO);
    CHECK_INT(rows, -1);
    CHECK_INT(item_count(&ctx), 0);
    s = (struct source){.n = 5, .fail_at = -1};
    CHECK_INT(db_copy_in(&ctx, TQ_item_copy, 3, next_row, &s, &rows), ERR_OK);
    s = (struct source){.n = 9, .fail_at = -1};
    CHECK_INT(db_copy_in(&ctx, TQ_item_copy, 3, next_row, &s, &rows), ERR_CONFLICT);
    CHECK_STR(ctx.problem.log, "sqlstate 23505 in item_copy, constraint item_pkey");
    CHECK_INT(item_count(&ctx), 5);
    s = (struct source){.n = 1, .fail_at = -1};
    CHECK_INT(db_copy_in(&ctx, TQ_item_copy, 2, next_row, &s, &rows), ERR_INTERNAL);
    CHECK_INT(db_copy_in(&ctx, TQ_item_get, 3, next_row, &s, &rows), ERR_INTERNAL);
    CHECK_INT(item_count(&ctx), 5);
    // Within a transaction it goes with it.
    CHECK_INT(db_begin(&ctx, false), ERR_OK);
    items_clear(&ctx);
    s = (struct source){.n = 8, .fail_at = -1};
    CHECK_INT(db_copy_in(&ctx, TQ_item_copy, 3, next_row, &s, &rows), ERR_OK);
    db_rollback(&ctx);
    CHECK_INT(item_count(&ctx), 5);
    ctx_close(&ctx);
}

struct heard {
    int n;
    char channel[32], payload[64];
};

static void hear(const char *channel, const char *payload, void *arg)
{
    struct heard *h = arg;
    h->n++;
    snprintf(h->channel, sizeof(h->channel), "%s", channel);
    snprintf(h->payload, sizeof(h->payload), "%s", payload);
}

static void notify(struct ctx *ctx, const char *channel, const char *payload)
{
    CHECK(ask(ctx, TQ(notify, .channel = channel, .payload = payload)) != NULL);
}

TEST(notifications_arrive)
{
    struct ctx ctx = ctx_open(DB_WORKER);
    struct ctx other = ctx_open(DB_APP);
    struct heard h = {0};
    CHECK_INT(db_listen(&ctx, "people_changed"), ERR_OK);
    CHECK_INT(db_listen(&ctx, "people_changed"), ERR_OK);
    CHECK_INT(db_listen(&ctx, "x\"; drop"), ERR_INTERNAL);
    CHECK_INT(db_notifications(&ctx, 10, hear, &h), ERR_OK);
    CHECK_INT(h.n, 0);
    notify(&other, "people_changed", "first");
    notify(&other, "elsewhere", "second");
    CHECK_INT(db_notifications(&ctx, 2000, hear, &h), ERR_OK);
    CHECK_INT(h.n, 1);
    CHECK_STR(h.channel, "people_changed");
    CHECK_STR(h.payload, "first");
    // One that comes with the answer to a query is not lost either.
    notify(&other, "people_changed", "third");
    CHECK(item_count(&ctx) >= 0);
    CHECK_INT(db_notifications(&ctx, 2000, hear, &h), ERR_OK);
    CHECK_STR(h.payload, "third");
    CHECK_INT(h.n, 2);
    ctx_close(&other);
    ctx_close(&ctx);
}

TESTS("db pipeline", T(pipeline_is_one_flush), T(session_is_as_promised),
      T(error_rolls_back_everything), T(commit_failure_is_an_error), T(params_keep_every_byte),
      T(big_pipelines_do_not_block), T(misuse_is_refused_before_sending),
      T(sqlstates_become_errors), T(own_errors_carry_their_words),
      T(warnings_of_our_own_are_no_doubt), T(rows_become_records),
      T(arrays_of_bytes_go_both_ways), T(stream_gives_rows_one_by_one),
      T(stream_stops_and_fails), T(transactions_hold_together), T(copy_in_loads_exactly),
      T(copy_in_is_all_or_nothing), T(notifications_arrive))
