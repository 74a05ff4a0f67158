// SPDX-License-Identifier: MIT
// Safety flags: what everybody who meets a person is shown before any action.
#pragma once

#include "base/field.h"
#include "domain/person/file.h"
#include "record/reply.h"

extern const struct field_table flag_input_table; // of routes

struct flag_input {
    const char *kind, *detail, *review_due;
};

/** Adds a flag; the words are sealed. `ret->id` is the new one's. */
enum err flag_add(struct ctx *ctx, const char *ref, const struct flag_input *in,
                  const struct create_reply *reply, struct safety_flag *ret) MUST_CHECK;
/** The open flags of a person, one round trip, audited. */
enum err flag_list_read(struct ctx *ctx, const char *ref, struct person_file *ret) MUST_CHECK;
/** Ends a flag; it stays on record. ERR_NOT_FOUND when the person has no such open flag. */
enum err flag_end(struct ctx *ctx, const char *ref, const char *id) MUST_CHECK;
