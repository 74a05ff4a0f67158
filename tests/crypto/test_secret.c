// SPDX-License-Identifier: MIT
#include "crypto/internal.h"
#include "crypto/secret.h"
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static struct ctx ctx;

static void begin(void)
{
    CHECK_FATAL(crypto_start() == ERR_OK);
    CHECK_FATAL(crypto_start() == ERR_OK);
    ctx = (struct ctx){.arena = arena_new()};
}

static void end(void)
{
    arena_free(ctx.arena);
}

TEST(passwords)
{
    begin();
    const char *hash = NULL;
    CHECK_INT(password_hash(&ctx, "correct horse's bätterie", &hash), ERR_OK);
    CHECK(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31) == 0);
    CHECK_INT(password_verify(&ctx, hash, "correct horse's bätterie"), ERR_OK);
    CHECK_INT(password_verify(&ctx, hash, "correct horse's batterie"), ERR_BAD_SIGN_IN);
    CHECK_INT(password_verify(&ctx, hash, ""), ERR_BAD_SIGN_IN);
    CHECK_INT(password_verify(&ctx, NULL, "anything"), ERR_BAD_SIGN_IN);
    CHECK_INT(password_verify(&ctx, "", ""), ERR_BAD_SIGN_IN);
    CHECK_INT(password_verify(&ctx, "nonsense", "nonsense"), ERR_BAD_SIGN_IN);
    end();
}

static void *sign_in(void *p)
{
    struct ctx mine = {.arena = arena_new()};
    *(enum err *)p = password_verify(&mine, NULL, "guess");
    arena_free(mine.arena);
    return NULL;
}

TEST(a_crowd_of_sign_ins_takes_no_more_memory_than_two)
{
    enum { CROWD = 24 };
    begin();
    struct rusage before, after;
    pthread_t threads[CROWD];
    enum err results[CROWD];
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < CROWD; i++)
        CHECK_FATAL(pthread_create(&threads[i], NULL, sign_in, &results[i]) == 0);
    int done = 0;
    for (int i = 0; i < CROWD; i++) {
        pthread_join(threads[i], NULL);
        CHECK(results[i] == ERR_BAD_SIGN_IN || results[i] == ERR_OVERLOADED);
        done += results[i] == ERR_BAD_SIGN_IN;
    }
    getrusage(RUSAGE_SELF, &after);
    CHECK(done >= 2);
    // All at once would take 24 times 64 MiB. The bound leaves room for valgrind's own.
    CHECK(after.ru_maxrss - before.ru_maxrss < 400 * 1024);
    end();
}

TEST(random_passwords_can_be_typed)
{
    begin();
    const char *a = password_random(&ctx), *b = password_random(&ctx);
    CHECK_INT(strlen(a), 19);
    CHECK(a[4] == '-' && a[9] == '-' && a[14] == '-');
    CHECK(strspn(a, "23456789abcdefghjkmnpqrstuvwxyz-") == 19);
    CHECK(strcmp(a, b) != 0);
    end();
}

TEST(tokens)
{
    begin();
    char one[TOKEN_TEXT], two[TOKEN_TEXT];
    uint8_t h1[32], h2[32];
    token_new(one);
    token_new(two);
    CHECK_INT(strlen(one), 43);
    CHECK(strcmp(one, two) != 0);
    CHECK(token_hash(one, h1) && token_hash(one, h2) && memcmp(h1, h2, 32) == 0);
    CHECK(token_hash(two, h2) && memcmp(h1, h2, 32) != 0);
    CHECK(!token_hash(NULL, h1) && !token_hash("", h1) && !token_hash("abc", h1));
    char odd[TOKEN_TEXT + 1];
    snprintf(odd, sizeof(odd), "%sA", one);
    CHECK(!token_hash(odd, h1));
    snprintf(odd, sizeof(odd), "%.42s=", one);
    CHECK(!token_hash(odd, h1));
    snprintf(odd, sizeof(odd), "%.42s ", one);
    CHECK(!token_hash(odd, h1));
    // The last character carries two spare bits: only the canonical form is taken.
    int accepted = 0;
    for (const char *c = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; *c;
         c++) {
        snprintf(odd, sizeof(odd), "%.42s%c", one, *c);
        accepted += token_hash(odd, h1);
    }
    CHECK_INT(accepted, 16);
    end();
}

TEST(csrf_values_belong_to_their_token)
{
    begin();
    char one[TOKEN_TEXT], two[TOKEN_TEXT];
    token_new(one);
    token_new(two);
    const char *v = token_csrf(ctx.arena, one);
    CHECK_INT(strlen(v), 43);
    CHECK(strcmp(v, one) != 0);
    CHECK(token_csrf_ok(one, v));
    CHECK(!token_csrf_ok(two, v));
    CHECK(!token_csrf_ok(one, NULL) && !token_csrf_ok(NULL, v) && !token_csrf_ok(one, ""));
    CHECK_STR(token_csrf(ctx.arena, "bad"), NULL);
    char *changed = arena_strdup(ctx.arena, v);
    for (int i = 0; i < 43; i++) {
        char kept = changed[i];
        changed[i] = kept == 'x' ? 'y' : 'x';
        CHECK(!token_csrf_ok(one, changed));
        changed[i] = kept;
    }
    end();
}

