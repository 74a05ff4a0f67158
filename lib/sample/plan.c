// SPDX-License-Identifier: MIT
#include "sample/plan.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "crypto/secret.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, OWN_CASELOAD = 60, TEAM_WORKERS = 10 };

// ---- seeded numbers (splitmix64) ----

static uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

struct rng rng_new(uint64_t seed, uint64_t person, enum rng_stream stream)
{
    struct rng r = {seed};
    r.state = rng_next(&r) ^ person * 0xd6e8feb86659fd93ull;
    r.state = rng_next(&r) ^ (uint64_t)stream * 0xa0761d6478bd642full;
    return r;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

const char *rng_word(struct rng *r, const struct word_list *list)
{
    return list->words[rng_below(r, (uint32_t)list->n)];
}

const char *rng_uuid(struct rng *r, struct arena *a, int64_t at_us)
{
    uint64_t ms = (uint64_t)(at_us / 1000), x = rng_next(r), y = rng_next(r);
    uint8_t b[16];
    for (int i = 0; i < 6; i++)
        b[i] = (uint8_t)(ms >> (40 - 8 * i));
    for (int i = 6; i < 16; i++)
        b[i] = (uint8_t)((i < 11 ? x : y) >> (8 * (i % 5)));
    b[6] = (uint8_t)(0x70 | (b[6] & 15));
    b[8] = (uint8_t)(0x80 | (b[8] & 63));
    char *text = arena_alloc(a, UUID_TEXT);
    uuid_text(b, text);
    return text;
}

int64_t plan_time(const struct plan *plan, struct rng *r, int day)
{
    int64_t at = (int64_t)day * DAY_S + 9 * 3600 + rng_below(r, 9 * 3600);
    int64_t latest = plan->now_us / 1000000 - 60 - rng_below(r, 1800);
    return (at < latest ? at : latest) * 1000000;
}

int plan_working_days(int day, int n)
{
    while (n > 0)
        n -= (++day + 3) % 7 < 5; // 1970-01-01 was a Thursday
    return day;
}

// ---- staff ----

static const char *const ROLES[] = {
    "navigator", "navigator", "navigator", "navigator",     "team_lead", "team_lead", "manager",
    "police",    "police",    "probation", "youth_justice", "provider",  "provider",  NULL};

static struct plan_user *user_add(struct plan *p, struct rng *r, const char *role, int site)
{
    struct arena *a = p->arena;
    struct plan_user *u = &p->users[p->n_users];
    size_t i = p->n_users++, given = sample_staff_given.n, family = sample_staff_family.n;
    // Every pair once before any comes again, and neighbours differ in both names.
    const char *last = sample_staff_family.words[(i + i / given) % family];
    *u = (struct plan_user){
        .id = rng_uuid(r, a, p->now_us),
        .role = role,
        .site = site,
        .team = NOBODY,
        .agency = NOBODY,
        .display_name = i < given * family
                            ? arena_printf(a, "%s %s", sample_staff_given.words[i % given], last)
                            : arena_printf(a, "%s %s (%zu)", sample_staff_given.words[i % given],
                                           last, i / (given * family) + 1)};
    return u;
}

static int agency_add(struct plan *p, struct rng *r, const char *name, const char *kind, int site)
{
    p->agencies[p->n_agencies] =
        (struct plan_agency){rng_uuid(r, p->arena, p->now_us), name, kind, site};
    return (int)p->n_agencies++;
}

static int team_add(struct plan *p, struct rng *r, const char *name, int site)
{
    p->teams[p->n_teams] = (struct plan_team){rng_uuid(r, p->arena, p->now_us), name, site};
    return (int)p->n_teams++;
}

static void make_agencies(struct plan *p, struct rng *r)
{
    p->agencies = ARENA_ARRAY(p->arena, struct plan_agency, 16);
    static const struct {
        const char *name, *kind;
        int site;
    } rows[] = {
        {"Leicestershire Police", "police", NOBODY},
        {"Probation Service, Leicester", "probation", 0},
        {"Probation Service, Rutland", "probation", 1},
        {"Leicester City Youth Justice", "youth_justice", 0},
        {"Rutland Youth Justice", "youth_justice", 1},
        {"Northgate Mentoring", "provider", 0},
        {"Soar Valley Housing Trust", "provider", 0},
        {"Bridge Street Training", "provider", 1},
        {"Catmose Wellbeing", "provider", 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        agency_add(p, r, rows[i].name, rows[i].kind, rows[i].site);
}

static int agency_of(const struct plan *p, const char *kind, int site, int nth)
{
    for (size_t i = 0; i < p->n_agencies; i++)
        if (strcmp(p->agencies[i].kind, kind) == 0 &&
            (p->agencies[i].site == site || p->agencies[i].site == NOBODY) && nth-- == 0)
            return (int)i;
    return NOBODY;
}

static int team_of(const struct plan *p, int site, int nth)
{
    for (size_t i = 0; i < p->n_teams; i++)
        if (p->teams[i].site == site && nth-- == 0)
            return (int)i;
    return NOBODY;
}

// The accounts that are handed out. Two navigators of four are in each of the site's two teams.
static void make_accounts(struct plan *p, struct rng *r)
{
    struct arena *a = p->arena;
    for (int site = 0; site < SAMPLE_SITES; site++) {
        int of_role = 0;
        for (size_t i = 0; ROLES[i]; i++) {
            const char *role = ROLES[i];
            of_role = i && strcmp(ROLES[i - 1], role) == 0 ? of_role + 1 : 0;
            struct plan_user *u = user_add(p, r, role, site);
            u->username = arena_printf(a, "%s%d.%s", role, of_role + 1, p->sites[site]);
            if (strcmp(role, "navigator") == 0 || strcmp(role, "team_lead") == 0)
                u->team = team_of(p, site, of_role % 2);
            else if (strcmp(role, "provider") == 0)
                u->agency = agency_of(p, "provider", site, of_role);
            else if (strcmp(role, "manager") != 0)
                u->agency = agency_of(p, role, site, 0);
        }
    }
    static const char *const everywhere[] = {"evaluator", "trial_manager", "administrator",
                                             "auditor"};
    for (size_t i = 0; i < 4; i++)
        user_add(p, r, everywhere[i], NOBODY)->username = everywhere[i];
    p->n_accounts = p->n_users;
}

// A large programme has more workers than sign-ins are handed out for: a caseload stays a caseload.
static void make_more_workers(struct plan *p, struct rng *r, int site, size_t n)
{
    int team = NOBODY;
    for (size_t i = 0; i < n; i++) {
        if (i % TEAM_WORKERS == 0)
            team =
                team_add(p, r, arena_printf(p->arena, "Area team %zu", i / TEAM_WORKERS + 1), site);
        struct plan_user *u = user_add(p, r, "navigator", site);
        u->username = arena_printf(p->arena, "worker%zu.%s", i + 1, p->sites[site]);
        u->team = team;
    }
}

static void list_navigators(struct plan *p)
{
    size_t n[SAMPLE_SITES] = {0};
    for (int site = 0; site < SAMPLE_SITES; site++)
        p->navigators[site] = ARENA_ARRAY(p->arena, int, p->n_users);
    for (size_t i = 0; i < p->n_users; i++)
        if (strcmp(p->users[i].role, "navigator") == 0)
            p->navigators[p->users[i].site][n[p->users[i].site]++] = (int)i;
}

static size_t site_people(size_t people, int site)
{
    size_t second = people * 3 / 10;
    return site ? second : people - second;
}

static void make_staff(struct plan *p)
{
    struct rng r = rng_new(p->seed, UINT64_MAX, RNG_PLAN);
    size_t more = p->n_people / 40 + 8;
    p->teams = ARENA_ARRAY(p->arena, struct plan_team, 8 + more / TEAM_WORKERS + 2);
    p->users = ARENA_ARRAY(p->arena, struct plan_user, 64 + more);
    make_agencies(p, &r);
    for (int site = 0; site < SAMPLE_SITES; site++) {
        team_add(p, &r, site ? "Oakham team" : "North team", site);
        team_add(p, &r, site ? "Uppingham team" : "South team", site);
    }
    make_accounts(p, &r);
    for (int site = 0; site < SAMPLE_SITES; site++) {
        size_t rest = site_people(p->n_people, site);
        rest = rest > 4 * OWN_CASELOAD ? rest - 4 * OWN_CASELOAD : 0;
        make_more_workers(p, &r, site, (rest + 49) / 50);
    }
    list_navigators(p);
}

int plan_user_of(const struct plan *plan, const char *role, int site, int agency, uint32_t n)
{
    uint32_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass && !count)
            return NOBODY;
        uint32_t at = pass ? n % count : 0;
        for (size_t i = 0; i < plan->n_accounts; i++) {
            const struct plan_user *u = &plan->users[i];
            if (strcmp(u->role, role) != 0 || u->site != site ||
                (agency != NOBODY && u->agency != agency))
                continue;
            if (!pass)
                count++;
            else if (at-- == 0)
                return (int)i;
        }
    }
    return NOBODY;
}

const struct plan_user *plan_worker(const struct plan *plan, const struct plan_person *p)
{
    int i = p->worker != NOBODY ? p->worker : plan_user_of(plan, "team_lead", p->site, NOBODY, 0);
    return &plan->users[i];
}

// ---- people ----

// How many of twenty people stand where; the rarer kinds take turns on the last places.
static enum person_kind kind_of(size_t i)
{
    static const enum person_kind often[] = {
        KIND_ENGAGED,    KIND_WAVERING,  KIND_ENGAGED,  KIND_DISENGAGED, KIND_ENGAGED,
        KIND_NOT_YET,    KIND_ENGAGED,   KIND_CLOSED,   KIND_ENGAGED,    KIND_DECLINED,
        KIND_DISENGAGED, KIND_SUSPENDED, KIND_WAVERING, KIND_ENGAGED,    KIND_OFFERED,
        KIND_ENGAGED,    KIND_WAVERING,  KIND_ENGAGED};
    static const enum person_kind rare[] = {KIND_ACCEPTED, KIND_ESCALATED, KIND_REOFFERED,
                                            KIND_REOPENED, KIND_CLOSED,    KIND_SUSPENDED};
    size_t place = i % 20;
    return place < 18 ? often[place] : rare[(i / 20 * 2 + place - 18) % 6];
}

static const char *reference_make(struct rng *r, struct arena *a)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char five[6] = "";
    for (int i = 0; i < 5; i++)
        five[i] = letters[rng_below(r, 32)];
    for (int c = '0'; c <= 'Z'; c++) {
        const char *typed = arena_printf(a, "PX%s%c", five, c);
        const char *canonical = reference_canonical(a, typed);
        if (canonical && strcmp(canonical, typed) == 0)
            return canonical;
    }
    return NULL; // a check character that is not typable: draw again
}

