/* layers of the ledger: statements and COPY in a transaction, the same in a pipeline, lost connections, notifications,
 * migrations; which store is the ledger's own. The database is $CALL_LEDGER. */
#include "lib/base/clock.h"
#include "lib/flow/own_store.h"
#include "lib/ledger/copy.h"
#include "tests/call/layer.h"

#include <stdlib.h>
#include <string.h>

static const char content[] = "what the tide brings, the mill grinds";

static bool fill(struct ledger *ledger, struct arena *arena, struct err *err)
{
    struct buf rows;
    buf_init(&rows, arena);
    for (int i = 0; i < 3; i++) {
        copy_int(&rows, i);
        copy_field(&rows, content);
        copy_end(&rows);
    }
    return ledger_sql(ledger, arena, "DELETE FROM public.call", NULL, err) &&
           ledger_exec(ledger, arena, STATEMENT_SOURCE_ENSURE, PARAMS("call"), NULL, err) &&
           ledger_copy(ledger, "public.call (a, b)", rows.data, rows.len, err);
}

/* A transaction of which nothing may be seen. */
static bool take_back(struct ledger *ledger, struct arena *arena, struct err *err)
{
    if (!ledger_begin(ledger, err))
        return false;
    bool good = ledger_exec(ledger, arena, STATEMENT_SOURCE_ENSURE, PARAMS("taken back"), NULL, err);
    ledger_rollback(ledger);
    return good;
}

/* One transaction, taken back where anything in it fails; what it made is what a question answers then. */
static bool work_transaction(struct arena *arena, const char *folder, struct digest_stream *made,
                             bool (*change)(struct ledger *, struct arena *, struct err *), const char *question,
                             struct err *err)
{
    struct rows rows;
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    if (ledger == NULL || !take_back(ledger, arena, err) || !ledger_begin(ledger, err))
        return false;
    if (!change(ledger, arena, err)) {
        ledger_rollback(ledger);
        return false;
    }
    if (!ledger_commit(ledger, err) || !ledger_sql(ledger, arena, question, &rows, err))
        return false;
    digest_add(made, row_text(&rows, 0, 0), strlen(row_text(&rows, 0, 0)));
    return true;
}

/* Statements and a COPY. */
static bool work_ledger(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    return work_transaction(arena, folder, made, fill, "SELECT string_agg(a || b, ',' ORDER BY a) FROM public.call",
                            err);
}

/* A ledger without a store takes the folder's as its own, and knows it again. */
static bool work_own(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct store store;
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    for (int i = 0; i < 2; i++)
        if (ledger == NULL || !own_store_open(&store, arena, ledger, folder, err))
            return false;
    digest_add(made, content, sizeof content);
    return true;
}

static bool work_migrate(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct rows rows;
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    if (ledger == NULL || !ledger_migrate(ledger, err) ||
        !ledger_exec(ledger, arena, STATEMENT_MIGRATION_LIST, NO_PARAMS, &rows, err))
        return false;
    digest_add(made, &rows.count, sizeof rows.count);
    return true;
}

static bool queue_some(struct ledger *ledger, struct arena *arena, int from, int to, struct err *err)
{
    for (int i = from; i < to; i++)
        if (!ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS(arena_printf(arena, "call %d", i)), err))
            return false;
    return true;
}

/* More than fit into one pipeline, what is asked at its end, a COPY behind it, and a COMMIT that ends another. */
static bool pipe_all(struct ledger *ledger, struct arena *arena, struct err *err)
{
    struct rows rows;
    return ledger_sql(ledger, arena, "DELETE FROM ledger.source", NULL, err) && queue_some(ledger, arena, 0, 66, err) &&
           ledger_exec(ledger, arena, STATEMENT_MIGRATION_LIST, NO_PARAMS, &rows, err) &&
           queue_some(ledger, arena, 66, 67, err) && fill(ledger, arena, err) && queue_some(ledger, arena, 67, 69, err);
}

static bool work_pipeline(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    return work_transaction(arena, folder, made, pipe_all,
                            "SELECT string_agg(name, ',' ORDER BY name) FROM ledger.source", err);
}

/* Ends a session from another one, and waits until it is gone. */
static bool end_session(struct ledger *other, struct arena *arena, const char *pid, struct err *err)
{
    struct rows rows;
    const char *end =
        arena_printf(arena, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid = %s", pid);
    do {
        if (!ledger_sql(other, arena, end, &rows, err))
            return false;
    } while (row_int(&rows, 0, 0) > 0);
    clock_sleep_ms(20); /* its last words are under way to the client */
    return true;
}

/* A session that was ended while idle, and one that was ended by its own command: the next begins anew. */
static bool work_reconnect(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct rows rows;
    struct err lost;
    struct ledger *other = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    struct ledger *ledger = other == NULL ? NULL : ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    if (ledger == NULL || !ledger_sql(ledger, arena, "SELECT pg_backend_pid()", &rows, err) ||
        !end_session(other, arena, row_text(&rows, 0, 0), err) || !ledger_begin(ledger, err) ||
        !ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS("call"), err) || !ledger_commit(ledger, err))
        return false;
    if (ledger_sql(ledger, arena, "SELECT pg_terminate_backend(pg_backend_pid())", NULL, &lost))
        return err_set(err, ERR_INTERNAL, "the session goes on");
    if (!ledger_exec(ledger, arena, STATEMENT_MIGRATION_LIST, NO_PARAMS, &rows, err))
        return false;
    digest_add(made, &rows.count, sizeof rows.count);
    return true;
}

/* A notification that comes, and one that does not. */
static bool work_listen(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct ledger *ledger = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    if (ledger == NULL || !ledger_exec(ledger, arena, STATEMENT_LISTEN_OUTBOX, NO_PARAMS, NULL, err) ||
        !ledger_sql(ledger, arena, "SELECT pg_notify('outbox', '')", NULL, err) || !ledger_wait(ledger, 1000, err) ||
        !ledger_sql(ledger, arena, "SELECT pg_notify('outbox', '') FROM pg_sleep(0.01)", NULL, err) ||
        !ledger_wait(ledger, 1000, err) || !ledger_wait(ledger, 10, err))
        return false;
    struct ledger *other = ledger_open(arena, getenv("CALL_LEDGER"), folder, err);
    if (other == NULL || !ledger_sql(other, arena, "SELECT pg_notify('outbox', '')", NULL, err) ||
        !ledger_wait(ledger, 1000, err))
        return false;
    digest_add(made, content, sizeof content);
    return true;
}

const struct layer ledger_layers[] = {{"ledger", work_ledger},
                                      {"pipeline", work_pipeline},
                                      {"reconnect", work_reconnect},
                                      {"listen", work_listen},
                                      {"own", work_own},
                                      {"migrate", work_migrate},
                                      {NULL, NULL}};
