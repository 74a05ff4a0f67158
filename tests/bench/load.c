// SPDX-License-Identifier: MIT
// Asks a server for one address after another at a steady rate, whether it answers or not: what a crowd
// does to a service, and what a load generator that waits for its answers cannot show.
//
//   load HOST PORT RATE SECONDS CONNECTIONS PATHS COOKIE-OR-BEARER-HEADER
//
// RATE 0: each connection asks again as soon as it is answered. PATHS is a file with a path a line. Prints
// "asked N ok N refused N other N unsent N seconds S p50 MS p99 MS refused_p99 MS"; latencies are from the
// moment a request was due, so that a request that had to wait for its turn counts in full.
#include <arpa/inet.h>
#include <errno.h>
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

enum { ADDRESSES = 8, REPLY = 256 * 1024, PATHS_MOST = 4096, DRAIN_US = 2000000 };

struct conn {
    int fd;
    bool busy;
    uint64_t due_us;
    size_t got, want; // want: bytes of the whole answer once its head is known
    int status;
    char head[4096];
};

struct tally {
    unsigned *us;
    size_t n, cap;
};

static char *paths[PATHS_MOST];
static size_t n_paths, next_path;
static struct conn *conns;
static int *idle, n_idle, epoll_fd;
static struct tally ok, refused;
static size_t asked, other, unsent;
static const char *host_header, *credential;

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void keep(struct tally *t, uint64_t us)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 65536;
        t->us = realloc(t->us, t->cap * sizeof(*t->us));
        if (!t->us)
            fail("memory");
    }
    t->us[t->n++] = us > UINT32_MAX ? UINT32_MAX : (unsigned)us;
}

// From several addresses of this machine, or the server's limit for one of them would be met.
static void conn_open(struct conn *c, int i, const struct sockaddr_in *to)
{
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(0x7f000001u + (unsigned)(i % ADDRESSES))};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || bind(c->fd, (const struct sockaddr *)&from, sizeof(from)) ||
        connect(c->fd, (const struct sockaddr *)to, sizeof(*to)))
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    struct epoll_event ev = {.events = EPOLLIN, .data.u32 = (unsigned)i};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &ev))
        fail("epoll_ctl");
}

static void ask(struct conn *c, uint64_t due_us)
{
    char text[2048];
    int n = snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n", paths[next_path++ % n_paths],
                     host_header, credential);
    c->busy = true;
    c->due_us = due_us;
    c->got = c->want = 0;
    if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        fail("send");
    asked++;
}

static void take_head(struct conn *c)
{
    char *end = memmem(c->head, c->got < sizeof(c->head) ? c->got : sizeof(c->head), "\r\n\r\n", 4);
    if (!end)
        return;
    *end = '\0';
    const char *length = strcasestr(c->head, "content-length: ");
    c->status = atoi(c->head + 9);
    c->want = (size_t)(end - c->head) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0);
}

static bool answered(struct conn *c)
{
    static char sink[REPLY];
    bool head = !c->want;
    size_t room = sizeof(c->head) - 1 - (c->got < sizeof(c->head) - 1 ? c->got : sizeof(c->head) - 1);
    if (head && !room)
        fail("a head that is too large");
    ssize_t n = head ? recv(c->fd, c->head + c->got, room, 0) : recv(c->fd, sink, sizeof(sink), 0);
    if (n <= 0)
        fail("the server closed a connection");
    c->got += (size_t)n;
    if (head) {
        c->head[c->got] = '\0';
        take_head(c);
    }
    return c->want && c->got >= c->want;
}

static void finish(struct conn *c)
{
    uint64_t us = now_us() - c->due_us;
    c->busy = false;
    if (c->status == 200)
        keep(&ok, us);
    else if (c->status == 503)
        keep(&refused, us);
    else
        other++;
}

static int by_size(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return x < y ? -1 : x > y;
}

static double at(struct tally *t, double part)
{
    qsort(t->us, t->n, sizeof(*t->us), by_size);
    return t->n ? (double)t->us[(size_t)((double)(t->n - 1) * part)] / 1000 : 0;
}

static void take_answers(int wait_ms, bool again, uint64_t end)
{
    struct epoll_event evs[256];
    int n = epoll_wait(epoll_fd, evs, 256, wait_ms);
    for (int i = 0; i < n; i++) {
        struct conn *c = &conns[evs[i].data.u32];
        if (!answered(c))
            continue;
        finish(c);
        uint64_t now = now_us();
        if (again && now < end)
            ask(c, now);
        else
            idle[n_idle++] = (int)evs[i].data.u32;
    }
}

// Requests that find no free connection wait for one; those that have waited a second are not sent.
static void run(double rate, uint64_t began, uint64_t end)
{
    uint64_t sent = 0;
    for (uint64_t now = began; now < end; now = now_us()) {
        uint64_t due = rate > 0 ? (uint64_t)((double)(now - began) * rate / 1e6) : 0;
        while (sent < due && n_idle) {
            uint64_t when = began + (uint64_t)((double)sent++ * 1e6 / rate);
            if (now - when > 1000000)
                unsent++;
            else
                ask(&conns[idle[--n_idle]], when);
        }
        take_answers(1, rate <= 0, end);
    }
}

static void read_paths(const char *file)
{
    char line[512];
    FILE *f = fopen(file, "re");
    if (!f)
        fail(file);
    while (n_paths < PATHS_MOST && fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\n")] = '\0';
        paths[n_paths++] = strdup(line);
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "load HOST PORT RATE SECONDS CONNECTIONS PATHS HEADER\n");
        return 2;
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
    char host[128];
    int n_conns = atoi(argv[5]);
    double rate = atof(argv[3]);
    if (inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || ntohl(to.sin_addr.s_addr) >> 24 != 127) {
        fprintf(stderr, "load: %s is not a loopback address\n", argv[1]);
        return 2;
    }
    snprintf(host, sizeof(host), "%s:%s", argv[1], argv[2]);
    host_header = host;
    credential = argv[7];
    read_paths(argv[6]);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    conns = calloc((size_t)n_conns, sizeof(*conns));
    idle = calloc((size_t)n_conns, sizeof(*idle));
    if (!conns || !idle || epoll_fd < 0 || !n_paths)
        fail("start");
    for (int i = 0; i < n_conns; i++)
        conn_open(&conns[i], i, &to);
    uint64_t began = now_us(), end = began + (uint64_t)(atof(argv[4]) * 1e6);
    for (int i = 0; i < n_conns; i++)
        if (rate > 0)
            idle[n_idle++] = i;
        else
            ask(&conns[i], now_us());
    run(rate, began, end);
    for (uint64_t until = now_us() + DRAIN_US; n_idle < n_conns && now_us() < until;)
        take_answers(10, false, 0);
    printf("asked %zu ok %zu refused %zu other %zu unsent %zu seconds %.3f p50 %.3f p99 %.3f refused_p99 %.3f\n",
           asked, ok.n, refused.n, other + (size_t)(n_conns - n_idle), unsent, (double)(end - began) / 1e6,
           at(&ok, 0.5), at(&ok, 0.99), at(&refused, 0.99));
    return 0;
}
