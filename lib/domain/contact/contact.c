// SPDX-License-Identifier: MIT
#include "domain/contact/contact.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "domain/person/birth.h"
#include "domain/person/file.h"
#include "record/column.h"
#include "record/cursor.h"

#include <stdlib.h>
#include <string.h>

// ---- reading ----

// The words of a contact that one permission reads lie in one table, a row for each kind.
static const char words_table[] = "app.contact_note";
static const char summary_table[] = "app.contact_summary";

static enum err contact_from_row(struct ctx *ctx, const struct db_pipeline *pl, size_t i,
                                 size_t row, const struct person *person, struct contact **ret)
{
    struct contact *c = ARENA_NEW(ctx->arena, struct contact);
    db_row_record(pl, i, row, &contact_table, c);
    c->ref = person->ref;
    enum err e = record_open_kinds(ctx, pl, i, row, &contact_table, words_table, person->id, c->id, c);
    if (!e)
        e = record_open(ctx, pl, i, row, &contact_table, summary_table, person->id, c->id, c);
    if (!e)
        *ret = c;
    return e;
}

static enum err contact_rows(struct ctx *ctx, const struct db_pipeline *pl, size_t i, size_t limit,
                             const struct person *person, struct contact_list *ret)
{
    size_t n = db_nrows(pl, i);
    size_t shown = limit && n > limit ? limit : n;
    const struct contact **rows = ARENA_ARRAY(ctx->arena, const struct contact *, shown + 1);
    for (size_t row = 0; row < shown; row++) {
        struct contact *c;
        enum err e = contact_from_row(ctx, pl, i, row, person, &c);
        if (e)
            return e;
        rows[row] = c;
    }
    *ret = (struct contact_list){.rows = rows, .n = shown};
    if (n > shown)
        ret->next = cursor_make(
            ctx->arena, (const char *const[]){rows[shown - 1]->happened_at, rows[shown - 1]->id},
            2);
    return ERR_OK;
}

// One row more than asked for says whether there is another page.
static size_t list_add(struct access_tx *tx, const struct contact_query *q, long limit,
                       const char *const key[2])
{
    return db_add(tx->pl, DB_CALL(contact_list, .from = q->from, .to = q->to, .mode = q->mode,
                                  .outcome = q->outcome, .limit = limit + 1, .after_time = key[0],
                                  .after_id = key[1]));
}

size_t contact_list_add(struct ctx *ctx, struct access_tx *tx, size_t limit)
{
    (void)ctx;
    return list_add(tx, &(const struct contact_query){0}, (long)limit, (const char *const[2]){0});
}

enum err contact_list_get(struct ctx *ctx, struct access_tx *tx, size_t at, size_t limit,
                          const struct person *person, struct contact_list *ret)
{
    return contact_rows(ctx, tx->pl, at, limit, person, ret);
}

static enum err query_check(struct ctx *ctx, const struct contact_query *q, const char *key[2])
{
    enum err e = cursor_query(ctx, "after", q->after, key, 2);
    int64_t us;
    if (!e && key[0] && (!time_parse(key[0], &us) || !uuid_ok(key[1]))) {
        ctx_field_error(ctx, "after", "The page marker is not one that a list gave");
        e = ERR_INVALID;
    }
    if (q->from && q->to && strcmp(q->from, q->to) > 0) {
        ctx_field_error(ctx, "to", "To date must be the same as or after the from date");
        e = ERR_INVALID;
    }
    return e;
}

enum err contact_list_read(struct ctx *ctx, const char *ref, const struct contact_query *q,
                           struct person_file *ret_person, struct contact_list *ret)
{
    const char *key[2];
    enum err e = query_check(ctx, q, key);
    if (e)
        return e;
    long limit = q->limit ? strtol(q->limit, NULL, 10) : LIST_LIMIT;
    struct access_tx tx = access_begin(ctx, PERM_contact_read, ref);
    size_t list = list_add(&tx, q, limit, key), header = 0;
    if (ret_person)
        header = person_file_add(ctx, &tx);
    access_audit(ctx, &tx, AUDIT_contact_viewed, NULL, NULL, NULL);
    struct person person;
    e = access_run(ctx, &tx, &person);
    if (!e && ret_person)
        e = person_file_get(ctx, &tx, header, &person, ret_person);
    return e ? e : contact_rows(ctx, tx.pl, list, (size_t)limit, &person, ret);
}

