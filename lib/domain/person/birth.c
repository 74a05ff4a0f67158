// SPDX-License-Identifier: MIT
#include "domain/person/birth.h"

#include "base/clock.h"
#include "base/hash.h"

#include <pthread.h>
#include <string.h>

// Sets of four; a full set gives up its entries in turn. Room for a large site's working day.
enum { SETS = 4096, WAYS = 4, REF = 12, SEALED_HEADER = 8 };

struct entry {
    char ref[REF];
    struct birth birth;
};

static struct entry entries[SETS][WAYS];
static uint8_t next_way[SETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t set_of(const char *ref)
{
    return hash_text(ref) % SETS;
}

static struct entry *find(const char *ref, size_t set)
{
    for (size_t i = 0; i < WAYS; i++)
        if (strcmp(entries[set][i].ref, ref) == 0)
            return &entries[set][i];
    return NULL;
}

void birth_keep(const char *ref, const char *person_id, struct bytes sealed, const char *date)
{
    struct entry e = {0};
    if (strlen(ref) >= REF || strlen(person_id) >= sizeof(e.birth.person_id))
        return;
    strcpy(e.ref, ref);
    strcpy(e.birth.person_id, person_id);
    e.birth.known =
        date && date_parse(date, &e.birth.days) && sealed.n >= SEALED_HEADER + BIRTH_NONCE;
    if (e.birth.known)
        memcpy(e.birth.nonce, sealed.p + SEALED_HEADER, BIRTH_NONCE);
    size_t set = set_of(ref);
    pthread_mutex_lock(&lock);
    struct entry *to = find(ref, set);
    if (!to)
        to = &entries[set][next_way[set]++ % WAYS];
    *to = e;
    pthread_mutex_unlock(&lock);
}

bool birth_find(const char *ref, struct birth *ret)
{
    pthread_mutex_lock(&lock);
    const struct entry *e = *ref ? find(ref, set_of(ref)) : NULL;
    if (e)
        *ret = e->birth;
    pthread_mutex_unlock(&lock);
    return e != NULL;
}

void birth_forget(const char *ref)
{
    pthread_mutex_lock(&lock);
    struct entry *e = *ref ? find(ref, set_of(ref)) : NULL;
    if (e)
        memset(e, 0, sizeof(*e));
    pthread_mutex_unlock(&lock);
}
