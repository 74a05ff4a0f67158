// SPDX-License-Identifier: MIT
#include "journey.h"
#include "test.h"

#include "base/uuid.h"
#include "crypto/secret.h"

#include <string.h>
#include <time.h>

TEST(every_role_lands_on_home)
{
    static const char *const roles[] = {"navigator",     "team_lead",     "manager",  "police",
                                        "probation",     "youth_justice", "provider", "evaluator",
                                        "trial_manager", "administrator", "auditor"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        const struct answer *a = visit_get(journey_visitor(roles[i]), "/");
        CHECK_INT(a->status, 200);
        CHECK(answer_has(a, "Sign out"));
        a = visit_api(journey_visitor(roles[i]), "GET", "/api/v1/me", NULL);
        CHECK_STR(answer_json(a, "role"), roles[i]);
        CHECK(answer_json_count(a, "permissions") > 0);
    }
}

TEST(wrong_password_says_nothing_of_which)
{
    struct visitor *v = journey_stranger();
    const char *known = visitor_username(journey_visitor("police"));
    const struct answer *wrong =
        visit_post(v, "/sign-in", "username", known, "password", "not this", NULL);
    CHECK_INT(wrong->status, 401);
    CHECK(answer_has(wrong, "The username or password is not right"));
    CHECK(!answer_header(wrong, "Set-Cookie"));
    const struct answer *absent =
        visit_post(v, "/sign-in", "username", "nobody.at.all", "password", "not this", NULL);
    CHECK_INT(absent->status, 401);
    CHECK(answer_has(absent, "The username or password is not right"));
    CHECK_STR(answer_input(wrong, "username"), known);
    const char *shown = answer_input(wrong, "password");
    CHECK(!shown || !*shown);
}

TEST(empty_form_names_both_boxes)
{
    const struct answer *a =
        visit_post(journey_stranger(), "/sign-in", "username", "", "password", "", NULL);
    CHECK_INT(a->status, 422);
    CHECK(answer_has(a, "Enter a username"));
    CHECK(answer_has(a, "Enter a password"));
    CHECK(strstr(a->body, "href=\"#username\"") != NULL);
    CHECK(answer_has(a, "Error: Sign in"));
}

TEST(five_failures_then_a_delay)
{
    struct visitor *v = journey_stranger();
    const struct answer *a = NULL;
    for (int i = 0; i < 6; i++)
        a = visit_post(v, "/sign-in", "username", "guessed.name", "password", "guess", NULL);
    CHECK_INT(a->status, 429);
    CHECK(answer_header(a, "Retry-After") != NULL);
    a = visit_api(v, "POST", "/api/v1/sessions",
                  "{\"username\":\"guessed.name\",\"password\":\"guess\"}");
    CHECK_INT(a->status, 429);
}

TEST(protected_page_asks_to_sign_in_and_returns)
{
    struct visitor *v = journey_stranger();
    const struct answer *a = visit_get(v, "/participants?q=x");
    CHECK_INT(a->status, 303);
    CHECK(strncmp(a->location, "/sign-in?return_to=", 19) == 0);
    a = visit_get(v, a->location);
    CHECK_INT(a->status, 200);
    CHECK_STR(answer_input(a, "return_to"), "/participants?q=x");
    struct visitor *police = journey_visitor("police");
    a = visit_post(v, "/sign-in", "username", visitor_username(police), "password",
                   visitor_password(police), "return_to", "/participants?q=x", NULL);
    CHECK_INT(a->status, 303);
    CHECK_STR(a->location, "/participants?q=x");
}

TEST(return_address_stays_here)
{
    struct visitor *police = journey_visitor("police");
    static const char *const bad[] = {"//evil.example/", "https://evil.example/", "/\\evil",
                                      "javascript:x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct answer *a =
            visit_post(journey_stranger(), "/sign-in", "username", visitor_username(police),
                       "password", visitor_password(police), "return_to", bad[i], NULL);
        CHECK_STR(a->location, "/");
    }
}

TEST(sign_out_ends_the_session_at_once)
{
    struct visitor *police = journey_visitor("police");
    struct visitor *v = journey_sign_in(visitor_username(police), visitor_password(police));
    char token[TOKEN_TEXT];
    memcpy(token, visitor_token(v), sizeof(token));
    const struct answer *a = visit_post(v, "/sign-out", NULL);
    CHECK_INT(a->status, 303);
    CHECK(answer_header(a, "Clear-Site-Data") != NULL);
    visitor_set_token(v, token);
    CHECK_INT(visit_api(v, "GET", "/api/v1/me", NULL)->status, 401);
    CHECK_INT(visit_get(v, "/")->status, 303);
}

