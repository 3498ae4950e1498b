/* A role that has tidemill_worker and nothing else can execute every statement but those that make or change the
 * schema; one that is a member of the ledger's owner changes the schema as that owner; rights that came later are given
 * by ledger_renew(). */
#include "tests/unit/ledger/private.h"
#include "tests/unit/sql/explain.h"
#include "tests/unit/tap.h"

#include <string.h>

static struct arena arena;
static struct ledger *ledger; /* a superuser's, who owns it */
static const char *conninfo;

static const char *ask(const char *sql)
{
    return private_answer(ledger, &arena, sql);
}

static struct ledger *as(const char *role, const char *database)
{
    struct err err;
    struct ledger *other = ledger_open(&arena, arena_printf(&arena, "%s dbname=%s", conninfo, database), "test", &err);
    if (!other)
        BUG("%s", err.text);
    private_answer(other, &arena, arena_printf(&arena, "SET SESSION AUTHORIZATION %s", role));
    return other;
}

static void test_worker(void)
{
    PGconn *connection = PQconnectdb(conninfo);
    PQclear(PQexec(connection, "SET SESSION AUTHORIZATION miller"));
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        const char *name = sql_statements[i].name;
        PGresult *plan = explain(connection, &arena, i);
        bool may = !strstr(PQresultErrorMessage(plan), "permission denied");
        bool need = strcmp(name, "migration-add") != 0;
        if (!OK(may == need, "a worker may%s: %s", need ? "" : " not", name))
            printf("# %s", PQresultErrorMessage(plan));
        PQclear(plan);
    }
    PQfinish(connection);
}

static void test_refused(void)
{
    struct err err;
    struct ledger *clerk = as("clerk", "tidemill");
    OK(!ledger_migrate(clerk, &err) && err.code == ERR_REFUSED &&
           strstr(err.text, "SQLSTATE 42501; give role tidemill its rights: docs/operations.md, PostgreSQL's rights"),
       "who has no rights is told what to do");
    ask("UPDATE ledger.migration SET digest = sha256('older') WHERE name = 'view'");
    OK(!ledger_migrate(as("miller", "tidemill"), &err) && err.code == ERR_REFUSED &&
           strstr(err.text, "lacks view 000-clear, which its owner makes by tidemill init: the ledger refused"),
       "a worker cannot renew the views");
    ask("SET default_transaction_read_only = on");
    OK(!ledger_renew(ledger, &err) && err.code == ERR_SERVICE &&
           strstr(err.text, "SQLSTATE 25006: a standby, or a server that is read-only for a while"),
       "a server that is read-only may pass");
    ask("RESET default_transaction_read_only");
    OK(ledger_migrate(ledger, &err), "and does");
}

static void test_owner(void)
{
    struct err err;
    ask("CREATE ROLE ann; CREATE ROLE bob; GRANT tidemill_owner TO ann, bob");
    ask("CREATE DATABASE other OWNER tidemill_owner");
    struct ledger *ann = as("ann", "other"), *bob = as("bob", "other");
    if (!OK(ledger_migrate(ann, &err), "one owner makes a ledger"))
        printf("# %s\n", err.text);
    if (!OK(ledger_renew(bob, &err) && ledger_renew(ann, &err), "another renews it, and the first again"))
        printf("# %s\n", err.text);
    SAME(private_answer(bob, &arena,
                        "SELECT string_agg(DISTINCT relowner::regrole::text, ' ') FROM pg_class "
                        "WHERE relnamespace IN ('ledger'::regnamespace, 'report'::regnamespace)"),
         "tidemill_owner", "all of it is their role's");
    SAME(private_answer(bob, &arena, "SELECT current_user"), "bob", "who is themselves again afterwards");
}

static void test_renew(void)
{
    struct err err;
    ask("REVOKE ALL ON ALL TABLES IN SCHEMA ledger FROM tidemill_worker"); /* as where a backup was restored without
                                                                              roles */
    OK(!ledger_migrate(as("miller", "tidemill"), &err) && err.code == ERR_REFUSED, "rights that are missing");
    OK(ledger_migrate(ledger, &err) && !ledger_migrate(as("miller", "tidemill"), &err),
       "are not given where nothing changed");
    OK(ledger_renew(ledger, &err) && ledger_migrate(as("miller", "tidemill"), &err), "but where somebody asks for it");
}

int main(void)
{
    arena_init(&arena);
    ledger = private_ledger_at(&arena, &conninfo);
    ask("CREATE ROLE miller; GRANT tidemill_worker TO miller; CREATE ROLE clerk");
    test_worker();
    test_refused();
    test_renew();
    test_owner();
    arena_release(&arena);
    return DONE();
}
