/* A connection: transactions, statements, COPY, and how failures are told: what is lost, what is refused, what may be
 * tried again. */
#include "lib/base/clock.h"
#include "lib/ledger/copy.h"
#include "tests/unit/ledger/private.h"
#include "tests/unit/tap.h"

static struct arena arena;
static struct ledger *ledger;
static struct err err;

static const char *ask(const char *sql)
{
    struct rows rows;
    if (!ledger_sql(ledger, &arena, sql, &rows, &err))
        return arena_strdup(&arena, err.text);
    return rows.count > 0 && row_text(&rows, 0, 0) ? row_text(&rows, 0, 0) : "";
}

static void test_transactions(void)
{
    ask("CREATE TABLE public.t (a int PRIMARY KEY, b text)");
    OK(ledger_begin(ledger, &err) && *ask("INSERT INTO public.t VALUES (1, 'x')") == '\0', "a transaction");
    ledger_rollback(ledger);
    SAME(ask("SELECT count(*) FROM public.t"), "0", "rolled back leaves nothing");
    OK(ledger_begin(ledger, &err), "another");
    ask("INSERT INTO public.t VALUES (1, 'x')");
    OK(ledger_commit(ledger, &err), "is committed");
    SAME(ask("SELECT count(*) FROM public.t"), "1", "and stays");
    OK(ledger_begin(ledger, &err), "a transaction");
    OK(strstr(ask("INSERT INTO public.t VALUES (1, 'x')"), "SQLSTATE 23505") && err.code == ERR_INTERNAL,
       "a refusal names its SQLSTATE");
    OK(!ledger_commit(ledger, &err) && strstr(err.text, "an error in it was passed over"),
       "committing a failed transaction is an error, not a silent roll-back");
    OK(ledger_begin(ledger, &err) && ledger_commit(ledger, &err), "and the next one works");
}

static void test_statements(void)
{
    struct rows rows;
    OK(!ledger_exec(ledger, &arena, STATEMENT_REGISTRY_SHOW, PARAMS("no uuid"), &rows, &err) &&
           strstr(err.text, "registry-show"),
       "a failed statement is named: %s", err.text);
    OK(ledger_exec(ledger, &arena, STATEMENT_SOURCE_ENSURE, PARAMS("a"), &rows, &err) && rows.count == 1,
       "the count of a change is the rows changed");
    OK(ledger_exec(ledger, &arena, STATEMENT_SOURCE_ENSURE, PARAMS("a"), &rows, &err) && rows.count == 0,
       "none the second time");
}

/* What was queued travels with the next statement or the commit, in order; a refusal is told there, and by name. */
static void test_queue(void)
{
    struct rows rows;
    OK(ledger_begin(ledger, &err) && ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS("queued"), &err) &&
           ledger_exec(ledger, &arena, STATEMENT_SOURCE_ENSURE, PARAMS("queued"), &rows, &err) && rows.count == 0,
       "a statement comes after those that were queued before it");
    for (int i = 0; i < 200; i++)
        if (!ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS(arena_printf(&arena, "queued %d", i)), &err))
            OK(false, "%s", err.text);
    OK(ledger_commit(ledger, &err), "more are queued than fit, then committed");
    SAME(ask("SELECT count(*) FROM ledger.source WHERE name LIKE 'queued%'"), "201", "and all are there");
    OK(ledger_begin(ledger, &err) && ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS("lost"), &err) &&
           ledger_queue(ledger, STATEMENT_METRIC_FINISH, PARAMS("no uuid"), &err) &&
           ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS("lost too"), &err),
       "a statement that will be refused is queued");
    OK(!ledger_commit(ledger, &err) && err.code == ERR_INTERNAL && strstr(err.text, "metric-finish"),
       "the commit is refused and names it: %s", err.text);
    SAME(ask("SELECT count(*) FROM ledger.source WHERE name LIKE 'lost%'"), "0", "nothing of it is there");
    OK(ledger_begin(ledger, &err) && ledger_queue(ledger, STATEMENT_METRIC_FINISH, PARAMS("no uuid"), &err) &&
           !ledger_exec(ledger, &arena, STATEMENT_SOURCE_ENSURE, PARAMS("lost"), &rows, &err) &&
           strstr(err.text, "metric-finish"),
       "a statement after it fails with its reason");
    ledger_rollback(ledger);
    OK(ledger_begin(ledger, &err) && ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS("lost"), &err),
       "queued again");
    ledger_rollback(ledger);
    SAME(ask("SELECT count(*) FROM ledger.source WHERE name LIKE 'lost%'"), "0", "and rolled back");
    OK(ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS("at once"), &err), "outside a transaction");
    SAME(ask("SELECT count(*) FROM ledger.source WHERE name = 'at once'"), "1", "it is run at once");
}

