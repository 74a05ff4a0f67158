// SPDX-License-Identifier: MIT
// A real server with toy routes and no database, and a client that sends raw bytes.
#pragma once

#include "http/server.h"

#include <stdatomic.h>

struct toy {
    struct arena *arena;
    struct config config; // change before toy_start()
    struct server *server;
    int port;
};
extern _Atomic int toy_smuggled; // times GET /smuggled was run

void toy_init(struct toy *toy);
void toy_start(struct toy *toy);
void toy_stop(struct toy *toy);

int toy_connect(const struct toy *toy);
void toy_send(int fd, const char *p, size_t n);
/** Reads until the other side closes, `n_answers` whole answers have come, or ms passed without a byte.
 *  The text is in the toy's arena; *ret_closed tells if the other side closed. */
const char *toy_receive(struct toy *toy, int fd, int n_answers, int ms, bool *ret_closed);
/** Connects, sends, receives one answer, closes. */
const char *toy_ask(struct toy *toy, const char *text);
int toy_status(const char *answer);  // of the first answer, 0 if there is none
int toy_answers(const char *answer); // status lines in it
const char *toy_body(const char *answer);
