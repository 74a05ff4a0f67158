// SPDX-License-Identifier: MIT
// The permission matrix as a whole: every role x every route x somebody (or something) the role may
// see, may not see, and that does not exist. What is expected comes from access.def, routes.def and
// the meaning of the scopes, told here once more in plain SQL that shares nothing with the walls.
//
// A role without the permission gets 403 whoever it asks about; with it, what lies outside its
// scope answers 404 in the same bytes as what does not exist.
#include "app/app.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "base/vocab.h"
#include "crypto/secret.h"
#include "http/router.h"
#include "journey.h"
#include "test.h"
#include "domain/escalation/escalation.h"
#include "domain/person/stage.h"
#include "domain/referral/referral.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

// Where in the matrix a check failed, printed with it.
static const struct route *at_route;
static const char *at_role, *at_whom;

#define CHECK_AT(cond, answer)                                                                     \
    do {                                                                                           \
        bool ok_ = (cond);                                                                         \
        if (!ok_)                                                                                  \
            fprintf(stderr, "matrix: %s %s as %s, %s: %d is wrong (%s)\n%.300s\n",                 \
                    at_route->method, at_route->pattern, at_role, at_whom, (answer)->status,       \
                    #cond,                                                                         \
                    (answer)->status >= 500 || at_route->pattern[1] == 'a' ? (answer)->body : ""); \
        CHECK(ok_);                                                                                \
    } while (0)

// Asking psql takes most of the time here: an answer is good until something is changed.
static struct arena *known_arena;
static struct pair known[32];
static size_t n_known;

static const char *ask_sql(const char *sql)
{
    for (size_t i = 0; i < n_known; i++)
        if (strcmp(known[i].name, sql) == 0)
            return known[i].value;
    if (!known_arena)
        known_arena = arena_new();
    if (n_known == sizeof(known) / sizeof(known[0]))
        n_known = 0;
    struct pair p = {arena_strdup(known_arena, sql), arena_strdup(known_arena, journey_sql(sql))};
    known[n_known++] = p;
    return p.value;
}

// ---- the scopes in plain SQL: p is the participant, u the user ----

static const char *scope_sql(enum role role, enum scope scope)
{
    switch (scope) {
    case SCOPE_NO:
        return "false";
    case SCOPE_OWN:
        return role == ROLE_PROVIDER
                   ? "exists (select from app.referral r where r.participant_id = p.id "
                     "and r.provider_id = u.agency_id and r.sent_at is not null)"
                   : "p.worker_id = u.id";
    case SCOPE_TEAM:
        return "p.team_id = u.team_id";
    case SCOPE_AGENCY:
        return "p.agency_id = u.agency_id and (u.site_id is null or p.site_id = u.site_id)";
    case SCOPE_SITE:
        return "(u.site_id is null or p.site_id = u.site_id)";
    case SCOPE_ALL:
        return "true";
    }
    return "false";
}

// What {id} stands for in an address: `from` joins the thing as x, having its participant as p.
struct thing {
    const char *prefix; // of the pattern
    const char *from;
    const char *id;
};

#define OF_PERSON(table)                                                                           \
    "app." table " x join app.participant p on p.site_id = x.site_id and p.id = x.participant_id"

static const struct thing things[] = {
    {"/participants/{ref}/contacts/{id}", OF_PERSON("contact") " and x.superseded_by is null",
     "x.id"},
    {"/participants/{ref}/flags/{id}", OF_PERSON("safety_flag") " and x.ended_at is null", "x.id"},
    {"/participants/{ref}", "app.participant p", "null"},
    {"/referrals/{id}", OF_PERSON("referral") " and x.sent_at is not null", "x.id"},
    {"/escalations/{id}", OF_PERSON("escalation"), "x.id"},
};

static const char *page_pattern(const struct route *r)
{
    return strncmp(r->pattern, "/api/v1", 7) == 0 ? r->pattern + 7 : r->pattern;
}

static const struct thing *thing_of(const struct route *r)
{
    for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++)
        if (strncmp(page_pattern(r), things[i].prefix, strlen(things[i].prefix)) == 0)
            return &things[i];
    return NULL;
}

struct target {
    const char *ref, *id; // NULL when the address has none
    bool found;
};

