// SPDX-License-Identifier: MIT
// Contacts: too many to sort in memory, and slow to sort or to look up person by person in the
// database. They are read in whatever order costs the database least, and dealt out to files that
// each hold the people of one stretch of study_id; each file then fits in memory, is sorted and
// written.
#include "export/run.h"

#include "base/uuid.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCK = 16 * 1024,
    STRETCH = 40000,
    STRETCHES_MOST = 200,
    TIME_TEXT = 20,
    TELL_EVERY = 4096
};

struct stretch {
    int fd;
    char *block;
    size_t n;     // bytes waiting in it
    size_t bytes; // in the file
};

struct record {
    uint32_t person; // place in people.rows
    uint32_t n;      // bytes of the line that follow
    uint8_t id[16];
};

struct deal {
    struct export_run *run;
    struct stretch *stretches;
    size_t n;
    uint8_t *stretch_of; // by person
    long taken;
    int error;
};

// ---- dealing out ----

static void share_out(struct deal *d)
{
    const struct export_people *p = &d->run->people;
    long most = p->contacts / STRETCHES_MOST + 1;
    most = most > STRETCH ? most : STRETCH;
    d->stretch_of = ARENA_ARRAY(d->run->arena, uint8_t, p->n + 1);
    long held = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (held >= most && d->n < STRETCHES_MOST) {
            d->n++;
            held = 0;
        }
        d->stretch_of[i] = (uint8_t)d->n;
        held += p->rows[i].contacts;
    }
    d->n++;
}

static enum err open_stretches(struct deal *d)
{
    struct export_run *r = d->run;
    const char *path = arena_printf(r->arena, "%s/stretch", r->dir);
    d->stretches = ARENA_ARRAY(r->arena, struct stretch, d->n);
    for (size_t i = 0; i < d->n; i++)
        d->stretches[i].fd = -1;
    for (size_t i = 0; i < d->n; i++) {
        struct stretch *s = &d->stretches[i];
        s->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (s->fd < 0)
            return export_io(&r->work, errno, "stretch");
        (void)unlink(path); // it goes when it is closed, however the program ends
        s->block = arena_alloc(r->arena, BLOCK);
    }
    return ERR_OK;
}

static void close_stretches(struct deal *d)
{
    for (size_t i = 0; d->stretches && i < d->n; i++)
        if (d->stretches[i].fd >= 0)
            close(d->stretches[i].fd);
}

static void flush(struct deal *d, struct stretch *s)
{
    size_t done = 0;
    while (!d->error && done < s->n) {
        ssize_t n = write(s->fd, s->block + done, s->n - done);
        if (n < 0 && errno != EINTR)
            d->error = errno;
        else if (n > 0)
            done += (size_t)n;
    }
    s->bytes += done;
    s->n = 0;
}

static void put(struct deal *d, struct stretch *s, const void *p, size_t n)
{
    const char *from = p;
    while (n) {
        size_t room = BLOCK - s->n, some = n < room ? n : room;
        memcpy(s->block + s->n, from, some);
        s->n += some;
        from += some;
        n -= some;
        if (s->n == BLOCK)
            flush(d, s);
    }
}

// The query gives the person, the contact's id, and then the table's columns.
static enum err take_contact(void *arg, const char *const *values, const int *lengths, size_t n)
{
    (void)lengths;
    (void)n;
    struct deal *d = arg;
    struct export_run *r = d->run;
    const struct export_person *p = export_people_find(&r->people, values[0]);
    if (!p)
        return ERR_OK; // of somebody who came after the cut-off
    buf_clear(&r->line);
    export_cells(r, &export_tables[EXPORT_CONTACTS], NULL, 0, values + 2);
    struct record head = {.person = (uint32_t)(p - r->people.rows), .n = (uint32_t)r->line.n};
    if (!uuid_bytes(values[1], head.id))
        return ctx_fail(&r->work, ERR_INTERNAL, "an id that is none");
    struct stretch *s = &d->stretches[d->stretch_of[head.person]];
    put(d, s, &head, sizeof(head));
    put(d, s, r->line.p, r->line.n);
    if (d->error)
        return export_io(&r->work, d->error, "contacts");
    r->rows++;
    if (++d->taken % TELL_EVERY == 0)
        return export_tell(r,
                           5 + (int)(60 * d->taken / (r->people.contacts + TELL_EVERY + 1)) % 61);
    return ERR_OK;
}

