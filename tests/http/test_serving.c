// SPDX-License-Identifier: MIT
// What a working server does with proper requests: keep-alive, pipelining, bodies, limits in time and
// number, files, health, draining.
#include "test.h"
#include "toy.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HOST "Host: localhost:8080\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static struct toy toy;

static void start(void)
{
    toy_init(&toy);
    toy_start(&toy);
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static const char *metric(const char *name)
{
    struct buf out;
    buf_init(&out, toy.arena);
    server_metrics(toy.server, &out);
    const char *p = strstr(out.p, arena_printf(toy.arena, "\n%s ", name));
    return p ? arena_strndup(toy.arena, p + strlen(name) + 2, strcspn(p + strlen(name) + 2, "\n"))
             : "absent";
}

TEST(answers_carry_security_headers)
{
    start();
    static const char *const wanted[] = {
        "\r\nContent-Security-Policy: default-src 'none'; script-src 'self';",
        "frame-ancestors 'none'; base-uri 'none'\r\n",
        "\r\nX-Content-Type-Options: nosniff\r\n",
        "\r\nReferrer-Policy: same-origin\r\n",
        "\r\nCross-Origin-Opener-Policy: same-origin\r\n",
        "\r\nPermissions-Policy: ",
        "\r\nCache-Control: no-store\r\n",
    };
    static const char *const asked[] = {
        "GET /hello HTTP/1.1\r\n" HOST "\r\n", "GET /nowhere HTTP/1.1\r\n" HOST "\r\n",
        "GET /private HTTP/1.1\r\n" HOST "\r\n", "GET /health/ping HTTP/1.1\r\n" HOST "\r\n",
        "GET /health/ready HTTP/1.1\r\n" HOST "\r\n", "BAD\r\n\r\n"};
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        const char *got = toy_ask(&toy, asked[i]);
        for (size_t j = 0; j < sizeof(wanted) / sizeof(wanted[0]); j++)
            CHECK(strstr(got, wanted[j]) != NULL);
        CHECK(strstr(got, "Strict-Transport-Security") == NULL);
        CHECK(strstr(got, "\r\nServer:") == NULL);
    }
    toy_stop(&toy);
}

