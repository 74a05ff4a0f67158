// SPDX-License-Identifier: MIT
#include "import/import.h"

#include "access/access.h"
#include "base/uuid.h"
#include "db/db.h"
#include "table/csv.h"
#include "table/csv_write.h"
#include "import/row.h"

#include <ctype.h>
#include <string.h>

enum { BATCH = 100, BATCH_MEMORY = 8 * 1024 * 1024, SUBJECTS_MOST = 5000 };

enum { NOT_READ = -1, NO_HEADING = -2 };

struct author {
    const struct map_worker *worker; // NULL: the account of records that name nobody
    const char *id;
};

struct import {
    struct import_judge judge;
    struct ctx *ctx;
    const struct import_setup *setup;
    struct csv *csv;
    int field_of[CSV_COLUMNS_MOST]; // or NOT_READ, NO_HEADING
    size_t n_columns;
    struct author *authors;
    struct buf subjects; // array text of the ids not yet in the audit log
    long n_subjects;
    struct import_result result;
};

const char *import_state_code(enum import_state s)
{
    static const char *const codes[] = {"ok", "warn", "reject"};
    return codes[s];
}

void import_report_heading(struct buf *out)
{
    buf_puts(out, "row,verdict,column,message\r\n");
}

void import_report_line(struct buf *out, const struct import_verdict *v)
{
    buf_printf(out, "%ld,%s,", v->row, import_state_code(v->state));
    csv_text(out, v->column);
    csv_text(out, v->message);
    csv_end(out);
}

// ---- the heading ----

static enum err heading_refuse(struct import *im, long column, const char *heading,
                               const char *words)
{
    return ctx_refuse(im->ctx, ERR_MALFORMED, "%s, row 1, column %ld: the heading \"%.60s\" %s",
                      im->setup->name, column, heading, words);
}

static enum err read_heading(struct import *im)
{
    struct arena *a = im->ctx->arena;
    const struct map_columns *want = &im->setup->mapping->columns[im->setup->kind];
    struct csv_row row;
    bool more;
    struct buf unread;
    enum err e = csv_next(im->ctx, im->csv, &row, &more);
    if (e || !more)
        return e ? e : ctx_refuse(im->ctx, ERR_MALFORMED, "%s is empty", im->setup->name);
    buf_init(&unread, a);
    const char *folded[CSV_COLUMNS_MOST];
    im->n_columns = row.n;
    for (size_t i = 0; i < row.n; i++) {
        folded[i] = map_fold(a, row.cells[i]);
        im->field_of[i] = *folded[i] ? NOT_READ : NO_HEADING;
        for (size_t k = 0; k < i && *folded[i]; k++)
            if (strcmp(folded[k], folded[i]) == 0)
                return heading_refuse(im, (long)i + 1, row.cells[i], "is there twice");
        for (size_t k = 0; k < want->n; k++)
            if (strcmp(map_fold(a, want->at[k].heading), folded[i]) == 0)
                im->field_of[i] = want->at[k].field;
        if (im->field_of[i] == NOT_READ)
            buf_printf(&unread, "%s%s", unread.n ? ", " : "", row.cells[i]);
    }
    for (size_t k = 0; k < want->n; k++) {
        size_t i = 0;
        while (i < row.n && im->field_of[i] != want->at[k].field)
            i++;
        if (i == row.n)
            return heading_refuse(im, (long)k + 1, want->at[k].heading, "is missing");
    }
    im->result.unread = unread.n ? unread.p : NULL;
    return ERR_OK;
}

// ---- rows ----

// NULL when there are only blanks; the ends trimmed, but for free text, which stays as it is.
static const char *cell_text(struct arena *a, const char *cell, bool free_text)
{
    size_t n, keep = 0;
    const char *s = cell;
    while ((n = map_blank(s)))
        s += n;
    if (!*s)
        return NULL;
    for (size_t i = 0; s[i];) {
        n = map_blank(s + i);
        i += n ? n : 1;
        keep = n ? keep : i;
    }
    return free_text ? arena_strdup(a, cell) : arena_strndup(a, s, keep);
}

static bool free_text(const struct map_field *f)
{
    return strcmp(f->name, "note") == 0 || strcmp(f->name, "notes") == 0;
}

static enum err judge_next(struct import *im, struct import_row *ret, bool *ret_more)
{
    struct csv_row row;
    enum err e = csv_next(im->ctx, im->csv, &row, ret_more);
    if (e || !*ret_more)
        return e;
    *ret = (struct import_row){.number = row.number};
    struct arena *a = im->judge.row.arena;
    bool too_wide = false;
    for (size_t i = 0; i < row.n; i++) {
        int f = i < im->n_columns ? im->field_of[i] : NO_HEADING;
        if (f >= 0)
            ret->cell[f] = cell_text(a, row.cells[i], free_text(&im->judge.fields[f]));
        else if (f == NO_HEADING && cell_text(a, row.cells[i], false))
            *(i < im->n_columns ? &ret->stray : &too_wide) = true;
    }
    import_judge_row(&im->judge, ret);
    if (too_wide) {
        ret->state = IMPORT_REJECT;
        buf_init(&ret->rejects, a);
        buf_puts(&ret->rejects, "more cells than headings");
    }
    return ERR_OK;
}

