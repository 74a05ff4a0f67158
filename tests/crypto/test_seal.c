// SPDX-License-Identifier: MIT
#include "base/clock.h"
#include "fixture.h"

static struct seal_at place(const char *person, enum seal_domain domain)
{
    return (struct seal_at){domain, person, "app.contact_note", uuid_new(ctx.arena), "note"};
}

TEST(texts_come_back_exactly)
{
    begin();
    struct bytes w, sealed;
    const char *person = new_person(&w), *text;
    char longest[20001 * 4];
    memset(longest, 'n', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    const char *const texts[] = {"",
                                 "a",
                                 "it's O'Brien; SELECT 1",
                                 "مرحبا 👋🏽\nline",
                                 longest,
                                 "1234567890123456789012345678901",
                                 "12345678901234567890123456789012"};
    for (int d = SEAL_IDENTITY; d <= SEAL_INTEL; d++)
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
            struct seal_at at = place(person, (enum seal_domain)d);
            CHECK_INT(seal_text(&ctx, &at, texts[i], &sealed), ERR_OK);
            CHECK_INT(seal_open(&ctx, &at, sealed, &text), ERR_OK);
            CHECK_STR(text, texts[i]);
        }
    struct seal_at at = place(person, SEAL_NOTES);
    CHECK_INT(seal_text(&ctx, &at, NULL, &sealed), ERR_OK);
    CHECK(sealed.p == NULL && sealed.n == 0);
    text = "x";
    CHECK_INT(seal_open(&ctx, &at, sealed, &text), ERR_OK);
    CHECK_STR(text, NULL);
    end();
}

TEST(the_form_is_as_described)
{
    begin();
    struct bytes w, one, two;
    const char *person = new_person(&w);
    struct seal_at at = place(person, SEAL_NOTES);
    CHECK_INT(seal_text(&ctx, &at, "0123456789", &one), ERR_OK);
    CHECK_INT(seal_text(&ctx, &at, "0123456789", &two), ERR_OK);
    CHECK_INT(one.n, 8 + 24 + 10 + 16);
    CHECK(memcmp(one.p, "\x01\x01\x00\x01\x00\x00\x00\x00", 8) == 0);
    CHECK(memcmp(one.p + 8, two.p + 8, 24) != 0); // a nonce of its own
    CHECK(memmem(one.p, one.n, "0123", 4) == NULL);
    end();
}

TEST(identity_lengths_are_hidden)
{
    begin();
    struct bytes w, sealed;
    const char *person = new_person(&w);
    char name[80] = "";
    for (size_t n = 0; n < 70; n++) {
        struct seal_at at = place(person, SEAL_IDENTITY);
        CHECK_INT(seal_text(&ctx, &at, name, &sealed), ERR_OK);
        CHECK_INT(sealed.n, 48 + (n / 32 + 1) * 32);
        name[n] = 'a';
    }
    end();
}

static void check_shut(const struct seal_at *at, struct bytes sealed)
{
    const char *text = "untouched";
    CHECK_INT(seal_open(&ctx, at, sealed, &text), ERR_KEY);
    CHECK_STR(text, "untouched");
}

TEST(a_value_opens_nowhere_else)
{
    begin();
    struct bytes w, sealed;
    const char *person = new_person(&w), *other = new_person(&w);
    const struct seal_at at = place(person, SEAL_NOTES);
    CHECK_INT(seal_text(&ctx, &at, "He is afraid", &sealed), ERR_OK);
    struct seal_at moved = at;
    moved.row = uuid_new(ctx.arena);
    check_shut(&moved, sealed);
    moved = at;
    moved.column = "summary";
    check_shut(&moved, sealed);
    moved = at;
    moved.table = "app.referral_note";
    check_shut(&moved, sealed);
    moved = at;
    moved.domain = SEAL_INTEL;
    check_shut(&moved, sealed);
    moved = at;
    moved.person = other;
    check_shut(&moved, sealed);
    moved = at; // the boundary between the names counts too
    moved.table = "app.contact_noten";
    moved.column = "ote";
    check_shut(&moved, sealed);
    end();
}

