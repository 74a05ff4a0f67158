// SPDX-License-Identifier: MIT
// Besides checking first heads, the front keeps the limits that libmicrohttpd 0.9.75 lacks: a whole head
// must arrive in time, not just a byte of it now and then.
#include "http/front.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/refusal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    LINGER_BYTES = 1 << 20,  // thrown away after a refusal, so that the answer is not lost to a reset
    LINGER_SECONDS = 2,
    LINGERERS_MOST = 64,     // beyond the connection limit
    TICK_MS = 250,
};

struct front {
    struct front_setup setup;
    int listen_fd, epoll_fd, wake_fd;
    pthread_t thread;
    bool running;
    _Atomic bool stop, deaf;
    pthread_mutex_t lock; // of by_fd, and so of the life of every struct conn
    struct conn **by_fd;
    size_t cap, n;
};

// --- the table of connections --------------------------------------------------------------------

static void table_put(struct front *f, struct conn *c)
{
    size_t fd = (size_t)c->fd;
    pthread_mutex_lock(&f->lock);
    if (fd >= f->cap) {
        size_t cap = (fd + 1) * 2;
        struct conn **more = realloc(f->by_fd, cap * sizeof(*more));
        if (!more)
            abort();
        memset(more + f->cap, 0, (cap - f->cap) * sizeof(*more));
        f->by_fd = more;
        f->cap = cap;
    }
    if (f->by_fd[fd]) // closed without a word: who took it over could not start on it
        free(f->by_fd[fd]);
    else
        f->n++;
    f->by_fd[fd] = c;
    pthread_mutex_unlock(&f->lock);
}

static void table_drop(struct front *f, int fd)
{
    pthread_mutex_lock(&f->lock);
    struct conn *c = f->by_fd[fd];
    if (c) {
        f->by_fd[fd] = NULL;
        f->n--;
    }
    pthread_mutex_unlock(&f->lock);
    free(c);
}

struct conn *front_conn(struct front *f, int fd)
{
    pthread_mutex_lock(&f->lock);
    struct conn *c = (size_t)fd < f->cap ? f->by_fd[fd] : NULL;
    pthread_mutex_unlock(&f->lock);
    return c;
}

void front_conn_closed(struct front *f, struct conn *c)
{
    table_drop(f, c->fd);
}

size_t front_conn_count(struct front *f)
{
    pthread_mutex_lock(&f->lock);
    size_t n = f->n;
    pthread_mutex_unlock(&f->lock);
    return n;
}

static bool same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET)
        return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
               ((const struct sockaddr_in *)b)->sin_addr.s_addr;
    return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

static bool within_limits(struct front *f, const struct conn *c, bool *ret_flooded)
{
    const struct config *config = f->setup.config;
    long all = 0, from_there = 0;
    pthread_mutex_lock(&f->lock);
    for (size_t fd = 0; fd < f->cap; fd++)
        if (f->by_fd[fd]) {
            all++;
            from_there += same_address(&f->by_fd[fd]->addr, &c->addr);
        }
    pthread_mutex_unlock(&f->lock);
    *ret_flooded = all >= config->connections + LINGERERS_MOST ||
                   from_there >= config->connections_per_address + LINGERERS_MOST;
    return all < config->connections && from_there < config->connections_per_address;
}

// --- refusing ------------------------------------------------------------------------------------

static void send_refusal(struct front *f, const struct conn *c, int status, const char *reason,
                         enum err e)
{
    char headers[1024] = "", text[2048], body[REFUSAL_MAX];
    size_t at = 0;
    for (const struct pair *h = security_headers(f->setup.config->tls); h->name; h++) {
        at += (size_t)snprintf(headers + at, sizeof(headers) - at, "%s: %s\r\n", h->name, h->value);
        ASSERT(at < sizeof(headers));
    }
    size_t n_body = refusal_json(body, e, status);
    int n = snprintf(text, sizeof(text),
                     "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
                     "Content-Length: %zu\r\nCache-Control: no-store\r\n%s%s\r\n%s",
                     status, reason, n_body, status == 503 ? "Retry-After: 1\r\n" : "", headers, body);
    ASSERT(n > 0 && (size_t)n < sizeof(text));
    // A fresh socket takes this much at once; if it does not, nobody is there to read it.
    if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) != n)
        log_event(LOG_DEBUG, "refusal_unsent", NULL);
    shutdown(c->fd, SHUT_WR);
}

static void conn_close(struct front *f, struct conn *c)
{
    int fd = c->fd;
    table_drop(f, fd); // before the number can be given out again
    close(fd);
}

static void linger(struct front *f, struct conn *c)
{
    char waste[16384];
    for (;;) {
        ssize_t n = recv(c->fd, waste, sizeof(waste), MSG_DONTWAIT);
        if (n > 0 && (c->lingered += (size_t)n) < LINGER_BYTES)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        conn_close(f, c);
        return;
    }
}