TEST(api_session)
{
    struct visitor *nav = journey_visitor("navigator"), *v = journey_stranger();
    struct arena *arena = arena_new();
    const struct answer *a =
        visit_api(v, "POST", "/api/v1/sessions",
                  arena_printf(arena, "{\"username\":\"%s\",\"password\":\"%s\"}",
                               visitor_username(nav), visitor_password(nav)));
    CHECK_INT(a->status, 201);
    CHECK_STR(answer_json(a, "user.role"), "navigator");
    CHECK_STR(answer_json(a, "user.username"), visitor_username(nav));
    CHECK(answer_json(a, "expires_at") != NULL);
    CHECK_FATAL(answer_json(a, "token") != NULL);
    visitor_set_token(v, answer_json(a, "token"));
    CHECK_INT(visit_api(v, "GET", "/api/v1/me", NULL)->status, 200);
    CHECK_INT(visit_api(v, "DELETE", "/api/v1/sessions/current", NULL)->status, 204);
    CHECK_INT(visit_api(v, "GET", "/api/v1/me", NULL)->status, 401);
    arena_free(arena);
}

TEST(form_of_another_session_is_refused)
{
    struct visitor *v = journey_visitor("navigator");
    visitor_set_header(v, "X-Unused", "x");
    const struct pair pairs[] = {{"csrf", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}};
    const struct answer *a = visit_form(v, "/sign-out", pairs, 1);
    CHECK(a->status == 403 || a->status == 200);
    CHECK_INT(visit_api(v, "GET", "/api/v1/me", NULL)->status, 200);
    visitor_set_header(v, "X-Unused", NULL);
}

// The whole of "never lost": a note typed while the session ran out.
static const char note[] = "He's SELECTed \"yes\" & <b>no</b> \xF0\x9F\x8C\x88\nsecond line";

static const struct answer *post_with_dead_session(struct visitor *v, const char *ref,
                                                   const char *key)
{
    struct arena *a = arena_new();
    journey_sql(arena_printf(a,
                             "update access.session set last_seen_at = now() - interval '2 hours' "
                             "where token_hash = (select token_hash from access.session s join "
                             "access.\"user\" u on u.id = s.user_id where u.username = '%s' "
                             "order by s.created_at desc limit 1)",
                             visitor_username(v)));
    const struct answer *got =
        visit_post(v, arena_printf(a, "/participants/%s/contacts", ref), "mode", "phone", "outcome",
                   "spoke", "note", note, "minutes", "10", "client_ref", key, NULL);
    arena_free(a);
    return got;
}

TEST(typed_form_comes_back_after_sign_in)
{
    struct visitor *nav = journey_visitor("navigator");
    struct visitor *v = journey_sign_in(visitor_username(nav), visitor_password(nav));
    const char *ref = journey_person("navigator"), *key = "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0001";
    const struct answer *a = post_with_dead_session(v, ref, key);
    CHECK_INT(a->status, 401);
    CHECK(answer_has(a, "Sign in"));
    CHECK(!answer_has(a, "second line"));
    const char *draft = answer_input(a, "draft");
    CHECK_FATAL(draft != NULL);
    const struct answer *back = visit_post(v, "/sign-in", "username", visitor_username(nav),
                                           "password", visitor_password(nav), "draft", draft, NULL);
    CHECK_INT(back->status, 200);
    CHECK(answer_has(back, "You were signed out. Check what you typed, then save."));
    CHECK(answer_has(back, note));
    CHECK_STR(answer_input(back, "client_ref"), key);
    CHECK_INT(visit_get(v, "/account")->status, 200);
}

TEST(typed_form_is_for_nobody_else)
{
    struct visitor *nav = journey_visitor("navigator"), *other = journey_visitor("navigator2");
    struct visitor *v = journey_sign_in(visitor_username(nav), visitor_password(nav));
    const struct answer *a = post_with_dead_session(v, journey_person("navigator"),
                                                    "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0002");
    const char *draft = answer_input(a, "draft");
    CHECK_FATAL(draft != NULL);
    const struct answer *back =
        visit_post(v, "/sign-in", "username", visitor_username(other), "password",
                   visitor_password(other), "draft", draft, NULL);
    CHECK_INT(back->status, 303);
    CHECK(!answer_has(back, "second line"));
}

TEST(database_away_keeps_what_was_typed)
{
    struct visitor *nav = journey_visitor("navigator");
    const char *ref = journey_person("navigator"), *key = "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0003";
    struct arena *arena = arena_new();
    const char *target = arena_printf(arena, "/participants/%s/contacts", ref);
    journey_database_kill();
    const struct answer *a = visit_post(nav, target, "mode", "phone", "outcome", "spoke", "note",
                                        note, "client_ref", key, NULL);
    CHECK_INT(a->status, 503);
    CHECK(answer_header(a, "Retry-After") != NULL);
    CHECK(answer_has(a, "Your work is safe to send again"));
    CHECK(answer_has(a, note));
    CHECK_STR(answer_input(a, "client_ref"), key);
    CHECK_STR(answer_input(a, "csrf"), token_csrf(arena, visitor_token(nav)));
    CHECK_INT(visit_get(nav, "/")->status, 503);
    CHECK_INT(visit_api(nav, "GET", "/api/v1/me", NULL)->status, 503);
    CHECK_INT(visit_get(nav, "/help")->status, 200);
    journey_database_up();
    int tries = 0;
    while (visit_api(nav, "GET", "/api/v1/me", NULL)->status != 200 && tries++ < 200) {
        struct timespec wait = {.tv_nsec = 20000000};
        nanosleep(&wait, NULL);
    }
    CHECK(tries < 100);
    arena_free(arena);
}