// Somebody (with the thing) inside or outside the scope of the visitor's permission.
static struct target find(struct visitor *v, const struct route *r, enum role role, bool visible)
{
    const struct thing *t = thing_of(r);
    enum scope scope = permission_row(r->permission)->scope[role];
    // What a provider sees of a referral is its own agency's; another's of the same person is not.
    bool of_provider = role == ROLE_PROVIDER && strncmp(t->prefix, "/referrals", 10) == 0;
    const char *sql = arena_printf(
        arena,
        "select p.ref || ' ' || coalesce(%s::text, '-') from access.\"user\" u cross join %s "
        "where u.username = '%s' and %s (%s%s) and not exists (select from app.conflict c "
        "where c.user_id = u.id and c.person_id = p.person_id) order by 1 limit 1",
        t->id, t->from, visitor_username(v), visible ? "" : "not", scope_sql(role, scope),
        of_provider ? " and x.provider_id = u.agency_id" : "");
    const char *row = ask_sql(sql);
    if (!*row)
        return (struct target){0};
    return (struct target){arena_strndup(arena, row, 8), row + 9, true};
}

static const char *fill(const struct route *r, struct target t)
{
    struct buf b;
    buf_init(&b, arena);
    for (const char *p = r->pattern; *p;) {
        if (*p == '{') {
            buf_puts(&b, strncmp(p, "{ref}", 5) == 0 ? t.ref : t.id);
            p += strcspn(p, "}") + 1;
        } else {
            buf_putc(&b, *p++);
        }
    }
    return b.p;
}

// ---- bodies that pass validation, made from the field tables ----

// Fields whose rules are more than their table says.
static const struct {
    const char *name, *value;
    const struct field_table *table; // of this one only, or NULL
} known_values[] = {
    {"to", "offered", &stage_input_table},          {"to", "withdrawn", &referral_move_table},
    {"to", "under_review", &escalation_move_table}, {"username", "matrix.person", NULL},
    {"date_of_birth", "1990-01-01", NULL},          {"role", "navigator", NULL},
};

static const char *sample_text(const struct field *f)
{
    static const char words[] =
        "Words of the matrix test, long enough for every field that asks for more";
    size_t n =
        f->max > 0 && (size_t)f->max < sizeof(words) - 1 ? (size_t)f->max : sizeof(words) - 1;
    return arena_strndup(arena, words, n);
}

// A manager adds people at his or her own site and nowhere else.
static const char *own_site(void)
{
    if (strcmp(at_role, "nobody") == 0)
        return "leicester";
    const char *sql = arena_printf(arena,
                                   "select coalesce(site_id, 'leicester') from access.\"user\" "
                                   "where username = '%s'",
                                   visitor_username(journey_visitor(at_role)));
    return ask_sql(sql);
}

static const char *sample_value(const struct field_table *t, const struct field *f)
{
    if (strcmp(f->name, "site") == 0)
        return own_site();
    for (size_t i = 0; i < sizeof(known_values) / sizeof(known_values[0]); i++)
        if (strcmp(known_values[i].name, f->name) == 0 &&
            (!known_values[i].table || known_values[i].table == t))
            return known_values[i].value;
    const struct vocab *v = f->vocab ? vocab_find(f->vocab) : NULL;
    switch (f->type) {
    case FIELD_INT:
        return arena_printf(arena, "%ld", f->min > 0 ? f->min : 1);
    case FIELD_BOOL:
        return "true";
    case FIELD_DATE:
        return date_iso(arena, date_today() + (f->flags & FIELD_NOT_PAST ? 7 : -7));
    case FIELD_TIME:
        return time_iso(arena,
                        clock_now_us() + (f->flags & FIELD_NOT_PAST ? 1 : -1) * 3600000000LL);
    case FIELD_UUID:
        return uuid_new(arena);
    case FIELD_CODE:
    case FIELD_CODES:
        return v && v->n ? v->codes[0].code : "none";
    default:
        return sample_text(f);
    }
}

static bool wanted(const struct field *f)
{
    bool asked = (f->flags & FIELD_REQUIRED) || strcmp(f->name, "site") == 0;
    return asked && !(f->flags & FIELD_READONLY);
}

static const char *json_body(const struct route *r)
{
    struct buf b;
    buf_init(&b, arena);
    buf_putc(&b, '{');
    for (size_t i = 0; r->body && i < r->body->n; i++) {
        const struct field *f = &r->body->fields[i];
        bool list = f->type == FIELD_CODES || f->type == FIELD_LIST;
        bool bare = f->type == FIELD_INT || f->type == FIELD_BOOL;
        if (!wanted(f))
            continue;
        buf_printf(&b, "%s\"%s\":%s%s%s%s%s", b.n > 1 ? "," : "", f->name, list ? "[" : "",
                   bare ? "" : "\"", sample_value(r->body, f), bare ? "" : "\"", list ? "]" : "");
    }
    buf_putc(&b, '}');
    return b.p;
}

