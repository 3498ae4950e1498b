/*
 * The invariants of the protocol that the ledger holds by itself: each change that must never be is tried by hand, and
 * refused with a message that says what would be right; so is each release that a gate refused.
 */
#include "tests/unit/ledger/private.h"
#include "tests/unit/ledger/seed.h"
#include "tests/unit/tap.h"

#define DONE_TASK "'" SEED_TASK(1, 1) "'"
#define OPEN_TASK "'00000000-0000-7000-8000-000001000099'"

static struct ledger *ledger;
static struct arena arena;

static const char *ask(const char *sql)
{
    return private_answer(ledger, &arena, sql);
}

struct refusal {
    const char *sql, *why;
};

static void all_refused(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *said = ask(refusals[i].sql);
        if (!OK(strstr(said, refusals[i].why), "refused: %s", refusals[i].sql))
            printf("# %s\n", said);
    }
}
#define ALL_REFUSED(refusals) all_refused(refusals, sizeof(refusals) / sizeof *(refusals))

/* A run that goes on, with a task in the state that is asked for. */
static void open_task(const char *state)
{
    ask("UPDATE ledger.task SET state = 'cancelled', finished = now(), lease_owner = NULL, lease_until = NULL "
        "WHERE id = " OPEN_TASK " AND state IN ('ready', 'running')");
    ask("DELETE FROM ledger.task WHERE id = " OPEN_TASK);
    ask("INSERT INTO ledger.task (id, run, kind, position, key, key_text, spec, state, settings_run) "
        "SELECT " OPEN_TASK ", id, 'train.fit', '{99}', sha256('99'), '99', '{}', 'ready', id FROM ledger.run "
        "ORDER BY created LIMIT 1");
    if (strcmp(state, "running") == 0)
        ask("UPDATE ledger.task SET state = 'running', attempt = 1, lease_owner = 'one', lease_until = now() "
            "WHERE id = " OPEN_TASK);
    SAME(ask("SELECT state FROM ledger.task WHERE id = " OPEN_TASK), state, "a task in that state");
}

static void test_task(void)
{
    static const char moves[] = "ready -> running (attempt + 1) -> done, failed, cancelled or ready";
    static const struct refusal from_done[] = {
        {"UPDATE ledger.task SET state = 'ready' WHERE id = " DONE_TASK, moves},
        {"UPDATE ledger.task SET state = 'running', attempt = 2, lease_owner = 'x' WHERE id = " DONE_TASK, moves},
        {"UPDATE ledger.task SET state = 'failed' WHERE id = " DONE_TASK, moves},
        {"UPDATE ledger.task SET attempt = 0 WHERE id = " DONE_TASK, moves},
        {"UPDATE ledger.task SET key = sha256('x') WHERE id = " DONE_TASK, "what a task is never changes"},
        {"UPDATE ledger.task SET spec = '{\"x\": 1}' WHERE id = " DONE_TASK, "what a task is never changes"},
    };
    static const struct refusal from_ready[] = {
        {"UPDATE ledger.task SET state = 'done' WHERE id = " OPEN_TASK, moves},
        {"UPDATE ledger.task SET state = 'failed' WHERE id = " OPEN_TASK, moves},
        {"UPDATE ledger.task SET state = 'running', lease_owner = 'x' WHERE id = " OPEN_TASK, moves},
        {"UPDATE ledger.task SET state = 'running', attempt = 2, lease_owner = 'x' WHERE id = " OPEN_TASK, moves},
        {"UPDATE ledger.task SET state = 'running', attempt = 1 WHERE id = " OPEN_TASK, "task_check"},
    };
    static const struct refusal from_running[] = {
        {"UPDATE ledger.task SET lease_owner = 'two' WHERE id = " OPEN_TASK, moves},
        {"UPDATE ledger.task SET attempt = 2, lease_owner = 'two' WHERE id = " OPEN_TASK, moves},
        {"UPDATE ledger.task SET state = 'done', lease_owner = NULL, attempt = 2 WHERE id = " OPEN_TASK, moves},
        {"UPDATE ledger.task SET failures = -1 WHERE id = " OPEN_TASK, "its failures are not forgotten"},
    };
    ALL_REFUSED(from_done);
    open_task("ready");
    ALL_REFUSED(from_ready);
    open_task("running");
    ALL_REFUSED(from_running);
    SAME(ask("UPDATE ledger.task SET lease_until = now() + interval '1 min', progress = '{}' WHERE id = " OPEN_TASK
             " RETURNING 'renewed'"),
         "renewed", "a lease is renewed");
    SAME(ask("UPDATE ledger.task SET state = 'ready', lease_owner = NULL, failures = 1 WHERE id = " OPEN_TASK
             " RETURNING 'back'"),
         "back", "a task goes back");
}