static void set_dates(struct plan_person *p, struct rng *r, int today)
{
    bool fresh = p->kind == KIND_NOT_YET || p->kind == KIND_OFFERED || p->kind == KIND_ACCEPTED;
    p->start = today - (fresh ? rng_between(r, 12, 40) : rng_between(r, 90, 729));
    p->born = p->start - 14 * 366 - rng_between(r, 0, 15 * 365);
    if (p->kind == KIND_NOT_YET)
        return;
    p->offered = p->start + rng_between(r, 1, 5);
    if (p->kind == KIND_DECLINED || p->kind == KIND_ESCALATED || p->kind == KIND_REOFFERED)
        p->declined = today - rng_between(r, 3, 40);
    else if (p->kind != KIND_OFFERED)
        p->accepted = p->offered + rng_between(r, 0, 5);
    if (p->kind == KIND_SUSPENDED)
        p->suspended = today - rng_between(r, 4, 50);
    if (p->kind == KIND_CLOSED)
        p->closed = today - rng_between(r, 2, (today - p->start) / 3);
    if (p->kind == KIND_REOFFERED)
        p->offered = p->declined + 1;
}

static void set_stage(struct plan_person *p, struct rng *r)
{
    static const char *const stage[] = {"active",     "active",   "active",   "awaiting_offer",
                                        "offered",    "accepted", "declined", "escalated",
                                        "re_offered", "active",   "closed",   "re_opened"};
    static const char *const closures[] = {"completed",  "completed", "moved_away", "withdrew",
                                           "disengaged", "custody",   "transferred"};
    p->stage = stage[p->kind];
    if (p->kind == KIND_CLOSED)
        p->closure = closures[rng_below(r, 7)];
    if (p->kind == KIND_SUSPENDED)
        p->suspension = rng_chance(r, 75) ? "custody" : "hospital";
    p->youth = p->born + 18 * 365 > p->start;
    p->supervision = "none";
    if (rng_chance(r, 55))
        p->supervision = p->youth ? "youth_justice" : "probation";
}

