// SPDX-License-Identifier: MIT
// Any bytes as a request head, in whole and in part, as from the wire and as libmicrohttpd leaves it.
#include "http/gate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void claim(bool holds)
{
    if (!holds)
        abort();
}

// What must be true of every head that passes.
static void check_passed(const char *p, const struct gate_head *head, const struct gate_facts *facts)
{
    size_t hosts = 0, lengths = 0;
    char path[GATE_TARGET_MAX + 1];
    claim(head->size <= GATE_HEAD_MAX && head->n_fields <= GATE_FIELDS_MAX);
    claim(memcmp(p + head->size - 4, "\r\n\r\n", 4) == 0);
    claim(memchr(p, 0, head->size) == NULL);
    for (size_t i = 0; i < head->size; i++) {
        claim(p[i] != '\n' || (i && p[i - 1] == '\r'));
        claim(p[i] != '\r' || p[i + 1] == '\n');
        claim(i < 2 || p[i - 1] != '\n' || (p[i] != ' ' && p[i] != '\t'));
    }
    for (size_t i = 0; i < head->n_fields; i++) {
        hosts += span_is(head->fields[i].name, "Host");
        lengths += span_is(head->fields[i].name, "Content-Length");
        claim(!span_is(head->fields[i].name, "Transfer-Encoding"));
    }
    claim(hosts == 1 && lengths == (facts->has_length ? 1u : 0u));
    claim(gate_decode_path(head->target, path));
    claim(strlen(path) <= head->target.n && path[0] == '/' && !strstr(path, "//") &&
          !strstr(path, "/../"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    // An exact copy, so that a read past its end is seen.
    char *p = malloc(n ? n : 1);
    struct gate_head head, part;
    struct gate_facts facts;
    if (!p)
        return 0;
    memcpy(p, data, n);
    enum gate_verdict v = gate_parse(p, n, &head);
    if (v == GATE_OK) {
        // Nothing shorter than the head was one, and its end does not depend on what follows.
        claim(gate_parse(p, head.size, &part) == GATE_OK && part.size == head.size);
        claim(gate_parse(p, head.size - 1, &part) == GATE_MORE);
        if (gate_check(&head, &facts) == GATE_OK)
            check_passed(p, &head, &facts);
    }
    struct gate_head left = {0};
    if (gate_parse_fields(p, n, gate_marks_mhd, &left) == GATE_OK)
        claim(left.size <= n && left.size >= 2);
    free(p);
    return 0;
}
