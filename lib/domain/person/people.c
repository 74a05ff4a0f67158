// SPDX-License-Identifier: MIT
#include "domain/person/people.h"

#include "base/buf.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "record/column.h"
#include "record/cursor.h"
#include "domain/person/identifier.h"
#include "search/search.h"
#include "record/name.h"
#include "record/rows.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define QUERY(member) FIELD_AT(struct people_query, member)
static const struct field query_rows[] = {
    {QUERY(q), .type = FIELD_TEXT, .max = 200, .label = "Search",
     .help = "Name (misspelt too), alias, date of birth, reference or identifier."},
    {QUERY(status), .type = FIELD_CODE, .vocab = "status", .label = "Status",
     .help = "Only this status."},
    {QUERY(worker), .type = FIELD_TEXT, .max = 36, .label = "Worker",
     .help = "Only this worker's people: a user id, `me`, or `none` for nobody's."},
    {QUERY(limit), .type = FIELD_INT, .min = 1, .max = LIST_LIMIT_MOST, .label = "Limit",
     .help = "Rows a page, 50 unless said."},
    {QUERY(after), .type = FIELD_TEXT, .max = 1024, .label = "Page marker",
     .help = "`next` of the page before."},
};
const struct field_table people_query_table =
    FIELD_TABLE("PeopleQuery", struct people_query, query_rows);