static void test_copy(void)
{
    struct buf buf;
    buf_init(&buf, &arena);
    copy_int(&buf, 2);
    copy_field(&buf, "tab\tline\nback\\slash\rend");
    copy_end(&buf);
    copy_int(&buf, 3);
    copy_field(&buf, NULL);
    copy_end(&buf);
    OK(ledger_copy(ledger, "public.t (a, b)", buf.data, buf.len, &err), "COPY");
    SAME(ask("SELECT b FROM public.t WHERE a = 2"), "tab\tline\nback\\slash\rend",
         "keeps tabs, line ends and backslashes");
    SAME(ask("SELECT count(*) FROM public.t WHERE b IS NULL"), "1", "and NULL");
    OK(!ledger_copy(ledger, "public.t (a, b)", buf.data, buf.len, &err) && strstr(err.text, "COPY public.t"),
       "a refused COPY is named");
    OK(!ledger_copy(ledger, "public.nothing (a)", buf.data, buf.len, &err) && strstr(err.text, "does not exist"),
       "so is one into nothing");
    SAME(ask("SELECT 'still here'"), "still here", "the connection goes on");
}

static void test_session(const char *conninfo)
{
    ask("ALTER ROLE tidemill SET statement_timeout = '7s'");
    ask("ALTER ROLE tidemill SET lock_timeout = '7s'");
    ask("ALTER DATABASE tidemill SET default_transaction_isolation = 'serializable'");
    struct ledger *own = ledger;
    ledger = ledger_open(&arena, conninfo, "other", &err);
    SAME(ask("SHOW statement_timeout"), "0", "what somebody set for the role's statements does not hold for ours");
    SAME(ask("SHOW lock_timeout"), "0", "nor for locks");
    SAME(ask("SHOW transaction_isolation"), "read committed", "nor for the database's transactions");
    ledger = own;
}

/* A session that was told to end is there until it has done so, and its client may have connected again by then. */
static void await_end(struct ledger *other)
{
    struct rows rows;
    int64_t begin = clock_mono_ns();
    while (ledger_sql(other, &arena, "SELECT FROM pg_stat_activity WHERE application_name = 'test'", &rows, &err) &&
           rows.count > 0 && clock_seconds_since(begin) < 30)
        clock_sleep_ms(5);
}

static void test_lost_connection(const char *conninfo)
{
    struct ledger *other = ledger_open(&arena, conninfo, "killer", &err);
    struct rows rows;
    const char *kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'";
    OK(ledger_sql(other, &arena, kill, &rows, &err) && rows.count == 1, "the server ends our session");
    await_end(other);
    OK(ledger_begin(ledger, &err), "while idle: begin connects again");
    OK(ledger_sql(other, &arena, kill, &rows, &err) && rows.count == 1, "the server ends it within a transaction");
    OK(!ledger_sql(ledger, &arena, "SELECT 1", &rows, &err) && err.code == ERR_SERVICE,
       "which fails as a service does: %s", err.text);
    OK(!ledger_sql(ledger, &arena, "SELECT 1", &rows, &err) && strstr(err.text, "was lost inside a transaction"),
       "and is not silently gone on with outside of it");
    ledger_rollback(ledger);
    OK(ledger_exec(ledger, &arena, STATEMENT_SOURCE_ENSURE, PARAMS("b"), &rows, &err),
       "after the roll-back statements are prepared anew");
    OK(!ledger_open(&arena, "host=/nowhere dbname=x", "test", &err) && err.code == ERR_SERVICE &&
           strstr(err.text, "cannot be reached"),
       "no server: %s", err.text);
}

/* A server that is there and has no connection to give is asked again; one that is not there, or is not ours, is not.
 */
static void test_soon(const char *conninfo)
{
    struct arena many;
    arena_init(&many);
    int taken = 0;
    while (taken < 1000 && ledger_open(&many, conninfo, "one of many", &err))
        taken++;
    OK(taken < 1000 && ledger_opens_soon(conninfo, &err), "all %d connections are taken: %s", taken, err.text);
    arena_release(&many);
    OK(!ledger_open(&arena, "host=/nowhere dbname=x", "test", &err) &&
           !ledger_opens_soon("host=/nowhere dbname=x", &err),
       "a server that is not there is not there soon");
    const char *absent = arena_printf(&arena, "%s dbname=absent", conninfo);
    OK(!ledger_open(&arena, absent, "test", &err) && !ledger_opens_soon(absent, &err), "nor a database: %s", err.text);
}

int main(void)
{
    arena_init(&arena);
    const char *conninfo, *state = private_state(&arena);
    if (!cluster_start(&arena, state, &conninfo, &err) || !(ledger = ledger_open(&arena, conninfo, "test", &err)) ||
        !ledger_migrate(ledger, &err))
        BUG("%s", err.text);
    test_transactions();
    test_statements();
    test_queue();
    test_copy();
    test_session(conninfo);
    test_lost_connection(conninfo);
    test_soon(conninfo);
    arena_release(&arena);
    return DONE();
}