// ---- sorting and writing ----

// By person, time (the line begins with it), and id.
static int by_time(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    struct record p, q;
    memcpy(&p, x, sizeof(p));
    memcpy(&q, y, sizeof(q));
    if (p.person != q.person)
        return p.person < q.person ? -1 : 1;
    int c = memcmp(x + sizeof(p), y + sizeof(q), TIME_TEXT);
    return c ? c : memcmp(p.id, q.id, sizeof(p.id));
}

static enum err read_all(struct export_run *r, const struct stretch *s, char *to)
{
    size_t done = 0;
    while (done < s->bytes) {
        ssize_t n = pread(s->fd, to + done, s->bytes - done, (off_t)done);
        if (n == 0 || (n < 0 && errno != EINTR))
            return export_io(&r->work, n ? errno : EIO, "stretch");
        done += n > 0 ? (size_t)n : 0;
    }
    return ERR_OK;
}

static void write_sorted(struct export_run *r, const char *const *rows, size_t n)
{
    struct export_out *out = r->out[EXPORT_CONTACTS];
    uint32_t last = UINT32_MAX;
    long number = 0;
    char text[24];
    for (size_t i = 0; i < n; i++) {
        struct record head;
        memcpy(&head, rows[i], sizeof(head));
        number = head.person == last ? number + 1 : 1;
        last = head.person;
        const char *study = r->people.rows[head.person].study;
        export_out_add(out, study, strlen(study));
        export_out_add(out, text, (size_t)snprintf(text, sizeof(text), ",%ld,", number));
        export_out_add(out, rows[i] + sizeof(head), head.n);
        out->rows++;
    }
}

static enum err sort_stretch(struct deal *d, struct stretch *s)
{
    struct export_run *r = d->run;
    flush(d, s);
    if (d->error)
        return export_io(&r->work, d->error, "contacts");
    if (!s->bytes)
        return ERR_OK;
    char *all = arena_alloc(r->work.arena, s->bytes);
    enum err e = read_all(r, s, all);
    if (e)
        return e;
    size_t n = 0;
    struct record head;
    for (size_t at = 0; at < s->bytes; at += sizeof(head) + head.n, n++)
        memcpy(&head, all + at, sizeof(head));
    const char **rows = ARENA_ARRAY(r->work.arena, const char *, n);
    n = 0;
    for (size_t at = 0; at < s->bytes; at += sizeof(head) + head.n) {
        memcpy(&head, all + at, sizeof(head));
        rows[n++] = all + at;
    }
    qsort(rows, n, sizeof(rows[0]), by_time);
    write_sorted(r, rows, n);
    close(s->fd); // gives its room on the disk back
    s->fd = -1;
    arena_reset(r->work.arena);
    return r->out[EXPORT_CONTACTS]->error
               ? export_io(&r->work, r->out[EXPORT_CONTACTS]->error, "contacts.csv")
               : ERR_OK;
}

enum err export_contacts_write(struct export_run *r)
{
    struct deal d = {.run = r};
    share_out(&d);
    enum err e = open_stretches(&d);
    const struct db_param params[] = {DB_TEXT(r->as_of), DB_TEXT(r->ask->site)};
    if (!e)
        e = db_stream_params(&r->work, Q_EXPORT_CONTACTS, params, 2, take_contact, &d);
    if (!e)
        arena_reset(r->work.arena); // where the words of a failure are
    for (size_t i = 0; !e && i < d.n; i++) {
        e = sort_stretch(&d, &d.stretches[i]);
        if (!e)
            e = export_tell(r, 65 + (int)(20 * i / d.n));
    }
    close_stretches(&d);
    return e;
}
