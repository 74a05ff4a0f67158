// SPDX-License-Identifier: MIT
// The permission matrix, directly in SQL as phoenix_app: every role x table x person, with and
// without the person opened, for reading and for writing. What is expected comes from access.def
// and from where a person stands, by the table below that says which permission a table takes; no
// cell is written by hand.
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 7, ROLES = 16 };

struct who { // an account
    char name[32], id[37], site[32], team[37], agency[37];
    enum role role;
};
struct where { // a case, and whose it is
    char id[37], person[37], ref[16], site[32], worker[37], team[37], agency[37], sent_to[37], provider[37];
};

static const char *conninfo;
static PGconn *app;
static struct who users[ROLES];
static struct where people[PEOPLE];

static void take(char *to, size_t room, const PGresult *r, int row, int col)
{
    snprintf(to, room, "%s", PQgetvalue(r, row, col));
}

static void prepare_see(void);

/** Where everybody stands, as the owner sees it. */
static void load(void)
{
    if (app)
        return;
    conninfo = access_database("matrix", true);
    PGconn *c = sql_connect(conninfo, "phoenix_owner");
    PGresult *r = PQexec(
        c,
        "select username, id, site_id, team_id, agency_id, role from access.\"user\" order by id");
    CHECK_FATAL(PQntuples(r) == ROLES);
    for (int i = 0; i < ROLES; i++) {
        struct who *w = &users[i];
        take(w->name, sizeof(w->name), r, i, 0);
        take(w->id, sizeof(w->id), r, i, 1);
        take(w->site, sizeof(w->site), r, i, 2);
        take(w->team, sizeof(w->team), r, i, 3);
        take(w->agency, sizeof(w->agency), r, i, 4);
        CHECK_FATAL(role_find(PQgetvalue(r, i, 5), &w->role));
    }
    PQclear(r);
    r = PQexec(
        c, "select p.id, p.ref, p.site_id, p.worker_id, p.team_id, p.agency_id,"
           " case when r.sent_at is not null then r.provider_id end, r.provider_id, p.person_id"
           " from app.participant p join app.referral r on r.participant_id = p.id order by p.id");
    CHECK_FATAL(PQntuples(r) == PEOPLE);
    for (int i = 0; i < PEOPLE; i++) {
        struct where *p = &people[i];
        take(p->id, sizeof(p->id), r, i, 0);
        take(p->ref, sizeof(p->ref), r, i, 1);
        take(p->site, sizeof(p->site), r, i, 2);
        take(p->worker, sizeof(p->worker), r, i, 3);
        take(p->team, sizeof(p->team), r, i, 4);
        take(p->agency, sizeof(p->agency), r, i, 5);
        take(p->sent_to, sizeof(p->sent_to), r, i, 6);
        take(p->provider, sizeof(p->provider), r, i, 7);
        take(p->person, sizeof(p->person), r, i, 8);
    }
    PQclear(r);
    PQfinish(c);
    app = sql_connect(conninfo, "phoenix_app");
    prepare_see();
}

static bool same(const char *a, const char *b)
{
    return *a && strcmp(a, b) == 0;
}

/** The meaning of access.def. */
static bool covers(const struct who *w, enum permission p, const struct where *x)
{
    switch (permission_row(p)->scope[w->role]) {
    case SCOPE_NO:
        return false;
    case SCOPE_OWN:
        return w->role == ROLE_PROVIDER ? same(w->agency, x->sent_to) : same(w->id, x->worker);
    case SCOPE_TEAM:
        return same(w->team, x->team);
    case SCOPE_AGENCY:
        return same(w->agency, x->agency) && (!*w->site || same(w->site, x->site));
    case SCOPE_SITE:
        return !*w->site || same(w->site, x->site);
    case SCOPE_ALL:
        return true;
    }
    return false;
}

/** Whether begin() opens the person under that permission: what is granted everywhere is not about
 *  people, and opens only those whom the actor may find or has a referral of. */
static bool opens(const struct who *w, enum permission p, const struct where *x)
{
    if (permission_row(p)->scope[w->role] == SCOPE_ALL)
        return covers(w, PERM_participant_find, x) || covers(w, PERM_referral_read, x);
    return covers(w, p, x);
}