static void test_attempt(void)
{
    static const struct refusal refused[] = {
        {"INSERT INTO ledger.attempt (task, attempt, worker, host) VALUES (" OPEN_TASK ", 2, 'two', 'host')",
         "attempt_open_once"},
        {"INSERT INTO ledger.attempt (task, attempt, worker, host, outcome) VALUES (" DONE_TASK
         ", 2, 'x', 'x', 'done')",
         "attempt_done_once"},
        {"UPDATE ledger.attempt SET outcome = 'lost' WHERE task = " DONE_TASK, "stays done"},
        {"INSERT INTO ledger.charge (task, attempt, resource, quantity, unit, amount, currency, period_start, "
         "period_end) "
         "SELECT task, 7, resource, quantity, unit, amount, currency, period_start, period_end FROM ledger.charge",
         "charge_of_attempt"},
        {"INSERT INTO ledger.charge (task, attempt, resource, quantity, unit, amount, currency, period_start, "
         "period_end) "
         "SELECT task, attempt, resource, quantity, unit, amount, currency, period_start, period_end FROM "
         "ledger.charge",
         "charge_once"},
    };
    open_task("running");
    ask("INSERT INTO ledger.attempt (task, attempt, worker, host) VALUES (" OPEN_TASK ", 1, 'one', 'host')");
    ALL_REFUSED(refused);
}

static void test_run(void)
{
    static const struct refusal refused[] = {
        {"UPDATE ledger.run SET state = 'running', finished = NULL", "a run ends once"},
        {"UPDATE ledger.run SET state = 'failed'", "a run ends once"},
        {"UPDATE ledger.run SET error = 'x'", "a run ends once"},
        {"UPDATE ledger.run SET slot = slot + interval '1 day'", "of its definition and slot"},
        {"INSERT INTO ledger.run_slot SELECT pipeline, slot, id FROM ledger.run", "run_slot_pkey"},
        {"UPDATE ledger.stage_run SET done = done - 1", "counts grow"},
        {"UPDATE ledger.stage_run SET expected = expected + 1", "counts grow"},
        {"UPDATE ledger.stage_run SET sealed = false, complete = false", "stays so"},
        {"UPDATE ledger.stage_run SET done = expected + 1", "stage_run_check"},
    };
    ask("INSERT INTO ledger.stage_run (run, kind, ordinal, revision, settings, expected, done, sealed, complete) "
        "SELECT id, 'made.up', 9, 1, '{}', 3, 3, true, true FROM ledger.run LIMIT 1");
    ALL_REFUSED(refused);
}

static void test_release(void)
{
    static const struct refusal refused[] = {
        {"INSERT INTO ledger.model_version (id, model, version, state, run, task, weights, config, tokenizer, "
         "dataset_version, parameters) SELECT gen_random_uuid(), model, 9, 'released', run, " OPEN_TASK ", weights, "
         "config, tokenizer, dataset_version, parameters FROM ledger.model_version WHERE state = 'refused'",
         "gate bits_per_byte < 2.1 did not pass"},
        {"INSERT INTO ledger.alias_event (model, alias, kind, to_version, actor, reason) SELECT model, 'production', "
         "'release', id, 'run', 'x' FROM ledger.model_version WHERE state = 'refused'",
         "was refused by its gates: a run never releases it"},
        {"INSERT INTO ledger.alias_event (model, alias, kind, to_version, actor) SELECT model, 'production', "
         "'promote', "
         "id, 'somebody' FROM ledger.model_version WHERE state = 'refused'",
         "a person who promotes it says why"},
        {"INSERT INTO ledger.alias_event (model, alias, kind, to_version, actor) SELECT m.id, 'production', 'promote', "
         "v.id, 'x' FROM ledger.model m, ledger.model_version v WHERE m.name = 'other' AND v.state = 'released'",
         "of its own model"},
    };
    ask("INSERT INTO ledger.task_input SELECT " OPEN_TASK ", role, ordinal, artifact FROM ledger.task_input "
        "WHERE role = 'verdict' AND task = '" SEED_TASK(2, 9) "'");
    ask("INSERT INTO ledger.model (name) VALUES ('other')");
    ALL_REFUSED(refused);
    SAME(ask("INSERT INTO ledger.alias_event (model, alias, kind, to_version, actor, reason) SELECT model, 'canary', "
             "'promote', id, 'somebody', 'to look at it' FROM ledger.model_version WHERE state = 'refused' RETURNING "
             "kind"),
         "promote", "with a reason a person may");
}

int main(void)
{
    arena_init(&arena);
    ledger = private_ledger(&arena);
    seed(ledger);
    test_task();
    test_attempt();
    test_run();
    test_release();
    arena_release(&arena);
    return DONE();
}
