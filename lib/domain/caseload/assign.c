// SPDX-License-Identifier: MIT
#include "domain/caseload/assign.h"

#include "record/rows.h"

#define IN(member) FIELD_AT(struct assign_input, member)
static const struct field input_rows[] = {
    {IN(worker), .type = FIELD_UUID, .flags = FIELD_REQUIRED, .label = "Worker",
     .help = "Id of the navigator or team lead who takes the case."},
    {IN(version), .type = FIELD_INT, .max = 2000000000, .label = "Version",
     .help = "Version of the participant that this was decided on."},
};
const struct field_table assign_input_table =
    FIELD_TABLE("AssignmentInput", struct assign_input, input_rows);

#define OUT(member) FIELD_AT(struct assigned, member)
static const struct field out_rows[] = {
    {OUT(ref), .type = FIELD_TEXT, .label = "Reference", .help = "Of the participant."},
    {OUT(worker), .type = FIELD_TEXT, .label = "Worker", .help = "By name."},
    {OUT(team), .type = FIELD_TEXT, .label = "Team", .help = "Of the worker."},
    {OUT(version), .type = FIELD_INT, .label = "Version", .help = "Of the participant, now."},
};
const struct field_table assigned_table = FIELD_TABLE("Assignment", struct assigned, out_rows);

#define WORKER(member)                                                                             \
    {.name = #member, .type = FIELD_TEXT, .offset = offsetof(struct assign_worker, member)}
static const struct field worker_rows[] = {WORKER(id), WORKER(name), WORKER(team), WORKER(people)};
static const struct field_table worker_table =
    FIELD_TABLE("AssignWorker", struct assign_worker, worker_rows);

enum err assign_options_read(struct ctx *ctx, const char *ref, struct assign_options *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_participant_assign, ref);
    size_t header = person_file_add(ctx, &tx);
    size_t workers = db_add(tx.pl, DB_CALL0(assign_workers));
    access_audit(ctx, &tx, AUDIT_person_viewed, NULL, NULL, NULL);
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    struct assign_options o = {0};
    if (!e)
        e = person_file_get(ctx, &tx, header, &person, &o.file);
    if (e)
        return e;
    o.workers = rows_read(tx.pl, workers, &worker_table, &o.n_workers);
    *ret = o;
    return ERR_OK;
}

enum err assign_worker_set(struct ctx *ctx, const char *ref, const struct assign_input *in,
                           struct assigned *ret)
{
    struct access_tx tx = access_begin(ctx, PERM_participant_assign, ref);
    size_t at = db_add(tx.pl, DB_CALL(assign_set, .worker = in->worker, .version = in->version));
    access_audit(ctx, &tx, AUDIT_person_assigned, in->worker, NULL, NULL);
    struct person person;
    enum err e = access_run(ctx, &tx, &person);
    if (e)
        return e;
    struct assigned done = {.ref = person.ref};
    db_row_record(tx.pl, at, 0, &assigned_table, &done);
    done.ref = person.ref;
    *ret = done;
    return ERR_OK;
}
