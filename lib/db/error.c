// SPDX-License-Identifier: MIT
#include "db/private.h"

#include <stdlib.h>
#include <string.h>

struct sqlstate_row {
    const char *prefix;
    enum err err;
};

static const struct sqlstate_row rows[] = {
#define SQLSTATE(prefix, code) {prefix, ERR_##code},
#include "db/sqlstate.def"
#undef SQLSTATE
};

enum err db_sqlstate_err(const char *sqlstate)
{
    enum err found = ERR_INTERNAL;
    size_t longest = 0;
    for (size_t i = 0; sqlstate && i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n = strlen(rows[i].prefix);
        if (n > longest && strncmp(sqlstate, rows[i].prefix, n) == 0) {
            found = rows[i].err;
            longest = n;
        }
    }
    return found;
}

bool db_sqlstate_retry(const char *sqlstate)
{
    return sqlstate && (strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0);
}

bool db_plan_stale(const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *function = PQresultErrorField(r, PG_DIAG_SOURCE_FUNCTION);
    if (!state)
        return false;
    // 26000: something between us and the server forgot the statement.
    return strcmp(state, "26000") == 0 || (strcmp(state, "0A000") == 0 && function &&
                                           strcmp(function, "RevalidateCachedQuery") == 0);
}

bool db_result_fatal(const PGresult *r)
{
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

static const char *field_copy(struct ctx *ctx, const PGresult *r, int code)
{
    const char *s = PQresultErrorField(r, code);
    return s ? arena_strdup(ctx->arena, s) : NULL;
}

/** Words that our own functions raised under PX0nn: for the public. */
static void own_words(struct ctx *ctx, const PGresult *r, enum err e)
{
    char *words = (char *)field_copy(ctx, r, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL);
    char *colon = words ? strstr(words, ": ") : NULL;
    if (e == ERR_INVALID && colon) {
        *colon = '\0';
        ctx_field_error(ctx, words, colon + 2);
        return;
    }
    if (e == ERR_TOO_MANY && detail) {
        long seconds = strtol(detail, NULL, 10);
        ctx->problem.retry_after = seconds < 1 ? 1 : seconds > 86400 ? 86400 : (int)seconds;
    }
    if (words && *words)
        ctx->problem.detail = words;
}

/** The log gets names of our own making only: the server's sentence may quote what a person typed.
 */
enum err db_fail_result(struct ctx *ctx, const PGresult *r, const char *query)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *constraint = field_copy(ctx, r, PG_DIAG_CONSTRAINT_NAME);
    enum err e = db_sqlstate_err(state);
    if (state && strncmp(state, "PX0", 3) == 0)
        own_words(ctx, r, e);
    return ctx_fail(ctx, e, "sqlstate %s in %s%s%s", state ? state : "none", query,
                    constraint ? ", constraint " : "", constraint ? constraint : "");
}

enum err db_fail_ran(struct ctx *ctx, const struct db_ran *ran, const char *query)
{
    if (ran->outcome == OUT_SQL)
        return db_fail_result(ctx, ran->error, query);
    const char *state = ran->error ? PQresultErrorField(ran->error, PG_DIAG_SQLSTATE) : NULL;
    return ctx_fail(ctx, ERR_UNAVAILABLE, "%s in %s%s%s", ran->words, query,
                    state ? ", sqlstate " : "", state ? state : "");
}
