// SPDX-License-Identifier: MIT
// Memory that dies in one call: everything a request, command or job allocates.
// An arena belongs to one thread at a time. Allocation never returns NULL: a process
// that cannot get memory aborts, since half-done work on case data is worse.
#pragma once

#include <stdarg.h>
#include <stddef.h>

struct arena;

/** A new empty arena; the caller frees it with arena_free(). */
struct arena *arena_new(void);

/** Runs deferred functions, wipes and frees everything. NULL is allowed. */
void arena_free(struct arena *a);

/** Runs deferred functions (last first) and wipes all memory, keeping one block for reuse. */
void arena_reset(struct arena *a);

/** n zeroed bytes, aligned for any type, alive until reset. */
void *arena_alloc(struct arena *a, size_t n);

char *arena_strdup(struct arena *a, const char *s);
/** The first n bytes of s, NUL-terminated. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/** p's old_n bytes made into new_n (larger): in place when p was the newest allocation, otherwise
 *  copied and the old bytes wiped. NULL p allocates. */
void *arena_grow(struct arena *a, void *p, size_t old_n, size_t new_n);

/** Calls fn(p) at reset or free: how a PGresult or json_t is handed over. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

/** Bytes of memory held, for tests and metrics. */
size_t arena_size(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))
