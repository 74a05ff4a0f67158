// SPDX-License-Identifier: MIT
#include "crypto/keys.h"

#include "base/uuid.h"
#include "crypto/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

// A wrapped data key: header, key-check value, nonce, sealed key.
enum {
    HEADER = 8,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    WRAPPED = HEADER + KCV_BYTES + NONCE + KEY_BYTES + TAG,
    WRAP_VERSION = 1,
    ALG_XCHACHA20_POLY1305 = 1,
};

// ---- the keyring ----

static enum err ring_new(struct ctx *ctx, struct ring **ret)
{
    struct ring *ring = sodium_malloc(sizeof(*ring));
    if (!ring)
        return ctx_fail(ctx, ERR_INTERNAL, "sodium_malloc failed");
    memset(ring, 0, sizeof(*ring));
    *ret = ring;
    return ERR_OK;
}

enum err keys_create(struct ctx *ctx, const char *path)
{
    if (strncmp(path, "credential:", 11) == 0)
        return ctx_refuse(ctx, ERR_CONFIG,
                          "A systemd credential cannot be written: give the path of a file");
    struct ring *ring;
    enum err e = ring_new(ctx, &ring);
    if (e)
        return e;
    randombytes_buf(ring->id, sizeof(ring->id));
    ring->n_epochs = 1;
    ring->epochs[0].number = 1;
    randombytes_buf(ring->epochs[0].kek, KEY_BYTES);
    randombytes_buf(ring->index, KEY_BYTES);
    randombytes_buf(ring->study, KEY_BYTES);
    randombytes_buf(ring->body, KEY_BYTES);
    randombytes_buf(ring->draft, KEY_BYTES);
    e = keyring_write(ctx, path, ring, false);
    sodium_free(ring);
    return e;
}

enum err keys_add_epoch(struct ctx *ctx, const char *path)
{
    struct ring *ring;
    enum err e = ring_new(ctx, &ring);
    if (e)
        return e;
    e = keyring_read(ctx, path, ring);
    if (!e && ring->n_epochs == EPOCHS_MOST)
        e = ctx_refuse(ctx, ERR_CONFLICT, "The keyring %s has no room for another epoch", path);
    if (!e) {
        struct ring_epoch *next = &ring->epochs[ring->n_epochs];
        next->number = ring->epochs[ring->n_epochs - 1].number + 1;
        randombytes_buf(next->kek, KEY_BYTES);
        ring->n_epochs++;
        e = keyring_write(ctx, path, ring, true);
    }
    sodium_free(ring);
    return e;
}

enum err keys_open(struct ctx *ctx, const char *path, struct keys **ret)
{
    struct ring *ring;
    enum err e = ring_new(ctx, &ring);
    if (e)
        return e;
    e = keyring_read(ctx, path, ring);
    if (e) {
        sodium_free(ring);
        return e;
    }
    sodium_mprotect_readonly(ring);
    struct keys *k = calloc(1, sizeof(*k));
    struct cache *cache = cache_new();
    if (!k || !cache) {
        free(k);
        cache_free(cache);
        sodium_free(ring);
        return ctx_fail(ctx, ERR_INTERNAL, "no memory for the key cache");
    }
    *k = (struct keys){.ring = ring, .cache = cache};
    *ret = k;
    return ERR_OK;
}

void keys_close(struct keys *k)
{
    if (!k)
        return;
    cache_free(k->cache);
    sodium_free(k->ring);
    free(k);
}

int keys_epoch(const struct keys *k)
{
    return k->ring->epochs[k->ring->n_epochs - 1].number;
}

// From a key that no new epoch changes, so that the value holds for the keyring's whole life.
void keys_check_value(const struct keys *k, uint8_t out[16])
{
    static const char words[] = "phoenix keyring check";
    uint8_t message[sizeof(words) + sizeof(k->ring->id)];
    memcpy(message, words, sizeof(words));
    memcpy(message + sizeof(words), k->ring->id, sizeof(k->ring->id));
    crypto_generichash(out, 16, message, sizeof(message), k->ring->index, KEY_BYTES);
}