static const struct answer *send_form(struct visitor *v, const struct route *r, const char *target)
{
    struct pair pairs[64];
    size_t n = 0;
    pairs[n++] =
        (struct pair){"csrf", *visitor_token(v) ? token_csrf(arena, visitor_token(v)) : ""};
    pairs[n++] = (struct pair){"client_ref", uuid_new(arena)};
    for (size_t i = 0; r->body && i < r->body->n && n < 64; i++)
        if (wanted(&r->body->fields[i]))
            pairs[n++] =
                (struct pair){r->body->fields[i].name, sample_value(r->body, &r->body->fields[i])};
    return visit_form(v, target, pairs, n);
}

static const struct answer *ask(struct visitor *v, const struct route *r, struct target t)
{
    const char *target = fill(r, t);
    bool read = strcmp(r->method, "GET") == 0, api = strncmp(r->pattern, "/api/", 5) == 0;
    if (api)
        return visit_api_with(v, r->method, target, read ? NULL : json_body(r),
                              r->flags & ROUTE_CREATES ? uuid_new(arena) : NULL,
                              r->flags & ROUTE_IF_MATCH ? "\"1\"" : NULL);
    return read ? visit_get(v, target) : send_form(v, r, target);
}

// ---- the checks ----

// The body with the one thing in which any two answers differ taken out.
static const char *without_request_id(const struct answer *a)
{
    const char *id = answer_json(a, "request_id");
    char *body = arena_strdup(arena, a->body);
    char *p = id ? strstr(body, id) : NULL;
    if (p)
        memset(p, '-', strlen(id));
    return body;
}

static bool same_answer(const struct answer *a, const struct answer *b)
{
    bool same = a->status == b->status && strcmp(a->type, b->type) == 0 && a->n == b->n &&
                a->n_headers == b->n_headers &&
                strcmp(without_request_id(a), without_request_id(b)) == 0;
    for (size_t i = 0; same && i < a->n_headers; i++)
        same = strcmp(a->headers[i].name, b->headers[i].name) == 0 &&
               strcmp(a->headers[i].value, b->headers[i].value) == 0;
    return same;
}

// Steps of a referral or an escalation need a permission of their own besides the address's: which,
// the state machine says in the database, so that "not yours to take" is a right answer there too.
static bool is_step(const struct route *r)
{
    return strstr(r->pattern, "/transitions") != NULL;
}

static void check_allowed(const struct answer *a, bool allowed)
{
    if (allowed && is_step(at_route))
        CHECK_AT(a->status != 404 && a->status != 401 && a->status < 500, a);
    else if (allowed)
        CHECK_AT(a->status != 403 && a->status != 404 && a->status != 401 && a->status < 500, a);
    else
        CHECK_AT(a->status == 403, a);
}

// What was shown lives only as long as the visitor's last requests: kept for comparing.
static const struct answer *keep(const struct answer *a)
{
    struct answer *kept = ARENA_NEW(arena, struct answer);
    struct pair *headers = ARENA_ARRAY(arena, struct pair, a->n_headers + 1);
    *kept = *a;
    for (size_t i = 0; i < a->n_headers; i++)
        headers[i] = (struct pair){arena_strdup(arena, a->headers[i].name),
                                   arena_strdup(arena, a->headers[i].value)};
    kept->headers = headers;
    kept->body = arena_strndup(arena, a->body, a->n);
    kept->type = arena_strdup(arena, a->type);
    kept->arena = arena;
    return kept;
}

// How many cells had somebody in them: a data set without would pass whatever the walls did.
static long n_hidden, n_visible;

static void check_person_route(struct visitor *v, const struct route *r, enum role role)
{
    bool allowed = permission_row(r->permission)->scope[role] != SCOPE_NO;
    struct target absent = {journey_nobody(), uuid_new(arena), true};
    at_whom = "absent";
    const struct answer *nobody = keep(ask(v, r, absent));
    CHECK_AT(nobody->status == (allowed ? 404 : 403), nobody);
    struct target hidden = find(v, r, role, false);
    if (hidden.found) {
        n_hidden++;
        at_whom = "hidden";
        const struct answer *a = ask(v, r, hidden);
        CHECK_AT(a->status == (allowed ? 404 : 403), a);
        CHECK_AT(same_answer(a, nobody), a);
    }
    struct target visible = find(v, r, role, true);
    if (visible.found) {
        n_visible++;
        at_whom = "visible";
        check_allowed(ask(v, r, visible), allowed);
        if (allowed && strcmp(r->method, "GET") != 0)
            n_known = 0;
    }
}

