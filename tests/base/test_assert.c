// SPDX-License-Identifier: MIT
#include "base/assert.h"
#include "base/calendar.h"
#include "base/log.h"
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char got[1024];

// Runs fn in a child with its standard error in a pipe: how it ended, and `got` is what it said.
static int run(void (*fn)(void))
{
    int fds[2], status = 0;
    CHECK_FATAL(pipe(fds) == 0);
    pid_t pid = fork();
    CHECK_FATAL(pid >= 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        dup2(fds[1], STDERR_FILENO);
        fn();
        _exit(0);
    }
    close(fds[1]);
    size_t n = 0;
    for (ssize_t k; n < sizeof(got) - 1 && (k = read(fds[0], got + n, sizeof(got) - 1 - n)) > 0;)
        n += (size_t)k;
    got[n] = '\0';
    close(fds[0]);
    waitpid(pid, &status, 0);
    return status;
}

static void holds(void)
{
    ASSERT(1 + 1 == 2);
}

static void fails(void)
{
    ASSERT(1 + 1 == 3);
}

static void bound(void)
{
    (void)month_name(13); // a bound of the library's own
}

TEST(what_holds_costs_nothing)
{
    int status = run(holds);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK_STR(got, "");
}

TEST(what_does_not_ends_the_process)
{
    log_setup(LOG_INFO, 0);
    int status = run(fails);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(got, "level=error event=assertion_failed at=tests/base/test_assert.c:") != NULL);
    CHECK(strstr(got, "condition=\"1 + 1 == 3\"\n") != NULL);
}

TEST(bounds_hold_in_every_build)
{
    int status = run(bound);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    CHECK(strstr(got, "at=lib/base/calendar.c:") != NULL);
}

TESTS("assert", T(what_holds_costs_nothing), T(what_does_not_ends_the_process),
      T(bounds_hold_in_every_build))
