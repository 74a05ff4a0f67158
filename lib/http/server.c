// SPDX-License-Identifier: MIT
// The only user of libmicrohttpd. Its epoll threads gather a bounded request behind the gate and send
// the answer; in between the connection is suspended and a worker has the request.
//
// 0.9.75 accepts repeated Content-Length, folds header lines, takes bare LF for CRLF and hides NUL.
// So every head is read again from its own buffer, where it left CR, LF and colons as NUL:
// head_reread() below. Anything unexpected there is refused and the connection closed.
#include "http/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "http/dispatch.h"
#include "http/front.h"
#include "http/refusal.h"
#include "http/router.h"
#include "http/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    POOL_BYTES = 24 * 1024, // libmicrohttpd's memory per connection
    METRICS_CONNECTIONS = 16,
};

struct server {
    struct server_setup setup;
    const struct config *config;
    void *daemon, *metrics_daemon; // struct MHD_Daemon
    void *shed_page, *shed_api;    // struct MHD_Response, made once: shedding must be cheap
    struct front *front;
    int port, metrics_port;
    struct workers *workers;
    struct jobs jobs;
    _Atomic bool draining;
    struct counters counters;
};

// Strict mode in 0.9.75 is two checks, both made by the gate: a missing Host, which it would answer
// twice, and a space in the target, which it would not answer at all. Later ones do check more.
#if MHD_VERSION < 0x00097600
enum { STRICTNESS = 0 };
#else
enum { STRICTNESS = 1 };
#endif

typedef enum MHD_Result mhd_result;

// --- answers -------------------------------------------------------------------------------------

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES)
        log_event(LOG_ERROR, "response_header_dropped", "name", name, NULL);
}

