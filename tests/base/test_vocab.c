// SPDX-License-Identifier: MIT
#include "base/vocab.h"
#include "test.h"

static const struct vocab_code outcomes[] = {
    {.code = "attended", .label = "Attended", .successful = true},
    {.code = "no_answer", .label = "No answer", .missed = true},
};
static const struct vocab all[] = {{"outcome", outcomes, 2}};

TEST(nothing_installed)
{
    CHECK_INT(vocab_count(), 0);
    CHECK(vocab_at(0) == NULL);
    CHECK(vocab_find("outcome") == NULL);
    CHECK_STR(vocab_version(), "");
    CHECK_STR(vocab_label("outcome", "attended"), "attended");
}

TEST(finds_codes_and_labels)
{
    vocab_install(all, 1, "v1");
    CHECK_STR(vocab_version(), "v1");
    CHECK_INT(vocab_count(), 1);
    CHECK(vocab_at(0) == &all[0] && vocab_at(1) == NULL);
    CHECK(vocab_code("outcome", "attended")->successful);
    CHECK(vocab_code("outcome", "no_answer")->missed);
    CHECK(vocab_code("outcome", "Attended") == NULL);
    CHECK(vocab_code("outcome", "") == NULL);
    CHECK(vocab_code("outcome", NULL) == NULL);
    CHECK(vocab_code("colour", "attended") == NULL);
    CHECK(vocab_code(NULL, "attended") == NULL);
    CHECK_STR(vocab_label("outcome", "no_answer"), "No answer");
    CHECK_STR(vocab_label("outcome", "a_retired_one"), "a_retired_one");
    CHECK_STR(vocab_label("outcome", NULL), "");
}

TESTS("vocab", T(nothing_installed), T(finds_codes_and_labels))
