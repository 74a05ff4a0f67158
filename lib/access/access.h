// SPDX-License-Identifier: MIT
// The role-based access layer as the program sees it. The wall itself is in PostgreSQL:
// access.begin() is the first statement of every pipeline, finds the session, refuses (28000 no
// session, 42501 no permission, P0002 nobody such that this actor may see), and sets the verified
// context that every row-level-security policy reads.
#pragma once

#include "base/ctx.h"
#include "db/db.h"

#include <stdbool.h>

enum scope { SCOPE_NO, SCOPE_OWN, SCOPE_TEAM, SCOPE_AGENCY, SCOPE_SITE, SCOPE_ALL };

enum role {
    ROLE_NAVIGATOR,
    ROLE_TEAM_LEAD,
    ROLE_MANAGER,
    ROLE_POLICE,
    ROLE_PROBATION,
    ROLE_YOUTH_JUSTICE,
    ROLE_PROVIDER,
    ROLE_EVALUATOR,
    ROLE_TRIAL_MANAGER,
    ROLE_ADMINISTRATOR,
    ROLE_AUDITOR,
    ROLE_COUNT
};

enum permission {
    PERM_NONE = 0, // refused at start for a route that is not marked public
#define PERMISSION(code, words, ...) PERM_##code,
#include "access/access.def"
#undef PERMISSION
    PERM_COUNT
};

struct permission_row {
    const char *code; // "contact_write"
    const char *words;
    enum scope scope[ROLE_COUNT];
};
const struct permission_row *permission_row(enum permission p);
const char *role_code(enum role r); // "team_lead"
bool role_find(const char *code, enum role *ret);
const char *scope_code(enum scope s); // "own", "team", "agency", "site", "all", "no"

enum audit_action {
    AUDIT_NONE = 0,
#define AUDIT(code, operation, words) AUDIT_##code,
#include "access/audit.def"
#undef AUDIT
    AUDIT_COUNT
};
struct audit_row {
    const char *code, *operation, *words;
};
const struct audit_row *audit_row(enum audit_action a);

/** Who asks, as access.begin() answered. Texts are in the request's arena. */
struct actor {
    const char *user_id, *username, *display_name;
    enum role role;
    const char *site;                                          // code, or NULL for all sites
    const char *team_id, *team_name, *agency_id, *agency_name; // or NULL
    bool must_change_password;
    const char *expires_at;
};
/** What the matrix allows the actor at all (the database decides about rows). False without an
 * actor. */
bool actor_may(const struct actor *actor, enum permission p);

/** The person a pipeline is about, as access.begin() answered: `id` is the person's own, by which he
 *  or she has a data key; the others are of the case that was opened. */
struct person {
    const char *id, *participant, *ref, *site;
    long version;
};

/**
 * A pipeline whose first statement is access.begin(token, permission, ref). `ref` is the
 * participant's reference (canonical), or NULL for work not about one person. With
 * ctx->idempotency_key set and `idempotent` true the second statement claims the key: a replay
 * answers ERR_IDEMPOTENCY_REPLAY.
 */
struct access_tx {
    struct db_pipeline *pl;
    enum permission permission;
    const char *ref;
    bool idempotent;
};
struct access_tx access_begin(struct ctx *ctx, enum permission p, const char *ref);
/** The same for work on a referral or escalation known by its uuid: the person is found from it
 *  (kind "referral", "escalation", "contact", "flag"); invisible is ERR_NOT_FOUND. */
struct access_tx access_begin_for(struct ctx *ctx, enum permission p, const char *kind,
                                  const char *id);
/** Claims ctx->idempotency_key (if set) in this transaction and stores the answer that a replay
 * gives: status, location and body, all known before the run since ids are made by the program. */
void access_idempotent(struct ctx *ctx, struct access_tx *tx, int status, const char *location,
                       const char *body);
/** Queues an audit row: `subjects` is array text of participant ids or NULL for the tx's person.
 * `detail` holds codes and counts, never personal data. */
void access_audit(struct ctx *ctx, struct access_tx *tx, enum audit_action a, const char *object_id,
                  const char *subjects, const char *detail);
/** Runs the pipeline in one flush; on success sets ctx->actor and, if `ret_person` is not NULL, the
 *  person (and loads his or her data key into the cache). */
enum err access_run(struct ctx *ctx, struct access_tx *tx, struct person *ret_person) MUST_CHECK;

/** After ERR_IDEMPOTENCY_REPLAY: the stored first answer (one more round trip, on the rare path).
 */
struct stored_answer {
    int status;
    const char *location, *body;
};
enum err access_replay(struct ctx *ctx, struct stored_answer *ret) MUST_CHECK;

/**
 * Needed before sealing for a person whose data key may not be cached: cheap when it is (no round
 * trip); else one pipeline that begins with the same permission and ref, and loads it. Gives the
 * person's id.
 */
enum err access_person(struct ctx *ctx, enum permission p, const char *ref,
                       struct person *ret) MUST_CHECK;

/** Copies access.def, audit.def, vocabularies, sites and thresholds into the database (migrate). */
struct programme;
enum err access_sync(struct ctx *ctx, const struct programme *programme) MUST_CHECK;

/** ERR_SCHEMA unless the context that every policy believes can be set by phoenix_owner alone, and says nothing
 * before a request begins. For the start of a program and for readiness. */
enum err access_context_check(struct ctx *ctx) MUST_CHECK;

/** Compares ctx->keys with the check value that access_sync() kept: ERR_KEY when another keyring
 * sealed this database; ERR_OK when none was kept yet. Any login but trial and seal. */
enum err access_keyring_check(struct ctx *ctx) MUST_CHECK;

/** Forgets whose reference is whose (person.c): for tests that change databases under one keyring.
 */
void access_person_forget(void);
