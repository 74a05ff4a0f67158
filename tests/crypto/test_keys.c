// SPDX-License-Identifier: MIT
#include "crypto/internal.h"
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>

static char *slurp(const char *path, size_t *ret_n)
{
    char *text = arena_alloc(ctx.arena, 4096);
    FILE *f = fopen(path, "r");
    CHECK_FATAL(f != NULL);
    *ret_n = fread(text, 1, 4095, f);
    fclose(f);
    return text;
}

static void spill(const char *path, const char *text, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK_FATAL(fd >= 0 && write(fd, text, n) == (ssize_t)n);
    close(fd);
}

static void check_refused(const char *path, const char *words)
{
    struct keys *k = NULL;
    ctx.problem = (struct problem){0};
    CHECK_INT(keys_open(&ctx, path, &k), ERR_KEY);
    CHECK(k == NULL);
    if (!ctx.problem.detail || !strstr(ctx.problem.detail, words))
        CHECK_STR(ctx.problem.detail, words);
}

TEST(a_keyring_is_private_and_never_overwritten)
{
    begin();
    struct stat st;
    CHECK_INT(stat(ring_path, &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    size_t n, again;
    char *before = slurp(ring_path, &n);
    CHECK_INT(keys_create(&ctx, ring_path), ERR_CONFLICT);
    CHECK(strstr(ctx.problem.detail, "exists already") != NULL);
    char *after = slurp(ring_path, &again);
    CHECK(n == again && memcmp(before, after, n) == 0);
    CHECK_INT(keys_create(&ctx, "/nonexistent/ring"), ERR_IO);
    CHECK_INT(keys_create(&ctx, "credential:ring"), ERR_CONFIG);
    CHECK_INT(keys_epoch(ctx.keys), 1);
    end();
}

TEST(files_that_others_can_read_are_refused)
{
    begin();
    chmod(ring_path, 0640);
    check_refused(ring_path, "can be read by others: run chmod 600 on it");
    chmod(ring_path, 0604);
    check_refused(ring_path, "can be read by others");
    chmod(ring_path, 0400);
    struct keys *k;
    CHECK_INT(keys_open(&ctx, ring_path, &k), ERR_OK);
    keys_close(k);
    check_refused(folder, "is not a file");
    check_refused("/nonexistent/ring", "cannot be opened: No such file or directory");
    const char *link_path = arena_printf(ctx.arena, "%s/link", folder);
    CHECK_INT(symlink(ring_path, link_path), 0);
    check_refused(link_path, "it is a symbolic link");
    unlink(link_path);
    end();
}

TEST(any_change_to_the_file_is_told)
{
    begin();
    size_t n;
    char *text = slurp(ring_path, &n);
    struct keys *k = NULL;
    for (size_t i = 0; i < n; i++) {
        char kept = text[i];
        text[i] = kept == '1' ? '7' : '1';
        spill(ring_path, text, n);
        CHECK_INT(keys_open(&ctx, ring_path, &k), ERR_KEY);
        text[i] = kept;
    }
    for (size_t cut = 0; cut < n; cut += 7) {
        spill(ring_path, text, cut);
        CHECK_INT(keys_open(&ctx, ring_path, &k), ERR_KEY);
    }
    CHECK(k == NULL);
    spill(ring_path, text, 0);
    check_refused(ring_path, "is empty");
    spill(ring_path, text, n / 2);
    check_refused(ring_path, "is incomplete");
    spill(ring_path, "not keys at all\n", 16);
    check_refused(ring_path, "is not a keyring");
    spill(ring_path, "phoenix-keyring 2\n", 18);
    check_refused(ring_path, "was made by a newer version");
    text[n] = 'x';
    spill(ring_path, text, n + 1);
    check_refused(ring_path, "is damaged");
    spill(ring_path, text, n);
    CHECK_INT(keys_open(&ctx, ring_path, &k), ERR_OK);
    keys_close(k);
    end();
}

TEST(a_systemd_credential_is_read)
{
    begin();
    struct keys *k;
    chmod(ring_path, 0440); // as systemd hands it over
    unsetenv("CREDENTIALS_DIRECTORY");
    check_refused("credential:ring", "was not handed over by systemd");
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    CHECK_INT(keys_open(&ctx, "credential:ring", &k), ERR_OK);
    uint8_t mine[16], theirs[16];
    keys_check_value(k, mine);
    keys_check_value(ctx.keys, theirs);
    CHECK(memcmp(mine, theirs, 16) == 0);
    keys_close(k);
    check_refused("credential:../ring", "was not handed over");
    check_refused("credential:other", "was not handed over");
    unsetenv("CREDENTIALS_DIRECTORY");
    end();
}

TEST(another_keyring_is_told_in_words)
{
    begin();
    uint8_t mine[16];
    keys_check_value(ctx.keys, mine);
    CHECK_INT(keys_match(&ctx, ctx.keys, (struct bytes){mine, 16}), ERR_OK);
    struct bytes wrapped;
    const char *person = new_person(&wrapped);
    struct keys *first = ctx.keys, *other;
    const char *path = arena_printf(ctx.arena, "%s/other", folder);
    CHECK_INT(keys_create(&ctx, path), ERR_OK);
    CHECK_INT(keys_open(&ctx, path, &other), ERR_OK);
    CHECK_INT(keys_match(&ctx, other, (struct bytes){mine, 16}), ERR_KEY);
    CHECK(strstr(ctx.problem.detail, "is not the one this database was set up with") != NULL);
    CHECK_INT(keys_match(&ctx, other, (struct bytes){NULL, 0}), ERR_KEY);
    ctx.keys = other;
    CHECK_INT(keys_person_load(&ctx, person, wrapped), ERR_KEY);
    CHECK(strstr(ctx.problem.log, "another keyring wrapped it") != NULL);
    CHECK(!keys_person_cached(&ctx, person));
    keys_close(other);
    unlink(path);
    ctx.keys = first;
    end();
}

TEST(a_data_key_opens_for_its_person_alone)
{
    begin();
    struct bytes w, w2;
    const char *person = new_person(&w), *other = new_person(&w2);
    CHECK(keys_person_cached(&ctx, person));
    CHECK(!keys_person_cached(&ctx, uuid_new(ctx.arena)));
    CHECK(!keys_person_cached(&ctx, "nobody"));
    struct keys *fresh, *first = ctx.keys;
    CHECK_INT(keys_open(&ctx, ring_path, &fresh), ERR_OK);
    ctx.keys = fresh;
    CHECK(!keys_person_cached(&ctx, person));
    CHECK_INT(keys_person_load(&ctx, other, w), ERR_KEY);
    for (size_t i = 0; i < w.n; i++) {
        uint8_t *bad = arena_alloc(ctx.arena, w.n);
        memcpy(bad, w.p, w.n);
        bad[i] ^= 1;
        CHECK_INT(keys_person_load(&ctx, person, (struct bytes){bad, w.n}), ERR_KEY);
    }
    CHECK_INT(keys_person_load(&ctx, person, (struct bytes){w.p, w.n - 1}), ERR_KEY);
    CHECK_INT(keys_person_load(&ctx, person, (struct bytes){NULL, 0}), ERR_KEY);
    CHECK(!keys_person_cached(&ctx, person));
    CHECK_INT(keys_person_load(&ctx, person, w), ERR_OK);
    CHECK_INT(keys_person_load(&ctx, person, w), ERR_OK);
    CHECK(keys_person_cached(&ctx, person));
    CHECK_INT(keys_person_load(&ctx, "nobody", w), ERR_INTERNAL);
    CHECK_INT(keys_person_load(&ctx, "00000000-0000-0000-0000-000000000000", w), ERR_INTERNAL);
    keys_close(fresh);
    ctx.keys = NULL;
    CHECK_INT(keys_person_load(&ctx, person, w), ERR_KEY);
    ctx.keys = first;
    end();
}

TEST(epochs_are_added_and_emptied)
{
    begin();
    struct bytes old, rewrapped;
    const char *person = new_person(&old), *text;
    struct seal_at at = {SEAL_NOTES, person, "app.contact_note", uuid_new(ctx.arena), "note"};
    struct bytes sealed;
    CHECK_INT(seal_text(&ctx, &at, "before", &sealed), ERR_OK);
    CHECK_INT(keys_add_epoch(&ctx, ring_path), ERR_OK);
    struct keys *first = ctx.keys, *second;
    CHECK_INT(keys_open(&ctx, ring_path, &second), ERR_OK);
    CHECK_INT(keys_epoch(second), 2);
    uint8_t a[16], b[16];
    keys_check_value(first, a);
    keys_check_value(second, b);
    CHECK(memcmp(a, b, 16) == 0);
    const char *study = keys_study_id(&ctx, person);
    ctx.keys = second;
    CHECK_STR(keys_study_id(&ctx, person), study);
    CHECK_INT(keys_person_rewrap(&ctx, person, old, &rewrapped), ERR_OK);
    CHECK(rewrapped.p[3] == 2 && old.p[3] == 1);
    CHECK_INT(keys_person_load(&ctx, person, rewrapped), ERR_OK);
    CHECK_INT(seal_open(&ctx, &at, sealed, &text), ERR_OK);
    CHECK_STR(text, "before");
    keys_close(second);
    ctx.keys = first; // which has only epoch 1
    ctx.problem = (struct problem){0};
    struct keys *old_ring = first;
    CHECK_INT(keys_person_rewrap(&ctx, person, rewrapped, &rewrapped), ERR_KEY);
    CHECK(strstr(ctx.problem.log, "lacks epoch 2") != NULL);
    CHECK(ctx.keys == old_ring);
    end();
}

TEST(blind_indexes_and_pseudonyms)
{
    begin();
    struct bytes a = keys_blind(&ctx, "pnc", "2012/7654321A");
    struct bytes b = keys_blind(&ctx, "pnc", "2012/7654321A");
    CHECK_INT(a.n, 16);
    CHECK(memcmp(a.p, b.p, 16) == 0);
    CHECK(memcmp(a.p, keys_blind(&ctx, "cro", "2012/7654321A").p, 16) != 0);
    CHECK(memcmp(keys_blind(&ctx, "ab", "c").p, keys_blind(&ctx, "a", "bc").p, 16) != 0);
    const char *p1 = uuid_new(ctx.arena), *p2 = uuid_new(ctx.arena);
    const char *s = keys_study_id(&ctx, p1);
    CHECK_INT(strlen(s), 17);
    CHECK(s[0] == 'S' && strspn(s, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == 17);
    CHECK_STR(keys_study_id(&ctx, p1), s);
    CHECK(strcmp(keys_study_id(&ctx, p2), s) != 0);
    CHECK_STR(keys_study_id(&ctx, "nobody"), NULL);
    const uint8_t *h = keys_body_hash(&ctx, "body", 4);
    CHECK(memcmp(h, keys_body_hash(&ctx, "body", 4), 32) == 0);
    CHECK(memcmp(h, keys_body_hash(&ctx, "bodz", 4), 32) != 0);
    CHECK(keys_body_hash(&ctx, NULL, 0) != NULL);
    // Another keyring gives other values: none of them can be worked out without it.
    struct keys *first = ctx.keys, *other;
    const char *path = arena_printf(ctx.arena, "%s/other", folder);
    CHECK_INT(keys_create(&ctx, path), ERR_OK);
    CHECK_INT(keys_open(&ctx, path, &other), ERR_OK);
    ctx.keys = other;
    CHECK(memcmp(a.p, keys_blind(&ctx, "pnc", "2012/7654321A").p, 16) != 0);
    CHECK(strcmp(keys_study_id(&ctx, p1), s) != 0);
    CHECK(memcmp(h, keys_body_hash(&ctx, "body", 4), 32) != 0);
    keys_close(other);
    unlink(path);
    ctx.keys = first;
    end();
}

static void person_of(uint32_t i, uint8_t out[PERSON_BYTES])
{
    memset(out, 0, PERSON_BYTES);
    out[0] = 1;
    memcpy(out + 1, &i, sizeof(i));
}

TEST(the_cache_holds_200_000_people)
{
    CHECK_FATAL(crypto_start() == ERR_OK);
    struct cache *c = cache_new();
    uint8_t person[PERSON_BYTES], key[KEY_BYTES], kcv[KCV_BYTES], got[KEY_BYTES],
        got_kcv[KCV_BYTES];
    enum { N = 200000 };
    CHECK(!cache_get(c, (const uint8_t[16]){1}, got, NULL));
    for (uint32_t i = 0; i < N; i++) {
        person_of(i, person);
        memset(key, (int)(i % 251), sizeof(key));
        memset(kcv, (int)(i % 241), sizeof(kcv));
        if (!cache_put(c, person, key, kcv))
            CU_FAIL_FATAL("no room");
    }
    CHECK_INT(cache_count(c), N);
    size_t wrong = 0;
    for (uint32_t i = 0; i < N; i++) {
        person_of(i, person);
        bool found = cache_get(c, person, got, got_kcv);
        wrong += !found || got[0] != i % 251 || got[31] != i % 251 || got_kcv[7] != i % 241;
    }
    CHECK_INT(wrong, 0);
    person_of(N, person);
    CHECK(!cache_get(c, person, got, NULL));
    person_of(5, person);
    memset(key, 255, sizeof(key));
    CHECK(cache_put(c, person, key, kcv));
    CHECK(cache_get(c, person, got, NULL) && got[0] == 255);
    CHECK_INT(cache_count(c), N);
    cache_free(c);
    cache_free(NULL);
}

struct crowd {
    struct cache *cache;
    uint32_t from;
    size_t wrong;
};

enum { THREADS = 16, EACH = 3000 };

// Each thread adds its own people and reads everybody's: what is there must be whole.
static void *mingle(void *p)
{
    struct crowd *me = p;
    uint8_t person[PERSON_BYTES], key[KEY_BYTES], kcv[KCV_BYTES] = {0}, got[KEY_BYTES];
    for (uint32_t i = 0; i < EACH; i++) {
        person_of(me->from + i, person);
        memset(key, (int)((me->from + i) % 251), sizeof(key));
        me->wrong += !cache_put(me->cache, person, key, kcv);
        uint32_t other = (i * 7919u) % (THREADS * EACH);
        person_of(other, person);
        if (cache_get(me->cache, person, got, NULL))
            for (int k = 0; k < KEY_BYTES; k++)
                me->wrong += got[k] != other % 251;
    }
    return NULL;
}

TEST(sixteen_threads_share_the_cache)
{
    CHECK_FATAL(crypto_start() == ERR_OK);
    struct cache *c = cache_new();
    pthread_t threads[THREADS];
    struct crowd crowds[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        crowds[i] = (struct crowd){c, i * EACH, 0};
        CHECK_FATAL(pthread_create(&threads[i], NULL, mingle, &crowds[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(crowds[i].wrong, 0);
    }
    CHECK_INT(cache_count(c), THREADS * EACH);
    cache_free(c);
}

TESTS("keys", T(a_keyring_is_private_and_never_overwritten),
      T(files_that_others_can_read_are_refused), T(any_change_to_the_file_is_told),
      T(a_systemd_credential_is_read), T(another_keyring_is_told_in_words),
      T(a_data_key_opens_for_its_person_alone), T(epochs_are_added_and_emptied),
      T(blind_indexes_and_pseudonyms), T(the_cache_holds_200_000_people),
      T(sixteen_threads_share_the_cache))
