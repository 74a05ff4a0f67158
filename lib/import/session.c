// SPDX-License-Identifier: MIT
#include "import/session.h"

#include "access/access.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "base/vocab.h"
#include "record/cursor.h"

#include <stdlib.h>
#include <string.h>

// An id that cannot be one still asks the database, so that its answer is like an absent one's.
static const char nothing[] = "00000000-0000-0000-0000-000000000000";
enum { LIST = 20, REPORT_BATCH = 5000, KEPT_SECONDS = 2 * 60 * 60, NAME_MOST = 100 };
// Between the parts of what is sealed; the file's own text has neither (csv_open refuses it).
#define PART_END '\x1e'

#define IN(member) FIELD_AT(struct import_input, member)
static const struct field input_rows[] = {
    {IN(kind), .type = FIELD_CODE, .flags = FIELD_REQUIRED, .vocab = "import_kind",
     .label = "What the spreadsheet holds", .help = "People first, then their contacts."},
    {IN(mapping), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 64,
     .label = "Kind of spreadsheet", .help = "What its headings, dates and words mean."},
};
const struct field_table import_input_table =
    FIELD_TABLE("ImportInput", struct import_input, input_rows);

#define OUT(member) FIELD_AT(struct import_record, member)
static const struct field record_rows[] = {
    {OUT(id), .type = FIELD_UUID, .label = "Import", .help = "Id of the import."},
    {OUT(kind), .type = FIELD_CODE, .vocab = "import_kind", .label = "Holds",
     .help = "What it holds."},
    {OUT(mapping), .type = FIELD_TEXT, .label = "Kind of spreadsheet", .help = "Its mapping."},
    {OUT(state), .type = FIELD_CODE, .vocab = "import_state", .label = "State",
     .help = "Where it stands."},
    {OUT(requested_at), .type = FIELD_TIME, .label = "Checked", .help = "When it was uploaded."},
    {OUT(decided_at), .type = FIELD_TIME, .label = "Decided",
     .help = "When it was stored or thrown away."},
    {OUT(rows), .type = FIELD_INT, .label = "Rows", .help = "Rows without the heading."},
    {OUT(ok), .type = FIELD_INT, .label = "OK", .help = "Rows without a remark."},
    {OUT(warned), .type = FIELD_INT, .label = "Warnings", .help = "Rows kept and worth a look."},
    {OUT(rejected), .type = FIELD_INT, .label = "Rejected", .help = "Rows not kept."},
    {OUT(added), .type = FIELD_INT, .label = "Added", .help = "Records made."},
    {OUT(present), .type = FIELD_INT, .label = "Here already",
     .help = "Rows that were here before."},
    {OUT(late), .type = FIELD_BOOL, .label = "Too late", .help = "Not decided in time."},
};
const struct field_table import_record_table =
    FIELD_TABLE("ImportRecord", struct import_record, record_rows);

#define ROW(member) FIELD_AT(struct import_row_verdict, member)
static const struct field verdict_rows[] = {
    {ROW(row), .type = FIELD_INT, .label = "Row", .help = "The heading is row 1."},
    {ROW(verdict), .type = FIELD_CODE, .vocab = "import_verdict", .label = "Verdict",
     .help = "What it gets."},
    {ROW(heading), .type = FIELD_TEXT, .label = "Column", .help = "Heading of the first problem."},
    {ROW(message), .type = FIELD_TEXT, .label = "Why",
     .help = "In words; nothing of the row itself."},
    {ROW(times), .type = FIELD_INT, .label = "How many", .help = "Rows with this verdict."},
    {ROW(rows), .type = FIELD_TEXT, .label = "Rows", .help = "The first of them."},
};
const struct field_table import_row_verdict_table =
    FIELD_TABLE("ImportRowVerdict", struct import_row_verdict, verdict_rows);

// ---- mappings ----

const struct mapping *const *import_mappings(struct ctx *ctx, size_t *ret_n)
{
    size_t n;
    const struct mapping *const *all = mapping_list(&n);
    const struct mapping **to = ARENA_ARRAY(ctx->arena, const struct mapping *, n + 1);
    const char *site = ctx->actor ? ctx->actor->site : NULL;
    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        if (site && (!all[i]->site || strcmp(all[i]->site, site) == 0))
            to[(*ret_n)++] = all[i];
    return to;
}