struct readable {
    const char *table, *key; // which column equals the case ($1) or the person ($2)
    enum permission permission;
};
#define P(t, perm)                                                                                 \
    {                                                                                              \
        t, "participant_id = $1", PERM_##perm                                                      \
    }
#define OWN(t, perm)                                                                               \
    {                                                                                              \
        t, "person_id = $2", PERM_##perm                                                           \
    }
static const struct readable tables[] = {
    {"app.participant", "id = $1", PERM_participant_find},
    P("app.participant_event", participant_find),
    OWN("app.identity", identity_read),
    OWN("app.identity_detail", identity_detail_read),
    OWN("app.identifier", identity_detail_read),
    OWN("app.data_key", identity_read),
    P("app.engagement", status_read),
    P("app.engagement_now", status_read),
    P("app.contact", contact_read),
    P("app.contact_detail", contact_detail_read),
    P("app.contact_note", contact_note_read),
    P("app.contact_summary", contact_summary_read),
    P("app.referral", referral_read),
    P("app.referral_event", referral_read),
    P("app.referral_detail", referral_detail_read),
    P("app.referral_note", referral_detail_read),
    P("app.referral_session", referral_detail_read),
    P("app.escalation", escalation_read),
    P("app.escalation_event", escalation_read),
    P("app.escalation_note", escalation_detail_read),
    P("app.escalation_action", escalation_detail_read),
    P("app.offer", contact_detail_read),
    P("app.safety_flag", flag_read),
    P("intel.membership", intel_read),
    P("intel.entry", intel_read),
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/** One statement that asks every table at once, prepared: `execute see('case', 'person')`
 * answers "tftf...". */
static void prepare_see(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    fprintf(f, "prepare see (uuid, uuid) as select concat(''");
    for (size_t t = 0; t < TABLES; t++)
        fprintf(f, ", (select count(*) > 0 from %s where %s)", tables[t].table, tables[t].key);
    fprintf(f, ")");
    fclose(f);
    CHECK_STR(sql_state(app, "%s", text), "");
    free(text);
    sql_state(app, "set plan_cache_mode = force_generic_plan");
}

static void check_tables(const struct who *w, const struct where *x, const char *how)
{
    const char *seen = sql_value(app, "execute see('%s', '%s')", x->id, x->person);
    CHECK_INT(strlen(seen), TABLES);
    for (size_t t = 0; t < TABLES && seen[t]; t++) {
        char want = covers(w, tables[t].permission, x) ? 't' : 'f';
        if (seen[t] != want)
            fprintf(stderr, "%s reading %s of %s (%s): %c\n", w->name, tables[t].table, x->ref, how,
                    seen[t]);
        CHECK_INT(seen[t], want);
    }
}

TEST(every_role_reads_what_the_matrix_says)
{
    load();
    for (size_t u = 0; u < ROLES; u++) {
        CHECK_STR(sql_begin(app, users[u].name, "self", NULL), "");
        for (size_t p = 0; p < PEOPLE; p++)
            check_tables(&users[u], &people[p], "listing");
        sql_state(app, "rollback");
    }
}

TEST(opening_a_person_gives_no_more)
{
    load();
    for (size_t u = 0; u < ROLES; u++) {
        for (size_t p = 0; p < PEOPLE; p++) {
            // Opened under any permission that covers the person, the other walls stand as they
            // are.
            for (size_t q = PERM_NONE + 1; q < PERM_COUNT; q++) {
                if (!opens(&users[u], (enum permission)q, &people[p]))
                    continue;
                CHECK_STR(sql_begin(app, users[u].name, permission_row((enum permission)q)->code,
                                    people[p].ref),
                          "");
                check_tables(&users[u], &people[p], permission_row((enum permission)q)->code);
                check_tables(&users[u], &people[(p + 1) % PEOPLE], "another");
                sql_state(app, "rollback");
                break;
            }
        }
    }
}

TEST(begin_refuses_by_permission_and_person)
{
    load();
    for (size_t u = 0; u < ROLES; u++) {
        for (size_t q = PERM_NONE + 1; q < PERM_COUNT; q++) {
            enum permission perm = (enum permission)q;
            const char *code = permission_row(perm)->code;
            bool any = permission_row(perm)->scope[users[u].role] != SCOPE_NO;
            CHECK_STR(sql_begin(app, users[u].name, code, NULL), any ? "" : "42501");
            for (size_t p = 0; p < PEOPLE; p++) {
                const char *want = !any                                 ? "42501"
                                   : opens(&users[u], perm, &people[p]) ? ""
                                                                        : "P0002";
                const char *got = sql_begin(app, users[u].name, code, people[p].ref);
                if (strcmp(got, want) != 0)
                    fprintf(stderr, "%s opening %s for %s: %s\n", users[u].name, people[p].ref,
                            code, got);
                CHECK_STR(got, want);
            }
            CHECK_STR(sql_begin(app, users[u].name, code, "PX999999"), any ? "P0002" : "42501");
            char absent[128];
            snprintf(absent, sizeof(absent), "%s", sql_words());
            // Invisible and absent say the same words.
            for (size_t p = 0; any && p < PEOPLE; p++) {
                if (opens(&users[u], perm, &people[p]))
                    continue;
                sql_begin(app, users[u].name, code, people[p].ref);
                CHECK_STR(sql_words(), absent);
                break;
            }
        }
    }
}

// :p case, :q person, :s site, :n a new id, :c a contact without parts, :r :e :f :g :i ids of the fixture,
// :u the actor, :b sealed bytes, :v the provider of the referral.
struct writable {
    const char *sql;
    enum permission permission[3]; // any of these
};
static const struct writable writes[] = {
    {"insert into app.contact (site_id, id, participant_id, happened_at, mode, outcome, author_id)"
     " values (:s, :n, :p, now(), 'phone', 'spoke', :u)",
     {PERM_contact_write}},
    {"insert into app.contact_detail (site_id, contact_id, participant_id) values (:s, :c, :p)",
     {PERM_contact_write}},
    {"insert into app.contact_note (site_id, contact_id, participant_id, kind, note)"
     " values (:s, :c, :p, 'note', :b)",
     {PERM_contact_write}},
    {"insert into app.contact_summary (site_id, contact_id, participant_id, summary) values (:s, "
     ":c, :p, :b)",
     {PERM_contact_write}},
    {"insert into app.referral (site_id, id, participant_id, service, provider_id)"
     " values (:s, :n, :p, 'housing', :v)",
     {PERM_referral_write}},
    {"insert into app.escalation (site_id, id, participant_id, trigger, decision_due)"
     " values (:s, :n, :p, 'disengaged', null)",
     {PERM_escalation_raise}},
    {"insert into app.escalation_note (site_id, id, escalation_id, participant_id, kind, note)"
     " values (:s, :n, :e, :p, 'evidence', :b)",
     {PERM_escalation_raise, PERM_escalation_decide, PERM_escalation_act}},
    {"insert into app.escalation_note (site_id, id, escalation_id, participant_id, kind, note)"
     " values (:s, :n, :e, :p, 'reason', :b)",
     {PERM_escalation_decide, PERM_escalation_act}},
    {"insert into app.escalation_action (site_id, id, escalation_id, participant_id, action, "
     "taken_on)"
     " values (:s, :n, :e, :p, 'joint_visit', '2026-02-02')",
     {PERM_escalation_act}},
    {"update app.escalation set state = 'under_review' where id = :e", {PERM_escalation_decide}},
    {"update app.participant set stage = 'closed', closure_reason = 'completed' where id = :p",
     {PERM_participant_stage}},
    {"update app.participant set suspension = 'custody', suspended_at = now() where id = :p",
     {PERM_participant_stage}},
    {"update app.participant set worker_id = null where id = :p", {PERM_participant_assign}},
    {"update app.participant set supervision = 'youth_justice' where id = :p",
     {PERM_identity_write, PERM_participant_assign}},
    {"update app.identity set known_as = :b where person_id = :q", {PERM_identity_write}},
    {"update app.identity_detail set aliases = :b where person_id = :q", {PERM_identity_write}},
    {"insert into app.identifier (person_id, id, kind, value, blind)"
     " values (:q, :n, 'crn', :b, substr(:b, 1, 16))",
     {PERM_identity_write, PERM_participant_create}},
    {"insert into app.data_key (person_id, epoch, wrapped) values (:q, 2, :b)",
     {PERM_participant_create}},
    {"insert into app.offer (site_id, id, participant_id, attempt, at) values (:s, :n, :p, 1, "
     "now())",
     {PERM_participant_stage}},
    {"insert into app.safety_flag (site_id, id, participant_id, kind) values (:s, :n, :p, "
     "'no_home_visits')",
     {PERM_flag_write}},
    {"update app.safety_flag set ended_at = now() where id = :f", {PERM_flag_write}},
    {"insert into intel.entry (site_id, id, participant_id, entry, dated_on) values (:s, :n, :p, "
     ":b, '2026-02-02')",
     {PERM_intel_write}},
    {"insert into intel.membership (site_id, id, group_id, participant_id) values (:s, :n, :g, :p)",
     {PERM_intel_write}},
};

static const char *token_value(char key, const struct who *w, const struct where *x)
{
    static char out[160];
    static unsigned fresh;
    char last = x->ref[strlen(x->ref) - 1];
    switch (key) {
    case 'p':
        snprintf(out, sizeof(out), "'%s'", x->id);
        break;
    case 'q':
        snprintf(out, sizeof(out), "'%s'", x->person);
        break;
    case 's':
        snprintf(out, sizeof(out), "'%s'", x->site);
        break;
    case 'u':
        snprintf(out, sizeof(out), "'%s'", w->id);
        break;
    case 'v':
        snprintf(out, sizeof(out), "'%s'", x->provider);
        break;
    case 'n':
        snprintf(out, sizeof(out), "'00000000-0000-7000-9000-%012u'", ++fresh);
        break;
    case 'c':
        snprintf(out, sizeof(out), "'00000000-0000-7000-8000-0000000004d%c'", last);
        break;
    case 'r':
        snprintf(out, sizeof(out), "'00000000-0000-7000-8000-00000000050%c'", last);
        break;
    case 'e':
        snprintf(out, sizeof(out), "'00000000-0000-7000-8000-00000000060%c'", last);
        break;
    case 'f':
        snprintf(out, sizeof(out), "'00000000-0000-7000-8000-00000000080%c'", last);
        break;
    case 'g':
        snprintf(out, sizeof(out), "'00000000-0000-7000-8000-00000000090%c'",
                 strcmp(x->site, "leicester") == 0 ? '1' : '2');
        break;
    case 'b':
        snprintf(out, sizeof(out), "decode(repeat('03', 72), 'hex')");
        break;
    default:
        abort();
    }
    return out;
}

static const char *fill(const char *sql, const struct who *w, const struct where *x)
{
    static char out[1024];
    size_t n = 0;
    for (; *sql && n < sizeof(out) - 200; sql++) {
        if (*sql == ':' && sql[1] >= 'a' && sql[1] <= 'z')
            n += (size_t)sprintf(out + n, "%s", token_value(*++sql, w, x));
        else
            out[n++] = *sql;
    }
    out[n] = '\0';
    return out;
}

/** In a transaction with a savepoint s. */
static void check_writes(const struct who *w, const struct where *x, const char *how)
{
    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        bool want = false;
        for (size_t k = 0; k < 3 && writes[i].permission[k]; k++)
            want = want || covers(w, writes[i].permission[k], x);
        int n = sql_changed(app, "rollback to s; %s", fill(writes[i].sql, w, x));
        if ((n == 1) != want)
            fprintf(stderr, "%s for %s (%s): %s\n    %s: %d\n", w->name, x->ref, how, sql_words(),
                    writes[i].sql, n);
        CHECK((n == 1) == want);
    }
    sql_state(app, "rollback to s");
}