static void set_worker(struct plan *plan, struct plan_person *p, size_t nth, size_t of)
{
    // The first four hold up to OWN_CASELOAD each, the rest of the site's workers share the others.
    size_t first = of < 4 * OWN_CASELOAD ? of : 4 * OWN_CASELOAD;
    size_t number = nth < first ? nth * 4 / first : 4 + (nth - first) / 50;
    p->worker = plan->navigators[p->site][number];
    p->team = plan->users[p->worker].team;
}

static int contact_count(const struct plan_person *p, struct rng *r, const struct sample_setup *s,
                         int today)
{
    if (p->kind == KIND_NOT_YET)
        return rng_between(r, 0, 2);
    if (s->contacts) {
        long mean = s->contacts * 20 / (s->people * 19) + 1; // one in twenty is not yet offered
        return (int)(mean / 2 + (long)rng_below(r, (uint32_t)mean + 1));
    }
    int until = p->closed ? p->closed : p->suspended ? p->suspended : today;
    return 4 + (until - p->start) / rng_between(r, 7, 15);
}

static bool ref_taken(uint64_t *seen, size_t mask, const char *ref)
{
    uint64_t key = 0;
    memcpy(&key, ref + 2, 6);
    size_t at = (key * 0x9e3779b97f4a7c15ull >> 20) & mask;
    for (; seen[at]; at = (at + 1) & mask)
        if (seen[at] == key)
            return true;
    seen[at] = key;
    return false;
}

