// SPDX-License-Identifier: MIT
// Whose reference is whose, so that sealing for a person whose data key is at hand needs no round
// trip. It says nothing about who may see the person: access.begin() of the pipeline that follows
// does.
#include "access/private.h"

#include "base/hash.h"
#include "crypto/keys.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { SETS = 8192, WAYS = 4, REF = 16, ID = 37, SITE = 33 };

struct known {
    const struct keys *keys;
    char ref[REF], id[ID], participant[ID], site[SITE];
};

static struct known known[SETS][WAYS];
static unsigned char turn[SETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t set_of(const struct keys *keys, const char *ref)
{
    // Tests hold several keyrings at once: the same reference must not always meet itself.
    return (size_t)((hash_text(ref) ^ (uintptr_t)keys >> 4) % SETS);
}

static struct known *find(struct known *set, const struct keys *keys, const char *ref)
{
    for (size_t i = 0; i < WAYS; i++)
        if (set[i].keys == keys && strcmp(set[i].ref, ref) == 0)
            return &set[i];
    return NULL;
}

void access_person_remember(const struct ctx *ctx, const struct person *person)
{
    if (!ctx->keys || !person->ref || strlen(person->ref) >= REF || strlen(person->id) >= ID ||
        strlen(person->site) >= SITE)
        return;
    size_t s = set_of(ctx->keys, person->ref);
    pthread_mutex_lock(&lock);
    struct known *k = find(known[s], ctx->keys, person->ref);
    if (!k)
        k = &known[s][turn[s]++ % WAYS];
    k->keys = ctx->keys;
    snprintf(k->ref, REF, "%s", person->ref);
    snprintf(k->id, ID, "%s", person->id);
    snprintf(k->participant, ID, "%s", person->participant);
    snprintf(k->site, SITE, "%s", person->site);
    pthread_mutex_unlock(&lock);
}

bool access_person_recall(struct ctx *ctx, const char *ref, struct person *ret)
{
    if (!ctx->keys || !ref)
        return false;
    struct known copy = {0};
    size_t s = set_of(ctx->keys, ref);
    pthread_mutex_lock(&lock);
    const struct known *k = find(known[s], ctx->keys, ref);
    if (k)
        copy = *k;
    pthread_mutex_unlock(&lock);
    if (!copy.keys)
        return false;
    *ret = (struct person){.id = arena_strdup(ctx->arena, copy.id),
                           .participant = arena_strdup(ctx->arena, copy.participant),
                           .ref = arena_strdup(ctx->arena, copy.ref),
                           .site = arena_strdup(ctx->arena, copy.site)};
    return true;
}

void access_person_forget(void)
{
    pthread_mutex_lock(&lock);
    memset(known, 0, sizeof(known));
    pthread_mutex_unlock(&lock);
}

enum err access_person(struct ctx *ctx, enum permission p, const char *ref, struct person *ret)
{
    struct person person;
    if (access_person_recall(ctx, ref, &person) && keys_person_cached(ctx, person.id)) {
        *ret = person;
        return ERR_OK;
    }
    struct access_tx tx = access_begin(ctx, p, ref);
    return access_run(ctx, &tx, ret);
}
