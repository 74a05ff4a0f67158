// SPDX-License-Identifier: MIT
// JSON in and out by field table; the only users of Jansson. Handlers in this module are thin:
// decode, call the domain, answer.
#pragma once

#include "api/handlers.h"
#include "http/route.h"

/** Decodes the JSON body strictly through the body's table of the request's route: unknown and
 *  duplicate keys, wrong types and values out of range are field errors (all of them, ERR_INVALID).
 *  JSON null counts as absent. A PATCH may leave out what is required. The record is zeroed by the
 *  caller, and of the struct that the table describes: another one stops the program. */
#define api_body(r, ret_record) api_body_sized((r), (ret_record), sizeof(*(ret_record)))
enum err api_body_sized(struct request *r, void *ret_record, size_t size) MUST_CHECK;
/** True if the body named the field (PATCH: named and null means clear it). Valid after api_body(). */
bool api_body_has(struct request *r, const char *name);
/** Decodes the query string through the route's table of parameters, under the same conditions
 *  (unknown parameters are field errors). */
#define api_query(r, ret_record) api_query_sized((r), (ret_record), sizeof(*(ret_record)))
enum err api_query_sized(struct request *r, void *ret_record, size_t size) MUST_CHECK;

/** Answers one record: fields whose `read` permission the actor lacks are left out; absent values are
 *  null. Also sets ETag when the record has a field named "version". */
void api_record(struct request *r, struct response *res, int status, const struct field_table *t,
                const void *record);
/** `{"items": [...], "next": cursor or null}` */
void api_rows(struct request *r, struct response *res, const struct field_rows *rows,
              const char *next);
/** The JSON text api_record() would answer, for access_idempotent(). */
const char *api_record_text(struct request *r, const struct field_table *t, const void *record);
/** Gives ERR_IDEMPOTENCY_REPLAY its stored answer; use as: if (e) return api_replay(r, res, e). Any
 *  other error passes through. */
enum err api_replay(struct request *r, struct response *res, enum err e);
/** problem+json for an error. */
void api_error(struct request *r, enum err e, struct response *res);