TEST(statuses)
{
    start();
    static const struct {
        int status;
        const char *ask;
    } rows[] = {
        {200, "GET /hello HTTP/1.1\r\n" HOST "\r\n"},
        {200, "GET /work HTTP/1.1\r\n" HOST "\r\n"},
        {200, "GET /work?a=b&c HTTP/1.1\r\n" HOST "\r\n"},
        {200, "GET /work HTTP/1.0\r\n" HOST "\r\n"},
        {404, "GET /nowhere HTTP/1.1\r\n" HOST "\r\n"},
        {404, "GET /hello/ HTTP/1.1\r\n" HOST "\r\n"},
        {404, "GET /people/PX123 HTTP/1.1\r\n" HOST "\r\n"},
        {404, "GET /metrics HTTP/1.1\r\n" HOST "\r\n"},
        {405, "POST /hello HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"},
        {405, "OPTIONS /hello HTTP/1.1\r\n" HOST "\r\n"},
        {303, "GET /private HTTP/1.1\r\n" HOST "\r\n"},
        {200, "GET /health/ping HTTP/1.1\r\n" HOST "\r\n"},
        {503, "GET /health/ready HTTP/1.1\r\n" HOST "\r\n"}, // there is no database
        {415, "POST /echo HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\na=b"},
        {415, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na=b"},
        {415, "POST /api/echo HTTP/1.1\r\n" HOST FORM "Content-Length: 3\r\n\r\na=b"},
        {200, "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 3\r\n\r\na=b"},
        {200, "POST /api/echo HTTP/1.1\r\n" HOST
              "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
        {400, "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 5\r\n\r\na=%zz"},
        {400, "GET /hello HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na=b"},
        {413, "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 99999999999\r\n\r\n"},
        {403, "POST /echo HTTP/1.1\r\n" HOST FORM "Origin: http://evil\r\nContent-Length: 3\r\n\r\na=b"},
        {200, "POST /echo HTTP/1.1\r\n" HOST FORM
              "Origin: http://localhost:8080\r\nContent-Length: 3\r\n\r\na=b"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int status = toy_status(toy_ask(&toy, rows[i].ask));
        if (status != rows[i].status)
            fprintf(stderr, "%s", rows[i].ask);
        CHECK_INT(status, rows[i].status);
    }
    const char *got = toy_ask(&toy, "DELETE /hello HTTP/1.1\r\n" HOST "\r\n");
    CHECK(strstr(got, "\r\nAllow: GET, HEAD\r\n") != NULL);
    got = toy_ask(&toy, "GET /private?x=a%20b HTTP/1.1\r\n" HOST "\r\n");
    CHECK(strstr(got, "\r\nLocation: /sign-in?return_to=/private%3Fx%3Da%2520b\r\n") != NULL);
    toy_stop(&toy);
}

TEST(head_follows_get)
{
    start();
    bool closed;
    int fd = toy_connect(&toy);
    static const char ask[] = "HEAD /work HTTP/1.1\r\n" HOST "\r\n";
    toy_send(fd, ask, sizeof(ask) - 1);
    const char *got = toy_receive(&toy, fd, 0, 300, &closed);
    CHECK_INT(toy_status(got), 200);
    CHECK(strstr(got, "\r\nContent-Length: 6\r\n") != NULL);
    CHECK_STR(toy_body(got), "");
    CHECK(!closed);
    close(fd);
    toy_stop(&toy);
}

TEST(pipelined_requests_are_answered_in_order)
{
    start();
    int fd = toy_connect(&toy);
    static const char three[] = "GET /sleep/50 HTTP/1.1\r\n" HOST "\r\n"
                                "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 8\r\n\r\nnote=two"
                                "GET /hello HTTP/1.1\r\n" HOST "\r\n";
    toy_send(fd, three, sizeof(three) - 1);
    const char *got = toy_receive(&toy, fd, 3, 3000, NULL);
    const char *a = strstr(got, "slept\n"), *b = strstr(got, "note=two"), *c = strstr(got, "hello\n");
    CHECK(a && b && c && a < b && b < c);
    for (int i = 0; i < 50; i++) { // and the connection goes on
        toy_send(fd, three, sizeof("GET /sleep/50 HTTP/1.1\r\n" HOST "\r\n") - 1);
        if (i < 3)
            CHECK_INT(toy_status(toy_receive(&toy, fd, 1, 3000, NULL)), 200);
        else
            break;
    }
    close(fd);
    toy_stop(&toy);
}

TEST(bodies)
{
    start();
    // In two packets, with the head apart.
    int fd = toy_connect(&toy);
    static const char head[] = "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 11\r\n\r\n";
    toy_send(fd, head, sizeof(head) - 1);
    pause_ms(20);
    toy_send(fd, "note=a+", 7);
    pause_ms(20);
    toy_send(fd, "b%21", 4);
    CHECK_STR(toy_body(toy_receive(&toy, fd, 1, 3000, NULL)),
              "bytes=11 pairs=1 uploads=0 note=a b! remote=127.0.0.1\n");
    close(fd);

    // Expect: the server says go on before the body is sent.
    fd = toy_connect(&toy);
    static const char expect[] =
        "POST /echo HTTP/1.1\r\n" HOST FORM "Expect: 100-continue\r\nContent-Length: 6\r\n\r\n";
    toy_send(fd, expect, sizeof(expect) - 1);
    const char *got = toy_receive(&toy, fd, 1, 3000, NULL);
    CHECK(strncmp(got, "HTTP/1.1 100 ", 13) == 0);
    toy_send(fd, "note=x", 6);
    CHECK_INT(toy_status(toy_receive(&toy, fd, 1, 3000, NULL)), 200);
    close(fd);

    // Too large and asked first: told before a byte of it is sent.
    got = toy_ask(&toy, "POST /echo HTTP/1.1\r\n" HOST FORM
                        "Expect: 100-continue\r\nContent-Length: 65537\r\n\r\n");
    CHECK_INT(toy_status(got), 413);
    toy_stop(&toy);
}

TEST(too_large_a_body_can_read_its_answer)
{
    start();
    size_t n = 3 * 1024 * 1024; // beyond the limit of /echo, within that of an upload
    char *body = malloc(n);
    memset(body, 'a', n);
    int fd = toy_connect(&toy);
    const char *head = arena_printf(
        toy.arena, "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: %zu\r\n\r\n", n);
    toy_send(fd, head, strlen(head));
    toy_send(fd, body, n);
    CHECK_INT(toy_status(toy_receive(&toy, fd, 1, 5000, NULL)), 413);
    close(fd);

    // Announced, begun and not gone on with: the answer does not wait for the rest.
    bool closed;
    fd = toy_connect(&toy);
    toy_send(fd, head, strlen(head));
    toy_send(fd, body, 1000);
    const char *got = toy_receive(&toy, fd, 0, 4000, &closed);
    CHECK_INT(toy_status(got), 413);
    CHECK_INT(toy_answers(got), 1);
    CHECK(closed);
    close(fd);

    // Within the larger limit of an upload it is taken.
    fd = toy_connect(&toy);
    head = arena_printf(toy.arena,
                        "POST /upload HTTP/1.1\r\n" HOST FORM "Content-Length: %zu\r\n\r\n", n);
    toy_send(fd, head, strlen(head));
    memcpy(body, "note=", 5);
    toy_send(fd, body, n);
    CHECK_INT(toy_status(toy_receive(&toy, fd, 1, 5000, NULL)), 200);
    close(fd);
    free(body);
    toy_stop(&toy);
}

TEST(uploads)
{
    start();
    static const char body[] =
        "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n"
        "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\nPK\0\1\2\r\n--XX--\r\n";
    size_t n = sizeof(body) - 1;
    const char *head = arena_printf(toy.arena,
                                    "POST /upload HTTP/1.1\r\n" HOST
                                    "Content-Type: multipart/form-data; boundary=XX\r\n"
                                    "Content-Length: %zu\r\n\r\n", n);
    int fd = toy_connect(&toy);
    toy_send(fd, head, strlen(head));
    toy_send(fd, body, n);
    CHECK_STR(toy_body(toy_receive(&toy, fd, 1, 3000, NULL)),
              arena_printf(toy.arena, "bytes=%zu pairs=1 uploads=1 note=hi remote=127.0.0.1\n", n));
    close(fd);
    toy_stop(&toy);
}

TEST(large_answers_and_files)
{
    start();
    const char *got = toy_ask(&toy, "GET /big HTTP/1.1\r\n" HOST "\r\n");
    CHECK_INT(strlen(toy_body(got)), 1000000);
    struct stat st = {0};
    CHECK_INT(stat("/proc/self/exe", &st), 0);
    got = toy_ask(&toy, "GET /file HTTP/1.1\r\n" HOST "\r\n");
    CHECK(strstr(got, arena_printf(toy.arena, "\r\nContent-Length: %lld\r\n", (long long)st.st_size)) != NULL);
    CHECK(strstr(got, "\r\nContent-Type: application/octet-stream\r\n") != NULL);
    toy_stop(&toy);
}

TEST(the_proxy_names_the_remote_address)
{
    start();
    const char *got = toy_ask(&toy, "POST /echo HTTP/1.1\r\n" HOST FORM
                                    "X-Forwarded-For: 1.2.3.4, 192.0.2.7\r\nContent-Length: 0\r\n\r\n");
    CHECK(strstr(got, "remote=192.0.2.7\n") != NULL);
    got = toy_ask(&toy, "POST /echo HTTP/1.1\r\n" HOST FORM
                        "X-Forwarded-For: <b>\r\nContent-Length: 0\r\n\r\n");
    CHECK(strstr(got, "remote=127.0.0.1\n") != NULL);
    toy_stop(&toy);
}

TEST(absent_and_invisible_answer_alike)
{
    start();
    const char *a = toy_ask(&toy, "GET /people/PX12345 HTTP/1.1\r\n" HOST "\r\n");
    const char *b = toy_ask(&toy, "GET /people/PX99999 HTTP/1.1\r\n" HOST "\r\n");
    CHECK_STR(toy_body(a), toy_body(b));
    CHECK_INT(strlen(a), strlen(b));
    toy_stop(&toy);
}

// A head a byte at a time: each byte is activity, but the whole must come in time.
static long slow_head_lasts(const char *first)
{
    bool closed = false;
    struct timespec began, ended;
    int fd = toy_connect(&toy);
    toy_send(fd, first, strlen(first));
    if (*first)
        CHECK_INT(toy_status(toy_receive(&toy, fd, 1, 3000, NULL)), 200);
    clock_gettime(CLOCK_MONOTONIC, &began);
    static const char slow[] = "GET /hello HTTP/1.1\r\nHost: a\r\nX: ";
    for (int i = 0; i < 60 && !closed; i++) {
        toy_send(fd, i < (int)sizeof(slow) - 1 ? slow + i : "a", 1);
        toy_receive(&toy, fd, 0, 100, &closed);
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    close(fd);
    CHECK(closed);
    return (ended.tv_sec - began.tv_sec) * 1000 + (ended.tv_nsec - began.tv_nsec) / 1000000;
}

TEST(slow_heads_are_cut_off)
{
    toy_init(&toy);
    toy.config.idle_timeout = 1;
    toy_start(&toy);
    long ms = slow_head_lasts("");
    CHECK(ms >= 900 && ms < 2500);
    ms = slow_head_lasts("GET /hello HTTP/1.1\r\n" HOST "\r\n");
    CHECK(ms >= 900 && ms < 2500);
    toy_stop(&toy);
}

TEST(slow_bodies_are_cut_off)
{
    toy_init(&toy);
    toy.config.idle_timeout = 1;
    toy_start(&toy);
    bool closed = false;
    int fd = toy_connect(&toy), i = 0;
    static const char head[] = "POST /echo HTTP/1.1\r\n" HOST FORM "Content-Length: 1000\r\n\r\n";
    toy_send(fd, head, sizeof(head) - 1);
    for (; i < 60 && !closed; i++) {
        toy_send(fd, "a", 1);
        toy_receive(&toy, fd, 0, 100, &closed);
    }
    CHECK(closed && i < 30);
    close(fd);
    pause_ms(300);
    CHECK_STR(metric("phoenix_requests_in_hand"), "0");
    toy_stop(&toy);
}

TEST(connection_limits)
{
    toy_init(&toy);
    toy.config.connections_per_address = 20;
    toy_start(&toy);
    int fds[20];
    for (int i = 0; i < 20; i++) {
        fds[i] = toy_connect(&toy);
        toy_send(fds[i], "GET /hello HTTP/1.1\r\n" HOST "\r\n",
                 sizeof("GET /hello HTTP/1.1\r\n" HOST "\r\n") - 1);
        CHECK_INT(toy_status(toy_receive(&toy, fds[i], 1, 3000, NULL)), 200);
    }
    const char *got = toy_ask(&toy, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    CHECK_INT(toy_status(got), 503);
    CHECK(strstr(got, "\r\nRetry-After: 1\r\n") != NULL);
    for (int i = 0; i < 20; i++)
        close(fds[i]);
    pause_ms(200);
    CHECK_INT(toy_status(toy_ask(&toy, "GET /hello HTTP/1.1\r\n" HOST "\r\n")), 200);
    toy_stop(&toy);
}

static void serve_a_hundred(long http_threads)
{
    toy_init(&toy);
    toy.config.http_threads = http_threads;
    toy_start(&toy);
    int fds[100];
    static const char ask[] = "GET /work HTTP/1.1\r\n" HOST "\r\n";
    for (int i = 0; i < 100; i++)
        fds[i] = toy_connect(&toy);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++)
            toy_send(fds[i], ask, sizeof(ask) - 1);
        int ok = 0, busy = 0;
        for (int i = 0; i < 100; i++) {
            int status = toy_status(toy_receive(&toy, fds[i], 1, 5000, NULL));
            ok += status == 200;
            busy += status == 503; // a queue of 64 may be full for a moment
        }
        CHECK_INT(ok + busy, 100);
        CHECK(ok >= 64);
    }
    for (int i = 0; i < 100; i++)
        close(fds[i]);
    toy_stop(&toy);
}

TEST(a_hundred_connections)
{
    serve_a_hundred(1);
    serve_a_hundred(3);
}

TEST(over_tls)
{
    toy_init(&toy);
    toy.config.tls = true;
    toy_start(&toy);
    const char *got = toy_ask(&toy, "GET /hello HTTP/1.1\r\n" HOST "\r\n");
    CHECK(strstr(got, "\r\nStrict-Transport-Security: max-age=") != NULL);
    got = toy_ask(&toy, "BAD\r\n\r\n");
    CHECK(strstr(got, "\r\nStrict-Transport-Security: max-age=") != NULL);
    toy_stop(&toy);
}

TEST(clients_that_leave_cost_nothing)
{
    start();
    static const char ask[] = "GET /sleep/100 HTTP/1.1\r\n" HOST "\r\n";
    for (int i = 0; i < 20; i++) {
        int fd = toy_connect(&toy);
        toy_send(fd, ask, sizeof(ask) - 1);
        close(fd);
    }
    pause_ms(1200);
    CHECK_STR(metric("phoenix_requests_in_hand"), "0");
    CHECK_STR(metric("phoenix_connections"), "0");
    toy_stop(&toy);
}

static void *stop_later(void *arg)
{
    (void)arg;
    pause_ms(100);
    server_stop(toy.server);
    toy.server = NULL;
    return NULL;
}

TEST(draining_finishes_what_is_in_hand)
{
    start();
    bool closed;
    int idle = toy_connect(&toy), busy = toy_connect(&toy), fresh = toy_connect(&toy);
    toy_send(idle, "GET /hello HTTP/1.1\r\n" HOST "\r\n",
             sizeof("GET /hello HTTP/1.1\r\n" HOST "\r\n") - 1);
    CHECK_INT(toy_status(toy_receive(&toy, idle, 1, 3000, NULL)), 200);
    toy_send(busy, "GET /sleep/600 HTTP/1.1\r\n" HOST "\r\n",
             sizeof("GET /sleep/600 HTTP/1.1\r\n" HOST "\r\n") - 1);
    pthread_t stopper;
    CHECK_INT(pthread_create(&stopper, NULL, stop_later, NULL), 0);
    const char *got = toy_receive(&toy, busy, 1, 3000, &closed);
    CHECK_INT(toy_status(got), 200);
    CHECK(strstr(got, "\r\nConnection: close\r\n") != NULL);
    CHECK_STR(toy_body(got), "slept\n");
    pthread_join(stopper, NULL);
    toy_receive(&toy, idle, 0, 1000, &closed);
    CHECK(closed);
    toy_receive(&toy, fresh, 0, 1000, &closed);
    CHECK(closed);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)toy.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0);
    close(fd);
    close(idle);
    close(busy);
    close(fresh);
    toy_stop(&toy);
}

TEST(metrics_have_their_own_listener)
{
    // A free port, found by binding one for a moment.
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(any);
    CHECK_INT(bind(fd, (struct sockaddr *)&any, len), 0);
    CHECK_INT(getsockname(fd, (struct sockaddr *)&any, &len), 0);
    close(fd);
    toy_init(&toy);
    toy.config.metrics_port = ntohs(any.sin_port);
    toy_start(&toy);
    CHECK_INT(toy_status(toy_ask(&toy, "GET /work HTTP/1.1\r\n" HOST "\r\n")), 200);
    struct toy other = {.arena = toy.arena, .port = server_metrics_port(toy.server)};
    const char *got = toy_ask(&other, "GET /metrics HTTP/1.1\r\n" HOST "\r\n");
    CHECK_INT(toy_status(got), 200);
    CHECK(strstr(got, "\nphoenix_requests_total 1\n") != NULL);
    CHECK(strstr(got, "\nphoenix_answers_total{status=\"2xx\"} 1\n") != NULL);
    CHECK(strstr(got, "\nphoenix_request_seconds_count 1\n") != NULL);
    CHECK_INT(toy_status(toy_ask(&other, "GET /hello HTTP/1.1\r\n" HOST "\r\n")), 404);
    CHECK_INT(toy_status(toy_ask(&toy, "GET /metrics HTTP/1.1\r\n" HOST "\r\n")), 404);
    toy_stop(&toy);

    toy_init(&toy);
    toy.config.metrics_port = ntohs(any.sin_port);
    toy.config.metrics_listen = "0.0.0.0";
    struct ctx ctx = {.arena = toy.arena};
    struct server_setup setup = {.config = &toy.config, .routes = &(struct route_table){0}};
    CHECK_INT(server_start(&ctx, &setup, &toy.server), ERR_CONFIG);
    CHECK(ctx.problem.detail && strstr(ctx.problem.detail, "loopback"));
    toy_stop(&toy);
}

TESTS("http serving", T(answers_carry_security_headers), T(statuses), T(head_follows_get),
      T(pipelined_requests_are_answered_in_order), T(bodies),
      T(too_large_a_body_can_read_its_answer), T(uploads), T(large_answers_and_files),
      T(the_proxy_names_the_remote_address), T(absent_and_invisible_answer_alike),
      T(slow_heads_are_cut_off), T(slow_bodies_are_cut_off), T(connection_limits),
      T(a_hundred_connections), T(over_tls), T(clients_that_leave_cost_nothing),
      T(draining_finishes_what_is_in_hand), T(metrics_have_their_own_listener))
