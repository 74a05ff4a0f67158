// SPDX-License-Identifier: MIT
#include "toy.h"

#include "crypto/keys.h"
#include "test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

_Atomic int toy_smuggled;

static enum err answer(struct response *res, const char *text)
{
    res->type = "text/plain; charset=utf-8";
    buf_puts(&res->body, text);
    return ERR_OK;
}

static enum err on_hello(struct request *r, struct response *res)
{
    (void)r;
    return answer(res, "hello\n");
}

static enum err on_smuggled(struct request *r, struct response *res)
{
    (void)r;
    atomic_fetch_add(&toy_smuggled, 1);
    return answer(res, "smuggled\n");
}

static enum err on_sleep(struct request *r, struct response *res)
{
    long ms = strtol(request_param(r, "ms"), NULL, 10);
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
    return answer(res, "slept\n");
}

static enum err on_echo(struct request *r, struct response *res)
{
    res->type = "text/plain; charset=utf-8";
    buf_printf(&res->body, "bytes=%zu pairs=%zu uploads=%zu note=%s remote=%s\n", r->n_body,
               r->n_form, r->n_uploads, request_form(r, "note") ? request_form(r, "note") : "",
               r->ctx.remote);
    return ERR_OK;
}

static enum err on_big(struct request *r, struct response *res)
{
    (void)r;
    res->type = "text/plain; charset=utf-8";
    for (int i = 0; i < 100000; i++)
        buf_puts(&res->body, "0123456789");
    return ERR_OK;
}

static enum err on_file(struct request *r, struct response *res)
{
    res->type = "application/octet-stream";
    res->file = arena_strdup(r->ctx.arena, "/proc/self/exe");
    char *real = realpath(res->file, NULL); // links are not followed by the server
    res->file = arena_strdup(r->ctx.arena, real ? real : "");
    free(real);
    return ERR_OK;
}

static enum err on_refuse(struct request *r, struct response *res)
{
    (void)r;
    (void)res;
    return ERR_NOT_FOUND;
}

#define OPEN ROUTE_PUBLIC | ROUTE_NO_CSRF
static const struct route routes[] = {
    {"GET", "/hello", PERM_NONE, POOL_INLINE, OPEN, on_hello, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/work", PERM_NONE, POOL_MAIN, OPEN, on_hello, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/smuggled", PERM_NONE, POOL_INLINE, OPEN, on_smuggled, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/sleep/{ms}", PERM_NONE, POOL_MAIN, OPEN, on_sleep, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/api/sleep/{ms}", PERM_NONE, POOL_MAIN, OPEN, on_sleep, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/slow/{ms}", PERM_NONE, POOL_SLOW, OPEN, on_sleep, "", NULL, NULL, NULL, 200, NULL},
    {"POST", "/echo", PERM_NONE, POOL_MAIN, OPEN, on_echo, "", NULL, NULL, NULL, 200, NULL},
    {"POST", "/upload", PERM_NONE, POOL_MAIN, OPEN | ROUTE_UPLOAD, on_echo, "", NULL, NULL, NULL, 200, NULL},
    {"POST", "/api/echo", PERM_NONE, POOL_MAIN, OPEN, on_echo, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/big", PERM_NONE, POOL_MAIN, OPEN, on_big, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/file", PERM_NONE, POOL_MAIN, OPEN, on_file, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/people/{ref}", PERM_NONE, POOL_MAIN, OPEN, on_refuse, "", NULL, NULL, NULL, 200, NULL},
    {"GET", "/private", PERM_self, POOL_MAIN, 0, on_hello, "", NULL, NULL, NULL, 200, NULL},
};
// As the real pages do: words that were sent come back.
static void page_error(struct request *r, enum err e, struct response *res)
{
    res->type = "text/plain; charset=utf-8";
    buf_printf(&res->body, "error=%s sent=%.*s\n", err_row(e)->type, (int)r->n_body,
               r->body ? r->body : "");
}

static const struct route_table table = {
    .page_error = page_error, .routes = routes, .n = sizeof(routes) / sizeof(routes[0])};

void toy_init(struct toy *toy)
{
    memset(toy, 0, sizeof(*toy));
    toy->arena = arena_new();
    // No database: handlers get no connection.
    toy->config = (struct config){.listen = "127.0.0.1", .metrics_listen = "127.0.0.1",
                                  .workers = 4, .slow_workers = 1, .long_workers = 1, .queue = 64, .http_threads = 1,
                                  .connections = 512, .connections_per_address = 512,
                                  .idle_timeout = 5, .body_limit = 65536, .drain_seconds = 5};
    CHECK_INT(crypto_start(), ERR_OK);
    log_setup(LOG_ERROR, 0);
}

void toy_start(struct toy *toy)
{
    struct ctx ctx = {.arena = toy->arena};
    struct server_setup setup = {.config = &toy->config, .routes = &table};
    atomic_store(&toy_smuggled, 0);
    enum err e = server_start(&ctx, &setup, &toy->server);
    CHECK_STR(ctx.problem.log ? ctx.problem.log : "", "");
    CHECK_FATAL(e == ERR_OK);
    toy->port = server_port(toy->server);
}

void toy_stop(struct toy *toy)
{
    if (toy->server)
        server_stop(toy->server);
    toy->server = NULL;
    arena_free(toy->arena);
}

int toy_connect(const struct toy *toy)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)toy->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    CHECK_FATAL(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
    return fd;
}

void toy_send(int fd, const char *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t sent = send(fd, p + at, n - at, MSG_NOSIGNAL);
        if (sent <= 0)
            return; // refused already: the answer tells
        at += (size_t)sent;
    }
}

int toy_answers(const char *answer)
{
    int n = 0;
    for (const char *p = answer; (p = strstr(p, "HTTP/1.1 ")); p += 9)
        n++;
    return n;
}

// Whole answers at the front of the text, by their Content-Length.
static int whole_answers(const char *p, size_t n)
{
    int count = 0;
    const char *end = p + n;
    while (p < end) {
        const char *body = strstr(p, "\r\n\r\n");
        if (!body)
            return count;
        const char *length = strcasestr(p, "Content-Length: ");
        size_t len = length && length < body ? strtoul(length + 16, NULL, 10) : 0;
        if ((size_t)(end - body) - 4 < len)
            return count;
        p = body + 4 + len;
        count++;
    }
    return count;
}

const char *toy_receive(struct toy *toy, int fd, int n_answers, int ms, bool *ret_closed)
{
    struct buf all;
    buf_init(&all, toy->arena);
    buf_puts(&all, "");
    if (ret_closed)
        *ret_closed = false;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char some[65536];
        if (poll(&p, 1, ms) <= 0)
            return all.p;
        ssize_t n = recv(fd, some, sizeof(some), 0);
        if (n <= 0) {
            if (ret_closed)
                *ret_closed = true;
            return all.p;
        }
        buf_add(&all, some, (size_t)n);
        if (n_answers && whole_answers(all.p, all.n) >= n_answers)
            return all.p;
    }
}

const char *toy_ask(struct toy *toy, const char *text)
{
    int fd = toy_connect(toy);
    toy_send(fd, text, strlen(text));
    const char *got = toy_receive(toy, fd, 1, 5000, NULL);
    close(fd);
    return got;
}

int toy_status(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

const char *toy_body(const char *answer)
{
    const char *p = strstr(answer, "\r\n\r\n");
    return p ? p + 4 : "";
}
