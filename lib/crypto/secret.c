// SPDX-License-Identifier: MIT
#include "crypto/secret.h"

#include "crypto/internal.h"

#include <errno.h>
#include <semaphore.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

enum { HASHES_AT_ONCE = 2, HASH_WAIT_MS = 500 };

// Argon2id takes 64 MiB and 60 ms a time: unbounded, sign-in would be the way to stop the service.
static sem_t hash_places;

enum err crypto_start(void)
{
    int got = sodium_init(); // 1: another caller was first
    if (got < 0)
        return ERR_INTERNAL;
    if (got == 0 && sem_init(&hash_places, 0, HASHES_AT_ONCE) != 0)
        return ERR_INTERNAL;
    return ERR_OK;
}

// ---- passwords ----

static enum err hash_enter(struct ctx *ctx)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += HASH_WAIT_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    int got;
    while ((got = sem_clockwait(&hash_places, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR)
        continue;
    return got == 0 ? ERR_OK : ctx_fail(ctx, ERR_OVERLOADED, "too many sign-ins at once");
}

enum err password_hash(struct ctx *ctx, const char *password, const char **ret)
{
    enum err e = hash_enter(ctx);
    if (e)
        return e;
    char *out = arena_alloc(ctx->arena, crypto_pwhash_STRBYTES);
    int got = crypto_pwhash_str_alg(out, password, strlen(password), 2, 64UL << 20,
                                    crypto_pwhash_ALG_ARGON2ID13);
    sem_post(&hash_places);
    if (got != 0)
        return ctx_fail(ctx, ERR_OVERLOADED, "no memory to hash a password");
    *ret = out;
    return ERR_OK;
}

enum err password_verify(struct ctx *ctx, const char *hash, const char *password)
{
    // The same work for a user who does not exist, so that timing does not tell names apart.
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    enum err e = hash_enter(ctx);
    if (e)
        return e;
    char stored[crypto_pwhash_STRBYTES] = "";
    const char *against = hash ? hash : nobody;
    memcpy(stored, against, strnlen(against, sizeof(stored) - 1));
    int got = crypto_pwhash_str_verify(stored, password, strlen(password));
    sem_post(&hash_places);
    return hash && got == 0 ? ERR_OK : ERR_BAD_SIGN_IN;
}

const char *password_random(struct ctx *ctx)
{
    // No 0, 1, i, l or o: these are read out over the phone. 16 of 31 is 79 bits.
    static const char alphabet[] = "23456789abcdefghjkmnpqrstuvwxyz";
    char *s = arena_alloc(ctx->arena, 20);
    for (int i = 0; i < 19; i++)
        s[i] = i % 5 == 4 ? '-' : alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
    return s;
}

// ---- session tokens ----

static bool token_bytes(const char *token, uint8_t out[32])
{
    size_t n;
    return token && strlen(token) == TOKEN_TEXT - 1 &&
           sodium_base642bin(out, 32, token, TOKEN_TEXT - 1, NULL, &n, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           n == 32;
}

void token_new(char out[TOKEN_TEXT])
{
    uint8_t b[32];
    randombytes_buf(b, sizeof(b));
    sodium_bin2base64(out, TOKEN_TEXT, b, sizeof(b), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(b, sizeof(b));
}

static void token_derive(const uint8_t token[32], const char *purpose, uint8_t out[32])
{
    crypto_generichash(out, 32, (const uint8_t *)purpose, strlen(purpose), token, 32);
}

bool token_hash(const char *token, uint8_t out[32])
{
    uint8_t b[32];
    if (!token_bytes(token, b))
        return false;
    token_derive(b, "phoenix session", out);
    sodium_memzero(b, sizeof(b));
    return true;
}

static bool csrf_text(const char *token, char out[TOKEN_TEXT])
{
    uint8_t b[32], value[32];
    if (!token_bytes(token, b))
        return false;
    token_derive(b, "phoenix csrf", value);
    sodium_bin2base64(out, TOKEN_TEXT, value, sizeof(value),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(b, sizeof(b));
    return true;
}

const char *token_csrf(struct arena *a, const char *token)
{
    char *out = arena_alloc(a, TOKEN_TEXT);
    return csrf_text(token, out) ? out : NULL;
}

bool token_csrf_ok(const char *token, const char *value)
{
    char want[TOKEN_TEXT];
    return value && strlen(value) == TOKEN_TEXT - 1 && csrf_text(token, want) &&
           sodium_memcmp(want, value, TOKEN_TEXT - 1) == 0;
}

// ---- references ----
//
// Crockford's base32 (no I, L, O, U) with his check: the number modulo 37. His check symbols past
// 31 (* ~ $ = U) cannot all be typed on a phone or read out, so numbers that would need one are not
// given out. 37 is prime and above 32, so the check catches every single wrong character; the
// weights 32^k mod 37 all differ, so it catches every swap of neighbours, the check among them.

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { REF_DATA = 5, REF_TEXT = 2 + REF_DATA + 1 };

void crockford_text(const uint8_t *p, size_t n_symbols, char *out)
{
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < n_symbols; i++) {
        if (have < 5) {
            bits = (bits << 8 | *p++) & 0xffff;
            have += 8;
        }
        have -= 5;
        out[i] = crockford[(bits >> have) & 31];
    }
    out[n_symbols] = '\0';
}

const char *reference_new(struct arena *a)
{
    char *s = arena_alloc(a, REF_TEXT + 1);
    uint32_t number, check;
    do {
        number = randombytes_uniform(1u << (5 * REF_DATA));
        check = number % 37;
    } while (check >= 32);
    s[0] = 'P';
    s[1] = 'X';
    for (int i = REF_DATA; i-- > 0; number >>= 5)
        s[2 + i] = crockford[number & 31];
    s[2 + REF_DATA] = crockford[check];
    return s;
}

static char canonical_char(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - ('a' - 'A'));
    if (c == 'O')
        return '0';
    return c == 'I' || c == 'L' ? '1' : c;
}

const char *reference_canonical(struct arena *a, const char *typed)
{
    char s[REF_TEXT + 1] = "";
    size_t n = 0;
    for (; typed && *typed; typed++) {
        if (*typed == ' ' || *typed == '-' || *typed == '\t')
            continue;
        if (n == REF_TEXT)
            return NULL;
        s[n++] = canonical_char(*typed);
    }
    if (n != REF_TEXT || s[0] != 'P' || s[1] != 'X')
        return NULL;
    uint32_t number = 0, value = 0;
    for (size_t i = 2; i < REF_TEXT; i++) {
        const char *at = strchr(crockford, s[i]);
        if (!at)
            return NULL;
        value = (uint32_t)(at - crockford);
        if (i < REF_TEXT - 1)
            number = number << 5 | value;
    }
    return number % 37 == value ? arena_strdup(a, s) : NULL;
}

const char *reference_or_typed(struct arena *a, const char *typed)
{
    const char *ref = reference_canonical(a, typed);
    return ref ? ref : typed;
}
