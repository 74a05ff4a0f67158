// SPDX-License-Identifier: MIT
// The tables sql/embed.py writes: every statement a connection may run, every migration, and the text of
// the functions, policies and grants.
// Read-only and shared by all threads. The program has one catalogue; tests may install their own
// before any connection is made.
#pragma once

#include "db/db.h"

#include <stddef.h>

/** What a parameter is in its query's struct: const char *, struct bytes, long. */
enum db_kind { DB_KIND_TEXT, DB_KIND_BYTES, DB_KIND_INT };

struct db_named {
    const char *name;
    size_t offset; // in the struct of its query
    enum db_kind kind;
};

struct db_query {
    const char *name; // of the catalogue row and of the prepared statement
    const char *sql;
    int nparams;
    const struct db_named *params; // in the order of $1, $2, ...
    unsigned logins; // bit per enum db_login
    bool copy;       // COPY ... FROM STDIN: runs through db_copy_in() only
};

struct db_migration {
    int number;
    const char *name;
    const char *sha256; // of the file, in hex
    const char *sql;
};

struct db_schema_file {
    const char *name;
    const char *sql;
};

struct db_catalogue {
    const struct db_query *queries;
    size_t n;
    const struct db_migration *migrations; // in order of number, from 1
    size_t n_migrations;
    const struct db_schema_file *schema; // in the order in which they are applied
    size_t n_schema;
    const char *schema_sha256; // of all of them, in hex
};

/** What the build embedded from sql/queries, sql/migrations and sql/schema. */
extern const struct db_catalogue db_catalogue_builtin;
/** The statements of lib/db itself. */
extern const struct db_catalogue db_catalogue_internal;

/** Replaces the catalogue for connections made from now on; NULL puts the built-in one back. */
void db_set_catalogue(const struct db_catalogue *c);
const struct db_catalogue *db_catalogue_now(void);
