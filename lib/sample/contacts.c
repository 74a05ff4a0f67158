// SPDX-License-Identifier: MIT
// Contacts of a made-up person: a past that could have happened, and an end that gives the person
// the engagement status that the plan wants.
#include "sample/plan.h"

#include <stdlib.h>
#include <string.h>

struct maker {
    struct rng r;
    struct plan_contact *list;
    size_t n;
};

static const char *pick(struct rng *r, const char *const *words, uint32_t n)
{
    return words[rng_below(r, n)];
}

static void success(struct maker *m, int day, bool custody)
{
    static const char *const in_person[] = {"in_person_home", "in_person_community",
                                            "in_person_office", "in_person_community"};
    struct plan_contact *c = &m->list[m->n++];
    *c = (struct plan_contact){.day = day, .success = true};
    uint32_t how = rng_below(&m->r, 10);
    if (custody) {
        c->mode = how < 7 ? "custody" : "video";
        c->outcome = "attended";
    } else if (how < 6) {
        c->mode = pick(&m->r, in_person, 4);
        c->outcome = rng_chance(&m->r, 15) ? "attended_late" : "attended";
    } else if (how < 9) {
        c->mode = how < 8 ? "phone" : "video";
        c->outcome = "spoke";
    } else {
        c->mode = rng_chance(&m->r, 80) ? "text" : "email";
        c->outcome = "replied";
    }
}

static void missed(struct maker *m, int day)
{
    struct plan_contact *c = &m->list[m->n++];
    *c = (struct plan_contact){.day = day, .missed = true};
    switch (rng_below(&m->r, 6)) {
    case 0:
        c->mode = "door_knock", c->outcome = "not_home";
        break;
    case 1:
        c->mode = "in_person_home", c->outcome = "not_home";
        break;
    case 2:
        c->mode = "in_person_office", c->outcome = "failed_to_attend";
        break;
    case 3:
        c->mode = "in_person_community", c->outcome = "cancelled_by_participant";
        break;
    case 4:
        c->mode = "text", c->outcome = "no_answer";
        break;
    default:
        c->mode = "phone", c->outcome = rng_chance(&m->r, 10) ? "refused" : "no_answer";
    }
}

static void neutral(struct maker *m, int day)
{
    m->list[m->n++] = (struct plan_contact){
        .day = day, .mode = "in_person_office", .outcome = "cancelled_by_service"};
}

static int by_day(const void *x, const void *y)
{
    const struct plan_contact *a = x, *b = y;
    return a->day < b->day ? -1 : a->day > b->day;
}

// The last contacts, all after the day that is returned.
static int ending(struct maker *m, const struct plan_person *p, int today)
{
    struct rng *r = &m->r;
    int day;
    switch ((enum person_kind)p->kind) {
    case KIND_ENGAGED:
    case KIND_ACCEPTED:
    case KIND_REOPENED:
        day = today - rng_between(r, 0, 9);
        success(m, day, false);
        if (rng_chance(r, 10))
            missed(m, day);
        return day - 1;
    case KIND_WAVERING:
        if (rng_chance(r, 50)) {
            day = today - rng_between(r, 16, 26);
            success(m, day, false);
            return day - 1;
        }
        day = today - rng_between(r, 7, 12);
        success(m, day, false);
        missed(m, day + 3);
        missed(m, day + 5);
        return day - 1;
    case KIND_DISENGAGED:
        if (rng_chance(r, 40)) {
            day = today - rng_between(r, 30, 55);
            success(m, day, false);
            missed(m, day + 9);
            return day - 1;
        }
        day = today - rng_between(r, 17, 27);
        success(m, day, false);
        for (int i = rng_between(r, 3, 4), d = day + 3; i > 0; i--, d += 4)
            missed(m, d);
        return day - 1;
    case KIND_SUSPENDED:
        day = p->suspended - rng_between(r, 1, 6);
        success(m, day, false);
        success(m, p->suspended + rng_between(r, 1, 3), true);
        return day - 1;
    case KIND_CLOSED:
        day = p->closed - rng_between(r, 1, 10);
        success(m, day, false);
        return day - 1;
    case KIND_DECLINED:
    case KIND_ESCALATED:
    case KIND_REOFFERED:
        m->list[m->n++] = (struct plan_contact){.day = p->declined,
                                                .missed = true,
                                                .mode = "in_person_community",
                                                .outcome = "refused"};
        return p->declined - 1;
    case KIND_OFFERED:
        success(m, p->offered, false);
        return p->offered - 1;
    case KIND_NOT_YET:
        break;
    }
    return today;
}

size_t plan_contacts(const struct plan *plan, const struct plan_person *p, struct arena *a,
                     struct plan_contact **ret)
{
    struct maker m = {.r = rng_new(plan->seed, (uint64_t)(p - plan->people), RNG_CONTACT)};
    size_t want = p->contacts > 0 ? (size_t)p->contacts : 0;
    if (p->kind == KIND_OFFERED && want > 5) // a few days old
        want = 5;
    m.list = ARENA_ARRAY(a, struct plan_contact, want + 8);
    int last = ending(&m, p, plan->today);
    int first = p->start + 1;
    // Nobody is seen before the offer is made; up to then there are only attempts.
    int met = p->kind == KIND_REOFFERED ? p->start + 3 : p->offered ? p->offered : last + 1;
    while (m.n < want && last >= first) {
        int day = rng_between(&m.r, first, last);
        uint32_t luck = rng_below(&m.r, 100);
        if (day < met || p->kind == KIND_NOT_YET || luck < 26)
            missed(&m, day);
        else if (luck < 30)
            neutral(&m, day);
        else
            success(&m, day, false);
    }
    qsort(m.list, m.n, sizeof(*m.list), by_day);
    *ret = m.list;
    return m.n;
}
