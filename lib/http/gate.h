// SPDX-License-Identifier: MIT
// The strict gate: what an HTTP/1.1 request head may look like before anything else looks at it.
// Pure functions over bytes: no socket, no allocation, safe on any input, fuzzed.
//
// A head passes twice. The front (front.h) reads the first head of each connection raw, before
// libmicrohttpd sees it. Every head, later ones on the connection too, is read again from
// libmicrohttpd's own buffer (gate_parse_fields with gate_marks_mhd), which shows what its value
// lists hide: folded lines, bare LF, NUL. Refusing means 400 and closing: one byte stream is never
// read as two requests in two ways.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GATE_HEAD_MAX = 8192,   // bytes of a whole head
    GATE_TARGET_MAX = 2048, // bytes of the request target
    GATE_FIELDS_MAX = 64,   // header lines
};

struct span {
    const char *p;
    size_t n;
};

struct gate_field {
    struct span name, value;
};

struct gate_head {
    struct span method, target;
    int minor; // HTTP/1.minor
    struct gate_field fields[GATE_FIELDS_MAX];
    size_t n_fields;
    size_t size; // bytes of the whole head, its empty line included
};

enum gate_verdict {
    GATE_OK,
    GATE_MORE,     // a proper beginning: more bytes are needed
    GATE_BAD,      // 400
    GATE_LONG_URI, // 414
    GATE_LARGE,    // 431
};

/** What ends a line and a field name. libmicrohttpd overwrites CR, LF and the colon with NUL. */
struct gate_marks {
    char cr, lf, colon;
};
extern const struct gate_marks gate_marks_wire, gate_marks_mhd;

/** Reads a whole head from the wire. Spans point into p. */
enum gate_verdict gate_parse(const char *p, size_t n, struct gate_head *ret);

/** Reads header lines up to and including the empty line; sets fields and size only. */
enum gate_verdict gate_parse_fields(const char *p, size_t n, struct gate_marks marks,
                                    struct gate_head *head);

/** What the head says, once its syntax is right. */
struct gate_facts {
    bool has_length;
    uint64_t length;    // Content-Length
    bool expects;       // Expect: 100-continue
    bool wants_close;   // Connection: close, or HTTP/1.0 without keep-alive
    struct span host;
};

/** The rules: method, target, exactly one good Host, at most one Content-Length of digits, no
 *  Transfer-Encoding, no other expectation than 100-continue. */
enum gate_verdict gate_check(const struct gate_head *head, struct gate_facts *ret);

/** A request target in origin form: bounded, visible ASCII, sound percent escapes. */
enum gate_verdict gate_check_target(struct span target);

/** Decodes the path of a target (up to '?') into out, which holds n + 1 bytes. False unless it is
 *  valid UTF-8 without control characters, dot segments, empty segments, or escapes of '/', '\'. */
bool gate_decode_path(struct span target, char *out);

/** True for an RFC 9110 token character. */
bool gate_token_char(char c);
bool span_is(struct span s, const char *word); // ASCII case-insensitive
int gate_hex(char c);                          // 0..15, or -1