// Things that belong to no participant: exports and accounts.
static void check_other_route(struct visitor *v, const struct route *r, enum role role)
{
    bool allowed = permission_row(r->permission)->scope[role] != SCOPE_NO;
    const char *page = page_pattern(r);
    if (strstr(page, "{id}")) {
        struct target absent = {NULL, uuid_new(arena), true};
        at_whom = "absent";
        const struct answer *a = ask(v, r, absent);
        CHECK_AT(a->status == (allowed ? 404 : 403), a);
        return;
    }
    at_whom = "-";
    check_allowed(ask(v, r, (struct target){0}), allowed);
}

// Of oneself; what these do to the session is tested in the sign-in journeys.
static bool is_left_out(const struct route *r)
{
    bool writes = strcmp(r->method, "GET") != 0;
    return (r->flags & ROUTE_PUBLIC) || (writes && r->permission == PERM_self) ||
           (r->flags & ROUTE_UPLOAD);
}

static void check_role(enum role role)
{
    const struct route_table *t = journey_routes();
    at_role = role_code(role);
    for (size_t i = 0; i < t->n; i++) {
        const struct route *r = at_route = &t->routes[i];
        if (is_left_out(r))
            continue;
        arena_reset(arena);
        struct visitor *v = journey_visitor(at_role);
        if (thing_of(r))
            check_person_route(v, r, role);
        else
            check_other_route(v, r, role);
    }
}

#define ROLE_TEST(name, role)                                                                      \
    TEST(name)                                                                                     \
    {                                                                                              \
        arena = arena ? arena : arena_new();                                                       \
        check_role(role);                                                                          \
    }

ROLE_TEST(navigator, ROLE_NAVIGATOR)
ROLE_TEST(team_lead, ROLE_TEAM_LEAD)
ROLE_TEST(manager, ROLE_MANAGER)
ROLE_TEST(police, ROLE_POLICE)
ROLE_TEST(probation, ROLE_PROBATION)
ROLE_TEST(youth_justice, ROLE_YOUTH_JUSTICE)
ROLE_TEST(provider, ROLE_PROVIDER)
ROLE_TEST(evaluator, ROLE_EVALUATOR)
ROLE_TEST(trial_manager, ROLE_TRIAL_MANAGER)
ROLE_TEST(administrator, ROLE_ADMINISTRATOR)
ROLE_TEST(auditor, ROLE_AUDITOR)

// Every protected route without a session: pages go to sign-in, the rest is 401.
TEST(nobody_signed_in)
{
    const struct route_table *t = journey_routes();
    arena = arena ? arena : arena_new();
    struct visitor *v = journey_stranger();
    at_role = "nobody";
    at_whom = "-";
    for (size_t i = 0; i < t->n; i++) {
        const struct route *r = at_route = &t->routes[i];
        if (r->flags & (ROUTE_PUBLIC | ROUTE_UPLOAD))
            continue;
        arena_reset(arena);
        bool page_read = strncmp(r->pattern, "/api/", 5) != 0 && strcmp(r->method, "GET") == 0;
        struct target t0 = {"PX000000", uuid_new(arena), true};
        const struct answer *a = ask(v, r, t0);
        CHECK_AT(a->status == (page_read ? 303 : 401), a);
        if (page_read)
            CHECK_AT(strncmp(a->location, "/sign-in", 8) == 0, a);
    }
}

TEST(enough_was_asked)
{
    fprintf(stderr, "matrix: %ld cells with somebody visible, %ld with somebody hidden\n",
            n_visible, n_hidden);
    CHECK(n_visible > 150);
    CHECK(n_hidden > 400);
}

// The table itself: nothing protected by accident of forgetting.
TEST(table_is_sound)
{
    CHECK_INT(route_table_check(journey_ctx(), journey_routes()), ERR_OK);
}

TESTS("matrix", T(table_is_sound), T(nobody_signed_in), T(navigator), T(team_lead), T(manager),
      T(police), T(probation), T(youth_justice), T(provider), T(evaluator), T(trial_manager),
      T(administrator), T(auditor), T(enough_was_asked))
