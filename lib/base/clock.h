// SPDX-License-Identifier: MIT
// Monotonic time for timeouts, and the parsing and printing of times; dates are base/calendar.h.
// Instants are int64 microseconds since 1970 UTC. Local time is the process's TZ
// (set once from the configuration, Europe/London by default).
#pragma once

#include "base/arena.h"
#include "base/calendar.h"

#include <stdbool.h>
#include <stdint.h>

uint64_t clock_mono_us(void);
int64_t clock_now_us(void); // wall clock; tests may shift it with clock_set_offset()
void clock_set_offset(int64_t us);
/** True if the system knows the IANA time zone. */
bool clock_zone_ok(const char *name);
/** Sets the process's time zone by its IANA name; false (and nothing changed) if the system does
 *  not know it. Call once before threads start. */
bool clock_set_zone(const char *name);

int64_t date_today(void); // local

/** RFC 3339 with zone ("2026-11-02T10:30:00Z", "+01:00", optional fraction); false if not one. */
bool time_parse(const char *s, int64_t *ret_us);
/** Also PostgreSQL's text form ("2026-11-02 10:30:00+00"). */
bool time_parse_pg(const char *s, int64_t *ret_us);
/** Canonical RFC 3339 UTC, "2026-11-02T10:30:00Z" (fraction kept when not zero). */
char *time_iso(struct arena *a, int64_t us);
/** Local date and HH:MM to an instant (the earlier one when clocks go back; refused in the gap). */
bool time_from_local(const char *date_iso_, const char *hhmm, int64_t *ret_us);
char *time_local_date(struct arena *a, int64_t us); // YYYY-MM-DD
char *time_local_hhmm(struct arena *a, int64_t us);
/** From any accepted text: "2 November 2026 at 10:30am", local. */
char *time_words(struct arena *a, const char *text);
