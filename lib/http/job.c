// SPDX-License-Identifier: MIT
#include "http/job.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "http/router.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
    FREE_JOBS_MOST = 128,
    WASTE_SECONDS = 1, // without a byte of a body that is not taken
    BODY_BYTES_MOST = 96 * 1024 * 1024, // of all bodies being received
};

void jobs_init(struct jobs *jobs)
{
    pthread_mutex_init(&jobs->lock, NULL);
}

static struct job *job_new(struct jobs *s, struct conn *c, void *mhd)
{
    pthread_mutex_lock(&s->lock);
    struct job *job = s->free;
    if (job) {
        s->free = job->next_free;
        s->n_free--;
    }
    pthread_mutex_unlock(&s->lock);
    struct arena *arena = job ? job->arena : arena_new();
    if (!job)
        job = malloc(sizeof(*job));
    if (!job)
        abort();
    memset(job, 0, sizeof(*job));
    job->arena = arena;
    job->jobs = s;
    job->conn = c;
    job->mhd = mhd;
    job->began_us = clock_mono_us();
    job->r.ctx.arena = arena;
    job->r.ctx.keys = s->keys;
    memcpy(job->r.ctx.request_id, uuid_new(arena), sizeof(job->r.ctx.request_id));
    c->job = job;
    atomic_fetch_add(&s->in_hand, 1);
    return job;
}

void job_free(struct job *job)
{
    struct jobs *s = job->jobs;
    atomic_fetch_sub(&s->body_bytes, job->budget);
    job->conn->job = NULL;
    arena_reset(job->arena); // wipes what was in it
    memset(&job->r, 0, sizeof(job->r));
    pthread_mutex_lock(&s->lock);
    bool keep = s->n_free < FREE_JOBS_MOST;
    if (keep) {
        job->next_free = s->free;
        s->free = job;
        s->n_free++;
    }
    pthread_mutex_unlock(&s->lock);
    if (!keep) {
        arena_free(job->arena);
        free(job);
    }
    atomic_fetch_sub(&s->in_hand, 1);
}

void jobs_done(struct jobs *s)
{
    ASSERT(atomic_load(&s->in_hand) == 0);
    for (struct job *job = s->free, *next; job; job = next) {
        next = job->next_free;
        arena_free(job->arena);
        free(job);
    }
    s->free = NULL;
    pthread_mutex_destroy(&s->lock);
}

static const char *address_words(struct arena *a, const struct sockaddr_storage *addr)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (addr->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)addr)->sin6_addr, text, sizeof(text));
    else
        inet_ntop(AF_INET, &((const struct sockaddr_in *)addr)->sin_addr, text, sizeof(text));
    return arena_strdup(a, text);
}

static bool is_loopback(const struct sockaddr_storage *addr)
{
    if (addr->ss_family != AF_INET6)
        return ntohl(((const struct sockaddr_in *)addr)->sin_addr.s_addr) >> 24 == 127;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)addr)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
}

// A peer on this machine is the proxy: its word for where a person is counts, nobody else's. It appends
// what it saw, so the last address is its own word and all before it are the client's.
static const char *remote_of(const struct request *r, const struct conn *c)
{
    const char *said = is_loopback(&c->addr) ? request_header(r, "X-Forwarded-For") : NULL;
    const char *last = said ? strrchr(said, ',') : NULL;
    last = last ? last + 1 + strspn(last + 1, " ") : said;
    unsigned char any[16];
    if (last && (inet_pton(AF_INET, last, any) == 1 || inet_pton(AF_INET6, last, any) == 1))
        return last;
    return address_words(r->ctx.arena, &c->addr);
}

static void headers_copy(struct request *r, const struct gate_head *head)
{
    struct pair *headers = ARENA_ARRAY(r->ctx.arena, struct pair, head->n_fields + 1);
    for (size_t i = 0; i < head->n_fields; i++) {
        const struct gate_field *f = &head->fields[i];
        headers[i].name = arena_strndup(r->ctx.arena, f->name.p, f->name.n);
        headers[i].value = arena_strndup(r->ctx.arena, f->value.p, f->value.n);
    }
    r->headers = headers;
    r->n_headers = head->n_fields;
}

static void job_route(struct job *job)
{
    struct request *r = &job->r;
    struct route_match m;
    bool read = strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
    job->pool = POOL_INLINE;
    if (read && strcmp(r->path, "/health/ping") == 0) {
        job->kind = JOB_PING;
    } else if (read && strcmp(r->path, "/health/ready") == 0) {
        job->kind = JOB_READY;
        job->pool = POOL_MAIN;
    } else if (!router_match(router_of(job->jobs->routes), job->arena, r->method, r->path,
                             &m)) {
        r->route = m.route; // an address that is none is answered here, without a worker
        job->pool = m.route->pool;
    }
}

struct job *job_begin(struct jobs *s, struct conn *c, void *mhd, const struct gate_head *head)
{
    struct job *job = job_new(s, c, mhd);
    struct request *r = &job->r;
    r->host = &s->host;
    r->method = arena_strndup(job->arena, head->method.p, head->method.n);
    headers_copy(r, head);
    r->ctx.remote = remote_of(r, c);
    r->path = r->target = "/";
    r->body = "";
    enum err e = request_set_target(r, c->target);
    if (e)
        job->refusal = e;
    else
        job_route(job);
    return job;
}

void job_body_expect(struct job *job, size_t length)
{
    job->body_length = length;
    conn_enter(job->conn, CONN_BODY,
               job->jobs->config->idle_timeout + conn_transfer_seconds(length));
}

void job_body_waste(struct job *job, size_t length)
{
    job_body_expect(job, length);
    job->waste_until_us = atomic_load(&job->conn->deadline_us);
    atomic_store(&job->conn->refusal, REFUSAL_OPEN);
    conn_enter(job->conn, CONN_BODY, WASTE_SECONDS);
}

static bool body_budget(struct job *job, size_t more)
{
    size_t before = atomic_fetch_add(&job->jobs->body_bytes, more);
    job->budget += more;
    return before + more <= BODY_BYTES_MOST;
}

// Room for n more bytes and a NUL. Memory grows with what has come, not with what was announced: a
// thousand clients that announce much and send little must not use it up.
static bool body_room(struct job *job, size_t n)
{
    size_t need = job->n_body + n + 1;
    if (need <= job->body_cap)
        return true;
    size_t cap = job->body_cap ? job->body_cap * 2 : 4096;
    while (cap < need)
        cap *= 2;
    if (cap > job->body_length + 1)
        cap = job->body_length + 1;
    if (!body_budget(job, cap - job->body_cap))
        return false;
    job->body = arena_grow(job->arena, job->body, job->body_cap, cap);
    job->body_cap = cap;
    return true;
}

void job_body_add(struct job *job, const char *p, size_t n)
{
    if (job->waste_until_us && clock_mono_us() + WASTE_SECONDS * 1000000 < job->waste_until_us)
        conn_enter(job->conn, CONN_BODY, WASTE_SECONDS);
    if (job->refusal)
        return; // read to the end and thrown away, so that the answer can be read
    if (n > job->body_length - job->n_body) {
        // libmicrohttpd hands out no more than was announced; the memory below relies on it.
        job->refusal = ERR_MALFORMED;
        return;
    }
    if (!body_room(job, n)) {
        job->refusal = ERR_OVERLOADED;
        return;
    }
    ASSERT(job->n_body + n < job->body_cap);
    memcpy(job->body + job->n_body, p, n);
    job->n_body += n;
    job->body[job->n_body] = '\0';
}