enum err keys_match(struct ctx *ctx, const struct keys *k, struct bytes stored)
{
    uint8_t mine[16];
    char id[9];
    keys_check_value(k, mine);
    if (stored.n == sizeof(mine) && sodium_memcmp(mine, stored.p, sizeof(mine)) == 0)
        return ERR_OK;
    sodium_bin2hex(id, sizeof(id), k->ring->id, 4);
    return ctx_refuse(
        ctx, ERR_KEY,
        "The keyring (its id begins %s) is not the one this database was set up with: "
        "put the right keyring back, nothing has been changed",
        id);
}

// ---- data keys ----

static const struct ring_epoch *epoch_find(const struct keys *k, int number)
{
    for (int i = k->ring->n_epochs; i-- > 0;)
        if (k->ring->epochs[i].number == number)
            return &k->ring->epochs[i];
    return NULL;
}

static enum err person_bytes(struct ctx *ctx, const char *person, uint8_t out[PERSON_BYTES])
{
    if (!ctx->keys)
        return ctx_fail(ctx, ERR_KEY, "no keyring is open");
    if (!uuid_bytes(person, out) || sodium_is_zero(out, PERSON_BYTES))
        return ctx_fail(ctx, ERR_INTERNAL, "a data key was asked for without a person");
    return ERR_OK;
}

static void wrap_aad(const uint8_t *wrapped, const uint8_t person[PERSON_BYTES],
                     uint8_t aad[16 + HEADER + KCV_BYTES + PERSON_BYTES])
{
    memcpy(aad, "phoenix data key", 16);
    memcpy(aad + 16, wrapped, HEADER + KCV_BYTES);
    memcpy(aad + 16 + HEADER + KCV_BYTES, person, PERSON_BYTES);
}

static struct bytes wrap(struct ctx *ctx, const uint8_t person[PERSON_BYTES],
                         const uint8_t key[KEY_BYTES])
{
    static const char check_words[] = "phoenix key check";
    uint8_t check[crypto_generichash_BYTES_MIN];
    uint8_t aad[16 + HEADER + KCV_BYTES + PERSON_BYTES];
    const struct ring *ring = ctx->keys->ring;
    const struct ring_epoch *epoch = &ring->epochs[ring->n_epochs - 1];
    uint8_t *w = arena_alloc(ctx->arena, WRAPPED);
    w[0] = WRAP_VERSION;
    w[1] = ALG_XCHACHA20_POLY1305;
    w[2] = (uint8_t)(epoch->number >> 8);
    w[3] = (uint8_t)epoch->number;
    crypto_generichash(check, sizeof(check), (const uint8_t *)check_words, sizeof(check_words), key,
                       KEY_BYTES);
    memcpy(w + HEADER, check, KCV_BYTES);
    randombytes_buf(w + HEADER + KCV_BYTES, NONCE);
    wrap_aad(w, person, aad);
    crypto_aead_xchacha20poly1305_ietf_encrypt(w + HEADER + KCV_BYTES + NONCE, NULL, key, KEY_BYTES,
                                               aad, sizeof(aad), NULL, w + HEADER + KCV_BYTES,
                                               epoch->kek);
    return (struct bytes){w, WRAPPED};
}

static enum err unwrap(struct ctx *ctx, const uint8_t person[PERSON_BYTES], struct bytes wrapped,
                       uint8_t key[KEY_BYTES])
{
    const uint8_t *w = wrapped.p;
    uint8_t aad[16 + HEADER + KCV_BYTES + PERSON_BYTES];
    if (wrapped.n != WRAPPED || w[0] != WRAP_VERSION || w[1] != ALG_XCHACHA20_POLY1305)
        return ctx_fail(ctx, ERR_KEY, "a stored data key has an unknown form");
    int number = w[2] << 8 | w[3];
    const struct ring_epoch *epoch = epoch_find(ctx->keys, number);
    if (!epoch)
        return ctx_fail(ctx, ERR_KEY, "the keyring lacks epoch %d, which a stored data key needs",
                        number);
    wrap_aad(w, person, aad);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, w + HEADER + KCV_BYTES + NONCE,
                                                   KEY_BYTES + TAG, aad, sizeof(aad),
                                                   w + HEADER + KCV_BYTES, epoch->kek) != 0)
        return ctx_fail(ctx, ERR_KEY,
                        "a stored data key does not open under epoch %d: another keyring wrapped "
                        "it, or it was changed or moved to another person",
                        number);
    return ERR_OK;
}

