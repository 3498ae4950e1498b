/* Every statement in sql/statement is prepared against the schema, so that none can fail for a name or a type later. */
#include "tests/unit/ledger/private.h"
#include "tests/unit/tap.h"

#include <libpq-fe.h>

int main(void)
{
    struct arena arena;
    struct err err;
    const char *conninfo;
    arena_init(&arena);
    struct ledger *ledger = private_ledger_at(&arena, &conninfo);
    OK(ledger_migrate(ledger, &err), "a second migration changes nothing");
    PGconn *connection = PQconnectdb(conninfo);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        PGresult *result = PQprepare(connection, "", sql_statements[i].sql, 0, NULL);
        if (!OK(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", sql_statements[i].name))
            printf("# %s", PQresultErrorMessage(result));
        PQclear(result);
    }
    PQfinish(connection);
    arena_release(&arena);
    return DONE();
}
