// SPDX-License-Identifier: MIT
// JSON bodies through a field table with a row of every type, and what was read written out again.
#include "api/api.h"
#include "api/json.h"
#include "base/vocab.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct thing {
    const char *text, *number, *sure, *day, *at, *id, *kind, *kinds, *words;
};

#define ROW(n, t, ...)                                                                             \
    {                                                                                              \
        .name = #n, .type = t, .offset = offsetof(struct thing, n), .label = #n, __VA_ARGS__       \
    }
static const struct field fields[] = {
    ROW(text, FIELD_TEXT, .flags = FIELD_LINES, .max = 200),
    ROW(number, FIELD_INT, .min = 0, .max = 1440),
    ROW(sure, FIELD_BOOL, .flags = 0),
    ROW(day, FIELD_DATE, .flags = 0),
    ROW(at, FIELD_TIME, .flags = 0),
    ROW(id, FIELD_UUID, .flags = 0),
    ROW(kind, FIELD_CODE, .vocab = "kind"),
    ROW(kinds, FIELD_CODES, .vocab = "kind"),
    ROW(words, FIELD_LIST, .max = 20),
};
static const struct field_table table = FIELD_TABLE("Thing", struct thing, fields);
static const struct route route = {.method = "POST", .pattern = "/things", .body = &table};

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct vocab_code codes[] = {{.code = "red", .label = "Red"},
                                              {.code = "blue", .label = "Blue"}};
    static const struct vocab all[] = {{"kind", codes, 2}};
    (void)argc;
    (void)argv;
    vocab_install(all, 1, "fuzz");
    return 0;
}

// What was taken must be written as JSON that is taken again, the same.
static void again(struct arena *a, const struct thing *first)
{
    struct request r = {.ctx.arena = a, .route = &route};
    struct thing second = {0};
    r.body = api_record_text(&r, &table, first);
    r.n_body = strlen(r.body);
    if (api_body(&r, &second) != ERR_OK)
        abort();
    for (size_t i = 0; i < table.n; i++) {
        const char *x = field_get(first, &fields[i]), *y = field_get(&second, &fields[i]);
        if ((!x) != (!y) || (x && strcmp(x, y) != 0))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new();
    struct request r = {.ctx.arena = a, .route = &route, .body = arena_strndup(a, "", 0)};
    struct thing thing = {0};
    char *body = arena_alloc(a, n + 1);
    memcpy(body, data, n);
    r.body = body;
    r.n_body = n;
    enum err e = api_body(&r, &thing);
    if (!e)
        again(a, &thing);
    else if (e == ERR_INVALID && !r.ctx.problem.first)
        abort(); // a refusal names what is wrong
    arena_free(a);
    return 0;
}
