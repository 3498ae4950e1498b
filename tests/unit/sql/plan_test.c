/* No statement has to read a table that grows with every night from end to end: where PostgreSQL may not, it finds an
 * index for each of them. (An index that leaves some rows out is of no use to a question that does not leave them out,
 * too.) */
#include "tests/unit/ledger/private.h"
#include "tests/unit/sql/explain.h"
#include "tests/unit/tap.h"

/* A run is one row of a night. */
static const char *const growing[] = {
    "task",      "attempt",      "charge", "document", "task_input", "item",      "task_output",    "shard",
    "duplicate", "task_counter", "outbox", "artifact", "metric",     "set_aside", "dataset_member", "metric_last"};

/* NULL where there is none. */
static const char *table_read_whole(const PGresult *plan)
{
    for (int row = 0; row < PQntuples(plan); row++) {
        const char *scan = strstr(PQgetvalue(plan, row, 0), "Seq Scan on ");
        const char *table = scan ? scan + strlen("Seq Scan on ") : "";
        for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
            if (strlen(growing[i]) == strcspn(table, " ") && strncmp(table, growing[i], strlen(growing[i])) == 0)
                return growing[i];
    }
    return NULL;
}

int main(void)
{
    struct arena arena;
    const char *conninfo;
    arena_init(&arena);
    private_ledger_at(&arena, &conninfo);
    PGconn *connection = PQconnectdb(conninfo);
    PQclear(PQexec(connection, "SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan"));
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        PGresult *plan = explain(connection, &arena, i);
        const char *table = table_read_whole(plan);
        bool good = PQresultStatus(plan) == PGRES_TUPLES_OK || strstr(sql_statements[i].sql, "LISTEN");
        if (!OK(good && !table, "%s%s%s", sql_statements[i].name, table ? " reads all of " : "", table ? table : ""))
            printf("# %s", PQresultErrorMessage(plan));
        PQclear(plan);
    }
    PQfinish(connection);
    arena_release(&arena);
    return DONE();
}