TEST(every_role_writes_what_the_matrix_says)
{
    load();
    for (size_t u = 0; u < ROLES; u++) {
        CHECK_STR(sql_begin(app, users[u].name, "self", NULL), "");
        sql_state(app, "savepoint s");
        for (size_t p = 0; p < PEOPLE; p++)
            check_writes(&users[u], &people[p], "listing");
        sql_state(app, "rollback");
    }
}

TEST(opening_a_person_lets_nobody_write_more)
{
    load();
    for (size_t u = 0; u < ROLES; u++) {
        for (size_t p = 0; p < PEOPLE; p++) {
            for (size_t q = PERM_NONE + 1; q < PERM_COUNT; q++) {
                if (!opens(&users[u], (enum permission)q, &people[p]))
                    continue;
                sql_begin(app, users[u].name, permission_row((enum permission)q)->code,
                          people[p].ref);
                sql_state(app, "savepoint s");
                check_writes(&users[u], &people[p], "opened");
                check_writes(&users[u], &people[(p + 1) % PEOPLE], "another opened");
                sql_state(app, "rollback");
                break;
            }
        }
    }
}

TEST(providers_have_their_own_referrals_only)
{
    load();
    for (size_t u = 0; u < ROLES; u++) {
        const struct who *w = &users[u];
        for (size_t p = 0; p < PEOPLE; p++) {
            const struct where *x = &people[p];
            // Opened by the referral itself: a provider needs it sent to the own agency, others the
            // scope.
            char object[37];
            snprintf(object, sizeof(object), "00000000-0000-7000-8000-00000000050%c",
                     x->ref[strlen(x->ref) - 1]);
            sql_state(app, "begin");
            const char *got =
                sql_state(app,
                          "select access.begin_for(sha256('%s'), 'referral_read', 'referral',"
                          " '%s', 'r', null)",
                          w->name, object);
            const char *want = permission_row(PERM_referral_read)->scope[w->role] == SCOPE_NO
                                   ? "42501"
                               : covers(w, PERM_referral_read, x) ? ""
                                                                  : "P0002";
            CHECK_STR(got, want);
            if (!*got && w->role == ROLE_PROVIDER) {
                CHECK_STR(
                    sql_value(
                        app,
                        "select string_agg(distinct provider_id::text, ',') from app.referral"),
                    w->agency);
                // Answering it is the provider's; the person's name may be seen and nothing else of
                // identity.
                CHECK_INT(sql_changed(app,
                                      "update app.referral set state = 'accepted' where id = '%s'",
                                      object),
                          1);
                CHECK_STR(sql_value(app,
                                    "select count(*) from app.identity where person_id = '%s'",
                                    x->person),
                          "1");
                CHECK_STR(sql_value(app, "select count(*) from app.identity_detail"), "0");
                CHECK_STR(sql_value(app, "select count(*) from app.participant"), "0");
            }
            sql_state(app, "rollback");
        }
    }
    // Two providers with the same person: each has its own referral, and drafts are nobody else's.
    PGconn *owner = sql_connect(conninfo, "phoenix_owner");
    CHECK_STR(
        sql_state(
            owner,
            "insert into app.referral (site_id, id, participant_id, service, provider_id, state)"
            " values ('leicester', '00000000-0000-7000-8000-0000000005f1', '%s', 'training',"
            " '00000000-0000-7000-8000-0000000000b2', 'sent')",
            people[0].id),
        "");
    CHECK_STR(sql_state(owner,
                        "insert into app.referral_detail (site_id, referral_id, participant_id)"
                        " values ('leicester', '00000000-0000-7000-8000-0000000005f1', '%s')",
                        people[0].id),
              "");
    PQfinish(owner);
    CHECK_STR(sql_begin(app, "provider2", "referral_read", people[0].ref), "");
    CHECK_STR(
        sql_value(app,
                  "select string_agg(service, ',') from app.referral where participant_id = '%s'",
                  people[0].id),
        "training");
    CHECK_STR(sql_value(app, "select count(*) from app.referral_detail where participant_id = '%s'",
                        people[0].id),
              "1");
    CHECK_STR(sql_value(app, "select count(*) from app.referral_note where participant_id = '%s'",
                        people[0].id),
              "0");
    CHECK_STR(sql_value(app, "select count(*) from app.referral_event where participant_id = '%s'",
                        people[0].id),
              "1");
    CHECK_INT(sql_changed(app,
                          "update app.referral set state = 'accepted' where service = 'housing'"
                          " and participant_id = '%s'",
                          people[0].id),
              0);
    sql_state(app, "rollback");
}