TEST(references_forgive_how_they_are_typed)
{
    begin();
    // 2^20 + 2^10 + 1 = 1049601, whose remainder by 37 is 22: P in Crockford's alphabet.
    CHECK_STR(reference_canonical(ctx.arena, "PX10101P"), 1049601 % 37 == 22 ? "PX10101P" : NULL);
    CHECK_STR(reference_canonical(ctx.arena, " px-iOl oi-p "), "PX10101P");
    static const char *const bad[] = {
        "",         "PX",       "10101P",   "PX10101",         "PX10101PP", "QX10101P",
        "XP10101P", "PX1010UP", "PX10101Q", "PX1010\xc3\xa9P", "PX1O1_1P"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK_STR(reference_canonical(ctx.arena, bad[i]), NULL);
    CHECK_STR(reference_canonical(ctx.arena, NULL), NULL);
    end();
}

TEST(no_slip_of_one_character_gives_another_reference)
{
    begin();
    size_t missed = 0;
    for (int round = 0; round < 500; round++) {
        const char *ref = reference_new(ctx.arena);
        CHECK_STR(reference_canonical(ctx.arena, ref), ref);
        CHECK_INT(strlen(ref), 8);
        char slip[9];
        for (int at = 2; at < 8; at++)
            for (const char *c = alphabet; *c; c++) {
                strcpy(slip, ref);
                slip[at] = *c;
                if (*c != ref[at] && reference_canonical(ctx.arena, slip))
                    missed++;
            }
        for (int at = 0; at < 7; at++) {
            strcpy(slip, ref);
            slip[at] = ref[at + 1];
            slip[at + 1] = ref[at];
            if (ref[at] != ref[at + 1] && reference_canonical(ctx.arena, slip))
                missed++;
        }
        arena_reset(ctx.arena);
    }
    CHECK_INT(missed, 0);
    end();
}

// The check is linear in the symbols, so these weights decide for all references at once.
TEST(the_check_catches_every_pair_of_symbols)
{
    static const int weights[] = {
        32 * 32 * 32 * 32 % 37, 32 * 32 * 32 % 37, 32 * 32 % 37, 32, 1, 36};
    for (int k = 0; k < 6; k++)
        for (int x = 0; x < 32; x++)
            for (int y = 0; y < 32; y++) {
                if (x == y)
                    continue;
                CHECK(weights[k] * (x - y) % 37 != 0);
                if (k < 5)
                    CHECK((weights[k] * x + weights[k + 1] * y) % 37 !=
                          (weights[k] * y + weights[k + 1] * x) % 37);
            }
}

static const char *sha(const char *text, size_t piece)
{
    struct sha256 *s = sha256_new(ctx.arena);
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i += piece)
        sha256_add(s, text + i, n - i < piece ? n - i : piece);
    return sha256_hex(ctx.arena, s);
}

TEST(sha256_gives_the_published_answers)
{
    begin(); // FIPS 180-4 examples
    CHECK_STR(sha("", 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_STR(sha("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    for (size_t piece = 1; piece < 60; piece++)
        CHECK_STR(sha(two_blocks, piece),
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    end();
}

TEST(seeded_bytes_repeat)
{
    begin();
    uint8_t a[100], b[100], c[100];
    seeded_bytes(7, 1, a, sizeof(a));
    seeded_bytes(7, 1, b, sizeof(b));
    CHECK(memcmp(a, b, sizeof(a)) == 0);
    seeded_bytes(7, 1, c, 10);
    CHECK(memcmp(a, c, 10) == 0);
    seeded_bytes(7, 2, b, sizeof(b));
    CHECK(memcmp(a, b, sizeof(a)) != 0);
    seeded_bytes(8, 1, c, sizeof(c));
    CHECK(memcmp(a, c, sizeof(a)) != 0 && memcmp(b, c, sizeof(b)) != 0);
    random_bytes(b, sizeof(b));
    random_bytes(c, sizeof(c));
    CHECK(memcmp(b, c, sizeof(b)) != 0);
    end();
}

TEST(crockford_takes_five_bits_at_a_time)
{
    char out[17];
    crockford_text((const uint8_t *)"\x00\x44\x32\x14\xc7", 8, out);
    CHECK_STR(out, "01234567");
    crockford_text((const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16, out);
    CHECK_STR(out, "ZZZZZZZZZZZZZZZZ");
}

TESTS("secret", T(passwords), T(a_crowd_of_sign_ins_takes_no_more_memory_than_two),
      T(random_passwords_can_be_typed), T(tokens), T(csrf_values_belong_to_their_token),
      T(references_forgive_how_they_are_typed), T(no_slip_of_one_character_gives_another_reference),
      T(the_check_catches_every_pair_of_symbols), T(sha256_gives_the_published_answers),
      T(seeded_bytes_repeat), T(crockford_takes_five_bits_at_a_time))