static enum err cache_key(struct ctx *ctx, const uint8_t person[PERSON_BYTES],
                          const uint8_t key[KEY_BYTES], const uint8_t *wrapped)
{
    if (cache_put(ctx->keys->cache, person, key, wrapped + HEADER))
        return ERR_OK;
    return ctx_fail(ctx, ERR_INTERNAL, "no memory for the key cache");
}

enum err keys_person_new(struct ctx *ctx, const char *person, struct bytes *ret_wrapped)
{
    uint8_t id[PERSON_BYTES], key[KEY_BYTES];
    enum err e = person_bytes(ctx, person, id);
    if (e)
        return e;
    randombytes_buf(key, sizeof(key));
    struct bytes w = wrap(ctx, id, key);
    e = cache_key(ctx, id, key, w.p);
    sodium_memzero(key, sizeof(key));
    if (!e)
        *ret_wrapped = w;
    return e;
}

bool keys_person_cached(struct ctx *ctx, const char *person)
{
    uint8_t id[PERSON_BYTES];
    return ctx->keys && uuid_bytes(person, id) && cache_get(ctx->keys->cache, id, NULL, NULL);
}

enum err keys_person_load(struct ctx *ctx, const char *person, struct bytes wrapped)
{
    uint8_t id[PERSON_BYTES], key[KEY_BYTES], kcv[KCV_BYTES];
    enum err e = person_bytes(ctx, person, id);
    if (e)
        return e;
    // The key-check value tells the cached key from another one without opening anything.
    if (wrapped.n == WRAPPED && cache_get(ctx->keys->cache, id, NULL, kcv) &&
        memcmp(kcv, wrapped.p + HEADER, KCV_BYTES) == 0)
        return ERR_OK;
    e = unwrap(ctx, id, wrapped, key);
    if (!e)
        e = cache_key(ctx, id, key, wrapped.p);
    sodium_memzero(key, sizeof(key));
    return e;
}

enum err keys_person_rewrap(struct ctx *ctx, const char *person, struct bytes wrapped,
                            struct bytes *ret)
{
    uint8_t id[PERSON_BYTES], key[KEY_BYTES];
    enum err e = person_bytes(ctx, person, id);
    if (e)
        return e;
    e = unwrap(ctx, id, wrapped, key);
    if (!e)
        *ret = wrap(ctx, id, key);
    sodium_memzero(key, sizeof(key));
    return e;
}

// ---- keyed hashes ----

struct bytes keys_blind(struct ctx *ctx, const char *kind, const char *canonical)
{
    crypto_generichash_state st;
    uint8_t *out = arena_alloc(ctx->arena, 16);
    crypto_generichash_init(&st, ctx->keys->ring->index, KEY_BYTES, 16);
    // The NUL after kind keeps "ab" + "c" apart from "a" + "bc".
    crypto_generichash_update(&st, (const uint8_t *)kind, strlen(kind) + 1);
    crypto_generichash_update(&st, (const uint8_t *)canonical, strlen(canonical));
    crypto_generichash_final(&st, out, 16);
    return (struct bytes){out, 16};
}

const char *keys_study_id(struct ctx *ctx, const char *person)
{
    uint8_t id[PERSON_BYTES], hash[16];
    if (!ctx->keys || !uuid_bytes(person, id))
        return NULL;
    crypto_generichash(hash, sizeof(hash), id, sizeof(id), ctx->keys->ring->study, KEY_BYTES);
    char *out = arena_alloc(ctx->arena, 18);
    out[0] = 'S';
    crockford_text(hash, 16, out + 1);
    return out;
}

const uint8_t *keys_body_hash(struct ctx *ctx, const void *p, size_t n)
{
    uint8_t *out = arena_alloc(ctx->arena, 32);
    crypto_generichash(out, 32, p, n, ctx->keys->ring->body, KEY_BYTES);
    return out;
}