static struct MHD_Response *file_response(struct response *res)
{
    int fd = open(res->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        log_event(LOG_ERROR, "answer_file_missing", "why", strerror(errno), NULL);
        if (fd >= 0)
            close(fd);
        res->status = 500;
        res->type = "text/plain; charset=utf-8";
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    res->n_static = (size_t)st.st_size; // how much is to be sent
    return MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
}

// The bytes stay where they are: in the request's arena until the answer is sent, or in the program.
static struct MHD_Response *response_make(const struct server *s, struct response *res,
                                          const char *request_id)
{
    const void *p = res->static_bytes ? res->static_bytes : res->body.p;
    size_t n = res->static_bytes ? res->n_static : res->body.n;
    struct MHD_Response *response =
        res->file ? file_response(res)
                  : MHD_create_response_from_buffer(n, (void *)(uintptr_t)p, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return NULL;
    for (const struct pair *h = security_headers(s->config->tls); h->name; h++)
        add_header(response, h->name, h->value);
    if (request_id)
        add_header(response, "X-Request-Id", request_id);
    if (res->type)
        add_header(response, "Content-Type", res->type);
    else if (n)
        add_header(response, "Content-Type", "text/html; charset=utf-8");
    if (res->personal)
        add_header(response, "Cache-Control", "no-store");
    for (size_t i = 0; i < res->n_headers; i++)
        add_header(response, res->headers[i].name, res->headers[i].value);
    return response;
}

static mhd_result job_send(struct server *s, struct job *job)
{
    struct MHD_Response *response = response_make(s, &job->res, job->r.ctx.request_id);
    if (!response)
        return MHD_NO;
    if (atomic_load(&s->draining))
        add_header(response, "Connection", "close");
    int status = job->res.status ? job->res.status : 200;
    mhd_result sent = MHD_queue_response(job->mhd, (unsigned)status, response);
    MHD_destroy_response(response);
    // A fair time and the size at the slowest speed allowed; a client that takes nothing at all is given
    // up earlier, by libmicrohttpd.
    size_t size = job->res.n_static > job->res.body.n ? job->res.n_static : job->res.body.n;
    conn_enter(job->conn, CONN_WORK,
               s->config->idle_timeout + conn_transfer_seconds(size));
    counters_answer(&s->counters, status, clock_mono_us() - job->began_us);
    return sent;
}

static mhd_result shed(struct server *s, struct job *job)
{
    atomic_fetch_add(&s->counters.shed, 1);
    conn_enter(job->conn, CONN_WORK, s->config->idle_timeout);
    if (job->n_body && !job->r.api) { // a page gives back what was typed, so it is made for each
        route_refuse(s->setup.routes, &job->r, ERR_OVERLOADED, &job->res);
        job->answered = true;
        return job_send(s, job);
    }
    atomic_fetch_add(&s->counters.status[5], 1);
    return MHD_queue_response(job->mhd, 503, job->r.api ? s->shed_api : s->shed_page);
}

// A refusal before there is a request: no page, only what a program reads.
static mhd_result refuse_head(struct server *s, struct MHD_Connection *mhd, enum gate_verdict v)
{
    const struct refusal *row = refusal_of(v);
    atomic_fetch_add(&s->counters.refused_heads, 1);
    log_event(LOG_INFO, "request_refused", "by", "gate", "why", err_row(row->err)->type, NULL);
    char body[REFUSAL_MAX];
    size_t n = refusal_json(body, row->err, row->status);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(n, body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    for (const struct pair *h = security_headers(s->config->tls); h->name; h++)
        add_header(response, h->name, h->value);
    add_header(response, "Content-Type", "application/problem+json");
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "Connection", "close"); // whatever else has come is never read as a request
    mhd_result sent = MHD_queue_response(mhd, (unsigned)row->status, response);
    MHD_destroy_response(response);
    return sent;
}

// --- the gate, second reading --------------------------------------------------------------------

struct listed {
    const struct gate_head *head;
    size_t at;
    bool same;
};

static mhd_result listed_same(void *cls, enum MHD_ValueKind kind, const char *name, size_t n_name,
                              const char *value, size_t n_value)
{
    struct listed *l = cls;
    (void)kind;
    (void)n_value;
    const struct gate_field *f = l->at < l->head->n_fields ? &l->head->fields[l->at] : NULL;
    l->same = l->same && f && f->name.p == name && f->name.n == n_name && f->value.p == value;
    l->at++;
    return MHD_YES;
}

// The head as it stands in libmicrohttpd's buffer: METHOD NUL target NUL version NUL NUL, then lines
// with their colon and CRLF made NUL. A folded line has been moved away, a bare LF left one NUL, a NUL
// of the client's ends something early: each breaks the pattern or the list made from it.
static enum gate_verdict head_reread(struct MHD_Connection *mhd, const struct conn *c,
                                     const char *method, const char *version,
                                     struct gate_head *head)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    head->method = (struct span){method, strlen(method)};
    head->target = (struct span){c->target, c->n_target};
    if (c->n_target > GATE_TARGET_MAX)
        return GATE_LONG_URI;
    const char *line_end = method + head->method.n + 1 + c->n_target + 1 + 8;
    if (!info || c->target_at != method + head->method.n + 1 ||
        version != c->target_at + c->n_target + 1 || strncmp(version, "HTTP/1.", 7) != 0 ||
        strlen(version) != 8 || (version[7] != '0' && version[7] != '1'))
        return GATE_BAD;
    head->minor = version[7] - '0';
    const char *end = method + info->header_size;
    if (line_end + 2 > end || line_end[0] || line_end[1])
        return GATE_BAD;
    const char *fields = line_end + 2;
    enum gate_verdict v =
        gate_parse_fields(fields, (size_t)(end - fields), gate_marks_mhd, head);
    if (v == GATE_LARGE)
        return v;
    if (v != GATE_OK || head->size != (size_t)(end - fields))
        return GATE_BAD;
    struct listed l = {.head = head, .same = true};
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, listed_same, &l);
    return l.same && l.at == head->n_fields ? GATE_OK : GATE_BAD;
}

// --- callbacks -----------------------------------------------------------------------------------