static const struct mapping *find_mapping(struct ctx *ctx, const char *name, enum import_kind kind)
{
    size_t n;
    const struct mapping *const *all = import_mappings(ctx, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(mapping_name(ctx->arena, all[i]), name) == 0 && all[i]->columns[kind].n)
            return all[i];
    return NULL;
}

static enum import_kind kind_of(const char *code)
{
    return strcmp(code, "contacts") == 0 ? IMPORT_CONTACTS : IMPORT_PARTICIPANTS;
}

// ---- judging, with every verdict kept ----

struct desk {
    struct ctx *ctx;
    const char *id;
    struct import_setup setup;
    struct import_result result;
    struct import_verdict *verdicts;
    size_t n, cap;
};

static enum err keep_verdict(void *arg, const struct import_verdict *v)
{
    struct desk *d = arg;
    struct arena *a = d->ctx->arena;
    if (d->n == d->cap) {
        size_t cap = d->cap ? d->cap * 2 : 1024;
        d->verdicts = arena_grow(a, d->verdicts, d->cap * sizeof(*v), cap * sizeof(*v));
        d->cap = cap;
    }
    // Words come in few kinds: one like the row before's takes no memory of its own.
    const struct import_verdict *last = d->n ? &d->verdicts[d->n - 1] : NULL;
    bool same = last && strcmp(last->message, v->message) == 0;
    struct import_verdict *to = &d->verdicts[d->n++];
    *to = *v; // headings are the mapping's
    to->message = same ? last->message : arena_strdup(a, v->message);
    return ERR_OK;
}

static void close_file(void *f)
{
    (void)fclose(f);
}

static enum err desk_run(struct desk *d, const void *p, size_t n)
{
    FILE *f = fmemopen((void *)(uintptr_t)p, n, "r");
    if (!f)
        return ctx_fail(d->ctx, ERR_IO, "fmemopen");
    arena_defer(d->ctx->arena, close_file, f);
    d->setup.file = f;
    d->setup.site = d->ctx->actor->site;
    d->setup.as_actor = true;
    d->setup.verdict = keep_verdict;
    d->setup.arg = d;
    return import_run(d->ctx, &d->setup, &d->result);
}

// The verdicts as arrays for one statement.
static void add_verdicts(struct desk *d, struct db_pipeline *pl)
{
    struct arena *a = d->ctx->arena;
    const char **cells[4];
    for (size_t c = 0; c < 4; c++)
        cells[c] = ARENA_ARRAY(a, const char *, d->n + 1);
    for (size_t i = 0; i < d->n; i++) {
        const struct import_verdict *v = &d->verdicts[i];
        cells[0][i] = arena_printf(a, "%ld", v->row);
        cells[1][i] = import_state_code(v->state);
        cells[2][i] = v->column;
        cells[3][i] = v->message;
    }
    DB_ADD(pl, Q_IMPORT_VERDICTS_ADD, DB_TEXT(d->setup.site), DB_TEXT(d->id),
           DB_TEXT(field_array(a, cells[0], d->n)), DB_TEXT(field_array(a, cells[1], d->n)),
           DB_TEXT(field_array(a, cells[2], d->n)), DB_TEXT(field_array(a, cells[3], d->n)));
}

// ---- checking ----

// A site is needed, and who asks is not known before the database has been asked.
static enum err need_actor(struct ctx *ctx)
{
    struct access_tx tx = access_begin(ctx, PERM_import_write, NULL);
    enum err e = access_run(ctx, &tx, NULL);
    if (!e && !ctx->actor->site)
        e = ctx_refuse(
            ctx, ERR_FORBIDDEN,
            "Your account works for every site: spreadsheets are imported by somebody of "
            "the site they belong to");
    return e;
}

