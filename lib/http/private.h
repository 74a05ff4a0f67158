// SPDX-License-Identifier: MIT
// What the parts of the server share: server.c (libmicrohttpd), job.c (one request), front.c
// (accepting, first heads, time limits), worker.c (threads with a database connection), health.c
// (readiness and metrics).
#pragma once

#include "http/gate.h"
#include "http/queue.h"
#include "http/server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

// Where a connection is. The time limits of front.c hang on it.
enum conn_stage {
    CONN_FIRST,  // accepted; its first head is being waited for by the front
    CONN_LINGER, // refused by the front; its remaining bytes are thrown away
    CONN_HEAD,   // with libmicrohttpd, between requests
    CONN_BODY,   // a body is coming in
    CONN_WORK,   // being answered
};

// Who answers a body that is too large: whichever of the two comes first.
enum conn_refusal {
    REFUSAL_NONE,
    REFUSAL_OPEN,   // the rest is being read and thrown away, so that the answer can be read
    REFUSAL_FRONT,  // nothing more came: the front has answered
    REFUSAL_SERVER, // all of it came
};

struct conn {
    int fd;
    _Atomic int stage;
    _Atomic uint64_t deadline_us; // when the stage must be over; 0: no limit
    _Atomic int refusal; // enum conn_refusal
    size_t lingered;
    struct sockaddr_storage addr;
    socklen_t addr_len;
    struct job *job;
    // The request target as it came, before libmicrohttpd decodes it in place, and where it stood.
    const char *target_at;
    size_t n_target;
    char target[GATE_TARGET_MAX + 1];
};

enum { JOB_BYTES_A_SECOND = 8192 }; // a transfer slower than this is not one but an attack
enum job_kind { JOB_ROUTE, JOB_PING, JOB_READY };

// One request in hand: its memory is wiped and reused when the answer has been sent.
struct job {
    struct queue_item item; // first: the queue gives it back
    struct job *next_free;
    struct server *server;
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
    size_t n_body, body_cap, body_length;
    size_t budget; // bytes taken from server.body_bytes
};

enum { LATENCY_STEPS = 10 };

struct counters {
    _Atomic unsigned long requests, refused_heads, shed, dropped, accepted, over_limit;
    _Atomic unsigned long status[6]; // by hundreds
    _Atomic unsigned long latency[LATENCY_STEPS + 1], latency_us;
    _Atomic long busy[POOL_COUNT], connected[POOL_COUNT];
};
extern const unsigned long latency_steps_us[LATENCY_STEPS];

struct worker {
    struct server *server;
    enum route_pool pool;
    pthread_t thread;
    struct db *db;
    struct request_host host;
};

struct server {
    struct server_setup setup;
    const struct config *config;
    struct request_host host; // of inline handlers: the configuration, no database
    void *daemon, *metrics_daemon; // struct MHD_Daemon
    void *shed_page, *shed_api;    // struct MHD_Response, made once: shedding must be cheap
    struct front *front;
    int port, metrics_port;
    struct queue *queues[POOL_COUNT];
    struct worker *workers;
    size_t n_workers;
    pthread_mutex_t jobs_lock;
    struct job *free_jobs;
    size_t n_free_jobs;
    _Atomic long in_hand;
    _Atomic size_t body_bytes;
    _Atomic bool draining, abandoning;
    struct counters counters;
};

// --- server.c
/** Gives a checked new connection to libmicrohttpd, which closes the socket if it cannot take it. */
bool server_adopt(struct server *s, int fd, const struct sockaddr *addr, socklen_t addr_len);
/** A worker has filled job->res. */
void server_job_answered(struct job *job);

// --- job.c
/** A request whose head has passed the gate: copied, matched to its route. Ended by job_free(). */
struct job *job_begin(struct server *s, struct conn *c, void *mhd, const struct gate_head *head);
/** Wipes what the request left and keeps the job for the next. */
void job_free(struct job *job);
void jobs_free(struct server *s);
/** A body of that length follows; it may take a fair time plus its size at the slowest speed allowed. */
void job_body_expect(struct job *job, size_t length);
/** The same for a body that will not be taken: thrown away for as long as it keeps coming. */
void job_body_waste(struct job *job, size_t length);
/** More of the body. Beyond all memory it sets job->refusal. */
void job_body_add(struct job *job, const char *p, size_t n);

// --- front.c
enum err front_start(struct ctx *ctx, struct server *s, struct front **ret, int *ret_port) MUST_CHECK;
/** Stops accepting; time limits go on. */
void front_stop_accepting(struct front *f);
/** Ends its thread: no connection is handed over and no time limit kept after this. NULL is allowed. */
void front_halt(struct front *f);
/** After the daemon has closed its connections: closes the rest and frees. */
void front_free(struct front *f);
/** The connection of a socket that libmicrohttpd has taken over; NULL if unknown. */
struct conn *front_conn(struct front *f, int fd);
/** libmicrohttpd is about to close the socket: forget and free it. */
void front_conn_closed(struct front *f, struct conn *c);
size_t front_conn_count(struct front *f);
/** Enters a stage that may last so many seconds (0: no limit). */
void conn_enter(struct conn *c, enum conn_stage stage, long seconds);

// --- worker.c
enum err workers_start(struct ctx *ctx, struct server *s) MUST_CHECK;
/** Closes the queues and waits for the workers to finish what is left in them. */
void workers_stop(struct server *s);

// --- health.c
void health_ready(struct server *s, struct request *r, struct response *res);
enum { REFUSAL_MAX = 320 };
/** problem+json for what never became a request; the shape of lib/api's. Gives its length. */
size_t health_refusal(char out[REFUSAL_MAX], enum err e, int status);
/** The security headers of every answer: name, value pairs ended by a NULL name. */
const struct pair *health_security_headers(bool tls);
