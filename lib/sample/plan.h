// SPDX-License-Identifier: MIT
// What the made-up world holds, before it is written: who works where, and for each participant the
// dates that everything else hangs on. Everything is drawn from a seeded stream per person and
// purpose, so that each table can be made by itself and all of them agree.
// Private to domain/sample*.c.
#pragma once

#include "sample/sample.h"
#include "sample/words.h"

#include "crypto/keys.h"

#include <stdbool.h>

// ---- seeded numbers ----

struct rng {
    uint64_t state;
};
enum rng_stream {
    RNG_PLAN = 1,
    RNG_IDENTITY,
    RNG_CONTACT,
    RNG_REFERRAL,
    RNG_ESCALATION,
    RNG_FLAG,
    RNG_OFFER,
    RNG_PERSON
};

struct rng rng_new(uint64_t seed, uint64_t person, enum rng_stream stream);
uint32_t rng_below(struct rng *r, uint32_t n); // 0 to n - 1; n > 0
static inline int rng_between(struct rng *r, int least, int most)
{
    return least + (int)rng_below(r, (uint32_t)(most - least + 1));
}
static inline bool rng_chance(struct rng *r, unsigned percent)
{
    return rng_below(r, 100) < percent;
}
const char *rng_word(struct rng *r, const struct word_list *list);
/** A UUIDv7 of that instant. */
const char *rng_uuid(struct rng *r, struct arena *a, int64_t at_us);

// ---- the plan ----

enum { SAMPLE_SITES = 2, NOBODY = -1 };

enum person_kind {
    KIND_ENGAGED,
    KIND_WAVERING,
    KIND_DISENGAGED,
    KIND_NOT_YET,
    KIND_OFFERED,
    KIND_ACCEPTED,
    KIND_DECLINED,
    KIND_ESCALATED,
    KIND_REOFFERED,
    KIND_SUSPENDED,
    KIND_CLOSED,
    KIND_REOPENED,
};

struct plan_agency {
    const char *id, *name, *kind;
    int site;
};
struct plan_team {
    const char *id, *name;
    int site;
};
struct plan_user {
    const char *id, *username, *display_name, *role,
        *password;          // password NULL: no account handed out
    int site, team, agency; // NOBODY for none (every site)
};

struct plan_person {
    char id[37], participant[37], ref[9]; // of the person, and of the case
    uint8_t site, kind;
    bool youth;
    int worker, team, agency;                                        // indexes, or NOBODY
    int start, offered, accepted, declined, closed, suspended, born; // days since 1970; 0: never
    const char *stage, *closure, *suspension, *supervision;
    int contacts;
    struct bytes wrapped; // data key
};

struct plan {
    struct arena *arena;
    uint64_t seed;
    int today;
    int64_t now_us;
    const char *sites[SAMPLE_SITES];
    struct plan_agency *agencies;
    size_t n_agencies;
    struct plan_team *teams;
    size_t n_teams;
    struct plan_user *users; // those with an account come first
    size_t n_users, n_accounts;
    int *navigators[SAMPLE_SITES]; // users, in order
    struct plan_person *people;
    size_t n_people;
};

/** Makes the plan in ctx->arena: people, staff, teams, agencies; data keys are made later. */
enum err plan_make(struct ctx *ctx, const struct sample_setup *setup, struct plan *ret) MUST_CHECK;

/** The instant of something that happened on a day, in working hours and never in the future. */
int64_t plan_time(const struct plan *plan, struct rng *r, int day);
/** Somebody of that role and site (a provider: of that agency), by a number; NOBODY if there is
 * none. */
int plan_user_of(const struct plan *plan, const char *role, int site, int agency, uint32_t n);
/** The person's worker, or else the team lead of the site. */
const struct plan_user *plan_worker(const struct plan *plan, const struct plan_person *p);
/** n working days (Monday to Friday) after a day. */
int plan_working_days(int day, int n);

struct plan_contact {
    int day;
    bool success, missed;
    const char *mode, *outcome;
};
/** The person's contacts in order of time. */
size_t plan_contacts(const struct plan *plan, const struct plan_person *p, struct arena *a,
                     struct plan_contact **ret);

/** Fills the database from the plan (ctx->db is the owner's). */
enum err plan_load(struct ctx *ctx, const struct sample_setup *setup, struct plan *plan) MUST_CHECK;