static enum err first_pass(struct import *im)
{
    struct import_result *r = &im->result;
    enum err e = ERR_OK;
    for (bool more = true; !e && more;) {
        struct import_row row;
        arena_reset(im->judge.row.arena);
        e = judge_next(im, &row, &more);
        if (e || !more)
            break;
        struct import_verdict v = import_row_verdict(&im->judge, &row);
        r->rows++;
        r->ok += v.state == IMPORT_OK;
        r->warned += v.state == IMPORT_WARN;
        r->rejected += v.state == IMPORT_REJECT;
        if (im->setup->verdict)
            e = im->setup->verdict(im->setup->arg, &v);
    }
    return e;
}

// ---- storing ----

static const char *import_username(struct import *im)
{
    char *s = arena_printf(im->ctx->arena, "import.%s", im->setup->site);
    for (char *p = s; *p; p++)
        *p = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
    return s;
}

static enum err author_id(struct import *im, const struct map_worker *w, const char **ret)
{
    size_t at = w ? (size_t)(w - im->setup->mapping->workers) + 1 : 0;
    struct author *author = &im->authors[at];
    if (!author->id) {
        struct db_pipeline *pl = db_pipeline_new(im->ctx);
        const char *name = w ? w->username : import_username(im);
        size_t i = DB_ADD(pl, Q_IMPORT_AUTHOR, DB_TEXT(uuid_new(im->ctx->arena)), DB_TEXT(name),
                          DB_TEXT(w ? w->word : "Imported records"), DB_TEXT(im->setup->site));
        enum err e = db_run(im->ctx, pl);
        if (e)
            return e;
        author->id = db_get(pl, i, 0, "id");
        if (!author->id)
            return ctx_refuse(im->ctx, ERR_CONFLICT, "the account %s is of another site", name);
    }
    *ret = author->id;
    return ERR_OK;
}

// Of the subjects collected: their engagement, and the audit row.
static enum err audit_flush(struct import *im, const char *detail)
{
    struct db_pipeline *pl = db_pipeline_new(im->ctx);
    const struct import_setup *s = im->setup;
    const char *ids = arena_printf(im->ctx->arena, "{%s}", im->n_subjects ? im->subjects.p : "");
    if (s->kind == IMPORT_CONTACTS)
        DB_ADD(pl, Q_IMPORT_CONTACTS_FOLD, DB_TEXT(s->site), DB_TEXT(ids));
    DB_ADD(pl, s->as_actor ? Q_ACCESS_AUDIT : Q_ACCESS_AUDIT_SYSTEM,
           DB_TEXT(audit_row(AUDIT_import_done)->code), DB_TEXT(s->site), DB_TEXT(ids),
           DB_TEXT(detail));
    im->n_subjects = 0;
    buf_clear(&im->subjects);
    return db_run(im->ctx, pl);
}

static enum err audit_subject(struct import *im, const char *id)
{
    if (im->n_subjects == SUBJECTS_MOST) {
        enum err e = audit_flush(im, "more of the same import follow");
        if (e)
            return e;
    }
    buf_printf(&im->subjects, "%s%s", im->n_subjects++ ? "," : "", id);
    return ERR_OK;
}

static enum err queue_row(struct import *im, struct db_pipeline *pl, const struct import_row *row)
{
    const char *id, *worker = NULL;
    bool people = im->setup->kind == IMPORT_PARTICIPANTS;
    enum err e = ERR_OK;
    if (row->worker || !people)
        e = author_id(im, row->worker, &worker);
    if (!e && !people) {
        row->person->touched = true;
        return import_store_contact(&im->judge, &im->judge.row, pl, row, worker);
    }
    if (!e)
        e = import_store_participant(&im->judge, &im->judge.row, pl, row, worker, &id);
    return e ? e : audit_subject(im, id);
}

// The row arena is emptied between batches here, not between rows: statements point into it.
static enum err store_batch(struct import *im, bool *ret_more)
{
    struct ctx *batch = &im->judge.row;
    arena_reset(batch->arena);
    memset(&batch->problem, 0, sizeof(batch->problem));
    struct db_pipeline *pl = db_pipeline_new(batch);
    bool people = im->setup->kind == IMPORT_PARTICIPANTS;
    size_t n = 0;
    enum err e = ERR_OK;
    for (bool room = true; room && n < BATCH && !e;
         room = arena_size(batch->arena) < BATCH_MEMORY) {
        struct import_row row;
        e = judge_next(im, &row, ret_more);
        if (e || !*ret_more)
            break;
        im->result.present += row.present;
        if (row.blank || row.present || row.state == IMPORT_REJECT)
            continue;
        e = queue_row(im, pl, &row);
        n++;
    }
    if (!e && n)
        e = db_run(batch, pl);
    for (size_t i = 0; i < n && !e && !people; i++)
        im->result.added += db_nrows(pl, i) > 0;
    if (!e && people)
        im->result.added += (long)n;
    return e;
}

