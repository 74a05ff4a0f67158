// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "base/uuid.h"
#include "crypto/internal.h"

#include <sodium.h>
#include <string.h>

// A sealed field: header (version, algorithm, key epoch in two bytes, flags, three zero bytes),
// nonce, ciphertext with its tag.
enum {
    HEADER = 8,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SEAL_VERSION = 1,
    ALG_XCHACHA20_POLY1305 = 1,
    FLAG_PADDED = 1,
    PAD = 32,
    AAD_MOST = 256,
};

static const char subkey_context[] = "phxfield"; // crypto_kdf_CONTEXTBYTES = 8

struct sealer {
    uint8_t subkey[KEY_BYTES];
    uint8_t aad[AAD_MOST];
    size_t n_aad;
};

// Everything that fixes the place: schema version, header, domain, row, table and column (each
// ended by its NUL). The person is bound by the data key.
static enum err set_aad(struct ctx *ctx, const struct seal_at *at, const uint8_t header[HEADER],
                        struct sealer *s)
{
    static const char schema[] = "phoenix field 1";
    uint8_t row[16];
    if (!at->table || !at->column || !uuid_bytes(at->row, row))
        return ctx_fail(ctx, ERR_INTERNAL, "a field is sealed or opened without its place");
    size_t n_table = strlen(at->table) + 1, n_column = strlen(at->column) + 1;
    if (sizeof(schema) + HEADER + 1 + sizeof(row) + n_table + n_column > AAD_MOST)
        return ctx_fail(ctx, ERR_INTERNAL, "the place of a field has too long a name");
    uint8_t *p = s->aad;
    p = mempcpy(p, schema, sizeof(schema));
    p = mempcpy(p, header, HEADER);
    *p++ = (uint8_t)at->domain;
    p = mempcpy(p, row, sizeof(row));
    p = mempcpy(p, at->table, n_table);
    p = mempcpy(p, at->column, n_column);
    s->n_aad = (size_t)(p - s->aad);
    return ERR_OK;
}

static enum err sealer_init(struct ctx *ctx, const struct seal_at *at, const uint8_t header[HEADER],
                            struct sealer *s)
{
    uint8_t person[PERSON_BYTES], key[KEY_BYTES];
    if (!ctx->keys)
        return ctx_fail(ctx, ERR_KEY, "no keyring is open");
    if (!uuid_bytes(at->person, person))
        return ctx_fail(ctx, ERR_INTERNAL, "a field is sealed or opened without its person");
    enum err e = set_aad(ctx, at, header, s);
    if (e)
        return e;
    if (!cache_get(ctx->keys->cache, person, key, NULL))
        return ctx_fail(ctx, ERR_KEY, "the data key for %s.%s is not loaded", at->table,
                        at->column);
    crypto_kdf_derive_from_key(s->subkey, KEY_BYTES, (uint64_t)at->domain, subkey_context, key);
    sodium_memzero(key, sizeof(key));
    return ERR_OK;
}

enum err seal_text(struct ctx *ctx, const struct seal_at *at, const char *text, struct bytes *ret)
{
    if (!text) {
        *ret = (struct bytes){NULL, 0};
        return ERR_OK;
    }
    bool padded = at->domain == SEAL_IDENTITY;
    size_t n = strlen(text), n_plain = padded ? (n / PAD + 1) * PAD : n;
    uint8_t *out = arena_alloc(ctx->arena, HEADER + NONCE + n_plain + TAG);
    int epoch = ctx->keys ? keys_epoch(ctx->keys) : 0;
    out[0] = SEAL_VERSION;
    out[1] = ALG_XCHACHA20_POLY1305;
    out[2] = (uint8_t)(epoch >> 8);
    out[3] = (uint8_t)epoch;
    out[4] = padded ? FLAG_PADDED : 0;
    struct sealer s;
    enum err e = sealer_init(ctx, at, out, &s);
    if (e)
        return e;
    randombytes_buf(out + HEADER, NONCE);
    uint8_t *body = out + HEADER + NONCE;
    // The arena's bytes are zero: the padding is one 0x80 and zeroes (ISO/IEC 7816-4).
    memcpy(body, text, n);
    if (padded)
        body[n] = 0x80;
    crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, body, n_plain, s.aad, s.n_aad, NULL,
                                               out + HEADER, s.subkey);
    sodium_memzero(s.subkey, sizeof(s.subkey));
    *ret = (struct bytes){out, HEADER + NONCE + n_plain + TAG};
    return ERR_OK;
}

