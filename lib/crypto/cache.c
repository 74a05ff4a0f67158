// SPDX-License-Identifier: MIT
// Unwrapped data keys, by person. Sixteen tables of open addressing, each with its own lock, so
// that readers on sixteen threads hardly ever meet. The slabs are locked in memory and left out of
// core dumps. An ordinary user may lock 8 MiB, about 130,000 people; past that the cache grows
// unlocked with one warning rather than evict: a request loads a key and then uses it, and must
// not find it gone in between. The packaged service raises the limit (LimitMEMLOCK).
#include "crypto/internal.h"

#include "base/log.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SHARDS = 16, FIRST_SLOTS = 64 };

struct slot {
    uint8_t person[PERSON_BYTES]; // all zero: free
    uint8_t kcv[KCV_BYTES];
    uint8_t key[KEY_BYTES];
};

struct shard {
    _Alignas(64) pthread_rwlock_t lock;
    struct slot *slots;
    size_t n_slots; // a power of two
    size_t used;
};

struct cache {
    struct shard shards[SHARDS];
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
    atomic_bool warned;
};

static uint64_t hash_of(const struct cache *c, const uint8_t person[PERSON_BYTES])
{
    uint64_t h;
    uint8_t out[crypto_shorthash_BYTES];
    crypto_shorthash(out, person, PERSON_BYTES, c->hash_key);
    memcpy(&h, out, sizeof(h));
    return h;
}

static struct slot *slab_new(struct cache *c, size_t n_slots)
{
    size_t size = n_slots * sizeof(struct slot);
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    if (sodium_mlock(p, size) != 0 && !atomic_exchange(&c->warned, true))
        log_event(LOG_WARN, "keys_not_locked", "reason",
                  "the limit of locked memory is reached: raise LimitMEMLOCK so that data keys "
                  "cannot be swapped out",
                  NULL);
    return p;
}

static void slab_free(struct slot *slots, size_t n_slots)
{
    if (!slots)
        return;
    sodium_munlock(slots, n_slots * sizeof(struct slot)); // wipes too
    munmap(slots, n_slots * sizeof(struct slot));
}

struct cache *cache_new(void)
{
    struct cache *c = aligned_alloc(64, sizeof(*c));
    if (!c)
        return NULL;
    memset(c, 0, sizeof(*c));
    randombytes_buf(c->hash_key, sizeof(c->hash_key));
    for (int i = 0; i < SHARDS; i++)
        pthread_rwlock_init(&c->shards[i].lock, NULL);
    return c;
}

void cache_free(struct cache *c)
{
    if (!c)
        return;
    for (int i = 0; i < SHARDS; i++) {
        slab_free(c->shards[i].slots, c->shards[i].n_slots);
        pthread_rwlock_destroy(&c->shards[i].lock);
    }
    free(c);
}

// The person's slot, or the free one where it belongs. There is always a free one.
static struct slot *probe(struct slot *slots, size_t n_slots, uint64_t hash,
                          const uint8_t person[PERSON_BYTES])
{
    static const uint8_t nobody[PERSON_BYTES];
    // The low bits choose the shard, so the slot comes from the others.
    for (size_t i = (size_t)(hash >> 8) & (n_slots - 1);; i = (i + 1) & (n_slots - 1)) {
        struct slot *s = &slots[i];
        if (memcmp(s->person, person, PERSON_BYTES) == 0 ||
            memcmp(s->person, nobody, PERSON_BYTES) == 0)
            return s;
    }
}

static bool is_free(const struct slot *s)
{
    return sodium_is_zero(s->person, PERSON_BYTES);
}

bool cache_get(struct cache *c, const uint8_t person[PERSON_BYTES], uint8_t key[KEY_BYTES],
               uint8_t kcv[KCV_BYTES])
{
    uint64_t hash = hash_of(c, person);
    struct shard *sh = &c->shards[hash % SHARDS];
    bool found = false;
    pthread_rwlock_rdlock(&sh->lock);
    if (sh->slots) {
        const struct slot *s = probe(sh->slots, sh->n_slots, hash, person);
        found = !is_free(s);
        if (found && key)
            memcpy(key, s->key, KEY_BYTES);
        if (found && kcv)
            memcpy(kcv, s->kcv, KCV_BYTES);
    }
    pthread_rwlock_unlock(&sh->lock);
    return found;
}

static bool grow(struct cache *c, struct shard *sh)
{
    size_t n = sh->slots ? 2 * sh->n_slots : FIRST_SLOTS;
    struct slot *slots = slab_new(c, n);
    if (!slots)
        return false;
    for (size_t i = 0; i < sh->n_slots; i++) {
        const struct slot *s = &sh->slots[i];
        if (!is_free(s))
            *probe(slots, n, hash_of(c, s->person), s->person) = *s;
    }
    slab_free(sh->slots, sh->n_slots);
    sh->slots = slots;
    sh->n_slots = n;
    return true;
}

bool cache_put(struct cache *c, const uint8_t person[PERSON_BYTES], const uint8_t key[KEY_BYTES],
               const uint8_t kcv[KCV_BYTES])
{
    uint64_t hash = hash_of(c, person);
    struct shard *sh = &c->shards[hash % SHARDS];
    pthread_rwlock_wrlock(&sh->lock);
    bool ok = sh->used < sh->n_slots - sh->n_slots / 8 || grow(c, sh);
    if (ok) {
        struct slot *s = probe(sh->slots, sh->n_slots, hash, person);
        sh->used += is_free(s);
        memcpy(s->person, person, PERSON_BYTES);
        memcpy(s->kcv, kcv, KCV_BYTES);
        memcpy(s->key, key, KEY_BYTES);
    }
    pthread_rwlock_unlock(&sh->lock);
    return ok;
}

size_t cache_count(struct cache *c)
{
    size_t n = 0;
    for (int i = 0; i < SHARDS; i++) {
        pthread_rwlock_rdlock(&c->shards[i].lock);
        n += c->shards[i].used;
        pthread_rwlock_unlock(&c->shards[i].lock);
    }
    return n;
}
