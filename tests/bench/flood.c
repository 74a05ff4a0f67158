// SPDX-License-Identifier: MIT
// Sends requests at a given rate whether or not the answers come: what overload is. A request is
// sent over whichever connection is free and its time counts from when it was due, so that waiting
// for a connection is not left out.
//
//   flood PORT RATE SECONDS CONNECTIONS FILE     FILE: requests as they are sent, each ended by NUL
//
// RATE 0 sends the next as soon as one is answered. Prints, for the time after a first second:
// "ok N p50 US p99 US", the same of refusals (503), "other N", "waiting N".
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The server allows so many from one address; loopback has addresses enough.
enum { CONNECTIONS_OF_ONE = 200, HEAD = 4096, REQUESTS_MOST = 4096, WARM_US = 1000000 };

struct connection {
    int fd;
    size_t address;
    uint64_t due_us;
    char head[HEAD]; // what came of the answer until its head was whole
    size_t n, left;  // left: of the body
    int status;      // 0 until the head is whole
};

struct times {
    uint32_t *us;
    size_t n, cap;
};

struct flood {
    int port, epoll_fd;
    double rate;
    uint64_t from_us, until_us, next_us, random;
    const char *requests[REQUESTS_MOST];
    size_t n_requests;
    struct connection *connections, **idle;
    size_t n_connections, n_idle;
    uint64_t *waiting; // due times that found no connection free, first to last
    size_t first, last, most;
    struct times ok, refused;
    size_t other;
};

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void times_add(struct times *t, uint64_t us)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 4096;
        t->us = realloc(t->us, t->cap * sizeof(*t->us));
        if (!t->us)
            fail("memory");
    }
    t->us[t->n++] = us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

static double random_part(struct flood *f)
{
    f->random ^= f->random << 13; // xorshift64
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return (double)(f->random >> 11) / 9007199254740992.0;
}

// ---- connections ----

static void connect_one(struct flood *f, struct connection *c)
{
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)c->address);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)f->port);
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
        connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
        fail("epoll");
}

static void open_all(struct flood *f)
{
    f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    f->connections = calloc(f->n_connections, sizeof(*f->connections));
    f->idle = calloc(f->n_connections, sizeof(struct connection *));
    if (!f->connections || !f->idle)
        fail("memory");
    for (size_t i = 0; i < f->n_connections; i++) {
        f->connections[i].address = i / CONNECTIONS_OF_ONE;
        connect_one(f, &f->connections[i]);
        f->idle[f->n_idle++] = &f->connections[i];
    }
}

// ---- asking ----

static void ask(struct flood *f, uint64_t due_us)
{
    struct connection *c = f->idle[--f->n_idle];
    const char *request = f->requests[(size_t)(random_part(f) * (double)f->n_requests)];
    size_t n = strlen(request);
    c->due_us = due_us;
    c->n = c->left = 0;
    c->status = 0;
    if (send(c->fd, request, n, MSG_NOSIGNAL) != (ssize_t)n)
        fail("send");
}

static void ask_due(struct flood *f, uint64_t now)
{
    if (f->rate <= 0) {
        while (f->n_idle && now < f->until_us)
            ask(f, now);
        return;
    }
    while (f->next_us <= now && f->next_us < f->until_us) {
        if (f->last == f->most)
            fail("too many are waiting");
        f->waiting[f->last++] = f->next_us;
        f->next_us += (uint64_t)(-log(1 - random_part(f)) * 1e6 / f->rate);
    }
    while (f->n_idle && f->first < f->last)
        ask(f, f->waiting[f->first++]);
}

// ---- answers ----

static void answered(struct flood *f, struct connection *c)
{
    uint64_t now = now_us();
    bool counts = c->due_us >= f->from_us + WARM_US && now <= f->until_us;
    if (counts && c->status / 100 == 2)
        times_add(&f->ok, now - c->due_us);
    else if (counts && c->status == 503)
        times_add(&f->refused, now - c->due_us);
    else if (counts)
        f->other++;
    f->idle[f->n_idle++] = c;
}