enum err contact_read(struct ctx *ctx, enum permission need, const char *ref, const char *id,
                      struct person_file *ret_person, struct contact_list *ret)
{
    const char *asked = uuid_or_nil(id);
    struct access_tx tx = access_begin(ctx, need, ref);
    size_t versions = db_add(tx.pl, DB_CALL(contact_versions, .id = asked)), header = 0;
    if (ret_person)
        header = person_file_add(ctx, &tx);
    access_audit(ctx, &tx, AUDIT_contact_viewed, asked, NULL, NULL);
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    if (!e && db_nrows(tx.pl, versions) == 0)
        return ERR_NOT_FOUND;
    if (!e && ret_person)
        e = person_file_get(ctx, &tx, header, &person, ret_person);
    return e ? e : contact_rows(ctx, tx.pl, versions, 0, &person, ret);
}

// ---- recording ----

// The person's birth date, and his or her data key in the cache: without a round trip when this
// process has had both before.
static enum err birth_ready(struct ctx *ctx, const char *ref, struct birth *ret, bool *ret_asked)
{
    *ret_asked = false;
    if (birth_find(ref, ret) && keys_person_cached(ctx, ret->person_id))
        return ERR_OK;
    *ret_asked = true;
    struct access_tx tx = access_begin(ctx, PERM_contact_write, ref);
    size_t at = db_add(tx.pl, DB_CALL0(contact_birth));
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    if (e)
        return e;
    struct bytes sealed = {0};
    const char *date = NULL;
    if (db_nrows(tx.pl, at)) {
        struct seal_at where = {SEAL_IDENTITY, person.id, "app.identity_detail", person.id,
                                "date_of_birth"};
        sealed = db_bytes(tx.pl, at, 0, "date_of_birth");
        e = seal_open(ctx, &where, sealed, &date);
        if (e)
            return e;
    }
    birth_keep(ref, person.id, sealed, date);
    return birth_find(ref, ret) ? ERR_OK : ctx_fail(ctx, ERR_INTERNAL, "birth date not kept");
}

static int64_t local_day(struct arena *a, int64_t us)
{
    int64_t days = 0;
    return date_parse(time_local_date(a, us), &days) ? days : 0;
}

// What the field table cannot see: dates that must agree with one another.
static enum err dates_check(struct ctx *ctx, const struct contact_input *in,
                            const struct birth *birth)
{
    int64_t us, due, day;
    enum err e = ERR_OK;
    if (!time_parse(in->happened_at, &us))
        return ctx_fail(ctx, ERR_INTERNAL, "happened_at is not canonical");
    day = local_day(ctx->arena, us);
    if (birth && birth->known && day < birth->days) {
        ctx_field_error(ctx, "happened_at",
                        "Date and time of the contact must not be before the person was born");
        e = ERR_INVALID;
    }
    if (in->next_contact_due && date_parse(in->next_contact_due, &due) && due < day) {
        ctx_field_error(ctx, "next_contact_due",
                        "Next contact due must not be before the contact itself");
        e = ERR_INVALID;
    }
    return e;
}

// A refusal from what this process remembers is made sure of in the database: it may be out of
// date, and nothing may be said of a person whom the actor may not see.
static enum err check(struct ctx *ctx, const char *ref, const struct contact_input *in,
                      struct birth *ret)
{
    bool asked;
    struct problem before = ctx->problem;
    enum err e = birth_ready(ctx, ref, ret, &asked);
    if (e)
        return e;
    e = dates_check(ctx, in, ret);
    if (!e || asked)
        return e;
    ctx->problem = before;
    birth_forget(ref);
    e = birth_ready(ctx, ref, ret, &asked);
    return e ? e : dates_check(ctx, in, ret);
}