static const char *file_name(struct ctx *ctx, const char *typed)
{
    const char *s = typed ? typed : "";
    for (const char *p = s; *p; p++)
        if (*p == '/' || *p == '\\')
            s = p + 1;
    char *name = arena_strndup(ctx->arena, s, strnlen(s, NAME_MOST));
    for (char *p = name; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    return *name ? name : "the file";
}

static enum err keep(struct desk *d, const struct import_input *in, const void *p, size_t n)
{
    struct ctx *ctx = d->ctx;
    struct arena *a = ctx->arena;
    const struct import_result *r = &d->result;
    const char *text = arena_printf(a, "%s%c%s%c%.*s", d->setup.name, PART_END,
                                    r->unread ? r->unread : "", PART_END, (int)n, (const char *)p);
    struct access_tx tx = access_begin(ctx, PERM_import_write, NULL);
    access_idempotent(ctx, &tx, 303, arena_printf(a, "/imports/%s", d->id), NULL);
    DB_ADD(tx.pl, Q_IMPORT_ADD, DB_TEXT(d->id), DB_TEXT(in->kind), DB_TEXT(in->mapping),
           DB_TEXT(arena_printf(a, "%ld", r->rows)), DB_TEXT(arena_printf(a, "%ld", r->ok)),
           DB_TEXT(arena_printf(a, "%ld", r->warned)), DB_TEXT(arena_printf(a, "%ld", r->rejected)),
           DB_TEXT(keys_draft_seal(ctx, d->id, text)), DB_TEXT(d->setup.site));
    add_verdicts(d, tx.pl);
    access_audit(ctx, &tx, AUDIT_import_checked, d->id, "{}",
                 arena_printf(a, "%s: rows=%ld rejected=%ld", in->kind, r->rows, r->rejected));
    return access_run(ctx, &tx, NULL);
}

enum err import_check(struct ctx *ctx, const struct import_input *in,
                      const struct import_upload *file, const char **ret_id)
{
    struct desk d = {.ctx = ctx, .id = uuid_new(ctx->arena)};
    enum err e = need_actor(ctx);
    if (e)
        return e;
    d.setup.name = file_name(ctx, file->name);
    d.setup.kind = kind_of(in->kind);
    d.setup.mapping = find_mapping(ctx, in->mapping, d.setup.kind);
    d.setup.dry_run = true;
    if (!d.setup.mapping)
        ctx_field_error(ctx, "mapping", "Choose a kind of spreadsheet from the list");
    else if (!file->n)
        ctx_field_error(ctx, "file", arena_printf(ctx->arena, "%s is empty", d.setup.name));
    if (ctx->problem.first)
        return ERR_INVALID;
    e = desk_run(&d, file->p, file->n);
    if ((e == ERR_MALFORMED || e == ERR_CONFLICT) && ctx->problem.detail) {
        // No such file; or nobody comes to this site that way.
        ctx_field_error(ctx, e == ERR_CONFLICT ? "kind" : "file", ctx->problem.detail);
        ctx->problem.detail = NULL;
        return ERR_INVALID;
    }
    if (!e)
        e = keep(&d, in, file->p, file->n);
    if (!e)
        *ret_id = d.id;
    return e;
}

// ---- reading ----

enum err import_list_read(struct ctx *ctx, const char *after, struct import_list *ret)
{
    const char *key[2];
    int64_t us;
    enum err e = cursor_query(ctx, "after", after, key, 2);
    if (!e && key[0] && (!time_parse(key[0], &us) || !uuid_ok(key[1]))) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (e)
        return e;
    struct access_tx tx = access_begin(ctx, PERM_import_write, NULL);
    size_t at = DB_ADD(tx.pl, Q_IMPORT_LIST, DB_TEXT(arena_printf(ctx->arena, "%d", LIST + 1)),
                       DB_TEXT(key[0]), DB_TEXT(key[1]));
    e = access_run(ctx, &tx, NULL);
    if (e)
        return e;
    *ret = (struct import_list){0};
    db_records(tx.pl, at, &import_record_table, &ret->rows);
    if (ret->rows.n > LIST) {
        ret->rows.n = LIST;
        const struct import_record *last = ret->rows.rows[LIST - 1];
        ret->next = cursor_make(ctx->arena, (const char *const[]){last->requested_at, last->id}, 2);
    }
    return ERR_OK;
}

static bool take_file(struct ctx *ctx, struct import_record *r, const char *sealed)
{
    const char *name = keys_draft_open(ctx, r->id, sealed, KEPT_SECONDS);
    char *unread = name ? strchr(name, PART_END) : NULL;
    char *text = unread ? strchr(unread + 1, PART_END) : NULL;
    if (!text)
        return false;
    *unread++ = *text++ = '\0';
    r->file_name = name;
    r->unread = *unread ? unread : NULL;
    r->text = text;
    r->n_text = strlen(text);
    return true;
}

// Queued as statement `at`.
static enum err take_record(struct ctx *ctx, const struct db_pipeline *pl, size_t at,
                            struct import_record *ret)
{
    if (!db_nrows(pl, at))
        return ERR_NOT_FOUND;
    *ret = (struct import_record){0};
    db_row_record(pl, at, 0, &import_record_table, ret);
    const char *sealed = db_get(pl, at, 0, "file");
    bool late = ret->late && strcmp(ret->late, "true") == 0;
    if (sealed && !late && !take_file(ctx, ret, sealed))
        return ctx_fail(ctx, ERR_KEY, "app.import.file does not open");
    return ERR_OK;
}

enum err import_page_read(struct ctx *ctx, const char *id, const char *verdict, const char *after,
                          struct import_page *ret)
{
    struct db_param known = DB_TEXT(uuid_ok(id) ? id : nothing);
    if (verdict && !vocab_code("import_verdict", verdict))
        verdict = NULL;
    if (after && (strspn(after, "0123456789") != strlen(after) || strlen(after) > 9 || !*after))
        after = NULL;
    struct access_tx tx = access_begin(ctx, PERM_import_write, NULL);
    size_t at = DB_ADD(tx.pl, Q_IMPORT_GET, known),
           problems = DB_ADD(tx.pl, Q_IMPORT_PROBLEMS, known);
    size_t rows = DB_ADD(tx.pl, Q_IMPORT_VERDICTS, known, DB_TEXT(verdict), DB_TEXT(after),
                         DB_TEXT(arena_printf(ctx->arena, "%d", IMPORT_PAGE + 1)));
    enum err e = access_run(ctx, &tx, NULL);
    if (!e)
        e = take_record(ctx, tx.pl, at, &ret->record);
    if (e)
        return e;
    db_records(tx.pl, problems, &import_row_verdict_table, &ret->problems);
    db_records(tx.pl, rows, &import_row_verdict_table, &ret->rows);
    ret->next = NULL;
    if (ret->rows.n > IMPORT_PAGE) {
        ret->rows.n = IMPORT_PAGE;
        ret->next = ((const struct import_row_verdict *)ret->rows.rows[IMPORT_PAGE - 1])->row;
    }
    return ERR_OK;
}

static void add_line(struct buf *out, const struct db_pipeline *pl, size_t at, size_t i)
{
    static const char *const codes[] = {"ok", "warn", "reject"};
    struct import_verdict v = {.row = strtol(db_get(pl, at, i, "row"), NULL, 10),
                               .column = db_get(pl, at, i, "heading"),
                               .message = db_get(pl, at, i, "message")};
    for (int s = 0; s < 3; s++)
        if (strcmp(db_get(pl, at, i, "verdict"), codes[s]) == 0)
            v.state = (enum import_state)s;
    import_report_line(out, &v);
}

enum err import_report_read(struct ctx *ctx, const char *id, struct buf *out)
{
    struct db_param known = DB_TEXT(uuid_ok(id) ? id : nothing);
    const char *after = "0";
    import_report_heading(out);
    for (size_t n = REPORT_BATCH; n == REPORT_BATCH;) {
        struct access_tx tx = access_begin(ctx, PERM_import_write, NULL);
        size_t at = DB_ADD(tx.pl, Q_IMPORT_GET, known);
        size_t rows = DB_ADD(tx.pl, Q_IMPORT_VERDICTS, known, DB_NULL, DB_TEXT(after),
                             DB_TEXT(arena_printf(ctx->arena, "%d", REPORT_BATCH)));
        enum err e = access_run(ctx, &tx, NULL);
        if (e)
            return e;
        if (!db_nrows(tx.pl, at))
            return ERR_NOT_FOUND;
        n = db_nrows(tx.pl, rows);
        for (size_t i = 0; i < n; i++)
            add_line(out, tx.pl, rows, i);
        if (n)
            after = arena_strdup(ctx->arena, db_get(tx.pl, rows, n - 1, "row"));
    }
    return ERR_OK;
}

// ---- deciding ----

static size_t queue_decision(struct db_pipeline *pl, const char *id, const char *state)
{
    return DB_ADD(pl, Q_IMPORT_DECIDE, DB_TEXT(uuid_ok(id) ? id : nothing), DB_TEXT(state));
}

static enum err storing(void *arg)
{
    struct desk *d = arg;
    struct db_pipeline *pl = db_pipeline_new(d->ctx);
    size_t at = queue_decision(pl, d->id, "stored");
    enum err e = db_run(d->ctx, pl);
    return e || db_nrows(pl, at) ? e : ERR_CONFLICT;
}

// What was found this time is what is kept: a row may have become another's in between.
static enum err stored(void *arg, const struct import_result *r)
{
    struct desk *d = arg;
    struct arena *a = d->ctx->arena;
    struct db_pipeline *pl = db_pipeline_new(d->ctx);
    DB_ADD(pl, Q_IMPORT_VERDICTS_DROP, DB_TEXT(d->id));
    add_verdicts(d, pl);
    DB_ADD(pl, Q_IMPORT_COUNT, DB_TEXT(d->id), DB_TEXT(arena_printf(a, "%ld", r->rows)),
           DB_TEXT(arena_printf(a, "%ld", r->ok)), DB_TEXT(arena_printf(a, "%ld", r->warned)),
           DB_TEXT(arena_printf(a, "%ld", r->rejected)), DB_TEXT(arena_printf(a, "%ld", r->added)),
           DB_TEXT(arena_printf(a, "%ld", r->present)));
    return db_run(d->ctx, pl);
}

enum err import_accept(struct ctx *ctx, const char *id)
{
    struct import_record record;
    struct access_tx tx = access_begin(ctx, PERM_import_write, NULL);
    size_t at = DB_ADD(tx.pl, Q_IMPORT_GET, DB_TEXT(uuid_ok(id) ? id : nothing));
    enum err e = access_run(ctx, &tx, NULL);
    if (!e)
        e = take_record(ctx, tx.pl, at, &record);
    if (!e && !record.text)
        e = ERR_CONFLICT;
    if (e)
        return e;
    struct desk d = {.ctx = ctx, .id = record.id};
    d.setup.kind = kind_of(record.kind);
    d.setup.name = record.file_name;
    d.setup.mapping = find_mapping(ctx, record.mapping, d.setup.kind);
    d.setup.accept_valid = true;
    d.setup.storing = storing;
    d.setup.stored = stored;
    if (!d.setup.mapping)
        return ctx_refuse(ctx, ERR_CONFLICT,
                          "This kind of spreadsheet is no longer set up. Upload the file again");
    return desk_run(&d, record.text, record.n_text);
}

enum err import_cancel(struct ctx *ctx, const char *id)
{
    struct access_tx tx = access_begin(ctx, PERM_import_write, NULL);
    size_t known = DB_ADD(tx.pl, Q_IMPORT_GET, DB_TEXT(uuid_ok(id) ? id : nothing));
    size_t at = queue_decision(tx.pl, id, "cancelled");
    enum err e = access_run(ctx, &tx, NULL);
    if (!e && !db_nrows(tx.pl, known))
        return ERR_NOT_FOUND;
    return e || db_nrows(tx.pl, at) ? e : ERR_CONFLICT;
}

enum err import_expire(struct ctx *ctx)
{
    struct db_pipeline *pl = db_pipeline_new(ctx);
    DB_ADD0(pl, Q_IMPORT_EXPIRE);
    DB_ADD0(pl, Q_IMPORT_FORGET);
    return db_run(ctx, pl);
}