static void lost(struct flood *f, struct connection *c)
{
    bool asked = c->due_us != 0;
    for (size_t i = 0; i < f->n_idle; i++)
        asked = asked && f->idle[i] != c;
    close(c->fd);
    connect_one(f, c);
    if (asked) {
        f->other++;
        f->idle[f->n_idle++] = c;
    }
}

/** Takes what came of a head; true once it is whole, with what follows counted as body. */
static bool head_take(struct connection *c, size_t n)
{
    c->n += n;
    c->head[c->n] = '\0';
    const char *end = strstr(c->head, "\r\n\r\n"), *length = strstr(c->head, "Content-Length: ");
    if (!end)
        return false;
    size_t body = length ? strtoul(length + 16, NULL, 10) : 0;
    size_t came = c->n - (size_t)(end + 4 - c->head);
    c->status = (int)strtol(c->head + 9, NULL, 10);
    c->left = came < body ? body - came : 0;
    return true;
}

static void take(struct flood *f, struct connection *c)
{
    char body[16384];
    for (;;) {
        bool head = c->status == 0;
        ssize_t n = head ? recv(c->fd, c->head + c->n, HEAD - 1 - c->n, 0)
                         : recv(c->fd, body, sizeof(body), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            lost(f, c);
            return;
        }
        if (!head)
            c->left -= (size_t)n < c->left ? (size_t)n : c->left;
        else if (!head_take(c, (size_t)n))
            continue;
        if (c->left == 0) {
            answered(f, c);
            return;
        }
    }
}

// Rounded up: those due within the same millisecond are sent together rather than waited for in a
// spin, which would take the processor from the server.
static int wait_ms(const struct flood *f, uint64_t now)
{
    if (f->rate <= 0 || f->next_us >= f->until_us)
        return 100;
    return f->next_us > now ? (int)((f->next_us - now + 999) / 1000) : 0;
}

static void run(struct flood *f, double seconds)
{
    f->from_us = f->next_us = now_us();
    f->until_us = f->from_us + (uint64_t)(seconds * 1e6) + WARM_US;
    for (uint64_t now = f->from_us; now < f->until_us; now = now_us()) {
        struct epoll_event events[256];
        ask_due(f, now);
        int n = epoll_wait(f->epoll_fd, events, 256, wait_ms(f, now));
        for (int i = 0; i < n; i++)
            take(f, events[i].data.ptr);
    }
}

// ---- the rest ----

static void read_requests(struct flood *f, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t size = 16 * 1024 * 1024, n = 0;
    char *all = calloc(size, 1);
    if (!file || !all || !(n = fread(all, 1, size - 1, file)))
        fail(path);
    fclose(file);
    for (size_t at = 0; at < n && f->n_requests < REQUESTS_MOST; at += strlen(all + at) + 1)
        f->requests[f->n_requests++] = all + at;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void tell(const char *name, struct times *t)
{
    if (t->n)
        qsort(t->us, t->n, sizeof(*t->us), by_size);
    printf("%s %zu p50 %u p99 %u\n", name, t->n, t->n ? t->us[t->n / 2] : 0,
           t->n ? t->us[t->n * 99 / 100] : 0);
}

int main(int argc, char **argv)
{
    static struct flood f = {.random = 88172645463325252u};
    if (argc != 6) {
        fprintf(stderr, "usage: flood PORT RATE SECONDS CONNECTIONS FILE\n");
        return 2;
    }
    f.port = atoi(argv[1]);
    f.rate = strtod(argv[2], NULL);
    double seconds = strtod(argv[3], NULL);
    f.n_connections = strtoul(argv[4], NULL, 10);
    f.most = (size_t)(f.rate * (seconds + 2) * 1.2) + 1000;
    f.waiting = calloc(f.most, sizeof(*f.waiting));
    if (!f.waiting)
        fail("memory");
    read_requests(&f, argv[5]);
    open_all(&f);
    run(&f, seconds);
    tell("ok", &f.ok);
    tell("refused", &f.refused);
    printf("other %zu\nwaiting %zu\n", f.other, f.last - f.first);
    return 0;
}