struct contact_words {
    struct sealed_kinds kinds;
    struct bytes summary;
};

static enum err seal_words(struct ctx *ctx, const char *person, const char *id,
                           const struct contact_correction *in, struct contact_words *ret)
{
    const struct field_table *t = &contact_correction_table;
    const struct sealed_field *summary;
    size_t n;
    enum err e = record_seal_kinds(ctx, t, words_table, person, id, in, &ret->kinds);
    if (!e)
        e = record_seal(ctx, t, summary_table, person, id, in, &summary, &n);
    if (!e)
        ret->summary = n ? summary[0].sealed : (struct bytes){0};
    return e;
}

static struct contact saved(const char *ref, const char *id, const char *corrects,
                            const struct contact_input *in)
{
    struct contact c = {
#define FACT(name, ...) .name = in->name,
#define DETAIL(name, ...) .name = in->name,
#include "domain/contact/contact.def"
        .id = id,
        .ref = ref,
        .corrects = corrects,
    };
    if (!c.purposes)
        c.purposes = "{}";
    if (!c.concern)
        c.concern = "false";
    return c;
}

static enum err insert(struct ctx *ctx, const char *ref, const char *corrects,
                       const struct contact_correction *correction, const struct birth *birth,
                       const struct create_reply *reply, struct contact *ret)
{
    const struct contact_input *in = &correction->contact;
    const char *id = uuid_new(ctx->arena);
    struct contact_words words;
    enum err e = seal_words(ctx, birth->person_id, id, correction, &words);
    if (e)
        return e;
    struct contact c = saved(ref, id, corrects, in);
    struct access_tx tx = access_begin(ctx, PERM_contact_write, ref);
    create_claim(ctx, &tx, reply, id, &c);
    struct bytes nonce = {birth->known ? birth->nonce : NULL, BIRTH_NONCE};
    db_add(tx.pl,
           DB_CALL(contact_insert, .id = id, .corrects = corrects, .happened_at = in->happened_at,
                   .direction = in->direction, .mode = in->mode, .outcome = in->outcome,
                   .next_contact_due = in->next_contact_due, .captured_at = in->captured_at,
                   .client_ref = ctx->idempotency_key, .minutes = in->minutes,
                   .purposes = in->purposes, .concern = in->concern, .next_step = in->next_step,
                   .kinds = words.kinds.kinds, .words = words.kinds.words,
                   .summary = words.summary, .birth_nonce = nonce));
    access_audit(ctx, &tx, corrects ? AUDIT_contact_corrected : AUDIT_contact_recorded, id, NULL,
                 arena_printf(ctx->arena, "mode=%s outcome=%s", in->mode, in->outcome));
    e = access_run(ctx, &tx, NULL);
    if (!e)
        *ret = c;
    return e;
}

// A stale answer may only mean that the birth date was changed since this process read it: read it
// again and try once more.
static enum err save(struct ctx *ctx, const char *ref, const char *corrects,
                     const struct contact_correction *in, const struct create_reply *reply,
                     struct contact *ret)
{
    enum err e = ERR_OK;
    for (int attempt = 0; attempt < 2; attempt++) {
        struct birth birth;
        e = check(ctx, ref, &in->contact, &birth);
        if (!e)
            e = insert(ctx, ref, corrects, in, &birth, reply, ret);
        if (e != ERR_STALE)
            break;
        birth_forget(ref);
    }
    return e;
}

enum err contact_record(struct ctx *ctx, const char *ref, const struct contact_input *in,
                        const struct create_reply *reply, struct contact *ret)
{
    return save(ctx, ref, NULL, &(struct contact_correction){.contact = *in}, reply, ret);
}

enum err contact_correct(struct ctx *ctx, const char *ref, const char *id,
                         const struct contact_correction *in, const struct create_reply *reply,
                         struct contact *ret)
{
    return save(ctx, ref, uuid_or_nil(id), in, reply, ret);
}
