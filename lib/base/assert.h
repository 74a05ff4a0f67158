// SPDX-License-Identifier: MIT
// What must be true or the program has a fault: preconditions and the bounds of memory. Unlike
// <assert.h> it stands in release builds too: to stop with a line in the log harms nobody, to write
// past a buffer with case data does. What input can bring about is refused, never asserted.
#pragma once

/** Logs the place and the condition and ends the process with SIGABRT. */
_Noreturn void assert_failed(const char *file, int line, const char *condition);

#define ASSERT(condition)                                                                          \
    ((condition) ? (void)0 : assert_failed(__FILE__, __LINE__, #condition))