static mhd_result head_come(struct server *s, struct conn *c, struct MHD_Connection *mhd,
                            const char *method, const char *version)
{
    struct gate_head head = {0};
    struct gate_facts facts;
    enum gate_verdict v = head_reread(mhd, c, method, version, &head);
    if (v == GATE_OK)
        v = gate_check(&head, &facts);
    if (v != GATE_OK)
        return refuse_head(s, mhd, v);
    atomic_fetch_add(&s->counters.requests, 1);
    struct job *job = job_begin(&s->jobs, c, mhd, &head);
    if (!facts.length) {
        conn_enter(c, CONN_WORK, 0);
        return MHD_YES;
    }
    size_t most = dispatch_body_limit(s->config, job->r.route);
    if (facts.length > most) {
        job->refusal = ERR_TOO_LARGE;
        if (job->r.route && job->r.route->flags & ROUTE_UPLOAD)
            (void)ctx_refuse(&job->r.ctx, ERR_TOO_LARGE, "The file must be smaller than %d MB",
                             DISPATCH_UPLOAD_MAX >> 20);
        // Nothing of it has been sent yet, or more than would be read and thrown away: refuse now and close.
        if (facts.expects || facts.length > DISPATCH_WASTE_MAX) {
            route_refuse(s->setup.routes, &job->r, ERR_TOO_LARGE, &job->res);
            return job_send(s, job);
        }
        job_body_waste(job, (size_t)facts.length);
        return MHD_YES;
    }
    job_body_expect(job, (size_t)facts.length);
    return MHD_YES;
}

static void job_suspend(void *arg)
{
    struct job *job = arg;
    MHD_suspend_connection(job->mhd);
}

// Called by the worker: the HTTP thread calls request_come() again.
static void job_answered(struct job *job)
{
    job->answered = true;
    MHD_resume_connection(job->mhd);
}

static mhd_result request_come(struct server *s, struct job *job)
{
    struct request *r = &job->r;
    if (job->answered)
        return job_send(s, job);
    r->body = job->body ? job->body : "";
    r->n_body = job->n_body;
    int open = REFUSAL_OPEN;
    if (atomic_load(&job->conn->refusal) != REFUSAL_NONE &&
        !atomic_compare_exchange_strong(&job->conn->refusal, &open, REFUSAL_SERVER))
        return MHD_NO; // the front has answered
    conn_enter(job->conn, CONN_WORK, 0);
    if (job->refusal) {
        r->body = ""; // only a part of it was kept, if any
        r->n_body = 0;
        route_refuse(s->setup.routes, r, job->refusal, &job->res);
    } else if (job->kind == JOB_PING) {
        response_init(&job->res, job->arena);
        job->res.type = "text/plain; charset=utf-8";
        buf_puts(&job->res.body, "ok\n");
    } else if (job->pool == POOL_INLINE) {
        route_dispatch(s->setup.routes, r, &job->res);
    } else {
        if (queue_put(workers_queue(s->workers, job->pool), &job->item, clock_mono_us(), job_suspend, job))
            return MHD_YES;
        return shed(s, job);
    }
    job->answered = true;
    return job_send(s, job);
}

static mhd_result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                             const char *method, const char *version, const char *upload,
                             size_t *n_upload, void **con_cls)
{
    struct conn *c = *con_cls;
    (void)url;
    if (!c)
        return MHD_NO;
    if (!c->job)
        return head_come(cls, c, mhd, method, version);
    if (*n_upload) {
        job_body_add(c->job, upload, *n_upload);
        *n_upload = 0;
        return MHD_YES;
    }
    return request_come(cls, c->job);
}

// Called with the target as it came, before libmicrohttpd takes it apart where it stands.
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
    struct server *s = cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct conn *c = info ? front_conn(s->front, info->connect_fd) : NULL;
    if (!c)
        return NULL;
    conn_target_keep(c, target);
    return c;
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls,
                         enum MHD_RequestTerminationCode why)
{
    struct server *s = cls;
    struct conn *c = *con_cls;
    (void)mhd;
    (void)why;
    *con_cls = NULL;
    if (!c)
        return;
    if (c->job)
        job_free(c->job);
    atomic_store(&c->refusal, REFUSAL_NONE);
    conn_enter(c, CONN_HEAD, s->config->idle_timeout);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *s = cls;
    (void)socket_context;
    if (what != MHD_CONNECTION_NOTIFY_CLOSED)
        return;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct conn *c = info ? front_conn(s->front, info->connect_fd) : NULL;
    if (c)
        front_conn_closed(s->front, c);
}

