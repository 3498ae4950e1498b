/* explain: how PostgreSQL would execute a statement of sql/statement, with NULL for all its parameters. Nothing is
 * done, but that the role may do it is seen. The caller clears the result. */
#ifndef TESTS_UNIT_SQL_EXPLAIN_H
#define TESTS_UNIT_SQL_EXPLAIN_H

#include "lib/base/buf.h"
#include "statements.h"

#include <libpq-fe.h>

static PGresult *explain(PGconn *connection, struct arena *arena, int number)
{
    const struct sql_text *text = &sql_statements[number];
    struct buf sql;
    PGresult *result = PQprepare(connection, text->name, text->sql, 0, NULL);
    PQclear(result);
    result = PQdescribePrepared(connection, text->name);
    int params = PQnparams(result);
    PQclear(result);
    buf_init(&sql, arena);
    buf_printf(&sql, "EXPLAIN EXECUTE \"%s\"%s", text->name, params > 0 ? "(NULL" : "");
    for (int i = 1; i < params; i++)
        buf_text(&sql, ", NULL");
    buf_text(&sql, params > 0 ? ")" : "");
    return PQexec(connection, sql.data);
}

#endif
