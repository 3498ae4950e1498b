/*
 * connection: what a ledger is inside, for the files that speak libpq with it: ledger.c, which keeps it, and copy.c.
 */
#ifndef LIB_LEDGER_CONNECTION_H
#define LIB_LEDGER_CONNECTION_H

#include "lib/ledger/ledger.h"

#include <libpq-fe.h>

enum { QUEUE_MOST = 64 }; /* so that the answers fit into the socket's buffer while nobody reads them */

struct ledger {
    PGconn *connection;
    bool prepared[STATEMENT_COUNT];
    bool in_transaction;
    const char *queued[QUEUE_MOST + 1]; /* what was sent and not yet answered, by name */
    int queued_count;
    int64_t planned_ns; /* when the plans were thrown away last */
    bool broken; /* libpq found an error by itself: the connection is not to be used again, whatever its status is */
};

/* Connected, and all that was sent is answered. */
bool ledger_ready(struct ledger *ledger, struct err *err) MUST_CHECK;
/* Checks a result and gives it to the arena as rows; frees it otherwise. NULL: what libpq says of the connection. */
bool ledger_take(struct ledger *ledger, struct arena *arena, PGresult *result, const char *what, struct rows *rows,
                 struct err *err);

#endif
