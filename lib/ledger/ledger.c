/*
 * ledger: the connection, transactions and statements over libpq.
 *
 * The PGconn belongs to the arena of ledger_open(), a PGresult to the arena its rows were asked into. What can fail is
 * the service (ERR_SERVICE: try again), a right (ERR_REFUSED) and a statement (ERR_INTERNAL, with SQLSTATE and the
 * statement's name).
 */
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/ledger/connection.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { PLANS_S = 5 };

static void notice(void *context, const char *message)
{
    (void)context;
    log_line(LOG_DEBUG, "PostgreSQL: %.*s", (int)strcspn(message, "\n"), message);
}

static void close_connection(void *ledger)
{
    PQfinish(((struct ledger *)ledger)->connection);
}

static void free_result(void *result)
{
    PQclear(result);
}

/* libpq's messages are several lines and end in one. */
static const char *one_line(const char *message, char line[1024])
{
    size_t n = 0;
    for (const char *p = message; *p && n < 1023; p++) {
        if (*p == '\n' || *p == '\t') {
            if (n > 0 && line[n - 1] != ' ')
                line[n++] = ' ';
        } else {
            line[n++] = *p;
        }
    }
    while (n > 0 && line[n - 1] == ' ')
        n--;
    line[n] = '\0';
    return line;
}

static bool unreachable(const struct ledger *ledger, struct err *err)
{
    char line[1024];
    return err_set(err, ERR_SERVICE, "PostgreSQL cannot be reached: %s",
                   one_line(PQerrorMessage(ledger->connection), line));
}

/* A host that is cut off says nothing more: both ends notice in 15 s, so that no lock outlives its host for long. */
#define SILENCE_IDLE_S     "5"
#define SILENCE_INTERVAL_S "3"
#define SILENCE_COUNT      "3"
#define SILENCE_MS         "15000"

/* After a write that failed libpq's status may stay good until the next call (fe-exec.c, write_failed). */
static bool usable(const struct ledger *ledger)
{
    return PQstatus(ledger->connection) == CONNECTION_OK && !ledger->broken;
}

/* Lost connections, shut-downs, serialization failures, deadlocks, lack of resources, a server that is read-only while
 * somebody looks after it or until another takes its place: the same may succeed later. */
