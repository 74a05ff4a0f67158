// SPDX-License-Identifier: MIT
#include "base/log.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char got[8192];

// Runs one log_event with standard error in a pipe, and keeps what came out in `got`.
#define CAPTURE(...)                                                                               \
    do {                                                                                           \
        int fds[2], kept = dup(STDERR_FILENO);                                                     \
        CHECK_FATAL(pipe(fds) == 0 && kept >= 0);                                                  \
        dup2(fds[1], STDERR_FILENO);                                                               \
        log_event(__VA_ARGS__);                                                                    \
        dup2(kept, STDERR_FILENO);                                                                 \
        close(kept);                                                                               \
        close(fds[1]);                                                                             \
        ssize_t n = read(fds[0], got, sizeof(got) - 1);                                            \
        got[n > 0 ? n : 0] = '\0';                                                                 \
        close(fds[0]);                                                                             \
    } while (0)

TEST(lines_of_key_and_value)
{
    log_setup(LOG_INFO, 0);
    CAPTURE(LOG_NOTICE, "signed_in", "user", "sam", "empty", "", "none", (char *)NULL, "n", "3",
            NULL);
    CHECK(strncmp(got, "time=20", 7) == 0);
    CHECK(strstr(got, "Z level=notice event=signed_in user=sam empty= none= n=3\n") != NULL);
}

TEST(values_cannot_break_the_line)
{
    log_setup(LOG_INFO, 0);
    CAPTURE(LOG_INFO, "e", "v", "a\nlevel=error \"q\" \\ \x1b[31m \xc3\xa9", NULL);
    CHECK(strstr(got, "v=\"a\\nlevel=error \\\"q\\\" \\\\ \\u001b[31m \\u00c3\\u00a9\"\n") != NULL);
    CHECK(strchr(got, '\n') == got + strlen(got) - 1);
}

TEST(json_lines)
{
    log_setup(LOG_INFO, 1);
    CAPTURE(LOG_WARN, "e", "k", "a\"b\\c\n\x7f", NULL);
    CHECK(strncmp(got, "{\"time\":\"20", 11) == 0);
    CHECK(strstr(got, "\"level\":\"warn\",\"event\":\"e\",\"k\":\"a\\\"b\\\\c\\n\\u007f\"}\n") !=
          NULL);
}

TEST(low_levels_are_left_out)
{
    log_setup(LOG_WARN, 0);
    CAPTURE(LOG_INFO, "quiet", NULL);
    CHECK_STR(got, "");
    CAPTURE(LOG_WARN, "loud", NULL);
    CHECK(strstr(got, "event=loud\n") != NULL);
}

TEST(overlong_values_are_cut)
{
    static char huge[10000];
    memset(huge, 'h', sizeof(huge) - 1);
    for (int json = 0; json < 2; json++) {
        log_setup(LOG_INFO, json);
        CAPTURE(LOG_INFO, "e", "v", huge, "w", huge, NULL);
        size_t n = strlen(got);
        CHECK(n > 4000 && n <= 4096);
        CHECK_STR(got + n - (json ? 3 : 1), json ? "\"}\n" : "\n");
    }
}

TESTS("log", T(lines_of_key_and_value), T(values_cannot_break_the_line), T(json_lines),
      T(low_levels_are_left_out), T(overlong_values_are_cut))
