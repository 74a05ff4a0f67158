// SPDX-License-Identifier: MIT
// A private PostgreSQL for one test program, started by cluster.sh in a short directory of its own
// and removed when the program ends, however it ends (a guard process waits for that).
// Whatever cannot be done ends the program with a message: a test must not go on without it.
// Texts belong to the cluster and live as long as it does. One thread at a time.
#pragma once

#include <stdbool.h>

struct cluster;

/** Starts one: 0.8 s. Call cluster_stop() or just end the program. */
struct cluster *cluster_start(void);
/** Settings as "name=value", ended by NULL; with `durable` fsync stays on. */
struct cluster *cluster_start_with(bool durable, const char *const *settings);
/** One for the whole program, started at the first call. */
struct cluster *cluster_shared(void);
/** The same, with the template of cluster_database() made already, or copied from where another program
 *  kept it: see PHOENIX_TEST_PREPARED in cluster.sh. For the present catalogue, so not after another was set. */
struct cluster *cluster_migrated(void);
/** The same with what `fill` puts into a migrated one: databases, and files in cluster_files(). It runs only
 *  where nobody has kept its result under this name, and leaves no connection open. */
struct cluster *cluster_prepared(const char *name, void (*fill)(struct cluster *c));
void cluster_stop(struct cluster *c);

/** Connection string without a user, as db_new() wants it. */
const char *cluster_conninfo(struct cluster *c, const char *dbname);
/** The same for the superuser. */
const char *cluster_superuser(struct cluster *c, const char *dbname);
const char *cluster_dir(const struct cluster *c);
/** Where `fill` may keep files beside the databases; nobody has made the folder yet. */
const char *cluster_files(struct cluster *c);

/** A new database with the roles and all migrations of the present catalogue (db_set_catalogue()),
 *  copied from a template `phoenix_t` that the first call makes: 0.1 s. Returns its conninfo. */
const char *cluster_database(struct cluster *c, const char *name);
/** Forgets the template, after another catalogue was set. */
void cluster_template_drop(struct cluster *c);

/** Runs SQL as superuser through psql; returns what it printed (unaligned, no header), without the
 *  last newline. Fails the program if the SQL fails. */
const char *cluster_sql(struct cluster *c, const char *dbname, const char *sql);
/** The same, but a failure returns NULL. */
const char *cluster_sql_try(struct cluster *c, const char *dbname, const char *sql);

/** For fault tests: a clean stop, a crash of every backend, SIGKILL of the postmaster, and the
 * start. */
void cluster_shutdown(struct cluster *c);
void cluster_crash(struct cluster *c);
void cluster_kill(struct cluster *c);
void cluster_up(struct cluster *c);
void cluster_restart(struct cluster *c);
