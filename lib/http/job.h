// SPDX-License-Identifier: MIT
// One request in hand, from its head to its answer: its memory is wiped and reused when the answer has
// been sent. Knows no libmicrohttpd. A job belongs to the HTTP thread of its connection, and to a worker
// from being queued until it is answered.
#pragma once

#include "http/conn.h"
#include "http/queue.h"
#include "http/route.h"

#include <pthread.h>

enum job_kind { JOB_ROUTE, JOB_PING, JOB_READY };

/** All jobs of a server and what they share. Fields above the line are set before the first job. */
struct jobs {
    const struct config *config;
    struct keys *keys;
    const struct route_table *routes;
    struct request_host host; // of inline handlers: the configuration, no database
    // ----
    pthread_mutex_t lock; // of the two below
    struct job *free;
    size_t n_free;
    _Atomic long in_hand;
    _Atomic size_t body_bytes; // held by all bodies being received
};

struct job {
    struct queue_item item; // first: the queue gives it back
    struct job *next_free;
    struct jobs *jobs;
    struct conn *conn;
    void *mhd; // struct MHD_Connection
    struct arena *arena;
    struct request r;
    struct response res;
    enum job_kind kind;
    enum route_pool pool;
    enum err refusal; // answer this instead of dispatching
    bool answered;    // res is filled
    uint64_t began_us, waste_until_us;
    char *body;
    size_t n_body, body_cap;
    size_t body_length; // as announced
    size_t budget;      // bytes taken from jobs.body_bytes
};

void jobs_init(struct jobs *jobs);
/** Frees what is kept for reuse; no job may be in hand. */
void jobs_done(struct jobs *jobs);

/** A request whose head has passed the gate: copied, matched to its route. Ended by job_free(). */
struct job *job_begin(struct jobs *jobs, struct conn *c, void *mhd, const struct gate_head *head);
/** Wipes what the request left and keeps the job for the next. */
void job_free(struct job *job);

/** A body of that length follows; it may take a fair time plus its size at the slowest speed allowed. */
void job_body_expect(struct job *job, size_t length);
/** The same for a body that will not be taken: thrown away for as long as it keeps coming. */
void job_body_waste(struct job *job, size_t length);
/** More of the body. Beyond the memory for bodies, or beyond the announced length, it sets job->refusal
 *  and keeps nothing more. */
void job_body_add(struct job *job, const char *p, size_t n);
