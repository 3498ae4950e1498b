/*
 * interpose, libpq: a connection that is refused, lost before the command or after it, an answer that is an error, no
 * memory. In a pipeline a command is sent and answered by different calls, and each of them fails by itself.
 */
#include "tests/call/interpose.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

static void cut(PGconn *connection)
{
    if (PQsocket(connection) >= 0)
        shutdown(PQsocket(connection), SHUT_RDWR);
}

PGconn *PQconnectdbParams(const char *const *keys, const char *const *values, int expand)
{
    static const char *const nowhere_keys[] = {"host", "port", NULL}, *const nowhere[] = {"/nowhere", "1", NULL};
    REAL(PQconnectdbParams);
    if (!DUE(PQconnectdbParams))
        return hold(KIND_CONNECTION, real(keys, values, expand), PLACE);
    return how("memory") ? NULL : hold(KIND_CONNECTION, real(nowhere_keys, nowhere, 0), PLACE);
}
TAKES(KIND_CONNECTION, void, PQfinish, (PGconn * connection), (connection), connection, (void))
TAKES(KIND_RESULT, void, PQclear, (PGresult * result), (result), result, (void))

/* The server does not take us a second time. */
void PQreset(PGconn *connection)
{
    REAL(PQreset);
    real(connection);
    if (!DUE(PQreset))
        return;
    cut(connection);
    PQconsumeInput(connection); /* libpq finds that it is gone */
}

#define ASKS(name, parameters, arguments)                                                                              \
    PGresult *name parameters                                                                                          \
    {                                                                                                                  \
        REAL(name);                                                                                                    \
        if (!DUE(name))                                                                                                \
            return hold(KIND_RESULT, real arguments, PLACE);                                                           \
        if (how("memory"))                                                                                             \
            return NULL;                                                                                               \
        if (how("refused"))                                                                                            \
            return hold(KIND_RESULT, PQexec(connection, "SELECT 1 / 0"), PLACE);                                       \
        if (how("after"))                                                                                              \
            PQclear(real arguments);                                                                                   \
        cut(connection);                                                                                               \
        return hold(KIND_RESULT, how("after") ? PQexec(connection, "SELECT 1") : real arguments, PLACE);               \
    }
ASKS(PQexec, (PGconn * connection, const char *sql), (connection, sql))
ASKS(PQprepare, (PGconn * connection, const char *name, const char *sql, int count, const Oid *types),
     (connection, name, sql, count, types))
ASKS(PQexecPrepared,
     (PGconn * connection, const char *name, int count, const char *const *values, const int *lengths,
      const int *formats, int format),
     (connection, name, count, values, lengths, formats, format))

/* What is sent waits in libpq until it is flushed; a command that the server refuses takes this one's place. */
#define SENDS(name, parameters, arguments)                                                                             \
    int name parameters                                                                                                \
    {                                                                                                                  \
        REAL(name);                                                                                                    \
        if (!DUE(name))                                                                                                \
            return real arguments;                                                                                     \
        if (how("memory"))                                                                                             \
            return 0;                                                                                                  \
        if (how("refused"))                                                                                            \
            return PQsendQueryParams(connection, "SELECT 1 / 0", 0, NULL, NULL, NULL, NULL, 0);                        \
        if (how("lost"))                                                                                               \
            cut(connection);                                                                                           \
        int sent = real arguments;                                                                                     \
        PQflush(connection);                                                                                           \
        cut(connection);                                                                                               \
        return sent;                                                                                                   \
    }
SENDS(PQsendQueryPrepared,
      (PGconn * connection, const char *name, int count, const char *const *values, const int *lengths,
       const int *formats, int format),
      (connection, name, count, values, lengths, formats, format))
SENDS(PQsendQueryParams,
      (PGconn * connection, const char *sql, int count, const Oid *types, const char *const *values, const int *lengths,
       const int *formats, int format),
      (connection, sql, count, types, values, lengths, formats, format))
SENDS(PQpipelineSync, (PGconn * connection), (connection))
FAILS(int, PQenterPipelineMode, (PGconn * connection), (connection), 0)
FAILS(int, PQexitPipelineMode, (PGconn * connection), (connection), 0)

/* Without memory for an answer libpq 13 gives none, and the answer is gone. */
PGresult *PQgetResult(PGconn *connection)
{
    REAL(PQgetResult);
    if (!DUE(PQgetResult))
        return hold(KIND_RESULT, real(connection), PLACE);
    if (how("lost"))
        cut(connection);
    PGresult *result = real(connection);
    if (how("after"))
        cut(connection);
    if (!how("memory"))
        return hold(KIND_RESULT, result, PLACE);
    PQclear(result);
    return NULL;
}

int PQputCopyData(PGconn *connection, const char *data, int len)
{
    REAL(PQputCopyData);
    if (!DUE(PQputCopyData))
        return real(connection, data, len);
    cut(connection);
    return -1;
}

int PQputCopyEnd(PGconn *connection, const char *reason)
{
    REAL(PQputCopyEnd);
    if (!DUE(PQputCopyEnd))
        return real(connection, reason);
    cut(connection);
    return -1;
}

int PQconsumeInput(PGconn *connection)
{
    REAL(PQconsumeInput);
    if (DUE(PQconsumeInput))
        cut(connection);
    return real(connection);
}

FAILS(int, poll, (struct pollfd * sockets, nfds_t count, int timeout_ms), (sockets, count, timeout_ms), -1)
