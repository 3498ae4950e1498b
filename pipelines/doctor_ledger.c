/* doctor_ledger: may we write, and what do runs, tasks and messages wait for that nobody looks after any more? */
#include "pipelines/doctor.h"

#include "lib/flow/own_store.h"
#include "pipelines/format.h"
#include "pipelines/snapshot.h"

static bool ask(struct doctor *doctor, enum statement statement, struct rows *rows)
{
    struct err err;
    if (ledger_exec(doctor->ledger, doctor->arena, statement, NO_PARAMS, rows, &err))
        return true;
    finding_bad(&doctor->findings, "ledger", err.code, "docs/operations.md has the roles that are needed", "%s",
                err.text);
    return false;
}

static void runs(struct doctor *doctor)
{
    struct rows rows;
    if (!ask(doctor, STATEMENT_DOCTOR_RUNS, &rows))
        return;
    for (int row = 0; row < rows.count; row++) {
        const char *id = row_text(&rows, row, 0), *pipeline = row_text(&rows, row, 1);
        const char *age = format_seconds(doctor->arena, row_real(&rows, row, 2));
        if (row_bool(&rows, row, 3))
            finding_warning(&doctor->findings, "runs", "any worker ends it: tidemill up",
                            "run %s of %s, begun %s ago, is past its deadline", run_short(doctor->arena, id), pipeline,
                            age);
        else
            finding_warning(&doctor->findings, "runs",
                            arena_printf(doctor->arena, "tidemill retry %s takes it up, tidemill stop %s ends it",
                                         run_short(doctor->arena, id), run_short(doctor->arena, id)),
                            "run %s of %s, begun %s ago, has no runner", run_short(doctor->arena, id), pipeline, age);
    }
    if (rows.count == 0)
        finding_ok(&doctor->findings, "runs", "each that goes on has a runner");
}

/* The columns of doctor-work.sql: may write; leases run out, for how long; orders unpublished, for how long. */
static void work(struct doctor *doctor)
{
    struct rows rows;
    if (!ask(doctor, STATEMENT_DOCTOR_WORK, &rows))
        return;
    int64_t leases = row_int(&rows, 0, 1), orders = row_int(&rows, 0, 3);
    if (!row_bool(&rows, 0, 0))
        finding_bad(&doctor->findings, "rights", ERR_REFUSED, "as their owner: grant tidemill_worker to this user",
                    "user %s may not write the ledger", row_text(&rows, 0, 5));
    if (leases > 0)
        finding_warning(&doctor->findings, "leases", "any worker sees to them: tidemill up",
                        "%lld tasks are held by workers that were last heard of %s before now", (long long)leases,
                        format_seconds(doctor->arena, row_real(&rows, 0, 2)));
    else
        finding_ok(&doctor->findings, "leases", "every task that is worked on has a worker");
    if (orders > 0)
        finding_warning(
            &doctor->findings, "orders",
            "is a worker there, and does Kafka answer? workers claim from the ledger meanwhile: tidemill up",
            "%lld are not published, the oldest for %s", (long long)orders,
            format_seconds(doctor->arena, row_real(&rows, 0, 4)));
    else
        finding_ok(&doctor->findings, "orders", "all that are due are published");
}

/* What stands still for a lock of somebody's, and whose. */
static void waits(struct doctor *doctor)
{
    struct rows rows;
    if (!ask(doctor, STATEMENT_DOCTOR_PATIENCE, &rows) || !ask(doctor, STATEMENT_DOCTOR_WAITS, &rows))
        return;
    for (int row = 0; row < rows.count; row++)
        finding_warning(
            &doctor->findings, "locks",
            arena_printf(doctor->arena, "end that transaction, or: tidemill psql -c 'select pg_terminate_backend(%s)'",
                         row_text(&rows, row, 0)),
            "%s of user %s (process %s of the server) has a transaction open for %s%s, and %s sessions wait for it",
            row_text(&rows, row, 2), row_text(&rows, row, 1), row_text(&rows, row, 0),
            format_seconds(doctor->arena, row_real(&rows, row, 3)),
            row_bool(&rows, row, 4) ? ", in which nothing is done" : "", row_text(&rows, row, 5));
    if (rows.count == 0)
        finding_ok(&doctor->findings, "locks", "nobody waits for a lock");
}

static void mark(struct doctor *doctor)
{
    struct store store;
    struct err err;
    if (!doctor->store)
        return;
    if (!own_store_expect(&store, doctor->arena, doctor->ledger, doctor->site->store, &err) ||
        !store_check(&store, &err))
        finding_bad(&doctor->findings, "mark", err.code, NULL, "%s", err.text);
    else
        finding_ok(&doctor->findings, "mark",
                   *store.id == '\0' ? "this ledger has used no store yet" : "%s is this ledger's store", store.root);
}

void doctor_ledger(struct doctor *doctor)
{
    if (doctor->ledger == NULL || !doctor->schema)
        return;
    waits(doctor);
    mark(doctor);
    runs(doctor);
    work(doctor);
}
