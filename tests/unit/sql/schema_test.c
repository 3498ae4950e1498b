/*
 * The promises of the schema: what may never change refuses with a reason, every foreign key is indexed, every view and
 * every column that users read is described, roles have only the rights they need, and an edited migration is noticed.
 */
#include "tests/unit/ledger/private.h"
#include "tests/unit/ledger/seed.h"
#include "tests/unit/tap.h"

static struct ledger *ledger;
static struct arena arena;

static const char *ask(const char *sql)
{
    return private_answer(ledger, &arena, sql);
}

static void test_append_only(void)
{
    static const struct {
        const char *sql, *why;
    } refused[] = {
        {"UPDATE ledger.definition SET file = 'x'", "runs refer to these very bytes"},
        {"DELETE FROM ledger.document", "it is what happened to a document"},
        {"UPDATE ledger.dataset_version SET documents = 0", "models were trained on it"},
        {"DELETE FROM ledger.dataset_member", "part of a dataset version"},
        {"DELETE FROM ledger.duplicate", "part of a dataset version"},
        {"DELETE FROM ledger.set_aside", "trained or scored without it"},
        {"UPDATE ledger.shard SET kept = 0", "datasets and models refer to what it held"},
        {"UPDATE ledger.model_version SET state = 'released'", "move an alias instead"},
        {"UPDATE ledger.alias_event SET actor = 'x'", "history of what was in production"},
        {"UPDATE ledger.evaluation SET value = 0", "it is what was measured"},
        {"UPDATE ledger.metric SET value = 0", "it is what was measured"},
        {"DELETE FROM ledger.verdict", "released or refused on its ground"},
        {"UPDATE ledger.charge SET amount = 0", "corrected by new rows"},
        {"DELETE FROM ledger.funding", "corrected by new rows"},
        {"UPDATE ledger.audit_event SET actor = 'x'", "proof of who did what"},
        {"TRUNCATE ledger.audit_event", "proof of who did what"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const char *said = ask(refused[i].sql);
        if (!OK(strstr(said, "is append-only") && strstr(said, refused[i].why), "refused: %s", refused[i].sql))
            printf("# %s\n", said);
    }
}

static void test_audit_chain(void)
{
    SAME(ask("SELECT bool_and(intact)::text FROM report.audit"), "true", "the audit chain is intact");
    ask("ALTER TABLE ledger.audit_event DISABLE TRIGGER ALL");
    ask("UPDATE ledger.audit_event SET actor = 'somebody else' WHERE seq = 2");
    SAME(ask("SELECT string_agg(seq::text, ' ') FROM report.audit WHERE NOT intact"), "2", "a changed event shows");
    ask("DELETE FROM ledger.audit_event WHERE seq = 1");
    SAME(ask("SELECT string_agg(seq::text, ' ' ORDER BY seq) FROM report.audit WHERE NOT intact"), "2",
         "so does one that is gone");
}

static void test_design(void)
{
    SAME(ask("SELECT string_agg(c.conrelid::regclass || ' ' || c.conname, ', ') FROM pg_constraint c WHERE c.contype = "
             "'f' AND "
             "c.connamespace = 'ledger'::regnamespace AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = "
             "c.conrelid AND "
             "i.indkey[0] = c.conkey[1])"),
         "", "every foreign key is indexed");
    SAME(ask("SELECT string_agg(c.relname, ', ') FROM pg_class c WHERE c.relnamespace = 'report'::regnamespace AND "
             "c.relkind = 'v' "
             "AND obj_description(c.oid) IS NULL"),
         "", "every view is described");
    SAME(ask("SELECT string_agg(c.relname || '.' || a.attname, ', ') FROM pg_class c JOIN pg_attribute a ON a.attrelid "
             "= c.oid WHERE "
             "c.relnamespace = 'report'::regnamespace AND c.relkind = 'v' AND a.attnum > 0 AND col_description(c.oid, "
             "a.attnum) IS "
             "NULL"),
         "", "every column of every view is described");
    SAME(ask("SELECT string_agg(c.relname || '.' || a.attname, ', ') FROM pg_class c JOIN pg_attribute a ON a.attrelid "
             "= c.oid WHERE "
             "c.relnamespace = 'ledger'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND a.attname IN ('amount') "
             "AND "
             "a.atttypid <> 'numeric'::regtype"),
         "", "money is numeric");
}

static void test_roles(void)
{
    SAME(ask("SET ROLE tidemill_auditor; SELECT count(*) FROM report.model"), "2", "an auditor reads reports");
    OK(strstr(ask("SET ROLE tidemill_auditor; SELECT count(*) FROM ledger.task"), "permission denied"),
       "but no tables of work");
    SAME(ask("SET ROLE tidemill_auditor; SELECT count(*) FROM report.alias_at('infinity')"), "1",
         "and what was in production");
    OK(strstr(ask("SET ROLE tidemill_worker; DELETE FROM ledger.task"), "permission denied"),
       "a worker deletes nothing");
    OK(strstr(ask("SET ROLE tidemill_worker; UPDATE ledger.charge SET amount = 0"), "permission denied"),
       "and changes no charge");
    SAME(ask("SET ROLE tidemill_worker; UPDATE ledger.item SET error = NULL WHERE false; SELECT 'yes'"), "yes",
         "but states of work");
    ask("RESET ROLE");
}

static void test_migration(void)
{
    struct err err;
    ask("RESET ROLE");
    ask("UPDATE ledger.migration SET digest = sha256('x') WHERE name = '0003-data'");
    OK(!ledger_migrate(ledger, &err) && strstr(err.text, "migration 0003-data was edited after it had been applied"),
       "an edited migration is noticed");
    ask("INSERT INTO ledger.migration (name, digest) VALUES ('9999-later', sha256('x')); DELETE FROM ledger.migration "
        "WHERE "
        "name = '0003-data'");
    OK(!ledger_migrate(ledger, &err) && strstr(err.text, "which this program does not know"),
       "a newer database is noticed");
}

int main(void)
{
    arena_init(&arena);
    ledger = private_ledger(&arena);
    seed(ledger);
    test_append_only();
    test_design();
    test_roles();
    test_audit_chain();
    test_migration();
    arena_release(&arena);
    return DONE();
}