__attribute__((format(printf, 2, 0))) static void on_log(void *cls, const char *fmt, va_list ap)
{
    char line[256];
    (void)cls;
    vsnprintf(line, sizeof(line), fmt, ap);
    line[strcspn(line, "\n")] = '\0';
    log_event(LOG_DEBUG, "microhttpd", "says", line, NULL);
}

static bool adopt(void *arg, int fd, const struct sockaddr *addr, socklen_t addr_len)
{
    struct server *s = arg;
    return MHD_add_connection(s->daemon, fd, addr, addr_len) == MHD_YES;
}

// --- metrics -------------------------------------------------------------------------------------

void server_metrics(struct server *s, struct buf *out)
{
    struct metrics m = {.counters = &s->counters,
                        .connections = front_conn_count(s->front),
                        .in_hand = atomic_load(&s->jobs.in_hand)};
    for (int pool = 0; pool < POOL_COUNT; pool++)
        m.queues[pool] = workers_queue(s->workers, (enum route_pool)pool);
    metrics_print(&m, out);
}

static mhd_result on_metrics(void *cls, struct MHD_Connection *mhd, const char *url,
                             const char *method, const char *version, const char *upload,
                             size_t *n_upload, void **con_cls)
{
    static int seen;
    (void)version;
    (void)upload;
    if (!*con_cls) { // libmicrohttpd's first call: answering now would close the connection
        *con_cls = &seen;
        return MHD_YES;
    }
    if (*n_upload) {
        *n_upload = 0;
        return MHD_YES;
    }
    struct arena *a = arena_new();
    struct buf out;
    buf_init(&out, a);
    bool found = strcmp(url, "/metrics") == 0 && strcmp(method, "GET") == 0;
    if (found)
        server_metrics(cls, &out);
    else
        buf_puts(&out, "not found\n");
    struct MHD_Response *response =
        MHD_create_response_from_buffer(out.n, out.p, MHD_RESPMEM_MUST_COPY);
    arena_free(a);
    if (!response)
        return MHD_NO;
    add_header(response, "Content-Type", "text/plain; version=0.0.4");
    mhd_result sent = MHD_queue_response(mhd, found ? 200 : 404, response);
    MHD_destroy_response(response);
    return sent;
}

static enum err metrics_start(struct ctx *ctx, struct server *s)
{
    const struct config *config = s->config;
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)config->metrics_port)};
    if (!config->metrics_port)
        return ERR_OK;
    if (inet_pton(AF_INET, config->metrics_listen, &addr.sin_addr) != 1 ||
        ntohl(addr.sin_addr.s_addr) >> 24 != 127)
        return ctx_refuse(ctx, ERR_CONFIG, "metrics_listen: %s is not a loopback address",
                          config->metrics_listen);
    s->metrics_daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_metrics, s,
        MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&addr,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)METRICS_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
        5u, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!s->metrics_daemon)
        return ctx_refuse(ctx, ERR_CONFIG, "cannot listen on %s port %ld for metrics",
                          config->metrics_listen, config->metrics_port);
    s->metrics_port = (int)config->metrics_port;
    return ERR_OK;
}

// --- starting and stopping -----------------------------------------------------------------------