TEST(busy_server_keeps_what_was_typed)
{
    struct visitor *nav = journey_visitor("navigator");
    struct arena *arena = arena_new();
    const char *target =
        arena_printf(arena, "/participants/%s/contacts", journey_person("navigator"));
    visitor_turn_away(nav, ERR_OVERLOADED);
    const struct answer *a = visit_post(nav, target, "mode", "phone", "note", note, "client_ref",
                                        "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0004", NULL);
    CHECK_INT(a->status, 503);
    CHECK(answer_has(a, "Your work is safe to send again"));
    CHECK(answer_has(a, note));
    CHECK_STR(answer_input(a, "client_ref"), "0192aaaa-bbbb-7ccc-8ddd-eeeeffff0004");
    CHECK_STR(answer_input(a, "csrf"), token_csrf(arena, visitor_token(nav)));
    // A password that was turned away is not repeated.
    visitor_turn_away(nav, ERR_OVERLOADED);
    a = visit_post(nav, "/sign-in", "username", "somebody", "password", "a secret of mine", NULL);
    CHECK_INT(a->status, 503);
    CHECK(!answer_has(a, "a secret of mine"));
    arena_free(arena);
}

TEST(password_change)
{
    struct visitor *nav = journey_visitor("navigator2");
    struct visitor *v = journey_sign_in(visitor_username(nav), visitor_password(nav));
    const struct answer *a =
        visit_post(v, "/account/password", "current_password", "wrong one", "new_password",
                   "three odd words here", "new_password_again", "three odd words here", NULL);
    CHECK_INT(a->status, 422);
    CHECK(answer_has(a, "The current password is not right"));
    a = visit_post(v, "/account/password", "current_password", visitor_password(nav),
                   "new_password", "short", "new_password_again", "short", NULL);
    CHECK_INT(a->status, 422);
    a = visit_post(v, "/account/password", "current_password", visitor_password(nav),
                   "new_password", "three odd words here", "new_password_again",
                   "three odd words hear", NULL);
    CHECK_INT(a->status, 422);
    a = visit_post(v, "/account/password", "current_password", visitor_password(nav),
                   "new_password", "three odd words here", "new_password_again",
                   "three odd words here", NULL);
    CHECK_INT(a->status, 303);
    CHECK_INT(visit_api(v, "GET", "/api/v1/me", NULL)->status, 200);
    CHECK_INT(visit_api(nav, "GET", "/api/v1/me", NULL)->status, 401); // every other session ended
    v = journey_sign_in(visitor_username(nav), "three odd words here");
    CHECK(v != NULL);
}

static void set_first_password(const char *username, const char *yes)
{
    struct arena *a = arena_new();
    journey_sql(arena_printf(a,
                             "update access.\"user\" set must_change_password = %s "
                             "where username = '%s'",
                             yes, username));
    arena_free(a);
}

TEST(first_password_must_be_changed)
{
    struct visitor *police = journey_visitor("police2");
    set_first_password(visitor_username(police), "true");
    struct visitor *v = journey_sign_in(visitor_username(police), visitor_password(police));
    const struct answer *a = visit_get(v, "/participants");
    CHECK_INT(a->status, 303);
    CHECK_STR(a->location, "/account");
    CHECK_STR(visit_get(v, "/")->location, "/account");
    a = visit_api(v, "GET", "/api/v1/participants", NULL);
    CHECK_INT(a->status, 403);
    CHECK_STR(answer_json(a, "type"), "urn:phoenix:problem:password-change");
    CHECK(answer_has(visit_get(v, "/account"), "Choose a new password"));
    set_first_password(visitor_username(police), "false");
}

TESTS("sign-in", T(every_role_lands_on_home), T(wrong_password_says_nothing_of_which),
      T(empty_form_names_both_boxes), T(five_failures_then_a_delay),
      T(protected_page_asks_to_sign_in_and_returns), T(return_address_stays_here),
      T(sign_out_ends_the_session_at_once), T(api_session), T(form_of_another_session_is_refused),
      T(typed_form_comes_back_after_sign_in), T(typed_form_is_for_nobody_else),
      T(first_password_must_be_changed), T(busy_server_keeps_what_was_typed), T(password_change),
      T(database_away_keeps_what_was_typed))