static void conn_refuse(struct front *f, struct conn *c, enum gate_verdict v)
{
    const struct refusal *row = refusal_of(v);
    atomic_fetch_add(&f->setup.counters->refused_heads, 1);
    log_event(LOG_INFO, "request_refused", "by", "front", "why", row->why, NULL);
    send_refusal(f, c, row->status, row->reason, row->err);
    conn_enter(c, CONN_LINGER, LINGER_SECONDS);
    linger(f, c);
}

// --- first heads ---------------------------------------------------------------------------------

static void conn_hand_over(struct front *f, struct conn *c)
{
    int fd = c->fd;
    struct sockaddr_storage addr = c->addr;
    socklen_t len = c->addr_len;
    epoll_ctl(f->epoll_fd, EPOLL_CTL_DEL, fd, NULL); // may not be in it yet
    conn_enter(c, CONN_HEAD, f->setup.config->idle_timeout);
    // From here the connection is another's, and c may be freed at any moment.
    if (!f->setup.adopt(f->setup.arg, fd, (const struct sockaddr *)&addr, len)) {
        log_event(LOG_WARN, "connection_not_taken", NULL);
        table_drop(f, fd);
    }
}

// True when there is nothing more to wait for: handed over, refused or gone.
static bool conn_look(struct front *f, struct conn *c)
{
    char bytes[GATE_HEAD_MAX];
    struct gate_head head;
    struct gate_facts facts;
    ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        conn_close(f, c);
        return true;
    }
    enum gate_verdict v = gate_parse(bytes, (size_t)n, &head);
    if (v == GATE_MORE)
        return false;
    if (v == GATE_OK)
        v = gate_check(&head, &facts);
    if (v == GATE_OK)
        conn_hand_over(f, c);
    else
        conn_refuse(f, c, v);
    return true;
}

static void conn_ready(struct front *f, struct conn *c, uint32_t events)
{
    if (atomic_load(&c->stage) == CONN_LINGER)
        linger(f, c);
    else if (!conn_look(f, c) && events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        conn_close(f, c); // it will send no more, and what it sent is no request
}

static bool conn_watch(struct front *f, struct conn *c)
{
    // Edge-triggered: bytes are left in the socket, and only more of them are news.
    struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = c->fd};
    if (epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) == 0)
        return true;
    conn_close(f, c);
    return false;
}

static void conn_new(struct front *f, int fd, const struct sockaddr_storage *addr, socklen_t len)
{
    bool flooded;
    struct conn *c = calloc(1, sizeof(*c));
    if (!c)
        abort();
    c->fd = fd;
    c->addr = *addr;
    c->addr_len = len;
    bool fits = within_limits(f, c, &flooded);
    if (flooded) {
        free(c);
        close(fd);
        return;
    }
    table_put(f, c);
    if (fits) {
        atomic_fetch_add(&f->setup.counters->accepted, 1);
        conn_enter(c, CONN_FIRST, f->setup.config->idle_timeout);
    } else {
        atomic_fetch_add(&f->setup.counters->over_limit, 1);
        send_refusal(f, c, 503, "Service Unavailable", ERR_OVERLOADED);
        conn_enter(c, CONN_LINGER, LINGER_SECONDS);
    }
    // Watching first, then looking, so that nothing arrives unseen between the two.
    if (conn_watch(f, c) && fits)
        conn_look(f, c);
}

