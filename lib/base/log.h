// SPDX-License-Identifier: MIT
// key=value (or JSON) lines to stderr. Values are escaped. There is no formatter for
// sealed fields on purpose: never pass a decrypted value here.
#pragma once

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_NOTICE_, LOG_WARN_, LOG_ERROR_ };
#define LOG_DEBUG LOG_DEBUG_
#define LOG_INFO LOG_INFO_
#define LOG_NOTICE LOG_NOTICE_
#define LOG_WARN LOG_WARN_
#define LOG_ERROR LOG_ERROR_

/** Sets the least level printed and whether lines are JSON. Call once before threads start. */
void log_setup(enum log_level least, int json);

/** One line: event, then key, value pairs, ended by a NULL key. A NULL value prints as empty. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));