enum err seal_open(struct ctx *ctx, const struct seal_at *at, struct bytes sealed, const char **ret)
{
    if (!sealed.p || sealed.n == 0) {
        *ret = NULL;
        return ERR_OK;
    }
    const uint8_t *p = sealed.p;
    if (sealed.n < HEADER + NONCE + TAG || p[0] != SEAL_VERSION || p[1] != ALG_XCHACHA20_POLY1305)
        return ctx_fail(ctx, ERR_KEY, "%s.%s has an unknown sealed form", at->table, at->column);
    struct sealer s;
    enum err e = sealer_init(ctx, at, p, &s);
    if (e)
        return e;
    size_t n = sealed.n - HEADER - NONCE - TAG;
    char *text = arena_alloc(ctx->arena, n + 1);
    int opened =
        crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)text, NULL, NULL, p + HEADER + NONCE,
                                                   n + TAG, s.aad, s.n_aad, p + HEADER, s.subkey);
    sodium_memzero(s.subkey, sizeof(s.subkey));
    if (opened == 0 && (p[4] & FLAG_PADDED)) {
        size_t unpadded;
        opened = sodium_unpad(&unpadded, (const uint8_t *)text, n, PAD);
        if (opened == 0)
            text[unpadded] = '\0';
    }
    if (opened != 0)
        return ctx_fail(ctx, ERR_KEY, "%s.%s does not open: it was changed or moved", at->table,
                        at->column);
    *ret = text;
    return ERR_OK;
}

// ---- drafts: nonce, then time of sealing and text, sealed under the keyring's draft key ----

static const char *base64url(struct arena *a, const uint8_t *p, size_t n)
{
    size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(arena_alloc(a, size), size, p, n,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

const char *keys_draft_seal(struct ctx *ctx, const char *bound_to, const char *text)
{
    size_t n = strlen(text);
    uint8_t *out = arena_alloc(ctx->arena, NONCE + 8 + n + TAG);
    uint8_t *body = out + NONCE;
    uint64_t now = (uint64_t)clock_now_us();
    randombytes_buf(out, NONCE);
    for (int i = 0; i < 8; i++)
        body[i] = (uint8_t)(now >> (56 - 8 * i));
    memcpy(body + 8, text, n);
    crypto_aead_xchacha20poly1305_ietf_encrypt(body, NULL, body, 8 + n, (const uint8_t *)bound_to,
                                               strlen(bound_to), NULL, out, ctx->keys->ring->draft);
    return base64url(ctx->arena, out, NONCE + 8 + n + TAG);
}

const char *keys_draft_open(struct ctx *ctx, const char *bound_to, const char *sealed,
                            int max_age_s)
{
    size_t n_text = sealed ? strlen(sealed) : 0, n;
    uint8_t *in = arena_alloc(ctx->arena, n_text);
    if (!sealed ||
        sodium_base642bin(in, n_text, sealed, n_text, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        n < NONCE + 8 + TAG)
        return NULL;
    uint8_t *body = arena_alloc(ctx->arena, n + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(body, NULL, NULL, in + NONCE, n - NONCE,
                                                   (const uint8_t *)bound_to, strlen(bound_to), in,
                                                   ctx->keys->ring->draft) != 0)
        return NULL;
    uint64_t then = 0;
    for (int i = 0; i < 8; i++)
        then = then << 8 | body[i];
    int64_t age = clock_now_us() - (int64_t)then;
    // Another instance's clock may be a little ahead; a draft from further in the future is not
    // ours.
    if (age > (int64_t)max_age_s * 1000000 || age < -(int64_t)60 * 1000000)
        return NULL;
    return (const char *)body + 8;
}
