// SPDX-License-Identifier: MIT
// A person with two cases at two sites, through the domain: each site finds and opens its own case,
// and both by the one name and the one key.
#include "domain/person/details.h"
#include "domain/person/people.h"

#include "crypto/keys.h"
#include "crypto/secret.h"
#include "search/search.h"

#include "cluster.h"
#include "test.h"
#include "world.h"

#include <string.h>

static struct arena *all;
static const char *here, *there; // references of the same person's cases
static struct ctx worker;

static void start(void)
{
    if (all)
        return;
    all = arena_new();
    here = world_person("2001-05-17", "active", 20);
    there = reference_new(all);
    (void)world_sql("set session authorization phoenix_owner;"
                    "insert into app.participant (site_id, id, person_id, ref, stage, stage_at,"
                    " worker_id, started_on, offered_at, accepted_at)"
                    " select 'rutland', gen_random_uuid(), person_id, '%s', 'active', now(), '%s',"
                    " current_date - 3, now() - interval '2 days', now() - interval '1 day'"
                    " from app.participant where ref = '%s'",
                    there, world_user("navigator@rutland"), here);
    worker = (struct ctx){.arena = all,
                          .db = db_new(cluster_conninfo(world_cluster(), "domain"), DB_WORKER),
                          .keys = world_as("manager")->keys};
    CHECK_FATAL(db_ready(&worker, worker.db) == ERR_OK);
    CHECK_FATAL(search_index_load(&worker, search_index_current()) == ERR_OK);
}

static void finds(const char *role, const char *query, const char *ref)
{
    struct people_query q = {.q = query};
    struct people found = {0};
    CHECK_INT(people_find(world_as(role), &q, &found), ERR_OK);
    CHECK_INT(found.n, 1);
    if (found.n == 1) {
        CHECK_STR(found.rows[0].ref, ref);
        CHECK_STR(found.rows[0].name, "Zebedee Quillfeather");
    }
}

TEST(each_site_finds_its_own_case_by_name)
{
    start();
    CHECK_INT(search_index_count(search_index_current()), 2);
    static const char *const roles[] = {"manager", "police", "navigator"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        finds(roles[i], "Quilfeather", here);
    finds("manager@rutland", "Quilfeather", there);
    finds("navigator@rutland", "Zebedee", there);
    // By date of birth too.
    finds("manager", "17/05/2001", here);
    finds("manager@rutland", "17/05/2001", there);
}

TEST(the_reference_of_the_other_site_is_nobody)
{
    start();
    struct participant p;
    CHECK_INT(participant_read(world_as("manager"), PERM_identity_read, there, NULL, &p),
              ERR_NOT_FOUND);
    CHECK_INT(participant_read(world_as("manager@rutland"), PERM_identity_read, here, NULL, &p),
              ERR_NOT_FOUND);
    struct people_query q = {.q = there};
    struct people found = {0};
    CHECK_INT(people_find(world_as("manager"), &q, &found), ERR_OK);
    CHECK_INT(found.n, 0);
}

TEST(what_one_site_writes_the_other_reads)
{
    start();
    struct participant p;
    CHECK_INT(participant_read(world_as("navigator"), PERM_identity_read, here, NULL, &p), ERR_OK);
    struct participant_input in = p.in;
    in.known_as = "Zeb";
    in.pnc = "2004/0123456X";
    in.source_ref = "File 12";
    CHECK_INT(participant_change(world_as("navigator"), here, &in, p.version), ERR_OK);
    CHECK_INT(participant_read(world_as("navigator@rutland"), PERM_identity_read, there, NULL, &p),
              ERR_OK);
    CHECK_STR(p.name, "Zebedee Quillfeather");
    CHECK_STR(p.in.known_as, "Zeb");
    CHECK_STR(p.in.date_of_birth, "2001-05-17");
    CHECK_STR(p.in.pnc, "2004/0123456X");
    CHECK_STR(p.in.source_ref, NULL); // the case's, not the person's
    CHECK_STR(p.ref, there);
    finds("manager@rutland", "2004/123456X", there);
    finds("manager", "2004/123456X", here);
    CHECK_INT(participant_read(world_as("navigator"), PERM_identity_read, here, NULL, &p), ERR_OK);
    CHECK_STR(p.in.source_ref, "File 12");
    CHECK_STR(world_sql("select count(*) from app.participant where position('File 12'::bytea in"
                        " source_ref) > 0"),
              "0");
}

TEST(ids_of_person_and_case_are_never_the_same)
{
    start();
    struct participant_input in = {
        .given_name = "Ann", .family_name = "Added", .date_of_birth = "2000-02-02"};
    struct create_reply reply = {.before = "/"};
    struct participant_added added;
    CHECK_INT(participant_add(world_as("navigator"), &in, &reply, &added), ERR_OK);
    CHECK_STR(world_sql("select count(*) from app.participant where id = person_id"), "0");
    CHECK_STR(world_sql("select count(*) from app.person p where exists"
                        " (select from app.participant q where q.id = p.id)"),
              "0");
    CHECK_STR(world_sql("select count(*) from audit.event e, unnest(e.subjects) s"
                        " where exists (select from app.person p where p.id = s)"),
              "0");
}

TESTS("cases of a person", T(each_site_finds_its_own_case_by_name),
      T(the_reference_of_the_other_site_is_nobody), T(what_one_site_writes_the_other_reads),
      T(ids_of_person_and_case_are_never_the_same))