static void take_problem(struct import *im)
{
    struct problem *from = &im->judge.row.problem, *to = &im->ctx->problem;
    if (from->detail && !to->detail)
        to->detail = arena_strdup(im->ctx->arena, from->detail);
    if (from->log && !to->log)
        to->log = arena_strdup(im->ctx->arena, from->log);
}

static enum err store_all(struct import *im)
{
    enum err e = csv_rewind(im->ctx, im->csv);
    struct csv_row heading;
    bool more = true;
    if (!e)
        e = csv_next(im->ctx, im->csv, &heading, &more);
    import_judge_restart(&im->judge);
    while (!e && more)
        e = store_batch(im, &more);
    for (size_t i = 0; i < im->judge.n_known && !e; i++)
        if (im->judge.all[i]->touched)
            e = audit_subject(im, im->judge.all[i]->participant);
    struct import_result *r = &im->result;
    if (!e)
        e = audit_flush(
            im, arena_printf(im->ctx->arena, "%s: rows=%ld rejected=%ld added=%ld",
                             im->setup->kind == IMPORT_PARTICIPANTS ? "participants" : "contacts",
                             r->rows, r->rejected, r->added));
    return e;
}

// On a page whoever asks must still be allowed to, and the walls are that person's.
enum err import_begin(struct import_judge *j, bool reading)
{
    const struct import_setup *s = j->setup;
    enum err e = db_begin(j->ctx, reading && !s->as_actor);
    if (e || !s->as_actor)
        return e;
    struct access_tx tx = access_begin(j->ctx, PERM_import_write, NULL);
    e = access_run(j->ctx, &tx, NULL);
    if (e)
        db_rollback(j->ctx);
    return e;
}

static enum err write_all(struct import *im)
{
    const struct import_setup *s = im->setup;
    enum err e = s->storing ? s->storing(s->arg) : ERR_OK;
    if (!e && s->kind == IMPORT_CONTACTS) {
        struct db_pipeline *pl = db_pipeline_new(im->ctx);
        DB_ADD0(pl, Q_IMPORT_CONTACTS_OPEN);
        e = db_run(im->ctx, pl);
    }
    if (!e)
        e = store_all(im);
    if (!e && s->kind == IMPORT_CONTACTS)
        im->result.present = im->result.rows - im->result.rejected - im->result.added;
    return e || !s->stored ? e : s->stored(s->arg, &im->result);
}

static enum err second_pass(struct import *im)
{
    im->authors = ARENA_ARRAY(im->ctx->arena, struct author, im->setup->mapping->n_workers + 1);
    buf_init(&im->subjects, im->ctx->arena);
    enum err e = import_begin(&im->judge, false);
    if (e)
        return e;
    e = write_all(im);
    if (!e)
        e = db_commit(im->ctx);
    else
        db_rollback(im->ctx);
    if (e)
        take_problem(im);
    im->result.stored = !e;
    return e;
}

// People of a site with a trial come from allocation only.
static enum err check_site(struct import *im)
{
    struct db_pipeline *pl = db_pipeline_new(im->ctx);
    DB_ADD(pl, Q_IMPORT_SITE, DB_TEXT(im->setup->site));
    enum err e = db_run(im->ctx, pl);
    if (e)
        return e;
    if (!db_nrows(pl, 0))
        return ctx_refuse(im->ctx, ERR_USAGE, "there is no site \"%s\"", im->setup->site);
    if (im->setup->kind == IMPORT_PARTICIPANTS && strcmp(db_value(pl, 0, 0, 0), "t") == 0)
        return ctx_refuse(im->ctx, ERR_CONFLICT,
                          "This site has a trial running: people come from allocation");
    return ERR_OK;
}

static enum err run(struct import *im)
{
    const struct import_setup *s = im->setup;
    if (!s->mapping->columns[s->kind].n)
        return ctx_refuse(im->ctx, ERR_CONFIG, "%s: it has no columns for this kind of file",
                          s->mapping->path);
    enum err e = csv_open(im->ctx, s->file, s->name, s->mapping->separator, &im->csv);
    if (!e)
        e = read_heading(im);
    if (!e)
        e = check_site(im);
    if (!e)
        e = import_known_load(&im->judge);
    if (!e)
        e = first_pass(im);
    if (!e && !s->dry_run && (s->accept_valid || !im->result.rejected))
        e = second_pass(im);
    return e;
}

enum err import_run(struct ctx *ctx, const struct import_setup *setup, struct import_result *ret)
{
    struct import *im = ARENA_NEW(ctx->arena, struct import);
    im->ctx = ctx;
    im->setup = setup;
    im->judge =
        (struct import_judge){.ctx = ctx,
                              .row = {.arena = arena_new(), .db = ctx->db, .keys = ctx->keys},
                              .setup = setup,
                              .fields = map_fields(setup->kind)};
    enum err e = run(im);
    import_judge_restart(&im->judge);
    seen_free(&im->judge.known_people);
    seen_free(&im->judge.taken);
    arena_free(im->judge.row.arena);
    if (e)
        return e;
    *ret = im->result;
    return ERR_OK;
}
