// SPDX-License-Identifier: MIT
// A small world for tests of the domain: a private database with two sites, one user of every role
// at Leicester (and a navigator and a manager at Rutland), signed in, and participants made at
// will. Whatever cannot be done ends the program with a message. One thread.
#pragma once

#include "base/ctx.h"

struct cluster;

/** A context of that role's user ("navigator", "police", "navigator@rutland"), with an arena of its
 *  own that lives as long as the program; the problem of an earlier call is cleared. */
struct ctx *world_as(const char *role);
/** The same without a session. */
struct ctx *world_nobody(void);
/** The user's id, for SQL. */
const char *world_user(const char *role);
/** The id of a provider agency (the provider user's own). */
const char *world_provider(void);

/**
 * A new participant at Leicester with the navigator as worker, born on that day (YYYY-MM-DD, NULL:
 * not known), in that stage ("active": offered and accepted `days_ago` days ago). Returns the
 * reference; probation supervises.
 */
const char *world_person(const char *born, const char *stage, int days_ago);
/** The ids of the person and of the case with that reference: never the same. */
const char *world_person_id(const char *ref);
const char *world_participant_id(const char *ref);

/** SQL as superuser: what psql prints, unaligned, no heading. */
const char *world_sql(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** Network flushes of the application's connection so far. */
unsigned long world_flushes(void);

/** Prints the technical detail of the last problem, if there is one, to stderr. */
void world_explain(const struct ctx *ctx);
/** For faults: the cluster itself. */
struct cluster *world_cluster(void);
