// SPDX-License-Identifier: MIT
// Journeys through THE route table without a socket: a private cluster, a migrated database with
// made-up people, and visitors who sign in, look at pages, send forms and call the API. What goes
// wrong in the harness itself ends the program with a message. One thread.
//
//     struct visitor *anna = journey_visitor("navigator");
//     const struct answer *a = visit_get(anna, "/participants");
//     CHECK_INT(a->status, 200);
//     a = visit_post(anna, "/participants/PX...", "mode", "phone", "note", "Spoke to mum", NULL);
#pragma once

#include "config/config.h"
#include "http/route.h"

#include <stdbool.h>
#include <stddef.h>

struct visitor;

/** An answer; alive until the visitor's 16th request after it. */
struct answer {
    int status;
    const char *type, *location; // "" when absent
    const char *body;
    size_t n;
    unsigned long flushes; // network round trips to the database that it took
    const struct pair *headers;
    size_t n_headers;
    struct arena *arena; // for json and the like
};

/** The value of a header, or NULL. */
const char *answer_header(const struct answer *a, const char *name);
/** True if the body holds the text (as HTML would show it: the text is escaped first for pages). */
bool answer_has(const struct answer *a, const char *text);
/** The value of a JSON answer by path: "user.role", "items.0.ref"; numbers and booleans as text;
 * NULL when absent or null. */
const char *answer_json(const struct answer *a, const char *path);
/** How many items a JSON list at the path has ("" for the whole); -1 if it is no list. */
int answer_json_count(const struct answer *a, const char *path);
/** The value of the hidden or other input of that name on a page, unescaped; NULL if there is none.
 */
const char *answer_input(const struct answer *a, const char *name);

/** The first account of that role, signed in (once for the program); NULL: nobody. A trailing digit
 *  takes another account: "navigator2". */
struct visitor *journey_visitor(const char *role);
/** A new visitor without a session. */
struct visitor *journey_stranger(void);
/** A new visitor signed in with this account: ends the program if it cannot. */
struct visitor *journey_sign_in(const char *username, const char *password);
const char *visitor_username(const struct visitor *v);
const char *visitor_password(const struct visitor *v);
const char *visitor_token(const struct visitor *v);
/** Makes the visitor's token another one, or none (NULL). */
void visitor_set_token(struct visitor *v, const char *token);
/** The next requests carry this header too (NULL value takes it away). */
void visitor_set_header(struct visitor *v, const char *name, const char *value);

/** The next request is turned away at the door with this error, as an overloaded server does. */
void visitor_turn_away(struct visitor *v, enum err e);

/** A page, with the cookie. */
const struct answer *visit_get(struct visitor *v, const char *target);
/** A form: name, value pairs ended by NULL. csrf is added; client_ref too unless given. */
const struct answer *visit_post(struct visitor *v, const char *target, ...)
    __attribute__((sentinel));
/** The same with pairs in hand; nothing is added. */
const struct answer *visit_form(struct visitor *v, const char *target, const struct pair *pairs,
                                size_t n);
/** A form with a file, as multipart/form-data: name, value pairs ended by NULL; csrf is added, and client_ref
 *  too unless given. */
const struct answer *visit_upload(struct visitor *v, const char *target, const char *file_name,
                                  const void *file, size_t n_file, ...) __attribute__((sentinel));
/** The API with the bearer token; json NULL sends no body. */
const struct answer *visit_api(struct visitor *v, const char *method, const char *target,
                               const char *json);
/** The same with an Idempotency-Key and an If-Match value, each NULL for none. */
const struct answer *visit_api_with(struct visitor *v, const char *method, const char *target,
                                    const char *json, const char *key, const char *if_match);

/** A reference of a person that this role's visitor may see: the first in `phoenix` order whose
 *  status card it can open; one it may not see (of another site or caseload); and a well-formed
 *  reference of nobody. The program ends if there is none such. */
const char *journey_person(const char *role);
const char *journey_hidden_person(const char *role);
const char *journey_nobody(void);

/** Any SQL as superuser: what psql prints, unaligned and without a heading. */
const char *journey_sql(const char *sql);
/** What the harness itself runs on. */
struct ctx *journey_ctx(void);
const struct config *journey_config(void);
const struct route_table *journey_routes(void);
/** Reads the name index anew, as its thread in the server would. */
void journey_index(void);
/** Takes the database away and brings it back (SIGKILL and start). */
void journey_database_kill(void);
void journey_database_up(void);