TEST(new_people_stay_in_the_scope_of_who_adds_them)
{
    load();
    static const char *const add =
        "insert into app.participant (site_id, id, ref, worker_id, team_id) values"
        " ('%s', gen_random_uuid(), 'PXAAAAAA', '%s', '%s')";
    static const struct {
        const char *user, *site, *worker, *team, *want;
    } rows[] = {
        {"nav", "leicester", "01", "71", ""},
        {"nav", "leicester", "12", "71", "42501"},
        {"lead", "leicester", "12", "71", ""},
        {"lead", "leicester", "13", "72", "42501"},
        {"manager", "leicester", "13", "72", ""},
        {"manager", "rutland", "14", "73", "42501"},
        {"police", "leicester", "01", "71", "42501"},
        {"auditor", "leicester", "01", "71", "42501"},
        {"evaluator", "leicester", "01", "71", "42501"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char worker[37], team[37];
        snprintf(worker, sizeof(worker), "00000000-0000-7000-8000-0000000001%s", rows[i].worker);
        snprintf(team, sizeof(team), "00000000-0000-7000-8000-0000000000%s", rows[i].team);
        CHECK_STR(sql_begin(app, rows[i].user, "self", NULL), "");
        CHECK_STR(sql_state(app, add, rows[i].site, worker, team), rows[i].want);
        sql_state(app, "rollback");
    }
    // Moving somebody out of one's own team: with the person opened, and not in passing.
    CHECK_STR(sql_begin(app, "lead", "participant_assign", people[0].ref), "");
    CHECK_INT(
        sql_changed(app,
                    "update app.participant set team_id = '00000000-0000-7000-8000-000000000072'"
                    " where id = '%s'",
                    people[0].id),
        1);
    PGconn *owner = sql_connect(conninfo, "phoenix_owner");
    sql_state(app, "commit");
    CHECK_STR(sql_value(owner,
                        "select '00000000-0000-7000-8000-000000000072' = any (keys) and not"
                        " '00000000-0000-7000-8000-000000000071' = any (keys)"
                        " from app.identity where person_id = '%s'",
                        people[0].person),
              "t");
    CHECK_INT(
        sql_changed(owner,
                    "update app.participant set team_id = '00000000-0000-7000-8000-000000000071'"
                    " where id = '%s'",
                    people[0].id),
        1);
    CHECK_STR(sql_begin(app, "lead", "self", NULL), "");
    CHECK_STR(
        sql_state(app,
                  "update app.participant set team_id = '00000000-0000-7000-8000-000000000072'"
                  " where id = '%s'",
                  people[0].id),
        "42501");
    sql_state(app, "rollback");
    // A site with a running trial takes people from allocation alone.
    sql_state(owner, "update access.site set trial_running = true where code = 'leicester'");
    sql_begin(app, "nav", "participant_create", NULL);
    CHECK_STR(sql_state(app, add, "leicester", "00000000-0000-7000-8000-000000000101",
                        "00000000-0000-7000-8000-000000000071"),
              "PX004");
    sql_state(app, "rollback");
    sql_state(owner, "update access.site set trial_running = false");
    PQfinish(owner);
}

TEST(audit_log_is_read_by_scope)
{
    load();
    PGconn *owner = sql_connect(conninfo, "phoenix_owner");
    for (size_t u = 0; u < ROLES; u++) {
        sql_begin(app, users[u].name, "self", NULL);
        CHECK_STR(sql_state(app, "select access.audit('report_viewed', null, null, null)"), "");
        sql_state(app, "commit");
    }
    for (size_t u = 0; u < ROLES; u++) {
        const struct who *w = &users[u];
        enum scope s = permission_row(PERM_audit_read)->scope[w->role];
        sql_begin(app, w->name, "self", NULL);
        const char *seen = sql_value(
            app, "select count(distinct user_id) from audit.event where user_id is not null");
        const char *want =
            s == SCOPE_NO    ? "0"
            : s == SCOPE_OWN ? "1"
            : s == SCOPE_ALL || !*w->site
                ? "16"
                : sql_value(owner, "select count(*) from access.\"user\" where site_id = '%s'",
                            w->site);
        CHECK_STR(seen, want);
        sql_state(app, "rollback");
    }
    // Nobody changes it, the owner included.
    CHECK_STR(sql_state(owner, "update audit.event set action = 'x'"), "42501");
    CHECK_STR(sql_state(owner, "delete from audit.event"), "42501");
    CHECK_STR(sql_state(owner, "truncate audit.event"), "42501");
    PQfinish(owner);
}

TESTS("access matrix", T(every_role_reads_what_the_matrix_says), T(opening_a_person_gives_no_more),
      T(begin_refuses_by_permission_and_person), T(every_role_writes_what_the_matrix_says),
      T(opening_a_person_lets_nobody_write_more), T(providers_have_their_own_referrals_only),
      T(new_people_stay_in_the_scope_of_who_adds_them), T(audit_log_is_read_by_scope))