static void make_people(struct plan *plan, const struct sample_setup *setup)
{
    size_t mask = 1023, nth[SAMPLE_SITES] = {0};
    while (mask < plan->n_people * 2)
        mask = mask * 2 + 1;
    uint64_t *seen = calloc(mask + 1, sizeof(*seen));
    if (!seen)
        abort();
    struct arena *scratch = arena_new();
    size_t second = site_people(plan->n_people, 1);
    for (size_t i = 0; i < plan->n_people; i++) {
        struct plan_person *p = &plan->people[i];
        struct rng r = rng_new(plan->seed, i, RNG_PLAN);
        // Sites are spread through the list: the nth of every ten.
        p->site = i * second / plan->n_people != (i + 1) * second / plan->n_people;
        p->kind = (uint8_t)kind_of(nth[p->site]);
        p->worker = p->team = p->agency = NOBODY;
        set_dates(p, &r, plan->today);
        set_stage(p, &r);
        set_worker(plan, p, nth[p->site], site_people(plan->n_people, p->site));
        if (nth[p->site] % 37 == 36)
            p->worker = NOBODY;
        nth[p->site]++;
        if (strcmp(p->supervision, "none") != 0)
            p->agency = agency_of(plan, p->supervision, p->site, 0);
        p->contacts = contact_count(p, &r, setup, plan->today);
        int64_t start = (int64_t)p->start * DAY_S * 1000000;
        struct rng own = rng_new(plan->seed, i, RNG_PERSON);
        memcpy(p->participant, rng_uuid(&r, scratch, start), UUID_TEXT);
        memcpy(p->id, rng_uuid(&own, scratch, start), UUID_TEXT);
        const char *ref;
        do
            ref = reference_make(&r, scratch);
        while (!ref || ref_taken(seen, mask, ref));
        memcpy(p->ref, ref, sizeof(p->ref));
        arena_reset(scratch);
    }
    arena_free(scratch);
    free(seen);
}

enum err plan_make(struct ctx *ctx, const struct sample_setup *setup, struct plan *ret)
{
    if (setup->people < 1 || setup->people > 1000000 || setup->contacts < 0)
        return ctx_refuse(ctx, ERR_USAGE, "People must be between 1 and 1,000,000");
    struct plan p = {.arena = ctx->arena,
                     .seed = setup->seed,
                     .today = (int)date_today(),
                     .now_us = clock_now_us(),
                     .sites = {"leicester", "rutland"},
                     .n_people = (size_t)setup->people};
    p.people = ARENA_ARRAY(ctx->arena, struct plan_person, p.n_people);
    make_staff(&p);
    for (size_t i = 0; i < p.n_accounts; i++)
        p.users[i].password = password_random(ctx);
    make_people(&p, setup);
    *ret = p;
    return ERR_OK;
}