#define ITEM(member) FIELD_AT(struct person_item, member)
static const struct field item_rows[] = {
    {ITEM(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},
    {ITEM(name), .type = FIELD_TEXT, .flags = FIELD_SEALED, .label = "Name",
     .help = "Given and family name.", .read = "identity_read"},
    {ITEM(known_as), .type = FIELD_TEXT, .flags = FIELD_SEALED, .label = "Known as",
     .help = "The name the person goes by.", .read = "identity_read"},
    {ITEM(status), .type = FIELD_CODE, .vocab = "status", .label = "Status",
     .help = "Engagement status."},
    {ITEM(since), .type = FIELD_DATE, .label = "Since", .help = "First day of the status."},
    {ITEM(basis), .type = FIELD_TEXT, .label = "Basis", .help = "Why, in words."},
    {ITEM(stage), .type = FIELD_CODE, .vocab = "stage", .label = "Stage",
     .help = "In the programme."},
    {ITEM(last_contact), .type = FIELD_TIME, .label = "Last contact",
     .help = "The latest attempt."},
    {ITEM(next_contact_due), .type = FIELD_DATE, .label = "Next contact due",
     .help = "Agreed day."},
    {ITEM(overdue), .type = FIELD_BOOL, .label = "Overdue",
     .help = "The next contact was due before today."},
    {ITEM(worker), .type = FIELD_TEXT, .label = "Worker", .help = "Named worker."},
    {ITEM(flags), .type = FIELD_CODES, .vocab = "safety_flag", .label = "Safety flags",
     .help = "Kinds of the open safety flags.", .read = "flag_read"},
};
const struct field_table person_item_table =
    FIELD_TABLE("PersonItem", struct person_item, item_rows);

#define WORKER(member)                                                                             \
    {                                                                                              \
        .name = #member, .type = FIELD_TEXT, .offset = offsetof(struct people_worker, member)      \
    }
static const struct field worker_rows[] = {WORKER(id), WORKER(name)};
static const struct field_table worker_table =
    FIELD_TABLE("PeopleWorker", struct people_worker, worker_rows);

// ---- rows ----

static enum err open_names(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t row,
                           struct person_item *p)
{
    p->participant_id = db_get(pl, i, row, "participant_id");
    const char *person = db_get(pl, i, row, "person_id");
    enum err e = person_name_load(ctx, pl, i, row, &p->name);
    struct seal_at at = {SEAL_IDENTITY, person, "app.identity", person, "known_as"};
    if (!e && p->name)
        e = column_open(ctx, pl, i, row, &at, "known_as", &p->known_as);
    return e;
}

static int by_name(const void *x, const void *y)
{
    const struct person_item *a = x, *b = y;
    int order = strcasecmp(a->name ? a->name : "", b->name ? b->name : "");
    return order ? order : strcmp(a->ref, b->ref);
}

static enum err read_rows(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t limit,
                          struct people *ret)
{
    size_t n = db_nrows(pl, i), shown = n > limit ? limit : n;
    struct person_item *rows = ARENA_ARRAY(ctx->arena, struct person_item, shown + 1);
    for (size_t row = 0; row < shown; row++) {
        db_row_record(pl, i, row, &person_item_table, &rows[row]);
        enum err e = open_names(ctx, pl, i, row, &rows[row]);
        if (e)
            return e;
    }
    *ret = (struct people){.rows = rows, .n = shown, .more = n > shown};
    return ERR_OK;
}

// ---- filters ----

struct filters {
    const char *status, *worker, *unassigned, *after;
    size_t limit;
    const char *limit_text; // one row more than is shown says whether there are others
};

static enum err read_filters(struct ctx *ctx, const struct people_query *q, struct filters *ret)
{
    struct filters f = {.status = q->status, .limit = LIST_LIMIT};
    if (q->limit)
        f.limit = (size_t)strtol(q->limit, NULL, 10);
    f.limit_text = arena_printf(ctx->arena, "%zu", f.limit + 1);
    enum err e = cursor_query(ctx, "after", q->after, &f.after, 1);
    if (q->worker && strcmp(q->worker, "none") == 0) {
        f.unassigned = "true";
    } else if (q->worker && strcmp(q->worker, "me") == 0) {
        f.worker = ctx->actor ? ctx->actor->user_id : NULL;
    } else if (q->worker && uuid_ok(q->worker)) {
        f.worker = q->worker;
    } else if (q->worker) {
        ctx_field_error(ctx, "worker", "Select a worker from the list");
        e = ERR_INVALID;
    }
    if (!e)
        *ret = f;
    return e;
}

// ---- searching ----

static struct search_scope scope_of(struct ctx *ctx, const char *ids)
{
    struct search_scope s = {.site = ctx->actor->site};
    enum scope scope = permission_row(PERM_participant_find)->scope[ctx->actor->role];
    if (scope != SCOPE_SITE && scope != SCOPE_ALL) {
        s.only_ids = true;
        s.n_ids = field_list(ctx->arena, ids, &s.ids);
    }
    return s;
}

static const char *hit_ids(struct ctx *ctx, const struct search_scope *scope, const char *typed)
{
    const struct search_hit *hits;
    size_t n = search_find(search_index_current(), ctx->arena, scope, typed, SEARCH_MOST, &hits);
    const char **ids = ARENA_ARRAY(ctx->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = hits[i].id;
    return field_array(ctx->arena, ids, n);
}

// Keyed hashes of what was typed, as every kind of identifier that it could be.
static const char *blinds(struct ctx *ctx, const char *typed)
{
    struct identifier_guess guess[8];
    size_t n = identifier_guess(ctx->arena, typed, guess, 8);
    struct buf b;
    buf_init(&b, ctx->arena);
    buf_putc(&b, '{');
    for (size_t i = 0; i < n; i++) {
        struct bytes blind = keys_blind(ctx, guess[i].kind, guess[i].canonical);
        buf_puts(&b, i ? ",\"\\\\x" : "\"\\\\x");
        for (size_t k = 0; k < blind.n; k++)
            buf_printf(&b, "%02x", blind.p[k]);
        buf_putc(&b, '"');
    }
    buf_putc(&b, '}');
    return b.p;
}

static enum err learn_scope(struct ctx *ctx, struct search_scope *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_participant_find, NULL);
    size_t i = DB_ADD0(tx.pl, Q_PEOPLE_SCOPE);
    enum err e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = scope_of(ctx, db_get(tx.pl, i, 0, "ids"));
    return e;
}

static enum err index_is_ready(struct ctx *ctx)
{
    if (search_index_ready(search_index_current()))
        return ERR_OK;
    ctx->problem.retry_after = 1;
    return ctx_refuse(ctx, ERR_OVERLOADED, "The names are still being read: try again in a moment");
}

// ---- both ----

static enum err run(struct ctx *ctx, const struct people_query *q, struct people *ret,
                    struct access_tx *tx)
{
    struct filters f;
    struct search_scope scope;
    bool mine = q->worker && strcmp(q->worker, "me") == 0;
    enum err e = q->q ? index_is_ready(ctx) : ERR_OK;
    if (!e && (q->q || (mine && !ctx->actor))) // who "me" is, is told by the first round trip
        e = learn_scope(ctx, &scope);
    if (!e)
        e = read_filters(ctx, q, &f);
    if (e)
        return e;
    size_t i;
    if (q->q)
        i = DB_ADD(tx->pl, Q_PEOPLE_FOUND, DB_TEXT(hit_ids(ctx, &scope, q->q)),
                   DB_TEXT(blinds(ctx, q->q)), DB_TEXT(f.status), DB_TEXT(f.worker),
                   DB_TEXT(f.unassigned), DB_TEXT(f.limit_text),
                   DB_TEXT(reference_canonical(ctx->arena, q->q)));
    else
        i = DB_ADD(tx->pl, Q_PEOPLE_LIST, DB_TEXT(f.status), DB_TEXT(f.worker),
                   DB_TEXT(f.unassigned), DB_TEXT(f.after), DB_TEXT(f.limit_text));
    e = access_run(ctx, tx, NULL);
    if (!e)
        e = read_rows(ctx, tx->pl, i, f.limit, ret);
    if (e || q->q)
        return e;
    struct person_item *rows = (struct person_item *)(uintptr_t)ret->rows;
    if (ret->more)
        ret->next = cursor_make(ctx->arena, (const char *const[]){rows[ret->n - 1].ref}, 1);
    else if (!q->after) // all on one page: people look by name
        qsort(rows, ret->n, sizeof(*rows), by_name);
    return ERR_OK;
}

enum err people_find(struct ctx *ctx, const struct people_query *q, struct people *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_participant_find, NULL);
    return run(ctx, q, ret, &tx);
}

enum err people_find_page(struct ctx *ctx, const struct people_query *q, struct people *ret,
                          const struct people_worker **ret_workers, size_t *ret_n)
{
    struct access_tx tx = access_begin(ctx, PERM_participant_find, NULL);
    size_t workers = DB_ADD0(tx.pl, Q_PEOPLE_WORKERS);
    enum err e = run(ctx, q, ret, &tx);
    if (!e)
        *ret_workers = rows_read(tx.pl, workers, &worker_table, ret_n);
    return e;
}