static void accept_some(struct front *f)
{
    for (int i = 0; i < 64; i++) {
        struct sockaddr_storage addr = {0};
        socklen_t len = sizeof(addr);
        int fd = accept4(f->listen_fd, (struct sockaddr *)&addr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            conn_new(f, fd, &addr, len);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            log_event(LOG_WARN, "accept_failed", "why", strerror(errno), NULL);
            usleep(10 * 1000);
            return;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

// --- time limits ---------------------------------------------------------------------------------

// A connection with libmicrohttpd, which sees the end of the stream and closes. Nothing has been sent
// to one whose body is too large, so that it can be told why.
static void give_up(struct front *f, struct conn *c)
{
    int open = REFUSAL_OPEN;
    if (atomic_compare_exchange_strong(&c->refusal, &open, REFUSAL_FRONT))
        send_refusal(f, c, 413, "Content Too Large", ERR_TOO_LARGE);
    shutdown(c->fd, SHUT_RDWR);
}

static void sweep(struct front *f)
{
    uint64_t now = clock_mono_us();
    for (size_t fd = 0;; fd++) {
        pthread_mutex_lock(&f->lock);
        struct conn *c = fd < f->cap ? f->by_fd[fd] : NULL;
        bool more = fd < f->cap, ours = false;
        uint64_t deadline = c ? atomic_load(&c->deadline_us) : 0;
        if (deadline && now > deadline) {
            int stage = atomic_load(&c->stage);
            ours = stage == CONN_FIRST || stage == CONN_LINGER;
            if (!ours)
                give_up(f, c);
        }
        pthread_mutex_unlock(&f->lock);
        if (!more)
            return;
        if (ours)
            conn_close(f, c);
    }
}

// One line a second while requests are being shed: a line for each would be work we refuse to do.
static void report_shedding(struct front *f, unsigned long *last, uint64_t *at)
{
    unsigned long shed = atomic_load(&f->setup.counters->shed);
    uint64_t now = clock_mono_us();
    if (shed == *last || now - *at < 1000000)
        return;
    char n[24];
    snprintf(n, sizeof(n), "%lu", shed - *last);
    log_event(LOG_WARN, "overloaded", "shed", n, NULL);
    *last = shed;
    *at = now;
}

static void *front_main(void *arg)
{
    struct front *f = arg;
    unsigned long shed = 0;
    uint64_t swept = clock_mono_us(), reported = 0;
    bool listening = true;
    while (!atomic_load(&f->stop)) {
        struct epoll_event events[64];
        int n = epoll_wait(f->epoll_fd, events, 64, TICK_MS);
        if (listening && atomic_load(&f->deaf)) {
            epoll_ctl(f->epoll_fd, EPOLL_CTL_DEL, f->listen_fd, NULL);
            close(f->listen_fd);
            f->listen_fd = -1;
            listening = false;
        }
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            struct conn *c = fd == f->wake_fd || fd == f->listen_fd ? NULL : front_conn(f, fd);
            if (c && atomic_load(&c->stage) <= CONN_LINGER)
                conn_ready(f, c, events[i].events);
            else if (fd == f->listen_fd && listening)
                accept_some(f);
        }
        if (clock_mono_us() - swept >= TICK_MS * 1000) {
            sweep(f);
            report_shedding(f, &shed, &reported);
            swept = clock_mono_us();
        }
    }
    return NULL;
}

// --- starting and stopping -----------------------------------------------------------------------

static enum err listen_on(struct ctx *ctx, const struct config *config, int *ret_fd, int *ret_port)
{
    char port[12];
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_STREAM}, *found;
    snprintf(port, sizeof(port), "%ld", config->port);
    int failed = getaddrinfo(config->listen, port, &hints, &found);
    if (failed)
        return ctx_refuse(ctx, ERR_CONFIG, "listen: %s is not an address", config->listen);
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    struct sockaddr_storage bound = {0};
    socklen_t len = sizeof(bound);
    bool ok = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1024) == 0 &&
              getsockname(fd, (struct sockaddr *)&bound, &len) == 0;
    int why = errno;
    freeaddrinfo(found);
    if (!ok) {
        if (fd >= 0)
            close(fd);
        return ctx_refuse(ctx, ERR_CONFIG, "cannot listen on %s port %s: %s", config->listen, port,
                          strerror(why));
    }
    *ret_fd = fd;
    *ret_port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                  : ((struct sockaddr_in *)&bound)->sin_port);
    return ERR_OK;
}

enum err front_start(struct ctx *ctx, const struct front_setup *setup, struct front **ret,
                     int *ret_port)
{
    int listen_fd = -1, port = 0;
    enum err e = listen_on(ctx, setup->config, &listen_fd, &port);
    if (e)
        return e;
    struct front *f = calloc(1, sizeof(*f));
    if (!f)
        abort();
    f->setup = *setup;
    f->listen_fd = listen_fd;
    f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    f->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&f->lock, NULL);
    struct epoll_event wake = {.events = EPOLLIN | EPOLLET, .data.fd = f->wake_fd};
    struct epoll_event listening = {.events = EPOLLIN, .data.fd = listen_fd};
    bool ok = f->epoll_fd >= 0 && f->wake_fd >= 0 &&
              epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, f->wake_fd, &wake) == 0 &&
              epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, listen_fd, &listening) == 0;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    *ret = f; // the thread may hand a connection over before we return
    f->running = ok && pthread_create(&f->thread, NULL, front_main, f) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!f->running) {
        *ret = NULL;
        front_free(f);
        return ctx_fail(ctx, ERR_INTERNAL, "front: %s", strerror(errno));
    }
    *ret_port = port;
    return ERR_OK;
}

static void wake(struct front *f)
{
    uint64_t one = 1;
    if (write(f->wake_fd, &one, sizeof(one)) < 0)
        log_event(LOG_DEBUG, "wake_failed", NULL); // the next tick does it
}

void front_stop_accepting(struct front *f)
{
    atomic_store(&f->deaf, true);
    wake(f);
}

void front_halt(struct front *f)
{
    if (!f || !f->running)
        return;
    atomic_store(&f->stop, true);
    wake(f);
    pthread_join(f->thread, NULL);
    f->running = false;
}

void front_free(struct front *f)
{
    if (!f)
        return;
    front_halt(f);
    for (size_t fd = 0; fd < f->cap; fd++)
        if (f->by_fd[fd]) {
            close((int)fd); // nobody else has one now: what is left waited for its first head
            free(f->by_fd[fd]);
        }
    free(f->by_fd);
    if (f->listen_fd >= 0)
        close(f->listen_fd);
    if (f->epoll_fd >= 0)
        close(f->epoll_fd);
    if (f->wake_fd >= 0)
        close(f->wake_fd);
    pthread_mutex_destroy(&f->lock);
    free(f);
}