TEST(every_changed_byte_is_noticed)
{
    begin();
    struct bytes w, sealed;
    const char *person = new_person(&w);
    for (int d = SEAL_IDENTITY; d <= SEAL_NOTES; d++) {
        const struct seal_at at = place(person, (enum seal_domain)d);
        CHECK_INT(seal_text(&ctx, &at, "Someone's name", &sealed), ERR_OK);
        uint8_t *bad = arena_alloc(ctx.arena, sealed.n + 1);
        for (size_t i = 0; i < sealed.n; i++)
            for (int bit = 1; bit < 256; bit <<= 1) {
                memcpy(bad, sealed.p, sealed.n);
                bad[i] ^= (uint8_t)bit;
                check_shut(&at, (struct bytes){bad, sealed.n});
            }
        memcpy(bad, sealed.p, sealed.n);
        for (size_t n = 1; n < sealed.n; n++)
            check_shut(&at, (struct bytes){bad, n});
        check_shut(&at, (struct bytes){bad, sealed.n + 1});
    }
    end();
}

TEST(without_a_key_nothing_is_sealed)
{
    begin();
    struct bytes sealed = {NULL, 7}, w;
    struct seal_at at = place(uuid_new(ctx.arena), SEAL_NOTES);
    CHECK_INT(seal_text(&ctx, &at, "text", &sealed), ERR_KEY);
    CHECK_INT(sealed.n, 7);
    at.person = new_person(&w);
    at.row = "not a row";
    CHECK_INT(seal_text(&ctx, &at, "text", &sealed), ERR_INTERNAL);
    at.row = at.person;
    at.table = NULL;
    CHECK_INT(seal_text(&ctx, &at, "text", &sealed), ERR_INTERNAL);
    at.table = "t";
    at.person = NULL;
    CHECK_INT(seal_text(&ctx, &at, "text", &sealed), ERR_INTERNAL);
    struct keys *kept = ctx.keys;
    ctx.keys = NULL;
    at.person = at.row;
    CHECK_INT(seal_text(&ctx, &at, "text", &sealed), ERR_KEY);
    ctx.keys = kept;
    end();
}

TEST(drafts_open_for_their_owner_until_they_expire)
{
    begin();
    const char *draft = keys_draft_seal(&ctx, "sam", "note=it%27s+late");
    CHECK(strspn(draft, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          strlen(draft));
    CHECK_STR(keys_draft_open(&ctx, "sam", draft, 900), "note=it%27s+late");
    CHECK_STR(keys_draft_open(&ctx, "alex", draft, 900), NULL);
    clock_set_offset(899 * 1000000LL);
    CHECK_STR(keys_draft_open(&ctx, "sam", draft, 900), "note=it%27s+late");
    clock_set_offset(901 * 1000000LL);
    CHECK_STR(keys_draft_open(&ctx, "sam", draft, 900), NULL);
    clock_set_offset(-3600 * 1000000LL);
    CHECK_STR(keys_draft_open(&ctx, "sam", draft, 900), NULL);
    clock_set_offset(0);
    CHECK_STR(keys_draft_open(&ctx, "sam", keys_draft_seal(&ctx, "sam", ""), 900), "");
    CHECK_STR(keys_draft_open(&ctx, "sam", NULL, 900), NULL);
    CHECK_STR(keys_draft_open(&ctx, "sam", "", 900), NULL);
    CHECK_STR(keys_draft_open(&ctx, "sam", "short", 900), NULL);
    CHECK_STR(keys_draft_open(&ctx, "sam", "not base64url!", 900), NULL);
    char *bad = arena_strdup(ctx.arena, draft);
    for (size_t i = 0; bad[i]; i++) {
        char kept = bad[i];
        bad[i] = kept == 'A' ? 'B' : 'A';
        CHECK_STR(keys_draft_open(&ctx, "sam", bad, 900), NULL);
        bad[i] = kept;
    }
    end();
}

TESTS("seal", T(texts_come_back_exactly), T(the_form_is_as_described),
      T(identity_lengths_are_hidden), T(a_value_opens_nowhere_else),
      T(every_changed_byte_is_noticed), T(without_a_key_nothing_is_sealed),
      T(drafts_open_for_their_owner_until_they_expire))