static bool is_transient(const struct ledger *ledger, const char *state)
{
    static const char *const prefixes[] = {"08", "40", "53", "57P", "55P03", "25P03", "25006"};
    if (!usable(ledger))
        return true;
    for (size_t i = 0; state && i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(state, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

/* What the server's answer means, and what to do where that is known. */
static void explain(const struct ledger *ledger, const char *state, const char *what, const char *message,
                    struct err *err)
{
    char line[1024];
    one_line(message, line);
    if (state && strcmp(state, "42501") == 0)
        err_set(err, ERR_REFUSED,
                "the ledger refused %s: %s, SQLSTATE %s; give role %s its rights: docs/operations.md, "
                "PostgreSQL's rights",
                what, line, state, PQuser(ledger->connection));
    else if (state && strcmp(state, "25006") == 0)
        err_set(
            err, ERR_SERVICE,
            "the ledger refused %s: %s, SQLSTATE 25006: a standby, or a server that is read-only for a while; where "
            "hosts take each other's place, name all of them in site.postgres, with target_session_attrs=read-write",
            what, line);
    else
        err_set(err, is_transient(ledger, state) ? ERR_SERVICE : ERR_INTERNAL, "the ledger refused %s: %s%s%s", what,
                line, state ? ", SQLSTATE " : "", state ? state : "");
}

bool ledger_take(struct ledger *ledger, struct arena *arena, PGresult *result, const char *what, struct rows *rows,
                 struct err *err)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        if (!rows) {
            PQclear(result);
            return true;
        }
        arena_defer(arena, free_result, result);
        rows->result = result;
        rows->count = status == PGRES_TUPLES_OK ? PQntuples(result) : (int)strtol(PQcmdTuples(result), NULL, 10);
        return true;
    }
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = result ? PQresultErrorMessage(result) : PQerrorMessage(ledger->connection);
    ledger->broken = ledger->broken || !state; /* no SQLSTATE: it did not come from the server */
    if (!result && *message == '\0')
        message = "no answer; there is no memory for it, or the connection is gone";
    explain(ledger, state, what, message, err);
    PQclear(result);
    return false;
}

/* What every session of ours relies on, whatever the server's and the user's defaults are. A process that is stopped,
 * or whose host is cut off, in the middle of a transaction keeps its locks no longer than a default lease. Who waits
 * for a lock of the protocol must see afterwards what its holder did, and waits as long as that takes. Statements are
 * short: to compile them, or to share them out among processes, would take longer than to run them. */
static bool set_up_session(struct ledger *ledger, struct err *err)
{
    PGresult *result =
        PQexec(ledger->connection,
               "SET bytea_output = hex; SET datestyle = 'ISO, YMD'; SET intervalstyle = postgres;"
               "SET timezone = 'UTC'; SET extra_float_digits = 1; SET standard_conforming_strings = on;"
               "SET tcp_keepalives_idle = " SILENCE_IDLE_S "; SET tcp_keepalives_interval = " SILENCE_INTERVAL_S
               "; SET tcp_keepalives_count = " SILENCE_COUNT "; SET tcp_user_timeout = " SILENCE_MS
               "; SET idle_in_transaction_session_timeout = '60s'; SET statement_timeout = 0; SET lock_timeout = 0"
               "; SET default_transaction_isolation = 'read committed'"
               "; SET jit = off; SET max_parallel_workers_per_gather = 0");
    return ledger_take(ledger, NULL, result, "the session's settings", NULL, err);
}

struct ledger *ledger_open(struct arena *arena, const char *conninfo, const char *application, struct err *err)
{
    const char *const keys[] = {"connect_timeout",
                                "client_encoding",
                                "fallback_application_name",
                                "keepalives_idle",
                                "keepalives_interval",
                                "keepalives_count",
                                "tcp_user_timeout",
                                "dbname",
                                NULL};
    const char *const values[] = {"10",       "UTF8",   application, SILENCE_IDLE_S, SILENCE_INTERVAL_S, SILENCE_COUNT,
                                  SILENCE_MS, conninfo, NULL};
    struct ledger *ledger = ARENA_NEW(arena, struct ledger);
    ledger->planned_ns = clock_mono_ns();
    ledger->connection = PQconnectdbParams(keys, values, 1);
    if (!ledger->connection) {
        err_set(err, ERR_SYSTEM, "no memory for a connection to PostgreSQL");
        return NULL;
    }
    arena_defer(arena, close_connection, ledger);
    if (PQstatus(ledger->connection) != CONNECTION_OK) {
        unreachable(ledger, err);
        return NULL;
    }
    if (PQserverVersion(ledger->connection) < 130000) {
        err_set(err, ERR_SERVICE, "PostgreSQL %d is too old: version 13 or newer is needed",
                PQserverVersion(ledger->connection) / 10000);
        return NULL;
    }
    PQsetNoticeProcessor(ledger->connection, notice, NULL);
    return set_up_session(ledger, err) ? ledger : NULL;
}

/* libpq does not say the SQLSTATE (53300) of a connection that was refused, only its text. */
bool ledger_opens_soon(const char *conninfo, const struct err *err)
{
    static const char *const full[] = {"too many clients", "too many connections", "remaining connection slots"};
    for (size_t i = 0; i < sizeof full / sizeof *full; i++)
        if (strstr(err->text, full[i]))
            return true;
    return conninfo && err->code == ERR_SERVICE && PQping(conninfo) == PQPING_REJECT;
}

int ledger_session(const struct ledger *ledger)
{
    return PQbackendPID(ledger->connection);
}

/* A plan that was made while a table was empty is a bad one when it has grown, and a session keeps it until the server
 * next looks at the table. So plans are made anew now and then. */
static void renew_plans(struct ledger *ledger)
{
    if (ledger->in_transaction || ledger->queued_count > 0 || clock_seconds_since(ledger->planned_ns) < PLANS_S)
        return;
    ledger->planned_ns = clock_mono_ns();
    PQclear(PQexec(ledger->connection, "DISCARD PLANS"));
}

/* Connects again where the connection was lost; inside a transaction there is nothing to go on with. */
static bool be_connected(struct ledger *ledger, struct err *err)
{
    if (usable(ledger)) {
        renew_plans(ledger);
        return true;
    }
    if (ledger->in_transaction)
        return err_set(err, ERR_SERVICE, "the connection to PostgreSQL was lost inside a transaction");
    PQreset(ledger->connection);
    memset(ledger->prepared, 0, sizeof ledger->prepared);
    ledger->queued_count = 0;
    ledger->broken = false;
    if (PQstatus(ledger->connection) != CONNECTION_OK)
        return unreachable(ledger, err);
    return set_up_session(ledger, err);
}

static bool command(struct ledger *ledger, const char *sql, struct err *err)
{
    return ledger_take(ledger, NULL, PQexec(ledger->connection, sql), sql, NULL, err);
}

/* Asks for the answers to all that was sent, the last of which is the caller's (NULL where it was not reached), and
 * leaves libpq's pipeline. After the first refusal the server passes the rest over. */
static bool collect(struct ledger *ledger, struct arena *arena, struct rows *rows, struct err *err)
{
    bool good = PQpipelineSync(ledger->connection) == 1;
    if (!good)
        ledger_take(ledger, NULL, NULL, ledger->queued[0], NULL, err);
    for (int i = 0; i < ledger->queued_count && good; i++) {
        bool last = i + 1 == ledger->queued_count;
        good = ledger_take(ledger, arena, PQgetResult(ledger->connection), ledger->queued[i], last ? rows : NULL, err);
        PQclear(PQgetResult(ledger->connection)); /* NULL: the end of this statement */
    }
    ledger->queued_count = 0;
    bool ended = false; /* by the answer to the sync; two empty ones in a row: libpq waits for nothing more */
    for (int empty = 0; usable(ledger) && !ended && empty < 2;) {
        PGresult *result = PQgetResult(ledger->connection);
        ended = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        empty = result ? 0 : empty + 1;
        PQclear(result);
    }
    ledger->broken = ledger->broken || !ended || PQexitPipelineMode(ledger->connection) != 1;
    return good;
}

/* Counts what was sent; `sent` is what libpq said to it. */
static bool send_queued(struct ledger *ledger, const char *name, int sent, struct err *err)
{
    ledger->queued[ledger->queued_count++] = name;
    return sent == 1 || ledger_take(ledger, NULL, NULL, name, NULL, err);
}

static bool settle_queue(struct ledger *ledger, struct err *err)
{
    if (ledger->queued_count == 0)
        return true;
    return collect(ledger, NULL, NULL, err) &&
           (usable(ledger) || err_set(err, ERR_SERVICE, "the connection to PostgreSQL was lost after a pipeline"));
}

bool ledger_ready(struct ledger *ledger, struct err *err)
{
    return be_connected(ledger, err) && settle_queue(ledger, err);
}

bool ledger_begin(struct ledger *ledger, struct err *err)
{
    if (ledger->in_transaction)
        BUG("ledger_begin inside a transaction");
    if (!be_connected(ledger, err))
        return false;
    struct err first;
    if (!command(ledger, "BEGIN", &first)) {
        /* A connection that was lost while idle shows only now; nothing was begun, so try once more. */
        if (usable(ledger))
            return err_set(err, first.code, "%s", first.text);
        if (!be_connected(ledger, err) || !command(ledger, "BEGIN", err))
            return false;
    }
    ledger->in_transaction = true;
    return true;
}

/* COMMIT of a failed transaction succeeds and rolls back. */
static bool committed(const struct rows *rows, struct err *err)
{
    return strcmp(PQcmdStatus(rows->result), "COMMIT") == 0 ||
           err_set(err, ERR_INTERNAL, "the ledger rolled a transaction back on COMMIT: an error in it was passed over");
}

bool ledger_commit(struct ledger *ledger, struct err *err)
{
    struct arena arena;
    struct rows rows = {NULL, 0};
    bool good;
    arena_init(&arena);
    if (ledger->queued_count == 0) {
        good = ledger_take(ledger, &arena, PQexec(ledger->connection, "COMMIT"), "COMMIT", &rows, err);
        ledger->in_transaction = false;
    } else { /* passed over where something before it was refused: then it is still ours to roll back */
        good = send_queued(ledger, "COMMIT",
                           PQsendQueryParams(ledger->connection, "COMMIT", 0, NULL, NULL, NULL, NULL, 0), err) &&
               collect(ledger, &arena, &rows, err);
        if (!good)
            ledger_rollback(ledger);
        ledger->in_transaction = false;
    }
    good = good && committed(&rows, err);
    arena_release(&arena);
    return good;
}

void ledger_rollback(struct ledger *ledger)
{
    struct err ignored;
    (void)!settle_queue(ledger, &ignored);
    if (ledger->in_transaction && usable(ledger)) { /* one that goes on would be committed with the next */
        PGresult *result = PQexec(ledger->connection, "ROLLBACK");
        ledger->broken = ledger->broken || PQresultStatus(result) != PGRES_COMMAND_OK;
        PQclear(result);
    }
    ledger->in_transaction = false;
}

/* A statement is prepared on first use, between others and not among them. */
static bool prepare(struct ledger *ledger, enum statement statement, struct err *err)
{
    const struct sql_text *text = &sql_statements[statement];
    if (ledger->prepared[statement])
        return true;
    if (!settle_queue(ledger, err) ||
        !ledger_take(ledger, NULL, PQprepare(ledger->connection, text->name, text->sql, 0, NULL), text->name, NULL,
                     err))
        return false;
    ledger->prepared[statement] = true;
    return true;
}

bool ledger_exec(struct ledger *ledger, struct arena *arena, enum statement statement, const char *const *params,
                 int param_count, struct rows *rows, struct err *err)
{
    PGconn *connection = ledger->connection;
    const char *name = sql_statements[statement].name;
    if (!be_connected(ledger, err) || !prepare(ledger, statement, err))
        return false;
    if (ledger->queued_count > 0)
        return send_queued(ledger, name, PQsendQueryPrepared(connection, name, param_count, params, NULL, NULL, 0),
                           err) &&
               collect(ledger, arena, rows, err);
    return ledger_take(ledger, arena, PQexecPrepared(connection, name, param_count, params, NULL, NULL, 0), name, rows,
                       err);
}

bool ledger_queue(struct ledger *ledger, enum statement statement, const char *const *params, int param_count,
                  struct err *err)
{
    PGconn *connection = ledger->connection;
    const char *name = sql_statements[statement].name;
    if (!ledger->in_transaction)
        return ledger_exec(ledger, NULL, statement, params, param_count, NULL, err);
    if (!be_connected(ledger, err) || !prepare(ledger, statement, err))
        return false;
    if (ledger->queued_count == QUEUE_MOST && !settle_queue(ledger, err))
        return false;
    if (ledger->queued_count == 0 && PQenterPipelineMode(connection) != 1)
        return ledger_take(ledger, NULL, NULL, name, NULL, err);
    return send_queued(ledger, name, PQsendQueryPrepared(connection, name, param_count, params, NULL, NULL, 0), err);
}

bool ledger_sql(struct ledger *ledger, struct arena *arena, const char *sql, struct rows *rows, struct err *err)
{
    return ledger_ready(ledger, err) &&
           ledger_take(ledger, arena, PQexec(ledger->connection, sql), "an SQL command", rows, err);
}

/* True where at least one notification came; all that came are taken. */
static bool take_notifications(struct ledger *ledger)
{
    bool some = false;
    PGnotify *notification;
    while ((notification = PQnotifies(ledger->connection)) != NULL) {
        some = true;
        PQfreemem(notification);
    }
    return some;
}

bool ledger_wait(struct ledger *ledger, int timeout_ms, struct err *err)
{
    struct pollfd socket = {.fd = PQsocket(ledger->connection), .events = POLLIN};
    if (take_notifications(ledger))
        return true;
    if (socket.fd < 0)
        return unreachable(ledger, err);
    int ready = poll(&socket, 1, timeout_ms);
    if (ready < 0 && errno != EINTR)
        return err_errno(err, "cannot wait for the ledger");
    if (ready > 0 && !PQconsumeInput(ledger->connection))
        return unreachable(ledger, err);
    take_notifications(ledger);
    return true;
}
