// SPDX-License-Identifier: MIT
// FNV-1a of 64 bits, for hash tables in memory alone: it is quick and its values are the same on every
// machine, but whoever chooses the bytes can make them meet. Secrets and what outsiders choose at
// length are keyed instead (crypto/keys.h). Pure functions.
#pragma once

#include <stddef.h>
#include <stdint.h>

/** The high half is folded into the low one: a mask or a remainder may take the low bits alone. */
uint64_t hash_bytes(const void *p, size_t n);
/** The same of a text's bytes without its NUL. */
uint64_t hash_text(const char *s);