static struct MHD_Response *shed_make(struct server *s, struct arena *a, bool api)
{
    struct request_host host = {.config = s->config};
    struct request r = {.ctx.arena = a, .method = "GET", .path = "/", .target = "/", .body = "",
                        .csrf = "", .api = api, .host = &host};
    struct response res;
    memcpy(r.ctx.request_id, uuid_new(a), sizeof(r.ctx.request_id));
    route_refuse(s->setup.routes, &r, ERR_OVERLOADED, &res);
    struct MHD_Response *response = MHD_create_response_from_buffer(
        res.body.n, res.body.p, MHD_RESPMEM_MUST_COPY);
    if (!response)
        abort();
    for (const struct pair *h = security_headers(s->config->tls); h->name; h++)
        add_header(response, h->name, h->value);
    add_header(response, "Content-Type", res.type ? res.type : "text/html; charset=utf-8");
    add_header(response, "Cache-Control", "no-store");
    for (size_t i = 0; i < res.n_headers; i++)
        add_header(response, res.headers[i].name, res.headers[i].value);
    return response;
}

static enum err daemon_start(struct ctx *ctx, struct server *s)
{
    const struct config *config = s->config;
    struct MHD_OptionItem threads[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, config->http_threads, NULL}, {MHD_OPTION_END, 0, NULL}};
    if (config->http_threads < 2)
        threads[0].option = MHD_OPTION_END;
    // Slightly more than our own limits, which answer in words before these are met.
    unsigned most = (unsigned)config->connections + 64;
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC |
            MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_CONNECTION_LIMIT, most,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)config->connections_per_address + 64,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)config->idle_timeout, MHD_OPTION_STRICT_FOR_CLIENT, STRICTNESS, MHD_OPTION_ARRAY,
        threads, MHD_OPTION_END);
    return s->daemon ? ERR_OK : ctx_fail(ctx, ERR_INTERNAL, "libmicrohttpd did not start");
}

static void server_free(struct server *s)
{
    workers_stop(s->workers);
    front_halt(s->front); // before the daemon it hands connections to
    if (s->metrics_daemon)
        MHD_stop_daemon(s->metrics_daemon);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    front_free(s->front);
    if (s->shed_page)
        MHD_destroy_response(s->shed_page);
    if (s->shed_api)
        MHD_destroy_response(s->shed_api);
    jobs_done(&s->jobs);
    workers_free(s->workers); // last: what has stopped above could still put into a queue
    free(s);
}

enum err server_start(struct ctx *ctx, const struct server_setup *setup, struct server **ret)
{
    enum err e = route_table_check(ctx, setup->routes);
    if (e)
        return e;
    struct server *s = calloc(1, sizeof(*s));
    if (!s)
        abort();
    s->setup = *setup;
    s->config = setup->config;
    s->jobs = (struct jobs){.config = setup->config,
                            .keys = setup->keys,
                            .routes = setup->routes,
                            .host = {.config = setup->config}};
    jobs_init(&s->jobs);
    s->shed_page = shed_make(s, ctx->arena, false);
    s->shed_api = shed_make(s, ctx->arena, true);
    struct worker_setup workers = {setup->config, setup->routes, &s->counters, job_answered};
    struct front_setup front = {setup->config, &s->counters, adopt, s};
    e = workers_start(ctx, &workers, &s->workers);
    if (!e)
        e = daemon_start(ctx, s);
    if (!e)
        e = front_start(ctx, &front, &s->front, &s->port);
    if (!e)
        e = metrics_start(ctx, s); // last: it reads all the others
    if (e) {
        server_free(s);
        return e;
    }
    *ret = s;
    return ERR_OK;
}

int server_port(const struct server *s)
{
    return s->port;
}

int server_metrics_port(const struct server *s)
{
    return s->metrics_port;
}

static bool wait_idle(struct server *s, long milliseconds)
{
    for (; atomic_load(&s->jobs.in_hand) > 0 && milliseconds > 0; milliseconds -= 5)
        usleep(5000);
    return atomic_load(&s->jobs.in_hand) == 0;
}

void server_stop(struct server *s)
{
    atomic_store(&s->draining, true);
    front_stop_accepting(s->front);
    if (!wait_idle(s, s->config->drain_seconds * 1000)) {
        log_event(LOG_WARN, "drain_time_over", NULL);
        workers_abandon(s->workers);
    }
    workers_stop(s->workers);
    wait_idle(s, 1000);
    server_free(s);
}
